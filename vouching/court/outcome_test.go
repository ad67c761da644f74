package court_test

import (
	"testing"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// outcome returns the report of what somebody did at outils.example whom Alice referred there.
func (w *world) outcome(id string) court.Report {
	w.add("seller", vouching.Event{Kind: vouching.KindRefer, ID: "ref-" + id, At: w.seconds(), Voucher: "alice", Site: "https://outils.example", Stake: 100})
	w.wait(20 * day)
	return court.Report{
		ID: id, Mechanism: "seller", Member: "alice", Class: "fraud", Occurred: w.seconds() - 10*vouching.Day,
		Referral: "ref-" + id, ReportedThere: w.seconds() - 9*vouching.Day,
	}
}

// What another site found costs the member who referred, alone, after notice and appeal here.
// BF-REFER-15, BF-REFER-18, BF-VOUCH-39
func TestOutcome(t *testing.T) {
	w := newWorld(t)
	w.config.Final = func(store.Tx, court.Final) error { t.Error("it isn't Alice's own fault"); return nil }
	w.open()
	r := w.outcome("o1")
	w.reported(r)
	page := w.page("/cases/o1", "alice")
	require.Contains(t, page, "outils.example found somebody at fault whom you referred there")
	require.Contains(t, page, "<h1>A report about somebody you referred</h1>")
	require.Contains(t, page, "you lose 50 points")
	_, err := w.Appeal(t.Context(), "alice", "o1", "I never knew them.")
	require.NoError(t, err)
	_, err = w.Decide(t.Context(), "o1", bonafide.Lower, "late", "Less than that.")
	require.NoError(t, err)
	require.Equal(t, int64(25), w.member("alice").Charged)
	require.Zero(t, w.member("bob").Lost)
	require.Contains(t, w.page("/cases/o1", "alice"), "You lost 25 points")

	require.NoError(t, w.Store.Update(t.Context(), func(tx store.Tx) error { return w.Quash(tx, "o1", "They were wrong.") }))
	require.Equal(t, court.StateReversed, w.state("o1"))
	require.Zero(t, w.member("alice").Charged)
	require.Contains(t, w.page("/cases/o1", "alice"), "outils.example says that there was no fault.")
	require.Contains(t, w.page("/cases/o1", "alice", "Accept-Language", "fr"), "outils.example dit qu&#39;il n&#39;y a pas eu de faute.")
	before := w.kept()
	require.NoError(t, w.Store.Update(t.Context(), func(tx store.Tx) error { return w.Quash(tx, "o1", "Told again.") }))
	require.Equal(t, before, w.kept())
	w.refused(bonafide.NotFound, func() error {
		return w.Store.Update(t.Context(), func(tx store.Tx) error { return w.Quash(tx, "none", "They were wrong.") })
	})
}

// BF-REFER-17, BF-VOUCH-41
func TestOutcomeRefusals(t *testing.T) {
	w := newWorld(t)
	whole := w.outcome("o1")
	for name, c := range map[string]struct {
		change func(*court.Report)
		code   bonafide.Code
	}{
		"another's referral":           {func(r *court.Report) { r.Member = "dave" }, bonafide.UnknownReferral},
		"no referral":                  {func(r *court.Report) { r.Referral = "none" }, bonafide.UnknownReferral},
		"no time left to rule":         {func(r *court.Report) { r.ReportedThere = w.seconds() - 105*vouching.Day }, bonafide.FaultLate},
		"reported before it occurred":  {func(r *court.Report) { r.ReportedThere = r.Occurred - 1 }, bonafide.FaultDisordered},
		"reported there too late":      {func(r *court.Report) { r.Occurred = r.ReportedThere - vouching.ReportWithin - 1 }, bonafide.FaultLate},
		"reported there in the future": {func(r *court.Report) { r.ReportedThere = w.seconds() + 1 }, bonafide.FaultDisordered},
	} {
		r := whole
		c.change(&r)
		w.refused(c.code, func() error { _, err := w.Report(t.Context(), r); return err }, name)
	}
	// However long the procedure here takes, what was taken can become final.
	whole.Occurred, whole.ReportedThere = w.seconds()-110*vouching.Day, w.seconds()-104*vouching.Day
	w.reported(whole)
	w.wait(14*day - 1e9)
	_, err := w.Appeal(t.Context(), "alice", "o1", "I never knew them.")
	require.NoError(t, err)
	w.wait(60*day - 1e9)
	_, err = w.Decide(t.Context(), "o1", bonafide.Uphold, "", "Just in time.")
	require.NoError(t, err)
	twice := whole
	twice.ID = "o2"
	w.refused(bonafide.FaultLate, func() error { _, err := w.Report(t.Context(), twice); return err })
}

// Her own fault of the same class and instant is another.
func TestOutcomeBesideOwnFault(t *testing.T) {
	w := newWorld(t)
	r := w.outcome("o1")
	w.reported(r)
	own := r
	own.ID, own.Referral, own.ReportedThere, own.Words = "f1", "", 0, "The parcel was empty."
	w.reported(own)
	own.ID, own.Referral, own.ReportedThere = "o2", r.Referral, r.ReportedThere
	w.refused(bonafide.FaultTwice, func() error { _, err := w.Report(t.Context(), own); return err })
}
