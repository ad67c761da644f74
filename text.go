package bonafide

import (
	"strings"
	"unicode"
)

// Lang is a language that people are addressed in: English or French.
type Lang string

const (
	English Lang = "en"
	French  Lang = "fr"
)

// Text is one thing said to people, in each language of the protocol. Both are required wherever a
// Text is, so that no page falls back to a language its reader didn't choose.
type Text struct {
	EN string `json:"en"`
	FR string `json:"fr"`
}

// In returns the text in the language, English for an unknown one.
func (t Text) In(lang Lang) string {
	if lang == French {
		return t.FR
	}
	return t.EN
}

// maxText bounds a Text, in bytes per language: a page shows it whole.
const maxText = 2000

func (t Text) validate(field string) error {
	if t.EN == "" || t.FR == "" {
		return Errorf(BadValue, field, "needs a text in English (en) and in French (fr)")
	}
	if len(t.EN) > maxText || len(t.FR) > maxText {
		return Errorf(BadValue, field, "is longer than %d bytes", maxText)
	}
	// Controls and invisible formatting, such as marks that turn the direction of writing, would let a
	// text reach out of its place on a page or a terminal.
	if strings.ContainsFunc(t.EN+t.FR, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }) {
		return Errorf(BadValue, field, "holds a control or an invisible formatting character")
	}
	return nil
}
