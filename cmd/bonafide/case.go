package main

import "bonafide.example/vouching/court"

// tellCases prints cases as a table.
func (e *env) tellCases(cases []court.Case) error {
	w := newTable(e.stdout)
	w.row("case", "mechanism", "member", "class", "state", "occurred", "reported", "deadline")
	for _, k := range cases {
		deadline := ""
		if k.Deadline != 0 {
			deadline = instant(k.Deadline)
		}
		w.row(k.ID, k.Mechanism, k.Member, k.Class, k.State, instant(k.Occurred), instant(k.Reported), deadline)
	}
	return w.end()
}

// tellCase prints one case: where it stands first, then how it came there.
func (e *env) tellCase(k court.Case) error {
	say(e.stdout, "Case %s: %s is %s.", k.ID, k.Member, standsAs(k))
	say(e.stdout, "  reported %s: %s under %s, committed %s", instant(k.Reported), k.Class, k.Mechanism, instant(k.Occurred))
	if k.Words != "" {
		say(e.stdout, "    %s", k.Words)
	}
	if k.Contested != 0 {
		say(e.stdout, "  contested %s", instant(k.Contested))
		say(e.stdout, "    %s", k.Appeal)
	}
	for _, ruled := range k.Rulings {
		decision := string(ruled.Ruling.Decision)
		if ruled.Ruling.Class != "" {
			decision += " to " + ruled.Ruling.Class
		}
		say(e.stdout, "  ruled %s by %s: %s", instant(ruled.At), ruled.Ruling.Issuer.Host(), decision)
		say(e.stdout, "    %s", ruled.Ruling.Reason)
	}
	if k.Quashed != "" {
		say(e.stdout, "  reversed by the site that told of it")
		say(e.stdout, "    %s", k.Quashed)
	}
	return nil
}

// standsAs says where the member in a case stands, after "is".
func standsAs(k court.Case) string {
	switch k.State {
	case court.StateReported:
		return "told of it, and may contest it until " + instant(k.Deadline) + "; it is final then"
	case court.StateContested:
		return "contesting it; it is void unless an arbiter rules before " + instant(k.Deadline)
	case court.StateFinal:
		return "finally at fault (" + k.Finding + ") since " + instant(k.Closed)
	case court.StateReversed:
		return "cleared: what was final was reversed on " + instant(k.Reversed)
	case court.StateVoid:
		return "cleared: nobody ruled in time"
	default:
		return "cleared: it was dismissed on " + instant(k.Closed)
	}
}
