package evil

import (
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"strings"

	"bonafide.example/conformance/wire"
)

// resigned replaces a token's signature by what alter makes of it.
func resigned(token string, alter func(signature []byte) []byte) string {
	end := strings.LastIndexByte(token, '.') + 1
	signature, err := base64.RawURLEncoding.DecodeString(token[end:])
	if err != nil {
		panic(err) // it was just made
	}
	return token[:end] + wire.Encode(alter(signature))
}

// der writes r and s as most libraries of ECDSA do.
func der(signature []byte) []byte {
	written, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])})
	if err != nil {
		panic(err) // two integers can be written
	}
	return written
}

// negated is the other signature of the same (r, n − s), which everybody can make.
func negated(signature []byte) []byte {
	s := new(big.Int).Sub(elliptic.P256().Params().N, new(big.Int).SetBytes(signature[32:]))
	return append(signature[:32:32], s.FillBytes(make([]byte, 32))...)
}

// signatures is tokens that the issuer's key didn't sign, or not in the way that they say.
func signatures() []entry {
	const bad = "bad-signature"
	altered := func(name, about string, alter func([]byte) []byte) entry {
		return entry{"signature-" + name, about, bad, "BF-TOKEN-10", func(s *site) {
			s.badgeIs(func(token string) string { return resigned(token, alter) })
		}}
	}
	return []entry{
		{"signature-alg-none", "The token isn't signed, and says so.", "bad-header", "BF-TOKEN-5", func(s *site) {
			s.badgeIs(func(string) string {
				return wire.Encode([]byte(strings.Replace(s.header(), "ES256", "none", 1))) + "." + wire.Encode([]byte(s.payload())) + "."
			})
		}},
		{"signature-public-key-as-secret", "The token is signed by HMAC with the public key.", "bad-header", "BF-TOKEN-5", func(s *site) {
			s.badgeIs(func(string) string {
				signed := wire.Encode([]byte(strings.Replace(s.header(), "ES256", "HS256", 1))) + "." + wire.Encode([]byte(s.payload()))
				mac := hmac.New(sha256.New, []byte(text(s.signer().JWK())))
				mac.Write([]byte(signed))
				return signed + "." + wire.Encode(mac.Sum(nil))
			})
		}},
		{"signature-other-alg", "The alg is EdDSA, the key on P-256.", "bad-header", "BF-TOKEN-9", func(s *site) {
			s.badgeUnder(func() string { return strings.Replace(s.header(), "ES256", "EdDSA", 1) })
		}},
		{"signature-alg-es384", "The alg is ES384.", "bad-header", "BF-TOKEN-5", func(s *site) {
			s.badgeUnder(func() string { return strings.Replace(s.header(), "ES256", "ES384", 1) })
		}},
		{"signature-of-another-key", "Another key signed under the kid of the right one.", bad, "BF-TOKEN-10", func(s *site) {
			s.badge(tokenOf(func() string { return signed(newKey(), s.header(), s.payload()) }))
		}},
		{"signature-of-another-text", "The badge was changed after it was signed.", bad, "BF-TOKEN-10", func(s *site) { s.badgeIs(s.tampered) }},
		altered("none", "There is no signature.", func([]byte) []byte { return nil }),
		altered("der", "The signature is in DER.", der),
		altered("zero", "The signature is r = s = 0.", func([]byte) []byte { return make([]byte, 64) }),
		altered("r-zero", "The signature is r = 0.", func(s []byte) []byte { return append(make([]byte, 32), s[32:]...) }),
		altered("order", "The signature is r = s = n.", func([]byte) []byte {
			n := elliptic.P256().Params().N.FillBytes(make([]byte, 32))
			return append(n, n...)
		}),
		altered("short", "The signature has 63 bytes.", func(s []byte) []byte { return s[:63] }),
		altered("long", "A zero follows the signature.", func(s []byte) []byte { return append(s, 0) }),
		{"signature-of-list", "The status list is signed by a key that isn't published.", "bad-signature or status-unknown", "BF-TOKEN-10", func(s *site) {
			s.list(tokenOf(func() string { return signed(newKey(), s.header(), text(s.Badges().Credential())) }))
		}},
		{"signature-of-list-none", "The status list isn't signed, and says so.", "bad-header or status-unknown", "BF-TOKEN-5", func(s *site) {
			s.list(tokenOf(func() string {
				return wire.Encode([]byte(strings.Replace(s.header(), "ES256", "none", 1))) + "." + wire.Encode([]byte(text(s.Badges().Credential()))) + "."
			}))
		}},
	}
}

// tampered raises what a badge says, under the signature that it had.
func (s *site) tampered(token string) string {
	parts := strings.Split(token, ".")
	return parts[0] + "." + wire.Encode([]byte(strings.Replace(s.payload(), `"412"`, `"417"`, 1))) + "." + parts[2]
}
