package verifier

import (
	"context"
	"net/url"

	"bonafide.example/conformance/subject"
)

func (w *World) keeping() []subject.Check {
	return []subject.Check{
		check("erase/all", "An account that has everything deleted has no input, and another one may import the same status.", w.erased, "BF-VERIFIER-17"),
		check("erase/under-way", "The answer to an import of an account that was erased meanwhile is refused.", w.erasedMeanwhile, "BF-IMPORT-24"),
		check("erase/signed-out", "Nobody is erased by who isn't signed in.", w.eraseRefused(true, "sign-in-required"), "BF-VERIFIER-17", "BF-ISSUER-37"),
		check("erase/cross-origin", "Nor by another site's page.", w.eraseRefused(false, "cross-origin"), "BF-SITE-6", "BF-ISSUER-38"),
	}
}

// erase sends the form by which an account has everything deleted.
func (w *World) erase(ctx context.Context, v *subject.Visitor, header map[string]string) (*subject.Exchange, error) {
	erase := w.Verifier.Erase
	if erase == nil {
		return nil, subject.ErrNoErase
	}
	form := &subject.Form{Action: erase.Address, Fields: url.Values{}}
	for name, value := range erase.Form {
		form.Fields.Set(name, value)
	}
	return w.submit(ctx, v, form, header)
}

// erases expects that to succeed.
func (w *World) erases(ctx context.Context, v *subject.Visitor) error {
	x, err := w.erase(ctx, v, nil)
	if err == nil && x.Status >= 400 {
		return subject.Wrong("everything deleted", "%d with the code %q", x.Status, x.Code())
	}
	return err
}

func (w *World) erased(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		if err := b.imports(ctx, v); err != nil {
			return err
		}
		if err := w.erases(ctx, v); err != nil {
			return err
		}
		if err := b.gone(ctx, v); err != nil {
			return err
		}
		other, err := w.Account(ctx)
		if err != nil {
			return err
		}
		if err := b.imports(ctx, other); err != nil {
			return err
		}
		return b.counts(ctx, other, "")
	})
}

func (w *World) erasedMeanwhile(ctx context.Context) error {
	return w.underWay(ctx, func(f *flow) error {
		if err := w.erases(ctx, f.visitor); err != nil {
			return err
		}
		x, err := f.consent(ctx)
		if err != nil {
			return err
		}
		return x.Refused("wrong-state")
	})
}

// eraseRefused has somebody else send the form.
func (w *World) eraseRefused(signedOut bool, code string) func(context.Context) error {
	return func(ctx context.Context) error {
		return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
			if err := b.imports(ctx, v); err != nil {
				return err
			}
			return w.unchanged(ctx, v, func() error {
				who, header := v, map[string]string{"Origin": b.Origin, "Sec-Fetch-Site": "cross-site"}
				if signedOut {
					who, header = w.Anybody(), map[string]string{"Accept": "application/json"}
				}
				x, err := w.erase(ctx, who, header)
				if err != nil {
					return err
				}
				return x.Refused(code)
			})
		})
	}
}
