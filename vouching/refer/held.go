package refer

import (
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

// Erase forgets a member, who is called pseudonym from now on where something runs on: what isn't confirmed
// vanishes; what is goes on without names, until nobody answers for it any more.
func (d *Desk) Erase(tx store.Tx, member, pseudonym string) error {
	all, err := madeBy(tx, member)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Confirmed == 0 {
			if err := d.Issuer.Unwatch(tx, r.Entry); err != nil {
				return err
			}
			if err := forget(tx, &r); err != nil {
				return err
			}
			continue
		}
		if err := tx.Delete(ofKey(member, r.ID)); err != nil {
			return err
		}
		r.Voucher, r.Name = pseudonym, ""
		if err := d.put(tx, &r); err != nil {
			return err
		}
	}
	return nil
}

// Held is what is held on a member about one referral, for their export.
type Held struct {
	ID        string                 `json:"id"`
	Mechanism string                 `json:"mechanism"`
	Site      bonafide.Origin        `json:"site"`
	Level     string                 `json:"level"` // the earned level that was stated
	Stake     int64                  `json:"stake"`
	Link      string                 `json:"link,omitzero"`
	State     bonafide.ReferralState `json:"state"`
	Why       string                 `json:"why,omitzero"` // it has ended
	Name      string                 `json:"name,omitzero"`
	Made      time.Time              `json:"made"`
	Expires   time.Time              `json:"expires"`
	Redeemed  time.Time              `json:"redeemed,omitzero"`
	Confirmed time.Time              `json:"confirmed,omitzero"`
	Until     time.Time              `json:"until,omitzero"`
	Over      time.Time              `json:"over,omitzero"`
}

// Export returns what is held on a member: their referrals, as a []Held.
func (d *Desk) Export(r store.Reader, member string) (any, error) {
	all, err := madeBy(r, member)
	if err != nil {
		return nil, err
	}
	held := []Held{}
	for _, one := range all {
		held = append(held, Held{
			ID: one.ID, Mechanism: one.Mechanism, Site: one.Site, Level: one.Level, Stake: one.Stake, Link: one.Link,
			State: one.State, Why: string(one.Why), Name: one.Name, Made: one.Made.Time(), Expires: one.Expires.Time(),
			Redeemed: timeOf(one.Redeemed), Confirmed: timeOf(one.Confirmed), Until: timeOf(one.Until), Over: timeOf(one.Over),
		})
	}
	return held, nil
}

// timeOf returns the instant, the zero time for 0.
func timeOf(s bonafide.Seconds) (t time.Time) {
	if s != 0 {
		t = s.Time()
	}
	return t
}
