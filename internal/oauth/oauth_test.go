package oauth_test

import (
	"context"
	"crypto"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

const (
	bazar  = bonafide.Origin("https://bazar.example")
	outils = bonafide.Origin("https://outils.example")
	back   = "https://outils.example/import/back"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// verifier is outils with its keys: client signs assertions, federation its entity configuration.
type verifier struct {
	entity             *bonafide.EntityConfiguration
	client, federation *seal.PrivateKey
}

func generate(t testing.TB) (*seal.PrivateKey, bonafide.JWK) {
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	jwk, err := seal.PublicJWK(key.Public())
	require.NoError(t, err)
	return key, jwk
}

func newVerifier(t testing.TB) *verifier {
	client, clientJWK := generate(t)
	federation, federationJWK := generate(t)
	return &verifier{&bonafide.EntityConfiguration{
		Issuer: outils, Subject: outils, JWKS: bonafide.JWKS{Keys: []bonafide.JWK{federationJWK}},
		Metadata: bonafide.Metadata{OAuthClient: &bonafide.OAuthClient{
			ClientName: "Outils", RedirectURIs: []string{back}, AuthMethod: oauth.AuthMethod, JWKS: bonafide.JWKS{Keys: []bonafide.JWK{clientJWK}},
		}},
	}, client, federation}
}

// assertion returns a good assertion's payload.
func assertion() map[string]any {
	return map[string]any{
		"iss": outils, "sub": outils, "aud": bazar, "jti": "one-of-a-kind",
		"iat": start.Unix(), "exp": start.Add(time.Minute).Unix(),
	}
}

// assert returns the parameters with which the verifier authenticates.
func (v *verifier) assert(t testing.TB, key *seal.PrivateKey, typ bonafide.Type, payload any) url.Values {
	kid, err := seal.Thumbprint(key.Public())
	require.NoError(t, err)
	sealer, err := seal.NewSealer(key, kid)
	require.NoError(t, err)
	token, err := sealer.Seal(t.Context(), typ, payload)
	require.NoError(t, err)
	return url.Values{"client_id": {string(outils)}, "client_assertion_type": {oauth.AssertionType}, "client_assertion": {token}}
}

// BF-OAUTH-4
func TestAuthenticate(t *testing.T) {
	v := newVerifier(t)
	form := v.assert(t, v.client, bonafide.TypeAssertion, assertion())
	a, err := oauth.Authenticate(form, v.entity, bazar, start)
	require.NoError(t, err)
	require.Equal(t, "one-of-a-kind", a.ID)
	require.False(t, a.Expires.Before(start.Add(time.Minute)), "it must be remembered as long as it is taken")

	// Generic clients leave typ out.
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","kid":"` + v.entity.Metadata.OAuthClient.JWKS.Keys[0].Kid + `"}`))
	payload := strings.Split(form.Get("client_assertion"), ".")[1]
	signature, err := v.client.Sign(t.Context(), []byte(header+"."+payload))
	require.NoError(t, err)
	form.Set("client_assertion", header+"."+payload+"."+base64.RawURLEncoding.EncodeToString(signature))
	_, err = oauth.Authenticate(form, v.entity, bazar, start)
	require.NoError(t, err)
}

// BF-OAUTH-4, BF-OAUTH-5, BF-OAUTH-6, BF-OAUTH-7, BF-OAUTH-9
func TestAuthenticateRefuses(t *testing.T) {
	stranger, _ := generate(t)
	with := func(name string, value any) func(map[string]any) {
		return func(p map[string]any) { p[name] = value }
	}
	without := func(name string) func(map[string]any) { return func(p map[string]any) { delete(p, name) } }
	at := func(d time.Duration) int64 { return start.Add(d).Unix() }
	for name, c := range map[string]struct {
		change func(map[string]any)
		code   bonafide.Code
	}{
		"audience is another issuer":     {with("aud", "https://other.example"), bonafide.WrongAudience},
		"audience is the endpoint":       {with("aud", string(bazar)+"/oauth/token"), bonafide.WrongAudience},
		"audience is an array":           {with("aud", []string{string(bazar)}), bonafide.BadValue},
		"issuer is another client":       {with("iss", "https://other.example"), bonafide.BadClient},
		"subject is another client":      {with("sub", "https://other.example"), bonafide.BadClient},
		"no jti":                         {without("jti"), bonafide.BadClient},
		"no iat":                         {without("iat"), bonafide.BadCredential},
		"no exp":                         {without("exp"), bonafide.BadCredential},
		"expired":                        {with("exp", at(-61*time.Second)), bonafide.BadCredential},
		"expired, as issued before":      {func(p map[string]any) { p["iat"], p["exp"] = at(-2*time.Minute), at(-time.Minute) }, bonafide.Expired},
		"issued later":                   {func(p map[string]any) { p["iat"], p["exp"] = at(61*time.Second), at(2*time.Minute) }, bonafide.NotYetValid},
		"not valid yet":                  {func(p map[string]any) { p["nbf"], p["exp"] = at(61*time.Second), at(2*time.Minute) }, bonafide.NotYetValid},
		"valid for over five minutes":    {with("exp", at(5*time.Minute+time.Second)), bonafide.BadClient},
		"a time with a fraction":         {with("iat", "1.5"), bonafide.BadValue},
		"a jti that is far too long":     {with("jti", strings.Repeat("x", 201)), bonafide.BadClient},
		"an issuer that isn't canonical": {with("iss", "https://Outils.example"), bonafide.BadOrigin},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVerifier(t)
			payload := assertion()
			c.change(payload)
			_, err := oauth.Authenticate(v.assert(t, v.client, bonafide.TypeAssertion, payload), v.entity, bazar, start)
			require.Equal(t, c.code, bonafide.CodeOf(err), "%v", err)
			status, body := oauth.BodyOf(err)
			require.Equal(t, 401, status)
			require.Equal(t, oauth.InvalidClient, body.Error)
		})
	}
	for name, c := range map[string]struct {
		form func(*testing.T, *verifier) url.Values
		code bonafide.Code
	}{
		"no assertion": {func(t *testing.T, v *verifier) url.Values {
			return url.Values{"client_id": {string(outils)}}
		}, bonafide.BadClient},
		"a client secret": {func(t *testing.T, v *verifier) url.Values {
			return url.Values{"client_id": {string(outils)}, "client_secret": {"secret"}}
		}, bonafide.BadClient},
		"an unknown key": {func(t *testing.T, v *verifier) url.Values {
			return v.assert(t, stranger, bonafide.TypeAssertion, assertion())
		}, bonafide.UnknownKey},
		"the federation key": {func(t *testing.T, v *verifier) url.Values {
			return v.assert(t, v.federation, bonafide.TypeAssertion, assertion())
		}, bonafide.UnknownKey},
		"an object of another kind": {func(t *testing.T, v *verifier) url.Values {
			return v.assert(t, v.client, bonafide.TypeStatus, assertion())
		}, bonafide.WrongType},
		"a signature of another assertion": {func(t *testing.T, v *verifier) url.Values {
			form := v.assert(t, v.client, bonafide.TypeAssertion, assertion())
			payload := assertion()
			payload["jti"] = "another"
			good, other := strings.Split(form.Get("client_assertion"), "."), v.assert(t, v.client, bonafide.TypeAssertion, payload)
			form.Set("client_assertion", good[0]+"."+strings.Split(other.Get("client_assertion"), ".")[1]+"."+good[2])
			return form
		}, bonafide.BadSignature},
		"no oauth_client": {func(t *testing.T, v *verifier) url.Values {
			v.entity.Metadata.OAuthClient = nil
			return v.assert(t, v.client, bonafide.TypeAssertion, assertion())
		}, bonafide.BadMetadata},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVerifier(t)
			_, err := oauth.Authenticate(c.form(t, v), v.entity, bazar, start)
			require.Equal(t, c.code, bonafide.CodeOf(err), "%v", err)
			require.Equal(t, oauth.InvalidClient, oauth.NameOf(err))
		})
	}
}

