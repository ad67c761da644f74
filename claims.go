package bonafide

import (
	"fmt"
	"time"
)

// SignedMechanism is the payload of a bonafide-mechanism+jwt.
type SignedMechanism struct {
	Issuer    Origin    `json:"iss"`
	IssuedAt  Seconds   `json:"iat"`
	Expires   Seconds   `json:"exp"`
	Mechanism Mechanism `json:"mechanism"`
}

// Check tells whether the mechanism is its signer's and in time.
func (s *SignedMechanism) Check(now time.Time) error {
	if s.Mechanism.Origin() != s.Issuer {
		return Errorf(WrongIssuer, s.Mechanism.ID, "is signed by %s", s.Issuer)
	}
	if err := s.Mechanism.Validate(); err != nil {
		return within("mechanism", err)
	}
	return CheckTimes(s.Mechanism.ID, s.IssuedAt, s.Expires, now)
}

// SignedTable is the payload of a bonafide-conversion+jwt.
type SignedTable struct {
	Issuer     Origin  `json:"iss"`
	IssuedAt   Seconds `json:"iat"`
	Expires    Seconds `json:"exp"`
	Conversion Table   `json:"conversion"`
}

// Check tells whether the table is its signer's and in time.
func (s *SignedTable) Check(now time.Time) error {
	if s.Conversion.Origin() != s.Issuer {
		return Errorf(WrongIssuer, s.Conversion.ID, "is signed by %s", s.Issuer)
	}
	if err := s.Conversion.Validate(); err != nil {
		return within("conversion", err)
	}
	return CheckTimes(s.Conversion.ID, s.IssuedAt, s.Expires, now)
}

const (
	// MaxReliance is how long a verifier may rely on one consented status.
	MaxReliance = 30 * 24 * time.Hour
	// MaxConsent is how long a consent lasts at most.
	MaxConsent = 365 * 24 * time.Hour
	// MaxAcceptance is how old a consented status may be when it is accepted: its exp - iat at most.
	MaxAcceptance = 10 * time.Minute
)

// ConsentedStatus is the payload of a bonafide-status+jwt: a status told to one verifier, with its
// holder's consent.
type ConsentedStatus struct {
	Issuer           Origin      `json:"iss"`
	Audience         Origin      `json:"aud"` // the verifier
	Subject          string      `json:"sub"` // the holder's pseudonym for this verifier alone, always the same
	Nonce            string      `json:"nonce"`
	ID               string      `json:"jti"`
	IssuedAt         Seconds     `json:"iat"`
	Expires          Seconds     `json:"exp"`          // until when it may be accepted
	ReliedUntil      Seconds     `json:"relied_until"` // until when it counts, once accepted
	Status           Status      `json:"status"`
	CredentialStatus StatusEntry `json:"credentialStatus"`
}

// Check tells whether the consented status answers the verifier's request and is in time. The token's
// signature and its issuer's identity are checked before.
func (c *ConsentedStatus) Check(audience Origin, nonce string, now time.Time) error {
	const what = "consented status"
	switch {
	case c.Audience != audience:
		return Errorf(WrongAudience, what, "is made for %q, not for %q", string(c.Audience), string(audience))
	case c.Nonce == "" || c.Nonce != nonce:
		return Errorf(WrongNonce, what, "doesn't carry the nonce of the request")
	case c.Subject == "" || len(c.Subject) > 200 || c.ID == "" || len(c.ID) > 200:
		return Errorf(BadCredential, what, "lacks sub or jti")
	case c.Status.Origin() != c.Issuer:
		return Errorf(WrongIssuer, what, "speaks of %q, which isn't on %q", c.Status.Mechanism, string(c.Issuer))
	}
	if err := CheckTimes(what, c.IssuedAt, c.Expires, now); err != nil {
		return err
	}
	if c.Expires.Time().Sub(c.IssuedAt.Time()) > MaxAcceptance {
		return Errorf(BadCredential, what, "may be accepted for longer than %s", MaxAcceptance)
	}
	if reliance := c.ReliedUntil.Time().Sub(c.IssuedAt.Time()); reliance <= 0 || reliance > MaxReliance {
		return Errorf(BadCredential, what, "relied_until is not within 30 days of iat")
	}
	if err := c.Status.Validate(); err != nil {
		return within("status", err)
	}
	return within("credentialStatus", c.CredentialStatus.check(c.Issuer))
}

// AuthorizationDetails says what a verifier asks of an issuer about the holder (RFC 9396). An
// authorization request carries an array of exactly one.
type AuthorizationDetails struct {
	Type          string  `json:"type"`      // bonafide_status
	Mechanism     string  `json:"mechanism"` // the mechanism's address, on the issuer's origin
	Claims        []Claim `json:"claims"`    // what it wants to be told, each on its own
	Purpose       Text    `json:"purpose"`   // what for, in the verifier's words
	RetentionDays int     `json:"retention_days"`
	Nonce         string  `json:"nonce"`
	Badge         string  `json:"badge,omitzero"` // the badge the import began from: its account and no other may answer
}

// DetailsType is the type of [AuthorizationDetails].
const DetailsType = "bonafide_status"

// Claim is one thing that a consented status may tell.
type Claim string

const (
	ClaimLevel        Claim = "level"
	ClaimMeasures     Claim = "measures"
	ClaimAccountSince Claim = "account_since"
)

// Validate tells whether the details can be asked.
func (d *AuthorizationDetails) Validate() error {
	const field = "authorization_details"
	if d.Type != DetailsType {
		return Errorf(BadValue, field+".type", "%q is not %s", d.Type, DetailsType)
	}
	origin, err := OriginOf(d.Mechanism)
	if err != nil {
		return Errorf(BadValue, field+".mechanism", "%q is not an address", d.Mechanism)
	}
	if len(d.Claims) == 0 {
		return Errorf(BadValue, field+".claims", "asks for nothing")
	}
	seen := map[Claim]bool{}
	for i, claim := range d.Claims {
		if (claim != ClaimLevel && claim != ClaimMeasures && claim != ClaimAccountSince) || seen[claim] {
			return Errorf(BadValue, fmt.Sprintf("%s.claims[%d]", field, i), "%q is not level, measures or account_since, each once", claim)
		}
		seen[claim] = true
	}
	if err := d.Purpose.validate(field + ".purpose"); err != nil {
		return err
	}
	if d.RetentionDays < 1 || d.RetentionDays > 365 {
		return Errorf(BadValue, field+".retention_days", "%d is not within 1 and 365", d.RetentionDays)
	}
	if len(d.Nonce) < 16 || len(d.Nonce) > 200 {
		return Errorf(BadValue, field+".nonce", "needs 16 to 200 characters")
	}
	if d.Badge != "" && !origin.Owns(d.Badge) {
		return Errorf(BadValue, field+".badge", "%q is not on the issuer's origin", d.Badge)
	}
	return nil
}
