package verifier

import (
	"context"
	"errors"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/store"
)

// ErasingFunc is told, in the transaction that erases an account, whose it is.
type ErasingFunc func(tx store.Tx, account string) error

// RemovingFunc is told, in the transaction that removes an import at its holder's wish, which it is.
type RemovingFunc func(tx store.Tx, account, id string) error

// ExportingFunc returns what others hold on an account, for its export; it becomes JSON. nil: nothing.
type ExportingFunc func(r store.Reader, account string) (any, error)

// Held is everything that is held on an account.
type Held struct {
	Account   string                    `json:"account"`
	Imports   []HeldImport              `json:"imports"`
	Counts    []*conversion.Explanation `json:"counts"` // what they count for now
	Referrals []HeldReferral            `json:"referrals"`
	Erased    []Cover                   `json:"erased_referrals"` // who answers for faults from before the account was erased
	Endings   []Ending                  `json:"endings"`
	UnderWay  []HeldFlow                `json:"under_way"`       // imports begun within the last ten minutes
	Others    any                       `json:"others,omitzero"` // what others hold on it: see [ExportingFunc]
}

// HeldImport is one imported status. The refresh token is left out: whoever reads an export must not be
// able to ask the issuer with it.
type HeldImport struct {
	ID          string                        `json:"id"`
	Issuer      bonafide.Origin               `json:"issuer"`
	Subject     string                        `json:"subject"`   // the issuer's pseudonym of the holder for this site
	Statement   string                        `json:"statement"` // as its issuer signed it
	Status      bonafide.Status               `json:"status"`
	Consent     bonafide.AuthorizationDetails `json:"consent"`
	Condition   conversion.Condition          `json:"condition"`
	ImportedAt  time.Time                     `json:"imported_at"`
	StatedAt    time.Time                     `json:"stated_at"`
	CheckedAt   time.Time                     `json:"checked_at,omitzero"` // when its status list was last read
	ReliedUntil time.Time                     `json:"relied_until"`        // without a new statement it counts no longer than that
	RefreshAt   time.Time                     `json:"refresh_at"`          // when a new statement is asked for
	Failure     bonafide.Code                 `json:"failure,omitzero"`    // why asking failed last time
}

// Ending is what remains of an import that ended otherwise than by its holder's removing it here.
type Ending struct {
	Issuer    bonafide.Origin `json:"issuer"`
	Mechanism string          `json:"mechanism"`
	At        time.Time       `json:"at"`
	Code      bonafide.Code   `json:"code"`
}

// HeldFlow is an import that was begun.
type HeldFlow struct {
	Issuer    bonafide.Origin `json:"issuer"`
	Mechanism string          `json:"mechanism"`
	Expires   time.Time       `json:"expires"`
}

// Export returns everything that is held on the account.
func (v *Verifier) Export(ctx context.Context, account string) (*Held, error) {
	held := &Held{Account: account}
	err := v.config.Store.View(ctx, func(r store.Reader) error {
		held.Imports, held.Endings, held.UnderWay = []HeldImport{}, []Ending{}, []HeldFlow{}
		inputs, lists, err := inputsOf(r, account)
		if err != nil {
			return err
		}
		for i, in := range inputs {
			held.Imports = append(held.Imports, in.held(lists[i], v.now()))
		}
		if held.Referrals, err = v.heldReferrals(r, account); err != nil {
			return err
		}
		if held.Erased, err = v.erasedCovers(r, account); err != nil {
			return err
		}
		endings := store.ScanJSON(r, store.Prefix(endingsKey(account)), func(_ []byte, e Ending) (bool, error) {
			held.Endings = append(held.Endings, e)
			return true, nil
		})
		flows := flowsOf(r, account, func(_ []byte, f flow) error {
			held.UnderWay = append(held.UnderWay, HeldFlow{f.Issuer, f.Details.Mechanism, f.Expires})
			return nil
		})
		if err := errors.Join(endings, flows); err != nil || v.config.Exporting == nil {
			return err
		}
		held.Others, err = v.config.Exporting(r, account)
		return err
	})
	if err != nil {
		return nil, err
	}
	held.Counts, err = v.Converted(ctx, account)
	return held, err
}

