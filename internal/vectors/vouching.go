package main

import (
	"cmp"
	"math/big"
	"slices"
)

// The model of vouching, written a second time: each definition of the spec's chapter is a function, and
// each asks the others anew, however often. Only the order in which vouches are judged is spelled out.

const day = 86_400

// vouchEvent is a line of an event file.
type vouchEvent struct {
	Kind       string `json:"kind"`
	ID         string `json:"id"`
	At         int64  `json:"at"`
	Member     string `json:"member,omitzero"`
	Points     int64  `json:"points,omitzero"`
	Voucher    string `json:"voucher,omitzero"`
	Vouchee    string `json:"vouchee,omitzero"`
	Level      int    `json:"level,omitzero"`
	Stake      int64  `json:"stake,omitzero"`
	AcceptedBy string `json:"accepted_by,omitzero"`
	Vouch      string `json:"vouch,omitzero"`
	Class      string `json:"class,omitzero"`
	Occurred   int64  `json:"occurred,omitzero"`
	Reported   int64  `json:"reported,omitzero"`
	Attested   bool   `json:"attested,omitzero"`
	Fault      string `json:"fault,omitzero"`
	Site       string `json:"site,omitzero"`
	Referral   string `json:"referral,omitzero"`
}

// stakes tells whether the event puts up points: a vouch for somebody here, a referral for somebody elsewhere.
func (e vouchEvent) stakes() bool { return e.Kind == "vouch" || e.Kind == "refer" }

// vouchParameters are what a mechanism publishes.
type vouchParameters struct {
	Levels     []int64               `json:"levels"`
	Supporters []int                 `json:"supporters"`
	MinStake   []int64               `json:"min_stake"`
	Classes    map[string]vouchClass `json:"classes"`
}

type vouchClass struct {
	Severity string `json:"severity"`
	Points   int64  `json:"points"`
}

// vouchCharge is what a fault costs someone.
type vouchCharge struct {
	Fault  string `json:"fault"`
	Member string `json:"member"`
	Vouch  string `json:"vouch"`
	Hop    int    `json:"hop"`
	Amount int64  `json:"amount"`
	Healed int64  `json:"healed"`
}

// vouchModel is a history up to an instant. staked, byKind and charges follow from the rest; they are kept to be quick.
type vouchModel struct {
	parameters vouchParameters
	at         int64
	referrals  map[string][]int // by member: the levels that supporters elsewhere support
	events     []vouchEvent
	byKind     map[string][]vouchEvent
	staked     []vouchEvent // vouches and referrals, in order of (at, id)
	void       map[string]string
	charges    []vouchCharge
}

func newVouchModel(in VouchingInput) *vouchModel {
	m := &vouchModel{parameters: in.Parameters, at: in.At, referrals: in.Referrals, byKind: map[string][]vouchEvent{}, void: map[string]string{}}
	for _, e := range in.Events {
		if e.At <= in.At && !slices.Contains(m.events, e) {
			m.events = append(m.events, e)
			m.byKind[e.Kind] = append(m.byKind[e.Kind], e)
			if e.stakes() {
				m.staked = append(m.staked, e)
			}
		}
	}
	inOrder := func(x, y vouchEvent) int { return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.ID, y.ID)) }
	for _, list := range m.byKind {
		slices.SortFunc(list, inOrder)
	}
	slices.SortFunc(m.staked, inOrder)
	for _, v := range m.staked {
		m.void[v.ID] = "unjudged"
	}
	for _, v := range m.staked {
		m.void[v.ID] = m.judge(v)
	}
	for _, f := range m.of("fault") {
		m.charges = append(m.charges, m.chargesOf(f)...)
	}
	for _, o := range m.of("outcome") {
		m.charges = append(m.charges, m.chargesOfOutcome(o)...)
	}
	return m
}

// of returns the events of a kind in order of (at, id).
func (m *vouchModel) of(kind string) []vouchEvent { return m.byKind[kind] }

func (m *vouchModel) vouches() []vouchEvent { return m.of("vouch") }

