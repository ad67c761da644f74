package bonafide

import (
	"slices"
	"time"
)

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
}

// IssuerMetadata describes an issuer.
type IssuerMetadata struct {
	Name       string   `json:"name"`
	Versions   []string `json:"protocol_versions"`         // ["1"]
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
		addresses = append(addresses, m.RedirectURIs...)
	}
	if i := slices.IndexFunc(addresses, func(a string) bool { return !origin.Owns(a) }); i >= 0 {
		return Errorf(BadMetadata, addresses[i], "is not on %s", origin)
	}
	return CheckTimes(string(origin), e.IssuedAt, e.Expires, now)
}

// appendGiven appends those of the optional addresses that there are.
func appendGiven(addresses []string, optional ...string) []string {
	return append(addresses, slices.DeleteFunc(optional, func(a string) bool { return a == "" })...)
}
