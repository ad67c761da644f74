package bonafide

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
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
	if hidden(t.EN + t.FR) {
		return Errorf(BadValue, field, "holds a control or an invisible formatting character")
	}
	return nil
}

const (
	maxWords = 2000 // bytes of what one person writes to another
	maxName  = 80   // characters of what a person is called
)

// CheckWords tells whether a text that one person wrote to another, in any language, can be shown. It may
// have lines.
func CheckWords(field, words string) error {
	switch {
	case strings.TrimSpace(words) == "" || len(words) > maxWords || !utf8.ValidString(words):
		return Errorf(BadValue, field, "needs 1 to %d bytes of UTF-8", maxWords)
	case hidden(strings.NewReplacer("\r\n", "", "\n", "").Replace(words)):
		return Errorf(BadValue, field, "holds a control or an invisible formatting character")
	}
	return nil
}

// CheckName tells whether a name that a person chose can be shown.
func CheckName(field, name string) error {
	switch {
	case strings.TrimSpace(name) == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxName:
		return Errorf(BadValue, field, "needs 1 to %d characters of UTF-8", maxName)
	case hidden(name):
		return Errorf(BadValue, field, "holds a control or an invisible formatting character")
	}
	return nil
}

// ShownName returns a name that nobody checked as it can be shown: without what is invisible, which could reach out of
// its place, and as long as a name may be.
func ShownName(name string) string {
	if name == "" || CheckName("name", name) == nil {
		return name
	}
	var shown strings.Builder
	for _, c := range strings.ToValidUTF8(name, "\ufffd") {
		if hidden(string(c)) {
			c = ' '
		}
		shown.WriteRune(c)
	}
	name = strings.Join(strings.Fields(shown.String()), " ")
	if utf8.RuneCountInString(name) > maxName {
		name = string([]rune(name)[:maxName-1]) + "…"
	}
	return name
}

// hidden tells whether a text holds controls or invisible formatting, such as marks that turn the direction
// of writing, which would let it reach out of its place on a page or a terminal. The joiners within words
// and emoji (U+200C, U+200D) stay where they are.
func hidden(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Cf) && r != '\u200c' && r != '\u200d'
	})
}

// Visible returns a text that nobody checked, such as an id, as it can be shown to whoever runs a site: what a terminal
// or a page might obey rather than show stands as an escape, as \u001b. These are control characters, line ends among them, and
// those that reorder or hide text (Unicode categories Cc, Cf, Zl and Zp). In JSON, where they stand within strings alone, the value
// stays the same.
func Visible(text string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\ufffd") {
		if !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
