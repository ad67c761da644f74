package court_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// A report is refused whole, each for its own reason.
// BF-CASE-2, BF-CASE-3, BF-CASE-4
func TestReportRefusals(t *testing.T) {
	w := newWorld(t)
	final := w.report("final")
	w.reported(final)
	_, err := w.Accept(t.Context(), "bob", "final")
	require.NoError(t, err)
	lowered := w.report("lowered")
	lowered.Occurred--
	w.contested(lowered)
	_, err = w.Decide(t.Context(), "lowered", bonafide.Lower, "late", "Not as bad.")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change func(*court.Report)
		code   bonafide.Code
	}{
		"no mechanism":            {func(r *court.Report) { r.Mechanism = "none" }, bonafide.NotFound},
		"no points":               {func(r *court.Report) { r.Mechanism = "ratings" }, bonafide.NoVouching},
		"no such member":          {func(r *court.Report) { r.Member = "mallory" }, bonafide.NoSuchMember},
		"no such class":           {func(r *court.Report) { r.Class = "theft" }, bonafide.UnknownClass},
		"just now":                {func(r *court.Report) { r.Occurred = w.seconds() }, bonafide.FutureEvent},
		"yet to come":             {func(r *court.Report) { r.Occurred = w.seconds() + 1 }, bonafide.FutureEvent},
		"too long ago":            {func(r *court.Report) { r.Occurred = w.seconds() - vouching.ReportWithin - 1 }, bonafide.FaultLate},
		"at no instant":           {func(r *court.Report) { r.Occurred = 0 }, bonafide.BadValue},
		"twice":                   {func(r *court.Report) { r.Occurred = final.Occurred }, bonafide.FaultTwice},
		"what it was lowered to":  {func(r *court.Report) { r.Class, r.Occurred = "late", lowered.Occurred }, bonafide.FaultTwice},
		"without words":           {func(r *court.Report) { r.Words = " " }, bonafide.BadValue},
		"words out of their line": {func(r *court.Report) { r.Words = "\u202eevil" }, bonafide.BadValue},
		"an endless id":           {func(r *court.Report) { r.ID = strings.Repeat("x", 201) }, bonafide.BadValue},
		"an id no address has":    {func(r *court.Report) { r.ID = ".." }, bonafide.BadValue},
		"the id of a vouch":       {func(r *court.Report) { r.ID = "alice-bob" }, bonafide.EventConflict},
		"another under the id":    {func(r *court.Report) { r.ID = "final" }, bonafide.EventConflict},
		"no such referral":        {func(r *court.Report) { r.Referral = "alice-bob" }, bonafide.UnknownReferral},
	} {
		r := w.report("f1")
		r.Occurred -= 100
		c.change(&r)
		w.refused(c.code, func() error { _, err := w.Report(t.Context(), r); return err }, name)
	}
	limit := w.report("limit")
	limit.Occurred = w.seconds() - vouching.ReportWithin
	w.reported(limit)
	today := w.report("")
	today.Occurred = w.seconds() - 1
	require.NotEmpty(t, w.reported(today).ID)
}

// BF-CASE-4
func TestSameReportIsTheSameCase(t *testing.T) {
	w := newWorld(t)
	r := w.report("f1")
	first := w.reported(r)
	require.Equal(t, w.seconds()+14*vouching.Day, first.Deadline)
	w.wait(3 * day)
	contested, err := w.Appeal(t.Context(), "bob", "f1", "It was full.")
	require.NoError(t, err)
	require.Equal(t, contested, w.reported(r))
	w.wait(200 * day)
	require.Equal(t, court.StateVoid, w.reported(r).State, "however late")
}

// What was reversed may be reported anew; what is void because nobody ruled may not.
// BF-CASE-3
func TestReportAnew(t *testing.T) {
	w := newWorld(t)
	r := w.report("f1")
	w.contested(r)
	w.wait(80 * day)
	r.ID = "again"
	w.refused(bonafide.FaultTwice, func() error { _, err := w.Report(t.Context(), r); return err })
	require.NoError(t, w.RunDue(t.Context()))
	w.refused(bonafide.FaultTwice, func() error { _, err := w.Report(t.Context(), r); return err })

	r.ID, r.Occurred = "f2", w.seconds()-vouching.Day
	w.reported(r)
	_, err := w.Decide(t.Context(), "f2", bonafide.Reverse, "", "A mistake.")
	require.NoError(t, err)
	r.ID = "f3"
	w.reported(r)
	_, err = w.Accept(t.Context(), "bob", "f3")
	require.NoError(t, err)
	_, err = w.Decide(t.Context(), "f3", bonafide.Reverse, "", "A mistake.")
	require.NoError(t, err)
	r.ID = "f4"
	w.reported(r)
}

