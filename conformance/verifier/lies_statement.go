package verifier

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"bonafide.example/conformance/wire"
)

const statusType = "bonafide-status+jwt"

// sealLies are those in how a statement is signed.
func sealLies() []Lie {
	return []Lie{
		{Name: "signature/other-key", About: "A statement is signed by a key that isn't its issuer's, under the kid of one that is.",
			Codes: []string{"bad-signature"}, Requirements: []string{"BF-IMPORT-12", "BF-TOKEN-10"}, tell: sealed(byOtherKey)},
		{Name: "signature/unknown-key", About: "A statement is signed by a key that its issuer doesn't publish.",
			Codes: []string{"unknown-key"}, Requirements: []string{"BF-IMPORT-12", "BF-TOKEN-8"}, tell: sealed(byUnknownKey)},
		{Name: "signature/other-site", About: "A statement is signed by another site, with that site's key and kid.",
			Codes: []string{"wrong-issuer"}, Requirements: []string{"BF-IMPORT-12", "BF-FETCH-10"}, tell: sealed(bySite)},
		{Name: "signature/federation-key", About: "A statement is signed by the key of the entity configuration.",
			Codes: []string{"unknown-key"}, Requirements: []string{"BF-IMPORT-12", "BF-META-1"},
			tell: sealed(func(t *telling, s wire.Object) (string, error) {
				return t.Federation.Sign(statusType, wire.DID(t.Origin)+"#"+t.Federation.ID(), s)
			})},
		{Name: "signature/other-type", About: "A statement is signed as a badge.", Codes: []string{"wrong-type"},
			Requirements: []string{"BF-IMPORT-12", "BF-TOKEN-6"},
			tell:         sealed(func(t *telling, s wire.Object) (string, error) { return t.Seal("vc+jwt", s) })},
		{Name: "signature/none", About: "A statement isn't signed: its alg is none.", Codes: []string{"bad-header", "bad-token"},
			Requirements: []string{"BF-IMPORT-12", "BF-TOKEN-5"}, tell: sealed(unsigned)},
		{Name: "signature/other-alg", About: "A statement's header names the algorithm of another kind of key.", Codes: []string{"bad-header"},
			Requirements: []string{"BF-IMPORT-12", "BF-TOKEN-9"}, tell: sealed(byOtherAlg)},
		{Name: "signature/key-in-header", About: "A statement's header brings a key of its own along.", Codes: []string{"bad-header"},
			Requirements: []string{"BF-IMPORT-12", "BF-TOKEN-4"}, tell: sealed(withKey)},
		{Name: "signature/altered", About: "A statement says something else than was signed.", Codes: []string{"bad-signature"},
			Requirements: []string{"BF-IMPORT-12", "BF-TOKEN-10"}, tell: sealed(afterwards)},
		{Name: "signature/too-large", About: "A statement is longer than 16 KiB.", Codes: []string{"bad-token"}, Requirements: []string{"BF-TOKEN-3"},
			tell: altered(func(_ *telling, s wire.Object) { s["padding"] = strings.Repeat("x", 16<<10) })},
	}
}

func byOtherKey(t *telling, s wire.Object) (string, error) {
	other, err := wire.NewES256()
	if err != nil {
		return "", err
	}
	return other.Sign(statusType, t.KID(), s)
}

func byUnknownKey(t *telling, s wire.Object) (string, error) {
	other, err := wire.NewES256()
	if err != nil {
		return "", err
	}
	return other.Sign(statusType, wire.DID(t.Origin)+"#"+other.ID(), s)
}

func bySite(t *telling, s wire.Object) (string, error) { return t.canary.Seal(statusType, s) }

func unsigned(t *telling, s wire.Object) (string, error) {
	text, err := json.Marshal(s)
	header := fmt.Sprintf(`{"alg":"none","kid":%q,"typ":%q}`, t.KID(), statusType)
	return wire.Encode([]byte(header)) + "." + wire.Encode(text) + ".", err
}

