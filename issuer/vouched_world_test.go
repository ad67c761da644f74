package issuer_test

import (
	"fmt"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

const day = 24 * time.Hour

// lending is a world with one mechanism, helper, under which members stand behind one another.
type lending struct {
	*world
	acts int
}

// helpers has the levels one to four, with the defaults of the model, and a class of fault, half.
func helpers() bonafide.Mechanism {
	m := mechanism("helper", bonafide.Rule{Points: &bonafide.PointsRule{
		Kinds: map[string]int64{"ten": 10, "hundred": 100}, Levels: []int64{100, 300, 1000, 3000},
	}}, 0, "one", "two", "three", "four")
	m.Vouching = &bonafide.Vouching{Supporters: []int{2, 2, 3}, MinStake: []int64{10, 30, 90}}
	m.Faults = []bonafide.FaultClass{{ID: "half", Name: both("Half"), Severity: "0.5", Points: 50}}
	return m
}

func newLending(t *testing.T, change ...func(*issuer.Config)) *lending {
	return &lending{world: newWorld(t, append([]func(*issuer.Config){onlyHelpers}, change...)...)}
}

func onlyHelpers(c *issuer.Config) { c.Mechanisms = []bonafide.Mechanism{helpers()} }

// earn has the member earn points, tens at once, and what follows done.
func (l *lending) earn(member string, points int) {
	l.t.Helper()
	l.record(member, points)
	require.NoError(l.t, l.RunDue(l.t.Context()))
}

// record does so without what follows for others.
func (l *lending) record(member string, points int) {
	l.t.Helper()
	var events []issuer.Event
	for ; points > 0; points -= 100 {
		e := l.event("helper", member, true)
		e.Kind = "hundred"
		if points < 100 {
			e.Kind, points = "ten", points+90
		}
		events = append(events, e)
	}
	_, err := l.Record(l.t.Context(), events...)
	require.NoError(l.t, err)
}

// act adds an event to the ledger that takes place now, and returns its id.
func (l *lending) act(e vouching.Event) string {
	l.t.Helper()
	l.acts++
	if e.Kind == vouching.KindFault {
		l.clock.add(time.Second) // the second in which it occurred must be over
	}
	e.ID, e.At = fmt.Sprintf("act%d", l.acts), bonafide.SecondsOf(l.clock.now())
	require.NoError(l.t, l.Store.Update(l.t.Context(), func(tx store.Tx) error {
		if e.Vouchee != "" {
			if err := l.Know(tx, bonafide.Account{ID: e.Vouchee}); err != nil {
				return err
			}
		}
		kept, err := l.Ledger("helper")
		if err != nil {
			return err
		}
		touched, err := kept.Add(tx, e.At, e)
		if err != nil {
			return err
		}
		return l.Follow(tx, "helper", touched...)
	}))
	return e.ID
}

func (l *lending) vouch(voucher, vouchee string, level int, stake int64) string {
	l.t.Helper()
	id := l.act(vouching.Event{Kind: vouching.KindVouch, Voucher: voucher, Vouchee: vouchee, AcceptedBy: vouchee, Level: level, Stake: stake})
	l.wait(0)
	return id
}

// fault finds a member at fault, a second after the deed, and does what follows.
func (l *lending) fault(member string) string {
	l.t.Helper()
	id := l.faultAlone(member)
	l.wait(0)
	return id
}

// faultAlone does so without what follows.
func (l *lending) faultAlone(member string) string {
	l.t.Helper()
	occurred := bonafide.SecondsOf(l.clock.now())
	l.clock.add(time.Second)
	return l.act(vouching.Event{Kind: vouching.KindFault, Member: member, Class: "half", Occurred: occurred, Reported: occurred})
}

// wait moves the clock on and does what is due then.
func (l *lending) wait(d time.Duration) {
	l.t.Helper()
	l.clock.add(d)
	require.NoError(l.t, l.RunDue(l.t.Context()))
}

func (l *lending) status(member string) bonafide.Status {
	l.t.Helper()
	status, err := l.Status(l.t.Context(), "helper", member)
	require.NoError(l.t, err)
	return status
}

// says requires what the status and, if there is one, the badge say of a member.
func (l *lending) says(member, level string, kind bonafide.Kind, earned string) {
	l.t.Helper()
	status := l.status(member)
	require.Equal(l.t, []any{level, kind, earned}, []any{status.Level, status.Kind, status.EarnedLevel}, member)
	held, err := l.Holding(l.t.Context(), member)
	require.NoError(l.t, err)
	for _, badge := range held.Badges {
		credential := l.credential(badge.Address[len(bazar):])
		stated, err := credential.Stated()
		require.NoError(l.t, err)
		require.Equal(l.t, []any{level, kind, earned}, []any{stated.Level, stated.Kind, stated.EarnedLevel}, "the badge of %s", member)
		require.False(l.t, l.revoked(credential.Status))
	}
}

// charged returns the charges on a member's vouches that haven't healed.
func (l *lending) charged(member string) (points int64) {
	l.t.Helper()
	kept, err := l.Ledger("helper")
	require.NoError(l.t, err)
	require.NoError(l.t, l.Store.View(l.t.Context(), func(r store.Reader) error {
		state, err := kept.Around(r, bonafide.SecondsOf(l.clock.now()), member)
		if err == nil {
			points = state.Member(member).Charged
		}
		return err
	}))
	return points
}

// waiting returns for whom something is due by now.
func (l *lending) waiting() (members []string) {
	l.t.Helper()
	due := store.Range{From: store.Key("i", "due"), To: store.Key("i", "due", l.clock.now().Add(time.Second).Format(time.RFC3339))}
	require.NoError(l.t, l.Store.View(l.t.Context(), func(r store.Reader) error {
		return r.Scan(due, func(key, _ []byte) (bool, error) {
			parts := store.Parts(key)
			members = append(members, parts[len(parts)-1])
			return true, nil
		})
	}))
	return members
}

// join makes members known and publishes their badges.
func (l *lending) join(members ...string) {
	l.t.Helper()
	for _, member := range members {
		require.NoError(l.t, l.Store.Update(l.t.Context(), func(tx store.Tx) error { return l.Know(tx, bonafide.Account{ID: member}) }))
		l.publish("helper", member)
	}
}

// issued returns the entry of what a member's badge says now.
func (l *lending) issued(member string) bonafide.StatusEntry {
	l.t.Helper()
	held, err := l.Holding(l.t.Context(), member)
	require.NoError(l.t, err)
	return l.credential(held.Badges[0].Address[len(bazar):]).Status
}

// nextVersion gives an issuer the second version of helpers.
func nextVersion(t *testing.T, change func(*bonafide.Mechanism)) func(*issuer.Config) {
	m := helpers()
	hash, err := bonafide.Hash(&m)
	require.NoError(t, err)
	m.Version, m.Previous = 2, hash
	change(&m)
	return func(c *issuer.Config) { c.Mechanisms = []bonafide.Mechanism{m} }
}
