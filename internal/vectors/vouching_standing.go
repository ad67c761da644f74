package main

import "slices"

// A member's standing: E, D, V*, V and S, what follows from them, and what bounds new vouches.

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
	for _, v := range m.staked {
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

func (m *vouchModel) ownLevel(id string) int {
	return m.levelOf(id, m.earned(id)-m.lost(id), m.score(id))
}

// levelOf returns the own level that a member has with E − D and S.
func (m *vouchModel) levelOf(id string, kept, score int64) (level int) {
	if m.suspended(id, m.at) {
		return 0
	}
	for i, needed := range m.parameters.Levels {
		if kept >= needed && 10*score >= 9*needed {
			level = i + 1
		}
	}
	return level
}

func (m *vouchModel) capacity(id string) int64 {
	return max(0, m.earned(id)-m.lost(id)-m.charged(id)) / 2
}

func (m *vouchModel) lent(id string) (sum int64) {
	for _, v := range m.staked {
		if v.Voucher == id && m.live(v, m.at) {
			sum += v.Stake
		}
	}
	return sum
}

func (m *vouchModel) covered(v vouchEvent) bool {
	total := int64(0)
	for _, w := range m.staked {
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
	return v.Kind == "vouch" && m.covered(v) && h <= v.Level && m.ownLevel(v.Voucher) >= h+1 && v.Stake-m.burned(v) >= m.parameters.MinStake[h-1]
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
		elsewhere := 0
		for _, supported := range m.referrals[id] {
			if supported >= i+1 {
				elsewhere++
			}
		}
		alone := elsewhere == 1 && len(supporters) == 0
		if len(supporters)+elsewhere >= needed && !alone {
			level = i + 1
		}
	}
	return level
}

// refuse tells why a new vouch or referral, accepted now, can't be taken.
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
	for _, v := range m.staked {
		if v.Voucher == id && slices.ContainsFunc(m.charges, func(c vouchCharge) bool { return c.Vouch == v.ID && c.Hop == 1 && c.Healed < c.Amount }) {
			bad++
		}
	}
	for _, vouchee := range m.members() {
		proven, charged := false, false
		for _, v := range m.vouches() {
			if v.Voucher != id || v.Vouchee != vouchee {
				continue
			}
			end, _ := m.ends(v)
			proven = proven || m.void[v.ID] == "" && min(end, m.at) >= v.At+90*day
			charged = charged || m.burned(v) > 0
		}
		if proven && !charged && m.ownLevel(vouchee) >= 1 {
			good++
		}
	}
	return good, bad, max(0, m.capacity(id)*(good+4)/(good+bad+4)-m.lent(id))
}
