package vouching

import "bonafide.example"

// Kind says what an event tells.
type Kind string

const (
	KindEarn     Kind = "earn"     // a member earned points
	KindVouch    Kind = "vouch"    // a voucher put a stake behind a vouchee, who accepted it
	KindWithdraw Kind = "withdraw" // the voucher gave notice of a vouch
	KindFault    Kind = "fault"    // a member's fault became final
	KindReverse  Kind = "reverse"  // a fault was reversed
	KindSuspend  Kind = "suspend"  // a member was suspended
	KindRestore  Kind = "restore"  // a suspended member was restored
	KindRefer    Kind = "refer"    // a voucher put a stake behind somebody at another site, whom they confirmed
	KindOutcome  Kind = "outcome"  // that somebody's fault at the other site became final here, for the voucher alone
)

// Event is one thing that happened, a line of an event file. Which fields it has depends on its kind;
// it must lack all others.
type Event struct {
	Kind Kind             `json:"kind"`
	ID   string           `json:"id"` // its own among all events, of whatever kind
	At   bonafide.Seconds `json:"at"` // when it took place: a vouch, when it was accepted; a fault or an outcome, when it became final

	Member string `json:"member,omitzero"` // earn, fault, suspend, restore: whom it is about
	Points int64  `json:"points,omitzero"` // earn: 0 to [bonafide.MaxPoints]; outcome: what it costs the voucher

	Voucher    string `json:"voucher,omitzero"`     // vouch, refer: who stands behind
	Vouchee    string `json:"vouchee,omitzero"`     // vouch: whom
	Level      int    `json:"level,omitzero"`       // vouch: the highest level it may support, from 1
	Stake      int64  `json:"stake,omitzero"`       // vouch, refer: the points put up, up to [bonafide.MaxPoints]
	AcceptedBy string `json:"accepted_by,omitzero"` // vouch: who accepted it, which must be the vouchee

	Vouch string `json:"vouch,omitzero"` // withdraw: the id of the vouch or referral

	Site     bonafide.Origin `json:"site,omitzero"`     // refer: the other site
	Referral string          `json:"referral,omitzero"` // outcome: the id of the referral

	Class    string           `json:"class,omitzero"`    // fault, outcome: its class among the [Parameters]
	Occurred bonafide.Seconds `json:"occurred,omitzero"` // fault, outcome: when it was committed
	Reported bonafide.Seconds `json:"reported,omitzero"` // fault, outcome: when it was reported, and the person at fault told
	Attested bool             `json:"attested,omitzero"` // fault: somebody other than the issuer attests when it occurred

	Fault string `json:"fault,omitzero"` // reverse: the id of the fault or the outcome
}

// maxID bounds ids of events and members, in bytes.
const maxID = 200

// Validate tells whether the event has the fields of its kind and holds together by itself. Its codes:
// bad-value, bad-origin, unknown-kind, self-vouch, not-accepted, stake-too-small, fault-disordered, fault-late.
// What depends on the mechanism is [Parameters.Check]'s business.
func (e *Event) Validate() error {
	if err := e.validateID("id", e.ID); err != nil {
		return err
	}
	if e.At < 1 || e.At > maxInstant {
		return e.bad("at", "%d is not an instant from 1 to %d", e.At, maxInstant)
	}
	own := Event{Kind: e.Kind, ID: e.ID, At: e.At} // what the event may hold
	var err error
	switch e.Kind {
	case KindEarn:
		own.Member, own.Points = e.Member, e.Points
		err = e.validateEarn()
	case KindVouch:
		own.Voucher, own.Vouchee, own.AcceptedBy, own.Level, own.Stake = e.Voucher, e.Vouchee, e.AcceptedBy, e.Level, e.Stake
		err = e.validateVouch()
	case KindRefer:
		own.Voucher, own.Site, own.Stake = e.Voucher, e.Site, e.Stake
		err = e.validateReferral()
	case KindWithdraw:
		own.Vouch = e.Vouch
		err = e.validateID("vouch", e.Vouch)
	case KindFault:
		own.Member, own.Class, own.Attested = e.Member, e.Class, e.Attested
		own.Occurred, own.Reported = e.Occurred, e.Reported
		err = e.validateFault()
	case KindOutcome:
		own.Referral, own.Class, own.Points = e.Referral, e.Class, e.Points
		own.Occurred, own.Reported = e.Occurred, e.Reported
		err = e.validateOutcome()
	case KindReverse:
		own.Fault = e.Fault
		err = e.validateID("fault", e.Fault)
	case KindSuspend, KindRestore:
		own.Member = e.Member
		err = e.validateID("member", e.Member)
	default:
		return bonafide.Errorf(bonafide.UnknownKind, e.ID, "%q is not a kind of event", string(e.Kind))
	}
	if err == nil && own != *e {
		return e.bad("kind", "%q has fields that this kind doesn't have", string(e.Kind))
	}
	return err
}

