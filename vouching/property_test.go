package vouching_test

import (
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// properties are what must hold whatever the events. mutants_test.go shows that each can fail.
var properties = map[string]func(t require.TestingT, w *world){
	"order and duplicates":     orderAndDuplicates,
	"supporters stand above":   supportersStandAbove,
	"nothing comes of nothing": nothingComesOfNothing,
	"stakes bound support":     stakesBoundSupport,
	"faults reach few":         faultsReachFew,
	"losses were staked":       lossesWereStaked,
	"reversal restores":        reversalRestores,
	"healed is healed":         healedIsHealed,
	"faults raise nobody":      faultsRaiseNobody,
	"vouches lower nobody":     vouchesLowerNobody,
	"no late withdrawal":       noLateWithdrawal,
	"a quarter at hop two":     aQuarterAtHopTwo,
	"referrals lift nobody":    referralsLiftNobody,
	"outcomes charge one":      outcomesChargeOne,
	"a tenth to a site":        aTenthToASite,
}

func TestProperties(t *testing.T) {
	for name, holds := range properties {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := range worlds(t) {
				holds(numbered{t, i}, newWorld(i))
			}
		})
	}
}

// numbered tells of a failure in which world it came.
type numbered struct {
	*testing.T
	world int
}

func (n numbered) Errorf(format string, args ...any) {
	n.Logf("in world %d", n.world)
	n.T.Errorf(format, args...)
}

func orderAndDuplicates(t require.TestingT, w *world) {
	want := w.state(t)
	events := w.with(w.events[:w.IntN(len(w.events))]...)
	w.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	got := evaluate(t, events, w.at)
	same(t, members(want), members(got))
	same(t, faults(want), faults(got))
}

func supportersStandAbove(t require.TestingT, w *world) {
	s := w.state(t)
	all := members(s)
	p := parameters()
	for _, m := range all {
		h := m.VouchedLevel
		if h == 0 {
			continue
		}
		supporters := map[string]bool{}
		for _, v := range vouches(s) {
			if v.Vouchee == m.ID && v.Live && v.Covered && v.Level >= h && v.Remaining >= p.MinStake[h-1] && all[v.Voucher].OwnLevel > h {
				supporters[v.Voucher] = true
			}
		}
		require.GreaterOrEqual(t, len(supporters), p.Supporters[h-1], m.ID)
		require.False(t, m.Suspended)
	}
}

func nothingComesOfNothing(t require.TestingT, w *world) {
	group := w.group()
	var events []vouching.Event
	for _, e := range w.events {
		fromOutside := e.Kind == vouching.KindVouch && group[e.Vouchee] && !group[e.Voucher]
		if earned := e.Kind == vouching.KindEarn && group[e.Member]; !earned && !fromOutside {
			events = append(events, e)
		}
	}
	for id, m := range members(evaluate(t, events, w.at)) {
		if group[id] {
			require.Zero(t, m.Level, id)
		}
	}
}

func stakesBoundSupport(t require.TestingT, w *world) {
	s, group := w.state(t), w.group()
	var inside, crossing, earned int64
	for _, v := range vouches(s) {
		switch {
		case v.Supports == 0 || !group[v.Vouchee]:
		case group[v.Voucher]:
			inside += v.Stake
		default:
			crossing += v.Stake
		}
	}
	for id, m := range members(s) {
		if group[id] {
			earned += m.Earned
		}
	}
	require.LessOrEqual(t, 2*(inside+crossing), 2*crossing+earned)
}

