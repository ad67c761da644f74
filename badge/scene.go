package badge

// length is a distance in hundredths of a pixel, so that drawing needs no fractions. In a glyph it
// counts font units.
type length int32

const px length = 100

// scene is a picture laid out: filled outlines, each over those before it, then what a reader's own fonts show.
type scene struct {
	width, height length // whole pixels
	zoom          length // how large a pixel of the scene is shown, in hundredths of one
	density       length // how many pixels of a PNG stand for one that is shown
	shapes        []shape
	writings      []writing
	lang          string
	title, about  string // told to those who don't see it
}

// writing is text in letters that [face] lacks. It has the place of a line from x on, and is cut at its edges.
type writing struct {
	fill               rgb
	text               string
	x, baseline, width length
	size               length // of the font
}

type shape struct {
	fill rgb
	path path
}

// rgb is a colour, 0xRRGGBB.
type rgb uint32

func (s *scene) add(fill rgb, p path) {
	if len(p) > 0 {
		s.shapes = append(s.shapes, shape{fill, p})
	}
}

type point struct{ x, y length }

// path is a list of closed contours. What a contour encloses is filled, except where another one
// runs around it in the opposite direction.
type path []segment

// segment is one step of a contour by its SVG command: 'M', 'L', 'Q' or 'C', with 1, 1, 2 or 3 points.
// 'M' ends the contour before it, and every contour is closed.
type segment struct {
	command byte
	to      [3]point
}

// points returns the points that the command uses.
func (s *segment) points() []point {
	switch s.command {
	case 'Q':
		return s.to[:2]
	case 'C':
		return s.to[:3]
	}
	return s.to[:1]
}

func (p *path) move(to point)        { *p = append(*p, segment{'M', [3]point{to}}) }
func (p *path) line(to point)        { *p = append(*p, segment{'L', [3]point{to}}) }
func (p *path) curve(a, b, to point) { *p = append(*p, segment{'C', [3]point{a, b, to}}) }

// polygon adds straight lines through the points and back.
func (p *path) polygon(first point, rest ...point) {
	p.move(first)
	for _, to := range rest {
		p.line(to)
	}
}

// rect adds a rectangle.
func (p *path) rect(x, y, w, h length) {
	p.polygon(point{x, y}, point{x + w, y}, point{x + w, y + h}, point{x, y + h})
}

// bend is how far along the sides of its corner a cubic curve is pulled to make a quarter of a circle.
func bend(radius length) length { return radius * 5523 / 10000 }

// panel adds a rectangle whose corners are rounded, those above and below each on their own.
func (p *path) panel(x, y, w, h length, corners corners) {
	topLeft, topRight, bottomRight, bottomLeft := corners[0], corners[1], corners[2], corners[3]
	p.move(point{x + topLeft, y})
	p.line(point{x + w - topRight, y})
	p.corner(point{x + w, y}, point{-1, 0}, point{0, 1}, topRight)
	p.line(point{x + w, y + h - bottomRight})
	p.corner(point{x + w, y + h}, point{0, -1}, point{-1, 0}, bottomRight)
	p.line(point{x + bottomLeft, y + h})
	p.corner(point{x, y + h}, point{1, 0}, point{0, -1}, bottomLeft)
	p.line(point{x, y + topLeft})
	p.corner(point{x, y}, point{0, 1}, point{1, 0}, topLeft)
}

// corners are the radii of a panel's corners, clockwise from the top left.
type corners [4]length

func evenly(radius length) corners { return corners{radius, radius, radius, radius} }

// corner rounds the corner at c, which the contour reaches from the side in and leaves to the side out.
func (p *path) corner(c, in, out point, radius length) {
	if radius == 0 {
		return
	}
	near := radius - bend(radius)
	p.curve(point{c.x + in.x*near, c.y + in.y*near}, point{c.x + out.x*near, c.y + out.y*near}, point{c.x + out.x*radius, c.y + out.y*radius})
}

// disc adds a circle, ring one with a hole.
func (p *path) disc(c point, radius length) { p.oval(c, radius, radius) }

func (p *path) ring(c point, radius, stroke length) {
	p.oval(c, radius, radius)
	p.oval(c, stroke-radius, radius-stroke)
}

// oval adds an ellipse; a negative rx makes it run backwards, which cuts a hole.
func (p *path) oval(c point, rx, ry length) {
	bx, by := bend(rx), bend(ry)
	p.move(point{c.x + rx, c.y})
	p.curve(point{c.x + rx, c.y + by}, point{c.x + bx, c.y + ry}, point{c.x, c.y + ry})
	p.curve(point{c.x - bx, c.y + ry}, point{c.x - rx, c.y + by}, point{c.x - rx, c.y})
	p.curve(point{c.x - rx, c.y - by}, point{c.x - bx, c.y - ry}, point{c.x, c.y - ry})
	p.curve(point{c.x + bx, c.y - ry}, point{c.x + rx, c.y - by}, point{c.x + rx, c.y})
}

// gaps adds the pieces of a line one px wide along the inner edge of a w × h rectangle that turn it into
// one of dashes with their gaps; its rounded corners stay whole.
func (p *path) gaps(w, h, radius, dash, gap length) {
	along := func(side length, cut func(at length)) {
		n := (side - dash) / (dash + gap)
		spare := side - n*(dash+gap) - dash
		for i := range n {
			cut(radius + spare/2 + dash + i*(dash+gap))
		}
	}
	along(w-2*radius, func(x length) { p.rect(x, 0, gap, px); p.rect(x, h-px, gap, px) })
	along(h-2*radius, func(y length) { p.rect(0, y, px, gap); p.rect(w-px, y, px, gap) })
}
