package verifier

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
)

func (w *World) beginning() []subject.Check {
	return []subject.Check{
		check("begin/page", "The page where an import begins asks the issuer nothing, and begins nothing.", w.beginPage, "BF-IMPORT-3", "BF-SITE-7"),
		check("begin/bare-badge", "A badge's address alone grants nothing, and has nothing fetched.", w.bareBadge, "BF-IMPORT-1", "BF-IMPORT-3"),
		check("begin/unknown-issuer", "Of an issuer that no table names nothing is fetched.", w.unknownIssuer, "BF-VERIFIER-6", "BF-IMPORT-3"),
		check("begin/unknown-mechanism", "A mechanism that no table names can't be imported from.", w.unknownMechanism, "BF-VERIFIER-6"),
		check("begin/start-elsewhere", "A form that was altered to name another site has nothing sent there.", w.startElsewhere, "BF-VERIFIER-6"),
		check("begin/signed-out", "Only a signed-in account may start: a program is refused.", w.signedOut, "BF-IMPORT-4"),
		check("begin/signed-out-browser", "A browser that isn't signed in is sent to sign in.", w.signedOutBrowser, "BF-IMPORT-4"),
		check("begin/cross-origin", "An import that another site's page starts is refused.", w.crossOrigin, "BF-SITE-6"),
		check("begin/by-get", "A link starts no import.", w.startByGet, "BF-SITE-6", "BF-IMPORT-3"),
		check("begin/content-type", "A form of another content type is refused.", w.startAsJSON, "BF-SITE-5"),
		check("begin/doubled-parameter", "A form in which a parameter stands twice is refused.", w.startDoubled, "BF-SITE-4"),
		check("begin/too-large", "A form longer than 64 KiB is refused.", w.startLarge, "BF-SITE-3"),
		check("begin/issuer-refuses", "An issuer that refuses the request is said to have refused.",
			w.pushRefused(http.StatusBadRequest, "unauthorized_client", "not-admitted", "issuer-refused"), "BF-OAUTH-33"),
		check("begin/issuer-away", "An issuer whose store is away is said to be out of reach.",
			w.pushRefused(http.StatusServiceUnavailable, "temporarily_unavailable", "unavailable", "unreachable"), "BF-OAUTH-33"),
		check("begin/issuer-fails", "An issuer at which something went wrong is said to be out of reach.",
			w.pushRefused(http.StatusInternalServerError, "server_error", "internal", "unreachable"), "BF-OAUTH-33"),
		check("begin/cookie", "An import is bound to a cookie that no script reads and no other site's page sends.", w.cookie, "BF-IMPORT-7"),
		check("begin/again-later", "After all this an import succeeds.", w.beginAgain, "BF-IMPORT-5", "BF-IMPORT-22"),
	}
}

// silent checks that nothing was asked of the sites while run ran.
func silent(run func() error, sites ...*peer.Site) error {
	var before []int
	for _, s := range sites {
		before = append(before, len(s.Requests("")))
	}
	if err := run(); err != nil {
		return err
	}
	for i, s := range sites {
		if met := s.Requests("")[before[i]:]; len(met) > 0 {
			return subject.Wrong("no request to "+s.Origin, "%s %s", met[0].Method, met[0].Path)
		}
	}
	return nil
}

// withVisitor runs a case that takes an issuer and an account.
func (w *World) withVisitor(ctx context.Context, run func(b *bench, v *subject.Visitor) error) error {
	b, err := w.shared(ctx)
	if err != nil {
		return err
	}
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	return run(b, v)
}

func (w *World) beginPage(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		return w.unchanged(ctx, v, func() error {
			return silent(func() error {
				x, err := v.Get(ctx, b.beginning(nil), "text/html")
				if err != nil {
					return err
				}
				_, missing := x.FormAt(w.Origin, w.Verifier.Start)
				if missing != nil {
					return missing
				}
				return x.Page()
			}, b.Site)
		})
	})
}

