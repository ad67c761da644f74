package issuer

import (
	"context"
	"time"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
)

// verdict is what a check came to. Each has a word and a shape of its own on the page.
type verdict string

const (
	yes    verdict = "yes"
	no     verdict = "no"
	unsure verdict = "unsure" // it could not be checked
)

func verdictOf(holds bool) verdict {
	if holds {
		return yes
	}
	return no
}

// check is one thing that was looked at for this view of a page. Its sentence is the message
// badge-check-ID-VERDICT, in which Day stands for the day that matters most.
type check struct {
	ID      string
	Verdict verdict
	Day     time.Time
}

// examination is what the checks of a badge come to.
type examination struct {
	Holds  verdict
	Forged bool // what is kept doesn't bear the site's signature: nothing of it can be shown
	Checks []check
}

// examine looks at the badge as it is served at this moment, as whoever verifies it would: its signature by the
// published keys, its dates, its bit in the status list as it is served, what it says, and its mechanism.
func (i *Issuer) examine(ctx context.Context, s shown, state badge.State) (examination, error) {
	e := examination{}
	if s.Issued == nil {
		e.note("signature", unsure)
	} else {
		keys, err := i.sealer.Keys()
		if err != nil {
			return e, err
		}
		c, err := openCredential(string(s.token.data), keys)
		e.note("signature", verdictOf(err == nil))
		if err != nil {
			e.Holds, e.Forged = no, true
			return e, nil
		}
		if err := i.examineCredential(ctx, &e, &c, s, state); err != nil {
			return e, err
		}
	}
	e.Holds = e.conclude(state, s.waits || s.Issued == nil)
	e.note("address", unsure)
	e.note("person", unsure)
	return e, nil
}

func openCredential(text string, keys seal.KeySet) (c bonafide.Credential, err error) {
	token, err := seal.Parse(text, bonafide.TypeCredential)
	if err != nil {
		return c, err
	}
	return seal.OpenAs[bonafide.Credential](token, keys)
}

// examineCredential looks at what the signature covers.
func (i *Issuer) examineCredential(ctx context.Context, e *examination, c *bonafide.Credential, s shown, state badge.State) error {
	now := i.now()
	inTime := bonafide.CheckTimes(c.ID, c.NBF, c.Exp, now) == nil
	e.add(check{ID: "dates", Verdict: verdictOf(inTime && state != badge.Old), Day: c.ValidUntil})
	e.note("revoked", i.examineBit(ctx, c, now))
	// At an instant within its dates, so that what is wrong is something else.
	whole := c.Check(i.Origin, c.ValidFrom) == nil && c.CheckAddress(i.address(s.code)) == nil && c.Subject.ID == s.SubjectID
	e.note("subject", verdictOf(whole))
	stated, err := c.Stated()
	if err != nil {
		return nil // it isn't whole, which is said
	}
	switch {
	case s.waits:
		e.note("says", unsure)
	case state == badge.Current || state == badge.Old:
		e.note("says", verdictOf(same(stated, s.status)))
	}
	unaltered, err := i.unaltered(ctx, s.Mechanism, stated.Version)
	e.note("mechanism", verdictOf(unaltered))
	return err
}

// examineBit looks the badge up in its status list, which is opened as readers open it.
func (i *Issuer) examineBit(ctx context.Context, c *bonafide.Credential, now time.Time) verdict {
	set, err := i.bit(ctx, c, now)
	if err != nil {
		i.Log.Warn("a badge's status list tells nothing", "error", err)
		return unsure
	}
	return verdictOf(!set)
}

func (i *Issuer) bit(ctx context.Context, c *bonafide.Credential, now time.Time) (bool, error) {
	number, err := i.listNumber(c.Status)
	if err != nil {
		return false, err
	}
	served, err := i.signedList(ctx, number)
	if err != nil {
		return false, err
	}
	token, err := seal.ParseStatusList(served.token)
	if err != nil {
		return false, err
	}
	keys, err := i.sealer.Keys()
	if err != nil {
		return false, err
	}
	list, err := seal.OpenAs[bonafide.StatusList](token, keys)
	if err != nil {
		return false, err
	}
	if err := list.Check(i.Origin, c.Status.Credential, now); err != nil {
		return false, err
	}
	bits, err := list.Bits()
	if err != nil {
		return false, err
	}
	return c.Status.IsSet(bits)
}

// unaltered tells whether that version of a mechanism is published, and is as it was by the hashes of the versions
// beside it: each names that of the one before.
func (i *Issuer) unaltered(ctx context.Context, slug string, version int) (ok bool, err error) {
	err = i.Store.View(ctx, func(r store.Reader) error {
		m, found, err := i.shelf.Version(r, slug, version)
		if err != nil || !found {
			return err
		}
		before, found, err := i.shelf.Version(r, slug, version-1)
		if err != nil {
			return err
		}
		if ok = m.Previous == ""; found {
			ok, err = follows(m, before)
		}
		if err != nil || !ok {
			return err
		}
		after, found, err := i.shelf.Version(r, slug, version+1)
		if err == nil && found {
			ok, err = follows(after, m)
		}
		return err
	})
	return ok, err
}

// follows tells whether a version names the hash of the one before.
func follows(m, before *bonafide.Mechanism) (bool, error) {
	hash, err := bonafide.Hash(before)
	return m.Previous == hash, err
}

func (e *examination) note(id string, v verdict) { e.add(check{ID: id, Verdict: v}) }

func (e *examination) add(c check) { e.Checks = append(e.Checks, c) }

// conclude says whether the badge holds: if it is current and every check says yes. Until what is newest is signed,
// that can't be told.
func (e *examination) conclude(state badge.State, unsigned bool) verdict {
	switch {
	case state == badge.Suspended || state == badge.Withdrawn || state == badge.Old:
		return no
	case state != badge.Current || unsigned:
		return unsure
	}
	holds := yes
	for _, c := range e.Checks {
		if c.Verdict == no {
			return no
		}
		if c.Verdict == unsure {
			holds = unsure
		}
	}
	return holds
}
