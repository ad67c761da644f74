package verifier

import (
	"context"
	"slices"
	"strings"
	"time"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// liesAgain are the lies that are told once more when a verifier asks for a new statement.
var liesAgain = []string{
	"signature/other-key", "signature/other-site", "signature/other-type", "statement/audience", "statement/nonce", "statement/expired",
	"statement/other-mechanism", "statement/reliance", "statement/doubled-field", "entry/foreign-list", "entry/revoked", "list/too-short",
	"list/absent", "response/no-bonafide-status", "response/other-purpose", "response/redirected", "response/other-media",
}

func (w *World) refreshing() []subject.Check {
	checks := []subject.Check{
		check("refresh/asks", "Within 30 days a new statement is asked for, with a nonce of its own, about what was granted.", w.asksAgain,
			"BF-VERIFIER-12", "BF-VERIFIER-13"),
		check("refresh/withdrawn", "An issuer that no longer takes the refresh token ends the input.", w.withdrawn, "BF-VERIFIER-15", "BF-OAUTH-33"),
	}
	lies := append(Lies(), Lie{Name: "statement/other-subject", About: "A new statement is about somebody else.", Requirements: []string{"BF-VERIFIER-13"},
		tell: altered(func(_ *telling, s wire.Object) { s["sub"] = wire.Random(16) })})
	for _, l := range lies {
		if !slices.Contains(liesAgain, l.Name) && l.Name != "statement/other-subject" {
			continue
		}
		run := func(ctx context.Context) error { return w.hearAgain(ctx, l) }
		checks = append(checks, check("refresh/"+strings.ReplaceAll(l.Name, "/", "-"), l.About, run, append(slices.Clone(l.Requirements), "BF-VERIFIER-13")...))
	}
	return checks
}

// reliance is how long the statements may be relied on after which a lie is told again. A verifier asks anew at a random time
// within it, which is in its last minute once in 600 times; then the lie is told once more.
const (
	reliance = 10 * time.Hour
	tries    = 3
)

// hearAgain tells a lie when a new statement is asked for: the input must stay as it was.
func (w *World) hearAgain(ctx context.Context, l Lie) error {
	for range tries {
		heard, err := w.hearOnceMore(ctx, l)
		if heard || err != nil {
			return err
		}
	}
	return subject.Wrong("a new statement asked for before the last may be relied on no more", "none")
}

// hearOnceMore tells a lie if a new statement is asked for within the reliance on the one before but its last minute.
func (w *World) hearOnceMore(ctx context.Context, l Lie) (heard bool, err error) {
	b, err := w.shared(ctx)
	if err != nil {
		return false, err
	}
	canary, err := w.found()
	if err != nil {
		return false, err
	}
	v, err := w.Account(ctx)
	if err != nil {
		return false, err
	}
	b.Set(func() { b.Alter = relied(int64(reliance / time.Second)) })
	if err := b.imports(ctx, v); err != nil {
		return false, err
	}
	b.Set(func() { b.Alter = nil })
	before := len(b.refreshes())
	err = w.unchanged(ctx, v, func() error {
		if err := l.tell(ctx, &telling{b, canary}); err != nil {
			return err
		}
		b.states("great", 1000, 1000) // what must not come to count
		return w.Advance(ctx, reliance-time.Minute)
	})
	if err != nil || len(b.refreshes()) == before {
		return false, err
	}
	if met := canary.Requests(""); len(met) > 0 {
		return true, subject.Wrong("no request to another site", "%s %s", met[0].Method, met[0].Path)
	}
	b.honest()
	if err := w.Advance(ctx, 7*time.Hour); err != nil {
		return true, err
	}
	return true, b.counts(ctx, v, "")
}

func (w *World) asksAgain(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		for range 3 {
			if err := w.Advance(ctx, 10*24*time.Hour-time.Second); err != nil {
				return err
			}
			if err := b.counts(ctx, v, ""); err != nil {
				return err
			}
		}
		asked := b.refreshes()
		if len(asked) == 0 {
			return subject.Wrong("a new statement asked for within 30 days", "none")
		}
		value, err := conformance.Decode([]byte(asked[0].Form.Get("authorization_details")))
		if err != nil {
			return err
		}
		pushed, err := conformance.Decode([]byte(b.Requests("/oauth/par")[0].Form.Get("authorization_details")))
		if err != nil {
			return err
		}
		first, again := object(pushed, 0), object(value, 0)
		if nonce := wire.Text(again, "nonce"); nonce == wire.Text(first, "nonce") || len(nonce) < 16 {
			return subject.Wrong("a nonce of its own", "%q", nonce)
		}
		first["nonce"] = again["nonce"]
		if found := conformance.Difference("authorization_details", first, again); found != "" {
			return subject.Wrong("the details that were granted, but for the nonce", "%s", found)
		}
		return w.explained(ctx, v, b.told("good"))
	})
}

func (w *World) withdrawn(ctx context.Context) error {
	return w.follow(ctx, func(b *bench, v *subject.Visitor) error {
		b.Revoked()
		b.end()
		if err := w.Advance(ctx, pastTTL); err != nil {
			return err
		}
		if err := b.gone(ctx, v); err != nil {
			return err
		}
		asked := len(b.refreshes())
		if err := w.Advance(ctx, 31*24*time.Hour); err != nil {
			return err
		}
		if more := len(b.refreshes()) - asked; more > 0 {
			return subject.Wrong("a token that is deleted, and used no more", "used %d times", more)
		}
		return nil
	})
}