func (w *World) bareBadge(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		return w.unchanged(ctx, v, func() error {
			return silent(func() error {
				_, err := b.form(ctx, v, url.Values{"badge": {b.Badge}})
				return err
			}, b.Site)
		})
	})
}

func (w *World) unknownIssuer(ctx context.Context) error {
	i, err := w.issuer()
	if err != nil {
		return err
	}
	v, err := w.Account(ctx)
	if err != nil {
		return err
	}
	return silent(func() error {
		for _, query := range []url.Values{
			{"iss": {i.Origin}}, {"iss": {i.Origin}, "mechanism": {i.MechanismID()}}, {"iss": {i.Origin}, "badge": {i.Badge}},
		} {
			x, err := v.Get(ctx, w.begin+"?"+query.Encode(), asProgram)
			if err != nil {
				return err
			}
			if err := x.Refused("not-recognised"); err != nil {
				return err
			}
		}
		return nil
	}, i.Site)
}

func (w *World) unknownMechanism(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		return silent(func() error {
			x, err := v.Get(ctx, b.beginning(url.Values{"mechanism": {b.Origin + "/mechanisms/other"}}), asProgram)
			if err != nil {
				return err
			}
			return x.Refused("not-recognised")
		}, b.Site)
	})
}

func (w *World) startElsewhere(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		canary, err := w.issuer()
		if err != nil {
			return err
		}
		form, err := b.form(ctx, v, nil)
		if err != nil {
			return err
		}
		altered := false
		for _, values := range form.Fields {
			for i, value := range values {
				values[i] = strings.ReplaceAll(value, b.Origin, canary.Origin)
				altered = altered || values[i] != value
			}
		}
		if !altered {
			return nil // the form names its issuer otherwise, and can't be made to name another
		}
		return silent(func() error {
			x, err := w.submit(ctx, v, form, nil)
			if err != nil {
				return err
			}
			if x.Status < 400 || x.Status >= 500 { // a form that is sealed may be refused as altered
				return subject.Wrong("a refusal", "%d to %q", x.Status, x.Header.Get("Location"))
			}
			return nil
		}, canary.Site, b.Site)
	})
}

// importLife is how long an import may take, from its beginning to the issuer's answer.
const importLife = 10 * time.Minute

func (w *World) cookie(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		f, err := b.begin(ctx, v, nil)
		if err != nil {
			return err
		}
		cookies := (&http.Response{Header: f.started.Header}).Cookies()
		// Not every browser takes Secure over http, which only sites under .localhost speak.
		secure := strings.HasPrefix(w.Origin, "https://")
		binds := func(c *http.Cookie) bool {
			return c.HttpOnly && c.SameSite == http.SameSiteLaxMode && (!secure || c.Secure && strings.HasPrefix(c.Name, "__Host-"))
		}
		if !slices.ContainsFunc(cookies, binds) { // the site may set others for ends of its own
			return subject.Wrong("a cookie with HttpOnly and SameSite=Lax, over https Secure and called __Host-…", "%v", cookies)
		}
		return nil
	})
}

func (w *World) beginAgain(ctx context.Context) error {
	return w.withVisitor(ctx, func(b *bench, v *subject.Visitor) error {
		x, err := b.bring(ctx, v)
		if err != nil {
			return err
		}
		to, err := url.Parse(x.Header.Get("Location"))
		if err != nil {
			return err
		}
		if home := to.Scheme + "://" + to.Host; x.Status != http.StatusSeeOther || to.Host != "" && home != w.Origin {
			return subject.Wrong("303 to a page of this site", "%d to %q", x.Status, to)
		}
		page, err := v.Get(ctx, w.Origin+to.RequestURI(), "text/html")
		if err != nil {
			return err
		}
		if err := page.Page(); err != nil {
			return err
		}
		return b.counts(ctx, v, "")
	})
}
