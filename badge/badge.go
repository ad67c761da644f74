// Package badge draws the picture of a badge, puts the signed badge into it and takes it out again, and
// writes the snippets by which its holder shows it elsewhere.
//
// A picture can be copied, so it claims nothing beyond what it says: which site speaks, what level it
// gives, and when it said so. There is no tick, padlock or shield in it. Every state has words and a
// shape of its own, never a colour alone, and a suspension takes the place of the level.
//
// Each picture is laid out once, as a list of filled outlines in hundredths of a pixel, and drawn
// twice: as SVG, where text is outlines too since fonts don't load inside images, and as PNG. Drawing is
// deterministic: equal pictures are equal bytes.
package badge

import "bonafide.example"

// Picture is what a picture shows. One that doesn't hold together, such as level 6 of 5 or a state
// that isn't known, is drawn as [Unknown]. Pictures can be compared, and so be the keys of a map.
type Picture struct {
	Host      string // the issuer's host as [bonafide.Origin.Host] gives it: in ASCII, so that no letter passes for another
	Mechanism string // what the mechanism is called, in Lang; not on a chip
	Name      string // what the badge's page calls its subject, or ""; not on a chip, and not if withdrawn or unknown
	Level     int    // the level's number, 0 for none yet
	Levels    int    // of so many
	Kind      bonafide.Kind
	State     State
	AsOf      bonafide.Date // the day of the statement; its month is shown
	Lang      bonafide.Lang
	Dark      bool // for dark pages
	Size      Size
}

// State is what a picture says of the status. It knows more states than [bonafide.State] does: a
// picture is drawn even for a badge whose status is out of date or can't be told.
type State string

const (
	Current   State = "current"
	Old       State = "old" // it was so, and nothing newer is known
	Suspended State = "suspended"
	Withdrawn State = "withdrawn"
	Unknown   State = "unknown"
)

// Size is the shape of a picture, as its address names it.
type Size string

const (
	Chip    Size = ""        // 20 px high, as wide as its words, for a row of README badges
	Card    Size = "card"    // 320 × 168 px
	Preview Size = "preview" // the card at 1200 × 630 px, for whoever previews links
	Baked   Size = "baked"   // a card that holds the signed badge
)

// SVG draws the picture as an SVG image that refers to nothing outside itself.
func SVG(p Picture) []byte { return layOut(p.readable()).svg() }

// PNG draws the picture as a PNG image, a preview pixel for pixel and the others with two for each px of
// the SVG. It fails only if the image can't be encoded.
func PNG(p Picture) ([]byte, error) { return layOut(p.readable().drawable()).png() }

// Shown returns the picture with no more than is drawn of it: pictures that differ in something else are one.
func (p Picture) Shown() Picture {
	if p.Lang != bonafide.French {
		p.Lang = bonafide.English
	}
	whole := p.Levels >= 1 && p.Level >= 0 && p.Level <= p.Levels
	switch {
	case !whole:
		p.State = Unknown
	case p.State == Current, p.State == Old, p.State == Suspended, p.State == Withdrawn:
	default:
		p.State = Unknown
	}
	if p.State != Current && p.State != Old {
		p.Level, p.Levels, p.Kind, p.AsOf = 0, 1, "", ""
	}
	if p.Level == 0 {
		p.Kind = ""
	}
	if len(p.AsOf) == len("2006-01-02") {
		p.AsOf = p.AsOf[:len("2006-01")] + "-01"
	}
	if p.Size == Chip || p.State == Withdrawn || p.State == Unknown {
		p.Name = ""
	}
	if p.Size == Chip || p.State == Unknown {
		p.Mechanism = ""
	}
	return p
}

// readable returns what is shown, in characters that may be drawn.
func (p Picture) readable() Picture {
	p = p.Shown()
	p.Mechanism, p.Name = legible(p.Mechanism), legible(p.Name)
	return p
}

// drawable returns the picture without what only a reader's own fonts can show: a PNG has none.
func (p Picture) drawable() Picture {
	if !regular().draws(p.Mechanism) {
		p.Mechanism = ""
	}
	if !regular().draws(p.Name) {
		p.Name = ""
	}
	return p
}
