package desk

import (
	"context"
	"strings"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/google/uuid"
)

const (
	askLife = 30 * vouching.Day // how long an ask is open
	maxOpen = 64                // asks, or offers, of one member that are open at once
)

// Ask has a member ask whoever holds the badge at an address of this site to vouch for them under a
// mechanism, with words of their own, for 30 days. Asking the same person again puts the new words in
// place of the old. Whoever asks accepts the answer in advance. Its codes: no-vouching, not-found, bad-value,
// self-vouch, and rate-limited if they are asking 64 already.
func (d *Desk) Ask(ctx context.Context, asker bonafide.Account, mechanism, badge, words string) error {
	if _, _, err := d.terms(mechanism); err != nil {
		return err
	}
	if err := bonafide.CheckWords("words", words); err != nil {
		return err
	}
	return d.Store.Update(ctx, func(tx store.Tx) error {
		asked, err := d.Issuer.BadgeHolder(tx, strings.TrimSpace(badge))
		if bonafide.CodeOf(err) == bonafide.NotFound {
			err = bonafide.Errorf(bonafide.NotFound, "badge", "%q is the address of none here", badge)
		}
		if err != nil {
			return err
		}
		if asked.Member == asker.ID {
			return bonafide.Errorf(bonafide.SelfVouch, "badge", "is your own")
		}
		if err := d.Issuer.Know(tx, asker); err != nil {
			return err
		}
		a, err := d.asking(tx, asker.ID, asked.Member, mechanism)
		if err != nil {
			return err
		}
		now := d.now()
		a.Asker, a.Asked = partyOf(asker), party{asked.Member, asked.Name}
		a.Words, a.At, a.Expires = words, now, now+askLife
		return keep(tx, asks, a.ID, a, a.Expires, asker.ID, asked.Member)
	})
}

// asking returns the open ask of one member to another, or a new one.
func (d *Desk) asking(r store.Reader, asker, asked, mechanism string) (ask, error) {
	all, err := of[ask](r, asker, asks)
	if err != nil {
		return ask{}, err
	}
	open := 0
	for _, a := range all {
		if a.Asker.Member != asker || a.Expires <= d.now() {
			continue
		}
		if a.Asked.Member == asked && a.Mechanism == mechanism {
			return a, nil
		}
		open++
	}
	if open >= maxOpen {
		return ask{}, bonafide.Errorf(bonafide.RateLimited, "asks", "%d are open", open)
	}
	return ask{ID: uuid.NewString(), Mechanism: mechanism}, nil
}

// askTo returns the ask with that id if it is open and the member is the one asked; otherwise not-found.
func (d *Desk) askTo(r store.Reader, member, id string) (ask, error) {
	a, found, err := find[ask](r, asks, id)
	if err == nil && (!found || a.Asked.Member != member || a.Expires <= d.now()) {
		err = bonafide.Errorf(bonafide.NotFound, "ask", "is none to you that is open")
	}
	return a, err
}

// Answer vouches for whoever asked, for what the ledger lets pass: the vouch is live at once. Answering
// again what one has answered changes nothing.
func (d *Desk) Answer(ctx context.Context, voucher bonafide.Account, id string, level int, stake int64) error {
	return d.change(ctx, func(tx store.Tx) error {
		if given, found, err := find[vouch](tx, vouches, id); err != nil || found && given.Voucher.Member == voucher.ID {
			return err
		}
		a, err := d.askTo(tx, voucher.ID, id)
		if err != nil {
			return err
		}
		v := vouch{ID: a.ID, Mechanism: a.Mechanism, Voucher: partyOf(voucher), Vouchee: a.Asker}
		if err := d.give(tx, v, level, stake, a.Asker.Member); err != nil {
			return nameless(err)
		}
		return drop(tx, asks, a.ID, a.Asker.Member, a.Asked.Member)
	})
}

// Decline declines an ask. Whoever asked isn't told, and asking again doesn't undo it; whoever declined may
// still answer until the ask expires.
func (d *Desk) Decline(ctx context.Context, member, id string) error {
	return d.Store.Update(ctx, func(tx store.Tx) error {
		a, err := d.askTo(tx, member, id)
		if err != nil {
			return err
		}
		a.Declined = true
		return store.PutJSON(tx, recordKey(asks, id), a)
	})
}
