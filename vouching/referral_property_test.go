package vouching_test

import (
	"cmp"
	"slices"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// referralsLiftNobody: whatever is put up for people elsewhere, nobody here is above what they would be without.
func referralsLiftNobody(t require.TestingT, w *world) {
	s, without := w.state(t), evaluate(t, slices.DeleteFunc(slices.Clone(w.events), func(e vouching.Event) bool {
		return e.Kind == vouching.KindRefer
	}), w.at)
	for id, m := range members(s) {
		require.NotEmpty(t, id)
		requireNotAbove(t, without.Member(id), m)
		require.NotContains(t, s.Behind(id), "")
	}
	for id, v := range vouches(s) {
		require.Equal(t, v.Site == "", v.Vouchee != "", id)
		require.True(t, v.Site == "" || v.Supports == 0, id)
	}
}

// outcomesChargeOne: an outcome costs the voucher what it tells, if the referral answers for it, and nobody else.
func outcomesChargeOne(t require.TestingT, w *world) {
	s := w.state(t)
	all := vouches(s)
	for _, e := range w.all(vouching.KindOutcome) {
		f, final := s.Fault(e.ID)
		v, known := all[e.Referral]
		if !final {
			continue
		}
		left := v.Withdrawn > 0 && v.Ends < min(e.Reported, v.Accepted+vouching.Life)
		answers := known && v.Void == "" && v.Accepted <= e.Occurred && e.Occurred < v.Ends && !left
		if !answers || f.Reversed || e.Points == 0 {
			require.Empty(t, f.Charges, e.ID)
			continue
		}
		require.Len(t, f.Charges, 1, e.ID)
		c := f.Charges[0]
		require.Equal(t, vouching.Charge{
			Fault: e.ID, Vouch: e.Referral, Member: v.Voucher, Hop: 1, Amount: min(e.Points, v.Stake),
			Healed: c.Healed, HealedBy: c.HealedBy,
		}, c)
	}
}

// aTenthToASite: where each outcome is entered as it becomes final, with the most that isn't refused, no site costs
// a member more than a tenth of what they earned within any 365 days.
func aTenthToASite(t require.TestingT, w *world) {
	charged := map[string][]vouching.Charge{} // by voucher and site
	events := slices.SortedFunc(slices.Values(w.events), func(x, y vouching.Event) int { return cmp.Compare(x.At, y.At) })
	l, err := vouching.New(parameters(), start)
	require.NoError(t, err)
	for _, e := range events {
		l.Advance(e.At)
		v, _ := l.Vouch(e.Referral)
		if e.Kind == vouching.KindOutcome && v.Site != "" {
			e.Points, err = l.OutcomePoints(e.Referral, e.Class)
			require.NoError(t, err)
			above := e
			above.Points++
			require.Contains(t, []bonafide.Code{bonafide.BadValue, bonafide.FaultTwice}, bonafide.CodeOf(l.Refuse(above)))
		}
		_, err := l.Add(e)
		require.NoError(t, err)
		f, _ := l.Fault(e.ID)
		if e.Kind != vouching.KindOutcome || len(f.Charges) == 0 {
			continue
		}
		to := v.Voucher + string(v.Site)
		charged[to] = append(charged[to], f.Charges[0])
		var year int64
		for _, c := range charged[to] {
			if f, _ := l.Fault(c.Fault); !f.Reversed && f.Final > e.At-365*day {
				year += c.Amount
			}
		}
		require.LessOrEqual(t, 10*year, l.Member(v.Voucher).Earned, to)
	}
}
