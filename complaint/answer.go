package complaint

import (
	"context"

	"bonafide.example"
	"bonafide.example/store"
)

// Look notes that somebody looks at a complaint; done again, it changes nothing. Its codes: not-found, case-over.
func (d *Desk) Look(ctx context.Context, id string) (Complaint, error) {
	return d.change(ctx, id, func(c *Complaint) error {
		if !c.State.Open() {
			return over(c)
		}
		if c.State == StateReceived {
			c.State, c.Looked = StateLooked, d.now()
		}
		return nil
	})
}

// Decide answers a complaint: whether it is founded, and why, for whoever complained to read. The same decision
// again changes nothing. Its codes: bad-value, not-found, case-over.
func (d *Desk) Decide(ctx context.Context, id string, founded bool, words string) (Complaint, error) {
	if err := bonafide.CheckWords("words", words); err != nil {
		return Complaint{}, err
	}
	state := StateUnfounded
	if founded {
		state = StateFounded
	}
	return d.change(ctx, id, func(c *Complaint) error {
		if !c.State.Open() {
			if c.State == state && c.Answer == words {
				return nil
			}
			return over(c)
		}
		now := d.now()
		if c.Looked == 0 {
			c.Looked = now
		}
		c.State, c.Answer, c.Closed, c.Overdue = state, words, now, false
		return nil
	})
}

func over(c *Complaint) error { return bonafide.Errorf(bonafide.CaseOver, c.ID, "is %s", c.State) }

// change changes a complaint, and keeps it if it did.
func (d *Desk) change(ctx context.Context, id string, do func(c *Complaint) error) (c Complaint, err error) {
	err = d.Store.Update(ctx, func(tx store.Tx) error {
		before, err := d.load(tx, id)
		if err != nil {
			return err
		}
		c = before
		if err := do(&c); err != nil || c == before {
			return err
		}
		return keep(tx, before, c)
	})
	return c, err
}

// RunDue forgets what was closed long enough ago.
func (d *Desk) RunDue(ctx context.Context) error {
	return d.Store.Update(ctx, func(tx store.Tx) error {
		over, err := d.list(tx, store.Range{From: store.Key("complaint", "end"), To: timed("end", d.now()+1, "")})
		if err != nil {
			return err
		}
		for _, c := range over {
			if err := forget(tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// Erase deletes what the member contested. Of reports about their badges stays, for whoever holds a receipt, when they
// came and how they ended: neither whom they were about nor anything written.
func (d *Desk) Erase(tx store.Tx, member string) error {
	all, err := d.list(tx, store.Prefix(store.Key("complaint", "of", member)))
	if err != nil {
		return err
	}
	for _, before := range all {
		if before.Contest {
			err = forget(tx, before)
		} else {
			c := before
			c.Member, c.Badge, c.Kind, c.Page, c.Words, c.Answer = "", "", "", "", "", ""
			if c.State.Open() {
				c.State, c.Closed = StateGone, d.now()
			}
			err = keep(tx, before, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// EachHeld calls fn with each member on whom a complaint is held, once or more often.
func (d *Desk) EachHeld(r store.Reader, fn func(member string)) error {
	return r.Scan(store.Prefix(store.Key("complaint", "of")), func(key, _ []byte) (bool, error) {
		fn(store.Parts(key)[2])
		return true, nil
	})
}

// Export returns all complaints about a member's statuses and badges. What others wrote in a report stays with whoever
// decides, and the answer with whoever reported: either may tell who they are.
func (d *Desk) Export(r store.Reader, member string) ([]Complaint, error) {
	all, err := d.list(r, store.Prefix(store.Key("complaint", "of", member)))
	for n := range all {
		if !all[n].Contest {
			all[n].ID, all[n].Words, all[n].Page, all[n].Answer = "", "", "", ""
		}
	}
	return append([]Complaint{}, all...), err
}