func faultsReachFew(t require.TestingT, w *world) {
	s := w.state(t)
	all := vouches(s)
	for _, f := range faults(s) {
		require.LessOrEqual(t, len(f.Charges), vouching.MaxReceived*(1+vouching.MaxReceived))
		charged, direct := map[string]bool{}, 0
		for _, c := range f.Charges {
			require.NotEqual(t, f.Member, c.Member)
			require.False(t, charged[c.Member], "%s is charged twice for %s", c.Member, f.ID)
			charged[c.Member] = true
			if c.Hop == 1 {
				direct++
				require.Equal(t, f.Member, all[c.Vouch].Vouchee)
				continue
			}
			require.Equal(t, 2, c.Hop)
			require.True(t, standsBehind(all, all[c.Vouch].Vouchee, f), "%s is within two hops of %s", c.Member, f.ID)
		}
		require.LessOrEqual(t, direct, vouching.MaxReceived)
	}
	for _, m := range members(s) {
		require.LessOrEqual(t, 2*m.Borne, m.Earned)
	}
}

// standsBehind tells whether the member had a live vouch for the person at fault when it occurred.
func standsBehind(all map[string]vouching.Vouch, member string, f vouching.Fault) bool {
	for _, v := range all {
		if v.Voucher == member && v.Vouchee == f.Member && v.Void == "" && v.Accepted <= f.Occurred && f.Occurred < v.Ends {
			return true
		}
	}
	return false
}

func lossesWereStaked(t require.TestingT, w *world) {
	for _, m := range members(w.state(t)) {
		var burned int64
		for _, v := range m.Given {
			require.Equal(t, v.Stake, v.Remaining+v.Burned)
			require.GreaterOrEqual(t, v.Remaining, int64(0))
			burned += v.Burned
		}
		require.LessOrEqual(t, m.Borne, m.Charged)
		require.LessOrEqual(t, m.Charged, burned)
		require.GreaterOrEqual(t, m.Score, m.Earned-m.Lost-burned)
	}
}

func reversalRestores(t require.TestingT, w *world) {
	f, found := w.some(vouching.KindFault, vouching.KindOutcome)
	if !found || f.At > w.at {
		return
	}
	reversed := evaluate(t, w.with(vouching.Event{Kind: vouching.KindReverse, ID: "r", At: w.at, Fault: f.ID}), w.at)
	never := evaluate(t, w.without(f.ID), w.at)
	for id, m := range members(reversed) {
		same(t, never.Member(id), m)
	}
}

func healedIsHealed(t require.TestingT, w *world) {
	later := start + (2*span)*day + vouching.Periods*vouching.Period
	var without []vouching.Event
	for _, e := range w.events {
		if e.Kind != vouching.KindFault && e.Kind != vouching.KindOutcome {
			without = append(without, e)
		}
	}
	never := evaluate(t, without, later)
	for id, m := range members(evaluate(t, w.events, later)) {
		require.Equal(t, never.Member(id).OwnLevel, m.OwnLevel, id)
		require.Equal(t, never.Member(id).Capacity, m.Capacity, id)
	}
}

func faultsRaiseNobody(t require.TestingT, w *world) {
	f, found := w.some(vouching.KindFault, vouching.KindOutcome)
	if !found {
		return
	}
	s, never := w.state(t), evaluate(t, w.without(f.ID), w.at)
	for id, m := range members(s) {
		requireNotAbove(t, never.Member(id), m)
	}
	for id, v := range vouches(s) {
		otherwise, _ := never.Vouch(id)
		require.LessOrEqual(t, v.Supports, otherwise.Supports, id)
	}
}

// requireNotAbove requires that a member is nowhere above what they would be otherwise.
func requireNotAbove(t require.TestingT, otherwise, m vouching.Member) {
	require.LessOrEqual(t, m.Score, otherwise.Score, m.ID)
	require.LessOrEqual(t, m.OwnLevel, otherwise.OwnLevel, m.ID)
	require.LessOrEqual(t, m.VouchedLevel, otherwise.VouchedLevel, m.ID)
	require.LessOrEqual(t, m.Level, otherwise.Level, m.ID)
}