// Nobody contests: it is final on the day, and counts from there, however late that is worked off.
// BF-CASE-5, BF-CASE-8, BF-CASE-10
func TestUncontested(t *testing.T) {
	w := newWorld(t)
	var told []court.Final
	w.config.Final = func(_ store.Tx, f court.Final) error { told = append(told, f); return nil }
	w.open()
	r := w.report("f1")
	k := w.reported(r)
	w.wait(14*day - 1e9)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, court.StateReported, w.state("f1"))
	require.Zero(t, w.costs(), "a fault that is pending costs nothing")

	w.wait(5 * day)
	require.Equal(t, court.StateFinal, w.state("f1"), "whoever asks is told before it is worked off")
	require.Zero(t, w.costs())
	address, err := w.issuer.PublishBadge(t.Context(), "seller", "bob", "Bob")
	require.NoError(t, err)
	badge := func() string {
		return w.do(w.issuer.Handler(), "GET", strings.TrimPrefix(address, string(bazar))+".json", "", "").Body.String()
	}
	require.Contains(t, badge(), `"value":"earned"`)
	require.NoError(t, w.RunDue(t.Context()))
	require.NoError(t, w.issuer.RunDue(t.Context()))
	require.Contains(t, badge(), `"value":"vouched"`, "badges follow")
	require.Equal(t, [4]int64{300, 30, 30, 30}, w.costs())
	require.Equal(t, []court.Final{{Mechanism: "seller", Member: "bob", Fault: "f1", Class: "fraud", Occurred: r.Occurred, Reported: k.Reported}}, told)
	l, err := w.issuer.Ledger("seller")
	require.NoError(t, err)
	require.NoError(t, w.Store.View(t.Context(), func(r store.Reader) error {
		f, found, err := l.Fault(r, w.seconds(), "f1")
		require.True(t, found)
		require.Equal(t, k.Reported+14*vouching.Day, f.Final)
		return err
	}))
	before := w.kept()
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, before, w.kept())
	for key := range before {
		require.NotEqual(t, []string{"court", "due"}, store.Parts([]byte(key))[:2], "nothing is due any more")
	}
	require.Len(t, told, 1)
	w.wait(26 * day) // a period since it was final, not since RunDue
	require.Equal(t, [4]int64{275, 28, 28, 28}, w.costs())
}

// BF-CASE-5, BF-CASE-9, BF-CASE-10, BF-CASE-16
func TestRulings(t *testing.T) {
	for name, c := range map[string]struct {
		decision bonafide.Decision
		class    string
		state    court.State
		costs    [4]int64
	}{
		"upheld":    {bonafide.Uphold, "", court.StateFinal, [4]int64{300, 30, 30, 30}},
		"lowered":   {bonafide.Lower, "late", court.StateFinal, [4]int64{50, 15, 15, 15}},
		"dismissed": {bonafide.Reverse, "", court.StateDismissed, [4]int64{}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.contested(w.report("f1"))
			w.wait(59 * day)
			require.NoError(t, w.RunDue(t.Context()))
			require.Zero(t, w.costs(), "nothing counts while it is contested")
			k, err := w.Decide(t.Context(), "f1", c.decision, c.class, "Both were heard.")
			require.NoError(t, err)
			require.Equal(t, c.state, k.State)
			require.Equal(t, w.seconds(), k.Closed)
			require.Equal(t, c.costs, w.costs())
			require.Equal(t, bazar, k.Rulings[0].Ruling.Issuer)
			require.NotEmpty(t, k.Rulings[0].Token, "kept as signed")
			w.wait(30 * day)
			require.NoError(t, w.RunDue(t.Context()))
			require.Equal(t, c.state, w.state("f1"))
		})
	}
}

// BF-CASE-8, BF-CASE-9
func TestNobodyRulesInTime(t *testing.T) {
	w := newWorld(t)
	w.contested(w.report("f1"))
	w.wait(60 * day)
	w.refused(bonafide.CaseOver, func() error {
		_, err := w.Decide(t.Context(), "f1", bonafide.Uphold, "", "Too late.")
		return err
	})
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, court.StateVoid, w.state("f1"))
	require.Zero(t, w.costs())
}

