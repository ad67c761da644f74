package main

import (
	"fmt"
	"strings"
	"time"
)

// outcome is how a case went. All but passed are failures.
type outcome string

const (
	passed      outcome = "passed"
	failed      outcome = "failed"
	unsupported outcome = "unsupported" // the program says that it doesn't do this
	skipped     outcome = "skipped"     // the program had been started too often to be asked
)

// verdict is what is said of one case.
type verdict struct {
	Case         string    `json:"case"`
	Class        string    `json:"class"`
	Requirements []string  `json:"requirements"`
	Description  string    `json:"description"`
	Outcome      outcome   `json:"outcome"`
	Reason       string    `json:"reason,omitempty"` // why it isn't passed
	Due          *answered `json:"due,omitempty"`    // what had to come, unless it is passed
	Came         string    `json:"came,omitempty"`   // the line that came, or its beginning
	Reproduce    string    `json:"reproduce,omitempty"`
}

const maxCame = 64 << 10 // bytes of what came that a report holds

// judge compares what came for a case with what is due. again is the command that puts the case alone.
func judge(v *vector, came *heard, again string) verdict {
	said := verdict{Case: v.name, Class: v.class, Requirements: v.requirements, Description: v.description}
	said.Outcome, said.Reason = v.compare(came)
	if said.Outcome == passed {
		return said
	}
	due := v.due()
	said.Due, said.Reproduce = &due, again
	if came != nil {
		said.Came = cut(came.line, maxCame)
	}
	return said
}

// compare tells how the case went and, if it isn't passed, why.
func (v *vector) compare(came *heard) (outcome, string) {
	switch {
	case came == nil:
		return skipped, "it wasn't asked, since the program had ended or hung too often"
	case came.fault != "":
		return failed, fmt.Sprintf("%q was due, but %s", v.expect, came.fault)
	case came.answer.unsupported:
		return unsupported, "the program says that it doesn't support this"
	case came.answer.expect != v.expect:
		return failed, fmt.Sprintf("%q was due, %q came", v.expect, cut(came.answer.expect, 200))
	case v.rawResult == nil:
		return passed, ""
	case !came.answer.hasResult:
		return failed, "no result came"
	}
	if where := difference("", v.result, came.answer.result); where != "" {
		return failed, where
	}
	return passed, ""
}

// reproduction returns the shell command that puts one case alone.
func reproduction(name string, command []string, timeout time.Duration) string {
	words := []string{"bonafide-conformance", "vectors", "--only", name}
	if timeout != defaultTimeout {
		words = append(words, "--timeout", timeout.String())
	}
	words = append(words, "--")
	for _, word := range command {
		words = append(words, quoted(word))
	}
	return strings.Join(words, " ")
}

// quoted writes a word as a POSIX shell reads it.
func quoted(word string) string {
	plainly := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./=:,@%+", r)
	}
	if word != "" && strings.TrimFunc(word, plainly) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
