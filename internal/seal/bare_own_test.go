package seal_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

// malformed is a token of our own beside those of the vectors, and how the profile refuses it.
type malformed struct {
	name, token string
	code        bonafide.Code
}

// forger makes tokens of whatever form, signed with keys of bazar.
type forger struct {
	t    *testing.T
	ec   *seal.PrivateKey
	ed   edwards
	kids map[string]string // by alg
	did  []byte
}

func newForger(t *testing.T) *forger {
	f := &forger{t: t, ec: generate(t), kids: map[string]string{}}
	seed := sha256.Sum256([]byte("bare"))
	f.ed = edwards{ed25519.NewKeyFromSeed(seed[:])}
	document, err := seal.DIDDocument(bazar, f.ec.Public(), f.ed.Public())
	require.NoError(t, err)
	f.kids["ES256"], f.kids["EdDSA"] = document.AssertionMethod[0], document.AssertionMethod[1]
	f.did, err = json.Marshal(document)
	require.NoError(t, err)
	return f
}

// header returns the good header with one more member before the others.
func (f *forger) header(more string) string {
	return `{` + more + `"alg":"ES256","kid":"` + f.kids["ES256"] + `","typ":"` + string(bonafide.TypeMechanism) + `"}`
}

const forgedPayload = `{"iss":"https://bazar.example"}`

// over returns the encoded signature of a signing input.
func (f *forger) over(signer bonafide.Signer, input string) []byte {
	signature, err := signer.Sign(f.t.Context(), []byte(input))
	require.NoError(f.t, err)
	return signature
}

// token returns a signed token of that header and payload.
func (f *forger) token(header, payload string) string {
	input := encode([]byte(header)) + "." + encode([]byte(payload))
	return input + "." + encode(f.over(f.ec, input))
}

