package vouching

import "bonafide.example"

// account is what follows for a member at an instant from that member's own events, faults and vouches
// given: everything but the vouched level. The fields are those of [Member].
type account struct {
	earned, lost, charged, borne, score int64

	suspended      bool
	ownLevel       int
	capacity, lent int64
	uncovered      *vouch // the first live vouch given that the capacity doesn't reach; nil if it reaches all
}

// account draws up a member's account.
func (b *book) account(p *person, at bonafide.Seconds) account {
	a := account{earned: p.earned, suspended: p.suspendedAt(at)}
	for _, f := range p.faults {
		if !f.reversed {
			points := b.parameters.Classes[f.class].Points
			a.lost += points - healed(points, f.final, at)
		}
	}
	for _, v := range p.given {
		a.charged += v.unhealed(at)
	}
	a.borne = min(a.charged, a.earned/2)
	a.score = max(0, a.earned-a.lost-a.borne)
	// The ceiling spares what was earned, but whoever has reached it has nothing left to lend.
	a.capacity = max(0, a.earned-a.lost-a.charged) / 2
	if !a.suspended {
		a.ownLevel = b.ownLevel(a.earned-a.lost, a.score)
	}
	for _, v := range p.given {
		if !v.liveAt(at) {
			continue
		}
		a.lent += v.stake
		if a.lent > a.capacity && a.uncovered == nil {
			a.uncovered = v
		}
	}
	return a
}

// ownLevel returns the greatest level that what was earned and kept reaches, and the score up to a
// tenth: a friend's fault costs points at once, a level only beyond that.
func (b *book) ownLevel(kept, score int64) (level int) {
	for i, needed := range b.parameters.Levels {
		if kept >= needed && 10*score >= 9*needed {
			level = i + 1
		}
	}
	return level
}

// covers tells whether the capacity of the voucher, whose account this is, reaches a live vouch. It is used up in
// the order of (accepted, id), so that a later vouch never takes anything from an earlier one.
func (a *account) covers(v *vouch) bool {
	return a.uncovered == nil || v.compare(a.uncovered) < 0
}

// supports returns the highest level that a vouch supports, its voucher having this account; 0 for
// none. It then supports all levels below too. The level offered may be one that could be vouched for under an
// earlier version of the mechanism alone.
func (b *book) supports(v *vouch, a *account, at bonafide.Seconds) int {
	if !v.liveAt(at) || !a.covers(v) {
		return 0
	}
	remaining := v.stake - v.burned()
	for h := min(v.level, a.ownLevel-1, len(b.parameters.MinStake)); h > 0; h-- {
		if remaining >= b.parameters.MinStake[h-1] {
			return h
		}
	}
	return 0
}

// vouchedLevel returns the greatest level with enough supporters, given for each vouch received the
// highest level that it supports, and the same for referrals from other sites. Nobody has two live vouches
// for one person, so they are as many people. A referral is never the only supporter.
func (b *book) vouchedLevel(supports, referrals []int) (level int) {
	for i, needed := range b.parameters.Supporters {
		here, elsewhere := above(supports, i), above(referrals, i)
		if here+elsewhere >= needed && (here > 0 || elsewhere > 1) {
			level = i + 1
		}
	}
	return level
}

// above counts the numbers above a limit.
func above(numbers []int, limit int) (count int) {
	for _, n := range numbers {
		if n > limit {
			count++
		}
	}
	return count
}

// next returns the first instant after at from which the account may differ without an event; 0 if none.
func (b *book) next(p *person, at bonafide.Seconds) (next bonafide.Seconds) {
	for _, f := range p.faults {
		if !f.reversed {
			next = sooner(next, healsNext(b.parameters.Classes[f.class].Points, f.final, at))
		}
	}
	for _, v := range p.given {
		if v.liveAt(at) {
			next = sooner(next, v.ends())
		}
		for _, c := range v.charges {
			next = sooner(next, healsNext(c.amount, c.fault.final, at))
		}
	}
	return next
}
