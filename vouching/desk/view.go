package desk

import (
	"cmp"
	"context"
	"slices"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

// View is what a member is shown of their own vouching. It names other members by
// what they are called alone.
type View struct {
	Mechanisms []Standing `json:"mechanisms"` // one for each under which members vouch, or this one has lost something
}

// Standing is a member's vouching under one mechanism. Levels are numbers, 0 for none; amounts are points.
type Standing struct {
	Mechanism string              `json:"mechanism"` // slug
	Terms     *bonafide.Mechanism `json:"-"`
	Suspended bool                `json:"suspended,omitzero"`
	OwnLevel  int                 `json:"own_level"`
	Level     int                 `json:"level"` // the one shown
	Kind      bonafide.Kind       `json:"kind,omitzero"`
	Capacity  int64               `json:"capacity"`
	Lent      int64               `json:"lent"`
	Elsewhere int64               `json:"elsewhere,omitzero"` // what of it is behind people at other sites
	Room      int64               `json:"room"`               // the most that may be put up anew
	Good      int                 `json:"good"`               // see [vouching.Brake]
	Bad       int                 `json:"bad"`

	Given     []Given    `json:"given"`     // the live ones
	Past      []Given    `json:"past"`      // those that ended within a year, or still cost something
	Referrals []Referral `json:"referrals"` // the live ones and the past
	Received  []Received `json:"received"`  // the live ones
	Losses    []Loss     `json:"losses"`    // by own faults
	Asked     []Asked    `json:"asked"`     // by others, those declined included
	Asking    []Asking   `json:"asking"`
	Offers    []Offered  `json:"offers"` // links not yet accepted, and those that a restore ended
}

// Person is another member, by what they are called: "" if the site didn't say.
type Person struct {
	Name   string `json:"name"`
	Former bool   `json:"former,omitzero"` // erased since
}

func (p party) shown() Person { return Person{p.Name, p.Member == ""} }

// State says whether a vouch stands.
type State string

const (
	Live        State = "live"
	NoticeGiven State = "notice-given" // live until its end
	Ended       State = "ended"
)

// Given is a vouch as its voucher sees it.
type Given struct {
	ID string `json:"id"`
	Person
	Site      bonafide.Origin  `json:"site,omitzero"` // of a referral, which only an export has: where the person is
	Level     int              `json:"level"`         // the level offered
	Supports  int              `json:"supports"`
	Stake     int64            `json:"stake"`
	Burned    int64            `json:"burned"`
	Remaining int64            `json:"remaining"` // the most that it can cost still
	Since     bonafide.Seconds `json:"since"`
	Ends      bonafide.Seconds `json:"ends"`
	Withdrawn bonafide.Seconds `json:"withdrawn,omitzero"`
	Reports   bonafide.Seconds `json:"reports,omitzero"` // until when a fault from before its end can be reported
	State     State            `json:"state"`
	Charges   []Charge         `json:"charges"`
}

// Charge is what a fault cost the voucher.
type Charge struct {
	Direct   bool             `json:"direct"` // a fault of the one vouched for, not of somebody behind whom they stand
	Amount   int64            `json:"amount"`
	Healed   int64            `json:"healed"`
	Final    bonafide.Seconds `json:"final"`
	HealedBy bonafide.Seconds `json:"healed_by"`
}

// Received is a vouch as the one vouched for sees it. What was put up is the voucher's own affair.
type Received struct {
	Person
	Level    int              `json:"level"`
	Supports int              `json:"supports"`
	Since    bonafide.Seconds `json:"since"`
	Ends     bonafide.Seconds `json:"ends"`
	State    State            `json:"state"`
}

// Loss is what a fault of one's own costs.
type Loss struct {
	Fault    string           `json:"fault"`
	Points   int64            `json:"points"`
	Healed   int64            `json:"healed"`
	HealedBy bonafide.Seconds `json:"healed_by"`
}

// Asked is an ask as the one asked sees it.
type Asked struct {
	ID string `json:"id"`
	Person
	Words    string           `json:"words"`
	At       bonafide.Seconds `json:"at"`
	Expires  bonafide.Seconds `json:"expires"`
	Declined bool             `json:"declined,omitzero"`
}

// Asking is an ask as the asker sees it: nothing tells whether it was declined.
type Asking struct {
	Person
	Words   string           `json:"words"`
	At      bonafide.Seconds `json:"at"`
	Expires bonafide.Seconds `json:"expires"`
}

// Offered is an offer as its voucher sees it.
type Offered struct {
	ID      string           `json:"id"`
	Level   int              `json:"level"`
	Stake   int64            `json:"stake"`
	At      bonafide.Seconds `json:"at"`
	Expires bonafide.Seconds `json:"expires"`
	Refused bonafide.Code    `json:"refused,omitzero"` // what the vouch would be refused for now: nobody else is told
	// Restored says that the link ended when the site's records were restored from a backup, since it may have been accepted.
	Restored bool `json:"restored,omitzero"`
}

// View returns the member's vouching as it stands.
func (d *Desk) View(ctx context.Context, member string) (v View, err error) {
	err = d.Store.View(ctx, func(r store.Reader) error {
		v, err = d.viewIn(r, member)
		return err
	})
	if err != nil {
		return View{}, err
	}
	for n := range v.Mechanisms {
		s := &v.Mechanisms[n]
		status, err := d.Issuer.Status(ctx, s.Mechanism, member) // which also knows what counts from other sites
		if bonafide.CodeOf(err) == bonafide.NoSuchMember {
			continue
		}
		if err != nil {
			return View{}, err
		}
		s.Level, s.Kind = s.Terms.LevelNumber(status.Level), status.Kind
	}
	return v, nil
}

func (d *Desk) viewIn(r store.Reader, member string) (View, error) {
	v := View{Mechanisms: []Standing{}}
	for _, slug := range d.Issuer.Slugs() {
		l, err := d.Issuer.Ledger(slug)
		if bonafide.CodeOf(err) == bonafide.NoVouching {
			continue
		}
		if err != nil {
			return View{}, err
		}
		m, err := d.Issuer.Mechanism(slug)
		if err != nil {
			return View{}, err
		}
		state, err := l.Around(r, d.now(), member)
		if err != nil {
			return View{}, err
		}
		of := state.Member(member)
		if m.Vouching == nil && len(of.Given)+len(of.Received)+len(of.Losses) == 0 {
			continue
		}
		s := standing(m, of, state.Brake(member))
		if err := d.addVouches(r, &s, of, state.At()); err != nil {
			return View{}, err
		}
		if err := d.addOpen(r, &s, member, state); err != nil {
			return View{}, err
		}
		v.Mechanisms = append(v.Mechanisms, s)
	}
	return v, nil
}

// standing returns what holds of a member, without the vouches.
func standing(m *bonafide.Mechanism, of vouching.Member, brake vouching.Brake) Standing {
	s := Standing{
		Mechanism: m.Slug(), Terms: m, Suspended: of.Suspended, OwnLevel: of.OwnLevel, Level: of.Level, Kind: of.Kind,
		Capacity: of.Capacity, Lent: of.Lent, Room: brake.Room, Good: brake.Good, Bad: brake.Bad,
		Given: []Given{}, Past: []Given{}, Referrals: []Referral{}, Received: []Received{}, Losses: []Loss{}, Asked: []Asked{}, Asking: []Asking{}, Offers: []Offered{},
	}
	for _, loss := range of.Losses {
		s.Losses = append(s.Losses, Loss(loss))
	}
	return s
}

// addVouches adds the vouches given and received, with the names of the other side.
func (d *Desk) addVouches(r store.Reader, s *Standing, of vouching.Member, now bonafide.Seconds) error {
	for _, v := range of.Given {
		if v.Site != "" { // behind somebody there
			s.addReferral(v, now)
			continue
		}
		names, _, err := find[vouch](r, vouches, v.ID)
		switch {
		case err != nil:
			return err
		case v.Live:
			s.Given = append(s.Given, given(v, names, now))
		case now < keptUntil(v):
			s.Past = append(s.Past, given(v, names, now))
		}
	}
	for _, v := range of.Received {
		names, _, err := find[vouch](r, vouches, v.ID)
		if err != nil {
			return err
		}
		s.Received = append(s.Received, received(v, names))
	}
	return nil
}

func given(v vouching.Vouch, names vouch, now bonafide.Seconds) Given {
	g := Given{
		ID: v.ID, Person: names.Vouchee.shown(), Level: v.Level, Supports: v.Supports, Stake: v.Stake, Burned: v.Burned, Remaining: v.Remaining,
		Since: v.Accepted, Ends: v.Ends, Withdrawn: v.Withdrawn, State: stateOf(v), Charges: charges(v),
	}
	if g.Site = v.Site; g.Site != "" {
		g.Person = Person{} // package refer knows what they are called
	}
	if until := v.Ends + vouching.ReportWithin; now <= until {
		g.Reports = until
	}
	return g
}

// charges returns what faults cost the voucher on a vouch or a referral.
func charges(v vouching.Vouch) []Charge {
	all := []Charge{}
	for _, c := range v.Charges {
		all = append(all, Charge{c.Hop == 1, c.Amount, c.Healed, c.HealedBy - vouching.Periods*vouching.Period, c.HealedBy})
	}
	return all
}

func stateOf(v vouching.Vouch) State {
	switch {
	case !v.Live:
		return Ended
	case v.Withdrawn > 0:
		return NoticeGiven
	default:
		return Live
	}
}

// addOpen adds the asks and offers that are open.
func (d *Desk) addOpen(r store.Reader, s *Standing, member string, state *vouching.State) error {
	all, err := of[ask](r, member, asks)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b ask) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	for _, a := range all {
		switch {
		case a.Mechanism != s.Mechanism || a.Expires <= d.now():
		case a.Asked.Member == member:
			s.Asked = append(s.Asked, Asked{a.ID, a.Asker.shown(), a.Words, a.At, a.Expires, a.Declined})
		default:
			s.Asking = append(s.Asking, Asking{a.Asked.shown(), a.Words, a.At, a.Expires})
		}
	}
	given, err := of[offer](r, member, offers)
	slices.SortFunc(given, func(o, p offer) int { return cmp.Or(cmp.Compare(o.At, p.At), cmp.Compare(o.ID, p.ID)) })
	for _, o := range given {
		if o.Mechanism == s.Mechanism && o.Expires > d.now() {
			refused := bonafide.CodeOf(state.Refuse(o.toSomebody(state.At())))
			s.Offers = append(s.Offers, Offered{o.ID, o.Level, o.Stake, o.At, o.Expires, refused, o.Restored})
		}
	}
	return err
}
