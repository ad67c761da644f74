package court

import (
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

const day = vouching.Day

// reported is when the cases of these tests begin.
const reported bonafide.Seconds = 1_800_000_000

var classes = map[string]vouching.Class{
	"late":    {Severity: "0.25", Points: 50},
	"lateish": {Severity: "0.25", Points: 50},
	"cheap":   {Severity: "0.25", Points: 10},
	"small":   {Severity: "0.1", Points: 50},
	"odd":     {Severity: "0.1", Points: 60},
	"harsh":   {Severity: "0.5", Points: 10},
	"fraud":   {Severity: "0.5", Points: 300},
}

// in returns a case in that state, as it comes there.
func in(t *testing.T, state State) Case {
	k := open(Report{ID: "f1", Mechanism: "seller", Member: "bob", Class: "fraud", Occurred: reported - day, Words: "It never came."}, reported)
	var err error
	switch state {
	case StateFinal:
		k, err = k.accept(reported + day)
	case StateDismissed:
		k, err = k.rule(ruling("other", bonafide.Reverse, "", reported+day), classes)
	case StateContested, StateVoid:
		k, err = k.contest("It came.", reported+day)
	case StateReversed:
		k, err = in(t, StateFinal).rule(ruling("other", bonafide.Reverse, "", reported+2*day), classes)
	}
	require.NoError(t, err)
	if state == StateVoid {
		k = k.pass(k.Deadline)
	}
	require.Equal(t, state, k.State)
	return k
}

func ruling(id string, d bonafide.Decision, class string, at bonafide.Seconds) Ruled {
	return Ruled{Token: "signed", At: at, Ruling: bonafide.Ruling{Issuer: "https://judge.example", ID: id, Decision: d, Class: class}}
}

// Every step, tried in every state: where it leads, or its refusal.
// BF-CASE-9
func TestEveryStepInEveryState(t *testing.T) {
	const now = reported + 10*day // within both deadlines
	rule := func(d bonafide.Decision, class string) func(Case) (Case, error) {
		return func(k Case) (Case, error) { return k.rule(ruling("r1", d, class, now), classes) }
	}
	over := string(bonafide.CaseOver)
	states := []State{StateReported, StateContested, StateFinal, StateDismissed, StateVoid, StateReversed}
	for name, c := range map[string]struct {
		step func(Case) (Case, error)
		want [6]string // by state: the next, or a code
	}{
		"contest":      {func(k Case) (Case, error) { return k.contest("Other words.", now) }, [6]string{"contested", "contested", over, over, over, over}},
		"contest late": {func(k Case) (Case, error) { return k.contest("Other words.", reported+14*day) }, [6]string{"appeal-late", "appeal-late", over, over, over, over}},
		"same words":   {func(k Case) (Case, error) { return k.contest("It came.", reported+14*day) }, [6]string{"appeal-late", "contested", over, over, over, over}},
		"accept":       {func(k Case) (Case, error) { return k.accept(now) }, [6]string{"final", "final", "final", over, over, over}},
		"uphold":       {rule(bonafide.Uphold, ""), [6]string{"bad-value", "final", over, over, over, over}},
		"lower":        {rule(bonafide.Lower, "late"), [6]string{"bad-value", "final", over, over, over, over}},
		"reverse":      {rule(bonafide.Reverse, ""), [6]string{"dismissed", "dismissed", "reversed", over, over, over}},
		"quash":        {func(k Case) (Case, error) { return k.quash("A mistake.", now) }, [6]string{"dismissed", "dismissed", "reversed", "dismissed", "void", "reversed"}},
		"14 days":      {func(k Case) (Case, error) { return k.pass(reported + 14*day), nil }, [6]string{"final", "contested", "final", "dismissed", "void", "reversed"}},
		"61 days":      {func(k Case) (Case, error) { return k.pass(reported + 61*day), nil }, [6]string{"final", "void", "final", "dismissed", "void", "reversed"}},
	} {
		for n, state := range states {
			before := in(t, state)
			after, err := c.step(before)
			got := string(after.State)
			if err != nil {
				got = string(bonafide.CodeOf(err))
			}
			require.Equal(t, c.want[n], got, "%s, %s", name, state)
			require.Equal(t, in(t, state), before, "%s, %s: a step changes only what it returns", name, state)
			if err == nil {
				require.Equal(t, after.State.Pending(), after.Deadline != 0, "%s, %s", name, state)
				require.Equal(t, after.State == StateFinal || after.State == StateReversed, after.Finding != "", "%s, %s", name, state)
			}
		}
	}
}

// Each deadline works at its instant, not a second before, and is dated so however late it is noticed.
// BF-CASE-7, BF-CASE-8
func TestDeadlines(t *testing.T) {
	k := in(t, StateReported)
	require.Equal(t, k, k.pass(reported+14*day-1))
	for _, late := range []bonafide.Seconds{0, 1, 400 * day} {
		final := k.pass(reported + 14*day + late)
		require.Equal(t, StateFinal, final.State)
		require.Equal(t, reported+14*day, final.Closed)
		require.Equal(t, "fraud", final.Finding)
	}
	contested, err := k.contest("It came.", reported+14*day-1)
	require.NoError(t, err)
	require.Equal(t, reported+74*day-1, contested.Deadline)
	require.Equal(t, contested, contested.pass(reported+74*day-2))
	void := contested.pass(reported + 200*day)
	require.Equal(t, StateVoid, void.State)
	require.Equal(t, reported+74*day-1, void.Closed)

	silent := k.pass(reported + 14*day)
	_, err = silent.contest("It came.", reported+15*day)
	require.Equal(t, bonafide.AppealLate, bonafide.CodeOf(err), "the same code whether or not RunDue ran")
}

// Other words replace those before, and the arbiter gets no more time by them.
// BF-CASE-7
func TestOtherWords(t *testing.T) {
	k := in(t, StateContested)
	again, err := k.contest("It came a day late.", reported+13*day)
	require.NoError(t, err)
	require.Equal(t, "It came a day late.", again.Appeal)
	require.Equal(t, k.Contested, again.Contested)
	require.Equal(t, k.Deadline, again.Deadline)
}

// BF-CASE-14
func TestLowerCostsLess(t *testing.T) {
	for to, want := range map[string]bonafide.Code{
		"cheap": "", "small": "", "late": bonafide.BadValue, "lateish": bonafide.BadValue, "odd": bonafide.BadValue, "harsh": bonafide.BadValue,
		"fraud": bonafide.BadValue, "none": bonafide.UnknownClass,
	} {
		k := in(t, StateContested)
		k.Class = "late"
		after, err := k.rule(ruling("r1", bonafide.Lower, to, reported+2*day), classes)
		require.Equal(t, want, bonafide.CodeOf(err), to)
		if err == nil {
			require.Equal(t, to, after.Finding)
			require.Equal(t, "late", after.Class, "what was reported stays")
		}
	}
}

// Another ruling on a closed case is refused, unless it reverses.
// BF-CASE-9
func TestAnotherRuling(t *testing.T) {
	upheld, err := in(t, StateContested).rule(ruling("r1", bonafide.Uphold, "", reported+2*day), classes)
	require.NoError(t, err)
	_, err = upheld.rule(ruling("r2", bonafide.Uphold, "", reported+3*day), classes)
	require.Equal(t, bonafide.CaseOver, bonafide.CodeOf(err))
	others := ruling("r1", bonafide.Reverse, "", reported+3*day)
	others.Ruling.Issuer = "https://other.example"
	reversed, err := upheld.rule(others, classes)
	require.NoError(t, err)
	require.Equal(t, StateReversed, reversed.State)
	require.Equal(t, upheld.Closed, reversed.Closed)
	require.Equal(t, reported+3*day, reversed.Reversed)
	require.Len(t, reversed.Rulings, 2)
	require.Len(t, upheld.Rulings, 1)
}
