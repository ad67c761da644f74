package spec_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/publiclog"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/verifier"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

// The instant and the sites of the examples.
var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const (
	bazar  bonafide.Origin = "https://bazar.example"
	outils bonafide.Origin = "https://outils.example"
)

// check reads the example as the kind of object that it names, and checks it as its reader does.
func (e example) check() error {
	data := []byte(e.text)
	switch e.kind {
	case "mechanism":
		return readAs[bonafide.Mechanism](data, nil)
	case "table":
		return readAs[bonafide.Table](data, nil)
	case "status":
		return readAs[bonafide.Status](data, nil)
	case "authorization-details":
		return readAs[bonafide.AuthorizationDetails](data, nil)
	case "signed-mechanism":
		return readAs(data, func(m *bonafide.SignedMechanism) error { return m.Check(now) })
	case "badge":
		return readAs(data, func(c *bonafide.Credential) error { return c.Check(bazar, now) })
	case "consented-status":
		return readAs(data, func(c *bonafide.ConsentedStatus) error { return c.Check(outils, c.Nonce, now) })
	case "status-list":
		return readAs(data, checkList)
	case "ruling":
		return readAs(data, func(r *bonafide.Ruling) error { return r.Check(outils, now) })
	case "referral":
		return readAs(data, func(r *bonafide.Referral) error { return r.Check(bazar, now) })
	case "outcome":
		return readAs(data, func(o *bonafide.Outcome) error { return o.Check(outils, now) })
	case "ruling-answer":
		return readAs[court.RulingAnswer](data, nil)
	case "report":
		return readAs[court.Report](data, nil)
	case "case", "referral-case":
		return readAs[court.Case](data, nil)
	case "holding":
		return readAs[issuer.Holding](data, nil)
	case "publication":
		return readAs[verifier.Publication](data, nil)
	case "attested-vouch":
		return readAs[desk.Attested](data, nil)
	case "referral-answer":
		return readAs[bonafide.ReferralAnswer](data, nil)
	case "vouching-terms":
		return readAs(data, func(v *bonafide.Vouching) error { return v.Validate(3) })
	case "referral-terms":
		return readAs[bonafide.ReferralTerms](data, nil)
	case "entity-configuration":
		return readAs(data, func(c *bonafide.EntityConfiguration) error { return c.Check(outils, now) })
	case "key-history":
		return readAs(data, func(h *bonafide.KeyHistory) error { return h.Check(bazar, now) })
	case "did-document":
		_, err := seal.ParseDIDDocument(data, bazar)
		return err
	case "log-metadata":
		return readAs[bonafide.LogMetadata](data, nil) // its keys: TestLogExample
	case "log-entry":
		_, err := publiclog.ParseEntry(data, bazar)
		return errors.Join(err, readAs[publiclog.Entry](data, nil))
	case "authorization-server":
		return readAs[bonafide.AuthorizationServer](data, nil)
	case "explanation":
		return readAs[conversion.Explanation](data, nil)
	case "problem":
		return readAs(data, checkProblem)
	case "event":
		return readAs[issuer.Event](data, nil)
	case "vouching-event":
		return readAs(data, func(e *vouching.Event) error { return e.Validate() })
	case "vouching-parameters":
		return readAs(data, func(p *vouching.Parameters) error { return p.Validate() })
	case "pushed":
		return readAs[oauth.Pushed](data, nil)
	case "oauth-error":
		return readAs[oauth.ErrorBody](data, nil)
	case "token-response":
		return readAs[oauth.TokenResponse](data, nil)
	}
	return fmt.Errorf("%q is no kind of example", e.kind)
}

// readAs reads an example strictly: one has no field that its object doesn't have.
func readAs[T any](data []byte, check func(*T) error) error {
	object, err := bonafide.Parse[T](data)
	if err != nil || check == nil {
		return err
	}
	return check(&object)
}

func checkList(l *bonafide.StatusList) error {
	if err := l.Check(bazar, l.ID, now); err != nil {
		return err
	}
	_, err := l.Bits()
	return err
}

// checkProblem compares a problem document with the one that the code makes.
func checkProblem(p *web.ProblemDocument) error {
	due := web.ProblemOf(bonafide.Errorf(p.Code, p.Subject, "%s", p.Detail))
	if due != *p {
		return fmt.Errorf("%+v is due", due)
	}
	return nil
}

func TestExamplesAreValid(t *testing.T) {
	found, faults := examples(read(t))
	require.Empty(t, faults)
	require.NotEmpty(t, found)
	for _, e := range found {
		require.NoError(t, e.check(), "%s: %s", e.chapter, e.kind)
	}
}

// only returns the one example of a kind.
func only[T any](t *testing.T, kind string) T {
	t.Helper()
	found, _ := examples(read(t))
	var texts []string
	for _, e := range found {
		if e.kind == kind {
			texts = append(texts, e.text)
		}
	}
	require.Len(t, texts, 1, kind)
	object, err := bonafide.Parse[T]([]byte(texts[0]))
	require.NoError(t, err)
	return object
}

