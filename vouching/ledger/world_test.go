package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
	"github.com/stretchr/testify/require"
)

const (
	day                    = vouching.Day
	start bonafide.Seconds = 1_800_000_000
)

func parameters() vouching.Parameters {
	p := vouching.Default()
	p.Classes = map[string]vouching.Class{
		"slip":  {Severity: "0.01", Points: 0},
		"half":  {Severity: "0.5", Points: 50},
		"fraud": {Severity: "1", Points: 400},
	}
	return p
}

// world is a site in which things happen one after the other, many of which must be refused. It knows all
// that was added, so that what the ledger tells can be worked out again from the beginning.
type world struct {
	*rand.Rand
	t         require.TestingT
	tx        store.Tx
	ledger    *ledger.Ledger
	now       bonafide.Seconds
	members   []string
	earned    map[string]int64
	suspended map[string]bool
	events    []vouching.Event // that were added
	proposed  int
}

// worlds returns how many worlds a test looks at: three hundred, fewer in a hurry, or VOUCHING_WORLDS.
func worlds(t *testing.T) int {
	if text := os.Getenv("VOUCHING_WORLDS"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		return n
	}
	if testing.Short() {
		return 60
	}
	return 300
}

// numbered says of a failure which world it is in.
type numbered struct {
	*testing.T
	world int
}

func (n numbered) Errorf(format string, args ...any) {
	n.Logf("in world %d", n.world)
	n.T.Errorf(format, args...)
}

var errForget = errors.New("nothing of it is to be kept")

// inWorlds lets each world live in a transaction of one store, which is then rolled back.
func inWorlds(t *testing.T, live func(w *world)) {
	s := openStore(t)
	for i := range worlds(t) {
		err := s.Update(context.Background(), func(tx store.Tx) error {
			live(newWorld(numbered{t, i}, tx, i))
			return errForget
		})
		require.ErrorIs(t, err, errForget)
	}
}

