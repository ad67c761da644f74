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
// mechanism, no-vouching, no-such-member, unknown-class, future-event, fault-late for what occurred over 180
// days ago, fault-twice for what this member has answered for or has to.
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
		return before.pass(now), nil
	}
	if err := c.check(tx, r, now); err != nil {
		return Case{}, err
	}
	k := open(r, now)
	if err := tx.Put(ofKey(k.Member, k.ID), nil); err != nil {
		return Case{}, err
	}
	return k, c.keep(tx, Case{}, k)
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
	if r.Occurred > now {
		return bonafide.Errorf(bonafide.FutureEvent, "occurred", "%d is after now, %d", r.Occurred, now)
	}
	// Were it final at once, the ledger would have to take it.
	if err := c.refuse(tx, l, open(r, now).find(r.Class, now), now); err != nil {
		return err
	}
	return checkTwice(tx, r, now)
}

// refuse tells what the ledger would refuse a final case for.
func (c *Court) refuse(r store.Reader, l *ledger.Ledger, k Case, now bonafide.Seconds) error {
	e, err := k.event(r, l, now)
	if err != nil {
		return err
	}
	return l.Refuse(r, now, e)
}

// checkTwice tells whether the member has answered for the same already, or has to: a case that came to
// nothing bars no other.
func checkTwice(r store.Reader, report Report, now bonafide.Seconds) error {
	cases, err := casesOf(r, report.Member)
	if err != nil {
		return err
	}
	for _, k := range cases {
		k = k.pass(now)
		same := k.Mechanism == report.Mechanism && k.Occurred == report.Occurred && k.Referral == report.Referral
		counts := k.State.Pending() || k.State == StateFinal
		if k.ID != report.ID && same && counts && (k.Class == report.Class || k.Finding == report.Class) {
			return bonafide.Errorf(bonafide.FaultTwice, report.ID, "%q is the same fault", k.ID)
		}
	}
	return nil
}

// checkID tells whether an id can stand in addresses and in the ledger.
func checkID(id string) error {
	const most = 200
	if len(id) > most || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl) || id == "." || id == ".." {
		return bonafide.Errorf(bonafide.BadValue, "id", "needs 1 to %d bytes of UTF-8 without control characters, and not only dots", most)
	}
	return nil
}

// Appeal contests a case for the member, with their words. While it can be contested, other words replace
// those before. Codes: bad-value, not-found unless it is the member's own, appeal-late, case-over.
func (c *Court) Appeal(ctx context.Context, member, id, words string) (Case, error) {
	return c.change(ctx, id, func(_ store.Tx, k Case, now bonafide.Seconds) (Case, error) {
		if k.Member != member {
			return Case{}, noCase(id)
		}
		if err := bonafide.CheckWords("words", words); err != nil {
			return Case{}, err
		}
		return k.contest(words, now)
	})
}

// Accept makes a pending case final at the member's wish. Codes: not-found, case-over.
func (c *Court) Accept(ctx context.Context, member, id string) (Case, error) {
	return c.change(ctx, id, func(_ store.Tx, k Case, now bonafide.Seconds) (Case, error) {
		if k.Member != member {
			return Case{}, noCase(id)
		}
		return k.accept(now)
	})
}

// event returns what the ledger is to hold of a final case.
func (k Case) event(_ store.Reader, _ *ledger.Ledger, _ bonafide.Seconds) (vouching.Event, error) {
	return vouching.Event{
		Kind: vouching.KindFault, ID: k.ID, At: k.Closed, Member: k.Member, Class: k.Finding,
		Occurred: k.Occurred, Reported: k.Reported, Attested: k.Attested,
	}, nil
}
