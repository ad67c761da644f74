package court

import (
	"slices"

	"bonafide.example"
	"bonafide.example/vouching"
)

// Report says what a member is to answer for.
type Report struct {
	ID        string           `json:"id,omitzero"` // the site's own, up to 200 bytes; "": one is made up. The same report again is the same case
	Mechanism string           `json:"mechanism"`   // slug
	Member    string           `json:"member"`
	Class     string           `json:"class"` // one of the mechanism's
	Occurred  bonafide.Seconds `json:"occurred"`
	Words     string           `json:"words,omitzero"`    // what is said to have happened, for the member to read; only with Referral may it be missing
	Attested  bool             `json:"attested,omitzero"` // somebody other than the site attests when it occurred

	// Referral is set if another site found somebody at fault whom the member referred there: the id of the
	// referral. Then Class is the one that it told, and ReportedThere when the fault was reported to it.
	Referral      string           `json:"referral,omitzero"`
	ReportedThere bonafide.Seconds `json:"reported_there,omitzero"`
}

// Case is what became of a [Report]. It is shown to the member and to arbiters alone.
type Case struct {
	Report                    // as it was reported
	Site     bonafide.Origin  `json:"site,omitzero"` // with Referral: where the one whom the member referred was found at fault
	Reported bonafide.Seconds `json:"reported"`      // when it was reported here, and the member told
	State    State            `json:"state"`

	// Deadline is when time decides: what is reported becomes final, what is contested void. 0: never.
	Deadline bonafide.Seconds `json:"deadline,omitzero"`

	Contested bonafide.Seconds `json:"contested,omitzero"` // when the member first contested it
	Appeal    string           `json:"appeal,omitzero"`    // the member's words
	Accepted  bool             `json:"accepted,omitzero"`  // the member didn't wait until it was final
	Finding   string           `json:"finding,omitzero"`   // final, reversed: the class found
	Closed    bonafide.Seconds `json:"closed,omitzero"`    // when it became final, dismissed or void
	Reversed  bonafide.Seconds `json:"reversed,omitzero"`  // when what was final was reversed
	Rulings   []Ruled          `json:"rulings,omitzero"`   // in the order in which they were taken
	Quashed   string           `json:"quashed,omitzero"`   // why it was reversed without a ruling
}

// Ruled is a ruling that was taken.
type Ruled struct {
	Token  string           `json:"token,omitzero"` // as it was signed; "" once the member is erased
	At     bonafide.Seconds `json:"at"`             // when it was taken
	Ruling bonafide.Ruling  `json:"ruling"`
}

// State is where a case stands.
type State string

const (
	StateReported  State = "reported"  // the member may contest it until the deadline
	StateContested State = "contested" // an arbiter may rule until the deadline
	StateFinal     State = "final"     // it counts
	StateDismissed State = "dismissed" // reversed before it counted
	StateVoid      State = "void"      // nobody ruled in time
	StateReversed  State = "reversed"  // it counted, and counts no more
)

// Pending tells whether nothing is decided yet.
func (s State) Pending() bool { return s == StateReported || s == StateContested }

// open returns the case that a report begins.
func open(r Report, now bonafide.Seconds) Case {
	return Case{Report: r, Reported: now, State: StateReported, Deadline: now + vouching.AppealWithin}
}

// latest returns when the last step was taken. None is dated before, though the clock may be set back.
func (k Case) latest() bonafide.Seconds { return max(k.Reported, k.Contested, k.Closed) }

// pass returns the case as time leaves it.
func (k Case) pass(now bonafide.Seconds) Case {
	switch {
	case !k.State.Pending() || now < k.Deadline:
		return k
	case k.State == StateReported:
		return k.find(k.Class, k.Deadline)
	default:
		return k.end(StateVoid, k.Deadline)
	}
}

// end closes a pending case.
func (k Case) end(state State, at bonafide.Seconds) Case {
	k.State, k.Closed, k.Deadline = state, at, 0
	return k
}

// find makes a pending case final, with the class found.
func (k Case) find(class string, at bonafide.Seconds) Case {
	k.Finding = class
	return k.end(StateFinal, at)
}

// contest returns the case contested. While that is possible other words replace those before; the arbiter's
// time runs from the first.
func (k Case) contest(words string, now bonafide.Seconds) (Case, error) {
	bySilence := k.State == StateFinal && k.Contested == 0 && !k.Accepted
	switch {
	case k.State == StateContested && words == k.Appeal:
		return k, nil
	case !k.State.Pending() && !bySilence:
		return k, over(k)
	case now >= k.Reported+vouching.AppealWithin:
		return k, bonafide.Errorf(bonafide.AppealLate, k.ID, "could be contested for 14 days from its report")
	case k.Contested == 0:
		k.State, k.Contested, k.Deadline = StateContested, now, now+vouching.RuleWithin
	}
	k.Appeal = words
	return k, nil
}

// accept returns the case final, as the member wishes who won't contest it, or no longer.
func (k Case) accept(now bonafide.Seconds) (Case, error) {
	switch {
	case k.State == StateFinal && k.Accepted:
		return k, nil
	case !k.State.Pending():
		return k, over(k)
	}
	k.Accepted = true
	return k.find(k.Class, now), nil
}

// rule returns the case as an arbiter decides it by a ruling that wasn't taken before.
func (k Case) rule(given Ruled, classes map[string]vouching.Class) (Case, error) {
	r := given.Ruling
	k.Rulings = append(slices.Clip(k.Rulings), given)
	switch {
	case r.Decision == bonafide.Reverse:
		return k.reverse(given.At)
	case !k.State.Pending():
		return k, over(k)
	case k.State == StateReported:
		return k, bonafide.Errorf(bonafide.BadValue, "decision", "%q needs somebody who contests: the member may still do so, and else it is final by itself", string(r.Decision))
	case r.Decision == bonafide.Lower:
		if err := checkLower(classes, k.Class, r.Class); err != nil {
			return k, err
		}
		return k.find(r.Class, given.At), nil
	default:
		return k.find(k.Class, given.At), nil
	}
}

// checkLower tells whether one class costs less than another, and nobody more.
func checkLower(classes map[string]vouching.Class, from, to string) error {
	high, low := classes[from], classes[to]
	if _, known := classes[to]; !known {
		return bonafide.Errorf(bonafide.UnknownClass, "class", "%q is not a class of fault of this mechanism", to)
	}
	severity := low.Severity.Rat().Cmp(high.Severity.Rat())
	if severity > 0 || low.Points > high.Points || severity == 0 && low.Points == high.Points {
		return bonafide.Errorf(bonafide.BadValue, "class", "%q doesn't cost less than %q", to, from)
	}
	return nil
}

// reverse returns the case dismissed or, if it was final, reversed.
func (k Case) reverse(now bonafide.Seconds) (Case, error) {
	switch {
	case k.State.Pending():
		return k.end(StateDismissed, now), nil
	case k.State == StateFinal:
		k.State, k.Reversed = StateReversed, now
		return k, nil
	}
	return k, over(k)
}

// quash returns the case reversed without a ruling. Of one that doesn't count anyway it changes nothing.
func (k Case) quash(why string, now bonafide.Seconds) (Case, error) {
	if !k.State.Pending() && k.State != StateFinal {
		return k, nil
	}
	k.Quashed = why
	return k.reverse(now)
}

func over(k Case) error {
	return bonafide.Errorf(bonafide.CaseOver, k.ID, "is %s", string(k.State))
}
