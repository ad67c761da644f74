package court

import (
	"cmp"
	"context"
	"strings"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
)

// caseView is a case as its member sees it.
type caseView struct {
	Case
	Address   string
	Mechanism *bonafide.Mechanism
	Name      bonafide.Text // of the class reported
	Points    int64         // what it takes, or would take, from the member
	Open      bool          // it can be contested, or contested in other words
	Typed     string        // into the form that contests it
}

// view returns the case with what it means for its member.
func (c *Court) view(ctx context.Context, k Case) (v caseView, err error) {
	m, err := c.Issuer.Mechanism(k.Mechanism)
	if err != nil {
		return v, err
	}
	v = caseView{Case: k, Address: casePath(k.ID), Mechanism: m, Open: k.State.Pending() && c.now() < k.ContestBy()}
	v.Name = v.NameOf(k.Class)
	l, err := c.Issuer.Ledger(k.Mechanism)
	if bonafide.CodeOf(err) == bonafide.NoVouching { // the mechanism had one once
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.Points = l.Parameters().Classes[cmp.Or(k.Finding, k.Class)].Points
	if k.Referral == "" {
		return v, nil
	}
	err = c.Store.View(ctx, func(r store.Reader) (err error) {
		v.Points, err = c.elsewhere(r, l, k)
		return err
	})
	return v, err
}

// elsewhere returns what the member loses by a fault elsewhere of somebody whom they referred there.
func (c *Court) elsewhere(r store.Reader, l *ledger.Ledger, k Case) (points int64, err error) {
	f, counts, err := l.Fault(r, c.now(), k.ID)
	if err == nil && !counts {
		points, err = outcomePoints(r, l, k, cmp.Or(k.Finding, k.Class), c.now())
	}
	if bonafide.CodeOf(err) == bonafide.UnknownClass { // the mechanism had it once
		err = nil
	}
	for _, charge := range f.Charges {
		points += charge.Amount
	}
	return points, err
}

// ContestBy returns until when, but not at which instant, the member may contest the case.
func (k Case) ContestBy() bonafide.Seconds { return k.Reported + vouching.AppealWithin }

// Lines returns the lines of what somebody wrote.
func (v caseView) Lines(words string) []string {
	return strings.Split(strings.ReplaceAll(words, "\r\n", "\n"), "\n")
}

// Clock returns the time of the day of an instant, in UTC: deadlines are to the minute.
func (v caseView) Clock(at bonafide.Seconds) string { return at.Time().Format("15:04") }

// NameOf returns the name of a class of fault.
func (v caseView) NameOf(id string) bonafide.Text {
	for _, class := range v.Mechanism.Faults {
		if class.ID == id {
			return class.Name
		}
	}
	return bonafide.Text{EN: id, FR: id} // the mechanism had it once
}