func (e *Event) bad(field, format string, args ...any) error {
	return bonafide.Errorf(bonafide.BadValue, e.ID+"."+field, format, args...)
}

func (e *Event) validateID(field, id string) error {
	if id == "" || len(id) > maxID {
		return e.bad(field, "must have 1 to %d bytes", maxID)
	}
	return nil
}

func (e *Event) validateEarn() error {
	if err := e.validatePoints(); err != nil {
		return err
	}
	return e.validateID("member", e.Member)
}

func (e *Event) validatePoints() error {
	if e.Points < 0 || e.Points > bonafide.MaxPoints {
		return e.bad("points", "%d is not within 0 and %d", e.Points, bonafide.MaxPoints)
	}
	return nil
}

func (e *Event) validateStake() error {
	switch {
	case e.Stake < 1:
		return bonafide.Errorf(bonafide.StakeTooSmall, e.ID, "%d is no stake", e.Stake)
	case e.Stake > bonafide.MaxPoints:
		return e.bad("stake", "%d is above %d", e.Stake, bonafide.MaxPoints)
	}
	return nil
}

func (e *Event) validateVouch() error {
	if err := e.validateID("voucher", e.Voucher); err != nil {
		return err
	}
	if err := e.validateID("vouchee", e.Vouchee); err != nil {
		return err
	}
	switch {
	case e.Voucher == e.Vouchee:
		return bonafide.Errorf(bonafide.SelfVouch, e.ID, "%q stands on both sides", e.Voucher)
	case e.AcceptedBy != e.Vouchee:
		return bonafide.Errorf(bonafide.NotAccepted, e.ID, "%q didn't accept it", e.Vouchee)
	case e.Level < 1:
		return e.bad("level", "%d is below 1", e.Level)
	}
	return e.validateStake()
}

func (e *Event) validateReferral() error {
	if err := e.validateID("voucher", e.Voucher); err != nil {
		return err
	}
	if _, err := bonafide.ParseOrigin(string(e.Site)); err != nil {
		return err
	}
	return e.validateStake()
}

func (e *Event) validateFault() error {
	if err := e.validateID("member", e.Member); err != nil {
		return err
	}
	return e.validateProcedure(AppealWithin + RuleWithin)
}

func (e *Event) validateOutcome() error {
	if err := e.validateID("referral", e.Referral); err != nil {
		return err
	}
	if err := e.validatePoints(); err != nil {
		return err
	}
	return e.validateProcedure(OutcomeWithin)
}

// validateProcedure checks the class of a fault or an outcome and holds it to its time limits, so that nobody
// can run out the clock. From the report until it is final passes at most the time given.
func (e *Event) validateProcedure(within bonafide.Seconds) error {
	if err := e.validateID("class", e.Class); err != nil {
		return err
	}
	switch {
	case e.Occurred < 1:
		return e.bad("occurred", "%d is not an instant", e.Occurred)
	case e.Reported < e.Occurred || e.At < e.Reported:
		return bonafide.Errorf(bonafide.FaultDisordered, e.ID, "it occurred, was reported and became final at %d, %d and %d, which is not in this order", e.Occurred, e.Reported, e.At)
	case e.Reported-e.Occurred > ReportWithin:
		return bonafide.Errorf(bonafide.FaultLate, e.ID, "it was reported %d seconds after it occurred, more than 180 days", e.Reported-e.Occurred)
	case e.At-e.Reported > within:
		return bonafide.Errorf(bonafide.FaultLate, e.ID, "it became final %d seconds after the report, more than %d days", e.At-e.Reported, within/Day)
	}
	return nil
}
