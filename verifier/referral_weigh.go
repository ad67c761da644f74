package verifier

import (
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/store"
)

// Support is what a referral counts for under one of the site's mechanisms: one of the supporters of each
// level up to Level.
type Support struct {
	Mechanism  string        `json:"mechanism"`
	Name       bonafide.Text `json:"name"` // the mechanism's
	Level      int           `json:"level"`
	LevelName  bonafide.Text `json:"level_name"`
	Supporters int           `json:"supporters"` // how many that level needs
}

// referring returns the tables that have terms for referrals.
func (ts tableSet) referring() tableSet {
	return slices.DeleteFunc(slices.Clone(ts), func(t *bonafide.Table) bool { return t.Referral == nil })
}

// take refuses a voucher's status under a mechanism, or a version of one, that none of the tables names.
func (ts tableSet) take(s *bonafide.Status) error {
	naming := ts.of(s.Mechanism)
	switch {
	case len(naming) == 0:
		return bonafide.Errorf(bonafide.ReferralRefused, s.Mechanism, "no conversion table of this site takes referrals of its holders")
	case !slices.ContainsFunc(naming, func(t *bonafide.Table) bool { return slices.Contains(t.From.Versions, s.Version) }):
		return bonafide.Errorf(bonafide.MechanismChanged, s.Mechanism, "no conversion table of this site takes referrals under its version %d", s.Version)
	}
	return nil
}

// Supporter is somebody of another site who stands behind an account.
type Supporter struct {
	Level   int    // the highest that they support: one below what theirs converts to by the tables now in force
	Account string // the account here that imported the same subject of that site; "" if none did
}

// Referred tells, within a transaction of the verifier's store, who of other sites stands behind the account
// under one of the site's mechanisms. Of each issuer there is at most one.
func (v *Verifier) Referred(r store.Reader, mechanism, account string) ([]Supporter, error) {
	referrals, err := referralsOf(r, account)
	if err != nil || len(referrals) == 0 { // most accounts have none, and this is asked at each event
		return nil, err
	}
	all, err := v.shelf.All(r)
	if err != nil {
		return nil, err
	}
	towards := tableSet(all).to(mechanism)
	var supporters []Supporter
	for _, kept := range referrals {
		list, _, err := store.GetJSON[listRecord](r, listKey(kept.Referral.CredentialStatus.Credential))
		if err != nil {
			return nil, err
		}
		if !kept.counts(list, v.now()) {
			continue
		}
		supports, err := v.supports(r, towards, &kept.Referral, list.FetchedAt)
		if bonafide.CodeOf(err) == bonafide.Internal {
			return nil, err
		}
		voucher, err := importedBy(r, kept.Referral.Issuer, kept.Referral.Subject)
		if err != nil {
			return nil, err
		}
		for _, s := range supports {
			supporters = append(supporters, Supporter{s.Level, voucher})
		}
	}
	return supporters, nil
}

// importedBy returns the account that the subject feeds, "" if there is none.
func importedBy(r store.Reader, issuer bonafide.Origin, subject string) (account string, err error) {
	err = store.ScanJSON(r, store.Prefix(subjectKey(issuer, subject)), func(_ []byte, fed feed) (bool, error) {
		account = fed.Account
		return false, nil
	})
	return account, err
}

// supports weighs a referral that was kept.
func (v *Verifier) supports(r store.Reader, tables tableSet, referral *bonafide.Referral, checked time.Time) ([]Support, error) {
	var mechanisms []*bonafide.Mechanism
	m, found, err := store.GetJSON[*bonafide.Mechanism](r, mechanismKey(referral.Status.Mechanism, referral.Status.Version))
	if err != nil {
		return nil, err
	}
	if found {
		mechanisms = append(mechanisms, m)
	}
	return v.weigh(tables, referral, checked, mechanisms)
}

// weigh tells what a referral counts for, by the tables that have terms for referrals. checked is when its list was
// last read, which its as_of counts as: its issuer sets the bit once the level no longer holds. mechanisms are the
// versions at hand. If it counts for nothing, the error says why: the reason code of the conversion,
// stake-too-small or referral-refused.
func (v *Verifier) weigh(tables tableSet, r *bonafide.Referral, checked time.Time, mechanisms []*bonafide.Mechanism) ([]Support, error) {
	taking := tables.referring().of(r.Status.Mechanism)
	refusal := bonafide.Errorf(bonafide.ReferralRefused, r.Status.Mechanism, "no conversion table of this site takes referrals of its holders")
	status := r.Status
	status.AsOf = bonafide.DateOf(checked)
	input := conversion.Input{Status: status, Condition: conversion.Good, CheckedAt: checked}
	explanations, err := v.convert(taking, []conversion.Input{input}, mechanisms)
	if err != nil {
		return nil, err
	}
	var supports []Support
	for _, e := range explanations {
		support, refused := v.support(taking, r, e)
		if refused != nil {
			refusal = refused
			continue
		}
		supports = append(supports, support)
	}
	if len(supports) == 0 {
		return nil, refusal
	}
	return supports, nil
}

// support tells what a referral counts for where its status counts for what e says.
func (v *Verifier) support(tables tableSet, r *bonafide.Referral, e *conversion.Explanation) (Support, *bonafide.Error) {
	in, to := e.Inputs[0], v.own(e.Mechanism)
	if !in.Used {
		return Support{}, bonafide.Errorf(in.Reason, r.Status.Mechanism, "the voucher's status counts for nothing here")
	}
	i := slices.IndexFunc(tables, func(t *bonafide.Table) bool { return t.ID == in.Table.ID })
	if least := tables[i].Referral.MinStake; r.Stake < least {
		return Support{}, bonafide.Errorf(bonafide.StakeTooSmall, "referral.stake", "%d is below the %d that %s asks for", r.Stake, least, in.Table.ID)
	}
	if to.Vouching == nil || e.Level < 2 {
		return Support{}, bonafide.Errorf(bonafide.ReferralRefused, r.Status.Mechanism, "the voucher's level counts as %d here, below which there is none to support", e.Level)
	}
	s := Support{Mechanism: to.ID, Name: to.Name, Level: min(e.Level-1, len(to.Vouching.Supporters))}
	level, _ := to.Level(s.Level)
	s.LevelName, s.Supporters = level.Name, to.Vouching.Supporters[s.Level-1]
	return s, nil
}
