package vouching_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"bonafide.example"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// world is a random history of few people, who have all kinds of things happen to them, often at the same
// instant. It also holds the randomness for what a test does to it.
type world struct {
	*rand.Rand
	number  int
	members []string
	events  []vouching.Event
	at      bonafide.Seconds // some instant during it or up to a year and a half after
}

// worlds returns how many worlds a test looks at: four hundred, or VOUCHING_WORLDS.
func worlds(t testing.TB) int {
	if text := os.Getenv("VOUCHING_WORLDS"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		return n
	}
	return 400
}

// span is how many days a world's events lie apart at most.
const span = 500

func newWorld(number int) *world {
	w := &world{Rand: rand.New(rand.NewPCG(0xb0, uint64(number))), number: number}
	crowd := 3 + w.IntN(8)
	if number%10 == 9 {
		crowd = 45 // one person meets the limit of those who may stand behind
	}
	for i := range crowd {
		w.members = append(w.members, fmt.Sprintf("m%02d", i))
		if number%3 == 0 {
			w.earn(w.members[i], 3300, start)
		}
		for range w.IntN(4) {
			w.earn(w.members[i], w.pick(0, 50, 99, 100, 300, 330, 1000, 1100, 1500, 3200, 3300), w.instant(20))
		}
	}
	if crowd == 45 {
		for _, voucher := range w.members[1:] {
			w.vouch(voucher, w.members[0], w.instant(40))
		}
		for range 6 {
			w.add(vouching.Event{Kind: vouching.KindSuspend, Member: w.member(), At: w.instant(40)})
		}
	}
	for range 5 + w.IntN(6*min(crowd, 10)) {
		w.happen()
	}
	if number%3 == 1 {
		for range 4 + w.IntN(20) {
			w.happenElsewhere()
		}
	}
	w.Shuffle(len(w.events), func(i, j int) { w.events[i], w.events[j] = w.events[j], w.events[i] })
	w.at = w.instant(span * 3 / 2)
	return w
}

func (w *world) pick(of ...int64) int64 { return of[w.IntN(len(of))] }

// member returns somebody.
func (w *world) member() string { return w.members[w.IntN(len(w.members))] }

// instant returns one within so many days, of which many fall together.
func (w *world) instant(days int) bonafide.Seconds {
	return start + bonafide.Seconds(w.IntN(days/4+1))*4*day
}

func (w *world) add(e vouching.Event) {
	e.ID = fmt.Sprintf("%04x-%d", w.IntN(1<<16), len(w.events))
	w.events = append(w.events, e)
}

func (w *world) earn(member string, points int64, at bonafide.Seconds) {
	w.add(vouching.Event{Kind: vouching.KindEarn, Member: member, Points: points, At: at})
}

func (w *world) refer(voucher string, at bonafide.Seconds) {
	e := refer(voucher, w.pick(10, 30, 60, 120, 400))
	e.At = at
	if w.IntN(3) == 0 {
		e.Site = "https://atelier.example"
	}
	w.add(e)
}

func (w *world) vouch(voucher, vouchee string, at bonafide.Seconds) {
	e := vouch(voucher, vouchee, 1+w.IntN(3), w.pick(10, 12, 30, 40, 60, 60, 90, 120, 400))
	e.At = at
	w.add(e)
}

// happen adds one event of a random kind.
func (w *world) happen() {
	switch w.IntN(10) {
	case 0:
		w.earn(w.member(), w.Int64N(500), w.instant(span))
	case 1:
		w.withdraw(vouching.KindVouch)
	case 2, 3:
		w.fault()
	case 4:
		w.reverse(vouching.KindFault)
	case 5:
		if w.IntN(3) == 0 {
			kind := []vouching.Kind{vouching.KindSuspend, vouching.KindRestore}[w.IntN(2)]
			w.add(vouching.Event{Kind: kind, Member: w.member(), At: w.instant(span)})
		}
	default:
		if x, y := w.member(), w.members[w.IntN(1+w.IntN(len(w.members)))]; x != y {
			w.vouch(x, y, w.instant(span/2))
		}
	}
}

// happenElsewhere adds one event about referrals.
func (w *world) happenElsewhere() {
	switch w.IntN(8) {
	case 0:
		w.withdraw(vouching.KindRefer)
	case 1:
		w.reverse(vouching.KindOutcome)
	case 2, 3, 4:
		w.refer(w.member(), w.instant(span/2))
	default:
		w.outcome()
	}
}

