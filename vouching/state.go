package vouching

import (
	"cmp"
	"maps"
	"slices"

	"bonafide.example"
)

// State is what holds of everyone at an instant. Reading doesn't change it.
type State struct {
	*book
	at bonafide.Seconds
}

// Evaluate computes the state at an instant from the set of events: their order and repetition don't
// matter, and what happened later than the instant isn't looked at. It is the full and plain form of the
// model; a [Ledger] always agrees with it. An event that fails [Parameters.Check] is an error, as are two
// events with one id (event-conflict).
func Evaluate(p Parameters, events []Event, at bonafide.Seconds) (*State, error) {
	b, err := newBook(p)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if err := b.parameters.Check(e); err != nil {
			return nil, err
		}
		if e.At > at {
			continue
		}
		known, err := b.known(e)
		if err != nil {
			return nil, err
		}
		if !known {
			b.place(e)
		}
	}
	for _, v := range slices.SortedFunc(maps.Values(b.vouches), (*vouch).compare) {
		v.void = v.judge()
	}
	for _, f := range slices.SortedFunc(maps.Values(b.faults), (*fault).compare) {
		b.charge(f)
	}
	return &State{b, at}, nil
}

// At returns the instant.
func (s *State) At() bonafide.Seconds { return s.at }

// Members returns the ids of all members that any event names, in order. Those at other sites aren't among them.
func (s *State) Members() []string { return slices.Sorted(maps.Keys(s.people)) }

// Faults returns the ids of all faults and outcomes, in order.
func (s *State) Faults() []string { return slices.Sorted(maps.Keys(s.faults)) }

// Member returns what holds of one member; of one that no event names, nothing but the id. referrals are
// the highest levels that supporters from other sites support, one for each such site.
func (s *State) Member(id string, referrals ...int) Member {
	p := s.look(id)
	a := s.account(p, s.at)
	m := Member{
		ID: id, Suspended: a.suspended, Earned: a.earned, Lost: a.lost, Charged: a.charged, Borne: a.borne, Score: a.score,
		OwnLevel: a.ownLevel, Capacity: a.capacity, Lent: a.lent, Next: s.next(p, s.at),
	}
	for _, f := range p.faults {
		if points := s.parameters.Classes[f.class].Points; points > 0 && !f.reversed {
			m.Losses = append(m.Losses, Loss{f.id, points, healed(points, f.final, s.at), healedBy(f.final)})
		}
	}
	for _, v := range p.given {
		m.Given = append(m.Given, s.view(v, &a))
	}
	var supports []int
	for _, v := range p.received {
		if !v.liveAt(s.at) {
			continue
		}
		theirs := s.account(v.voucher, s.at)
		m.Received = append(m.Received, s.view(v, &theirs))
		supports = append(supports, s.supports(v, &theirs, s.at))
		m.Next = sooner(m.Next, sooner(v.ends(), s.next(v.voucher, s.at)))
	}
	if !m.Suspended {
		m.VouchedLevel = s.vouchedLevel(supports, referrals)
	}
	m.Level = max(m.OwnLevel, m.VouchedLevel)
	switch {
	case m.Level == 0:
	case m.Level == m.OwnLevel:
		m.Kind = bonafide.Earned
	default:
		m.Kind = bonafide.Vouched
	}
	return m
}

// Vouch returns a vouch or a referral, false if there is none with that id.
func (s *State) Vouch(id string) (Vouch, bool) {
	v := s.vouches[id]
	if v == nil {
		return Vouch{}, false
	}
	a := s.account(v.voucher, s.at)
	return s.view(v, &a), true
}

// view shows a vouch, whose voucher has the account a.
func (s *State) view(v *vouch, a *account) Vouch {
	live := v.liveAt(s.at)
	view := Vouch{
		ID: v.id, Voucher: v.voucher.id, Vouchee: v.vouchee.id, Site: v.site, Level: v.level,
		Stake: v.stake, Burned: v.burned(), Remaining: v.stake - v.burned(),
		Accepted: v.accepted, Ends: v.ends(), Withdrawn: v.withdrawn,
		Live: live, Covered: live && a.covers(v), Supports: s.supports(v, a, s.at),
		Void: v.void,
	}
	for _, c := range v.charges {
		view.Charges = append(view.Charges, c.view(s.at))
	}
	return view
}

func (c *charge) view(at bonafide.Seconds) Charge {
	return Charge{
		Fault: c.fault.id, Vouch: c.vouch.id, Member: c.vouch.voucher.id, Hop: c.hop,
		Amount: c.amount, Healed: healed(c.amount, c.fault.final, at), HealedBy: healedBy(c.fault.final),
	}
}

// Fault returns a fault or an outcome, false if there is none with that id.
func (s *State) Fault(id string) (Fault, bool) {
	f := s.faults[id]
	if f == nil {
		return Fault{}, false
	}
	return s.viewFault(f), true
}

func (s *State) viewFault(f *fault) Fault {
	view := Fault{
		ID: f.id, Member: f.person.id, Referral: f.referral, Class: f.class, Occurred: f.occurred, Reported: f.reported, Final: f.final,
		Attested: f.attested, Reversed: f.reversed,
	}
	for i := range f.charges {
		view.Charges = append(view.Charges, f.charges[i].view(s.at))
	}
	slices.SortFunc(view.Charges, func(c, d Charge) int { return cmp.Compare(c.Member, d.Member) })
	return view
}

// Behind returns the ids of those whom a member stands behind with a live vouch, in order. Their vouched
// levels follow from that member's own account. Referrals aren't among them: nobody here depends on those.
func (s *State) Behind(id string) (vouchees []string) {
	for _, v := range s.look(id).given {
		if v.site == "" && v.liveAt(s.at) {
			vouchees = append(vouchees, v.vouchee.id)
		}
	}
	slices.Sort(vouchees)
	return vouchees
}
