package issuer

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bonafide.example"
	"bonafide.example/store"
)

// Event is one thing that happened to a member and that a mechanism counts.
type Event struct {
	ID        string    `json:"id"` // the site's own, 1 to 200 bytes; the same id again is the same event
	Member    string    `json:"member"`
	Mechanism string    `json:"mechanism"` // the NAME in the mechanism's address
	Kind      string    `json:"kind"`
	Positive  *bool     `json:"positive,omitzero"` // for a mechanism that takes a share: whether it was positive
	At        time.Time `json:"at"`
}

// maxID bounds the ids that a site gives to members and events, in bytes.
const maxID = 200

// Validate tells whether the event is whole; whether its mechanism counts it is told by
// [Issuer.Record].
func (e *Event) Validate() error {
	for field, id := range map[string]string{"id": e.ID, "member": e.Member} {
		if err := checkID(field, id); err != nil {
			return err
		}
	}
	if e.At.Unix() <= 0 || e.At.UTC().Year() > 9999 { // RFC 3339 has no later one
		return bonafide.Errorf(bonafide.BadValue, "at", "is missing, before 1970 or after 9999")
	}
	for field, name := range map[string]string{"mechanism": e.Mechanism, "kind": e.Kind} {
		if !utf8.ValidString(name) {
			return bonafide.Errorf(bonafide.BadValue, field, "isn't UTF-8")
		}
	}
	return nil
}

func checkID(field, id string) error {
	if id == "" || len(id) > maxID || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl) {
		return bonafide.Errorf(bonafide.BadValue, field, "needs 1 to %d bytes of UTF-8 without control characters", maxID)
	}
	return nil
}

// same tells whether two events say the same.
func (e *Event) same(o *Event) bool {
	positive := e.Positive == nil && o.Positive == nil || e.Positive != nil && o.Positive != nil && *e.Positive == *o.Positive
	return e.ID == o.ID && e.Member == o.Member && e.Mechanism == o.Mechanism && e.Kind == o.Kind && positive && e.At.Equal(o.At)
}

// Record keeps events, all of them or none, and returns how many are new. An event that was kept
// already changes nothing; another one under its id is refused ([bonafide.EventConflict]), as is one
// that its mechanism doesn't count ([bonafide.UnknownKind]) or that lies in the future
// ([bonafide.FutureEvent]). Members that were unknown are created. Events may come in any order.
//
// What follows is done when Record returns: badges that said too much are revoked and those that say
// something else are issued anew.
func (i *Issuer) Record(ctx context.Context, events ...Event) (recorded int, err error) {
	if err := i.checkEvents(events); err != nil {
		return 0, err
	}
	err = i.change(ctx, func(tx store.Tx) (codes []string, err error) {
		recorded, codes, err = i.record(tx, events)
		return codes, err
	})
	if err == nil && len(i.ledgers) > 0 {
		i.WakeUp() // for whom these members stand behind
	}
	return recorded, err
}

// checkEvents checks what can be checked without the store. Errors name the event by its id.
func (i *Issuer) checkEvents(events []Event) error {
	latest := i.Now().Add(bonafide.Leeway)
	for n := range events {
		e := &events[n]
		err := e.Validate()
		if err == nil && e.At.After(latest) {
			err = bonafide.Errorf(bonafide.FutureEvent, "at", "%s is yet to come", e.At.UTC().Format(time.RFC3339))
		}
		var m *bonafide.Mechanism
		if err == nil {
			m, err = i.Mechanism(e.Mechanism)
		}
		if err == nil {
			err = e.check(m)
		}
		if err != nil {
			return ofEvent(e.ID, err)
		}
	}
	return nil
}

// ofEvent puts the event's id before the subject of err.
func ofEvent(id string, err error) error {
	if told, ok := err.(*bonafide.Error); ok {
		return bonafide.Errorf(told.Code, fmt.Sprintf("event %q: %s", id, told.Subject), "%s", told.Detail)
	}
	return err
}

// account is a member under one mechanism.
type account struct{ slug, member string }

