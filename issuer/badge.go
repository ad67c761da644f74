package issuer

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
	"github.com/google/uuid"
)

const (
	badgeLife   = 60 * 24 * time.Hour // how long an issue is valid; bonafide.MaxBadgeLife at most
	renewAfter  = 30 * 24 * time.Hour // an issue of that age is renewed, so that its date stays fresh
	oneDay      = 24 * time.Hour      // a level that rests on other sites is looked at each day: it may end without any event here
	batchSize   = 256                 // badges that are signed and written at once
	maxAhead    = bonafide.Leeway / 2 // no badge is issued whose validity begins later than that
	maxAttempts = 5                   // at issuing a badge whose status keeps changing meanwhile
)

// badgeRecord is a published badge. That of an erased member has neither member, name nor issue.
type badgeRecord struct {
	Mechanism string     `json:"mechanism"` // slug
	Member    string     `json:"member,omitzero"`
	Name      string     `json:"name,omitzero"` // what its page calls the member
	SubjectID string     `json:"subject_id"`    // a urn:uuid
	Withdrawn bool       `json:"withdrawn,omitzero"`
	Public    bool       `json:"public,omitzero"` // it stands on its holder's CV; never of a withdrawn one
	Changed   time.Time  `json:"changed"`         // when it last looked different
	Page      *pageProof `json:"page,omitzero"`
	History   []Change   `json:"history,omitzero"` // see history
	Issued    *issue     `json:"issued,omitzero"`
}

// issue is one issue of a badge: without a token it is only ordered.
type issue struct {
	Status     bonafide.Status      `json:"status"`
	Entry      bonafide.StatusEntry `json:"entry"`
	ValidFrom  time.Time            `json:"valid_from"`
	ValidUntil time.Time            `json:"valid_until"`
	Page       *pageProof           `json:"page,omitzero"` // as the issue states it
	Revoked    bool                 `json:"revoked,omitzero"`
	Token      seal.Packed          `json:"token,omitzero"`
}

// address returns the address of the badge with that code.
func (i *Issuer) address(code string) string { return string(i.Origin) + "/b/" + code }

// newCode returns a random code of 80 bits: 16 digits and capitals without I, L, O and U.
func newCode() string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	code := make([]byte, 16)
	rand.Read(code)
	for n := range code {
		code[n] = alphabet[code[n]%32]
	}
	return string(code)
}

// badgeOf returns the code of the member's badge, "" if there is none.
func badgeOf(r store.Reader, slug, member string) (string, error) {
	values, err := r.Get(badgeOfKey(slug, member))
	if err != nil {
		return "", err
	}
	return string(values[0]), nil
}

// Holder is whose a published badge is.
type Holder struct {
	Mechanism string // slug
	Member    string
	Name      string // what its page calls them
}

// BadgeHolder returns whose badge is at an address of this site. It fails with [bonafide.NotFound] unless that badge
// is published.
func (i *Issuer) BadgeHolder(r store.Reader, address string) (Holder, error) {
	b, found, err := i.badgeAt(r, address)
	if err == nil && (!found || b.Withdrawn) {
		err = bonafide.Errorf(bonafide.NotFound, address, "is no published badge of %s", i.Origin)
	}
	if err != nil {
		return Holder{}, err
	}
	return Holder{b.Mechanism, b.Member, b.Name}, nil
}

// badgeAt returns the badge at an address, false if there is none.
func (i *Issuer) badgeAt(r store.Reader, address string) (b badgeRecord, found bool, err error) {
	code, ok := strings.CutPrefix(address, i.address(""))
	if !ok {
		return b, false, nil
	}
	return store.GetJSON[badgeRecord](r, badgeKey(code))
}

// PublishBadge publishes the member's badge under a mechanism and returns its address, which stays the
// same for ever. name is what its page calls the member. Who is published already is renamed at most; what isn't the
// site's token any more is issued anew.
func (i *Issuer) PublishBadge(ctx context.Context, mechanism, member, name string) (address string, err error) {
	m, err := i.Mechanism(mechanism)
	if err != nil {
		return "", err
	}
	// A host is asked even about somebody known by a converted level alone: it must know its members.
	if err := i.Refresh(ctx, mechanism, member); err != nil {
		return "", err
	}
	if _, err := i.Status(ctx, mechanism, member); err != nil {
		return "", err
	}
	err = i.change(ctx, func(tx store.Tx) ([]string, error) {
		code, err := i.publish(tx, m, member, name)
		if err != nil {
			return nil, err
		}
		address = i.address(code)
		return i.restate(tx, m, member)
	})
	return address, err
}

// publish puts the badge into the store, not yet issued, and returns its code.
func (i *Issuer) publish(tx store.Tx, m *bonafide.Mechanism, member, name string) (code string, err error) {
	// Who has a badge stays known, also when what was converted no longer counts.
	if err := learn(tx, member, "", ""); err != nil {
		return "", err
	}
	if code, err = badgeOf(tx, m.Slug(), member); err != nil {
		return "", err
	}
	b := badgeRecord{Mechanism: m.Slug(), Member: member, SubjectID: "urn:uuid:" + uuid.NewString()}
	if code == "" {
		code = newCode()
		if err := tx.Put(badgeOfKey(m.Slug(), member), []byte(code)); err != nil {
			return "", err
		}
	} else if b, err = i.publishedBefore(tx, code); err != nil {
		return "", err
	}
	b.Name, b.Withdrawn = bonafide.ShownName(name), false
	b.Changed = later(i.now(), b.Changed)
	if err := i.scheduleAsking(tx, m, member); err != nil {
		return "", err
	}
	return code, store.PutJSON(tx, badgeKey(code), b)
}

