package ledger

import (
	"slices"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

// Add keeps an event that takes place now, unless [vouching.State.Refuse] refuses it, and returns the ids, in
// order, of those whose own account it touched; the vouched levels of those whom they stand behind may follow.
// Adding an event again changes nothing. Beside the codes of Refuse there are unknown-kind for what isn't the ledger's
// to keep (what members earn and their suspensions: see [Facts]), and future-event for a fault that occurred in this
// very second: a second later it can be added.
func (l *Ledger) Add(tx store.Tx, now bonafide.Seconds, e vouching.Event) (touched []string, err error) {
	p, err := l.read(tx, now)
	if err != nil {
		return nil, err
	}
	if err := p.refuse(e); err != nil || p.records[e.ID] != nil {
		return nil, err
	}
	switch e.Kind {
	case vouching.KindVouch, vouching.KindRefer:
		touched, err = p.addVouch(tx, e)
	case vouching.KindWithdraw:
		touched, err = p.addWithdrawal(tx, e)
	case vouching.KindFault, vouching.KindOutcome:
		touched, err = p.addFault(tx, e)
	case vouching.KindReverse:
		touched, err = p.addReversal(tx, e)
	}
	if err == nil && p.at > p.last {
		err = store.PutJSON(tx, l.nowKey(), p.at)
	}
	slices.Sort(touched)
	return slices.Compact(touched), err
}

// Reserve keeps an id for a fault or an outcome that may come: nothing else is added under it. Faults take long to become
// final, and must find their id free then.
func (l *Ledger) Reserve(tx store.Tx, id string) error { return tx.Put(l.reservedKey(id), nil) }

// reserved refuses, as event-conflict, an event under an id that is kept for another.
func (p *part) reserved(e vouching.Event) error {
	if e.Kind == vouching.KindFault || e.Kind == vouching.KindOutcome || p.records[e.ID] != nil {
		return nil
	}
	found, err := p.r.Get(p.reservedKey(e.ID))
	if err == nil && found[0] != nil {
		err = bonafide.Errorf(bonafide.EventConflict, e.ID, "a fault has this id")
	}
	return err
}

// refuse tells what a new event must be refused for.
func (p *part) refuse(e vouching.Event) error {
	if err := p.parameters.Check(e); err != nil {
		return err
	}
	if err := p.concerned(e); err != nil {
		return err
	}
	if err := p.reserved(e); err != nil {
		return err
	}
	s, err := p.state()
	if err != nil {
		return err
	}
	if err := s.Refuse(e); err != nil || p.records[e.ID] != nil {
		return err
	}
	switch {
	case e.Kind == vouching.KindEarn || e.Kind == vouching.KindSuspend || e.Kind == vouching.KindRestore:
		return bonafide.Errorf(bonafide.UnknownKind, e.ID, "%q isn't kept in a ledger", string(e.Kind))
	case e.Kind == vouching.KindFault && e.Occurred == p.at:
		return bonafide.Errorf(bonafide.FutureEvent, e.ID, "the second in which it occurred, %d, isn't over", p.at)
	}
	return nil
}

// concerned reads what it takes to refuse an event.
func (p *part) concerned(e vouching.Event) error {
	if _, err := p.fetch(e.ID); err != nil {
		return err
	}
	switch e.Kind {
	case vouching.KindVouch:
		if _, err := p.received(e.Vouchee); err != nil {
			return err
		}
		return p.record(e.Voucher)
	case vouching.KindRefer:
		return p.record(e.Voucher)
	case vouching.KindWithdraw:
		_, err := p.fetch(e.Vouch)
		return err
	case vouching.KindFault:
		lists, err := p.list(e.Member)
		if err != nil {
			return err
		}
		_, err = p.fetch(lists[faults]...)
		return err
	case vouching.KindOutcome:
		return p.concernedByOutcome(e)
	case vouching.KindReverse:
		_, err := p.fetch(e.Fault)
		return err
	}
	return nil
}

func (p *part) concernedByOutcome(e vouching.Event) error {
	referrals, err := p.fetch(e.Referral)
	if err != nil {
		return err
	}
	for _, r := range referrals {
		if _, err := p.account(r.Event.Voucher); err != nil {
			return err
		}
	}
	var outcomes []string
	prefix := p.key("outcome", e.Referral)
	err = p.r.Scan(store.Prefix(prefix), func(key, _ []byte) (bool, error) {
		outcomes = append(outcomes, store.Parts(key[len(prefix):])...)
		return true, nil
	})
	if err != nil {
		return err
	}
	_, err = p.fetch(outcomes...)
	return err
}

func (p *part) addVouch(tx store.Tx, e vouching.Event) (touched []string, err error) {
	if err := tx.Put(p.listKey(e.Voucher, given, e.ID), nil); err != nil {
		return nil, err
	}
	touched = []string{e.Voucher}
	if e.Kind == vouching.KindVouch {
		if err := tx.Put(p.listKey(e.Vouchee, received, e.ID), nil); err != nil {
			return nil, err
		}
		touched = append(touched, e.Vouchee)
	}
	return touched, p.put(tx, &vouching.Record{Event: e})
}

func (p *part) addWithdrawal(tx store.Tx, e vouching.Event) (touched []string, err error) {
	v := p.records[e.Vouch]
	v.Withdrawn = e.At
	if err := p.put(tx, v); err != nil {
		return nil, err
	}
	touched = []string{v.Event.Voucher}
	if v.Event.Kind == vouching.KindVouch {
		touched = append(touched, v.Event.Vouchee)
	}
	return touched, p.put(tx, &vouching.Record{Event: e})
}

// addFault keeps a fault or an outcome with all that it costs others.
func (p *part) addFault(tx store.Tx, e vouching.Event) (touched []string, err error) {
	list := p.outcomeKey(e.Referral, e.ID)
	if e.Kind == vouching.KindFault {
		list = p.listKey(e.Member, faults, e.ID)
		touched = []string{e.Member}
	}
	if err := tx.Put(list, nil); err != nil {
		return nil, err
	}
	charges, err := p.charges(e)
	if err != nil {
		return nil, err
	}
	fault := vouching.Record{Event: e}
	for _, c := range charges {
		v := p.records[c.Vouch]
		v.Burns = append(v.Burns, vouching.Burn{Fault: e.ID, Final: e.At, Hop: c.Hop, Amount: c.Amount})
		if err := p.put(tx, v); err != nil {
			return nil, err
		}
		fault.Charged = append(fault.Charged, c.Vouch)
		touched = append(touched, c.Member)
	}
	return touched, p.put(tx, &fault)
}

// charges works out what a new fault or outcome costs whom, by reading at most 32 + 32² live vouches and
// those that were.
func (p *part) charges(e vouching.Event) ([]vouching.Charge, error) {
	if e.Kind == vouching.KindFault {
		direct, err := p.received(e.Member)
		if err != nil {
			return nil, err
		}
		for _, v := range direct {
			if !v.LiveAt(e.Occurred) {
				continue
			}
			if _, err := p.received(v.Event.Voucher); err != nil {
				return nil, err
			}
		}
	}
	s, err := p.state()
	if err != nil {
		return nil, err
	}
	return s.Charges(e), nil
}

// addReversal takes off again all that a fault or an outcome cost others.
func (p *part) addReversal(tx store.Tx, e vouching.Event) (touched []string, err error) {
	fault := p.records[e.Fault]
	if fault.Event.Kind == vouching.KindFault {
		touched = []string{fault.Event.Member}
	}
	charged, err := p.fetch(fault.Charged...)
	if err != nil {
		return nil, err
	}
	for _, v := range charged {
		v.Burns = slices.DeleteFunc(v.Burns, func(b vouching.Burn) bool { return b.Fault == e.Fault })
		if err := p.put(tx, v); err != nil {
			return nil, err
		}
		touched = append(touched, v.Event.Voucher)
	}
	fault.Charged, fault.Reversed = nil, true
	if err := p.put(tx, fault); err != nil {
		return nil, err
	}
	return touched, p.put(tx, &vouching.Record{Event: e})
}
