package issuer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// statements are the requirements on what a statement says, each shown on one that was just told of a new member.
func (w *World) statements() []subject.Check {
	of := func(name, about string, judge func(*importer) error, requirements ...string) subject.Check {
		return check("statement/"+name, about, func(ctx context.Context) error {
			i, err := w.imported(ctx, nil)
			if err != nil {
				return err
			}
			return judge(i)
		}, requirements...)
	}
	return []subject.Check{
		of("token", "A statement is a token of the strict profile, signed by a key of the DID document.", func(*importer) error { return nil },
			"BF-TOKEN-1", "BF-TOKEN-2", "BF-TOKEN-3", "BF-TOKEN-4", "BF-TOKEN-5", "BF-TOKEN-6", "BF-TOKEN-7", "BF-TOKEN-12"),
		of("parties", "It is from the issuer to the verifier that asked, in answer to its request.", w.statementParties, "BF-STATUS-1", "BF-STATUS-2", "BF-STATUS-4"),
		of("names", "It has a sub and a jti, which name nobody.", w.statementNames, "BF-STATUS-3", "BF-CONSENT-10"),
		of("times", "It may be accepted for 10 minutes, and relied on for at most 30 days.", w.statementTimes, "BF-STATUS-5", "BF-CONSENT-12", "BF-TOKEN-14"),
		of("status", "Its status holds together, and is current.", w.statementStatus, "BF-STATUS-6", "BF-CONSENT-9", "BF-ISSUER-12"),
		check("statement/entry", "It has an entry of its own whose bit isn't set.", w.statementEntry, "BF-STATUS-7", "BF-CONSENT-11"),
		of("values", "It tells level and measure as the mechanism makes them of what happened, the measure coarsely.",
			func(i *importer) error { return w.tells(i.told, i.member, "level", "measures", "account_since") }, "BF-CONSENT-9", "BF-ISSUER-10"),
		w.toldOnly("level", "Who asks for the level is told no measure and no month of the account."),
		w.toldOnly("measures", "Who asks for the measures is told no level."),
		w.toldOnly("account_since", "Who asks for the month of the account is told neither level nor measure."),
		check("statement/coarse", "Measures are cut to two significant figures, whatever their size.", w.statementCoarse, "BF-CONSENT-9"),
		check("statement/retention", "A statement isn't to be relied on beyond its consent.", w.statementRetention, "BF-CONSENT-12"),
		check("statement/same-sub", "One verifier always reads the same sub of a member, also after erasure.", w.statementSameSubject, "BF-CONSENT-10"),
		check("statement/other-sub", "Another verifier reads another sub.", w.statementOtherSubject, "BF-CONSENT-10"),
		check("statement/members-apart", "Two members have two subs.", w.statementMembers, "BF-CONSENT-10"),
		check("statement/unlike-badge", "Nothing in a statement leads to the member's badge.", w.statementUnlikeBadge, "BF-CONSENT-11", "BF-BADGE-4"),
	}
}

func (w *World) statementParties(i *importer) error {
	p := i.told.payload
	return first(equal("iss", w.Origin, p["iss"]), equal("aud", i.verifier.Origin, p["aud"]), equal("nonce", i.question.Details["nonce"], p["nonce"]),
		equal("status.mechanism", w.Issuer.Mechanism, wire.At(p, "status", "mechanism")))
}

func (w *World) statementNames(i *importer) error {
	for _, name := range []string{"sub", "jti"} {
		if text := wire.Text(i.told.payload, name); text == "" || len(text) > 200 {
			return subject.Wrong(name+" of 1 to 200 bytes", "%q", text)
		}
	}
	return that(!strings.Contains(fmt.Sprint(i.told.payload), i.member.ID), "a statement without the member's id", "%s stands in it", i.member.ID)
}

func (w *World) statementTimes(i *importer) error {
	p := i.told.payload
	return first(w.inForce(p, "iat", "exp"), lasting(p, "iat", "exp", 10*time.Minute), lasting(p, "iat", "relied_until", 30*24*time.Hour))
}

func (w *World) statementStatus(i *importer) error {
	status := wire.At(i.told.payload, "status")
	sources := wire.Strings(status, "sources")
	since, account := wire.Text(status, "since"), wire.Text(status, "account_since")
	return first(
		equal("state", "current", wire.At(status, "state")), equal("context", w.rule.mechanism["context"], wire.At(status, "context")),
		equal("version", w.rule.mechanism["version"], wire.At(status, "version")), w.today("as_of", wire.Text(status, "as_of")),
		that(slices.Equal(sources, []string{w.Origin}), "the issuer alone as sources", "%v", wire.At(status, "sources")),
		that(since == "" || isDate(since, "2006-01"), "a month as since", "%q", since),
		that(account == "" || isDate(account, "2006-01"), "a month as account_since", "%q", account),
	)
}

