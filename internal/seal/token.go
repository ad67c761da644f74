package seal

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json/jsontext"
)

// The most bytes that a token may have.
const (
	MaxToken      = 16 << 10
	MaxStatusList = 1 << 20
)

// Token is a token whose form is right. Nothing in it is to be trusted before it is opened.
type Token struct {
	kid       string
	alg       jose.SignatureAlgorithm
	message   []byte // what is signed: header and payload as they are spelt
	payload   []byte
	signature []byte
}

// Parse takes a token of at most [MaxToken] bytes, which must be of type typ. Its errors are, in the
// order in which they are looked for: [bonafide.BadToken] for its form, [bonafide.BadHeader],
// [bonafide.WrongType], then those of [bonafide.CheckJSON] for its payload.
func Parse(token string, typ bonafide.Type) (*Token, error) {
	return parse(token, typ, MaxToken)
}

// ParseStatusList takes a status list of at most [MaxStatusList] bytes; see [Parse].
func ParseStatusList(token string) (*Token, error) {
	return parse(token, bonafide.TypeCredential, MaxStatusList)
}

func parse(token string, typ bonafide.Type, limit int) (*Token, error) {
	if len(token) > limit {
		return nil, bonafide.Errorf(bonafide.BadToken, string(typ), "has %d bytes, more than %d", len(token), limit)
	}
	header, t, err := split(token, typ)
	if err != nil {
		return nil, err
	}
	if err := t.readHeader(header, typ); err != nil {
		return nil, err
	}
	if err := bonafide.CheckJSON(t.payload); err != nil {
		return nil, err
	}
	if jsontext.Value(t.payload).Kind() != '{' {
		return nil, bonafide.Errorf(bonafide.BadJSON, string(typ), "its payload is not an object")
	}
	return t, nil
}

// spelling is that of every part of a token (RFC 7515, section 2): unpadded, and with no bits left over.
var spelling = base64.RawURLEncoding.Strict()

// split takes the token apart. Each of the three parts has a single spelling: without that, one signed object could be
// had in many, each passing for a new one.
func split(token string, typ bonafide.Type) (header []byte, t *Token, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, nil, bonafide.Errorf(bonafide.BadToken, string(typ), "is not three parts with dots between them")
	}
	var decoded [3][]byte
	for i, part := range parts {
		decoded[i], err = spelling.DecodeString(part)
		if err != nil || strings.Contains(part, "\r") || strings.Contains(part, "\n") { // which the library passes over
			return nil, nil, bonafide.Errorf(bonafide.BadToken, string(typ), "part %d is not canonical base64url", i+1)
		}
	}
	signed := len(token) - len(parts[2]) - len(".")
	return decoded[0], &Token{message: []byte(token[:signed]), payload: decoded[1], signature: decoded[2]}, nil
}

// readHeader takes the header, which has alg, kid and typ and nothing else. Whatever else JOSE allows
// there (jwk, jku, x5u, x5c, crit, b64…) could only lead to other keys or to another reading.
func (t *Token) readHeader(data []byte, typ bonafide.Type) error {
	if t.readUsual(data, typ) {
		return nil
	}
	members, err := bonafide.Parse[map[string]*string](data)
	if err != nil {
		return bonafide.Errorf(bonafide.BadHeader, string(typ), "is not an object of alg, kid and typ, each once and a string").Because(err)
	}
	header := map[string]string{}
	for name, value := range members {
		if name != "alg" && name != "kid" && name != "typ" || value == nil {
			return bonafide.Errorf(bonafide.BadHeader, name, "is not taken in a header, or is null")
		}
		header[name] = *value
	}
	t.alg, t.kid = jose.SignatureAlgorithm(header["alg"]), header["kid"]
	if t.alg != jose.ES256 && t.alg != jose.EdDSA {
		return bonafide.Errorf(bonafide.BadHeader, "alg", "%q is not ES256 or EdDSA", string(t.alg))
	}
	if t.kid == "" {
		return bonafide.Errorf(bonafide.BadHeader, "kid", "is missing")
	}
	found, ok := header["typ"]
	switch {
	case !ok && typ == bonafide.TypeAssertion:
		return nil
	case !ok:
		return bonafide.Errorf(bonafide.BadHeader, "typ", "is missing")
	case found != string(typ):
		return bonafide.Errorf(bonafide.WrongType, "typ", "%q is not %q", found, string(typ))
	}
	return nil
}

