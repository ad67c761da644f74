package verifier

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// refusedStart sends the form that starts an import in some way that isn't to be taken.
func (w *World) refusedStart(ctx context.Context, send func(b *bench, v *subject.Visitor, form *subject.Form) error) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		form, err := b.form(ctx, v, nil)
		if err != nil {
			return err
		}
		return silent(func() error { return send(b, v, form) }, b.Site)
	})
}

func (w *World) signedOut(ctx context.Context) error {
	return w.refusedStart(ctx, func(_ *bench, _ *subject.Visitor, form *subject.Form) error {
		x, err := w.submit(ctx, w.Anybody(), form, map[string]string{"Accept": "application/json"})
		if err != nil {
			return err
		}
		return x.Refused("sign-in-required")
	})
}

func (w *World) signedOutBrowser(ctx context.Context) error {
	return w.refusedStart(ctx, func(b *bench, _ *subject.Visitor, form *subject.Form) error {
		x, err := w.submit(ctx, w.Anybody(), form, map[string]string{"Accept": "text/html"})
		if err != nil {
			return err
		}
		if to := x.Header.Get("Location"); x.Status != http.StatusSeeOther || to == "" || strings.HasPrefix(to, b.Origin) {
			return subject.Wrong("303 to where one signs in", "%d to %q", x.Status, to)
		}
		return nil
	})
}

func (w *World) crossOrigin(ctx context.Context) error {
	return w.refusedStart(ctx, func(b *bench, v *subject.Visitor, form *subject.Form) error {
		for _, from := range []map[string]string{
			{"Origin": b.Origin, "Sec-Fetch-Site": "cross-site"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
			{"Origin": b.Origin, "Sec-Fetch-Site": ""}, {"Origin": w.Origin, "Sec-Fetch-Site": "same-site"},
		} {
			x, err := w.submit(ctx, v, form, from)
			if err != nil {
				return err
			}
			if err := x.Refused("cross-origin"); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *World) startByGet(ctx context.Context) error {
	return w.refusedStart(ctx, func(b *bench, v *subject.Visitor, form *subject.Form) error {
		x, err := v.Get(ctx, form.Action+"?"+form.Fields.Encode(), asProgram)
		if err != nil {
			return err
		}
		if x.Status == http.StatusSeeOther && strings.HasPrefix(x.Header.Get("Location"), b.Origin) {
			return subject.Wrong("no import started", "303 to %s", x.Header.Get("Location"))
		}
		return nil
	})
}

func (w *World) startAsJSON(ctx context.Context) error {
	return w.refusedStart(ctx, func(b *bench, v *subject.Visitor, form *subject.Form) error {
		r := subject.Request{Method: http.MethodPost, Address: form.Action}
		r.JSON(wire.Object{"mechanism": b.MechanismID()})
		r.Header["Accept"], r.Header["Origin"], r.Header["Sec-Fetch-Site"] = asProgram, w.Origin, "same-origin"
		x, err := v.Do(ctx, r)
		if err != nil {
			return err
		}
		return x.Refused("bad-content-type")
	})
}

func (w *World) startDoubled(ctx context.Context) error {
	return w.refusedStart(ctx, func(_ *bench, v *subject.Visitor, form *subject.Form) error {
		if len(form.Fields) == 0 {
			form.Fields.Set("judged", "yes")
		}
		name := slices.Min(slices.Collect(maps.Keys(form.Fields)))
		form.Fields.Add(name, form.Fields.Get(name))
		x, err := w.submit(ctx, v, form, nil)
		if err != nil {
			return err
		}
		return x.Refused("doubled-field")
	})
}

func (w *World) startLarge(ctx context.Context) error {
	return w.refusedStart(ctx, func(_ *bench, v *subject.Visitor, form *subject.Form) error {
		form.Fields.Set("padding", strings.Repeat("x", 64<<10))
		x, err := w.submit(ctx, v, form, nil)
		if err != nil {
			return err
		}
		return x.Refused("too-large")
	})
}

// pushRefused has the issuer refuse the pushed request, and compares what the verifier calls that.
func (w *World) pushRefused(status int, name, said, code string) func(context.Context) error {
	return func(ctx context.Context) error {
		return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
			b.Handle("/oauth/par", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				fmt.Fprintf(w, `{"error":%q,"error_description":"refused by the suite","bonafide_error":%q}`, name, said)
			})
			x, err := b.start(ctx, v, nil)
			if err != nil {
				return err
			}
			return x.Refused(code)
		})
	}
}
