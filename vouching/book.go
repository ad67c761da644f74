package vouching

import (
	"cmp"
	"slices"

	"bonafide.example"
)

// book holds what is known of everyone, linked up. Placing an event into it doesn't depend on what was
// placed before; two things in it are then worked out from the whole: which vouches are void (void.go)
// and what each fault charges (charge.go). Everything else is computed when it is read.
type book struct {
	parameters Parameters
	people     map[string]*person          // members
	outsiders  map[string]*person          // by the id of a referral, known or not: whom it is for
	vouches    map[string]*vouch           // referrals among them
	faults     map[string]*fault           // outcomes among them
	others     map[string]Event            // the events that are neither, by id
	notices    map[string]bonafide.Seconds // by the id of a vouch, known or not: its first withdrawal
	reversals  map[string]bool             // by the id of a fault, known or not
}

// person is a member's account, or that of somebody at another site for whom a referral is: an outsider, who has
// no id here, one vouch received, and as faults the outcomes.
type person struct {
	id              string
	earned          int64
	given, received []*vouch // in order of (accepted, id)
	faults          []*fault // in order of (final, id)
	suspended       []bonafide.Seconds
	restored        []bonafide.Seconds
}

// vouch is the record of a vouch or a referral, which is a vouch for an outsider.
type vouch struct {
	id               string
	voucher, vouchee *person
	site             bonafide.Origin // of a referral; "" of a vouch
	level            int             // 0 of a referral, which so supports nobody here
	stake            int64
	accepted         bonafide.Seconds
	withdrawn        bonafide.Seconds // 0: not
	void             bonafide.Code
	charges          []*charge // in order of their faults, among whose charges they are
}

// fault is the record of a fault or an outcome, which is an outsider's fault.
type fault struct {
	id, class                 string
	person                    *person
	referral                  string // of an outcome; "" of a fault
	points                    int64  // of an outcome: what it costs the voucher
	occurred, reported, final bonafide.Seconds
	attested, reversed        bool
	charges                   []charge
}

// charge is what a fault costs the voucher of a vouch.
type charge struct {
	fault  *fault
	vouch  *vouch
	hop    int
	amount int64
}

func newBook(p Parameters) (*book, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return &book{
		parameters: p, people: map[string]*person{}, outsiders: map[string]*person{},
		vouches: map[string]*vouch{}, faults: map[string]*fault{}, others: map[string]Event{},
		notices: map[string]bonafide.Seconds{}, reversals: map[string]bool{},
	}, nil
}

// known tells whether exactly this event is in the book; another with its id is an event-conflict.
func (b *book) known(e Event) (bool, error) {
	old, found := b.others[e.ID]
	if v := b.vouches[e.ID]; v != nil {
		old, found = v.event(), true
	}
	if f := b.faults[e.ID]; f != nil {
		old, found = f.event(), true
	}
	if found && old != e {
		return true, bonafide.Errorf(bonafide.EventConflict, e.ID, "another event has this id")
	}
	return found, nil
}

func (v *vouch) event() Event {
	if v.site != "" {
		return Event{Kind: KindRefer, ID: v.id, At: v.accepted, Voucher: v.voucher.id, Site: v.site, Stake: v.stake}
	}
	return Event{
		Kind: KindVouch, ID: v.id, At: v.accepted, Level: v.level, Stake: v.stake,
		Voucher: v.voucher.id, Vouchee: v.vouchee.id, AcceptedBy: v.vouchee.id,
	}
}

func (f *fault) event() Event {
	if f.referral != "" {
		return Event{
			Kind: KindOutcome, ID: f.id, At: f.final, Referral: f.referral, Class: f.class, Points: f.points,
			Occurred: f.occurred, Reported: f.reported,
		}
	}
	return Event{
		Kind: KindFault, ID: f.id, At: f.final, Member: f.person.id, Class: f.class,
		Occurred: f.occurred, Reported: f.reported, Attested: f.attested,
	}
}

// place puts a new event, checked, in its places.
func (b *book) place(e Event) {
	switch e.Kind {
	case KindVouch, KindRefer:
		b.placeVouch(e)
		return
	case KindFault, KindOutcome:
		b.placeFault(e)
		return
	case KindEarn:
		b.person(e.Member).earned += e.Points
	case KindSuspend:
		b.person(e.Member).suspended = append(b.person(e.Member).suspended, e.At)
	case KindRestore:
		b.person(e.Member).restored = append(b.person(e.Member).restored, e.At)
	case KindWithdraw:
		b.notices[e.Vouch] = sooner(b.notices[e.Vouch], e.At)
		if v := b.vouches[e.Vouch]; v != nil {
			v.withdrawn = b.notices[e.Vouch]
		}
	case KindReverse:
		b.reversals[e.Fault] = true
		if f := b.faults[e.Fault]; f != nil {
			f.reversed = true
		}
	}
	b.others[e.ID] = e
}

