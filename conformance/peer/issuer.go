package peer

import (
	_ "embed"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"bonafide.example/conformance/wire"
)

//go:embed mechanism.json
var mechanismText string

// Issuer is a site that issues: one mechanism, one badge, two status lists, and OAuth endpoints that consent to everything
// at once. What it says of its members stands in its fields, which a case changes by [Issuer.Set].
type Issuer struct {
	*Site
	Badge   string // the badge's address
	badges  *List
	told    *List
	mutex   sync.Mutex
	Status  wire.Object // of the member, as it is told and shown
	Subject string      // the pseudonym of whoever consents next, whoever asks
	// Alter changes a statement before it is signed; nil: it doesn't.
	Alter func(statement wire.Object)
	// Answer changes a token response before it is sent; nil: it doesn't.
	Answer func(response wire.Object)

	pushed   map[string]Asked // by request_uri
	codes    map[string]Asked
	consents map[string]Asked // by refresh token
	Last     wire.Object      // the last statement told
}

// Asked is a request that a verifier pushed.
type Asked struct {
	Client, Redirect, State, Challenge string
	Details                            wire.Object
	Subject                            string // the pseudonym of who consented; "" before
}

// NewIssuer makes a site of the network into an issuer.
func NewIssuer(s *Site) *Issuer {
	i := &Issuer{
		Site: s, Badge: s.Origin + "/b/7Q2XM9VTP4WN8RFA", Subject: wire.Random(16),
		pushed: map[string]Asked{}, codes: map[string]Asked{}, consents: map[string]Asked{},
	}
	i.badges, i.told = NewList(s, "/status/1"), NewList(s, "/status/2")
	i.Status = i.Current("great", 412, 417)
	i.Serve()
	return i
}

// Serve sets what an honest issuer answers, in place of whatever a case had it answer.
func (i *Issuer) Serve() {
	s := i.Site
	s.ServeKeys()
	s.Publish(func() wire.Object { return s.Entity(i.Metadata()) })
	s.Handle("/mechanisms/trade.jwt", i.serveMechanism)
	s.Handle("/mechanisms/trade/v/1.jwt", i.serveMechanism)
	badge := s.Signed("vc+jwt", "application/vc+jwt", func() any { return i.Credential() })
	s.Handle("/b/7Q2XM9VTP4WN8RFA.jwt", badge)
	s.Handle("/b/7Q2XM9VTP4WN8RFA", badge)
	i.badges.Serve()
	i.told.Serve()
	s.Handle("/oauth/par", i.Push)
	s.Handle("/oauth/authorize", i.Authorize)
	s.Handle("/oauth/token", i.Token)
}

// Set changes fields, while nothing is being told.
func (i *Issuer) Set(change func()) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	change()
}

// TellIn has what is told from now on have its entries in this list.
func (i *Issuer) TellIn(l *List) { i.Set(func() { i.told = l }) }

// Badges is the status list of badges, Told that of what is told. The badge has the entry [BadgeEntry], a statement the
// next free one.
func (i *Issuer) Badges() *List { return i.badges }
func (i *Issuer) Told() *List   { return i.told }

// BadgeEntry is the index of the badge's entry.
const BadgeEntry = 93467

// MechanismID is the address of the issuer's mechanism.
func (i *Issuer) MechanismID() string { return i.Origin + "/mechanisms/trade" }

// Mechanism returns the mechanism.
func (i *Issuer) Mechanism() wire.Object {
	object, err := wire.DecodeObject([]byte(strings.ReplaceAll(mechanismText, "{origin}", i.Origin)))
	if err != nil {
		panic(err) // the file is the suite's own
	}
	return object
}

func (i *Issuer) serveMechanism(w http.ResponseWriter, r *http.Request) {
	i.Signed("bonafide-mechanism+jwt", "application/bonafide-mechanism+jwt", func() any {
		now := i.Now().Unix()
		return wire.Object{"iss": i.Origin, "iat": now, "exp": now + 86400, "mechanism": i.Mechanism()}
	})(w, r)
}