// The examples are of one world: what one says, the others say.
func TestExamplesAgree(t *testing.T) {
	mechanism := only[bonafide.Mechanism](t, "mechanism")
	status := only[bonafide.Status](t, "status")
	statement := only[bonafide.ConsentedStatus](t, "consented-status")
	require.Equal(t, mechanism, only[bonafide.SignedMechanism](t, "signed-mechanism").Mechanism)
	require.Equal(t, status, statement.Status)

	referral, outcome := only[bonafide.Referral](t, "referral"), only[bonafide.Outcome](t, "outcome")
	require.Equal(t, referral.ID, outcome.Referral)
	require.Equal(t, referral.Issuer, outcome.Audience)
	require.Equal(t, referral.Audience, outcome.Issuer)

	ruling, about := only[bonafide.Ruling](t, "ruling"), only[court.Case](t, "case")
	require.Equal(t, about.Report, only[court.Report](t, "report"))
	require.Equal(t, ruling.Case, about.ID)
	require.Equal(t, about.Contested+vouching.RuleWithin, about.Deadline)
	require.Equal(t, court.RulingAnswer{Case: about.ID, State: court.StateFinal}, only[court.RulingAnswer](t, "ruling-answer"))

	holding := only[issuer.Holding](t, "holding")
	require.Equal(t, []bonafide.Status{status}, holding.Statuses)
	table, publication := only[bonafide.Table](t, "table"), only[verifier.Publication](t, "publication")
	hash, err := bonafide.Hash(table)
	require.NoError(t, err)
	require.Equal(t, verifier.Publication{ID: table.ID, Version: table.Version, Hash: hash, Reason: publication.Reason}, publication)

	badge := only[bonafide.Credential](t, "badge")
	require.Equal(t, badge.ID, holding.Badges[0].Address)
	stated, err := badge.Stated()
	require.NoError(t, err)
	for i := range stated.Measures {
		stated.Measures[i] = stated.Measures[i].Coarse()
	}
	require.Equal(t, status, stated)
}

// The token response's statement is the example of one, signed with the key of the example DID document.
func TestExampleTokenIsSigned(t *testing.T) {
	document, err := bonafide.MarshalJSON(only[bonafide.DIDDocument](t, "did-document"))
	require.NoError(t, err)
	keys, err := seal.ParseDIDDocument(document, bazar)
	require.NoError(t, err)
	token, err := seal.Parse(only[oauth.TokenResponse](t, "token-response").Status, bonafide.TypeStatus)
	require.NoError(t, err)
	statement, err := seal.OpenAs[bonafide.ConsentedStatus](token, keys)
	require.NoError(t, err)
	require.Equal(t, only[bonafide.ConsentedStatus](t, "consented-status"), statement)
}

// The explanation is what the example table makes of the example statement.
func TestExampleExplanation(t *testing.T) {
	mechanism, table := only[bonafide.Mechanism](t, "mechanism"), only[bonafide.Table](t, "table")
	statement, due := only[bonafide.ConsentedStatus](t, "consented-status"), only[conversion.Explanation](t, "explanation")
	level := func(id, en, fr string) bonafide.Level {
		return bonafide.Level{ID: id, Name: bonafide.Text{EN: en, FR: fr}}
	}
	member := bonafide.Mechanism{ID: table.To.Mechanism, Levels: []bonafide.Level{
		level("known", "Known", "Connu"), level("regular", "Regular", "Habitué"), level("pillar", "Pillar", "Pilier"),
	}}
	require.NoError(t, conversion.Check(&table, &mechanism, &member))
	hash, err := bonafide.Hash(table)
	require.NoError(t, err)
	explanation := conversion.Convert(conversion.Question{
		Site: outils, To: &member, Now: now, Contest: due.Contest,
		Rules:  []conversion.Rule{{Table: table, Hash: hash, From: &mechanism}},
		Inputs: []conversion.Input{{Status: statement.Status, Condition: conversion.Good, CheckedAt: now, ReliedUntil: statement.ReliedUntil.Time()}},
	})
	require.Equal(t, due, *explanation)
}

// The worked example of vouching is the history in examples/vouching, and its fault is the example event.
func TestExampleHistory(t *testing.T) {
	history, err := os.ReadFile("../examples/vouching/worked.ndjson")
	require.NoError(t, err)
	_, block, found := strings.Cut(read(t)["11-vouching.md"], "```ndjson\n")
	require.True(t, found)
	require.Equal(t, 1, strings.Count(strings.Join(slices.Collect(maps.Values(read(t))), ""), "```ndjson"), "no other example has several objects")
	block, _, _ = strings.Cut(block, "```")
	require.Equal(t, string(history), block)
	fault, due := only[vouching.Event](t, "vouching-event"), 0
	for line := range strings.Lines(block) {
		e, err := bonafide.Parse[vouching.Event]([]byte(line))
		require.NoError(t, err)
		if e == fault {
			due++
		}
	}
	require.Equal(t, 1, due)
}
