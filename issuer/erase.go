package issuer

import (
	"context"
	"time"

	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
	"github.com/google/uuid"
)

// ErasingFunc is told, in the transaction that erases a member and before anything else is done, what they are
// called from now on where something runs on without them, such as a vouch: pseudonym is new and means nobody.
type ErasingFunc func(tx store.Tx, member, pseudonym string) error

// WithdrawingFunc is told, in the transaction that does it, whose badge under which mechanism is withdrawn.
type WithdrawingFunc func(tx store.Tx, mechanism, member string) error

// HidingFunc is told, in the transaction that does it, whose badge under which mechanism is taken off their public CV; without a
// mechanism, whose CV ends.
type HidingFunc func(tx store.Tx, mechanism, member string) error

// ExportingFunc returns what others hold on a member, for the member's export; it becomes JSON.
type ExportingFunc func(r store.Reader, member string) (any, error)

// nobody is what is left of an erased member on whose points vouches rest. It isn't a member.
type nobody struct {
	Points    int64 `json:"points"`
	Suspended bool  `json:"suspended,omitzero"`
}

func nobodyKey(slug, pseudonym string) []byte { return store.Key("i", "nobody", slug, pseudonym) }

// Erase forgets a member: badges are withdrawn for good and revoked, consents end, and what their events
// added up to is deleted. Of the events only the ids stay, so that sending them again doesn't bring
// back what was erased. Vouches and faults run on under a name that means nobody, and so whoever they stood
// behind keeps their level. It is no error to erase somebody unknown.
func (i *Issuer) Erase(ctx context.Context, member string) error {
	pseudonym := "erased-" + uuid.NewString()
	err := i.Store.Update(ctx, func(tx store.Tx) error {
		if i.Erasing != nil {
			if err := i.Erasing(tx, member, pseudonym); err != nil {
				return err
			}
		}
		return i.erase(tx, member, pseudonym)
	})
	if err == nil {
		i.WakeUp()
		i.removed(ctx)
	}
	return err
}

// EachHeld calls fn, once or more often, with the id of each on whom anything is held: the members, and who consented that it be told what was
// converted for them. Whatever else is held is on a member.
func (i *Issuer) EachHeld(r store.Reader, fn func(id string)) error {
	for _, kind := range []string{"member", "consent"} {
		err := r.Scan(store.Prefix(store.Key("i", kind)), func(key, _ []byte) (bool, error) {
			fn(store.Parts(key)[2])
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// removed tells that something was erased, withdrawn or hidden, and is so for good.
func (i *Issuer) removed(ctx context.Context) {
	if i.Removed != nil {
		i.Removed(ctx)
	}
}

func (i *Issuer) erase(tx store.Tx, member, pseudonym string) error {
	if err := i.eraseConsents(tx, member); err != nil {
		return err
	}
	for _, slug := range i.Slugs() {
		if err := i.eraseUnder(tx, slug, member, pseudonym); err != nil {
			return err
		}
	}
	if err := endCV(tx, member); err != nil {
		return err
	}
	if err := eraseEvents(tx, member); err != nil {
		return err
	}
	for _, waiting := range []string{"due", "touched"} {
		if err := eraseWaiting(tx, waiting, member); err != nil {
			return err
		}
	}
	return tx.Delete(memberKey(member))
}

// eraseUnder forgets what is kept on the member under one mechanism.
func (i *Issuer) eraseUnder(tx store.Tx, slug, member, pseudonym string) error {
	if err := i.eraseBadge(tx, slug, member); err != nil {
		return err
	}
	if err := i.keepWatched(tx, slug, member, func(statement) bool { return false }); err != nil {
		return err
	}
	if err := i.leaveNobody(tx, slug, member, pseudonym); err != nil {
		return err
	}
	return tx.Delete(tallyKey(slug, member))
}

// leaveNobody puts nobody in the member's place in a ledger, with what they earned as long as others rest on it.
// Who is suspended stays it. A mechanism without a ledger may have had one in an earlier version.
func (i *Issuer) leaveNobody(tx store.Tx, slug, member, pseudonym string) error {
	behind, err := i.behind(tx, account{slug, member})
	if err != nil {
		return err
	}
	if len(behind) > 0 {
		points, suspended, err := i.facts(i.mechanisms[slug])(tx, member)
		if err != nil {
			return err
		}
		if err := store.PutJSON(tx, nobodyKey(slug, pseudonym), nobody{points, suspended}); err != nil {
			return err
		}
		// What was to follow from the member's account may not have: now it follows from nobody's.
		if err := i.Follow(tx, slug, pseudonym); err != nil {
			return err
		}
		if err := schedule(tx, i.now().Add(vouchLife), slug, pseudonym); err != nil {
			return err
		}
	}
	return ledger.New(slug, vouching.Parameters{}, nil).Rename(tx, member, pseudonym)
}

// vouchLife is how long a vouch lasts at most.
const vouchLife = time.Duration(vouching.Life) * time.Second

// forgetNobody forgets what is left of an erased member once nobody rests on it.
func (i *Issuer) forgetNobody(tx store.Tx, of account) error {
	if i.ledgers[of.slug] == nil {
		return nil // a later version may have one again
	}
	behind, err := i.behind(tx, of)
	if err != nil || len(behind) > 0 {
		return err
	}
	return tx.Delete(nobodyKey(of.slug, of.member))
}

// eraseBadge leaves of a badge that it was withdrawn, so that its picture elsewhere says so.
func (i *Issuer) eraseBadge(tx store.Tx, slug, member string) error {
	code, err := badgeOf(tx, slug, member)
	if err != nil || code == "" {
		return err
	}
	b, _, err := store.GetJSON[badgeRecord](tx, badgeKey(code))
	if err != nil {
		return err
	}
	if err := i.stop(tx, code, &b); err != nil {
		return err
	}
	gone := badgeRecord{Mechanism: slug, SubjectID: b.SubjectID, Withdrawn: true, Changed: b.Changed}
	if err := store.PutJSON(tx, badgeKey(code), gone); err != nil {
		return err
	}
	return tx.Delete(badgeOfKey(slug, member))
}

// eraseEvents leaves an empty record under each event's id.
func eraseEvents(tx store.Tx, member string) error {
	return tx.Scan(store.Prefix(store.Key("i", "event-of", member)), func(key, _ []byte) (bool, error) {
		return true, forgetEvent(tx, member, lastPart(key))
	})
}

// forgetEvent leaves an empty record under an event's id.
func forgetEvent(tx store.Tx, member, id string) error {
	if err := tx.Put(eventKey(id), nil); err != nil {
		return err
	}
	return tx.Delete(eventOfKey(member, id))
}

// eraseWaiting deletes from a queue what names the member.
func eraseWaiting(tx store.Tx, queue, member string) error {
	return tx.Scan(store.Prefix(store.Key("i", queue)), func(key, _ []byte) (bool, error) {
		if lastPart(key) != member {
			return true, nil
		}
		return true, tx.Delete(key)
	})
}
