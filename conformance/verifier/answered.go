package verifier

import (
	"context"
	"net/url"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// denied brings an error in place of a code.
func (w *World) denied(name, said, due string) func(context.Context) error {
	return func(ctx context.Context) error {
		return w.underWay(ctx, func(f *flow) error {
			answer := url.Values{"error": {name}, "error_description": {"refused by the suite"}, "iss": {f.Origin}}
			if said != "" {
				answer.Set("bonafide_error", said)
			}
			return silent(func() error {
				x, err := f.answer(ctx, f.visitor, answer)
				if err != nil {
					return err
				}
				return x.Refused(due)
			}, f.Site)
		})
	}
}

func (w *World) codeAndError(ctx context.Context) error {
	return w.underWay(ctx, func(f *flow) error {
		code, err := f.code()
		if err != nil {
			return err
		}
		x, err := f.answer(ctx, f.visitor, url.Values{"code": {code}, "error": {"access_denied"}, "iss": {f.Origin}})
		if err != nil {
			return err
		}
		return x.Refused("consent-declined", "bad-answer")
	})
}

func (w *World) noCode(ctx context.Context) error {
	return w.underWay(ctx, func(f *flow) error {
		x, err := f.answer(ctx, f.visitor, url.Values{"iss": {f.Origin}})
		if err != nil {
			return err
		}
		return x.Refused("bad-answer", "bad-request", "bad-value")
	})
}

func (w *World) answerDoubled(ctx context.Context) error {
	return w.underWay(ctx, func(f *flow) error {
		code, err := f.code()
		if err != nil {
			return err
		}
		x, err := f.answer(ctx, f.visitor, url.Values{"code": {code, code}, "iss": {f.Origin}})
		if err != nil {
			return err
		}
		return x.Refused("doubled-field")
	})
}

func (w *World) alreadyImported(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		if err := b.imports(ctx, v); err != nil {
			return err
		}
		other, err := w.Account(ctx)
		if err != nil {
			return err
		}
		err = w.unchanged(ctx, other, func() error {
			x, err := b.bring(ctx, other)
			if err != nil {
				return err
			}
			return x.Refused("already-imported")
		})
		if err != nil {
			return err
		}
		return b.counts(ctx, v, "")
	})
}

func (w *World) importedAgain(ctx context.Context) error {
	b, err := w.bench(ctx)
	if err != nil {
		return err
	}
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	for _, positive := range []int{412, 380} {
		b.states("great", positive, 417)
		if err := b.imports(ctx, v); err != nil {
			return err
		}
	}
	e, err := w.explanation(ctx, v)
	if err != nil {
		return err
	}
	if came := wire.Text(e, "inputs", 0, "inequality", "positive"); came != "380" {
		return subject.Wrong("380 positive ratings, as imported last", "%q", came)
	}
	inputs, _ := e["inputs"].([]any)
	if len(inputs) != 1 {
		return subject.Wrong("one input", "%d", len(inputs))
	}
	return nil
}
