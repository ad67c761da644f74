package desk

import (
	"bonafide.example"
	"bonafide.example/vouching"
)

// Referral is what a member put up behind somebody at another site. Who that is the ledger doesn't know.
type Referral struct {
	ID        string           `json:"id"`
	Site      bonafide.Origin  `json:"site"`
	Stake     int64            `json:"stake"`
	Burned    int64            `json:"burned"`
	Remaining int64            `json:"remaining"` // the most that it can cost still
	Since     bonafide.Seconds `json:"since"`
	Ends      bonafide.Seconds `json:"ends"`
	Withdrawn bonafide.Seconds `json:"withdrawn,omitzero"`
	State     State            `json:"state"`
	Charges   []Charge         `json:"charges"`
}

// addReferral adds a referral that is live, or as long on record as a vouch would be.
func (s *Standing) addReferral(v vouching.Vouch, now bonafide.Seconds) {
	if v.Live {
		s.Elsewhere += v.Stake
	} else if now >= keptUntil(v) {
		return
	}
	s.Referrals = append(s.Referrals, Referral{
		ID: v.ID, Site: v.Site, Stake: v.Stake, Burned: v.Burned, Remaining: v.Remaining,
		Since: v.Accepted, Ends: v.Ends, Withdrawn: v.Withdrawn, State: stateOf(v), Charges: charges(v),
	})
}
