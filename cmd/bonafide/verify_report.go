package main

import (
	"fmt"
	"time"

	"bonafide.example"
)

// report is what is known of one badge in the end.
type report struct {
	Badge      string           `json:"badge"` // as it was named
	Good       bool             `json:"good"`
	Code       bonafide.Code    `json:"code,omitzero"` // why it isn't good
	Sentence   string           `json:"sentence"`
	Mend       string           `json:"mend,omitzero"` // what to do about it
	Checks     []check          `json:"checks"`
	NotChecked []string         `json:"not_checked"`
	Status     *bonafide.Status `json:"status,omitzero"` // what the badge says, if it is authentic
	ValidUntil time.Time        `json:"valid_until,omitzero"`

	Page *bonafide.PublishedOn `json:"published_on,omitzero"` // a page of the holder's that the issuer saw link back

	exit int // the exit code for this badge alone
}

// check is one thing that was looked at: yes, no or "could not check".
type check struct {
	What   string `json:"what"`
	Result string `json:"result"`
	Detail string `json:"detail,omitzero"`
}

// note adds a check and its outcome, with the exit code if it fails, and returns what went wrong.
func (r *report) note(what string, err error, exit int) error {
	c := check{What: what, Result: "yes"}
	if err != nil {
		r.exit = exit
		c.Detail = err.Error()
		c.Result = "no"
		if exit == exitUndecided {
			c.Result = "could not check"
		}
	}
	r.Checks = append(r.Checks, c)
	return err
}

// conclusion puts the whole report into one sentence.
func (r *report) conclusion() string {
	sentence := r.Code.Meaning().Sentence.EN
	switch {
	case r.Good:
		level := "no level"
		if r.Status.Level != "" {
			level = fmt.Sprintf("the level %q", r.Status.Level)
		}
		return fmt.Sprintf("Good now: on %s, %s gave the person that this badge speaks of %s (%s; %s, version %d).",
			r.Status.AsOf, r.Status.Origin().Host(), level, r.Status.Kind, r.Status.Mechanism, r.Status.Version)
	case r.exit == exitNotAuthentic:
		return "Not authentic: " + sentence
	case r.exit == exitNotCurrent:
		return "Authentic, but not good now: " + sentence
	case r.exit == exitUndecided:
		return "Undecided: " + sentence
	case r.exit == exitNothing:
		return "Nothing to verify: " + sentence
	default:
		return "Could not be checked: " + sentence
	}
}

func (v *verification) print(r *report) error {
	if v.json {
		return sayJSON(v.stdout, r)
	}
	say(v.stdout, "%s", r.Sentence)
	if r.Mend != "" {
		say(v.stdout, "%s", r.Mend)
	}
	say(v.stdout, "  badge: %s", r.Badge)
	for _, c := range r.Checks {
		say(v.stdout, "  %s: %s", c.What, c.Result)
		if c.Detail != "" {
			say(v.stdout, "    %s", c.Detail)
		}
	}
	if r.Page != nil {
		say(v.stdout, "  the issuer saw this page of the holder's link back on %s: %s", r.Page.Seen, r.Page.Address)
	}
	for _, what := range r.NotChecked {
		say(v.stdout, "  not checked: %s", what)
	}
	return nil
}