// Metadata returns the roles of the entity configuration.
func (i *Issuer) Metadata() wire.Object {
	return wire.Object{
		"bonafide_issuer": wire.Object{
			"name": "Judge", "protocol_versions": []any{"1"}, "mechanisms": []any{i.MechanismID()}, "admission": "open",
			"outcome_endpoint": i.Origin + "/outcomes",
		},
		"oauth_authorization_server": wire.Object{
			"issuer": i.Origin, "authorization_endpoint": i.Origin + "/oauth/authorize",
			"token_endpoint": i.Origin + "/oauth/token", "pushed_authorization_request_endpoint": i.Origin + "/oauth/par",
			"require_pushed_authorization_requests": true, "response_types_supported": []any{"code"},
			"grant_types_supported":                            []any{"authorization_code", "refresh_token"},
			"code_challenge_methods_supported":                 []any{"S256"},
			"token_endpoint_auth_methods_supported":            []any{"private_key_jwt"},
			"token_endpoint_auth_signing_alg_values_supported": []any{"ES256", "EdDSA"},
			"authorization_response_iss_parameter_supported":   true,
			"authorization_details_types_supported":            []any{"bonafide_status"},
		},
	}
}

// Current returns a status that holds now.
func (i *Issuer) Current(level string, positive, total int) wire.Object {
	now := i.Now()
	return wire.Object{
		"mechanism": i.MechanismID(), "version": 1, "context": "trading",
		"level": level, "kind": "earned", "earned_level": level,
		"measures":      []any{wire.Object{"id": "ratings", "positive": positive, "total": total}},
		"account_since": "2020-02", "since": "2026-01", "as_of": now.Format(time.DateOnly),
		"sources": []any{i.Origin}, "state": "current",
	}
}

// Credential returns the badge, which says what Status says.
func (i *Issuer) Credential() wire.Object {
	start := i.Now().Truncate(time.Second)
	end := start.AddDate(0, 0, 60)
	mechanism, did, subject := i.MechanismID(), wire.DID(i.Origin), "urn:uuid:0d3c9a8e-8f51-4f0b-9a51-3b8f9f7a6c21"
	return wire.Object{
		"@context": []any{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		"id":       i.Badge, "type": []any{"VerifiableCredential", "OpenBadgeCredential"}, "name": "Trader",
		"issuer":    wire.Object{"id": did, "type": []any{"Profile"}, "name": "Judge", "url": i.Origin + "/"},
		"validFrom": start.Format(time.RFC3339), "validUntil": end.Format(time.RFC3339),
		"credentialSubject": wire.Object{
			"id": subject, "type": []any{"AchievementSubject"},
			"achievement": wire.Object{
				"id": mechanism, "type": []any{"Achievement"}, "achievementType": "ext:TrustStatus", "name": "Trader",
				"description": "How content people were.", "version": "1", "tag": []any{"trading"},
				"criteria": wire.Object{"id": mechanism, "narrative": "How content people were."},
			},
			"result": i.results(mechanism),
		},
		"credentialStatus": i.badges.Entry(BadgeEntry),
		"termsOfUse":       []any{wire.Object{"id": mechanism + "#terms", "type": "ext:ReadCheckAndLink"}},
		"iss":              did, "sub": subject, "jti": i.Badge, "nbf": start.Unix(), "exp": end.Unix(),
	}
}

// results states the status in the terms of Open Badges.
func (i *Issuer) results(mechanism string) []any {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	var all []any
	state := func(fragment, field string, value any) {
		all = append(all, wire.Object{"type": []any{"Result"}, "resultDescription": mechanism + "#" + fragment, field: value})
	}
	for fragment, field := range map[string]string{"level": "level", "earned-level": "earned_level"} {
		if level := wire.Text(i.Status, field); level != "" {
			state(fragment, "achievedLevel", mechanism+"#"+level)
		}
	}
	for fragment, field := range map[string]string{"kind": "kind", "since": "since", "as-of": "as_of", "account-since": "account_since"} {
		if value := wire.Text(i.Status, field); value != "" {
			state(fragment, "value", value)
		}
	}
	for _, source := range wire.Strings(i.Status, "sources") {
		state("source", "value", source)
	}
	for n := range len(wire.At(i.Status, "measures").([]any)) {
		id := wire.Text(i.Status, "measures", n, "id")
		for _, part := range []string{"positive", "total"} {
			count, _ := wire.At(i.Status, "measures", n, part).(int)
			state(id+"-"+part, "value", strconv.Itoa(count))
		}
	}
	return all
}
