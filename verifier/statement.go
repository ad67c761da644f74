package verifier

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/seal"
	"bonafide.example/store"
)

// what names a consented status in errors.
const what = "consented status"

// statement is a consented status that was checked, with what it takes to keep it.
type statement struct {
	token string
	bonafide.ConsentedStatus
	details      bonafide.AuthorizationDetails // what was granted
	refreshToken string
	mechanism    *bonafide.Mechanism // the version that it speaks of
	list         *fetch.List         // on which its bit isn't set
}

// open checks a consented status: that issuer signed it, for this site, in answer to the request, under
// the consent that was asked for, and that it holds. It fetches what that takes.
func (v *Verifier) open(ctx context.Context, response *oauth.TokenResponse, issuer bonafide.Origin, asked *bonafide.AuthorizationDetails) (*statement, error) {
	granted := &response.Details[0]
	if err := within(granted, asked); err != nil {
		return nil, err
	}
	parsed, err := seal.Parse(response.Status, bonafide.TypeStatus)
	if err != nil {
		return nil, err
	}
	if signer, err := parsed.Issuer(); err != nil {
		return nil, err
	} else if signer != issuer {
		return nil, bonafide.Errorf(bonafide.WrongIssuer, what, "is signed by %q instead of %q", string(signer), string(issuer))
	}
	keys, err := v.fetch.Keys(ctx, issuer, parsed.KeyID())
	if err != nil {
		return nil, err
	}
	consented, err := seal.OpenAs[bonafide.ConsentedStatus](parsed, keys)
	if err != nil {
		return nil, err
	}
	if consented.Issuer != issuer {
		return nil, bonafide.Errorf(bonafide.WrongIssuer, what, "speaks for %q, but is signed by %q", string(consented.Issuer), string(issuer))
	}
	if err := consented.Check(v.config.Origin, asked.Nonce, v.now()); err != nil {
		return nil, err
	}
	if consented.Status.Mechanism != asked.Mechanism {
		return nil, bonafide.Errorf(bonafide.BadCredential, consented.Status.Mechanism, "is not the mechanism asked for, %q", asked.Mechanism)
	}
	if err := tellsOnly(&consented.Status, granted.Claims); err != nil {
		return nil, err
	}
	s := &statement{token: response.Status, ConsentedStatus: consented, details: *granted, refreshToken: response.RefreshToken}
	if s.list, err = v.readBit(ctx, issuer, &consented.CredentialStatus); err != nil {
		return nil, err
	}
	s.mechanism, err = v.fetch.Mechanism(ctx, asked.Mechanism, consented.Status.Version)
	return s, err
}

// within checks that what was granted is what was asked for or less of it: fewer claims, for fewer days.
func within(granted, asked *bonafide.AuthorizationDetails) error {
	more := slices.ContainsFunc(granted.Claims, func(c bonafide.Claim) bool { return !slices.Contains(asked.Claims, c) })
	if more || granted.RetentionDays > asked.RetentionDays || granted.Mechanism != asked.Mechanism || granted.Purpose != asked.Purpose || granted.Badge != asked.Badge {
		return bonafide.Errorf(bonafide.BadAnswer, "authorization_details", "grants something else than was asked for")
	}
	return nil
}

// tellsOnly checks that a status tells nothing beyond the claims that its holder consented to.
func tellsOnly(s *bonafide.Status, claims []bonafide.Claim) error {
	told := map[bonafide.Claim]bool{
		bonafide.ClaimLevel:        s.Level != "" || s.EarnedLevel != "" || s.Since != "",
		bonafide.ClaimMeasures:     len(s.Measures) > 0,
		bonafide.ClaimAccountSince: s.AccountSince != "",
	}
	for claim, told := range told {
		if told && !slices.Contains(claims, claim) {
			return bonafide.Errorf(bonafide.BadCredential, what, "tells %s, without the holder's consent", claim)
		}
	}
	return nil
}

// maxListAddress bounds the address of a status list, in bytes: it is part of a key of the store.
const maxListAddress = 300

// readBit returns the list of an entry, whose bit must not be set.
func (v *Verifier) readBit(ctx context.Context, issuer bonafide.Origin, entry *bonafide.StatusEntry) (*fetch.List, error) {
	if len(entry.Credential) > maxListAddress {
		return nil, bonafide.Errorf(bonafide.BadCredential, "statusListCredential", "is longer than %d bytes", maxListAddress)
	}
	list, err := v.list(ctx, issuer, entry.Credential)
	if err != nil {
		return nil, err
	}
	set, err := entry.IsSet(list.Bits)
	if err != nil {
		return nil, err
	}
	if set {
		return nil, bonafide.Errorf(bonafide.Revoked, entry.Credential, "has the statement's bit set")
	}
	return list, nil
}

// fit checks that the tables which take the mechanism's version fit it, which may have been out of reach
// when they were published.
func (v *Verifier) fit(ctx context.Context, mechanism *bonafide.Mechanism) error {
	tables, err := v.tables(ctx)
	if err != nil {
		return err
	}
	for _, t := range tables.of(mechanism.ID) {
		if !slices.Contains(t.From.Versions, mechanism.Version) {
			continue
		}
		if err := conversion.Check(t, mechanism, v.own(t.To.Mechanism)); err != nil {
			return err
		}
	}
	return nil
}

func mechanismKey(address string, version int) []byte {
	return store.Key("verifier", "mechanism", address, fmt.Sprintf("%09d", version))
}

func seenKey(s *statement) []byte {
	return store.Key("verifier", "seen", string(s.Issuer), s.ID)
}

// accept takes the statement once, and keeps what belongs to it but the input: its mechanism and what
// its list tells of all inputs.
func (v *Verifier) accept(tx store.Tx, s *statement) error {
	_, seen, err := store.GetJSON[time.Time](tx, seenKey(s))
	if err != nil {
		return err
	}
	if seen {
		return bonafide.Errorf(bonafide.Replayed, what, "was taken already")
	}
	if err := store.PutJSON(tx, seenKey(s), s.Expires.Time().Add(2*bonafide.Leeway)); err != nil {
		return err
	}
	if err := store.PutJSON(tx, mechanismKey(s.mechanism.ID, s.mechanism.Version), s.mechanism); err != nil {
		return err
	}
	return v.takeList(tx, s.CredentialStatus.Credential, s.list)
}
