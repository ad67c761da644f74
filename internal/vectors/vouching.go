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
}

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

// vouchModel is a history up to an instant. byKind and charges follow from the rest; they are kept to be quick.
type vouchModel struct {
	parameters vouchParameters
	at         int64
	events     []vouchEvent
	byKind     map[string][]vouchEvent
	void       map[string]string
	charges    []vouchCharge
}

func newVouchModel(parameters vouchParameters, events []vouchEvent, at int64) *vouchModel {
	m := &vouchModel{parameters: parameters, at: at, byKind: map[string][]vouchEvent{}, void: map[string]string{}}
	for _, e := range events {
		if e.At <= at && !slices.Contains(m.events, e) {
			m.events = append(m.events, e)
			m.byKind[e.Kind] = append(m.byKind[e.Kind], e)
		}
	}
	for _, list := range m.byKind {
		slices.SortFunc(list, func(x, y vouchEvent) int { return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.ID, y.ID)) })
	}
	for _, v := range m.vouches() {
		m.void[v.ID] = "unjudged"
	}
	for _, v := range m.vouches() {
		m.void[v.ID] = m.judge(v)
	}
	for _, f := range m.of("fault") {
		m.charges = append(m.charges, m.chargesOf(f)...)
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
	for _, w := range m.vouches() {
		if !m.live(w, v.At) { // so neither v nor those after it
			continue
		}
		if w.Voucher == v.Voucher {
			from++
		}
		if w.Vouchee == v.Vouchee {
			to++
		}
		twice = twice || w.Voucher == v.Voucher && w.Vouchee == v.Vouchee
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
		share := new(big.Rat).Mul(decimal(m.parameters.Classes[f.Class].Severity), big.NewRat(v.Stake, 1))
		amount := v.Stake
		for amount > 1 && big.NewRat(amount-1, 1).Cmp(share) >= 0 {
			amount--
		}
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

// answering returns the vouches for someone that answer for a fault.
func (m *vouchModel) answering(f vouchEvent, vouchee string) (answering []vouchEvent) {
	for _, v := range m.vouches() {
		end, withdrawn := m.ends(v)
		protected := withdrawn && end < f.Reported && !f.Attested
		if v.Vouchee == vouchee && m.live(v, f.Occurred) && !protected {
			answering = append(answering, v)
		}
	}
	return answering
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

// E, D, V*, V and S.

func (m *vouchModel) earned(id string) (sum int64) {
	for _, e := range m.of("earn") {
		if e.Member == id {
			sum += e.Points
		}
	}
	return sum
}

func (m *vouchModel) lost(id string) (sum int64) {
	for _, f := range m.of("fault") {
		if f.Member == id && !m.reversed(f.ID) {
			points := m.parameters.Classes[f.Class].Points
			sum += points - m.healed(points, f.At)
		}
	}
	return sum
}

func (m *vouchModel) charged(id string) (sum int64) {
	for _, v := range m.vouches() {
		if v.Voucher == id {
			sum += m.unhealed(v)
		}
	}
	return sum
}

func (m *vouchModel) borne(id string) int64 { return min(m.charged(id), m.earned(id)/2) }

func (m *vouchModel) score(id string) int64 {
	return max(0, m.earned(id)-m.lost(id)-m.borne(id))
}

func (m *vouchModel) ownLevel(id string) (level int) {
	if m.suspended(id, m.at) {
		return 0
	}
	for i, needed := range m.parameters.Levels {
		if m.earned(id)-m.lost(id) >= needed && 10*m.score(id) >= 9*needed {
			level = i + 1
		}
	}
	return level
}

func (m *vouchModel) capacity(id string) int64 {
	return max(0, m.earned(id)-m.lost(id)-m.charged(id)) / 2
}

func (m *vouchModel) lent(id string) (sum int64) {
	for _, v := range m.vouches() {
		if v.Voucher == id && m.live(v, m.at) {
			sum += v.Stake
		}
	}
	return sum
}

func (m *vouchModel) covered(v vouchEvent) bool {
	total := int64(0)
	for _, w := range m.vouches() {
		if w.Voucher == v.Voucher && m.live(w, m.at) {
			total += w.Stake
		}
		if w.ID == v.ID {
			return m.live(v, m.at) && total <= m.capacity(v.Voucher)
		}
	}
	return false
}

func (m *vouchModel) supports(v vouchEvent, h int) bool {
	return m.covered(v) && h <= v.Level && m.ownLevel(v.Voucher) >= h+1 && v.Stake-m.burned(v) >= m.parameters.MinStake[h-1]
}

func (m *vouchModel) vouchedLevel(id string) (level int) {
	if m.suspended(id, m.at) {
		return 0
	}
	for i, needed := range m.parameters.Supporters {
		supporters := map[string]bool{}
		for _, v := range m.vouches() {
			if v.Vouchee == id && m.supports(v, i+1) {
				supporters[v.Voucher] = true
			}
		}
		if len(supporters) >= needed {
			level = i + 1
		}
	}
	return level
}

// refuse tells why a new vouch, accepted now, can't be taken.
func (m *vouchModel) refuse(v vouchEvent) string {
	_, _, room := m.brake(v.Voucher)
	switch {
	case m.judge(v) != "":
		return m.judge(v)
	case m.lent(v.Voucher)+v.Stake > m.capacity(v.Voucher):
		return "beyond-capacity"
	case v.Stake > room:
		return "vouch-brake"
	}
	return "ok"
}

// brake returns what bounds a member's new vouches.
func (m *vouchModel) brake(id string) (good, bad, room int64) {
	for _, vouchee := range m.members() {
		proven, charged := false, false
		for _, v := range m.vouches() {
			if v.Voucher != id || v.Vouchee != vouchee {
				continue
			}
			end, _ := m.ends(v)
			proven = proven || m.void[v.ID] == "" && min(end, m.at) >= v.At+90*day
			charged = charged || m.burned(v) > 0
			if slices.ContainsFunc(m.charges, func(c vouchCharge) bool { return c.Vouch == v.ID && c.Hop == 1 && c.Healed < c.Amount }) {
				bad++
			}
		}
		if proven && !charged && m.ownLevel(vouchee) >= 1 {
			good++
		}
	}
	return good, bad, max(0, m.capacity(id)*(good+4)/(good+bad+4)-m.lent(id))
}
