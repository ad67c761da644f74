package issuer

import (
	"context"
	"errors"
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

// member is what is kept on a member beside tallies and badges.
type member struct {
	Since     bonafide.Month `json:"since,omitzero"` // the earliest month of which something is known
	Suspended bool           `json:"suspended,omitzero"`
}

// learn makes sure that the member is known, since that month or an earlier one.
func learn(tx store.Tx, id string, since bonafide.Month) error {
	m, found, err := store.GetJSON[member](tx, memberKey(id))
	if err != nil {
		return err
	}
	earlier := since != "" && (m.Since == "" || since < m.Since)
	if found && !earlier {
		return nil
	}
	if earlier {
		m.Since = since
	}
	return store.PutJSON(tx, memberKey(id), m)
}

func noSuchMember(id string) error {
	return bonafide.Errorf(bonafide.NoSuchMember, id, "is not known here")
}

// tallyIn returns the member's tally under m, counted anew if it was counted under another version.
func (i *Issuer) tallyIn(r store.Reader, m *bonafide.Mechanism, id string) (tally, error) {
	t, found, err := store.GetJSON[tally](r, tallyKey(m.Slug(), id))
	if err != nil || (found && t.Version == m.Version) {
		return t, err
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
		parts := store.Parts(key)
		keys = append(keys, eventKey(parts[len(parts)-1]))
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
	m, err := i.mechanism(mechanism)
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

// statusIn returns the member's exact status now: the level earned here, and shown, unless what was
// converted from elsewhere is higher. It fails with [bonafide.NoSuchMember] for an unknown member
// and, under a rule of the host, for one that the host wasn't asked about; to have a converted level is
// to be known.
func (i *Issuer) statusIn(r store.Reader, m *bonafide.Mechanism, id string) (bonafide.Status, error) {
	known, found, err := store.GetJSON[member](r, memberKey(id))
	if err != nil {
		return bonafide.Status{}, err
	}
	t, err := i.tallyIn(r, m, id)
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
	now := i.now()
	o := t.settle(m, now)
	status := bonafide.Status{
		Mechanism: m.ID, Version: m.Version, Context: m.Context,
		Level: o.level, Kind: bonafide.Earned, EarnedLevel: o.level, Measures: o.measures,
		AccountSince: known.Since, Since: t.Since, AsOf: bonafide.DateOf(now),
		Sources: []bonafide.Origin{i.Origin}, State: bonafide.Current,
	}
	if t.Standing != nil {
		status.AsOf = bonafide.DateOf(t.AsOf)
	}
	if shown, ok := m.Level(level); ok && level > m.LevelNumber(o.level) {
		// The sources stay: they are those of the earned level and the measures, which alone convert.
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
	for _, slug := range i.slugs() {
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

// Refresh asks the host anew for the member's standing, keeps it and has what follows from it issued.
// Under a rule that the issuer computes itself there is nothing to ask. Somebody whom the host no longer
// knows has no level any more. It fails with [bonafide.HostSilent] when the host gives no answer that
// fits the mechanism, and with [bonafide.NoSuchMember] for somebody whom the host never knew.
func (i *Issuer) Refresh(ctx context.Context, mechanism, member string) error {
	m, err := i.mechanism(mechanism)
	if err != nil {
		return err
	}
	if m.Rule.Host == nil {
		return nil
	}
	if err := checkID("member", member); err != nil {
		return err
	}
	standing, err := i.ask(ctx, m, member)
	gone := bonafide.CodeOf(err) == bonafide.NoSuchMember
	if err != nil && !gone {
		return err
	}
	now := i.now()
	return i.change(ctx, func(tx store.Tx) ([]string, error) {
		t, err := i.tallyIn(tx, m, member)
		if err != nil {
			return nil, err
		}
		if gone && t.Standing == nil {
			return nil, noSuchMember(member)
		}
		if err := learn(tx, member, standing.AccountSince); err != nil {
			return nil, err
		}
		t.Standing, t.AsOf = &standing, now
		if out, err := i.isOut(tx, m, member); err != nil {
			return nil, err
		} else if out {
			if err := i.scheduleAsking(tx, m, member); err != nil {
				return nil, err
			}
		}
		return i.settle(tx, m, member, &t)
	})
}

// isOut tells whether something was said of the member that others may rely on: a badge, or a consented
// status.
func (i *Issuer) isOut(r store.Reader, m *bonafide.Mechanism, member string) (bool, error) {
	code, err := badgeOf(r, m.Slug(), member)
	if err != nil {
		return false, err
	}
	if code != "" {
		b, _, err := store.GetJSON[badgeRecord](r, badgeKey(code))
		if err != nil || !b.Withdrawn {
			return true, err
		}
	}
	consents, err := consentsOf(r, member)
	return slices.ContainsFunc(consents, func(c consent) bool { return c.Details.Mechanism == m.ID && len(c.Statements) > 0 }), err
}

// ask asks the host and checks the answer against the mechanism.
func (i *Issuer) ask(ctx context.Context, m *bonafide.Mechanism, member string) (Standing, error) {
	standing, err := i.Standing(ctx, m.Slug(), member)
	var told *bonafide.Error
	switch {
	case errors.As(err, &told):
		return Standing{}, err
	case err != nil:
		return Standing{}, bonafide.Errorf(bonafide.HostSilent, m.Slug(), "couldn't be asked").Because(err)
	case standing.Level != "" && m.LevelNumber(standing.Level) == 0:
		return Standing{}, bonafide.Errorf(bonafide.HostSilent, "level", "%q is not a level of %s", standing.Level, m.ID)
	}
	for _, measure := range standing.Measures {
		if _, ok := m.Measure(measure.ID); !ok {
			return Standing{}, bonafide.Errorf(bonafide.HostSilent, "measures", "%q is not a measure of %s", measure.ID, m.ID)
		}
	}
	return standing, nil
}

// settle keeps the tally as it stands now, and lets follow what follows from it. It returns the codes
// of badges to issue.
func (i *Issuer) settle(tx store.Tx, m *bonafide.Mechanism, member string, t *tally) ([]string, error) {
	o := t.settle(m, i.now())
	if err := store.PutJSON(tx, tallyKey(m.Slug(), member), t); err != nil {
		return nil, err
	}
	if !o.next.IsZero() {
		if err := schedule(tx, o.next, m.Slug(), member); err != nil {
			return nil, err
		}
	}
	return i.restate(tx, m, member)
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
		i.wakeUp()
	}
}

func (i *Issuer) wakeUp() {
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
