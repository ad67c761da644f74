package court

import (
	"context"
	"crypto/rand"
	"strings"
	"unicode"
	"unicode/utf8"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/ledger"
)

// Report begins a case and so tells the member. The same report again returns the case as it stands;
// another under its id is refused: event-conflict. Other codes: bad-value, not-found for an unknown
// mechanism, no-vouching, no-such-member, unknown-class, future-event for what didn't occur before this second,
// fault-late for what occurred over 180 days ago, fault-twice for what this member has answered for or has to; with a
// referral also unknown-referral, fault-disordered, and fault-late if there is no time left to rule.
func (c *Court) Report(ctx context.Context, r Report) (k Case, err error) {
	err = c.Store.Update(ctx, func(tx store.Tx) error {
		k, err = c.ReportIn(tx, r)
		return err
	})
	return k, err
}

// ReportIn does the same within a transaction of the court's store.
func (c *Court) ReportIn(tx store.Tx, r Report) (Case, error) {
	now := c.now()
	if r.ID == "" {
		r.ID = rand.Text()
	}
	before, found, err := store.GetJSON[Case](tx, caseKey(r.ID))
	switch {
	case err != nil:
		return Case{}, err
	case found && before.Report != r:
		return Case{}, bonafide.Errorf(bonafide.EventConflict, r.ID, "another report has this id")
	case found:
		return c.pass(before, now), nil
	}
	if err := c.check(tx, r, now); err != nil {
		return Case{}, err
	}
	k, err := c.begin(tx, r, now)
	if err != nil {
		return Case{}, err
	}
	if err := tx.Put(ofKey(k.Member, k.ID), nil); err != nil {
		return Case{}, err
	}
	return k, c.keep(tx, Case{}, k)
}

// begin returns the case that a report begins, its id kept for the fault in the ledger.
func (c *Court) begin(tx store.Tx, r Report, now bonafide.Seconds) (Case, error) {
	k := open(r, now)
	l, err := c.Issuer.Ledger(r.Mechanism)
	if err != nil {
		return k, err
	}
	if r.Referral != "" { // said here, as the mechanism may come to keep no ledger
		referral, _, err := l.Vouch(tx, now, r.Referral)
		if err != nil {
			return k, err
		}
		k.Site = referral.Site
	}
	return k, l.Reserve(tx, k.ID)
}

// check tells whether a new report may be taken now.
func (c *Court) check(tx store.Tx, r Report, now bonafide.Seconds) error {
	if err := checkID(r.ID); err != nil {
		return err
	}
	if r.Words != "" || r.Referral == "" {
		if err := bonafide.CheckWords("words", r.Words); err != nil {
			return err
		}
	}
	l, err := c.Issuer.Ledger(r.Mechanism)
	if err != nil {
		return err
	}
	if known, err := c.Issuer.Knows(tx, r.Member); err != nil || !known {
		if err == nil {
			err = bonafide.Errorf(bonafide.NoSuchMember, r.Member, "is not known here")
		}
		return err
	}
	if r.Occurred >= now {
		return bonafide.Errorf(bonafide.FutureEvent, "occurred", "%d is not before now, %d", r.Occurred, now)
	}
	if r.Referral != "" {
		if err := checkReferral(tx, l, r, now); err != nil {
			return err
		}
	}
	// Were it final at once, the ledger would have to take it.
	e, err := event(tx, l, open(r, now).find(r.Class, now), now)
	if err != nil {
		return err
	}
	if err := l.Refuse(tx, now, e); err != nil {
		return err
	}
	return checkTwice(tx, r)
}

// checkReferral tells whether the member made the referral, and whether there is time enough left to rule.
func checkReferral(r store.Reader, l *ledger.Ledger, report Report, now bonafide.Seconds) error {
	v, found, err := l.Vouch(r, now, report.Referral)
	switch {
	case err != nil:
		return err
	case !found || v.Site == "" || v.Voucher != report.Member:
		return bonafide.Errorf(bonafide.UnknownReferral, report.Referral, "is no referral of the member")
	case now+vouching.AppealWithin+vouching.RuleWithin-report.ReportedThere > vouching.OutcomeWithin:
		return bonafide.Errorf(bonafide.FaultLate, report.ID, "it was reported elsewhere at %d, too long before now, %d", report.ReportedThere, now)
	}
	return nil
}

// checkTwice tells whether the member has answered for the same already, or has to. A report that was reversed
// bars no other; one that is void does, or nobody would have to rule in time.
func checkTwice(r store.Reader, report Report) error {
	cases, err := casesOf(r, report.Member)
	if err != nil {
		return err
	}
	for _, k := range cases {
		same := k.Mechanism == report.Mechanism && k.Class == report.Class && k.Occurred == report.Occurred && k.Referral == report.Referral
		reversed := k.State == StateDismissed || k.State == StateReversed
		if same && !reversed && k.ID != report.ID {
			return bonafide.Errorf(bonafide.FaultTwice, report.ID, "%q is the same fault", k.ID)
		}
	}
	return nil
}

// checkID tells whether an id can stand in addresses and in the ledger.
func checkID(id string) error {
	const most = 200
	if len(id) > most || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl) || id == "." || id == ".." {
		return bonafide.Errorf(bonafide.BadValue, "id", "needs 1 to %d bytes of UTF-8 without control characters, and isn't . or ..", most)
	}
	return nil
}
