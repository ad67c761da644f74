package issuer

import (
	"slices"

	"bonafide.example"
	"bonafide.example/store"
)

// Watched statements are those that other parts of the site make of what a member earned, such as
// referrals. They run until their bit is set: [statement].ReliedUntil is 0.

func watchKey(slug, member string) []byte { return store.Key("i", "watch", slug, member) } // → its statements
func watchOfKey(entry string) []byte      { return store.Key("i", "watch-of", entry) }     // → whose it is

// watchRef says whose status a watched entry speaks of.
type watchRef struct {
	Slug   string `json:"slug"`
	Member string `json:"member"`
}

// Watch returns what the member earned under a mechanism, and nothing else of their status, and an entry of
// a status list to state it with. The issuer sets the entry's bit once that level falls, when the member is
// suspended, and when they are erased. It fails with [bonafide.NoEarnedLevel] if there is none, and with
// [bonafide.NotCurrent] for a suspended member.
func (i *Issuer) Watch(tx store.Tx, slug, member string) (bonafide.Status, bonafide.StatusEntry, error) {
	var none bonafide.StatusEntry
	m, err := i.Mechanism(slug)
	if err != nil {
		return bonafide.Status{}, none, err
	}
	exact, err := i.tellable(tx, m, member, "")
	if err != nil {
		return bonafide.Status{}, none, err
	}
	if exact.EarnedLevel == "" {
		return bonafide.Status{}, none, bonafide.Errorf(bonafide.NoEarnedLevel, m.ID, "the member has earned none")
	}
	kept, _, err := store.GetJSON[[]statement](tx, watchKey(slug, member))
	if err != nil {
		return bonafide.Status{}, none, err
	}
	entry, err := i.allocate(tx, statementList, "watch")
	if err != nil {
		return bonafide.Status{}, none, err
	}
	earned := earnedAlone(exact)
	if err := store.PutJSON(tx, watchOfKey(entry.ID), watchRef{slug, member}); err != nil {
		return bonafide.Status{}, none, err
	}
	return earned, entry, putStatements(tx, watchKey(slug, member), append(kept, statement{Entry: entry, Status: earned}))
}

// Unwatch sets the bit of an entry that [Issuer.Watch] gave out, if it isn't set, and forgets the entry.
func (i *Issuer) Unwatch(tx store.Tx, entry bonafide.StatusEntry) error {
	of, found, err := store.GetJSON[watchRef](tx, watchOfKey(entry.ID))
	if err != nil || !found {
		return err
	}
	return i.keepWatched(tx, of.Slug, of.Member, func(s statement) bool { return s.Entry != entry })
}

// Watched tells whether an entry that [Issuer.Watch] gave out isn't set yet.
func (i *Issuer) Watched(r store.Reader, entry bonafide.StatusEntry) (bool, error) {
	_, found, err := store.GetJSON[watchRef](r, watchOfKey(entry.ID))
	return found, err
}

// keepWatched sets the bits of the watched statements that don't hold, and forgets those.
func (i *Issuer) keepWatched(tx store.Tx, slug, member string, holds func(statement) bool) error {
	kept, found, err := store.GetJSON[[]statement](tx, watchKey(slug, member))
	if err != nil || !found {
		return err
	}
	still, err := i.revokeUnless(tx, kept, holds)
	if err != nil || len(still) == len(kept) {
		return err
	}
	for _, s := range kept {
		if holds(s) {
			continue
		}
		if err := tx.Delete(watchOfKey(s.Entry.ID)); err != nil {
			return err
		}
	}
	return putStatements(tx, watchKey(slug, member), still)
}

// putStatements keeps statements under a key, and no empty list of them.
func putStatements(tx store.Tx, key []byte, kept []statement) error {
	if len(kept) == 0 {
		return tx.Delete(key)
	}
	return store.PutJSON(tx, key, kept)
}

// earnedAlone returns the part of a status that converts elsewhere, as if it were all.
func earnedAlone(exact bonafide.Status) bonafide.Status {
	return bonafide.Status{
		Mechanism: exact.Mechanism, Version: exact.Version, Context: exact.Context,
		Level: exact.EarnedLevel, Kind: bonafide.Earned, EarnedLevel: exact.EarnedLevel,
		AsOf: exact.AsOf, Sources: slices.Clone(exact.Sources), State: exact.State,
	}
}
