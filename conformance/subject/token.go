package subject

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bonafide.example/conformance/wire"
)

// Profiled verifies a token by a key set and by the profile of tokens (chapter 02): its typ, at most limit bytes, and a kid
// that begins with prefix.
func Profiled(token, typ, prefix string, keys wire.Object, limit int) (*wire.Token, error) {
	for n, part := range strings.Split(token, ".") {
		if len(wire.Decoded(part)) == 0 || n > 2 {
			return nil, Wrong("a compact JWS of three parts in canonical base64url", "part %d: %.100q", n+1, part)
		}
	}
	t, err := wire.Open(token, keys)
	if err != nil {
		return nil, Wrong("a token signed by a key that the site publishes", "%v: %.200q", err, token)
	}
	names := slices.Sorted(maps.Keys(t.Header))
	switch {
	case len(token) > limit:
		return nil, Wrong(fmt.Sprintf("a token of at most %d bytes", limit), "%d", len(token))
	case !slices.Equal(names, []string{"alg", "kid", "typ"}):
		return nil, Wrong("a header of alg, kid and typ", "%v", names)
	case wire.Text(t.Header, "typ") != typ:
		return nil, Wrong("typ: "+typ, "%v", t.Header["typ"])
	case !strings.HasPrefix(wire.Text(t.Header, "kid"), prefix):
		return nil, Wrong("a kid that begins with "+prefix, "%v", t.Header["kid"])
	}
	return t, nil
}

// KeySet checks that a JWK set has a few public keys of the two kinds, each with a kid of its own.
func KeySet(what string, set wire.Object) error {
	keys, _ := set["keys"].([]any)
	if len(keys) < 1 || len(keys) > 16 {
		return Wrong(what+": 1 to 16 keys", "%d", len(keys))
	}
	kids := map[string]bool{}
	for _, key := range keys {
		kid := wire.Text(key, "kid")
		if kid == "" || kids[kid] {
			return Wrong(what+": a kid of its own for each key", "%q", kid)
		}
		kids[kid] = true
		if err := publicKey(what+", "+kid, key); err != nil {
			return err
		}
	}
	return nil
}

// publicKey checks that this is a public key of one of the two kinds.
func publicKey(what string, key any) error {
	fields, _ := key.(wire.Object)
	for _, secret := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"} {
		if _, has := fields[secret]; has { // null too: some readers take that for a private key
			return Wrong(what+": no private field", "%s", secret)
		}
	}
	alg, kind := "ES256", wire.Text(key, "kty")+" "+wire.Text(key, "crv")
	coordinates := []string{"x", "y"}
	if kind == "OKP Ed25519" {
		alg, coordinates = "EdDSA", []string{"x"}
	}
	for _, name := range coordinates {
		if text := wire.Text(key, name); len(text) != 43 || len(wire.Decoded(text)) != 32 {
			return Wrong(what+": "+name+" of 32 bytes in base64url", "%q", text)
		}
	}
	switch {
	case kind != "EC P-256" && kind != "OKP Ed25519":
		return Wrong(what+": a key of P-256 or Ed25519", "%s", kind)
	case kind == "OKP Ed25519" && wire.At(key, "y") != nil:
		return Wrong(what+": a key of Ed25519 without y", "%v", wire.At(key, "y"))
	case wire.At(key, "alg") != nil && wire.Text(key, "alg") != alg:
		return Wrong(what+": the alg "+alg+" or none", "%v", wire.At(key, "alg"))
	case wire.At(key, "use") != nil && wire.Text(key, "use") != "sig":
		return Wrong(what+": the use sig or none", "%v", wire.At(key, "use"))
	}
	return nil
}

// MaxToken is the length of the longest token but for a status list, in bytes.
const MaxToken = 16_384