func (in *input) held(list listRecord, now time.Time) HeldImport {
	s := &in.Statement
	return HeldImport{
		ID: in.ID, Issuer: s.Issuer, Subject: s.Subject, Statement: in.Token, Status: s.Status, Consent: in.Details,
		Condition: in.condition(list, now), ImportedAt: in.ImportedAt, StatedAt: in.StatedAt, CheckedAt: list.FetchedAt,
		ReliedUntil: s.ReliedUntil.Time(), RefreshAt: in.RefreshAt, Failure: in.Failure,
	}
}

// flowsOf calls fn for each import that the account has under way.
func flowsOf(r store.Reader, account string, fn func(key []byte, f flow) error) error {
	return store.ScanJSON(r, store.Prefix(store.Key("verifier", "flow")), func(key []byte, f flow) (bool, error) {
		if f.Account != account {
			return true, nil
		}
		return true, fn(key, f)
	})
}

// Erase deletes everything that is held on the account: what it imported, what remains of that, what is under
// way, and the referrals that it redeemed, whose issuers are still told that they ended. Of those there remains a
// [Cover] for a year. The same statuses may be imported again afterwards, by any account.
func (v *Verifier) Erase(ctx context.Context, account string) error {
	return v.removing(ctx, func(tx store.Tx) error { return v.eraseAccount(tx, account) })
}

// removing erases or removes something, and tells that it is so for good.
func (v *Verifier) removing(ctx context.Context, fn func(store.Tx) error) error {
	err := v.config.Store.Update(ctx, fn)
	if err == nil && v.config.Removed != nil {
		v.config.Removed(ctx)
	}
	return err
}

func (v *Verifier) eraseAccount(tx store.Tx, account string) error {
	if v.config.Erasing != nil {
		if err := v.config.Erasing(tx, account); err != nil {
			return err
		}
	}
	inputs, _, err := inputsOf(tx, account)
	if err != nil {
		return err
	}
	for _, in := range inputs {
		if err := deleteInput(tx, account, in.ID); err != nil {
			return err
		}
	}
	endings := tx.Scan(store.Prefix(endingsKey(account)), func(key, _ []byte) (bool, error) { return true, tx.Delete(key) })
	flows := flowsOf(tx, account, func(key []byte, _ flow) error { return tx.Delete(key) })
	return errors.Join(endings, flows, v.eraseReferrals(tx, account))
}

// EachHeld calls fn with each account on which anything is held, once or more often.
func (v *Verifier) EachHeld(r store.Reader, fn func(account string)) error {
	for _, kind := range []string{"input", "ending", "referral"} {
		err := r.Scan(store.Prefix(store.Key("verifier", kind)), func(key, _ []byte) (bool, error) {
			fn(store.Parts(key)[2])
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	return store.ScanJSON(r, store.Prefix(store.Key("verifier", "flow")), func(_ []byte, f flow) (bool, error) {
		fn(f.Account)
		return true, nil
	})
}

// EachImport calls fn with each import that is held: whose it is, and its id.
func (v *Verifier) EachImport(r store.Reader, fn func(account, id string)) error {
	return r.Scan(store.Prefix(store.Key("verifier", "input")), func(key, _ []byte) (bool, error) {
		parts := store.Parts(key)
		fn(parts[2], parts[3])
		return true, nil
	})
}

// Remove deletes one import of the account. It fails with [bonafide.NotFound] if the account has no such.
func (v *Verifier) Remove(ctx context.Context, account, id string) error {
	if _, err := v.input(ctx, account, id); err != nil {
		return err
	}
	return v.removing(ctx, func(tx store.Tx) error {
		if v.config.Removing != nil {
			if err := v.config.Removing(tx, account, id); err != nil {
				return err
			}
		}
		return deleteInput(tx, account, id)
	})
}

// input returns one input of the account, [bonafide.NotFound] if it has no such.
func (v *Verifier) input(ctx context.Context, account, id string) (in *input, err error) {
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		var found bool
		in, found, err = store.GetJSON[*input](r, inputKey(account, id))
		if err == nil && !found {
			err = bonafide.Errorf(bonafide.NotFound, id, "is no import of this account")
		}
		return err
	})
	return in, err
}