// malformed returns our own malformed tokens.
func (f *forger) malformed() []malformed {
	header := f.header("")
	good := f.token(header, forgedPayload)
	parts := strings.Split(good, ".")
	wrote := func(name, was, is string) malformed {
		return malformed{name, f.token(strings.Replace(header, was, is, 1), forgedPayload), bonafide.BadHeader}
	}
	broken := func(name, token string) malformed { return malformed{name, token, bonafide.BadToken} }
	whole := func(members string) string { return `{"payload":"` + parts[1] + `",` + members + `}` }
	signature := `"protected":"` + parts[0] + `","signature":"` + parts[2] + `"`
	return slices.Concat([]malformed{
		broken("carriage-return-within", good[:20]+"\r\n"+good[20:]),
		broken("newline-in-payload", parts[0]+"."+parts[1][:8]+"\n"+parts[1][8:]+"."+parts[2]),
		broken("tab-after", good+"\t"),
		broken("space-after", good+" "),
		broken("nul-after", good+"\x00"),
		broken("dot-after", good+"."),
		broken("dot-before", "."+good),
		broken("quoted", `"`+good+`"`),
		broken("general-json", whole(`"signatures":[{`+signature+`}]`)),
		broken("general-json-two-signatures", whole(`"signatures":[{"protected":"`+parts[0]+`","signature":"`+encode(make([]byte, 64))+`"},{`+signature+`}]`)),
		broken("flattened-json-more-in-header", whole(signature+`,"header":{"jku":"https://evil.example/keys"}`)),
		broken("json-after-spaces", "\n "+whole(signature)),
		{"payload-detached", parts[0] + ".." + parts[2], bonafide.BadJSON},
		{"payload-unencoded", f.unencoded(), bonafide.BadHeader},
		{"nested", f.token(f.header(`"cty":"JWT",`), good), bonafide.BadHeader},
		wrote("kid-twice", `{`, `{"kid":"`+f.kids["EdDSA"]+`",`),
		wrote("kid-two-cases", `{`, `{"KID":"`+f.kids["EdDSA"]+`",`),
		wrote("typ-twice", `{`, `{"typ":"vc+jwt",`),
		wrote("typ-null", `"typ":"`+string(bonafide.TypeMechanism)+`"`, `"typ":null`),
		wrote("alg-array", `"ES256"`, `["ES256"]`),
		wrote("alg-null", `"ES256"`, `null`),
		wrote("alg-with-space", `"ES256"`, `"ES256 "`),
		wrote("alg-es256k", `"ES256"`, `"ES256K"`),
		wrote("alg-none-but-signed", `"ES256"`, `"none"`),
		wrote("alg-unheard-of", `"ES256"`, `"BF256"`),
		wrote("crit-exp", `{`, `{"crit":["exp"],"exp":1,`),
		wrote("crit-itself", `{`, `{"crit":["alg"],`),
		wrote("crit-unknown", `{`, `{"crit":["bonafide"],"bonafide":1,`),
		wrote("crit-string", `{`, `{"crit":"exp",`),
		wrote("b64-without-crit", `{`, `{"b64":false,`),
		wrote("zip", `{`, `{"zip":"DEF",`),
		wrote("x5t", `{`, `{"x5t":"AAAA",`),
		wrote("byte-order-mark", `{`, "\ufeff{"),
		wrote("not-utf8", `{`, "{\"x\":\"\xff\","),
		wrote("lone-surrogate", `{`, `{"x":"\ud800",`),
		wrote("comment", `{`, `{/**/`),
		wrote("number-too-great", `{`, `{"x":1e999,`),
		wrote("deep", `{`, `{"x":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`,`),
		{"header-empty", f.token("", forgedPayload), bonafide.BadHeader},
		{"header-null", f.token("null", forgedPayload), bonafide.BadHeader},
	}, f.signatures(parts))
}

// unencoded returns a token whose payload stands as it is (RFC 7797).
func (f *forger) unencoded() string {
	input := encode([]byte(f.header(`"b64":false,"crit":["b64"],`))) + "." + encode([]byte(forgedPayload))
	unencoded := strings.Split(input, ".")[0] + "." + forgedPayload
	return input + "." + encode(f.over(f.ec, unencoded))
}

// signatures returns tokens whose signature isn't one of their alg.
func (f *forger) signatures(parts []string) []malformed {
	input := parts[0] + "." + parts[1]
	es := f.over(f.ec, input)
	edInput := encode([]byte(strings.NewReplacer("ES256", "EdDSA", f.kids["ES256"], f.kids["EdDSA"]).Replace(f.header("")))) + "." + parts[1]
	ed := f.over(f.ed, edInput)
	named := strings.NewReplacer("ES256", "Ed25519", f.kids["ES256"], f.kids["EdDSA"]).Replace(f.header(""))
	namedInput := encode([]byte(named)) + "." + parts[1]
	stranger := generate(f.t)
	jwk, err := seal.PublicJWK(stranger.Public())
	require.NoError(f.t, err)
	offered, err := json.Marshal(jwk)
	require.NoError(f.t, err)
	offeredInput := encode([]byte(f.header(`"jwk":`+string(offered)+`,`))) + "." + parts[1]
	bad := func(name, input string, signature []byte) malformed {
		return malformed{name, input + "." + encode(signature), bonafide.BadSignature}
	}
	return []malformed{
		bad("signature-padded-halves", input, slices.Concat([]byte{0}, es[:32], []byte{0}, es[32:])),
		bad("signature-twice", input, slices.Concat(es, es)),
		bad("signature-of-ed25519-greater-s", edInput, slices.Concat(ed[:32], greater(ed[32:]))),
		bad("signature-of-ed25519-by-es256", edInput, f.over(f.ec, edInput)),
		bad("signature-of-es256-by-ed25519", input, f.over(f.ed, input)),
		{"alg-ed25519", namedInput + "." + encode(f.over(f.ed, namedInput)), bonafide.BadHeader},
		{"signature-of-key-in-header", offeredInput + "." + encode(f.over(stranger, offeredInput)), bonafide.BadHeader},
	}
}

// greater adds the order of Ed25519's group to s, little-endian: the sum satisfies the equation too (RFC 8032, 8.4).
func greater(s []byte) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	bigEndian := slices.Clone(s)
	slices.Reverse(bigEndian)
	order.Add(order, new(big.Int).SetBytes(bigEndian)).FillBytes(bigEndian)
	slices.Reverse(bigEndian)
	return bigEndian
}
