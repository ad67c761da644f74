package verifier

import (
	"context"
	"slices"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// Lie is something that an issuer may do which it mustn't, while a status is imported from it. Whatever it is, nothing may be
// granted, nothing sent to other sites, and an honest answer afterwards must count.
type Lie struct {
	Name         string   `json:"name"` // TOPIC/CASE
	About        string   `json:"description"`
	Codes        []string `json:"codes"` // one of these is due
	Requirements []string `json:"requirements"`
	early        bool     // the verifier may keep what it read: it has to be so before the verifier asks anything
	tell         func(context.Context, *telling) error
}

// telling is one lie being told. canary is a site that nobody has any business with.
type telling struct {
	*bench
	canary *peer.Site
}

// Lies returns all lies, by topic.
func Lies() []Lie {
	return slices.Concat(metadataLies(), keyLies(), sealLies(), statementLies(), entryLies(), listLies(), responseLies())
}

func (w *World) lying() (checks []subject.Check) {
	for _, l := range Lies() {
		run := func(ctx context.Context) error { return w.hear(ctx, l) }
		checks = append(checks, check(l.Name, l.About, run, append(slices.Clone(l.Requirements), "BF-IMPORT-21")...))
	}
	return checks
}

// longest is how long a verifier may go by what it read of an issuer, at most.
const longest = 61 * time.Minute

// hear tells the verifier a lie, and then the truth.
func (w *World) hear(ctx context.Context, l Lie) error {
	t, err := w.liar(ctx, l)
	if err != nil {
		return err
	}
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	err = w.unchanged(ctx, v, func() error {
		x, err := t.bring(ctx, v)
		if err != nil {
			return err
		}
		return x.Refused(l.Codes...)
	})
	if err != nil {
		return err
	}
	if met := t.canary.Requests(""); len(met) > 0 {
		return subject.Wrong("no request to another site", "%s %s at %s", met[0].Method, met[0].Path, t.canary.Origin)
	}
	t.honest()
	if l.early {
		if err := w.Advance(ctx, longest); err != nil {
			return err
		}
		t.honest()
	}
	if err := t.imports(ctx, v); err != nil {
		return err
	}
	return t.counts(ctx, v, "")
}

// liar returns an issuer that lies from now on.
func (w *World) liar(ctx context.Context, l Lie) (*telling, error) {
	canary, err := w.found()
	if err != nil {
		return nil, err
	}
	if !l.early {
		b, err := w.shared(ctx)
		if err != nil {
			return nil, err
		}
		t := &telling{b, canary}
		return t, l.tell(ctx, t)
	}
	b, err := w.unpublished()
	if err != nil {
		return nil, err
	}
	t := &telling{b, canary}
	if err := l.tell(ctx, t); err != nil {
		return nil, err
	}
	return t, w.publish(ctx, b.table)
}

// altered is a lie in the statement told.
func altered(change func(t *telling, statement wire.Object)) func(context.Context, *telling) error {
	return func(_ context.Context, t *telling) error {
		t.Set(func() { t.Alter = func(s wire.Object) { change(t, s) } })
		return nil
	}
}

// sealed is a lie in how the statement is signed.
func sealed(seal func(t *telling, statement wire.Object) (string, error)) func(context.Context, *telling) error {
	return responded(func(t *telling, response wire.Object) {
		token, err := seal(t, t.Last)
		if err != nil {
			panic(err) // what is signed is the suite's own
		}
		response["bonafide_status"] = token
	})
}

// responded is a lie in the token response.
func responded(change func(t *telling, response wire.Object)) func(context.Context, *telling) error {
	return func(_ context.Context, t *telling) error {
		t.Set(func() { t.Answer = func(r wire.Object) { change(t, r) } })
		return nil
	}
}
