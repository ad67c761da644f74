package vouching

import "bonafide.example"

// Refuse tells whether a new event must be refused at this instant; nil if it may be added. Repeating an
// event already known is no error. A vouch, a referral and a withdrawal take place now: dated before this
// instant they would change what was given and charged meanwhile, and are refused with bad-value. Beside the
// codes of [Parameters.Check] these are: future-event, event-conflict; for a vouch or a referral member-suspended,
// vouch-twice, vouchee-full, voucher-full, beyond-capacity, vouch-brake; for a withdrawal unknown-vouch, vouch-over;
// for a fault fault-twice; for an outcome unknown-referral, fault-twice, and bad-value for points above
// [State.OutcomePoints]; for a reversal unknown-fault.
func (s *State) Refuse(e Event) error {
	known, err := s.examine(e)
	if known || err != nil {
		return err
	}
	if (e.Kind == KindVouch || e.Kind == KindRefer || e.Kind == KindWithdraw) && e.At < s.at {
		return e.bad("at", "%d is before now, %d", e.At, s.at)
	}
	switch e.Kind {
	case KindVouch, KindRefer:
		return s.refuseVouch(e)
	case KindWithdraw:
		return s.refuseWithdrawal(e)
	case KindFault:
		return sameFault(e, s.look(e.Member))
	case KindOutcome:
		return s.refuseOutcome(e)
	case KindReverse:
		if s.faults[e.Fault] == nil {
			return bonafide.Errorf(bonafide.UnknownFault, e.ID, "there is no fault %q", e.Fault)
		}
	}
	return nil
}

// examine checks an event as far as it can be told without the rest of the history, and tells whether
// it is known already.
func (s *State) examine(e Event) (known bool, err error) {
	if err := s.parameters.Check(e); err != nil {
		return false, err
	}
	if e.At > s.at {
		return false, bonafide.Errorf(bonafide.FutureEvent, e.ID, "%d is after %d", e.At, s.at)
	}
	return s.known(e)
}

func (s *State) refuseVouch(e Event) error {
	v := s.draw(e)
	// All that stand now count, whatever their ids: one of this very second that comes after it in order
	// would be void otherwise, though it was given.
	if code := v.judgeAmong(v.vouchee.received, v.voucher.given); code != "" {
		return bonafide.Errorf(code, e.ID, "%s", whyVoid(code, v))
	}
	a := s.account(v.voucher, s.at)
	brake := s.Brake(e.Voucher)
	switch {
	case a.lent+e.Stake > a.capacity:
		return bonafide.Errorf(bonafide.BeyondCapacity, e.ID, "%d are lent, and %d more would be above the capacity, %d", a.lent, e.Stake, a.capacity)
	case e.Stake > brake.Room:
		return bonafide.Errorf(bonafide.VouchBrake, e.ID, "with %d good and %d bad vouches on record, %d may be put up, not %d", brake.Good, brake.Bad, brake.Room, e.Stake)
	}
	return nil
}

func whyVoid(code bonafide.Code, v *vouch) string {
	switch code {
	case bonafide.MemberSuspended:
		return v.voucher.id + " is suspended"
	case bonafide.VouchTwice:
		return v.voucher.id + " stands behind " + v.vouchee.id + " already"
	case bonafide.VoucheeFull:
		return v.vouchee.id + " has as many live vouches as one can receive"
	default:
		return v.voucher.id + " has given as many live vouches as one can"
	}
}

func (s *State) refuseWithdrawal(e Event) error {
	v := s.vouches[e.Vouch]
	switch {
	case v == nil:
		return bonafide.Errorf(bonafide.UnknownVouch, e.ID, "there is no vouch %q", e.Vouch)
	case v.withdrawn > 0:
		return bonafide.Errorf(bonafide.VouchOver, e.ID, "notice of it was given at %d", v.withdrawn)
	case !v.liveAt(s.at):
		return bonafide.Errorf(bonafide.VouchOver, e.ID, "it isn't live")
	}
	return nil
}

// sameFault refuses, as fault-twice, what the person was found at fault for already.
func sameFault(e Event, p *person) error {
	for _, f := range p.faults {
		if f.class == e.Class && f.occurred == e.Occurred && !f.reversed {
			return bonafide.Errorf(bonafide.FaultTwice, e.ID, "%q is the same fault", f.id)
		}
	}
	return nil
}
