package evil

import (
	"strings"

	"bonafide.example/conformance/wire"
)

// headerHas is a header with a further field.
func (s *site) headerHas(field string) string { return begins(field)(s.header()) }

// tokens is tokens whose form or header isn't that of the profile, by a key that is right.
func tokens() []entry {
	under := func(name, about, due, shows string, header func(s *site) string) entry {
		return entry{"token-" + name, about, due, shows, func(s *site) { s.badgeUnder(func() string { return header(s) }) }}
	}
	written := func(name, about, shows string, alter func(s *site, token string) string) entry {
		return entry{"token-" + name, about, "bad-token", shows, func(s *site) { s.badgeIs(func(token string) string { return alter(s, token) }) }}
	}
	return []entry{
		under("field-jku", "The header says where a key is: at another site.", "bad-header", "BF-TOKEN-4", func(s *site) string { return s.headerHas(`"jku":"` + s.canary.origin() + `/keys"`) }),
		under("field-x5u", "The header says where a certificate is: at another site.", "bad-header", "BF-TOKEN-4", func(s *site) string { return s.headerHas(`"x5u":"` + s.canary.origin() + `/c"`) }),
		{"token-field-jwk", "The header brings the key that signed.", "bad-header", "BF-TOKEN-4", func(s *site) {
			own := newKey()
			s.badge(tokenOf(func() string { return signed(own, s.headerHas(`"jwk":`+text(own.JWK())), s.payload()) }))
		}},
		under("field-crit", "The header has a critical extension.", "bad-header", "BF-TOKEN-4", func(s *site) string { return s.headerHas(`"crit":["exp"],"exp":1`) }),
		under("field-b64", "The header says that the payload isn't encoded.", "bad-header", "BF-TOKEN-4", func(s *site) string { return s.headerHas(`"b64":false,"crit":["b64"]`) }),
		under("field-zip", "The header says that the payload is compressed.", "bad-header", "BF-TOKEN-4", func(s *site) string { return s.headerHas(`"zip":"DEF"`) }),
		under("field-doubled", "The header has two algs.", "bad-header", "BF-TOKEN-4", func(s *site) string { return s.headerHas(`"alg":"none"`) }),
		under("field-two-cases", "The header has kid and KID.", "bad-header", "BF-TOKEN-4", func(s *site) string { return s.headerHas(`"KID":"other"`) }),
		under("no-kid", "The header has no kid.", "bad-header", "BF-TOKEN-4", func(*site) string { return `{"alg":"ES256","typ":"vc+jwt"}` }),
		under("no-typ", "The header has no typ.", "bad-header or wrong-type", "BF-TOKEN-4", func(s *site) string { return strings.Replace(s.header(), `,"typ":"vc+jwt"`, "", 1) }),
		under("other-typ", "The token is of the type of a mechanism.", "wrong-type", "BF-TOKEN-6", func(s *site) string { return strings.Replace(s.header(), "vc+jwt", "bonafide-mechanism+jwt", 1) }),
		under("jwt-typ", "The token is of the type of any token.", "wrong-type", "BF-TOKEN-6", func(s *site) string { return strings.Replace(s.header(), "vc+jwt", "JWT", 1) }),
		under("typ-case", "The token's type is written in capitals.", "wrong-type", "BF-TOKEN-6", func(s *site) string { return strings.Replace(s.header(), "vc+jwt", "VC+JWT", 1) }),
		under("kid-thumbprint-only", "The kid is the thumbprint alone.", "bad-header", "BF-TOKEN-12", func(s *site) string { return strings.Replace(s.header(), wire.DID(s.Origin)+"#", "", 1) }),
		under("kid-of-another", "The kid is another site's.", "wrong-issuer or unknown-key", "BF-TOKEN-8 BF-BADGE-2", func(s *site) string {
			return strings.Replace(s.header(), wire.DID(s.Origin), s.canary.did(), 1)
		}),
		under("kid-of-an-ip", "The kid is that of an IP address.", "bad-origin or wrong-issuer or unknown-key", "BF-TOKEN-12", func(s *site) string {
			return strings.Replace(s.header(), wire.DID(s.Origin), "did:web:127.0.0.1%3A"+s.canary.port()[1:], 1)
		}),
		under("kid-path", "The kid's DID has a path.", "bad-origin or wrong-issuer or unknown-key or bad-header", "BF-ORIGIN-6", func(s *site) string {
			return strings.Replace(s.header(), wire.DID(s.Origin), wire.DID(s.Origin)+":people", 1)
		}),
		written("four-parts", "The token has four parts.", "BF-TOKEN-1", func(_ *site, token string) string { return token + "." }),
		written("five-parts", "The token has the five parts of a JWE.", "BF-TOKEN-1", func(s *site, token string) string {
			return wire.Encode([]byte(`{"alg":"dir","enc":"A128GCM","kid":"`+s.KID()+`","typ":"vc+jwt"}`)) + "..AAAA.AAAA.AAAA"
		}),
		written("as-json", "The token is in JSON.", "BF-TOKEN-1", func(_ *site, token string) string {
			parts := strings.Split(token, ".")
			return text(wire.Object{"protected": parts[0], "payload": parts[1], "signature": parts[2]})
		}),
		written("padded", "The token is padded.", "BF-TOKEN-2", func(_ *site, token string) string { return token + "==" }),
		written("other-alphabet", "The signature is in base64 with + and /.", "BF-TOKEN-2", func(_ *site, token string) string {
			parts := strings.Split(token, ".")
			return parts[0] + "." + parts[1] + "." + "+/" + parts[2][2:]
		}),
		written("trailing-bits", "The last character has bits that mean nothing.", "BF-TOKEN-2", func(_ *site, token string) string {
			const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
			last := strings.IndexByte(alphabet, token[len(token)-1])
			return token[:len(token)-1] + alphabet[last|1:last|1+1]
		}),
		written("line-end", "A line end follows the token.", "BF-TOKEN-2", func(_ *site, token string) string { return token + "\n" }),
		written("line-end-within", "A line end stands amid the token.", "BF-TOKEN-2", func(_ *site, token string) string { return token[:40] + "\r\n" + token[40:] }),
		written("too-large", "The token has 17 KiB.", "BF-TOKEN-3", func(s *site, _ string) string {
			return s.token(s.header(), begins(`"other":"`+strings.Repeat("a", 12<<10)+`"`)(s.payload()))
		}),
		written("page", "The token is a page.", "BF-TOKEN-1", func(*site, string) string { return "<html>hello</html>" }),
	}
}
