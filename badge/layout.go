package badge

import (
	"cmp"
	"strings"
)

// layOut turns a picture as it is shown into outlines.
func layOut(p Picture) *scene {
	s := &scene{lang: string(p.Lang), title: p.title(), about: p.about(), zoom: 100, density: 2}
	switch p.Size {
	case Card, Baked:
		s.card(p, p.colours())
	case Preview:
		s.card(p, p.colours())
		s.zoom, s.density = 375, 1
	default:
		s.chip(p, p.colours())
	}
	return s
}

// chip lays out one line: mark and host, then symbol and words.
func (s *scene) chip(p Picture, c colours) {
	const (
		height   = 20 * px
		middle   = height / 2
		baseline = 14 * px
		size     = 11 * px
		pad      = 7 * px
		gap      = 5 * px
		longest  = 240 * px // the host
	)
	var mark, host, symbol, text path
	drawMark(&mark, point{pad + 5*px, middle}, 5*px)
	end := regular().write(&host, regular().fit(p.host(), size, longest), pad+10*px+gap, baseline, size)
	split := ceil(end + pad)
	end = p.symbol(&symbol, point{split + pad, middle}, 7*px, 3*px)
	end = medium().write(&text, p.words().line(), end, baseline, size)

	s.width, s.height = ceil(end+pad), height
	s.frame(p.State, c, 4*px)
	var left path
	left.panel(px, px, split-px, height-2*px, corners{3 * px, 0, 0, 3 * px})
	s.add(c.side, left)
	s.add(c.accent, mark)
	s.add(c.ink, host)
	s.add(c.accent, symbol)
	s.add(c.words, text)
}

// card lays out who speaks; of what; the symbol and the level; whatever else is said; and under a line, whom it is
// for. What to do stands in the last of these that would be empty.
func (s *scene) card(p Picture, c colours) {
	const (
		pad   = 18 * px
		gap   = 12 * px
		head  = 42 * px // height of the first line
		foot  = 130 * px
		small = 13 * px
		large = 16 * px
	)
	s.width, s.height = 320*px, 168*px
	radius := 8 * px
	if p.Size == Preview {
		radius = 0 // who previews links crops by itself, and shows as black what is left empty
	}
	s.frame(p.State, c, radius)
	var top, mark, host, symbol, text, notes, line, hint path
	inner := max(radius-px, 0)
	top.panel(px, px, s.width-2*px, head-px, corners{inner, inner, 0, 0})
	drawMark(&mark, point{pad + 8*px, head / 2}, 8*px)
	x := pad + 16*px + gap
	regular().write(&host, regular().fit(p.host(), large, s.width-pad-x), x, 27*px, large)
	s.add(c.side, top)
	s.add(c.accent, mark)
	s.add(c.ink, host)
	s.write(c.ink, p.Mechanism, pad, 63*px, small, s.width-2*pad)

	words := p.words()
	end := p.symbol(&symbol, point{pad, 85 * px}, 13*px, 4*px)
	medium().write(&text, words.main, end, 91*px, large)
	also := strings.Join(words.notes, separator)
	if p.Name != "" {
		also = cmp.Or(also, words.hint)
	}
	regular().write(&notes, also, pad, 115*px, small)
	s.add(c.accent, symbol)
	s.add(c.words, text)
	s.add(c.ink, notes)

	line.rect(pad, foot, s.width-2*pad, px)
	s.add(c.border, line)
	if p.Name == "" {
		regular().write(&hint, words.hint, pad, 153*px, small)
	} else {
		x := regular().write(&hint, words.subject, pad, 153*px, small)
		s.write(c.ink, p.Name, x, 153*px, 14*px, s.width-pad-x)
	}
	s.add(c.ink, hint)
}

// write adds others' words, at most so wide: as outlines if the font has all their letters.
func (s *scene) write(fill rgb, text string, x, baseline, size, width length) {
	if !regular().draws(text) {
		fits := func(text string) bool { return guess(text, size) <= width }
		s.writings = append(s.writings, writing{fill, shorten(text, fits), x, baseline, width, size})
		return
	}
	var outlines path
	fits := func(text string) bool { return regular().measure(text, size) <= width }
	regular().write(&outlines, shorten(text, fits), x, baseline, size)
	s.add(fill, outlines)
}

// frame fills the ground and draws its border: a line, dashes when the level is old, dots when nothing
// is known.
func (s *scene) frame(state State, c colours, radius length) {
	var whole, inside, gaps path
	whole.panel(0, 0, s.width, s.height, evenly(radius))
	inside.panel(px, px, s.width-2*px, s.height-2*px, evenly(max(radius-px, 0)))
	switch state {
	case Old:
		gaps.gaps(s.width, s.height, radius, 5*px, 3*px)
	case Unknown:
		gaps.gaps(s.width, s.height, radius, px, 2*px)
	}
	s.add(c.border, whole)
	s.add(c.ground, inside)
	s.add(c.ground, gaps)
}

// drawMark draws the mark: a lozenge, half filled and half hollow, for what one site says and another
// reads.
func drawMark(p *path, c point, radius length) {
	stroke := radius / 4
	p.polygon(point{c.x, c.y - radius}, point{c.x + radius, c.y}, point{c.x, c.y + radius}, point{c.x - radius, c.y})
	hole := radius - stroke*3/2
	p.polygon(point{c.x, c.y - hole}, point{c.x, c.y + hole}, point{c.x + hole, c.y})
}

// maxPips is how many pips a picture holds; above, the level is in words alone.
const maxPips = 10

// symbol draws pips of that diameter and gap for a level, and a sign for a state that takes its place.
// It begins at the left end given and returns where the words begin.
func (p Picture) symbol(to *path, left point, diameter, gap length) length {
	after := diameter * 3 / 4
	if p.State == Current || p.State == Old {
		if p.Levels > maxPips {
			return left.x
		}
		return p.pips(to, left, diameter, gap) + after
	}
	r, stroke := diameter*3/4, diameter/5
	c := point{left.x + r, left.y}
	switch p.State {
	case Suspended: // two bars, as on the key that pauses
		bar := r / 2
		to.rect(c.x-bar*3/2, c.y-r, bar, 2*r)
		to.rect(c.x+bar/2, c.y-r, bar, 2*r)
	case Withdrawn: // a ring struck through
		to.ring(c, r, stroke)
		far, half := r*7/10, stroke/2
		to.polygon(point{c.x + far - half, c.y - far}, point{c.x + far, c.y - far + half}, point{c.x - far + half, c.y + far}, point{c.x - far, c.y + far - half})
	default: // a ring of dots
		far := r - stroke/2
		near := far * 7 / 10
		for _, at := range []point{{far, 0}, {near, near}, {0, far}, {-near, near}, {-far, 0}, {-near, -near}, {0, -far}, {near, -near}} {
			to.disc(point{c.x + at.x, c.y + at.y}, stroke/2)
		}
	}
	return c.x + r + after
}

// pips draws as many pips as there are levels, filled up to the level unless that is old, and returns
// where they end.
func (p Picture) pips(to *path, left point, diameter, gap length) length {
	r := diameter / 2
	for i := range length(p.Levels) {
		c := point{left.x + r + i*(diameter+gap), left.y}
		if int(i) < p.Level && p.State == Current {
			to.disc(c, r)
		} else {
			to.ring(c, r, diameter/6)
		}
	}
	return left.x + length(p.Levels)*(diameter+gap) - gap
}

// ceil rounds up to whole pixels.
func ceil(l length) length { return (l + px - 1) / px * px }
