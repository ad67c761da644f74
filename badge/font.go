package badge

import (
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face holds the outlines of a font's Latin letters. It isn't changed once it is loaded.
type face struct {
	glyphs map[rune]glyph
	perEm  length // font units
}

// glyph is one letter's outline with the pen at the origin, and how far the pen then moves: in font units.
type glyph struct {
	path    path
	advance length
}

// The two faces are loaded when first drawn with.
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
	loaded := &face{map[rune]glyph{}, length(f.UnitsPerEm())}
	var buffer sfnt.Buffer
	for r := ' '; r <= 'ÿ'; r++ {
		if r < 0x7f || r > 0xa0 {
			loaded.glyphs[r] = loadGlyph(f, &buffer, r)
		}
	}
	loaded.glyphs['…'] = loadGlyph(f, &buffer, '…')
	loaded.glyphs['·'] = loadGlyph(f, &buffer, '∙') // the family's own middle dot sits too high
	return loaded
}

func loadGlyph(f *sfnt.Font, buffer *sfnt.Buffer, r rune) glyph {
	// At as many units for an em as the font has, its coordinates come as they are.
	em := fixed.Int26_6(f.UnitsPerEm())
	index, err := f.GlyphIndex(buffer, r)
	if err != nil {
		panic(err)
	}
	advance, err := f.GlyphAdvance(buffer, index, em, font.HintingNone)
	if err != nil {
		panic(err)
	}
	outline, err := f.LoadGlyph(buffer, index, em, nil)
	if err != nil {
		panic(err)
	}
	g := glyph{make(path, len(outline)), length(advance)}
	for i, s := range outline {
		g.path[i].command = "MLQC"[s.Op]
		for j, at := range s.Args {
			g.path[i].to[j] = point{length(at.X), length(at.Y)}
		}
	}
	return g
}

// glyph returns the outline of the letter, or a question mark's.
func (f *face) glyph(r rune) glyph {
	if g, ok := f.glyphs[r]; ok {
		return g
	}
	return f.glyphs['?']
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
		text = text[1:]
	}
	return "…" + text
}
