package issuer

import (
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/store"
)

// settleConsent sets the bits of the consent's statements that would now be lower, and drops from it those that
// need no more watching.
func (i *Issuer) settleConsent(tx store.Tx, c *consent, m *bonafide.Mechanism, exact bonafide.Status) error {
	now := tell(exact, c.Details.Claims)
	return i.keepStatements(tx, c, func(s statement) bool { return !lower(now, s.Status, m) })
}

// keepStatements sets the bits of the consent's statements that don't hold, and drops them, and also those that
// may no longer be relied on.
func (i *Issuer) keepStatements(tx store.Tx, c *consent, holds func(statement) bool) error {
	c.Statements = slices.DeleteFunc(c.Statements, func(s statement) bool { return !i.now().Before(s.ReliedUntil.Time()) })
	kept, err := i.revokeUnless(tx, c.Statements, holds)
	c.Statements = kept
	return err
}

// revokeUnless sets the bits of the statements that don't hold, and returns those that do.
func (i *Issuer) revokeUnless(tx store.Tx, statements []statement, holds func(statement) bool) (kept []statement, err error) {
	for _, s := range statements {
		if holds(s) {
			kept = append(kept, s)
		} else if err := i.revoke(tx, s.Entry); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// endConsent sets the bits of all that was stated under the consent: it doesn't hold any longer.
func (i *Issuer) endConsent(tx store.Tx, c *consent) error {
	if err := i.keepStatements(tx, c, func(statement) bool { return false }); err != nil {
		return err
	}
	return tx.Delete(refreshKey(c.Refresh))
}

// consentsOf returns the member's consents.
func consentsOf(r store.Reader, member string) ([]consent, error) {
	var all []consent
	err := store.ScanJSON(r, store.Prefix(store.Key("i", "consent", member)), func(_ []byte, c consent) (bool, error) {
		all = append(all, c)
		return true, nil
	})
	return all, err
}

// statusChanged follows a change of the member's exact status under m: what others were told of it,
// and would now be told lower, is revoked.
func (i *Issuer) statusChanged(tx store.Tx, m *bonafide.Mechanism, member string, now bonafide.Status) error {
	earned := earnedAlone(now)
	err := i.keepWatched(tx, m.Slug(), member, func(s statement) bool { return !lower(earned, s.Status, m) })
	if err != nil {
		return err
	}
	all, err := consentsOf(tx, member)
	if err != nil {
		return err
	}
	for _, c := range all {
		before := len(c.Statements)
		if c.Details.Mechanism != m.ID || before == 0 {
			continue
		}
		if err := i.settleConsent(tx, &c, m, now); err != nil {
			return err
		}
		if len(c.Statements) == before {
			continue
		}
		if err := store.PutJSON(tx, consentKey(c.Member, c.ID), c); err != nil {
			return err
		}
	}
	return nil
}

// eraseConsents ends the member's consents and forgets them, with codes not yet exchanged.
func (i *Issuer) eraseConsents(tx store.Tx, member string) error {
	all, err := consentsOf(tx, member)
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := i.endConsent(tx, &c); err != nil {
			return err
		}
		if err := tx.Delete(consentKey(c.Member, c.ID)); err != nil {
			return err
		}
		if err := tx.Delete(dueKey(c.Until, string(consentKey(c.Member, c.ID)))); err != nil {
			return err
		}
	}
	return store.ScanJSON(tx, store.Prefix(store.Key("i", "consent-code")), func(key []byte, g grant) (bool, error) {
		if g.Member != member {
			return true, nil
		}
		return true, tx.Delete(key)
	})
}

// exportedConsent is what a member is given of one consent.
type exportedConsent struct {
	Verifier  bonafide.Origin  `json:"verifier"`
	Subject   string           `json:"subject"` // what the verifier knows the member as
	Mechanism string           `json:"mechanism"`
	Claims    []bonafide.Claim `json:"claims"`
	Purpose   bonafide.Text    `json:"purpose"`
	Given     time.Time        `json:"given"`
	Until     time.Time        `json:"until"`
	Withdrawn time.Time        `json:"withdrawn,omitzero"`
	ToldAt    time.Time        `json:"told_at"`
	Told      bonafide.Status  `json:"told"` // the latest
}

// exportConsents returns who was told what, for the member's export.
func (i *Issuer) exportConsents(r store.Reader, member string) (any, error) {
	all, err := consentsOf(r, member)
	if err != nil {
		return nil, err
	}
	exported := []exportedConsent{}
	for _, c := range all {
		subject, err := pseudonym(r, c.Verifier, member)
		if err != nil {
			return nil, err
		}
		e := exportedConsent{
			Verifier: c.Verifier, Subject: subject, Mechanism: c.Details.Mechanism, Claims: c.Details.Claims, Purpose: c.Details.Purpose,
			Given: c.Given.Time(), Until: c.Until.Time(), ToldAt: c.ToldAt.Time(), Told: c.Told,
		}
		if c.Withdrawn != 0 {
			e.Withdrawn = c.Withdrawn.Time()
		}
		exported = append(exported, e)
	}
	return exported, nil
}
