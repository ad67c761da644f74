package issuer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

// Keys of the store. Everything of the issuer is under "i".
func memberKey(member string) []byte        { return store.Key("i", "member", member) }
func eventKey(id string) []byte             { return store.Key("i", "event", id) }
func eventOfKey(member, id string) []byte   { return store.Key("i", "event-of", member, id) }
func tallyKey(slug, member string) []byte   { return store.Key("i", "tally", slug, member) }
func countedKey(slug string) []byte         { return store.Key("i", "counted", slug) } // → the version that every tally is of
func badgeKey(code string) []byte           { return store.Key("i", "badge", code) }
func badgeOfKey(slug, member string) []byte { return store.Key("i", "badge-of", slug, member) } // → its code
func orderKey(code string) []byte           { return store.Key("i", "order", code) }
func importKey(id string) []byte            { return store.Key("i", "import", id) } // → rows done

// lastPart returns the last part of a key: whom, or what, it is about.
func lastPart(key []byte) string {
	parts := store.Parts(key)
	return parts[len(parts)-1]
}

// member is what is kept on a member beside tallies and badges.
type member struct {
	Since     bonafide.Month `json:"since,omitzero"`  // the earliest month of which something is known
	Opened    bonafide.Month `json:"opened,omitzero"` // when the account was opened, as the host or the sign-in says; no earlier than Since
	Suspended bool           `json:"suspended,omitzero"`
}

// learn makes sure that the member is known since these months, or earlier ones: of an event, and in which the account was opened.
func learn(tx store.Tx, id string, happened, opened bonafide.Month) error {
	before, found, err := store.GetJSON[member](tx, memberKey(id))
	if err != nil {
		return err
	}
	m := before
	m.Since, m.Opened = earliest(m.Since, happened, opened), earliest(m.Opened, opened)
	if found && m == before {
		return nil
	}
	return store.PutJSON(tx, memberKey(id), m)
}

// earliest returns the earliest of the months that aren't "".
func earliest(months ...bonafide.Month) (first bonafide.Month) {
	for _, month := range months {
		if month != "" && (first == "" || month < first) {
			first = month
		}
	}
	return first
}

func noSuchMember(id string) error {
	return bonafide.Errorf(bonafide.NoSuchMember, id, "is not known here")
}

// tallyIn returns the member's tally under m, counted anew if it was counted under an earlier version. Under a later one only another
// server can have counted it, since nobody starts with an earlier version than is published.
func (i *Issuer) tallyIn(r store.Reader, m *bonafide.Mechanism, id string) (tally, error) {
	t, found, err := store.GetJSON[tally](r, tallyKey(m.Slug(), id))
	if err != nil || (found && t.Version == m.Version) {
		return t, err
	}
	if t.Version > m.Version {
		return t, bonafide.Errorf(bonafide.VersionConflict, m.ID, "is published up to version %d by another server on this store; start this one again with the same", t.Version)
	}
	again := tally{Version: m.Version, Standing: t.Standing, AsOf: t.AsOf, Level: t.Level, Since: t.Since}
	if !found {
		return again, nil
	}
	events, err := eventsOf(r, id)
	for _, e := range events {
		// What this version doesn't count any more is passed over.
		if e.Mechanism == m.Slug() && e.check(m) == nil {
			again.add(m, &e)
		}
	}
	return again, err
}

// eventsOf returns the events of a member, by id.
func eventsOf(r store.Reader, id string) ([]Event, error) {
	var keys [][]byte
	err := r.Scan(store.Prefix(store.Key("i", "event-of", id)), func(key, _ []byte) (bool, error) {
		keys = append(keys, eventKey(lastPart(key)))
		return true, nil
	})
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	values, err := r.Get(keys...)
	if err != nil {
		return nil, err
	}
	events := make([]Event, len(values))
	for n, value := range values {
		if events[n], err = bonafide.Parse[Event](value); err != nil {
			return nil, fmt.Errorf("reading a kept event: %w", err)
		}
	}
	return events, nil
}

// Status returns what the issuer says of the member now, exactly: nothing is made coarse. Under a rule
// of the host it is what the host said last; who was never asked about is asked about now.
func (i *Issuer) Status(ctx context.Context, mechanism, member string) (bonafide.Status, error) {
	m, err := i.Mechanism(mechanism)
	if err != nil {
		return bonafide.Status{}, err
	}
	read := func() (status bonafide.Status, err error) {
		err = i.Store.View(ctx, func(r store.Reader) error {
			status, err = i.statusIn(r, m, member)
			return err
		})
		return status, err
	}
	status, err := read()
	if bonafide.CodeOf(err) != bonafide.NoSuchMember || m.Rule.Host == nil {
		return status, err
	}
	if err := i.Refresh(ctx, mechanism, member); err != nil {
		return bonafide.Status{}, err
	}
	return read()
}

// ConvertedFunc tells, within a transaction of the issuer's store, the level that an account's statuses
// from elsewhere count for under one of this site's mechanisms; 0 is none.
type ConvertedFunc func(r store.Reader, mechanism, account string) (level int, err error)

