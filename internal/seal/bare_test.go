package seal_test

import (
	"encoding/json"
	"errors"
	"testing"

	"bonafide.example"
	"bonafide.example/testdata"
	"github.com/go-jose/go-jose/v4"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/stretchr/testify/require"
)

// stack verifies a token with the key of a key set that its header names.
type stack func(token string, keys []byte) error

// goJose is go-jose as it comes.
func goJose(token string, keys []byte) error {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(keys, &set); err != nil {
		return err
	}
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256, jose.EdDSA})
	if err != nil {
		return err
	}
	_, err = parsed.Verify(&set)
	return err
}

// jwx is jwx as it comes, told for each key what its alg is.
func jwx(token string, keys []byte) error {
	set, err := jwk.Parse(keys)
	if err != nil {
		return err
	}
	parsed, err := jws.Parse([]byte(token))
	if err != nil {
		return err
	}
	kid, _ := parsed.Signatures()[0].ProtectedHeaders().KeyID()
	key, found := set.LookupKeyID(kid)
	if !found {
		return errors.New("no such key")
	}
	alg := jwa.ES256()
	if key.KeyType() == jwa.OKP() {
		alg = jwa.EdDSA()
	}
	_, err = jws.Verify([]byte(token), jws.WithKey(alg, key))
	return err
}

// bareKeys returns, as a key set, the keys that a reader finds who takes what is published as it comes.
func (in tokenInput) bareKeys(t *testing.T) []byte {
	if in.SelfSigned {
		parsed, err := jws.Parse([]byte(in.Token))
		require.NoError(t, err)
		var payload struct {
			JWKS json.RawMessage `json:"jwks"`
		}
		require.NoError(t, json.Unmarshal(parsed.Payload(), &payload))
		return payload.JWKS
	}
	if in.DID == nil {
		return in.JWKS
	}
	var document struct {
		Methods []struct {
			ID  string         `json:"id"`
			JWK map[string]any `json:"publicKeyJwk"`
		} `json:"verificationMethod"`
	}
	require.NoError(t, json.Unmarshal(in.DID, &document))
	set := map[string][]map[string]any{}
	for _, method := range document.Methods {
		if method.JWK != nil {
			method.JWK["kid"] = method.ID
			set["keys"] = append(set["keys"], method.JWK)
		}
	}
	data, err := json.Marshal(set)
	require.NoError(t, err)
	return data
}

// judged is a token with how the profile judges it.
type judged struct {
	name  string
	input tokenInput
	code  bonafide.Code
}

// allJudged returns the tokens of the vectors and our own.
func allJudged(t *testing.T) (all []judged) {
	for _, topic := range []string{"token", "key"} {
		cases, err := testdata.Cases[tokenInput](topic)
		require.NoError(t, err)
		for _, c := range cases {
			all = append(all, judged{topic + "/" + c.Name, c.Input, c.Expect})
		}
	}
	f := newForger(t)
	for _, m := range f.malformed() {
		all = append(all, judged{"own/" + m.name, tokenInput{Type: bonafide.TypeMechanism, Token: m.token, Origin: bazar, DID: f.did}, m.code})
	}
	return all
}

// takenBy returns who takes each token that the profile refuses. Both must take what it takes.
func takenBy(t *testing.T, one, other stack) map[string]takers {
	found := map[string]takers{}
	for _, j := range allJudged(t) {
		require.Equal(t, j.code, codeOf(j.input.open()), j.name)
		keys := j.input.bareKeys(t)
		oneErr, otherErr := one(j.input.Token, keys), other(j.input.Token, keys)
		if j.code == testdata.OK {
			require.NoError(t, oneErr, j.name)
			require.NoError(t, otherErr, j.name)
			continue
		}
		switch {
		case oneErr == nil && otherErr == nil:
			found[j.name] = both
		case oneErr == nil:
			found[j.name] = joseAlone
		case otherErr == nil:
			found[j.name] = jwxAlone
		}
	}
	return found
}

// What the two stacks take that the profile refuses is known, token by token, and nothing the other way round.
func TestBareStacks(t *testing.T) {
	known := map[string]takers{}
	for _, l := range leniencies {
		require.NotEmpty(t, l.because, l.token)
		require.NotContains(t, known, l.token)
		known[l.token] = l.by
	}
	require.Equal(t, known, takenBy(t, goJose, jwx))
	require.NotEqual(t, known, takenBy(t, goJose, goJose), "another stack isn't noticed")
}