// members returns everybody that an event names.
func (m *vouchModel) members() (ids []string) {
	for _, e := range m.events {
		for _, id := range []string{e.Member, e.Voucher, e.Vouchee} {
			if id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// judge tells why a vouch should have been refused; those before it are judged.
func (m *vouchModel) judge(v vouchEvent) string {
	from, to, twice := 0, 0, false
	for _, w := range m.staked {
		if !m.live(w, v.At) { // so neither v nor those after it
			continue
		}
		if w.Voucher == v.Voucher {
			from++
		}
		if v.Kind == "vouch" && w.Vouchee == v.Vouchee {
			to++
			twice = twice || w.Voucher == v.Voucher
		}
	}
	switch {
	case m.suspended(v.Voucher, v.At):
		return "member-suspended"
	case twice:
		return "vouch-twice"
	case to >= 32:
		return "vouchee-full"
	case from >= 64:
		return "voucher-full"
	}
	return ""
}

// ends returns when a vouch stops, and whether it was the withdrawal that took effect then.
func (m *vouchModel) ends(v vouchEvent) (end int64, withdrawn bool) {
	end = v.At + 365*day
	for _, w := range m.of("withdraw") {
		if w.Vouch == v.ID && w.At+7*day <= end {
			end, withdrawn = w.At+7*day, true
		}
	}
	return end, withdrawn
}

func (m *vouchModel) live(v vouchEvent, at int64) bool {
	end, _ := m.ends(v)
	return m.void[v.ID] == "" && v.At <= at && at < end
}

// suspended goes through the changes in time; of two at one instant the suspension comes last.
func (m *vouchModel) suspended(id string, at int64) bool {
	last, suspended := int64(0), false
	for _, kind := range []string{"restore", "suspend"} {
		for _, e := range m.of(kind) {
			if e.Member == id && e.At <= at && e.At >= last {
				last, suspended = e.At, kind == "suspend"
			}
		}
	}
	return suspended
}

func (m *vouchModel) reversed(fault string) bool {
	return slices.ContainsFunc(m.of("reverse"), func(e vouchEvent) bool { return e.Fault == fault })
}

// chargesOf finds every charge of a fault that reaches someone, and leaves each person one.
func (m *vouchModel) chargesOf(f vouchEvent) (charges []vouchCharge) {
	if m.reversed(f.ID) {
		return nil
	}
	best := map[string]vouchCharge{}
	reach := func(c vouchCharge) {
		old, charged := best[c.Member]
		better := c.Amount > old.Amount ||
			c.Amount == old.Amount && (c.Hop < old.Hop || c.Hop == old.Hop && c.Vouch < old.Vouch)
		if c.Member != f.Member && (!charged || better) {
			best[c.Member] = c
		}
	}
	for _, v := range m.answering(f, f.Member) {
		amount := m.direct(v, f.Class)
		reach(m.charge(f, v, 1, amount))
		for _, w := range m.answering(f, v.Voucher) {
			if passed := min(w.Stake, amount/4); passed > 0 {
				reach(m.charge(f, w, 2, passed))
			}
		}
	}
	for _, id := range m.members() {
		if c, charged := best[id]; charged {
			charges = append(charges, c)
		}
	}
	return charges
}

// direct returns what a fault of a class costs whoever put that up for the person at fault.
func (m *vouchModel) direct(v vouchEvent, class string) int64 {
	share := new(big.Rat).Mul(decimal(m.parameters.Classes[class].Severity), big.NewRat(v.Stake, 1))
	amount := v.Stake
	for amount > 1 && big.NewRat(amount-1, 1).Cmp(share) >= 0 {
		amount--
	}
	return amount
}

// answering returns the vouches for someone that answer for a fault.
func (m *vouchModel) answering(f vouchEvent, vouchee string) (answering []vouchEvent) {
	for _, v := range m.vouches() {
		if v.Vouchee == vouchee && m.answers(v, f) {
			answering = append(answering, v)
		}
	}
	return answering
}

// answers tells whether what was put up answers for a fault or an outcome that concerns it.
func (m *vouchModel) answers(v, f vouchEvent) bool {
	end, withdrawn := m.ends(v)
	protected := withdrawn && end < f.Reported && !f.Attested
	return m.live(v, f.Occurred) && !protected
}

func (m *vouchModel) charge(f, v vouchEvent, hop int, amount int64) vouchCharge {
	return vouchCharge{Fault: f.ID, Member: v.Voucher, Vouch: v.ID, Hop: hop, Amount: amount, Healed: m.healed(amount, f.At)}
}

func (m *vouchModel) healed(amount, final int64) int64 {
	periods := int64(0)
	for periods < 12 && final+(periods+1)*30*day <= m.at {
		periods++
	}
	return amount * periods / 12
}

// burned and unhealed sum up the charges on a vouch: whole, and what has not healed.
func (m *vouchModel) burned(v vouchEvent) (sum int64) {
	for _, c := range m.charges {
		if c.Vouch == v.ID {
			sum += c.Amount
		}
	}
	return min(sum, v.Stake)
}

func (m *vouchModel) unhealed(v vouchEvent) (sum int64) {
	for _, c := range m.charges {
		if c.Vouch == v.ID {
			sum += c.Amount - c.Healed
		}
	}
	return min(sum, v.Stake)
}