// publishedBefore returns a badge that is published again. What was issued of it is revoked if it isn't what the site
// signed, so that it is issued anew.
func (i *Issuer) publishedBefore(tx store.Tx, code string) (b badgeRecord, err error) {
	if b, _, err = store.GetJSON[badgeRecord](tx, badgeKey(code)); err != nil {
		return b, err
	}
	forged, err := i.isForged(code, b.Issued, i.tokenOf(b.Issued))
	if err != nil || !forged {
		return b, err
	}
	return b, i.stop(tx, code, &b)
}

// WithdrawBadge withdraws the member's badge: what was issued is revoked, and its page says so. Without
// a badge there is nothing to do.
func (i *Issuer) WithdrawBadge(ctx context.Context, mechanism, member string) error {
	if _, err := i.Mechanism(mechanism); err != nil {
		return err
	}
	err := i.Store.Update(ctx, func(tx store.Tx) error { return i.withdrawBadge(tx, mechanism, member) })
	if err == nil {
		i.removed(ctx)
	}
	return err
}

func (i *Issuer) withdrawBadge(tx store.Tx, mechanism, member string) error {
	code, err := badgeOf(tx, mechanism, member)
	if err != nil || code == "" {
		return err
	}
	b, _, err := store.GetJSON[badgeRecord](tx, badgeKey(code))
	if err != nil || b.Withdrawn {
		return err
	}
	if i.Withdrawing != nil {
		if err := i.Withdrawing(tx, mechanism, member); err != nil {
			return err
		}
	}
	b.Withdrawn, b.Public, b.Page = true, false, nil
	b.note(bonafide.Status{State: bonafide.Withdrawn}, i.now())
	return i.stop(tx, code, &b)
}

// stop revokes what was issued of a badge and cancels what is ordered.
func (i *Issuer) stop(tx store.Tx, code string, b *badgeRecord) error {
	if b.Issued != nil && !b.Issued.Revoked {
		if err := i.revoke(tx, b.Issued.Entry); err != nil {
			return err
		}
		b.Issued.Revoked = true
	}
	b.Changed = later(i.now(), b.Changed)
	if err := tx.Delete(orderKey(code)); err != nil {
		return err
	}
	return store.PutJSON(tx, badgeKey(code), b)
}

// restate lets follow what follows from the member's status as it stands in the transaction: consented
// statuses and the badge's last issue are revoked where they say more than holds now, and a badge that
// says something else, or is old, is ordered anew. It returns the code of a badge to issue.
func (i *Issuer) restate(tx store.Tx, m *bonafide.Mechanism, member string) ([]string, error) {
	now, err := i.statusIn(tx, m, member)
	if err != nil {
		return nil, err
	}
	return i.restateAs(tx, m, member, now)
}

// restateAs does so for a status known to be that of now.
func (i *Issuer) restateAs(tx store.Tx, m *bonafide.Mechanism, member string, now bonafide.Status) ([]string, error) {
	if err := i.statusChanged(tx, m, member, now); err != nil {
		return nil, err
	}
	code, err := badgeOf(tx, m.Slug(), member)
	if err != nil || code == "" {
		return nil, err
	}
	b, _, err := store.GetJSON[badgeRecord](tx, badgeKey(code))
	if err != nil || b.Withdrawn {
		return nil, err
	}
	if now.Kind == bonafide.Converted || now.Kind == bonafide.Vouched && i.Referred != nil {
		midnight := i.now().Truncate(oneDay).Add(oneDay)
		if err := schedule(tx, midnight, m.Slug(), member); err != nil {
			return nil, err
		}
	}
	if now.State != bonafide.Current {
		b.note(now, i.now())
		return nil, i.stop(tx, code, &b)
	}
	if last := b.Issued; last != nil && !last.Revoked && lower(now, last.Status, m) {
		if err := i.stop(tx, code, &b); err != nil {
			return nil, err
		}
	}
	return i.order(tx, code, &b, now)
}

// shown is a badge as it looks to visitors.
type shown struct {
	badgeRecord
	code   string
	status bonafide.Status // the newest, even before it is signed; its zero value if the member was erased
	waits  bool            // for an order to be carried out, or for one since its key is compromised
	token  ready           // the signed form, once it is shown
	forged bool            // what is kept as its token isn't what the site signed; only show looks
}

// shownIn returns the badge with that code, false if there is none.
func (i *Issuer) shownIn(r store.Reader, code string) (s shown, found bool, err error) {
	s.code = code
	if s.badgeRecord, found, err = store.GetJSON[badgeRecord](r, badgeKey(code)); err != nil || !found {
		return s, false, err
	}
	order, waits, err := store.GetJSON[issue](r, orderKey(code))
	if err != nil {
		return s, false, err
	}
	known, _, err := store.GetJSON[member](r, memberKey(s.Member))
	s.waits = waits || s.Issued != nil && i.isVoid(s.Issued)
	switch {
	case waits:
		s.status = order.Status
	case s.Issued != nil:
		s.status = s.Issued.Status
	}
	switch {
	case s.Withdrawn:
		s.status.State = bonafide.Withdrawn
	case known.Suspended:
		s.status.State = bonafide.Suspended
	}
	return s, true, err
}
