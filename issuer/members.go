package issuer

import (
	"context"
	"slices"

	"bonafide.example"
	"bonafide.example/store"
)

// Suspend suspends a member everywhere: whatever was issued is revoked, badges are drawn as suspended,
// verifiers are told nothing more, and whom they stand behind is held up by them no longer. Events are
// still counted.
func (i *Issuer) Suspend(ctx context.Context, member string) error {
	return i.setSuspended(ctx, member, true)
}

// Restore ends a suspension: badges are issued anew, and vouches support again.
func (i *Issuer) Restore(ctx context.Context, member string) error {
	return i.setSuspended(ctx, member, false)
}

func (i *Issuer) setSuspended(ctx context.Context, id string, suspended bool) error {
	err := i.change(ctx, func(tx store.Tx) (codes []string, err error) {
		known, found, err := store.GetJSON[member](tx, memberKey(id))
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, noSuchMember(id)
		}
		if known.Suspended == suspended {
			return nil, nil
		}
		known.Suspended = suspended
		if err := store.PutJSON(tx, memberKey(id), known); err != nil {
			return nil, err
		}
		if codes, err = i.restateAll(tx, id); err != nil {
			return nil, err
		}
		for slug := range i.ledgers {
			if err := i.Follow(tx, slug, id); err != nil {
				return nil, err
			}
		}
		return codes, nil
	})
	if err == nil {
		i.WakeUp()
	}
	return err
}

// restateAll lets follow what follows from the member's statuses under all mechanisms, as restate does.
func (i *Issuer) restateAll(tx store.Tx, id string) (codes []string, err error) {
	for _, slug := range i.Slugs() {
		more, err := i.restate(tx, i.mechanisms[slug], id)
		if err != nil && bonafide.CodeOf(err) != bonafide.NoSuchMember { // the host wasn't asked under this one
			return nil, err
		}
		codes = append(codes, more...)
	}
	return codes, nil
}

// Holding is what is held on one member.
type Holding struct {
	Member       string            `json:"member"`
	AccountSince bonafide.Month    `json:"account_since,omitzero"`
	Suspended    bool              `json:"suspended"`
	Statuses     []bonafide.Status `json:"statuses"`
	Badges       []HeldBadge       `json:"badges"`
	CV           string            `json:"cv,omitzero"`       // the address of the member's public CV; in an export also while nothing stands on it
	Events       []Event           `json:"events,omitzero"`   // in an export alone
	Consents     any               `json:"consents,omitzero"` // in an export alone
	Others       any               `json:"others,omitzero"`   // in an export alone: what others hold
}

// HeldBadge is a badge of a member, as it is held.
type HeldBadge struct {
	Mechanism string `json:"mechanism"` // slug
	Address   string `json:"address"`
	Name      string `json:"name"`
	Withdrawn bool   `json:"withdrawn"`
	Public    bool   `json:"public,omitzero"` // it stands on the member's CV
	Page      string `json:"page,omitzero"`   // the member's own page that it states

	LostPage string   `json:"lost_page,omitzero"` // in an export alone: one that no longer links back, and is stated no longer
	History  []Change `json:"history,omitzero"`   // in an export alone
}

// Export returns everything that is held on a member, for the member to take along.
func (i *Issuer) Export(ctx context.Context, member string) (*Holding, error) {
	h := &Holding{}
	err := i.Store.View(ctx, func(r store.Reader) (err error) {
		if *h, err = i.holdingIn(r, member); err != nil {
			return err
		}
		if h.Events, err = eventsOf(r, member); err != nil {
			return err
		}
		for n := range h.Badges {
			b, _, err := i.badgeAt(r, h.Badges[n].Address)
			if err != nil {
				return err
			}
			h.Badges[n].History = b.history()
			if b.Page != nil && b.Page.Lost != "" {
				h.Badges[n].LostPage = b.Page.Address
			}
		}
		code, err := cvOf(r, member)
		if err != nil {
			return err
		}
		if code != "" {
			h.CV = i.cvAddress(code)
		}
		if h.Consents, err = i.exportConsents(r, member); err != nil || i.Exporting == nil {
			return err
		}
		h.Others, err = i.Exporting(r, member)
		return err
	})
	return h, err
}

// Holding returns the member's statuses and badges.
func (i *Issuer) Holding(ctx context.Context, member string) (h Holding, err error) {
	err = i.Store.View(ctx, func(r store.Reader) error {
		h, err = i.holdingIn(r, member)
		return err
	})
	return h, err
}

func (i *Issuer) holdingIn(r store.Reader, id string) (Holding, error) {
	known, found, err := store.GetJSON[member](r, memberKey(id))
	if err != nil {
		return Holding{}, err
	}
	if !found {
		return Holding{}, noSuchMember(id)
	}
	h := Holding{Member: id, AccountSince: known.Since, Suspended: known.Suspended, Statuses: []bonafide.Status{}, Badges: []HeldBadge{}}
	for _, slug := range i.Slugs() {
		status, err := i.statusIn(r, i.mechanisms[slug], id)
		if bonafide.CodeOf(err) == bonafide.NoSuchMember {
			continue // the host wasn't asked under this one
		}
		if err != nil {
			return Holding{}, err
		}
		h.Statuses = append(h.Statuses, status)
		code, err := badgeOf(r, slug, id)
		if err != nil {
			return Holding{}, err
		}
		if code == "" {
			continue
		}
		b, _, err := store.GetJSON[badgeRecord](r, badgeKey(code))
		if err != nil {
			return Holding{}, err
		}
		held := HeldBadge{Mechanism: slug, Address: i.address(code), Name: b.Name, Withdrawn: b.Withdrawn, Public: b.Public}
		if page := b.Page.stated(); page != nil {
			held.Page = page.Address
		}
		h.Badges = append(h.Badges, held)
	}
	if !slices.ContainsFunc(h.Badges, func(b HeldBadge) bool { return b.Public }) {
		return h, nil // its address, if it has one, answers as if there were none
	}
	code, err := cvOf(r, id)
	if code != "" {
		h.CV = i.cvAddress(code)
	}
	return h, err
}
