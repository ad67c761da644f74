package badge

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
)

func (s *scene) svg() []byte {
	var b bytes.Buffer
	b.Grow(16 << 10)
	title, about := escaped(s.title), escaped(s.about)
	w, h := s.width/px, s.height/px
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" lang="%s" aria-label="%s"><title>%s</title><desc>%s</desc>`,
		w*s.zoom/100, h*s.zoom/100, w, h, s.lang, title, title, about)
	for _, shape := range s.shapes {
		fmt.Fprintf(&b, `<path fill="#%06x" d="`, uint32(shape.fill))
		b.Write(appendPath(b.AvailableBuffer(), shape.path))
		b.WriteString(`"/>`)
	}
	for _, w := range s.writings {
		w.svg(&b)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// svg writes the text in an image of its own, which cuts at its edges what is too wide or climbs too high. All that it
// needs are attributes: a picture's content security policy allows no style.
func (w *writing) svg(b *bytes.Buffer) {
	direction, anchor := "ltr", "start"
	if fromRight(w.text) {
		direction, anchor = "rtl", "end" // it begins at its right, and still stands at the left of its place
	}
	above, height := w.size*5/4, w.size*7/4
	fmt.Fprintf(b, `<svg x="%s" y="%s" width="%s" height="%s" overflow="hidden"><text y="%s" font-family="sans-serif" font-size="%s" fill="#%06x" direction="%s" unicode-bidi="isolate" text-anchor="%s">%s</text></svg>`,
		w.x, w.baseline-above, w.width, height, above, w.size, uint32(w.fill), direction, anchor, escaped(w.text))
}

// escaped returns the text as XML wants it, within an element or an attribute.
func escaped(text string) []byte {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.Bytes()
}

// appendPath writes the commands of a path. Filling closes each contour. Every point is written from
// where its command begins, which takes half the bytes.
func appendPath(b []byte, p path) []byte {
	var pen point
	for i := range p {
		b = append(b, p[i].command-'A'+'a')
		start := pen
		for j, at := range p[i].points() {
			b = appendLength(b, at.x-start.x, j == 0)
			b = appendLength(b, at.y-start.y, false)
			pen = at
		}
	}
	return b
}

// String returns the length in pixels.
func (l length) String() string { return string(appendLength(nil, l, true)) }

// appendLength writes a length in pixels, 1250 as 12.5 and 50 as .5, after a space unless it is the
// first after its command or its sign already sets it apart.
func appendLength(b []byte, l length, first bool) []byte {
	switch {
	case l < 0:
		b, l = append(b, '-'), -l
	case !first:
		b = append(b, ' ')
	}
	whole, part := int64(l/px), byte(l%px)
	if whole != 0 || part == 0 {
		b = strconv.AppendInt(b, whole, 10)
	}
	if part != 0 {
		b = append(b, '.', '0'+part/10)
		if part%10 != 0 {
			b = append(b, '0'+part%10)
		}
	}
	return b
}
