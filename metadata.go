package bonafide

import (
	"slices"
	"strconv"
	"time"
)

// Version is the major version of the protocol that this implementation speaks.
const Version = "1"

// EntityConfiguration is the payload of an entity-statement+jwt at /.well-known/openid-federation: what
// a site says of itself (OpenID Federation 1.0, section 3). It is signed by a key of its own jwks.
type EntityConfiguration struct {
	Issuer   Origin   `json:"iss"`
	Subject  Origin   `json:"sub"`
	IssuedAt Seconds  `json:"iat"`
	Expires  Seconds  `json:"exp"`
	JWKS     JWKS     `json:"jwks"`
	Metadata Metadata `json:"metadata"`
}

// Metadata says what the site is: an issuer, a verifier or both.
type Metadata struct {
	Issuer              *IssuerMetadata      `json:"bonafide_issuer,omitzero"`
	Verifier            *VerifierMetadata    `json:"bonafide_verifier,omitzero"`
	AuthorizationServer *AuthorizationServer `json:"oauth_authorization_server,omitzero"`
	OAuthClient         *OAuthClient         `json:"oauth_client,omitzero"`
	Log                 *LogMetadata         `json:"bonafide_log,omitzero"`
}

// IssuerMetadata describes an issuer.
type IssuerMetadata struct {
	Name       string   `json:"name"`
	Versions   []string `json:"protocol_versions"`         // major versions, [Version] among them
	Mechanisms []string `json:"mechanisms"`                // addresses
	Admission  string   `json:"admission"`                 // open, listed
	Outcomes   string   `json:"outcome_endpoint,omitzero"` // where what became of a referral is told ([Outcome])
	Rulings    string   `json:"ruling_endpoint,omitzero"`  // where arbiters rule ([Ruling])
}

// VerifierMetadata describes a verifier.
type VerifierMetadata struct {
	Name           string   `json:"name"`
	Versions       []string `json:"protocol_versions"`
	Conversions    []string `json:"conversions"` // addresses
	InitiateImport string   `json:"initiate_import_uri"`
	RedeemReferral string   `json:"redeem_referral_uri,omitzero"` // where somebody redeems a [Referral], its parameter token
}

// LogMetadata describes a site's public log.
type LogMetadata struct {
	Address string   `json:"address"` // its checkpoint is at ADDRESS/checkpoint, its tiles below ADDRESS/tile/
	Keys    []string `json:"vkeys"`   // those that may have signed the checkpoint (C2SP signed-note, verifier keys on Ed25519)
}

// AuthorizationServer is the OAuth face of an issuer (RFC 8414), also served at
// /.well-known/oauth-authorization-server for clients that know only that.
type AuthorizationServer struct {
	Issuer                Origin   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	PushedRequestEndpoint string   `json:"pushed_authorization_request_endpoint"`
	RequirePushed         bool     `json:"require_pushed_authorization_requests"`
	ResponseTypes         []string `json:"response_types_supported"`
	GrantTypes            []string `json:"grant_types_supported"`
	ChallengeMethods      []string `json:"code_challenge_methods_supported"`
	AuthMethods           []string `json:"token_endpoint_auth_methods_supported"`
	AuthAlgorithms        []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	IssInResponse         bool     `json:"authorization_response_iss_parameter_supported"`
	DetailsTypes          []string `json:"authorization_details_types_supported"`
}

// OAuthClient is the OAuth face of a verifier (RFC 7591).
type OAuthClient struct {
	ClientName   string   `json:"client_name"`
	RedirectURIs []string `json:"redirect_uris"`
	AuthMethod   string   `json:"token_endpoint_auth_method"` // private_key_jwt
	GrantTypes   []string `json:"grant_types"`
	JWKS         JWKS     `json:"jwks"` // used for nothing else
}

// Check tells whether the configuration is origin's own and in time, and keeps to its origin.
func (e *EntityConfiguration) Check(origin Origin, now time.Time) error {
	if e.Issuer != origin || e.Subject != origin {
		return Errorf(WrongIssuer, string(origin), "publishes a configuration of %q about %q", string(e.Issuer), string(e.Subject))
	}
	if err := e.Metadata.check(); err != nil {
		return err
	}
	var addresses []string
	if m := e.Metadata.Issuer; m != nil {
		addresses = append(addresses, m.Mechanisms...)
		addresses = appendGiven(addresses, m.Outcomes, m.Rulings)
	}
	if m := e.Metadata.Verifier; m != nil {
		addresses = append(addresses, m.Conversions...)
		addresses = append(addresses, m.InitiateImport)
		addresses = appendGiven(addresses, m.RedeemReferral)
	}
	if m := e.Metadata.AuthorizationServer; m != nil {
		if m.Issuer != origin {
			return Errorf(BadMetadata, "oauth_authorization_server.issuer", "%q is not %q", string(m.Issuer), string(origin))
		}
		addresses = append(addresses, m.AuthorizationEndpoint, m.TokenEndpoint, m.PushedRequestEndpoint)
	}
	if m := e.Metadata.OAuthClient; m != nil {
		if slices.ContainsFunc(m.JWKS.Keys, e.signs) {
			return Errorf(BadMetadata, "oauth_client.jwks", "has a key that also signs the configuration")
		}
		addresses = append(addresses, m.RedirectURIs...)
	}
	if m := e.Metadata.Log; m != nil {
		addresses = append(addresses, m.Address)
	}
	if i := slices.IndexFunc(addresses, func(a string) bool { return !origin.Owns(a) }); i >= 0 {
		return Errorf(BadMetadata, addresses[i], "is not on %s", origin)
	}
	return CheckTimes(string(origin), e.IssuedAt, e.Expires, now)
}