// statusIn returns the member's exact status now: the level earned here, and shown, unless what others
// vouch for is higher, or what was converted from elsewhere higher still. It fails with
// [bonafide.NoSuchMember] for an unknown member and, under a rule of the host, for one that the host wasn't
// asked about; to have a converted level is to be known.
func (i *Issuer) statusIn(r store.Reader, m *bonafide.Mechanism, id string) (bonafide.Status, error) {
	t, err := i.tallyIn(r, m, id)
	if err != nil {
		return bonafide.Status{}, err
	}
	o, err := i.settleTally(r, m, id, &t)
	if err != nil {
		return bonafide.Status{}, err
	}
	return i.statusOf(r, m, id, &t, o)
}

// statusOf returns the same of a member whose tally was settled, with that outcome.
func (i *Issuer) statusOf(r store.Reader, m *bonafide.Mechanism, id string, t *tally, o outcome) (bonafide.Status, error) {
	known, found, err := store.GetJSON[member](r, memberKey(id))
	if err != nil {
		return bonafide.Status{}, err
	}
	level, err := i.convertedIn(r, m, id)
	if err != nil {
		return bonafide.Status{}, err
	}
	if level == 0 && (!found || (m.Rule.Host != nil && t.Standing == nil)) {
		return bonafide.Status{}, noSuchMember(id)
	}
	status := bonafide.Status{
		Mechanism: m.ID, Version: m.Version, Context: m.Context,
		Level: o.level, Kind: bonafide.Earned, EarnedLevel: o.level, Measures: o.measures,
		AccountSince: known.Since, Since: t.Since, AsOf: bonafide.DateOf(i.now()),
		Sources: []bonafide.Origin{i.Origin}, State: bonafide.Current,
	}
	if t.Standing != nil {
		status.AsOf = bonafide.DateOf(t.AsOf)
	}
	// The sources stay: they are those of the earned level and the measures, which alone convert.
	if shown, ok := m.Level(o.vouched); ok && o.vouched > m.LevelNumber(o.level) {
		status.Level, status.Kind, status.Since = shown.ID, bonafide.Vouched, ""
	}
	if shown, ok := m.Level(level); ok && level > m.LevelNumber(status.Level) {
		status.Level, status.Kind, status.Since = shown.ID, bonafide.Converted, ""
	}
	if known.Suspended {
		status.State = bonafide.Suspended
	}
	return status, nil
}

func (i *Issuer) convertedIn(r store.Reader, m *bonafide.Mechanism, id string) (int, error) {
	if i.Converted == nil {
		return 0, nil
	}
	return i.Converted(r, m.ID, id)
}

// Reissue has followed what changed of the member elsewhere: a badge that shows something else is issued
// anew, and what said too much is revoked.
func (i *Issuer) Reissue(ctx context.Context, member string) error {
	for _, slug := range i.Slugs() {
		err := i.change(ctx, func(tx store.Tx) ([]string, error) {
			codes, err := i.restate(tx, i.mechanisms[slug], member)
			if bonafide.CodeOf(err) == bonafide.NoSuchMember {
				return nil, nil // and so without a badge
			}
			return codes, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// same tells whether two statuses say the same but for their date.
func same(a, b bonafide.Status) bool {
	return a.Version == b.Version && a.Level == b.Level && a.EarnedLevel == b.EarnedLevel && a.Kind == b.Kind &&
		a.Since == b.Since && a.AccountSince == b.AccountSince && a.State == b.State &&
		slices.Equal(a.Measures, b.Measures) && slices.Equal(a.Sources, b.Sources)
}

// settle keeps the tally as it stands now, and lets follow what follows from it. It returns the codes
// of badges to issue. For a member who isn't known it fails as statusIn does, and keeps nothing.
func (i *Issuer) settle(tx store.Tx, m *bonafide.Mechanism, member string, t *tally) ([]string, error) {
	o, err := i.settleTally(tx, m, member, t)
	if err != nil {
		return nil, err
	}
	status, err := i.statusOf(tx, m, member, t, o)
	if err != nil {
		return nil, err
	}
	if err := i.followPoints(tx, m, member, t, o); err != nil {
		return nil, err
	}
	if err := store.PutJSON(tx, tallyKey(m.Slug(), member), t); err != nil {
		return nil, err
	}
	if !o.next.IsZero() {
		if err := schedule(tx, o.next, m.Slug(), member); err != nil {
			return nil, err
		}
	}
	return i.restateAs(tx, m, member, status)
}

// change runs a transaction that returns the codes of badges to issue, and issues them. What was kept
// stays kept when the issuing fails: Run tries again.
func (i *Issuer) change(ctx context.Context, fn func(store.Tx) (codes []string, err error)) error {
	var codes []string
	err := i.Store.Update(ctx, func(tx store.Tx) (err error) {
		codes, err = fn(tx)
		return err
	})
	if err != nil {
		return err
	}
	i.issueSoon(ctx, codes)
	return nil
}

func (i *Issuer) issueSoon(ctx context.Context, codes []string) {
	if err := i.issue(ctx, codes); err != nil {
		i.Log.Warn("badges are issued later", "count", len(codes), "error", err)
		i.WakeUp()
	}
}

// WakeUp tells [Issuer.Run] that there is something to do.
func (i *Issuer) WakeUp() {
	select {
	case i.wake <- struct{}{}:
	default: // it has been told already
	}
}

// later returns now, or the second after before if that is later: what must rise strictly, rises even
// within a second or when the clock was set back.
func later(now, before time.Time) time.Time {
	if next := before.Add(time.Second); next.After(now) {
		return next
	}
	return now
}
