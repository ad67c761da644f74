package main

import "slices"

// VouchingInput is the input of the topic vouching.
type VouchingInput struct {
	Parameters vouchParameters `json:"parameters"`
	Events     []vouchEvent    `json:"events"`
	At         int64           `json:"at"`
	New        *vouchEvent     `json:"new,omitzero"` // an event that is to be refused or taken at that instant

	// Referrals are by member: of each supporter at another site, the highest level supported.
	Referrals map[string][]int `json:"referrals,omitzero"`
}

// riskState is what is told of a new vouch or referral that is taken.
type riskState struct {
	Risk risk `json:"risk"`
}

type risk struct {
	Points        int64 `json:"points"`
	OwnLevel      int   `json:"own_level"`
	OwnLevelAfter int   `json:"own_level_after"`
}

// VouchingState is everyone's state at an instant, everything in order of its id.
type VouchingState struct {
	Members []memberState `json:"members"`
	Vouches []vouchState  `json:"vouches"`
	Charges []vouchCharge `json:"charges"` // in order of the fault, then of the member
}

type memberState struct {
	ID           string `json:"id"`
	Suspended    bool   `json:"suspended"`
	Earned       int64  `json:"earned"`
	Lost         int64  `json:"lost"`
	Charged      int64  `json:"charged"`
	Borne        int64  `json:"borne"`
	Score        int64  `json:"score"`
	OwnLevel     int    `json:"own_level"`
	VouchedLevel int    `json:"vouched_level"`
	Level        int    `json:"level"`
	Kind         string `json:"kind"`
	Capacity     int64  `json:"capacity"`
	Lent         int64  `json:"lent"`
	Good         int64  `json:"good"`
	Bad          int64  `json:"bad"`
	Room         int64  `json:"room"`
}

type vouchState struct {
	ID        string `json:"id"`
	Burned    int64  `json:"burned"`
	Remaining int64  `json:"remaining"`
	Ends      int64  `json:"ends"`
	Live      bool   `json:"live"`
	Covered   bool   `json:"covered"`
	Supports  int    `json:"supports"`
	Void      string `json:"void"`
}

// state works out everyone's state.
func (in VouchingInput) state() VouchingState {
	m := newVouchModel(in)
	s := VouchingState{Members: []memberState{}, Vouches: []vouchState{}, Charges: []vouchCharge{}}
	for _, id := range m.members() {
		s.Members = append(s.Members, m.member(id))
	}
	for _, id := range sortedIDs(m.staked) {
		for _, v := range m.staked {
			if v.ID == id {
				s.Vouches = append(s.Vouches, m.vouch(v))
			}
		}
	}
	for _, id := range sortedIDs(slices.Concat(m.of("fault"), m.of("outcome"))) {
		for _, c := range m.charges {
			if c.Fault == id {
				s.Charges = append(s.Charges, c)
			}
		}
	}
	return s
}

func (m *vouchModel) member(id string) memberState {
	s := memberState{
		ID: id, Suspended: m.suspended(id, m.at), Earned: m.earned(id), Lost: m.lost(id),
		Charged: m.charged(id), Borne: m.borne(id), Score: m.score(id),
		OwnLevel: m.ownLevel(id), VouchedLevel: m.vouchedLevel(id), Capacity: m.capacity(id), Lent: m.lent(id),
	}
	s.Good, s.Bad, s.Room = m.brake(id)
	s.Level = max(s.OwnLevel, s.VouchedLevel)
	switch {
	case s.VouchedLevel > s.OwnLevel:
		s.Kind = "vouched"
	case s.OwnLevel > 0:
		s.Kind = "earned"
	}
	return s
}

func (m *vouchModel) vouch(v vouchEvent) vouchState {
	s := vouchState{ID: v.ID, Burned: m.burned(v), Live: m.live(v, m.at), Covered: m.covered(v), Void: m.void[v.ID]}
	s.Remaining = v.Stake - s.Burned
	s.Ends, _ = m.ends(v)
	for h := range m.parameters.Supporters {
		if m.supports(v, h+1) {
			s.Supports = h + 1
		}
	}
	return s
}
