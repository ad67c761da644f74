package site

import (
	"context"
	"errors"

	"bonafide.example/complaint"
	"bonafide.example/internal/erasures"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"bonafide.example/verifier"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/desk"
	"bonafide.example/vouching/refer"
)

// newVouching makes what members need to stand behind one another and to be heard about faults, if one of
// the site's mechanisms has terms for it.
func (s *Site) newVouching() error {
	needed, err := s.needsVouching()
	if err != nil || !needed {
		return err
	}
	if s.Court, err = court.New(court.Config{
		Origin: s.Origin, Name: s.Name, Issuer: s.Issuer, Store: s.Store, Signer: s.Keys.Credential, SignIn: s.SignIn,
		Local: s.Local, Fetched: s.fetches.add, Final: s.faultFinal, Reversed: s.faultReversed, Now: s.Now, Log: s.Log,
	}); err != nil {
		return err
	}
	if s.Desk, err = desk.New(desk.Config{
		Origin: s.Origin, Name: s.Name, Issuer: s.Issuer, Store: s.Store, SignIn: s.SignIn, Now: s.Now, Log: s.Log,
	}); err != nil {
		return err
	}
	s.Refer, err = refer.New(refer.Config{
		Origin: s.Origin, Name: s.Name, Issuer: s.Issuer, Court: s.Court, Store: s.Store, Signer: s.Keys.Credential, SignIn: s.SignIn,
		Believes: s.Believes, Admission: s.Admission, Local: s.Local, Fetched: s.fetches.add, Now: s.Now, Log: s.Log,
	})
	return err
}

// needsVouching tells whether one of the mechanisms has terms for it, or something is kept from when one had:
// members export and erase that.
func (s *Site) needsVouching() (needed bool, err error) {
	if s.Issuer.KeepsLedgers() {
		return true, nil
	}
	err = s.Store.View(context.Background(), func(r store.Reader) error {
		needed = false
		for _, owner := range []string{"desk", "court", "refer"} {
			err := r.Scan(store.Prefix(store.Key(owner)), func(_, _ []byte) (bool, error) {
				needed = true
				return false, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return needed, err
}

// faultFinal tells the sites from where somebody was referred that they were found at fault here.
func (s *Site) faultFinal(tx store.Tx, f court.Final) error {
	if s.Verifier == nil {
		return nil
	}
	return s.Verifier.FaultFinal(tx, faultOf(f))
}

func (s *Site) faultReversed(tx store.Tx, f court.Final) error {
	if s.Verifier == nil {
		return nil
	}
	return s.Verifier.FaultReversed(tx, faultOf(f))
}

func faultOf(f court.Final) verifier.Fault {
	return verifier.Fault{Mechanism: f.Mechanism, Account: f.Member, ID: f.Fault, Class: f.Class, Occurred: f.Occurred, Reported: f.Reported}
}

// referred returns who of other sites stands behind an account.
func (s *Site) referred(r store.Reader, mechanism, account string) (all []issuer.Referral, err error) {
	supporters, err := s.Verifier.Referred(r, mechanism, account)
	for _, one := range supporters {
		all = append(all, issuer.Referral(one))
	}
	return all, err
}

// forget erases what isn't the issuer's and doesn't run on.
func (s *Site) forget(tx store.Tx, member string) error {
	return errors.Join(forgetActs(tx, member), s.Complaints.Erase(tx, member))
}

// erasing enters in the journal that a member was erased, and lets what runs on without them go on under a pseudonym.
func (s *Site) erasing(tx store.Tx, member, pseudonym string) error {
	if err := errors.Join(s.erased.Note(tx, erasures.Member, member), s.forget(tx, member)); err != nil {
		return err
	}
	if s.Verifier != nil {
		if err := s.Verifier.EraseReferrals(tx, member, pseudonym); err != nil {
			return err
		}
	}
	if s.Desk == nil {
		return nil
	}
	if err := s.Desk.Erase(tx, member, pseudonym); err != nil {
		return err
	}
	if err := s.Refer.Erase(tx, member, pseudonym); err != nil {
		return err
	}
	return s.Court.Erase(tx, member, pseudonym)
}

// exported is what a member's export holds beside what the issuer knows.
type exported struct {
	Complaints []complaint.Complaint `json:"complaints"`
	Vouches    any                   `json:"vouches,omitzero"` // these three: if the site has, or had, terms for it
	Cases      any                   `json:"cases,omitzero"`
	Referrals  any                   `json:"referrals,omitzero"`
}

func (s *Site) exporting(r store.Reader, member string) (any, error) {
	var all exported
	var err error
	if all.Complaints, err = s.Complaints.Export(r, member); err != nil || s.Desk == nil {
		return all, err
	}
	if all.Vouches, err = s.Desk.Export(r, member); err != nil {
		return nil, err
	}
	if all.Cases, err = s.Court.Export(r, member); err != nil {
		return nil, err
	}
	all.Referrals, err = s.Refer.Export(r, member)
	return all, err
}

// contested is what the export of an account holds where there is no issuer: nil if it contested nothing.
func (s *Site) contested(r store.Reader, account string) (any, error) {
	all, err := s.Complaints.Export(r, account)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return exported{Complaints: all}, nil
}