// signs tells whether a key, under whatever name, is one of those that may sign the configuration. What is signed for
// one purpose must never pass for another.
func (e *EntityConfiguration) signs(key JWK) bool {
	return slices.ContainsFunc(e.JWKS.Keys, func(own JWK) bool { return own.X == key.X && own.Y == key.Y })
}

// appendGiven appends those of the optional addresses that there are.
func appendGiven(addresses []string, optional ...string) []string {
	return append(addresses, slices.DeleteFunc(optional, func(a string) bool { return a == "" })...)
}

// check tells whether each role says of itself what its peers need to know. Which versions it speaks is looked at
// first: what another one would have there isn't known.
func (m *Metadata) check() error {
	if m.Issuer != nil {
		if err := checkVersions("bonafide_issuer", m.Issuer.Versions); err != nil {
			return err
		}
	}
	if m.Verifier != nil {
		if err := checkVersions("bonafide_verifier", m.Verifier.Versions); err != nil {
			return err
		}
	}
	if i := m.Issuer; i != nil {
		if err := checkSiteName("bonafide_issuer.name", i.Name); err != nil {
			return err
		}
		if i.Admission != "open" && i.Admission != "listed" {
			return Errorf(BadMetadata, "bonafide_issuer.admission", "%q is not open or listed", i.Admission)
		}
	}
	if m.Verifier != nil {
		if err := checkSiteName("bonafide_verifier.name", m.Verifier.Name); err != nil {
			return err
		}
	}
	if m.AuthorizationServer != nil {
		if err := m.AuthorizationServer.check(); err != nil {
			return err
		}
	}
	if m.OAuthClient != nil {
		return m.OAuthClient.check()
	}
	return nil
}

// maxVersions bounds how many major versions a site names.
const maxVersions = 16

func checkVersions(role string, versions []string) error {
	field := role + ".protocol_versions"
	if len(versions) == 0 || len(versions) > maxVersions {
		return Errorf(BadMetadata, field, "there must be 1 to %d", maxVersions)
	}
	for _, version := range versions {
		if n, ok := wholeNumber(version); !ok || n < 1 {
			return Errorf(BadMetadata, field, "%q is not a major version such as %s", version, strconv.Quote(Version))
		}
	}
	if !slices.Contains(versions, Version) {
		return Errorf(NoCommonVersion, field, "%q lacks %s", versions, Version)
	}
	return nil
}

// checkSiteName checks a name that people read wherever the site is spoken of.
func checkSiteName(field, name string) error {
	if err := CheckName(field, name); err != nil {
		return Errorf(BadMetadata, field, "%q can't be shown", name).Because(err)
	}
	return nil
}

// check tells whether the server offers what a verifier uses of it.
func (s *AuthorizationServer) check() error {
	if !s.RequirePushed || !s.IssInResponse {
		return Errorf(BadMetadata, "oauth_authorization_server", "takes requests that aren't pushed, or answers without iss")
	}
	for _, list := range []struct {
		field        string
		offers, uses []string
	}{
		{"response_types_supported", s.ResponseTypes, []string{"code"}},
		{"grant_types_supported", s.GrantTypes, []string{"authorization_code", "refresh_token"}},
		{"code_challenge_methods_supported", s.ChallengeMethods, []string{"S256"}},
		{"token_endpoint_auth_methods_supported", s.AuthMethods, []string{"private_key_jwt"}},
		{"token_endpoint_auth_signing_alg_values_supported", s.AuthAlgorithms, []string{"ES256", "EdDSA"}},
		{"authorization_details_types_supported", s.DetailsTypes, []string{DetailsType}},
	} {
		for _, used := range list.uses {
			if !slices.Contains(list.offers, used) {
				return Errorf(BadMetadata, "oauth_authorization_server."+list.field, "%q lacks %s", list.offers, used)
			}
		}
	}
	return nil
}

// check tells whether an issuer can deal with the client. Its keys are checked by whoever reads them.
func (c *OAuthClient) check() error {
	switch {
	case c.AuthMethod != "private_key_jwt":
		return Errorf(BadMetadata, "oauth_client.token_endpoint_auth_method", "%q is not private_key_jwt", c.AuthMethod)
	case !slices.Contains(c.GrantTypes, "authorization_code"):
		return Errorf(BadMetadata, "oauth_client.grant_types", "%q lacks authorization_code", c.GrantTypes)
	case len(c.RedirectURIs) == 0:
		return Errorf(BadMetadata, "oauth_client.redirect_uris", "is empty")
	}
	return checkSiteName("oauth_client.client_name", c.ClientName)
}
