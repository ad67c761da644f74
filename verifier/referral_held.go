package verifier

import (
	"bonafide.example"
	"bonafide.example/store"
)

// HeldReferral is one referral that an account redeemed.
type HeldReferral struct {
	ID          string                 `json:"id"`
	Issuer      bonafide.Origin        `json:"issuer"`
	Referral    string                 `json:"referral"` // as its issuer signed it
	Name        string                 `json:"name"`     // what the voucher is told of who redeemed it
	State       bonafide.ReferralState `json:"state"`
	Paused      bool                   `json:"paused"` // its issuer hasn't been reachable for too long: it doesn't count until it is
	RedeemedAt  bonafide.Seconds       `json:"redeemed_at"`
	ConfirmedAt bonafide.Seconds       `json:"confirmed_at,omitzero"`
	Until       bonafide.Seconds       `json:"until,omitzero"` // until when the voucher answers
	EndedAt     bonafide.Seconds       `json:"ended_at,omitzero"`
	Code        bonafide.Code          `json:"code,omitzero"`    // why it ended, or counts for nothing
	Refused     bonafide.Code          `json:"refused,omitzero"` // with what its issuer last refused an outcome
	Supports    []Support              `json:"supports"`         // what it counts for, once confirmed
	Outcomes    []bonafide.Outcome     `json:"outcomes"`         // what its issuer is yet to be told
}

// heldReferrals returns what is held of the referrals that the account redeemed.
func (v *Verifier) heldReferrals(r store.Reader, account string) ([]HeldReferral, error) {
	all := []HeldReferral{}
	kept, err := referralsOf(r, account)
	if err != nil {
		return nil, err
	}
	tables, err := v.shelf.All(r)
	if err != nil {
		return nil, err
	}
	for _, of := range kept {
		held, err := v.heldReferral(r, tables, of)
		if err != nil {
			return nil, err
		}
		all = append(all, held)
	}
	return all, nil
}

func (v *Verifier) heldReferral(r store.Reader, tables tableSet, of *referral) (HeldReferral, error) {
	held := HeldReferral{
		ID: of.ID, Issuer: of.Referral.Issuer, Referral: of.Token, Name: of.Name, State: of.State,
		RedeemedAt: of.RedeemedAt, ConfirmedAt: of.ConfirmedAt, Until: of.Until, EndedAt: of.EndedAt, Code: of.Code, Refused: of.Refused,
		Supports: []Support{}, Outcomes: []bonafide.Outcome{},
	}
	waiting, err := sendings(r, &of.Referral)
	if err != nil {
		return held, err
	}
	for _, s := range waiting {
		held.Outcomes = append(held.Outcomes, s.Outcome)
	}
	if of.over() {
		return held, nil
	}
	list, _, err := store.GetJSON[listRecord](r, listKey(of.Referral.CredentialStatus.Credential))
	if err != nil {
		return held, err
	}
	held.Paused = !v.now().Before(list.ValidUntil)
	supports, refused := v.supports(r, tables, &of.Referral, list.FetchedAt)
	switch code := bonafide.CodeOf(refused); code {
	case "":
		held.Supports = supports
	case bonafide.Internal:
		return held, refused
	default:
		held.Code = code
	}
	return held, nil
}