// A reversal leaves everyone as if the fault had never been, at whatever time it comes.
// BF-CASE-9, BF-CASE-10
func TestReversal(t *testing.T) {
	w := newWorld(t)
	var told []string
	w.config.Final = func(_ store.Tx, f court.Final) error { told = append(told, "final "+f.Fault); return nil }
	w.config.Reversed = func(_ store.Tx, f court.Final) error { told = append(told, "reversed "+f.Class); return nil }
	w.open()
	clean := w.member("alice")
	w.reported(w.report("f1"))
	w.wait(40 * day) // it is final long since, though nobody has looked
	k, err := w.Decide(t.Context(), "f1", bonafide.Reverse, "", "The buyer lied.")
	require.NoError(t, err)
	require.Equal(t, court.StateReversed, k.State)
	require.Equal(t, k.Reported+14*vouching.Day, k.Closed)
	require.Equal(t, []string{"final f1", "reversed fraud"}, told)
	require.Zero(t, w.costs())
	require.Equal(t, clean.Given, w.member("alice").Given)
	w.refused(bonafide.CaseOver, func() error {
		_, err := w.Decide(t.Context(), "f1", bonafide.Reverse, "", "Again.")
		return err
	})
}

// The same ruling a hundred times at once, and whatever falls due meanwhile, has one effect.
// BF-CASE-15
func TestSameRulingAtOnce(t *testing.T) {
	w := newWorld(t)
	w.contested(w.report("f1"))
	token := w.judge.sign(w.judge.ruling("f1", bonafide.Uphold))
	var group sync.WaitGroup
	failed := make([]error, 100)
	for n := range failed {
		group.Go(func() {
			_, err := w.Rule(context.Background(), token)
			failed[n] = errors.Join(err, w.RunDue(context.Background()))
		})
	}
	group.Wait()
	require.NoError(t, errors.Join(failed...))
	k, err := w.Case(t.Context(), "f1")
	require.NoError(t, err)
	require.Len(t, k.Rulings, 1)
	require.Equal(t, [4]int64{300, 30, 30, 30}, w.costs())
	var faults int
	l, err := w.issuer.Ledger("seller")
	require.NoError(t, err)
	require.NoError(t, w.Store.View(t.Context(), func(r store.Reader) error {
		return l.Events(r, func(e vouching.Event) error {
			if e.Kind == vouching.KindFault {
				faults++
			}
			return nil
		})
	}))
	require.Equal(t, 1, faults)
}

// A case that can't be worked off leaves nothing half done and holds up no other.
func TestOneFailureHoldsUpNoOther(t *testing.T) {
	w := newWorld(t)
	failing := true
	w.config.Final = func(tx store.Tx, f court.Final) error {
		if failing && f.Fault == "f1" {
			return errors.New("the disk is full")
		}
		return nil
	}
	w.open()
	w.reported(w.report("f1"))
	second := w.report("f2")
	second.Class = "late"
	w.reported(second)
	w.wait(20 * day)
	require.ErrorContains(t, w.RunDue(t.Context()), "the disk is full")
	require.Equal(t, int64(50), w.member("bob").Lost)
	require.Len(t, w.member("alice").Given[0].Charges, 1)
	failing = false
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, int64(350), w.member("bob").Lost)
}

// Only the member may contest or accept; to others there is no such case.
// BF-CASE-6, BF-CASE-7
func TestOthersCase(t *testing.T) {
	w := newWorld(t)
	w.reported(w.report("f1"))
	for id, member := range map[string]string{"f1": "alice", "none": "bob"} {
		w.refused(bonafide.NotFound, func() error { _, err := w.Appeal(t.Context(), member, id, "Mine."); return err })
		w.refused(bonafide.NotFound, func() error { _, err := w.Accept(t.Context(), member, id); return err })
	}
	w.refused(bonafide.BadValue, func() error { _, err := w.Appeal(t.Context(), "bob", "f1", ""); return err })
	w.wait(14 * day)
	w.refused(bonafide.AppealLate, func() error { _, err := w.Appeal(t.Context(), "bob", "f1", "Mine."); return err })
	require.NoError(t, w.RunDue(t.Context()))
	w.refused(bonafide.AppealLate, func() error { _, err := w.Appeal(t.Context(), "bob", "f1", "Mine."); return err })
	w.refused(bonafide.CaseOver, func() error { _, err := w.Accept(t.Context(), "bob", "f1"); return err })
}

// A fault never is lowered to one that the member answers for already.
func TestLowerToAnotherCase(t *testing.T) {
	w := newWorld(t)
	w.contested(w.report("f1"))
	late := w.report("f2")
	late.Class = "late"
	w.reported(late)
	w.refused(bonafide.FaultTwice, func() error {
		_, err := w.Decide(t.Context(), "f1", bonafide.Lower, "late", "Not as bad.")
		return err
	})
}
