package conformance

import "strings"

// Outcome is how a case went. All but [Passed] are failures.
type Outcome string

// The outcomes.
const (
	Passed      Outcome = "passed"
	Failed      Outcome = "failed"
	Unsupported Outcome = "unsupported" // whoever is judged says that it doesn't do this
	Skipped     Outcome = "skipped"     // it couldn't be asked
)

// Verdict is what is said of one case.
type Verdict struct {
	Case
	Outcome   Outcome `json:"outcome"`
	Reason    string  `json:"reason,omitempty"`    // why it isn't passed
	Due       any     `json:"due,omitempty"`       // what had to come, unless it is passed
	Came      string  `json:"came,omitempty"`      // what came, or its beginning
	Reproduce string  `json:"reproduce,omitempty"` // a shell command that puts this case alone
	// Measured is what the answer took, where the suite measures that.
	Measured *Measured `json:"measured,omitempty"`
}

// Measured is what answers took.
type Measured struct {
	Milliseconds int64 `json:"milliseconds"`        // of the longest wait for one
	Kibibytes    int64 `json:"kibibytes,omitempty"` // the most that the program had resident; 0: it can't be measured here
}

// most returns the greater of each.
func (m *Measured) most(other *Measured) *Measured {
	switch {
	case other == nil:
		return m
	case m == nil:
		return other
	}
	return &Measured{max(m.Milliseconds, other.Milliseconds), max(m.Kibibytes, other.Kibibytes)}
}

// MaxCame is how much of what came a report holds, in bytes.
const MaxCame = 64 << 10

// Command writes a shell command (POSIX).
func Command(words ...string) string {
	var all []string
	for _, word := range words {
		all = append(all, quoted(word))
	}
	return strings.Join(all, " ")
}

// quoted writes a word as a shell reads it.
func quoted(word string) string {
	plainly := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./=:,@%+", r)
	}
	if word != "" && strings.TrimFunc(word, plainly) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
