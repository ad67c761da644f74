package subject

import (
	"testing"

	"bonafide.example/conformance/wire"
	"github.com/stretchr/testify/require"
)

func TestProfile(t *testing.T) {
	key, err := wire.NewES256()
	require.NoError(t, err)
	set, did := wire.KeySet(key), "did:web:a.example#"
	set["keys"].([]any)[0].(wire.Object)["kid"] = did + key.ID()
	sign := func(header wire.Object) string {
		token, err := key.SignUnder(header, wire.Object{"a": 1})
		require.NoError(t, err)
		return token
	}
	kid := did + key.ID()
	good := sign(wire.Object{"kid": kid, "typ": "x"})
	_, err = Profiled(good, "x", did, set, MaxToken)
	require.NoError(t, err)
	other, err := wire.NewES256()
	require.NoError(t, err)
	foreign, err := other.Sign("x", kid, wire.Object{"a": 1})
	require.NoError(t, err)
	twice, err := key.SignRaw(`{"alg":"ES256","kid":"`+kid+`","typ":"y","typ":"x"}`, `{"a":1}`)
	require.NoError(t, err)
	for name, token := range map[string]string{
		"another typ": sign(wire.Object{"kid": kid, "typ": "y"}), "no typ": sign(wire.Object{"kid": kid}),
		"a further field": sign(wire.Object{"kid": kid, "typ": "x", "cty": "z"}), "another's signature": foreign, "a typ that stands twice": twice,
		"an unknown kid": sign(wire.Object{"kid": kid + "x", "typ": "x"}), "padding": good + "=", "four parts": good + ".a", "no kid": sign(wire.Object{"typ": "x"}), "no token": "a",
	} {
		_, err := Profiled(token, "x", did, set, MaxToken)
		require.Error(t, err, name)
	}
	_, err = Profiled(good, "x", did, set, len(good)-1)
	require.Error(t, err, "too long")
	_, err = Profiled(good, "x", "did:web:b.example#", set, MaxToken)
	require.Error(t, err, "another DID")
}

func TestKeySet(t *testing.T) {
	one, err := wire.NewES256()
	require.NoError(t, err)
	two, err := wire.NewEdDSA()
	require.NoError(t, err)
	require.NoError(t, KeySet("the set", wire.KeySet(one, two)))
	for name, spoil := range map[string]func(key wire.Object){
		"a private field": func(key wire.Object) { key["d"] = "x" },
		"a private null":  func(key wire.Object) { key["d"] = nil },
		"a second y":      func(key wire.Object) { key["kty"], key["crv"], key["alg"] = "OKP", "Ed25519", "EdDSA" },
		"no kid":          func(key wire.Object) { delete(key, "kid") },
		"the kid of both": func(key wire.Object) { key["kid"] = two.ID() },
		"another curve":   func(key wire.Object) { key["crv"] = "P-384" },
		"another alg":     func(key wire.Object) { key["alg"] = "EdDSA" },
		"another use":     func(key wire.Object) { key["use"] = "enc" },
		"a short x":       func(key wire.Object) { key["x"] = "AAAA" },
	} {
		set := wire.KeySet(one, two)
		spoil(set["keys"].([]any)[0].(wire.Object))
		require.Error(t, KeySet("the set", set), name)
	}
	require.Error(t, KeySet("the set", wire.Object{"keys": []any{}}), "no key")
}