func vouchesLowerNobody(t require.TestingT, w *world) {
	x, y := w.member(), w.member()
	if x == y {
		return
	}
	late := vouch(x, y, 1+w.IntN(3), w.pick(10, 90, 500))
	late.ID, late.At = "late", w.at+1 // at the instant of a fault it would answer for it
	with := evaluate(t, w.with(late), late.At)
	for id, m := range members(evaluate(t, w.events, late.At)) {
		requireNotAbove(t, with.Member(id), m)
	}
}

func noLateWithdrawal(t require.TestingT, w *world) {
	s := w.state(t)
	f, found := w.some(vouching.KindFault, vouching.KindOutcome)
	if _, final := s.Fault(f.ID); !found || !final {
		return
	}
	var withdrawals []vouching.Event
	for _, v := range w.all(vouching.KindVouch, vouching.KindRefer) {
		at := f.Reported + bonafide.Seconds(w.IntN(60))*day
		withdrawals = append(withdrawals, vouching.Event{Kind: vouching.KindWithdraw, ID: "w " + v.ID, At: min(at, w.at), Vouch: v.ID})
	}
	want, _ := s.Fault(f.ID)
	after := evaluate(t, w.with(withdrawals...), w.at)
	got, _ := after.Fault(f.ID)
	require.Len(t, got.Charges, len(want.Charges))
	for i, c := range want.Charges {
		require.Equal(t, c, got.Charges[i])
	}
}

func aQuarterAtHopTwo(t require.TestingT, w *world) {
	s := w.state(t)
	all := vouches(s)
	for _, f := range faults(s) {
		lost := map[string]int64{}
		for _, c := range f.Charges {
			lost[c.Member] = c.Amount
		}
		for _, c := range f.Charges {
			if c.Hop == 2 {
				require.LessOrEqual(t, 4*c.Amount, lost[all[c.Vouch].Vouchee], "%s for %s", c.Member, f.ID)
			}
		}
	}
}

// The worlds are worth looking at: everything that the properties speak of is frequent in them.
func TestWorldsAreEventful(t *testing.T) {
	seen := map[string]int{}
	for i := range 400 {
		s := newWorld(i).state(t)
		for _, m := range members(s) {
			count(seen, "vouched level", m.VouchedLevel > 0)
			count(seen, "level above 1 by vouching", m.VouchedLevel > m.OwnLevel && m.VouchedLevel > 1)
			count(seen, "ceiling", m.Borne < m.Charged)
			count(seen, "suspended", m.Suspended)
			for _, v := range m.Given {
				count(seen, "uncovered", v.Live && !v.Covered)
				count(seen, "burned whole", v.Remaining == 0)
				count(seen, "charged twice", len(v.Charges) > 1)
				count(seen, string(v.Void), v.Void != "")
				count(seen, "referral "+string(v.Void), v.Site != "" && v.Void != "")
				count(seen, "referral covered", v.Site != "" && v.Covered)
				count(seen, "referral withdrawn", v.Site != "" && v.Withdrawn > 0)
			}
		}
		for _, f := range faults(s) {
			count(seen, "reversed", f.Reversed)
			count(seen, "outcome reversed", f.Referral != "" && f.Reversed)
			count(seen, "outcome that costs", f.Referral != "" && len(f.Charges) > 0)
			count(seen, "outcome that costs nothing", f.Referral != "" && len(f.Charges) == 0)
			for _, c := range f.Charges {
				count(seen, "hop 2", c.Hop == 2)
			}
		}
	}
	for _, what := range []string{
		"vouched level", "level above 1 by vouching", "ceiling", "suspended", "uncovered", "burned whole", "charged twice",
		"referral covered", "referral withdrawn", "referral " + string(bonafide.MemberSuspended),
		"outcome reversed", "outcome that costs", "outcome that costs nothing", "reversed", "hop 2", string(bonafide.VouchTwice), string(bonafide.VoucheeFull), string(bonafide.MemberSuspended),
	} {
		require.Greater(t, seen[what], 10, "%s: %v", what, seen)
	}
	t.Log(seen)
}

func count(seen map[string]int, what string, happened bool) {
	if happened {
		seen[what]++
	}
}
