package seal_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/need"
	"bonafide.example/internal/seal"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/stretchr/testify/require"
)

const bazar = bonafide.Origin("https://bazar.example")

// edwards is a signer of the other algorithm.
type edwards struct{ ed25519.PrivateKey }

func (e edwards) Sign(_ context.Context, message []byte) ([]byte, error) {
	return ed25519.Sign(e.PrivateKey, message), nil
}

// broken is a signer that gives DER, as most hardware modules do.
type broken struct{ *seal.PrivateKey }

func (broken) Sign(context.Context, []byte) ([]byte, error) { return make([]byte, 71), nil }

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func verify(pub *ecdsa.PublicKey, digest, signature []byte) bool {
	return ecdsa.Verify(pub, digest, new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}

func generate(t testing.TB) *seal.PrivateKey {
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	return key
}

// published returns a sealer of bazar with the key set that opens what it seals.
func published(t testing.TB, signer bonafide.Signer) (*seal.Sealer, seal.KeySet) {
	kid, err := seal.DIDKeyID(bazar, signer.Public())
	require.NoError(t, err)
	sealer, err := seal.NewSealer(signer, kid)
	require.NoError(t, err)
	document, err := seal.DIDDocument(bazar, signer.Public())
	require.NoError(t, err)
	data, err := bonafide.MarshalJSON(document)
	require.NoError(t, err)
	keys, err := seal.ParseDIDDocument(data, bazar)
	require.NoError(t, err)
	return sealer, keys
}

func TestSealedIsOpened(t *testing.T) {
	_, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	for name, signer := range map[string]bonafide.Signer{"ES256": generate(t), "EdDSA": edwards{private}} {
		t.Run(name, func(t *testing.T) {
			sealer, keys := published(t, signer)
			token, err := sealer.Seal(t.Context(), bonafide.TypeTable, map[string]string{"iss": string(bazar)})
			require.NoError(t, err)
			parsed, err := seal.Parse(token, bonafide.TypeTable)
			require.NoError(t, err)
			require.Equal(t, sealer.KeyID(), parsed.KeyID())
			issuer, err := parsed.Issuer()
			require.NoError(t, err)
			require.Equal(t, bazar, issuer)
			peeked, err := seal.Peek[map[string]string](parsed)
			require.NoError(t, err)
			require.Equal(t, map[string]string{"iss": string(bazar)}, peeked)
			payload, err := parsed.Open(keys)
			require.NoError(t, err)
			require.JSONEq(t, `{"iss":"https://bazar.example"}`, string(payload))

			// Another implementation of JOSE reads it too.
			alg, _ := jwa.LookupSignatureAlgorithm(name)
			verified, err := jws.Verify([]byte(token), jws.WithKey(alg, signer.Public()))
			require.NoError(t, err)
			require.Equal(t, payload, verified)

			_, other := published(t, generate(t))
			_, err = parsed.Open(other)
			require.Equal(t, bonafide.UnknownKey, bonafide.CodeOf(err))
		})
	}
}

func TestOpensWhatAnotherImplementationSigned(t *testing.T) {
	key := generate(t)
	sealer, keys := published(t, key)
	text, err := key.MarshalText()
	require.NoError(t, err)
	private, err := jwk.ParseKey(text)
	require.NoError(t, err)
	require.NoError(t, private.Set(jwk.KeyIDKey, sealer.KeyID()))
	header := jws.NewHeaders()
	require.NoError(t, header.Set("typ", string(bonafide.TypeStatus)))
	token, err := jws.Sign([]byte(`{"iss":"https://bazar.example"}`), jws.WithKey(jwa.ES256(), private, jws.WithProtectedHeaders(header)))
	require.NoError(t, err)
	parsed, err := seal.Parse(string(token), bonafide.TypeStatus)
	require.NoError(t, err)
	_, err = parsed.Open(keys)
	require.NoError(t, err)

	thumbprint, err := private.Thumbprint(crypto.SHA256)
	require.NoError(t, err)
	require.Equal(t, sealer.KeyID(), bazar.DID()+"#"+encode(thumbprint))
}

// Each kind of object is offered at the place of each other.
func TestEveryTypeElsewhere(t *testing.T) {
	types := []bonafide.Type{bonafide.TypeCredential, bonafide.TypeEntity, bonafide.TypeMechanism, bonafide.TypeTable, bonafide.TypeStatus, bonafide.TypeRuling, bonafide.TypeReferral, bonafide.TypeOutcome, bonafide.TypeAssertion}
	sealer, _ := published(t, generate(t))
	for _, is := range types {
		token, err := sealer.Seal(t.Context(), is, struct{}{})
		require.NoError(t, err)
		for _, expected := range types {
			_, err := seal.Parse(token, expected)
			want := bonafide.WrongType
			if is == expected {
				want = ""
			}
			require.Equal(t, want, bonafide.CodeOf(err), "%s where %s is expected", is, expected)
		}
		_, err = seal.ParseStatusList(token)
		require.Equal(t, is == bonafide.TypeCredential, err == nil, "%s as a status list", is)
	}
}

func TestSealRefuses(t *testing.T) {
	key := generate(t)
	_, err := seal.NewSealer(key, "")
	require.Error(t, err)
	sealer, _ := published(t, key)
	_, err = sealer.Seal(t.Context(), bonafide.TypeTable, map[string]string{"long": string(make([]byte, seal.MaxToken))})
	require.Equal(t, bonafide.TooLarge, bonafide.CodeOf(err))
	_, err = sealer.Seal(t.Context(), bonafide.TypeCredential, &bonafide.StatusList{JTI: encode(make([]byte, seal.MaxToken))})
	require.NoError(t, err, "a status list may be larger")
	der, _ := published(t, broken{key})
	_, err = der.Seal(t.Context(), bonafide.TypeTable, struct{}{})
	require.ErrorContains(t, err, "71 bytes")
}

func TestPrivateKey(t *testing.T) {
	key := generate(t)
	text, err := key.MarshalText()
	require.NoError(t, err)
	read, err := seal.ParsePrivateKey(text)
	require.NoError(t, err)
	require.True(t, key.Public().(*ecdsa.PublicKey).Equal(read.Public()))
	message := []byte("message")
	signature, err := read.Sign(t.Context(), message)
	require.NoError(t, err)
	require.Len(t, signature, 64)
	digest := sha256.Sum256(message)
	require.True(t, verify(key.Public().(*ecdsa.PublicKey), digest[:], signature))

	fields := func(k *seal.PrivateKey) map[string]string {
		text, err := k.MarshalText()
		require.NoError(t, err)
		fields, err := bonafide.Parse[map[string]string](text)
		require.NoError(t, err)
		return fields
	}
	mixed := fields(key)
	mixed["d"] = fields(generate(t))["d"]
	public := fields(key)
	delete(public, "d")
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	p384, err := jwk.Import(other)
	require.NoError(t, err)
	for name, bad := range map[string]any{"halves of two keys": mixed, "public": public, "nothing": struct{}{}, "P-384": p384} {
		data, err := bonafide.MarshalJSON(bad)
		require.NoError(t, err)
		_, err = seal.ParsePrivateKey(data)
		require.Equal(t, bonafide.BadValue, bonafide.CodeOf(err), name)
	}
	_, err = seal.ParsePrivateKey(text[1:])
	require.Equal(t, bonafide.BadJSON, bonafide.CodeOf(err))
}

// spelling is a ring of two keys that takes them in turn, and puts white space before what it signs.
type spelling struct {
	*seal.PrivateKey
	other *seal.PrivateKey
	turns int
	pasts []crypto.PublicKey
}

func (s *spelling) Publics() []crypto.PublicKey {
	return []crypto.PublicKey{s.Public(), s.other.Public()}
}

func (s *spelling) Pasts() []crypto.PublicKey { return s.pasts }

func (s *spelling) Next() bonafide.Signer {
	if s.turns++; s.turns%2 == 0 {
		return s.other
	}
	return s.PrivateKey
}

func (s *spelling) Spell(payload []byte) ([]byte, error) { return append([]byte(" "), payload...), nil }

// Each key of a ring signs under its own kid, and all are published.
func TestRing(t *testing.T) {
	edwards, err := seal.GenerateEdwardsKey()
	require.NoError(t, err)
	ring := &spelling{PrivateKey: generate(t), other: edwards}
	sealer, err := seal.ForOrigin(bazar, ring)
	require.NoError(t, err)
	document, err := seal.DIDDocument(bazar, seal.Publics(ring)...)
	require.NoError(t, err)
	data, err := bonafide.MarshalJSON(document)
	require.NoError(t, err)
	published, err := seal.ParseDIDDocument(data, bazar)
	require.NoError(t, err)
	own, err := sealer.Keys()
	require.NoError(t, err)
	kids := map[string]bool{}
	for range 4 {
		text, err := sealer.Seal(t.Context(), bonafide.TypeTable, map[string]string{"iss": string(bazar)})
		require.NoError(t, err)
		token, err := seal.Parse(text, bonafide.TypeTable)
		require.NoError(t, err)
		for _, keys := range []seal.KeySet{published, own} {
			payload, err := token.Open(keys)
			require.NoError(t, err)
			require.Equal(t, ` {"iss":"https://bazar.example"}`, string(payload))
		}
		kids[token.KeyID()] = true
	}
	require.Len(t, kids, 2)
	require.True(t, kids[sealer.KeyID()])

	bare, err := seal.ForKeySet(ring)
	require.NoError(t, err)
	jwks, err := bare.JWKS()
	require.NoError(t, err)
	require.Len(t, jwks.Keys, 2)
	require.Equal(t, "EdDSA", jwks.Keys[1].Alg)
	require.Equal(t, bare.KeyID(), jwks.Keys[0].Kid)
	for _, pub := range seal.Publics(ring) {
		thumbprint, err := seal.Thumbprint(pub)
		require.NoError(t, err)
		require.Contains(t, []string{jwks.Keys[0].Kid, jwks.Keys[1].Kid}, thumbprint)
	}

	// What a past key signed is opened by its owner alone, and by nobody once the key is compromised.
	past := generate(t)
	before, err := seal.ForOrigin(bazar, past)
	require.NoError(t, err)
	text, err := before.Seal(t.Context(), bonafide.TypeTable, map[string]string{"iss": string(bazar)})
	require.NoError(t, err)
	token, err := seal.Parse(text, bonafide.TypeTable)
	require.NoError(t, err)
	for _, pasts := range [][]crypto.PublicKey{{past.Public()}, nil} {
		ring.pasts = pasts
		own, err := sealer.Keys()
		require.NoError(t, err)
		require.Equal(t, pasts != nil, own.Has(token.KeyID()))
		require.Equal(t, pasts != nil, sealer.Holds(text))
		jwks, err := sealer.JWKS()
		require.NoError(t, err)
		require.Len(t, jwks.Keys, 2)
	}
	require.False(t, sealer.Holds("nothing"))

	one, err := seal.NewSealer(ring, "kid")
	require.NoError(t, err)
	jwks, err = one.JWKS()
	require.NoError(t, err)
	require.Len(t, jwks.Keys, 1)
	require.Equal(t, "kid", jwks.Keys[0].Kid)
}

func TestKeyFile(t *testing.T) {
	edwards, err := seal.GenerateEdwardsKey()
	require.NoError(t, err)
	for name, key := range map[string]*seal.PrivateKey{"ES256": generate(t), "EdDSA": edwards} {
		path := filepath.Join(t.TempDir(), "key")
		require.NoError(t, key.WriteFile(path))
		require.ErrorIs(t, key.WriteFile(path), os.ErrExist, name)
		read, err := seal.ReadKeyFile(path)
		require.NoError(t, err)
		require.Equal(t, key.Public(), read.Public(), name)
		signature, err := read.Sign(t.Context(), []byte("message"))
		require.NoError(t, err)
		require.Len(t, signature, 64)
		if pub, ok := key.Public().(ed25519.PublicKey); ok {
			require.True(t, ed25519.Verify(pub, []byte("message"), signature))
		}
	}
	mixed, err := edwards.MarshalText()
	require.NoError(t, err)
	fields, err := bonafide.Parse[map[string]string](mixed)
	require.NoError(t, err)
	fields["x"] = encode(make([]byte, 32))
	text, err := bonafide.MarshalJSON(fields)
	require.NoError(t, err)
	_, err = seal.ParsePrivateKey(text)
	require.Equal(t, bonafide.BadValue, bonafide.CodeOf(err), "halves of two keys")
}

func TestSampleDIDDocument(t *testing.T) {
	const path = "../../../shared/samples/did.json"
	need.File(t, "shared", path)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	keys, err := seal.ParseDIDDocument(data, bazar)
	require.NoError(t, err)
	require.True(t, keys.Has("did:web:bazar.example#EdlawQH99AZzXXWh1w6kSqbGLot-h5ri8dT10HdcD9k"))
}