func byOtherAlg(t *telling, s wire.Object) (string, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	return t.Site.Credential.SignRaw(fmt.Sprintf(`{"alg":"EdDSA","kid":%q,"typ":%q}`, t.KID(), statusType), string(text))
}

func withKey(t *telling, s wire.Object) (string, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	key, err := json.Marshal(t.Site.Credential.JWK())
	if err != nil {
		return "", err
	}
	return t.Site.Credential.SignRaw(fmt.Sprintf(`{"alg":"ES256","jwk":%s,"kid":%q,"typ":%q}`, key, t.KID(), statusType), string(text))
}

func afterwards(t *telling, s wire.Object) (string, error) {
	token, err := t.Seal(statusType, s)
	if err != nil {
		return "", err
	}
	s["relied_until"] = s["relied_until"].(int64) - 1
	text, err := json.Marshal(s)
	parts := strings.Split(token, ".")
	return parts[0] + "." + wire.Encode(text) + "." + parts[2], err
}

// said is a lie in one field of the statement.
func said(name, about string, codes []string, change func(t *telling, statement wire.Object), requirements ...string) Lie {
	return Lie{Name: "statement/" + name, About: about, Codes: codes, Requirements: requirements, tell: altered(change)}
}

// says is one that is the same whoever tells it.
func says(name, about, code string, change func(wire.Object), requirements ...string) Lie {
	return said(name, about, []string{code}, func(_ *telling, s wire.Object) { change(s) }, requirements...)
}

// shift moves the start of a statement's validity, and sets its end so many seconds after it.
func shift(by, lasts int64) func(wire.Object) {
	return func(s wire.Object) {
		start := s["iat"].(int64) + by
		s["iat"], s["exp"] = start, start+lasts
	}
}

// relied sets for how long a statement may be relied on.
func relied(seconds int64) func(wire.Object) {
	return func(s wire.Object) { s["relied_until"] = s["iat"].(int64) + seconds }
}

const month = 30 * 86400 // seconds