// readUsual takes a header spelt as sealers here spell it, and most others. Any other is read as JSON.
func (t *Token) readUsual(data []byte, typ bonafide.Type) bool {
	rest, ok := bytes.CutPrefix(data, []byte(`{"alg":"ES256","kid":"`))
	if !ok {
		return false
	}
	rest, ok = bytes.CutSuffix(rest, []byte(`","typ":"`+string(typ)+`"}`))
	odd := func(c byte) bool { return c <= ' ' || c == '"' || c == '\\' || c >= 0x7f }
	if !ok || len(rest) == 0 || slices.ContainsFunc(rest, odd) {
		return false
	}
	t.alg, t.kid = jose.ES256, string(rest)
	return true
}

// kidOf returns the kid of a header, which nothing vouches for.
func kidOf(header string) (string, bool) {
	data, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil {
		return "", false
	}
	members, err := bonafide.ParsePeer[map[string]string](data)
	return members["kid"], err == nil
}

// KeyID returns the kid that the token names.
func (t *Token) KeyID() string { return t.kid }

// Issuer returns the origin whose DID the kid names: where to look for the key. It is not to be trusted
// before the token is opened with a key found there.
func (t *Token) Issuer() (bonafide.Origin, error) {
	did, fragment, _ := strings.Cut(t.kid, "#")
	if fragment == "" {
		return "", bonafide.Errorf(bonafide.BadHeader, "kid", "%q is not DID#THUMBPRINT", t.kid)
	}
	return bonafide.OriginOfDID(did)
}

// Peek decodes the payload before anything is verified. It serves to tell whether the token is worth looking
// for the key of, and for nothing else.
func Peek[T any](t *Token) (T, error) {
	return bonafide.ParseChecked[T](t.payload)
}

// Open verifies the signature and returns the payload: the only way to what can be trusted. It fails with
// [bonafide.UnknownKey], with [bonafide.BadHeader] when alg isn't the key's, or with [bonafide.BadSignature].
func (t *Token) Open(keys KeySet) ([]byte, error) {
	key, ok := keys.keys[t.kid]
	if !ok {
		return nil, bonafide.Errorf(bonafide.UnknownKey, t.kid, "is not among the signer's keys")
	}
	if alg, _ := algorithmOf(key); alg != t.alg {
		return nil, bonafide.Errorf(bonafide.BadHeader, "alg", "is %s, but the key is for %s", t.alg, alg)
	}
	if !verified(key, t.message, t.signature) {
		return nil, bonafide.Errorf(bonafide.BadSignature, t.kid, "did not make this signature")
	}
	return t.payload, nil
}

// OpenAs opens the token and decodes its payload as a peer's object (see [bonafide.ParsePeer]).
func OpenAs[T any](t *Token, keys KeySet) (T, error) {
	payload, err := t.Open(keys)
	if err != nil {
		var none T
		return none, err
	}
	return bonafide.ParseChecked[T](payload)
}

// OpenEntity opens the entity configuration of origin, which a key of its own jwks must have signed, and
// checks it. What makes it origin's is that it was fetched from there.
func OpenEntity(token string, origin bonafide.Origin, now time.Time) (*bonafide.EntityConfiguration, error) {
	t, err := Parse(token, bonafide.TypeEntity)
	if err != nil {
		return nil, err
	}
	entity, err := Peek[bonafide.EntityConfiguration](t)
	if err != nil {
		return nil, err
	}
	keys, err := ParseKeySet(entity.JWKS)
	if err != nil {
		return nil, err
	}
	if _, err := t.Open(keys); err != nil {
		return nil, err
	}
	if err := entity.Check(origin, now); err != nil {
		return nil, err
	}
	if client := entity.Metadata.OAuthClient; client != nil {
		if _, err := ParseKeySet(client.JWKS); err != nil {
			return nil, err
		}
	}
	return &entity, nil
}
