package vouching

import "bonafide.example"

// bySite is the share of what a member earned that the outcomes of one site may cost within [Life]: a tenth.
const bySite = 10

// chargeReferral returns the charge of an outcome: the points that it tells, on the referral that it is of, if
// that is among those that answer for it. Nobody further back is charged.
func (f *fault) chargeReferral(answering []*vouch) (charges []charge) {
	for _, v := range answering {
		if amount := min(v.stake, f.points); amount > 0 {
			charges = append(charges, charge{f, v, 1, amount})
		}
	}
	return charges
}

// OutcomePoints returns what an outcome of that class would cost the voucher of a referral if it became final
// now: what a direct voucher loses, but no more than is left of the stake, nor than a tenth of what the voucher
// earned, less what outcomes of the same site that became final in the last 365 days cost. Whoever enters an outcome
// writes it down as the event's points; so no later event changes it. It refuses with unknown-referral and
// unknown-class.
func (s *State) OutcomePoints(referral, class string) (int64, error) {
	v, err := s.referral(referral, referral)
	if err != nil {
		return 0, err
	}
	c, err := s.parameters.class(referral, class)
	if err != nil {
		return 0, err
	}
	return min(severe(v.stake, c.Severity.Rat()), v.stake-v.burned(), s.leftToSite(v.voucher, v.site)), nil
}

// referral returns a referral; unknown-referral, about the subject, if there is none of that id.
func (s *State) referral(subject, id string) (*vouch, error) {
	v := s.vouches[id]
	if v == nil || v.site == "" {
		return nil, bonafide.Errorf(bonafide.UnknownReferral, subject, "there is no referral %q", id)
	}
	return v, nil
}

// leftToSite returns how much the outcomes of a site may still cost a voucher now.
func (s *State) leftToSite(voucher *person, site bonafide.Origin) int64 {
	left := voucher.earned / bySite
	for _, v := range voucher.given {
		for _, c := range v.charges {
			if v.site == site && c.fault.final > s.at-Life {
				left -= c.amount
			}
		}
	}
	return max(0, left)
}

func (s *State) refuseOutcome(e Event) error {
	v, err := s.referral(e.ID, e.Referral)
	if err != nil {
		return err
	}
	if err := sameFault(e, v.vouchee); err != nil {
		return err
	}
	most, err := s.OutcomePoints(e.Referral, e.Class)
	if err != nil {
		return err
	}
	if e.Points > most {
		return e.bad("points", "%d is above %d, the most that this outcome may cost now", e.Points, most)
	}
	return nil
}