// statementLies are those in what a statement says.
func statementLies() []Lie {
	return []Lie{
		says("audience", "A statement is for another site.", "wrong-audience", set("https://other.example", "aud"), "BF-IMPORT-13", "BF-STATUS-1"),
		said("audience-array", "A statement is for several sites, this one among them.", []string{"bad-value", "wrong-audience"},
			func(t *telling, s wire.Object) { s["aud"] = []any{s["aud"], "https://other.example"} }, "BF-IMPORT-13", "BF-STATUS-1"),
		says("nonce", "A statement answers another request.", "wrong-nonce", set("Xq0y7nUQm0i0m3cJx0rL4m5b6z1vN2kQ8eW9tY3uI7o", "nonce"),
			"BF-IMPORT-14", "BF-STATUS-2"),
		said("issuer", "A statement is in the name of another site.", []string{"wrong-issuer"},
			func(t *telling, s wire.Object) { s["iss"] = t.canary.Origin }, "BF-IMPORT-12"),
		says("expired", "A statement is past its acceptance.", "expired", shift(-700, 600), "BF-IMPORT-15"),
		says("not-yet-valid", "A statement is from the future.", "not-yet-valid", shift(150, 600), "BF-IMPORT-15"),
		says("acceptance", "A statement may be accepted for over 10 minutes.", "bad-credential", shift(0, 601), "BF-STATUS-5"),
		says("reliance", "A statement may be relied on for over 30 days.", "bad-credential", relied(month+1), "BF-IMPORT-16", "BF-STATUS-5"),
		says("no-reliance", "A statement may be relied on until before it was made.", "bad-credential", relied(-1), "BF-STATUS-5"),
		said("other-mechanism", "A statement is about another mechanism than was asked.", []string{"bad-credential"},
			func(t *telling, s wire.Object) { setStatus(s, "mechanism", t.Origin+"/mechanisms/other") }, "BF-IMPORT-16"),
		said("foreign-mechanism", "A statement is about another site's mechanism.", []string{"wrong-issuer"},
			func(t *telling, s wire.Object) { setStatus(s, "mechanism", t.canary.Origin+"/mechanisms/trade") },
			"BF-STATUS-4", "BF-FETCH-10"),
		says("no-jti", "A statement has no jti.", "bad-credential", without("jti"), "BF-STATUS-3"),
		says("no-subject", "A statement has no sub.", "bad-credential", without("sub"), "BF-STATUS-3"),
		says("long-subject", "A statement's sub is longer than 200 bytes.", "bad-credential", set(strings.Repeat("s", 201), "sub"), "BF-STATUS-3"),
		says("no-kind", "A status has no kind.", "bad-value", statusWithout("kind"), "BF-STATUS-6"),
		says("no-sources", "A status names no source.", "bad-value", statusWith("sources", []any{}), "BF-STATUS-6"),
		says("more-than-all", "A measure has more positives than it counts.", "bad-value",
			statusWith("measures", []any{wire.Object{"id": "ratings", "positive": 21, "total": 20}}), "BF-STATUS-6"),
		says("measure-twice", "A status has a measure twice.", "bad-value", statusWith("measures", []any{
			wire.Object{"id": "ratings", "positive": 20, "total": 20}, wire.Object{"id": "ratings", "positive": 900, "total": 900},
		}), "BF-STATUS-6"),
		says("fraction", "A measure counts by fractions.", "bad-value",
			statusWith("measures", []any{wire.Object{"id": "ratings", "positive": 20.5, "total": 21}}), "BF-JSON-5"),
		{Name: "statement/doubled-field", About: "A statement has a field twice.", Codes: []string{"doubled-field"},
			Requirements: []string{"BF-JSON-2", "BF-TOKEN-7"}, tell: sealed(func(t *telling, s wire.Object) (string, error) {
				text, err := json.Marshal(s)
				if err != nil {
					return "", err
				}
				return t.Seal(statusType, []byte(`{"aud":"https://other.example",`+string(text[1:])))
			})},
		{Name: "statement/doubled-by-case", About: "A statement has two fields whose names differ in case alone.", Codes: []string{"doubled-field"},
			Requirements: []string{"BF-JSON-3", "BF-TOKEN-7"}, tell: altered(func(_ *telling, s wire.Object) { s["AUD"] = "https://other.example" })},
		{Name: "statement/replayed", About: "A statement's jti is that of one that was taken.", Codes: []string{"replayed"},
			Requirements: []string{"BF-IMPORT-17"}, tell: replayed},
		{Name: "statement/tells-more", About: "A statement tells more than its holder let it.", Codes: []string{"bad-credential", "bad-answer"},
			Requirements: []string{"BF-IMPORT-23"}, tell: responded(func(_ *telling, r wire.Object) { grantOnly(r, "claims", []any{"level"}) })},
	}
}

// setStatus replaces a field of a statement's status, and of no other that shares it.
func setStatus(statement wire.Object, name string, value any) {
	status := wire.Object{}
	for field, was := range statement["status"].(wire.Object) {
		status[field] = was
	}
	status[name] = value
	if value == nil {
		delete(status, name)
	}
	statement["status"] = status
}

func statusWith(name string, value any) func(wire.Object) {
	return func(s wire.Object) { setStatus(s, name, value) }
}

func statusWithout(name string) func(wire.Object) { return statusWith(name, nil) }

// replayed tells the truth once, to somebody else, and then again under the same jti.
func replayed(ctx context.Context, t *telling) error {
	v, err := t.w.Account(ctx)
	if err != nil {
		return err
	}
	if err := t.imports(ctx, v); err != nil {
		return err
	}
	t.Set(func() {
		jti := t.Last["jti"]
		t.Subject = wire.Random(16)
		t.Alter = set(jti, "jti")
	})
	return nil
}
