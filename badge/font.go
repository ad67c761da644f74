package badge

import (
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is a font. Its outlines are read when they are first drawn, since a picture needs few of them.
type face struct {
	font   *sfnt.Font
	perEm  length   // font units
	glyphs sync.Map // by rune
}

// glyph is one letter's outline with the pen at the origin, and how far the pen then moves: in font units.
type glyph struct {
	path    path
	advance length
}

// The two faces have Latin, Greek and Cyrillic letters, of Latin not all that Vietnamese needs.
var (
	regular = sync.OnceValue(func() *face { return loadFace(goregular.TTF) })
	medium  = sync.OnceValue(func() *face { return loadFace(gomedium.TTF) })
)

// loadFace reads a font of the Go family, which the program carries with it: a fault in it is one in
// the program.
func loadFace(ttf []byte) *face {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		panic(err)
	}
	return &face{font: f, perEm: length(f.UnitsPerEm())}
}

// find returns the outline of the letter, nil if the font has none.
func (f *face) find(r rune) *glyph {
	if known, ok := f.glyphs.Load(r); ok {
		return known.(*glyph)
	}
	found := loadGlyph(f.font, r)
	if found != nil {
		f.glyphs.Store(r, found)
	}
	return found
}

func loadGlyph(f *sfnt.Font, r rune) *glyph {
	if r == '·' {
		r = '∙' // the family's own middle dot sits too high
	}
	var buffer sfnt.Buffer
	// At as many units for an em as the font has, its coordinates come as they are.
	em := fixed.Int26_6(f.UnitsPerEm())
	index, err := f.GlyphIndex(&buffer, r)
	if err != nil {
		panic(err)
	}
	if index == 0 {
		return nil
	}
	advance, err := f.GlyphAdvance(&buffer, index, em, font.HintingNone)
	if err != nil {
		panic(err)
	}
	outline, err := f.LoadGlyph(&buffer, index, em, nil)
	if err != nil {
		panic(err)
	}
	g := &glyph{make(path, len(outline)), length(advance)}
	for i, s := range outline {
		g.path[i].command = "MLQC"[s.Op]
		for j, at := range s.Args {
			g.path[i].to[j] = point{length(at.X), length(at.Y)}
		}
	}
	return g
}

// draws tells whether the font has every letter of the text.
func (f *face) draws(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return f.find(r) == nil })
}

// glyph returns the outline of the letter, or a question mark's.
func (f *face) glyph(r rune) *glyph {
	if g := f.find(r); g != nil {
		return g
	}
	return f.find('?')
}

// measure returns the width of the text.
func (f *face) measure(text string, size length) length {
	var units length
	for _, r := range text {
		units += f.glyph(r).advance
	}
	return f.scale(units, size)
}

// write adds the text to p, from x on, and returns where it ends.
func (f *face) write(p *path, text string, x, baseline, size length) length {
	var pen length
	for _, r := range text {
		g := f.glyph(r)
		for _, s := range g.path {
			for i, at := range s.points() {
				s.to[i] = point{x + f.scale(pen+at.x, size), baseline + f.scale(at.y, size)}
			}
			*p = append(*p, s)
		}
		pen += g.advance
	}
	return x + f.scale(pen, size)
}

func (f *face) scale(units, size length) length {
	return length(int64(units) * int64(size) / int64(f.perEm))
}

// fit cuts the text at its start until it is at most limit wide: of a host, the end is what counts.
func (f *face) fit(text string, size, limit length) string {
	if f.measure(text, size) <= limit {
		return text
	}
	for len(text) > 1 && f.measure("…"+text, size) > limit {
		text = text[1:] // a host is ASCII
	}
	return "…" + strings.TrimLeft(text, ".")
}