func (w *world) withdraw(kind vouching.Kind) {
	if e, found := w.some(kind); found {
		w.add(vouching.Event{Kind: vouching.KindWithdraw, Vouch: e.ID, At: e.At + bonafide.Seconds(w.IntN(100))*day})
	}
}

func (w *world) reverse(kind vouching.Kind) {
	if e, found := w.some(kind); found && w.IntN(2) == 0 {
		w.add(vouching.Event{Kind: vouching.KindReverse, Fault: e.ID, At: e.At + bonafide.Seconds(w.IntN(200))*day})
	}
}

func (w *world) fault() {
	e := vouching.Event{
		Kind: vouching.KindFault, Member: w.member(), Class: []string{"slip", "half", "half", "fraud"}[w.IntN(4)],
		Occurred: w.instant(span), Attested: w.IntN(3) == 0,
	}
	e.Reported = e.Occurred + bonafide.Seconds(w.pick(0, 0, 3, 7, 8, 20, 180))*day
	e.At = e.Reported + bonafide.Seconds(w.pick(0, 14, 30, 74))*day
	w.add(e)
}

// outcome is one of a referral, now and then of one that isn't known.
func (w *world) outcome() {
	e := outcome("none", []string{"slip", "half", "fraud"}[w.IntN(3)], w.pick(0, 1, 5, 20, 60, 200), w.instant(span), 0)
	if referral, found := w.some(vouching.KindRefer); found {
		e.Referral = referral.ID
		if w.IntN(2) == 0 {
			e.Occurred = referral.At + bonafide.Seconds(w.IntN(380))*day
		}
	}
	e.Reported = e.Occurred + bonafide.Seconds(w.pick(0, 0, 3, 7, 8, 20, 180))*day
	e.At = e.Reported + bonafide.Seconds(w.pick(0, 44, 100, 178))*day
	w.add(e)
}

// some returns one of the events of some kinds.
func (w *world) some(kinds ...vouching.Kind) (vouching.Event, bool) {
	of := w.all(kinds...)
	if len(of) == 0 {
		return vouching.Event{}, false
	}
	return of[w.IntN(len(of))], true
}

func (w *world) all(kinds ...vouching.Kind) []vouching.Event {
	return slices.DeleteFunc(slices.Clone(w.events), func(e vouching.Event) bool { return !slices.Contains(kinds, e.Kind) })
}

// group returns some of the members: two of whom one stands behind the other, and more or fewer others.
func (w *world) group() map[string]bool {
	group, others := map[string]bool{}, 1+w.IntN(8)
	if e, found := w.some(vouching.KindVouch); found {
		group[e.Voucher], group[e.Vouchee] = true, true
	}
	for _, m := range w.members {
		group[m] = group[m] || w.IntN(others) == 0
	}
	return group
}

func evaluate(t require.TestingT, events []vouching.Event, at bonafide.Seconds) *vouching.State {
	state, err := vouching.Evaluate(parameters(), events, at)
	require.NoError(t, err)
	return state
}

func (w *world) state(t require.TestingT) *vouching.State { return evaluate(t, w.events, w.at) }

// without returns the history without an event; with, with further ones.
func (w *world) without(id string) []vouching.Event {
	return slices.DeleteFunc(slices.Clone(w.events), func(e vouching.Event) bool { return e.ID == id })
}

func (w *world) with(e ...vouching.Event) []vouching.Event { return slices.Concat(w.events, e) }

// members returns everyone's state, by id.
func members(s *vouching.State) map[string]vouching.Member {
	all := map[string]vouching.Member{}
	for _, id := range s.Members() {
		all[id] = s.Member(id)
	}
	return all
}

// vouches returns all vouches and referrals, by id.
func vouches(s *vouching.State) map[string]vouching.Vouch {
	all := map[string]vouching.Vouch{}
	for _, m := range members(s) {
		for _, v := range m.Given {
			all[v.ID] = v
		}
	}
	return all
}

func faults(s *vouching.State) (all []vouching.Fault) {
	for _, id := range s.Faults() {
		f, _ := s.Fault(id)
		all = append(all, f)
	}
	return all
}

// same requires that two values are equal, and only then takes the time to say how they differ.
func same(t require.TestingT, want, got any, why ...any) {
	if !equal(want, got) {
		require.Equal(t, want, got, why...)
	}
}

func equal(x, y any) bool { return reflect.DeepEqual(x, y) }
