package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/google/uuid"
)

// offerLife is how long a link can be accepted.
const offerLife = 14 * vouching.Day

// Link is a one-time link that offers a vouch. It is told once: only its hash is kept.
type Link struct {
	Link    string           `json:"link"`
	Expires bonafide.Seconds `json:"expires"`
}

// Offer makes a one-time link by which whoever opens it within 14 days can accept a vouch of that level
// and stake. It is refused where such a vouch would be refused now, and with rate-limited if 64 are open.
func (d *Desk) Offer(ctx context.Context, voucher bonafide.Account, mechanism string, level int, stake int64) (Link, error) {
	code := rand.Text()
	o := offer{
		ID: hashed(code), Vouch: uuid.NewString(), Mechanism: mechanism, Voucher: partyOf(voucher), Level: level, Stake: stake,
	}
	err := d.Store.Update(ctx, func(tx store.Tx) error {
		if err := d.allowed(tx, o); err != nil {
			return err
		}
		open, err := d.openOffers(tx, voucher.ID)
		if err != nil {
			return err
		}
		if len(open) >= maxOpen {
			return bonafide.Errorf(bonafide.RateLimited, "offers", "%d are open", len(open))
		}
		o.At = d.now()
		o.Expires = o.At + offerLife
		return keep(tx, offers, o.ID, o, o.Expires, voucher.ID)
	})
	return Link{d.link(code), o.Expires}, err
}

// allowed tells what the ledger would refuse the vouch for if somebody new accepted it now.
func (d *Desk) allowed(r store.Reader, o offer) error {
	_, l, err := d.terms(o.Mechanism)
	if err != nil {
		return err
	}
	now, err := l.Now(r, d.now())
	if err != nil {
		return err
	}
	return nameless(l.Refuse(r, now, o.toSomebody(now)))
}

// toSomebody returns the vouch if somebody new accepted it.
func (o offer) toSomebody(at bonafide.Seconds) vouching.Event {
	somebody := uuid.NewString()
	v := vouch{ID: somebody, Voucher: o.Voucher, Vouchee: party{Member: somebody}}
	return v.event(at, o.Level, o.Stake, somebody)
}

// openOffers returns the member's offers that can be accepted.
func (d *Desk) openOffers(r store.Reader, member string) (open []offer, err error) {
	all, err := of[offer](r, member, offers)
	for _, o := range all {
		if o.Expires > d.now() && !o.Restored {
			open = append(open, o)
		}
	}
	return open, err
}

func (d *Desk) link(code string) string { return string(d.Origin) + offersPath + "/" + code }

// hashed is what is kept of a code: who reads the store can't accept an offer.
func hashed(code string) string {
	sum := sha256.Sum256([]byte(code))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// offerBy returns the offer with that id; offer-over if it was accepted, taken back or has expired.
func (d *Desk) offerBy(r store.Reader, id string) (offer, error) {
	o, found, err := find[offer](r, offers, id)
	switch {
	case err != nil:
	case !found || o.Expires <= d.now():
		err = bonafide.Errorf(bonafide.OfferOver, "the link", "can't be accepted any more")
	case o.Restored:
		err = bonafide.Errorf(bonafide.OfferOver, "the link", "ended when the site's records were restored from a backup: it may have been accepted since")
	}
	return o, err
}

// offerTo returns the offer of a link to a member, who mustn't be the one who made it (self-vouch).
func (d *Desk) offerTo(r store.Reader, member, code string) (offer, error) {
	o, err := d.offerBy(r, hashed(code))
	if err == nil && o.Voucher.Member == member {
		err = bonafide.Errorf(bonafide.SelfVouch, "the link", "is your own: send it to the person whom you know")
	}
	return o, err
}

// Accept accepts the vouch that a link offers, for what the ledger lets pass now, and makes who accepted it
// known as a member. Who has accepted it already changes nothing; to anybody else it is offer-over then, as it is while
// the voucher can't give it. What lies with who accepts has the codes self-vouch, vouch-twice and vouchee-full.
func (d *Desk) Accept(ctx context.Context, vouchee bonafide.Account, code string) error {
	return d.change(ctx, func(tx store.Tx) error {
		if done, err := accepted(tx, vouchee.ID, hashed(code)); done || err != nil {
			return err
		}
		o, err := d.offerTo(tx, vouchee.ID, code)
		if err != nil {
			return err
		}
		if err := d.Issuer.Know(tx, vouchee); err != nil {
			return err
		}
		v := vouch{ID: o.Vouch, Mechanism: o.Mechanism, Voucher: o.Voucher, Vouchee: partyOf(vouchee), Offer: o.ID}
		if err := d.give(tx, v, o.Level, o.Stake, vouchee.ID); err != nil {
			return private(err)
		}
		return drop(tx, offers, o.ID, o.Voucher.Member)
	})
}

// accepted tells whether the member has a vouch from that offer.
func accepted(r store.Reader, member, offer string) (bool, error) {
	all, err := of[vouch](r, member, vouches)
	for _, v := range all {
		if v.Offer == offer && v.Vouchee.Member == member {
			return true, err
		}
	}
	return false, err
}

// TakeBack ends an offer of the member's; offer-over if it is none that is open.
func (d *Desk) TakeBack(ctx context.Context, member, id string) error {
	return d.Store.Update(ctx, func(tx store.Tx) error {
		o, err := d.offerBy(tx, id)
		if err == nil && o.Voucher.Member != member {
			err = bonafide.Errorf(bonafide.OfferOver, "the offer", "is none of yours that is open")
		}
		if err != nil {
			return err
		}
		return drop(tx, offers, o.ID, member)
	})
}