func openStore(t testing.TB) *bolt.Store {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func newWorld(t require.TestingT, tx store.Tx, number int) *world {
	w := &world{
		Rand: rand.New(rand.NewPCG(0x1ed, uint64(number))), t: t, tx: tx, now: start,
		earned: map[string]int64{}, suspended: map[string]bool{},
	}
	w.ledger = ledger.New("quality", parameters(), w.facts)
	crowd := 3 + w.IntN(6)
	if number%50 == 49 {
		crowd = 70 // the limits of how many vouches one may receive and give are met
	}
	for i := range crowd {
		m := fmt.Sprintf("m%02d", i)
		w.members = append(w.members, m)
		w.earned[m] = w.pick(0, 99, 300, 1100, 1500, 3200, 3300)
		if number%2 == 0 || crowd == 70 {
			w.earned[m] += 2000
		}
	}
	return w
}

// gather has everybody stand behind the first, and the last behind everybody.
func (w *world) gather() {
	first, last := w.members[0], w.members[len(w.members)-1]
	for i, m := range w.members {
		w.add(w.named(vouching.Event{Kind: vouching.KindVouch, Voucher: m, Vouchee: first, AcceptedBy: first, Level: 1, Stake: 60}))
		w.now += bonafide.Seconds(i % 2)
		w.add(w.named(vouching.Event{Kind: vouching.KindVouch, Voucher: last, Vouchee: m, AcceptedBy: m, Level: 1, Stake: 10}))
	}
}

func (w *world) facts(_ store.Reader, member string) (int64, bool, error) {
	return w.earned[member], w.suspended[member], nil
}

func (w *world) pick(of ...int64) int64 { return of[w.IntN(len(of))] }

func (w *world) member() string { return w.members[w.IntN(len(w.members))] }

// history is what has happened, for Evaluate: of suspensions, those that hold now.
func (w *world) history(at bonafide.Seconds) []vouching.Event {
	all := append([]vouching.Event{}, w.events...)
	for m, earned := range w.earned {
		all = append(all, vouching.Event{Kind: vouching.KindEarn, ID: "earned " + m, At: 1, Member: m, Points: earned})
	}
	for m, suspended := range w.suspended {
		if suspended {
			all = append(all, vouching.Event{Kind: vouching.KindSuspend, ID: "suspended " + m, At: at, Member: m})
		}
	}
	return all
}

// state is worked out from the beginning.
func (w *world) state(at bonafide.Seconds) *vouching.State {
	s, err := vouching.Evaluate(parameters(), w.history(at), at)
	require.NoError(w.t, err)
	return s
}

// pass lets time pass, often none.
func (w *world) pass() {
	w.now += bonafide.Seconds(w.pick(0, 0, 1, 1, 2, 3600, int64(day), int64(5*day), int64(20*day)))
}

// change changes something that isn't the ledger's to keep. It takes a second.
func (w *world) change() {
	w.now++
	if m := w.member(); w.IntN(3) == 0 {
		w.suspended[m] = !w.suspended[m]
	} else {
		w.earned[m] += w.Int64N(500)
	}
}

// propose returns an event, of which many must be refused.
func (w *world) propose() vouching.Event {
	e := w.named(w.draft())
	old, found := w.some()
	switch {
	case found && w.IntN(30) == 0:
		e.ID = old.ID
	case found && w.IntN(30) == 0:
		return old
	case found && w.IntN(30) == 0:
		return w.named(old)
	case w.IntN(30) == 0:
		e.At += bonafide.Seconds(w.pick(-1, 1))
	}
	return e
}

// named gives an event an id of its own, and dates it unless it is.
func (w *world) named(e vouching.Event) vouching.Event {
	w.proposed++
	e.ID = fmt.Sprintf("%04x-%d", w.IntN(1<<16), w.proposed)
	if e.At == 0 {
		e.At = w.now
	}
	return e
}

func (w *world) draft() vouching.Event {
	switch w.IntN(13) {
	case 0, 1:
		return w.withdrawal()
	case 2, 3, 4:
		return w.fault()
	case 5:
		e, _ := w.some(vouching.KindFault, vouching.KindOutcome)
		return vouching.Event{Kind: vouching.KindReverse, Fault: e.ID}
	case 6:
		return vouching.Event{
			Kind: vouching.KindRefer, Voucher: w.member(), Stake: w.pick(9, 10, 40, 100),
			Site: bonafide.Origin([]string{"https://outils.example", "https://atelier.example"}[w.IntN(2)]),
		}
	case 7:
		return w.outcome()
	default:
		x, y := w.member(), w.members[w.IntN(1+w.IntN(len(w.members)))]
		if x == y {
			y = w.member()
		}
		return vouching.Event{
			Kind: vouching.KindVouch, Voucher: x, Vouchee: y, AcceptedBy: y, Level: 1 + w.IntN(3),
			Stake: w.pick(9, 10, 12, 30, 40, 60, 90, 120, 200, 400),
		}
	}
}

func (w *world) withdrawal() vouching.Event {
	e, _ := w.some(vouching.KindVouch, vouching.KindRefer)
	if w.IntN(10) == 0 {
		e, _ = w.some()
	}
	return vouching.Event{Kind: vouching.KindWithdraw, Vouch: e.ID}
}

func (w *world) fault() vouching.Event {
	e := vouching.Event{
		Kind: vouching.KindFault, Member: w.member(), Class: []string{"slip", "half", "half", "half", "fraud", "fraud", "none"}[w.IntN(7)],
		Attested: w.IntN(3) == 0,
	}
	w.date(&e)
	return e
}

func (w *world) outcome() vouching.Event {
	referral, _ := w.some(vouching.KindRefer)
	e := vouching.Event{
		Kind: vouching.KindOutcome, Referral: referral.ID, Class: []string{"slip", "half", "fraud"}[w.IntN(3)],
	}
	e.Points, _ = w.state(w.now).OutcomePoints(e.Referral, e.Class)
	e.Points = w.pick(e.Points, e.Points, 1, 100)
	w.date(&e)
	return e
}

// date gives a fault or outcome its three instants, some of them impossible.
func (w *world) date(e *vouching.Event) {
	e.At = w.now - bonafide.Seconds(w.pick(0, 0, 0, 5))*day
	e.Reported = e.At - bonafide.Seconds(w.pick(0, 0, 0, 0, 3, 14, 74))*day
	e.Occurred = e.Reported - bonafide.Seconds(w.pick(0, 1, 1, 1, int64(7*day), int64(8*day), int64(30*day), int64(180*day), int64(181*day)))
}

// some returns one of the events added, of the kinds if any are named.
func (w *world) some(kinds ...vouching.Kind) (vouching.Event, bool) {
	var of []vouching.Event
	for _, e := range w.events {
		if len(kinds) == 0 || e.Kind == kinds[0] || e.Kind == kinds[len(kinds)-1] {
			of = append(of, e)
		}
	}
	if len(of) == 0 {
		return vouching.Event{ID: "none"}, false
	}
	return of[w.IntN(len(of))], true
}
