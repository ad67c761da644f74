package peer

import (
	"encoding/json"
	"net/url"
	"strings"

	"bonafide.example/conformance/wire"
)

// Verifier is a site that asks an issuer for statuses, as a client of its OAuth endpoints.
type Verifier struct {
	*Site
	Issuer string // the origin of the issuer that it asks
}

// NewVerifier makes a site of the network into a verifier.
func NewVerifier(s *Site, issuer string) *Verifier {
	v := &Verifier{Site: s, Issuer: issuer}
	s.Publish(func() wire.Object { return s.Entity(v.Metadata()) })
	return v
}

// Redirect is where a browser brings the issuer's answer.
func (v *Verifier) Redirect() string { return v.Origin + "/import/callback" }

// Metadata returns the roles of the entity configuration: that of an OAuth client alone.
func (v *Verifier) Metadata() wire.Object {
	return wire.Object{"oauth_client": wire.Object{
		"client_name": "Judge", "redirect_uris": []any{v.Redirect()}, "token_endpoint_auth_method": "private_key_jwt",
		"grant_types": []any{"authorization_code", "refresh_token"}, "jwks": wire.KeySet(v.clientKey()),
	}}
}

// Assertion returns the payload of a new client assertion.
func (v *Verifier) Assertion() wire.Object {
	now := v.Now().Unix()
	return wire.Object{"iss": v.Origin, "sub": v.Origin, "aud": v.Issuer, "jti": wire.Random(16), "iat": now, "exp": now + 120}
}

// Assert signs the payload of a client assertion with the client key.
func (v *Verifier) Assert(payload any) (string, error) {
	key := v.clientKey()
	return key.Sign("JWT", key.ID(), payload)
}

// UseKey has client assertions signed by another key, and that published, from now on.
func (v *Verifier) UseKey(key *wire.Key) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.Client = key
}

func (v *Verifier) clientKey() *wire.Key {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return v.Client
}

// Authenticate gives a form what proves that it comes from this client: a new assertion, which counts once.
func (v *Verifier) Authenticate(form url.Values) error {
	assertion, err := v.Assert(v.Assertion())
	form.Set("client_id", v.Origin)
	form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	form.Set("client_assertion", assertion)
	return err
}

// Question is what a verifier asks of one holder.
type Question struct {
	State, Secret string      // Secret is the code verifier (RFC 7636)
	Details       wire.Object // the one of authorization_details
}

// Ask makes a question about everything under a mechanism, to be kept for a year.
func (v *Verifier) Ask(mechanism string) *Question {
	_, host, _ := strings.Cut(v.Origin, "://")
	return &Question{wire.Random(24), wire.Random(32), wire.Object{
		"type": "bonafide_status", "mechanism": mechanism, "claims": []any{"level", "measures", "account_since"},
		"purpose":        wire.Object{"en": "To count it at " + host + ".", "fr": "Pour le compter sur " + host + "."},
		"retention_days": 365, "nonce": wire.Random(32),
	}}
}

// Pushed returns the form of the pushed request that asks it, without what proves the client.
func (v *Verifier) Pushed(q *Question) url.Values {
	return url.Values{
		"response_type": {"code"}, "redirect_uri": {v.Redirect()}, "state": {q.State},
		"code_challenge": {wire.Challenge(q.Secret)}, "code_challenge_method": {"S256"},
		"authorization_details": {detailsText(q.Details)},
	}
}

// Exchanged returns the form that exchanges a code, without what proves the client.
func (v *Verifier) Exchanged(q *Question, code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {q.Secret}, "redirect_uri": {v.Redirect()}}
}

// Refreshed returns the form that asks for a new statement, without what proves the client. Without details
// it has none.
func (v *Verifier) Refreshed(token string, details wire.Object) url.Values {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
	if details != nil {
		form.Set("authorization_details", detailsText(details))
	}
	return form
}

// detailsText returns authorization_details as a form has them.
func detailsText(details wire.Object) string {
	text, err := json.Marshal([]any{details})
	if err != nil {
		panic(err) // details are the suite's own
	}
	return string(text)
}
