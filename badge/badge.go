// Package badge draws the picture of a badge, and writes the snippets by which its holder shows it
// elsewhere.
//
// A picture can be copied, so it claims nothing beyond what it says: which site speaks, what level it
// gives, and when it said so. There is no tick, padlock or shield in it. Every state has words and a
// shape of its own, never a colour alone, and a suspension takes the place of the level.
//
// Each picture is laid out once, as a list of filled outlines in hundredths of a pixel, and drawn
// twice: as SVG, where text is outlines too since fonts don't load inside images, and as PNG at twice
// the size. Drawing is deterministic: equal pictures are equal bytes.
package badge

import "bonafide.example"

// Picture is what a picture shows. One that doesn't hold together, such as level 6 of 5 or a state
// that isn't known, is drawn as [Unknown].
type Picture struct {
	Host   string // the issuer's host as [bonafide.Origin.Host] gives it
	Level  int    // the level's number, 0 for none yet
	Levels int    // of so many
	Kind   bonafide.Kind
	State  State
	AsOf   bonafide.Date // the day of the statement; its month is shown
	Lang   bonafide.Lang
	Dark   bool // for dark pages
	Size   Size
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

// Size is the shape of a picture.
type Size string

const (
	Chip Size = ""     // 20 px high, as wide as its words, for a row of README badges
	Card Size = "card" // 320 × 120 px
)

// SVG draws the picture as an SVG image that refers to nothing outside itself.
func SVG(p Picture) []byte { return layOut(p).svg() }

// PNG draws the picture as a PNG image, two pixels for each px of the SVG. It fails only if the
// image can't be encoded.
func PNG(p Picture) ([]byte, error) { return layOut(p).png() }

// shown returns the picture as it may be drawn.
func (p Picture) shown() Picture {
	switch p.State {
	case Current, Old, Suspended, Withdrawn:
	default:
		p.State = Unknown
	}
	if p.Lang != bonafide.French {
		p.Lang = bonafide.English
	}
	if p.Levels < 1 || p.Level < 0 || p.Level > p.Levels {
		p.State = Unknown
	}
	return p
}