const details = `[{"type":"bonafide_status","mechanism":"https://bazar.example/mechanisms/seller","claims":["level"],` +
	`"purpose":{"en":"To set your level.","fr":"Pour fixer votre niveau."},"retention_days":90,"nonce":"0123456789abcdef"}]`

func pushForm() url.Values {
	_, challenge := oauth.NewPKCE()
	return url.Values{
		"response_type": {"code"}, "redirect_uri": {back}, "state": {"0123456789abcdef"},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"}, "authorization_details": {details},
	}
}

// BF-OAUTH-15, BF-OAUTH-18, BF-OAUTH-31, BF-IMPORT-11
func TestReadRequest(t *testing.T) {
	form := pushForm()
	form.Set("resource", "ignored, as RFC 6749 asks")
	r, err := oauth.ReadRequest(form, newVerifier(t).entity, bazar)
	require.NoError(t, err)
	require.Equal(t, []bonafide.Claim{bonafide.ClaimLevel}, r.Details.Claims)

	granted, err := url.Parse(r.Granted(bazar, "the code"))
	require.NoError(t, err)
	require.Equal(t, url.Values{"code": {"the code"}, "state": {"0123456789abcdef"}, "iss": {string(bazar)}}, granted.Query())
	code, err := oauth.ReadAnswer(granted.Query(), bazar)
	require.NoError(t, err)
	require.Equal(t, "the code", code)
	_, err = oauth.ReadAnswer(granted.Query(), outils)
	require.Equal(t, bonafide.WrongIssuer, bonafide.CodeOf(err))

	for code, due := range map[bonafide.Code]bonafide.Code{
		bonafide.ConsentDeclined: bonafide.ConsentDeclined,
		bonafide.WrongAccount:    bonafide.WrongAccount,
		bonafide.NotCurrent:      bonafide.NotCurrent,
		bonafide.NoSuchMember:    bonafide.ConsentDeclined,
		bonafide.HostSilent:      bonafide.Unreachable,
		bonafide.Internal:        bonafide.IssuerRefused,
	} {
		refused, err := url.Parse(r.Refused(bazar, bonafide.Errorf(code, "", `"détail" \`)))
		require.NoError(t, err)
		require.Equal(t, "0123456789abcdef", refused.Query().Get("state"))
		require.NotContains(t, refused.Query().Get("error_description"), `"`)
		_, err = oauth.ReadAnswer(refused.Query(), bazar)
		require.Equal(t, due, bonafide.CodeOf(err))
	}
}

// BF-OAUTH-10, BF-OAUTH-11, BF-OAUTH-12, BF-OAUTH-13, BF-OAUTH-14, BF-OAUTH-15
func TestReadRequestRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		parameter, value string
		error            oauth.Name
		code             bonafide.Code
	}{
		"no response_type":           {"response_type", "", oauth.InvalidRequest, bonafide.BadRequest},
		"the implicit flow":          {"response_type", "token", oauth.UnsupportedResponseType, bonafide.BadValue},
		"another response mode":      {"response_mode", "form_post", oauth.InvalidRequest, bonafide.BadValue},
		"a scope":                    {"scope", "openid", oauth.InvalidScope, bonafide.BadValue},
		"a request object":           {"request", "e30.e30.e30", oauth.InvalidRequest, bonafide.BadRequest},
		"a request_uri":              {"request_uri", "urn:x", oauth.InvalidRequest, bonafide.BadRequest},
		"no redirect_uri":            {"redirect_uri", "", oauth.InvalidRequest, bonafide.BadValue},
		"an unpublished redirect":    {"redirect_uri", back + "/", oauth.InvalidRequest, bonafide.BadValue},
		"redirect on another origin": {"redirect_uri", "https://other.example/back", oauth.InvalidRequest, bonafide.BadValue},
		"state of 15 characters":     {"state", strings.Repeat("s", 15), oauth.InvalidRequest, bonafide.BadValue},
		"state of 513 characters":    {"state", strings.Repeat("s", 513), oauth.InvalidRequest, bonafide.BadValue},
		"no PKCE":                    {"code_challenge", "", oauth.InvalidRequest, bonafide.BadValue},
		"padded challenge":           {"code_challenge", strings.Repeat("c", 42) + "=", oauth.InvalidRequest, bonafide.BadValue},
		"plain PKCE":                 {"code_challenge_method", "plain", oauth.InvalidRequest, bonafide.BadValue},
		"no details":                 {"authorization_details", "", oauth.InvalidDetails, bonafide.BadJSON},
		"details not in an array":    {"authorization_details", details[1 : len(details)-1], oauth.InvalidDetails, bonafide.BadValue},
		"no details in the array":    {"authorization_details", "[]", oauth.InvalidDetails, bonafide.BadValue},
		"two details":                {"authorization_details", details[:len(details)-1] + "," + details[1:], oauth.InvalidDetails, bonafide.BadValue},
		"another issuer's mechanism": {"authorization_details", strings.Replace(details, "bazar", "autre", 1), oauth.InvalidDetails, bonafide.BadValue},
		"another type":               {"authorization_details", strings.Replace(details, "bonafide_status", "payment", 1), oauth.InvalidDetails, bonafide.BadValue},
		"an unknown claim":           {"authorization_details", strings.Replace(details, `["level"]`, `["name"]`, 1), oauth.InvalidDetails, bonafide.BadValue},
		"an unknown field":           {"authorization_details", strings.Replace(details, `"nonce"`, `"more":1,"nonce"`, 1), oauth.InvalidDetails, bonafide.UnknownField},
		"a doubled field":            {"authorization_details", strings.Replace(details, `"nonce"`, `"type":"","nonce"`, 1), oauth.InvalidDetails, bonafide.DoubledField},
		"retention over a year":      {"authorization_details", strings.Replace(details, `90`, `366`, 1), oauth.InvalidDetails, bonafide.BadValue},
	} {
		t.Run(name, func(t *testing.T) {
			form, entity := pushForm(), newVerifier(t).entity
			// Even published, an address elsewhere isn't taken.
			entity.Metadata.OAuthClient.RedirectURIs = append(entity.Metadata.OAuthClient.RedirectURIs, "https://other.example/back")
			form.Set(c.parameter, c.value)
			_, err := oauth.ReadRequest(form, entity, bazar)
			require.Equal(t, c.code, bonafide.CodeOf(err), "%v", err)
			require.Equal(t, c.error, oauth.NameOf(err))
		})
	}
}

func TestPKCE(t *testing.T) {
	// RFC 7636, appendix B.
	const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	require.Equal(t, challenge, oauth.Challenge(verifier))
	require.NoError(t, oauth.CheckVerifier(verifier, challenge))
	for _, wrong := range []string{"", verifier[:42], strings.Repeat("v", 129), "e" + verifier[1:]} {
		require.Equal(t, bonafide.BadGrant, bonafide.CodeOf(oauth.CheckVerifier(wrong, challenge)))
	}
	one, _ := oauth.NewPKCE()
	other, _ := oauth.NewPKCE()
	require.NotEqual(t, one, other)
}

func TestBodyOf(t *testing.T) {
	for code, due := range map[bonafide.Code]struct {
		status int
		name   oauth.Name
	}{
		bonafide.BadClient:      {401, oauth.InvalidClient},
		bonafide.BadGrant:       {400, oauth.InvalidGrant},
		bonafide.NotAdmitted:    {400, oauth.UnauthorizedClient},
		bonafide.NotCurrent:     {400, oauth.AccessDenied},
		bonafide.DoubledField:   {400, oauth.InvalidRequest},
		bonafide.TooLarge:       {413, oauth.InvalidRequest},
		bonafide.RateLimited:    {429, oauth.TemporarilyUnavailable},
		bonafide.Internal:       {500, oauth.ServerError},
		bonafide.Unavailable:    {503, oauth.TemporarilyUnavailable},
		bonafide.BadContentType: {415, oauth.InvalidRequest},

		bonafide.MethodNotAllowed: {405, oauth.InvalidRequest},
	} {
		status, body := oauth.BodyOf(bonafide.Errorf(code, "é\"\\\r\n", "%s", strings.Repeat("x", 1000)))
		require.Equal(t, due.status, status, code)
		require.Equal(t, due.name, body.Error)
		require.Equal(t, code, body.Code)
		require.True(t, strings.HasPrefix(body.Description, "?'???: xxx"), body.Description)
		require.Less(t, len(body.Description), 310)
	}
	_, body := oauth.BodyOf(fmt.Errorf("a secret of the disk"))
	require.NotContains(t, body.Description, "secret")
	for _, code := range []bonafide.Code{bonafide.Internal, bonafide.Unavailable} {
		_, body = oauth.BodyOf(&bonafide.Error{Code: code})
		require.Equal(t, code.Meaning().Sentence.EN, body.Description)
	}
}

// poster answers every form alike and keeps the last one.
type poster struct {
	answer  fetch.Answer
	err     error
	address string
	form    url.Values
}

func (p *poster) PostForm(_ context.Context, address string, form url.Values) (*fetch.Answer, error) {
	p.address, p.form = address, maps.Clone(form)
	return &p.answer, p.err
}

func server() *bonafide.AuthorizationServer {
	return &bonafide.AuthorizationServer{
		Issuer: bazar, AuthorizationEndpoint: string(bazar) + "/oauth/authorize",
		TokenEndpoint: string(bazar) + "/oauth/token", PushedRequestEndpoint: string(bazar) + "/oauth/par",
	}
}

func newClient(t testing.TB, v *verifier, p *poster) *oauth.Client {
	kid, err := seal.Thumbprint(crypto.PublicKey(v.client.Public()))
	require.NoError(t, err)
	sealer, err := seal.NewSealer(v.client, kid)
	require.NoError(t, err)
	return &oauth.Client{Origin: outils, Sealer: sealer, Fetch: p, Now: func() time.Time { return start }}
}

const tokenResponse = `{"access_token":"a","token_type":"bearer","expires_in":600,"refresh_token":"r","authorization_details":` + details + `,"bonafide_status":"s","scope":"more"}`

func TestClientSpeaksToServer(t *testing.T) {
	v := newVerifier(t)
	p := &poster{answer: fetch.Answer{Status: 201, Body: []byte(`{"request_uri":"urn:x","expires_in":600}`)}}
	c := newClient(t, v, p)
	asked, err := oauth.ReadRequest(pushForm(), v.entity, bazar)
	require.NoError(t, err)

	address, err := c.Push(t.Context(), server(), asked)
	require.NoError(t, err)
	require.Equal(t, "https://bazar.example/oauth/authorize?client_id=https%3A%2F%2Foutils.example&request_uri=urn%3Ax", address)
	_, err = oauth.Authenticate(p.form, v.entity, bazar, start)
	require.NoError(t, err)
	received, err := oauth.ReadRequest(p.form, v.entity, bazar)
	require.NoError(t, err)
	require.Equal(t, asked, received)

	p.answer = fetch.Answer{Status: 200, Body: []byte(tokenResponse)}
	response, err := c.Exchange(t.Context(), server(), "code", "verifier", back)
	require.NoError(t, err)
	require.Equal(t, "s", response.Status)
	require.Equal(t, "https://bazar.example/oauth/token", p.address)
	response, err = c.Refresh(t.Context(), server(), "r", &asked.Details)
	require.NoError(t, err)
	require.Equal(t, asked.Details, response.Details[0])
	require.Equal(t, details, p.form.Get("authorization_details"))
}

// BF-OAUTH-32, BF-OAUTH-33
func TestClientRefuses(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for name, c := range map[string]struct {
		answer  fetch.Answer
		err     error
		code    bonafide.Code // of Exchange
		refresh bonafide.Code // of Refresh
	}{
		"unreachable":             {err: bonafide.Errorf(bonafide.Unreachable, "", ""), code: bonafide.Unreachable, refresh: bonafide.Unreachable},
		"invalid grant":           {answer: fetch.Answer{Status: 400, Body: []byte(`{"error":"invalid_grant"}`)}, code: bonafide.IssuerRefused, refresh: bonafide.ConsentWithdrawn},
		"another refusal":         {answer: fetch.Answer{Status: 400, Body: []byte(`{"error":"` + long + `","error_description":"` + long + `"}`)}, code: bonafide.IssuerRefused, refresh: bonafide.IssuerRefused},
		"away":                    {answer: fetch.Answer{Status: 503, Body: []byte(`{"error":"temporarily_unavailable","error_description":"` + long + `"}`)}, code: bonafide.Unreachable, refresh: bonafide.Unreachable},
		"asked too often":         {answer: fetch.Answer{Status: 429, Body: []byte(`{}`)}, code: bonafide.Unreachable, refresh: bonafide.Unreachable},
		"an error of its own":     {answer: fetch.Answer{Status: 500, Body: []byte(`{"error":"server_error"}`)}, code: bonafide.Unreachable, refresh: bonafide.Unreachable},
		"away, without saying so": {answer: fetch.Answer{Status: 400, Body: []byte(`{"error":"temporarily_unavailable"}`)}, code: bonafide.Unreachable, refresh: bonafide.Unreachable},
		"no error":                {answer: fetch.Answer{Status: 400, Body: []byte(`{}`)}, code: bonafide.BadAnswer, refresh: bonafide.BadAnswer},
		"not JSON":                {answer: fetch.Answer{Status: 200, Body: []byte(`<html>`)}, code: bonafide.BadAnswer, refresh: bonafide.BadAnswer},
		"another kind of token":   {answer: fetch.Answer{Status: 200, Body: []byte(strings.Replace(tokenResponse, "bearer", "DPoP", 1))}, code: bonafide.BadAnswer, refresh: bonafide.BadAnswer},
		"no status":               {answer: fetch.Answer{Status: 200, Body: []byte(strings.Replace(tokenResponse, `"bonafide_status":"s",`, "", 1))}, code: bonafide.BadAnswer, refresh: bonafide.BadAnswer},
		"no refresh token":        {answer: fetch.Answer{Status: 200, Body: []byte(strings.Replace(tokenResponse, `"refresh_token":"r",`, "", 1))}, code: bonafide.BadAnswer, refresh: bonafide.BadAnswer},
		"a doubled refresh token": {answer: fetch.Answer{Status: 200, Body: []byte(strings.Replace(tokenResponse, `"scope"`, `"Refresh_token"`, 1))}, code: bonafide.BadAnswer, refresh: bonafide.BadAnswer},
		"two details":             {answer: fetch.Answer{Status: 200, Body: []byte(strings.Replace(tokenResponse, `}],`, `},`+details[1:]+`,`, 1))}, code: bonafide.BadAnswer, refresh: bonafide.BadAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, newVerifier(t), &poster{answer: c.answer, err: c.err})
			_, err := client.Exchange(t.Context(), server(), "code", "verifier", back)
			require.Equal(t, c.code, bonafide.CodeOf(err), "%v", err)
			require.Less(t, len(err.Error()), 1000)
			_, err = client.Refresh(t.Context(), server(), "r", &bonafide.AuthorizationDetails{})
			require.Equal(t, c.refresh, bonafide.CodeOf(err), "%v", err)
		})
	}
}

