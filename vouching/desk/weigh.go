package desk

import (
	"context"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
)

// Weighing is what a voucher is told before putting up a stake. Levels are numbers, 0 for none.
type Weighing struct {
	Terms    *bonafide.Mechanism
	Level    int // that is offered
	Supports int // the highest level that the vouch would support now
	Stake    int64
	Risk     vouching.Risk  // the most that it can cost
	Brake    vouching.Brake // the room that there is, and why
	Capacity int64
	Lent     int64
	Ends     bonafide.Seconds // if it were accepted now
}

// WeighAnswer returns what answering an ask would mean; where it would be refused, the refusal.
func (d *Desk) WeighAnswer(ctx context.Context, voucher, id string, level int, stake int64) (w Weighing, err error) {
	err = d.Store.View(ctx, func(r store.Reader) error {
		a, err := d.askTo(r, voucher, id)
		if err != nil {
			return err
		}
		m, l, err := d.terms(a.Mechanism)
		if err != nil {
			return err
		}
		v := vouch{ID: a.ID, Voucher: party{Member: voucher}, Vouchee: a.Asker}
		now, err := l.Now(r, d.now())
		if err != nil {
			return err
		}
		if err := l.Refuse(r, now, v.event(now, level, stake, a.Asker.Member)); err != nil {
			return nameless(err)
		}
		state, err := l.Around(r, now, voucher)
		w = weigh(m, state, voucher, level, stake)
		return err
	})
	return w, err
}

// WeighOffer returns what a link would mean once accepted; where it would be refused now, the refusal.
func (d *Desk) WeighOffer(ctx context.Context, voucher, mechanism string, level int, stake int64) (w Weighing, err error) {
	err = d.Store.View(ctx, func(r store.Reader) error {
		m, l, err := d.terms(mechanism)
		if err != nil {
			return err
		}
		if err := d.allowed(r, offer{Mechanism: mechanism, Voucher: party{Member: voucher}, Level: level, Stake: stake}); err != nil {
			return err
		}
		state, err := l.Around(r, d.now(), voucher)
		w = weigh(m, state, voucher, level, stake)
		return err
	})
	return w, err
}

func weigh(m *bonafide.Mechanism, state *vouching.State, voucher string, level int, stake int64) Weighing {
	of := state.Member(voucher)
	w := Weighing{
		Terms: m, Level: level, Stake: stake, Risk: state.Risk(voucher, stake), Brake: state.Brake(voucher),
		Capacity: of.Capacity, Lent: of.Lent, Ends: state.At() + vouching.Life,
	}
	for h := min(level, of.OwnLevel-1); h > 0 && w.Supports == 0; h-- {
		if stake >= m.Vouching.MinStake[h-1] {
			w.Supports = h
		}
	}
	return w
}

// Needs returns how many supporters the level offered needs.
func (w Weighing) Needs() int { return w.Terms.Vouching.Supporters[w.Level-1] }
