package vouching

import (
	"cmp"
	"math/big"
	"slices"

	"bonafide.example"
)

// cascade works out whom a fault charges and how much.
//
// Hop 1 are the vouches for the person at fault, hop 2 those for the vouchers of hop 1: nobody further
// back. Each person is charged once, by the largest charge that reaches them, so that neither several
// ways add up nor a small direct vouch shields from a large indirect charge. What goes on to hop 2 is a
// quarter of the charge of hop 1, even if its bearer is charged more by another way.
func (b *book) cascade(f *fault) (charges []charge) {
	if f.reversed {
		return nil
	}
	directs := f.reached(f.person.received)
	if f.referral != "" {
		return f.chargeReferral(directs)
	}
	most := len(directs)
	for _, direct := range directs {
		most += len(direct.voucher.received)
	}
	charges = make([]charge, 0, most)
	places := make(map[*person]int, most) // by whom it charges: where each charge is
	reach := func(c charge) {
		i, charged := places[c.vouch.voucher]
		switch {
		case !charged:
			places[c.vouch.voucher] = len(charges)
			charges = append(charges, c)
		case c.outweighs(charges[i]):
			charges[i] = c
		}
	}
	severity := b.parameters.Classes[f.class].Severity.Rat()
	for _, direct := range directs {
		amount := severe(direct.stake, severity)
		reach(charge{f, direct, 1, amount})
		quarter := amount / 4
		if quarter == 0 {
			continue
		}
		for _, v := range f.reached(direct.voucher.received) {
			if v.voucher != f.person {
				reach(charge{f, v, 2, min(v.stake, quarter)})
			}
		}
	}
	return charges
}

// outweighs tells which of two charges counts that reach the same person: the larger, else that of the
// nearer hop, else that of the smaller id.
func (c charge) outweighs(d charge) bool {
	return cmp.Or(cmp.Compare(d.amount, c.amount), cmp.Compare(c.hop, d.hop), cmp.Compare(c.vouch.id, d.vouch.id)) < 0
}

// reached returns those of the vouches that answer for the fault: they were live when it occurred. A
// withdrawal that took effect before the report protects from it, since an issuer could date a fault
// back, unless another attests the date.
func (f *fault) reached(vouches []*vouch) (reached []*vouch) {
	for _, v := range vouches {
		if v.liveAt(f.occurred) && (f.attested || !v.leftBefore(f.reported)) {
			reached = append(reached, v)
		}
	}
	return reached
}

// leftBefore tells whether a withdrawal, and not old age, ended the vouch before the instant.
func (v *vouch) leftBefore(at bonafide.Seconds) bool {
	return v.withdrawn > 0 && v.ends() == v.withdrawn+Notice && v.ends() < at
}

// severe returns clamp(⌈stake·severity⌉, 1, stake).
func severe(stake int64, severity *big.Rat) int64 {
	up := new(big.Int).Mul(big.NewInt(stake), severity.Num())
	up.Add(up, new(big.Int).Sub(severity.Denom(), big.NewInt(1)))
	return min(max(up.Div(up, severity.Denom()).Int64(), 1), stake)
}

// charge makes the fault's charges those of its cascade, and returns both the old ones and the new.
func (b *book) charge(f *fault) (old, now []charge) {
	old, now = f.charges, b.cascade(f)
	for _, c := range old {
		c.vouch.charges = slices.DeleteFunc(c.vouch.charges, func(d *charge) bool { return d.fault == f })
	}
	for i := range now {
		insert(&now[i].vouch.charges, &now[i], func(c, d *charge) int { return c.fault.compare(d.fault) })
	}
	f.charges = now
	return old, now
}

// burned returns how much of the stake is lost to charges. It doesn't heal.
func (v *vouch) burned() (sum int64) {
	for _, c := range v.charges {
		sum += c.amount
	}
	return min(v.stake, sum)
}

// unhealed returns how much of the vouch's charges still weighs on its voucher.
func (v *vouch) unhealed(at bonafide.Seconds) (sum int64) {
	for _, c := range v.charges {
		sum += c.amount - healed(c.amount, c.fault.final, at)
	}
	return min(v.stake, sum)
}
