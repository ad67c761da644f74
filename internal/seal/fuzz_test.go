package seal_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/testdata"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/stretchr/testify/require"
)

// requireCode tells whether what is refused is refused with a code of the closed list, and by a rule.
func requireCode(t *testing.T, err error) {
	t.Helper()
	code := bonafide.CodeOf(err)
	require.NotEqual(t, bonafide.Internal, code, "%v", err)
	require.Contains(t, bonafide.Codes(), code, "%v", err)
}

// signedPart returns what of a token is signed.
func signedPart(token string) string { return token[:max(0, strings.LastIndexByte(token, '.'))] }

// FuzzToken looks for a token that opens although no key signed it, or that is taken in a form that the
// profile doesn't have.
func FuzzToken(f *testing.F) {
	var keys seal.KeySet
	signed := map[string]bool{}
	for _, topic := range []string{"token", "key"} {
		cases, err := testdata.Cases[tokenInput](topic)
		require.NoError(f, err)
		for _, c := range cases {
			f.Add(c.Input.Token)
			if c.Expect != bonafide.BadSignature {
				signed[signedPart(c.Input.Token)] = true
			}
			if c.Name == "good-es256" {
				keys, err = seal.ParseDIDDocument(c.Input.DID, c.Input.Origin)
				require.NoError(f, err)
			}
		}
	}
	types := []bonafide.Type{bonafide.TypeMechanism, bonafide.TypeAssertion, bonafide.TypeEntity, bonafide.TypeCredential}
	f.Fuzz(func(t *testing.T, token string) {
		for _, typ := range types {
			parsed, err := seal.Parse(token, typ)
			if err != nil {
				requireCode(t, err)
				continue
			}
			requireProfile(t, token, typ)
			if _, err := parsed.Issuer(); err != nil {
				requireCode(t, err)
			}
			if _, err := parsed.Open(keys); err != nil {
				requireCode(t, err)
				continue
			}
			require.True(t, signed[signedPart(token)], "nobody signed %s", token)
		}
	})
}

// requireProfile reads a token with nothing but the standard library.
func requireProfile(t *testing.T, token string, typ bonafide.Type) {
	require.LessOrEqual(t, len(token), seal.MaxToken)
	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	var header map[string]string
	require.NoError(t, json.Unmarshal(decode(t, parts[0]), &header))
	require.Subset(t, []string{"alg", "kid", "typ"}, slices.Collect(maps.Keys(header)))
	require.Contains(t, []string{"ES256", "EdDSA"}, header["alg"])
	require.NotEmpty(t, header["kid"])
	if _, has := header["typ"]; has || typ != bonafide.TypeAssertion {
		require.Equal(t, string(typ), header["typ"])
	}
	var payload map[string]any
	require.NoError(t, json.Unmarshal(decode(t, parts[1]), &payload))
	for _, part := range parts {
		require.Equal(t, part, encode(decode(t, part)))
	}
}

// FuzzKeys looks for a DID document or a key set that is taken, and in which another library finds other keys.
func FuzzKeys(f *testing.F) {
	for _, topic := range []string{"token", "key"} {
		cases, err := testdata.Cases[tokenInput](topic)
		require.NoError(f, err)
		for _, c := range cases {
			if len(c.Input.DID)+len(c.Input.JWKS) < 10_000 {
				f.Add([]byte(c.Input.DID))
				f.Add([]byte(c.Input.JWKS))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if keys, err := seal.ParseDIDDocument(data, bazar); err != nil {
			requireCode(t, err)
		} else {
			var document struct {
				Methods []struct {
					ID  string          `json:"id"`
					JWK json.RawMessage `json:"publicKeyJwk"`
				} `json:"verificationMethod"`
			}
			require.NoError(t, json.Unmarshal(data, &document))
			require.NotEmpty(t, document.Methods)
			for _, method := range document.Methods {
				require.True(t, keys.Has(method.ID))
				require.Equal(t, bazar.DID()+"#"+thumbprint(t, method.JWK), method.ID)
			}
		}
		jwks, err := bonafide.ParsePeer[bonafide.JWKS](data)
		if err != nil {
			requireCode(t, err)
			return
		}
		keys, err := seal.ParseKeySet(jwks)
		if err != nil {
			requireCode(t, err)
			return
		}
		set, err := jwk.Parse(data)
		require.NoError(t, err)
		require.Equal(t, len(jwks.Keys), set.Len())
		for _, key := range jwks.Keys {
			require.True(t, keys.Has(key.Kid))
			other, found := set.LookupKeyID(key.Kid)
			require.True(t, found)
			private, err := jwk.IsPrivateKey(other)
			require.NoError(t, err)
			require.False(t, private)
		}
	})
}

// thumbprint returns that which another library finds.
func thumbprint(t *testing.T, data []byte) string {
	key, err := jwk.ParseKey(data)
	require.NoError(t, err)
	sum, err := key.Thumbprint(crypto.SHA256)
	require.NoError(t, err)
	return encode(sum)
}

// appendixKey is the key of RFC 7515, appendix A.3.
const appendixKey = `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",` +
	`"y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}`

// edwardsKey is the key of RFC 8037, appendix A.1.
const edwardsKey = `{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",` +
	`"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`

// FuzzPrivateKey looks for a private key that is taken, and that doesn't sign or is another one once it is written again.
func FuzzPrivateKey(f *testing.F) {
	f.Add([]byte(appendixKey))
	f.Add([]byte(strings.Replace(appendixKey, `"d":"j`, `"d":"i`, 1))) // halves of two keys
	f.Add([]byte(`{"kty":"EC","crv":"P-256","d":"AQ","x":"AQ","y":"AQ"}`))
	f.Add([]byte(edwardsKey))
	f.Add([]byte(strings.Replace(edwardsKey, `"d":"n`, `"d":"o`, 1)))
	f.Add([]byte(strings.Replace(edwardsKey, `"d":"nWGx`, `"d":"`, 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := seal.ParsePrivateKey(text)
		if err != nil {
			requireCode(t, err)
			return
		}
		written, err := key.MarshalText()
		require.NoError(t, err)
		again, err := seal.ParsePrivateKey(written)
		require.NoError(t, err)
		kid, err := seal.Thumbprint(key.Public())
		require.NoError(t, err)
		require.Equal(t, thumbprint(t, text), kid, "its public half is another")
		signature, err := again.Sign(t.Context(), text)
		require.NoError(t, err)
		switch pub := key.Public().(type) {
		case *ecdsa.PublicKey:
			digest := sha256.Sum256(text)
			require.True(t, verify(pub, digest[:], signature))
		case ed25519.PublicKey:
			require.True(t, ed25519.Verify(pub, text, signature))
		default:
			require.Fail(t, "not a key for signatures", "%T", pub)
		}
	})
}

func decode(t *testing.T, part string) []byte {
	data, err := base64.RawURLEncoding.DecodeString(part)
	require.NoError(t, err)
	return data
}
