package badge

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// What a member is called is the member's own words, in the midst of what the site says: somebody may call
// themselves "bazar.example 5 of 5 ●●●●●". So a name stands apart. It has the foot of the card to itself, under a
// line, small and after the site's word "for"; never the tinted head, where the host is, nor the line of the level.
// [legible] takes from it what could pass for a pip, a mark or a tick, turn the line around, or reach out of it, and
// what a reader's own fonts show of it is cut at the edges of its place. What the mechanism is called is the site's
// words, but goes the same way.

const (
	maxLetters = 120 // clusters of a name that are looked at; no line holds as many
	maxMarks   = 4   // on one letter: more would climb out of the line
	joiners    = "\u200c\u200d"
)

// legible returns the letters, marks, digits and ASCII characters of a text in one line, composed; anything else
// is a space.
func legible(text string) string {
	var b strings.Builder
	letters, marks, after := 0, 0, ' ' // after: the character before
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, " ")) {
		switch {
		case unicode.IsMark(r):
			if marks++; after == ' ' || marks > maxMarks {
				continue
			}
		case strings.ContainsRune(joiners, r):
			if !unicode.IsLetter(after) && !unicode.IsMark(after) {
				continue
			}
		case ' ' < r && r <= '~', unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune("’‘·‐–«»", r):
			if marks, letters = 0, letters+1; letters > maxLetters {
				return b.String()
			}
		default:
			if marks = 0; after == ' ' {
				continue
			}
			r = ' '
		}
		b.WriteRune(r)
		after = r
	}
	return strings.TrimRight(b.String(), " "+joiners)
}

// clusters splits a text so that no mark is parted from its letter, nor what a joiner or a virama joins.
func clusters(text string) (parts []string) {
	start, joined := 0, true
	for i, r := range text {
		mark := unicode.IsMark(r) || strings.ContainsRune(joiners, r)
		if !mark && !joined {
			parts, start = append(parts, text[start:i]), i
		}
		const virama = 9 // the combining class of signs that join the letters around them
		joined = r == '\u200d' || norm.NFC.PropertiesString(text[i:]).CCC() == virama
	}
	return append(parts, text[start:])
}

// shorten cuts the text at its end, between clusters, until fits takes it.
func shorten(text string, fits func(string) bool) string {
	if fits(text) {
		return text
	}
	parts := clusters(text)
	for n := len(parts) - 1; n > 0; n-- {
		if cut := strings.TrimRight(strings.Join(parts[:n], ""), " "+joiners) + "…"; fits(cut) {
			return cut
		}
	}
	return "…"
}

// guess returns a width that the text hardly exceeds in a reader's own font.
func guess(text string, size length) (width length) {
	for _, part := range clusters(text) {
		width += size * 6 / 10
		for _, r := range part {
			if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Yi) {
				width += size * 4 / 10
				break
			}
		}
	}
	return width
}

// fromRight tells whether the text's first letter with a direction runs from right to left (Unicode Standard Annex
// 9, P2 and P3).
func fromRight(text string) bool {
	for i := range text {
		properties, _ := bidi.LookupString(text[i:])
		switch properties.Class() {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		}
	}
	return false
}