// record keeps checked events and lets follow what follows from them. It returns how many are new, and
// the codes of badges to issue.
func (i *Issuer) record(tx store.Tx, events []Event) (recorded int, codes []string, err error) {
	fresh, err := unknown(tx, events)
	if err != nil {
		return 0, nil, err
	}
	accounts := accountsOf(fresh)
	if tx, err = store.Ahead(tx, accountKeys(accounts)...); err != nil {
		return 0, nil, err
	}
	// Tallies come before the events: one that must be counted anew would find those of now.
	tallies := map[account]*tally{}
	first := map[string]bonafide.Month{}
	for n := range fresh {
		e := &fresh[n]
		m, err := i.Mechanism(e.Mechanism)
		if err != nil {
			return 0, nil, err
		}
		of := account{e.Mechanism, e.Member}
		if tallies[of] == nil {
			t, err := i.tallyIn(tx, m, e.Member)
			if err != nil {
				return 0, nil, err
			}
			tallies[of] = &t
		}
		tallies[of].add(m, e)
		first[e.Member] = earliest(first[e.Member], bonafide.MonthOf(e.At))
	}
	if err := keep(tx, fresh, first); err != nil {
		return 0, nil, err
	}
	for _, of := range accounts {
		m, err := i.Mechanism(of.slug)
		if err != nil {
			return 0, nil, err
		}
		more, err := i.settle(tx, m, of.member, tallies[of])
		if err != nil {
			return 0, nil, err
		}
		codes = append(codes, more...)
	}
	return len(fresh), codes, nil
}

// accountsOf returns whom the events are of, each once and sorted.
func accountsOf(events []Event) []account {
	var accounts []account
	for _, e := range events {
		accounts = append(accounts, account{e.Mechanism, e.Member})
	}
	slices.SortFunc(accounts, func(a, b account) int {
		return cmp.Or(cmp.Compare(a.slug, b.slug), cmp.Compare(a.member, b.member))
	})
	return slices.Compact(accounts)
}

// accountKeys returns the keys that settling each of the accounts asks for.
func accountKeys(accounts []account) (keys [][]byte) {
	for _, of := range accounts {
		keys = append(keys, memberKey(of.member), tallyKey(of.slug, of.member), badgeOfKey(of.slug, of.member), watchKey(of.slug, of.member))
	}
	return keys
}

// unknown returns the events that aren't kept yet, sorted by id, each once.
func unknown(tx store.Tx, events []Event) ([]Event, error) {
	sorted := slices.Clone(events) // in the order of their keys, which trees load fastest
	slices.SortStableFunc(sorted, func(a, b Event) int { return cmp.Compare(a.ID, b.ID) })
	keys := make([][]byte, len(sorted))
	for n, e := range sorted {
		keys[n] = eventKey(e.ID)
	}
	if len(keys) == 0 {
		return nil, nil
	}
	kept, err := tx.Get(keys...)
	if err != nil {
		return nil, err
	}
	var fresh []Event
	for n := range sorted {
		e := &sorted[n]
		before := e
		switch last := len(fresh) - 1; {
		case kept[n] != nil && len(kept[n]) == 0: // cancelled, or of a member since erased
		case kept[n] != nil:
			parsed, err := bonafide.Parse[Event](kept[n])
			if err != nil {
				return nil, fmt.Errorf("reading a kept event: %w", err)
			}
			before = &parsed
		case last >= 0 && fresh[last].ID == e.ID:
			before = &fresh[last]
		default:
			fresh = append(fresh, *e)
		}
		if !e.same(before) {
			return nil, ofEvent(e.ID, bonafide.Errorf(bonafide.EventConflict, "id", "stands for another event"))
		}
	}
	return fresh, nil
}

// keep writes new events and the members that they speak of.
func keep(tx store.Tx, events []Event, since map[string]bonafide.Month) error {
	for _, e := range events {
		e.At = e.At.UTC()
		if err := store.PutJSON(tx, eventKey(e.ID), e); err != nil {
			return err
		}
		if err := tx.Put(eventOfKey(e.Member, e.ID), nil); err != nil {
			return err
		}
	}
	for _, member := range slices.Sorted(maps.Keys(since)) {
		if err := learn(tx, member, since[member], ""); err != nil {
			return err
		}
	}
	return nil
}