func (b *book) placeVouch(e Event) {
	v := b.draw(e)
	b.people[v.voucher.id] = v.voucher
	if e.Kind == KindRefer {
		b.outsiders[v.id] = v.vouchee
	} else {
		b.people[v.vouchee.id] = v.vouchee
	}
	b.vouches[v.id] = v
	insert(&v.voucher.given, v, (*vouch).compare)
	insert(&v.vouchee.received, v, (*vouch).compare)
}

// draw makes the record of a vouch without putting it anywhere.
func (b *book) draw(e Event) *vouch {
	vouchee := b.look(e.Vouchee)
	if e.Kind == KindRefer {
		vouchee = b.lookOutside(e.ID)
	}
	return &vouch{
		id: e.ID, voucher: b.look(e.Voucher), vouchee: vouchee, site: e.Site,
		level: e.Level, stake: e.Stake, accepted: e.At, withdrawn: b.notices[e.ID],
	}
}

func (b *book) placeFault(e Event) {
	f := b.drawFault(e)
	if e.Kind == KindOutcome {
		b.outsiders[e.Referral] = f.person
	} else {
		b.people[e.Member] = f.person
	}
	b.faults[f.id] = f
	insert(&f.person.faults, f, (*fault).compare)
}

// drawFault makes the record of a fault or an outcome without putting it anywhere.
func (b *book) drawFault(e Event) *fault {
	person := b.look(e.Member)
	if e.Kind == KindOutcome {
		person = b.lookOutside(e.Referral)
	}
	return &fault{
		id: e.ID, class: e.Class, person: person, referral: e.Referral, points: e.Points, reversed: b.reversals[e.ID],
		occurred: e.Occurred, reported: e.Reported, final: e.At, attested: e.Attested,
	}
}

// look returns the account of a member; of one not yet known, an empty one that isn't in the book.
func (b *book) look(id string) *person {
	if p := b.people[id]; p != nil {
		return p
	}
	return &person{id: id}
}

// lookOutside returns the account of the outsider for whom a referral is; a new one that isn't in the book, if
// neither the referral nor an outcome of it is.
func (b *book) lookOutside(referral string) *person {
	if p := b.outsiders[referral]; p != nil {
		return p
	}
	return &person{}
}

// person returns the account of a member, which is in the book from now on.
func (b *book) person(id string) *person {
	p := b.look(id)
	b.people[id] = p
	return p
}

// insert puts an item in its place in an ordered list, which for what is told in time is the end.
func insert[T any](list *[]*T, item *T, compare func(x, y *T) int) {
	if n := len(*list); n == 0 || compare((*list)[n-1], item) < 0 {
		*list = append(*list, item)
		return
	}
	i, _ := slices.BinarySearchFunc(*list, item, compare)
	*list = slices.Insert(*list, i, item)
}

func (v *vouch) compare(w *vouch) int {
	if order := cmp.Compare(v.accepted, w.accepted); order != 0 {
		return order
	}
	return cmp.Compare(v.id, w.id)
}

func (f *fault) compare(g *fault) int {
	return cmp.Or(cmp.Compare(f.final, g.final), cmp.Compare(f.id, g.id))
}

// ends returns when the vouch stops being live.
func (v *vouch) ends() bonafide.Seconds {
	if v.withdrawn > 0 {
		return min(v.accepted+Life, v.withdrawn+Notice)
	}
	return v.accepted + Life
}

// liveAt tells whether the vouch is live at an instant: from its acceptance on, until it ends.
func (v *vouch) liveAt(at bonafide.Seconds) bool {
	return v.void == "" && v.accepted <= at && at < v.ends()
}

// stood tells for how long the vouch has been live by an instant.
func (v *vouch) stood(at bonafide.Seconds) bonafide.Seconds { return min(at, v.ends()) - v.accepted }

// suspendedAt tells whether the member is suspended at an instant. Of a suspension and a restoration at
// the same instant, the suspension holds.
func (p *person) suspendedAt(at bonafide.Seconds) bool {
	latest := func(instants []bonafide.Seconds) (last bonafide.Seconds) {
		for _, t := range instants {
			if t <= at {
				last = max(last, t)
			}
		}
		return last
	}
	suspended := latest(p.suspended)
	return suspended > 0 && suspended >= latest(p.restored)
}