// busy refuses the first form for the moment.
type busy struct {
	poster
	assertions []string
}

func (b *busy) PostForm(ctx context.Context, address string, form url.Values) (*fetch.Answer, error) {
	b.assertions = append(b.assertions, form.Get("client_assertion"))
	if len(b.assertions) == 1 {
		return &fetch.Answer{Status: 503, Header: http.Header{"Retry-After": {"0"}}, Body: []byte(`{"error":"temporarily_unavailable"}`)}, nil
	}
	return b.poster.PostForm(ctx, address, form)
}

// An issuer that refuses for the moment is asked again with an assertion of its own. BF-FETCH-12
func TestClientAsksAgain(t *testing.T) {
	b := &busy{poster: poster{answer: fetch.Answer{Status: 200, Body: []byte(tokenResponse)}}}
	v := newVerifier(t)
	client := newClient(t, v, &b.poster)
	client.Fetch = b
	_, err := client.Exchange(t.Context(), server(), "code", "verifier", back)
	require.NoError(t, err)
	require.Len(t, b.assertions, 2)
	ids := map[string]bool{}
	for _, assertion := range b.assertions {
		read, err := oauth.Authenticate(url.Values{"client_id": b.form["client_id"], "client_assertion_type": b.form["client_assertion_type"], "client_assertion": {assertion}}, v.entity, bazar, start)
		require.NoError(t, err)
		ids[read.ID] = true
	}
	require.Len(t, ids, 2)
}

// BF-OAUTH-30
func TestClientStaysOnTheIssuersOrigin(t *testing.T) {
	p := &poster{}
	client := newClient(t, newVerifier(t), p)
	elsewhere := &bonafide.AuthorizationServer{
		Issuer: bazar, AuthorizationEndpoint: "https://other.example/a", TokenEndpoint: "https://other.example/t", PushedRequestEndpoint: "https://other.example/p",
	}
	_, err := client.Push(t.Context(), elsewhere, oauth.Request{})
	require.Equal(t, bonafide.BadMetadata, bonafide.CodeOf(err))
	elsewhere.AuthorizationEndpoint = string(bazar) + "/a"
	_, err = client.Push(t.Context(), elsewhere, oauth.Request{})
	require.Equal(t, bonafide.BadMetadata, bonafide.CodeOf(err))
	_, err = client.Exchange(t.Context(), elsewhere, "code", "verifier", back)
	require.Equal(t, bonafide.BadMetadata, bonafide.CodeOf(err))
	require.Empty(t, p.address, "nothing was sent")
}
