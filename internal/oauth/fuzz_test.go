package oauth_test

import (
	"net/url"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

// requireRefusal tells whether what is refused is refused by a rule, and is told as OAuth wants it.
func requireRefusal(t *testing.T, err error) {
	t.Helper()
	code := bonafide.CodeOf(err)
	require.NotEqual(t, bonafide.Internal, code, "%v", err)
	require.Contains(t, bonafide.Codes(), code, "%v", err)
	status, body := oauth.BodyOf(err)
	require.True(t, 400 <= status && status <= 502 && status != 500, status)
	require.NotEmpty(t, body.Error)
	require.Regexp(t, `^[ !#-\[\]-~]{0,303}$`, body.Description)
}

// appendixKey is the key of RFC 7515, appendix A.3: seeds must be authentic in every process.
const appendixKey = `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",` +
	`"y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}`

func fixedVerifier(t testing.TB) *verifier {
	key, err := seal.ParsePrivateKey([]byte(appendixKey))
	require.NoError(t, err)
	jwk, err := seal.PublicJWK(key.Public())
	require.NoError(t, err)
	v := newVerifier(t)
	v.client, v.entity.Metadata.OAuthClient.JWKS.Keys = key, []bonafide.JWK{jwk}
	return v
}

// FuzzRequest looks for a form that authenticates nobody's client, or whose answer would go elsewhere than asked.
func FuzzRequest(f *testing.F) {
	v := fixedVerifier(f)
	good := v.assert(f, v.client, bonafide.TypeAssertion, assertion())
	whole := pushForm()
	for name, values := range good {
		whole[name] = values
	}
	f.Add(good.Encode())
	f.Add(pushForm().Encode())
	f.Add(whole.Encode())
	signed := signedPart(good.Get("client_assertion"))
	f.Fuzz(func(t *testing.T, encoded string) {
		form, err := url.ParseQuery(encoded)
		if err != nil {
			return
		}
		if client, err := oauth.ClientOf(form); err != nil {
			requireRefusal(t, err)
		} else {
			require.Equal(t, form.Get("client_id"), string(client))
		}
		if a, err := oauth.Authenticate(form, v.entity, bazar, start); err != nil {
			requireRefusal(t, err)
		} else {
			require.Equal(t, signed, signedPart(form.Get("client_assertion")), "nobody signed it")
			require.Equal(t, "one-of-a-kind", a.ID)
		}
		r, err := oauth.ReadRequest(form, v.entity, bazar)
		if err != nil {
			requireRefusal(t, err)
			return
		}
		require.NoError(t, r.Details.Validate())
		requireAnswer(t, r.Granted(bazar, "the code"), r.State)
		requireAnswer(t, r.Refused(bazar, bonafide.Errorf(bonafide.ConsentDeclined, encoded, "%s", encoded)), r.State)
	})
}

// requireAnswer tells whether the holder comes back to where the verifier asked, with its state.
func requireAnswer(t *testing.T, address, state string) {
	u, err := url.Parse(address)
	require.NoError(t, err)
	query := u.Query()
	require.Equal(t, state, query.Get("state"))
	u.RawQuery = ""
	require.Equal(t, back, u.String())
	code, err := oauth.ReadAnswer(query, bazar)
	if query.Has("error") {
		require.Equal(t, bonafide.ConsentDeclined, bonafide.CodeOf(err))
		return
	}
	require.NoError(t, err)
	require.Equal(t, "the code", code)
}

// signedPart returns what of a token is signed.
func signedPart(token string) string { return token[:max(0, strings.LastIndexByte(token, '.'))] }

// FuzzAnswer looks for an issuer's answer, by way of the holder or to a form, that is taken and isn't whole.
func FuzzAnswer(f *testing.F) {
	f.Add("code=c&state=s&iss=https%3A%2F%2Fbazar.example", uint8(1), []byte(`{"request_uri":"urn:x","expires_in":600}`))
	f.Add("code=c&state=s&iss=https%3A%2F%2Foutils.example", uint8(0), []byte(`{}`))
	f.Add("error=access_denied&bonafide_error=wrong-account&iss=https%3A%2F%2Fbazar.example", uint8(0), []byte(tokenResponse))
	f.Add("error=server_error&error_description=x&iss=https%3A%2F%2Fbazar.example", uint8(2), []byte(`{"error":"invalid_grant","error_description":"over"}`))
	v := fixedVerifier(f)
	p := &poster{}
	c := newClient(f, v, p)
	asked, err := oauth.ReadRequest(pushForm(), v.entity, bazar)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, encoded string, status uint8, body []byte) {
		if query, err := url.ParseQuery(encoded); err == nil {
			code, err := oauth.ReadAnswer(query, bazar)
			if err != nil {
				requireRefusal(t, err)
			} else {
				require.Equal(t, string(bazar), query.Get("iss"))
				require.Empty(t, query.Get("error"))
				require.True(t, 0 < len(code) && len(code) <= 512, code)
			}
		}
		p.answer = fetch.Answer{Status: []int{200, 201, 400, 401, 500}[status%5], Body: body}
		if address, err := c.Push(t.Context(), server(), asked); err != nil {
			requireRefusal(t, err)
		} else {
			require.Equal(t, 201, p.answer.Status)
			u, err := url.Parse(address)
			require.NoError(t, err)
			require.Equal(t, string(outils), u.Query().Get("client_id"))
			require.NotEmpty(t, u.Query().Get("request_uri"))
			u.RawQuery = ""
			require.Equal(t, server().AuthorizationEndpoint, u.String())
		}
		response, err := c.Refresh(t.Context(), server(), "r", &asked.Details)
		if err != nil {
			requireRefusal(t, err)
			return
		}
		require.Equal(t, 200, p.answer.Status)
		require.NoError(t, response.Validate())
		require.NotEmpty(t, response.Status)
	})
}