func (w *World) statementEntry(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	return w.bit(ctx, "a statement just told", i.told.entry, false)
}

// tells is a fault unless a statement tells of the member what the suite computes, and of it these claims alone.
func (w *World) tells(t *told, m *member, claimed ...string) error {
	status, _ := t.payload["status"].(wire.Object)
	level := any(nil)
	if id := w.rule.level(m.positive, m.total); id != "" && slices.Contains(claimed, "level") {
		level = id
	}
	positive, total := int64(0), int64(0)
	if slices.Contains(claimed, "measures") {
		positive, total = coarse(m.positive, m.total)
	}
	hidden := func(claim, field string) error {
		return that(slices.Contains(claimed, claim) || status[field] == nil, "no "+field, "%v", status[field])
	}
	return first(equal("level", level, status["level"]), equal("earned_level", level, status["earned_level"]), equal("kind", "earned", status["kind"]),
		w.measured(status, positive, total), hidden("measures", "measures"), hidden("level", "since"), hidden("account_since", "account_since"))
}

// toldOnly makes a case of a question about one claim alone.
func (w *World) toldOnly(claim, about string) subject.Check {
	return check("statement/only-"+strings.ReplaceAll(claim, "_", "-"), about, func(ctx context.Context) error {
		i, err := w.imported(ctx, claims(claim))
		if err != nil {
			return err
		}
		return w.tells(i.told, i.member, claim)
	}, "BF-CONSENT-9")
}

func (w *World) statementCoarse(ctx context.Context) error {
	v := w.verifier()
	for _, c := range []struct{ positive, total int64 }{{81, 99}, {99, 100}, {417, 417}, {412, 417}, {1239, 1290}, {7, 120}} {
		m, err := w.rated(ctx, c.positive, c.total)
		if err != nil {
			return err
		}
		t, err := w.tell(ctx, m, v, v.Ask(w.Issuer.Mechanism))
		if err != nil {
			return err
		}
		if err := w.tells(t, m, "level", "measures", "account_since"); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) statementRetention(ctx context.Context) error {
	i, err := w.imported(ctx, func(details wire.Object) { details["retention_days"] = 2 })
	if err != nil {
		return err
	}
	return lasting(i.told.payload, "iat", "relied_until", 2*24*time.Hour)
}

func (w *World) statementSameSubject(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	again, err := w.tell(ctx, i.member, i.verifier, i.verifier.Ask(w.Issuer.Mechanism))
	if err != nil {
		return err
	}
	sub := i.told.payload["sub"]
	if err := equal("sub at the second import", sub, again.payload["sub"]); err != nil {
		return err
	}
	if err := steps(func() error { return w.erase(ctx, i.member) }, func() error { return w.rate(ctx, i.member, 20, 20) }); err != nil {
		return err
	}
	later, err := w.tell(ctx, i.member, i.verifier, i.verifier.Ask(w.Issuer.Mechanism))
	if err != nil {
		return err
	}
	return equal("sub after erasure", sub, later.payload["sub"])
}

func (w *World) statementOtherSubject(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	other := w.verifier()
	t, err := w.tell(ctx, i.member, other, other.Ask(w.Issuer.Mechanism))
	if err != nil {
		return err
	}
	return that(t.payload["sub"] != i.told.payload["sub"], "another sub for another verifier", "%v for both", t.payload["sub"])
}

func (w *World) statementMembers(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	m, err := w.good(ctx)
	if err != nil {
		return err
	}
	t, err := w.tell(ctx, m, i.verifier, i.verifier.Ask(w.Issuer.Mechanism))
	if err != nil {
		return err
	}
	return that(t.payload["sub"] != i.told.payload["sub"], "another sub for another member", "%v for both", t.payload["sub"])
}

func (w *World) statementUnlikeBadge(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	b, err := w.published(ctx, i.member)
	if err != nil {
		return err
	}
	said := fmt.Sprint(i.told.payload)
	for what, text := range map[string]string{
		"address": b.address, "subject": wire.Text(b.payload, "sub"), "entry": wire.Text(b.payload, "credentialStatus", "id"), "status list": b.entry.list + " ",
	} {
		if strings.Contains(said+" ", text) {
			return subject.Wrong("a statement without the badge's "+what, "%s stands in it", text)
		}
	}
	return nil
}
