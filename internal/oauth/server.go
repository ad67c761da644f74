package oauth

import (
	"net/url"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

// ClientOf returns the client_id of a request: the canonical origin of a verifier. Nothing is proved by it.
func ClientOf(form url.Values) (bonafide.Origin, error) {
	client, err := bonafide.ParseOrigin(form.Get("client_id"))
	return client, Refuse(InvalidClient, err)
}

// Assertion identifies a client assertion that was accepted. It must be remembered until it expires, so
// that it isn't accepted twice.
type Assertion struct {
	ID       string
	IssuedAt time.Time
	Expires  time.Time
}

// assertion is the payload of a client assertion (RFC 7523, section 3).
type assertion struct {
	Issuer    bonafide.Origin  `json:"iss"` // the client
	Subject   bonafide.Origin  `json:"sub"` // the client too
	Audience  string           `json:"aud"` // the issuer's origin
	ID        string           `json:"jti"`
	IssuedAt  bonafide.Seconds `json:"iat"`
	NotBefore bonafide.Seconds `json:"nbf,omitzero"`
	Expires   bonafide.Seconds `json:"exp"`
}

// Authenticate checks the client assertion of a request to server. client is the entity configuration
// of the origin that client_id names. Errors carry the code of what is wrong, and are [InvalidClient].
func Authenticate(form url.Values, client *bonafide.EntityConfiguration, server bonafide.Origin, now time.Time) (Assertion, error) {
	a, err := authenticate(form, client, server, now)
	return a, Refuse(InvalidClient, err)
}

func authenticate(form url.Values, client *bonafide.EntityConfiguration, server bonafide.Origin, now time.Time) (Assertion, error) {
	const what = "client_assertion"
	if form.Get("client_assertion_type") != AssertionType {
		return Assertion{}, bonafide.Errorf(bonafide.BadClient, "client_assertion_type", "is not %s", AssertionType)
	}
	keys, err := clientKeys(client)
	if err != nil {
		return Assertion{}, err
	}
	token, err := seal.Parse(form.Get(what), bonafide.TypeAssertion)
	if err != nil {
		return Assertion{}, err
	}
	a, err := seal.OpenAs[assertion](token, keys)
	if err != nil {
		return Assertion{}, err
	}
	switch {
	case a.Issuer != client.Issuer || a.Subject != client.Issuer:
		return Assertion{}, bonafide.Errorf(bonafide.BadClient, what, "iss and sub are not the client_id %s", client.Issuer)
	case a.Audience != string(server):
		return Assertion{}, bonafide.Errorf(bonafide.WrongAudience, what, "is made for %q, not for %q", a.Audience, string(server))
	case a.ID == "" || len(a.ID) > 200:
		return Assertion{}, bonafide.Errorf(bonafide.BadClient, what, "its jti doesn't have 1 to 200 characters")
	}
	if err := bonafide.CheckTimes(what, max(a.IssuedAt, a.NotBefore), a.Expires, now); err != nil {
		return Assertion{}, err
	}
	if a.Expires.Time().Sub(a.IssuedAt.Time()) > AssertionLife {
		return Assertion{}, bonafide.Errorf(bonafide.BadClient, what, "is valid for longer than %s", AssertionLife)
	}
	return Assertion{a.ID, a.IssuedAt.Time(), a.Expires.Time().Add(bonafide.Leeway)}, nil
}

// clientKeys returns the keys of a verifier's assertions, none of which signs its entity configuration.
func clientKeys(client *bonafide.EntityConfiguration) (seal.KeySet, error) {
	oauth := client.Metadata.OAuthClient
	if oauth == nil {
		return seal.KeySet{}, bonafide.Errorf(bonafide.BadMetadata, string(client.Issuer), "publishes no oauth_client")
	}
	return seal.ParseKeySet(oauth.JWKS)
}

// ReadRequest takes the parameters of a pushed authorization request from the client to server.
// Parameters that it doesn't know are ignored (RFC 6749, section 3.1).
func ReadRequest(form url.Values, client *bonafide.EntityConfiguration, server bonafide.Origin) (Request, error) {
	r := Request{RedirectURI: form.Get("redirect_uri"), State: form.Get("state"), Challenge: form.Get("code_challenge")}
	for _, name := range []string{"request", "request_uri"} {
		if form.Get(name) != "" {
			return Request{}, bonafide.Errorf(bonafide.BadRequest, name, "is not taken: push the parameters themselves")
		}
	}
	switch responseType := form.Get("response_type"); {
	case responseType == "":
		return Request{}, bonafide.Errorf(bonafide.BadRequest, "response_type", "is missing")
	case responseType != "code":
		return Request{}, Refuse(UnsupportedResponseType, bonafide.Errorf(bonafide.BadValue, "response_type", "is not code"))
	case form.Get("response_mode") != "" && form.Get("response_mode") != "query":
		return Request{}, bonafide.Errorf(bonafide.BadValue, "response_mode", "is not query")
	case form.Get("scope") != "":
		return Request{}, Refuse(InvalidScope, bonafide.Errorf(bonafide.BadValue, "scope", "is not taken: say what is asked in authorization_details"))
	case client.Metadata.OAuthClient == nil || !slices.Contains(client.Metadata.OAuthClient.RedirectURIs, r.RedirectURI) || !client.Issuer.Owns(r.RedirectURI):
		return Request{}, bonafide.Errorf(bonafide.BadValue, "redirect_uri", "%q is not one of those that %s publishes on its origin", r.RedirectURI, client.Issuer)
	case len(r.State) < 16 || len(r.State) > 512:
		return Request{}, bonafide.Errorf(bonafide.BadValue, "state", "needs 16 to 512 characters")
	case form.Get("code_challenge_method") != "S256":
		return Request{}, bonafide.Errorf(bonafide.BadValue, "code_challenge_method", "is not S256")
	case !isChallenge(r.Challenge):
		return Request{}, bonafide.Errorf(bonafide.BadValue, "code_challenge", "is not 43 characters of base64url")
	}
	var err error
	r.Details, err = ReadDetails(form.Get("authorization_details"), server)
	return r, err
}

func isChallenge(s string) bool {
	if len(s) != 43 {
		return false
	}
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// ReadDetails takes authorization_details as a parameter has them: a JSON array of exactly one, about a
// mechanism of server. Errors are [InvalidDetails].
func ReadDetails(parameter string, server bonafide.Origin) (bonafide.AuthorizationDetails, error) {
	details, err := readDetails(parameter, server)
	return details, Refuse(InvalidDetails, err)
}

func readDetails(parameter string, server bonafide.Origin) (none bonafide.AuthorizationDetails, err error) {
	const field = "authorization_details"
	all, err := bonafide.Parse[[]bonafide.AuthorizationDetails]([]byte(parameter))
	switch {
	case err != nil:
		return none, err
	case len(all) != 1:
		return none, bonafide.Errorf(bonafide.BadValue, field, "there are %d instead of one", len(all))
	}
	if err := all[0].Validate(); err != nil {
		return none, err
	}
	if !server.Owns(all[0].Mechanism) {
		return none, bonafide.Errorf(bonafide.BadValue, field+".mechanism", "%q is not on %s", all[0].Mechanism, server)
	}
	return all[0], nil
}

// Granted returns where the holder is sent with the code (RFC 6749, section 4.1.2; RFC 9207).
func (r *Request) Granted(server bonafide.Origin, code string) string {
	return WithQuery(r.RedirectURI, url.Values{"code": {code}, "state": {r.State}, "iss": {string(server)}})
}

// Refused returns where the holder is sent without one (RFC 6749, section 4.1.2.1).
func (r *Request) Refused(server bonafide.Origin, err error) string {
	return WithQuery(r.RedirectURI, url.Values{
		"error": {string(NameOf(err))}, "error_description": {describe(err)}, "bonafide_error": {string(bonafide.CodeOf(err))},
		"state": {r.State}, "iss": {string(server)},
	})
}
