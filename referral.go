package bonafide

import "time"

// Referral is the payload of a bonafide-referral+jwt: a member of one site stands behind somebody, not
// named, at another. It goes to that person as a link, who redeems it at the other site, once.
type Referral struct {
	Issuer           Origin      `json:"iss"` // the voucher's site
	Audience         Origin      `json:"aud"` // the site where it may be redeemed
	Subject          string      `json:"sub"` // the voucher's pseudonym for that site alone, the same as in consented statuses
	ID               string      `json:"jti"`
	IssuedAt         Seconds     `json:"iat"`
	Expires          Seconds     `json:"exp"`    // until when it may be redeemed: at most [MaxRedemption] after iat
	Stake            int64       `json:"stake"`  // what the voucher locks, in the issuer's points
	Status           Status      `json:"status"` // the voucher's: the earned level alone, without measures
	CredentialStatus StatusEntry `json:"credentialStatus"`
}

const (
	// MaxRedemption is how long a referral may wait to be redeemed.
	MaxRedemption = 30 * 24 * time.Hour
	// Liability is how long a voucher answers for whom they referred, from the confirmation on.
	Liability = 365 * 24 * time.Hour
)

// Check tells whether the referral is for the audience, whole and in time to be redeemed. Its signature
// and status list are checked elsewhere.
func (r *Referral) Check(audience Origin, now time.Time) error {
	const what = "referral"
	if err := checkParties(what, r.Issuer, r.Audience, audience); err != nil {
		return err
	}
	switch {
	case r.Issuer == audience:
		return Errorf(BadValue, what+".aud", "is its issuer")
	case r.Status.Origin() != r.Issuer:
		return Errorf(WrongIssuer, what, "speaks of %q, which isn't on %q", r.Status.Mechanism, string(r.Issuer))
	case r.Stake < 1 || r.Stake > MaxPoints:
		return Errorf(BadValue, what+".stake", "%d is not within 1 and %d", r.Stake, MaxPoints)
	case r.Expires.Time().Sub(r.IssuedAt.Time()) > MaxRedemption:
		return Errorf(BadValue, what+".exp", "is more than 30 days after iat")
	case r.Status.EarnedLevel == "" || r.Status.Level != r.Status.EarnedLevel || r.Status.Kind != Earned || len(r.Status.Measures) > 0:
		return Errorf(BadValue, what+".status", "must state the earned level and no more")
	}
	if err := checkTokenID(what+".sub", r.Subject); err != nil {
		return err
	}
	if err := checkTokenID(what+".jti", r.ID); err != nil {
		return err
	}
	if err := r.Status.Validate(); err != nil {
		return within(what+".status", err)
	}
	if err := CheckTimes(what, r.IssuedAt, r.Expires, now); err != nil {
		return err
	}
	return within("credentialStatus", r.CredentialStatus.check(r.Issuer))
}

// Outcome is the payload of a bonafide-outcome+jwt: what became of a referral, told to its issuer by the
// site that it was made for. It is sent again until it is answered with a [ReferralAnswer].
type Outcome struct {
	Issuer   Origin       `json:"iss"` // the referral's audience
	Audience Origin       `json:"aud"` // the referral's issuer
	ID       string       `json:"jti"`
	IssuedAt Seconds      `json:"iat"`
	Expires  Seconds      `json:"exp"`      // [MinDelivery] to [MaxDelivery] after iat
	Referral string       `json:"referral"` // the referral's jti
	Event    OutcomeEvent `json:"event"`

	Name     string  `json:"name,omitzero"`     // redeemed: what the person who redeemed it wants to be called by the voucher
	Fault    string  `json:"fault,omitzero"`    // fault, reversed: the site's own id of the fault
	Class    string  `json:"class,omitzero"`    // fault: its class, one of the referral's mechanism
	Occurred Seconds `json:"occurred,omitzero"` // fault: when it was committed
	Reported Seconds `json:"reported,omitzero"` // fault: when it was reported to the site
}

// OutcomeEvent says what an outcome tells.
type OutcomeEvent string

const (
	Redeemed      OutcomeEvent = "redeemed" // somebody redeemed the referral; sent again, it asks whether the voucher has confirmed
	OutcomeFault  OutcomeEvent = "fault"    // that person was found at fault, finally
	FaultReversed OutcomeEvent = "reversed" // that fault was reversed
	Ended         OutcomeEvent = "ended"    // the referral counts no more there
)

// MinDelivery is how long an outcome must at least be deliverable.
const MinDelivery = 30 * 24 * time.Hour

// Check tells whether the outcome is for the audience, whole and in time.
func (o *Outcome) Check(audience Origin, now time.Time) error {
	const what = "outcome"
	if err := checkParties(what, o.Issuer, o.Audience, audience); err != nil {
		return err
	}
	if err := checkDelivery(what, o.ID, o.IssuedAt, o.Expires, now); err != nil {
		return err
	}
	if o.Expires.Time().Sub(o.IssuedAt.Time()) < MinDelivery {
		return Errorf(BadValue, what+".exp", "is less than 30 days after iat")
	}
	if err := checkTokenID(what+".referral", o.Referral); err != nil {
		return err
	}
	return o.checkEvent(what)
}

// checkEvent tells whether the outcome has the fields of its event and no others.
func (o *Outcome) checkEvent(what string) error {
	own := Outcome{
		Issuer: o.Issuer, Audience: o.Audience, ID: o.ID, IssuedAt: o.IssuedAt, Expires: o.Expires, Referral: o.Referral, Event: o.Event,
	}
	var err error
	switch o.Event {
	case Redeemed:
		own.Name = o.Name
		err = CheckName(what+".name", o.Name)
	case OutcomeFault:
		own.Fault, own.Class, own.Occurred, own.Reported = o.Fault, o.Class, o.Occurred, o.Reported
		switch {
		case !validName(o.Class):
			err = Errorf(BadValue, what+".class", "%q is not a class of fault", o.Class)
		case o.Occurred < 1 || o.Reported < o.Occurred || o.Reported > o.IssuedAt:
			err = Errorf(FaultDisordered, what, "it occurred, was reported and told at %d, %d and %d, which is not in this order", o.Occurred, o.Reported, o.IssuedAt)
		default:
			err = checkTokenID(what+".fault", o.Fault)
		}
	case FaultReversed:
		own.Fault = o.Fault
		err = checkTokenID(what+".fault", o.Fault)
	case Ended:
	default:
		err = Errorf(BadValue, what+".event", "%q is not redeemed, fault, reversed or ended", string(o.Event))
	}
	if err == nil && own != *o {
		err = Errorf(BadValue, what, "has fields that %q doesn't have", string(o.Event))
	}
	return err
}

// ReferralAnswer answers an [Outcome]: how the referral stands with its issuer.
type ReferralAnswer struct {
	State ReferralState `json:"state"`
	Until Seconds       `json:"until,omitzero"` // confirmed: when the voucher's liability ends, unless it is withdrawn before
}

// ReferralState is how a referral stands.
type ReferralState string

const (
	ReferralPending   ReferralState = "pending"   // redeemed; the voucher hasn't said yet whether that is whom they meant
	ReferralConfirmed ReferralState = "confirmed" // it counts
	ReferralDeclined  ReferralState = "declined"  // the voucher meant somebody else
	ReferralEnded     ReferralState = "ended"     // withdrawn, run out or ended by the other site
)
