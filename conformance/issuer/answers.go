package issuer

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) answers() []subject.Check {
	return []subject.Check{
		check("site/cors", "Pages of any site may read what is published.", w.cors, "BF-SITE-11"),
		check("site/nosniff", "Answers of every kind forbid to guess their type.", w.nosniff, "BF-SITE-7"),
		check("site/problem", "A refusal is a whole problem document, also in French.", w.problem, "BF-SITE-1"),
		check("site/problem-page", "Whoever prefers a page is refused by a page.", w.problemPage, "BF-SITE-1"),
		check("site/unknown-address", "An address that doesn't exist answers as any refusal.", w.unknownAddress, "BF-SITE-1"),
		check("site/method", "A published address can't be deleted by who reads it.", w.method, "BF-SITE-1"),
		check("site/doubled-query", "A query parameter that stands twice is refused.", w.asking(w.doubledQuery), "BF-SITE-4"),
		check("site/form-too-large", "A form over 64 KiB is refused.", w.largeForm, "BF-SITE-3"),
		check("site/body-too-large", "A body over 1 MiB is refused.", w.largeBody, "BF-SITE-3"),
		check("site/form-type", "A form of another content type is refused.", w.formType, "BF-SITE-5"),
		check("site/json-type", "JSON of another content type is refused.", w.jsonType, "BF-SITE-5"),
	}
}

// unknownBadge is the path of a badge that there isn't, up to its suffix.
const unknownBadge = "/b/0000000000000000"

// public are the addresses of everything published that the suite knows of.
func (w *World) public(ctx context.Context) ([]string, error) {
	_, b, err := w.shown(ctx)
	if err != nil {
		return nil, err
	}
	return []string{
		didPath, entityPath, oauthMetadata, b.entry.list, b.entry.list + ".json", b.address + ".jwt", b.address + ".json", b.address + ".svg",
		w.Issuer.Mechanism + ".jwt", w.Issuer.Mechanism + ".json", w.Issuer.Mechanism + "/v/1.jwt",
	}, nil
}

func (w *World) cors(ctx context.Context) error {
	addresses, err := w.public(ctx)
	if err != nil {
		return err
	}
	for _, address := range addresses {
		x, err := w.Anybody().Do(ctx, subject.Request{Method: http.MethodGet, Address: address, Header: map[string]string{"Origin": "https://reader.example"}})
		if err != nil {
			return err
		}
		if err := first(answered(x, http.StatusOK), x.Open()); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) nosniff(ctx context.Context) error {
	addresses, err := w.public(ctx)
	if err != nil {
		return err
	}
	for _, address := range append(addresses, w.Issuer.Mechanism, unknownBadge, unknownBadge+".png", "/no-such-address", w.server.authorize, w.server.token) {
		x, err := w.get(ctx, address, "")
		if err != nil {
			return err
		}
		if err := x.NoSniff(); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) problem(ctx context.Context) error {
	for _, address := range []string{unknownBadge + ".json", "/status/0", "/mechanisms/no-such-mechanism.json"} {
		x, err := w.get(ctx, address, "application/json")
		if err = first(err, x.Refused("not-found")); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) problemPage(ctx context.Context) error {
	x, err := w.get(ctx, unknownBadge, "text/html, application/json;q=0.5")
	return first(err, answered(x, http.StatusNotFound), equal("Content-Type", "text/html", x.Media()), unstored(x))
}

func (w *World) unknownAddress(ctx context.Context) error {
	x, err := w.get(ctx, "/no-such-address-"+w.run, "application/json")
	return first(err, x.Refused("not-found"))
}

func (w *World) method(ctx context.Context) error {
	for _, address := range []string{w.Issuer.Mechanism, unknownBadge} {
		x, err := w.Anybody().Do(ctx, subject.Request{Method: http.MethodDelete, Address: address, Header: map[string]string{"Accept": "application/json"}})
		if err = first(err, x.Refused("method-not-allowed")); err != nil {
			return err
		}
		if !strings.Contains(x.Header.Get("Allow"), http.MethodGet) {
			return subject.Wrong("an Allow field with GET", "%q", x.Header.Get("Allow"))
		}
	}
	return nil
}

func (w *World) doubledQuery(ctx context.Context, i *importer) error {
	uri, err := w.pushed(ctx, i.verifier, i.question)
	if err != nil {
		return err
	}
	x, err := i.member.Get(ctx, w.consentAddress(i.verifier.Origin, uri)+"&client_id="+url.QueryEscape(i.verifier.Origin), "application/json")
	return first(err, x.Refused("doubled-field"))
}

func (w *World) largeForm(ctx context.Context) error {
	v := w.verifier()
	form := v.Pushed(v.Ask(w.Issuer.Mechanism))
	form.Set("extra", strings.Repeat("x", 65<<10))
	x, err := w.client(ctx, v, w.server.push, form)
	return first(err, refusal{http.StatusRequestEntityTooLarge, "invalid_request", []string{"too-large"}}.check(x))
}

func (w *World) largeBody(ctx context.Context) error {
	m, err := w.account(ctx)
	if err != nil {
		return err
	}
	event := w.event(m, true)
	event["id"] = strings.Repeat("x", 1<<20)
	x, err := w.send(ctx, event)
	return first(err, x.Refused("too-large"))
}

func (w *World) formType(ctx context.Context) error {
	v := w.verifier()
	for _, endpoint := range []string{w.server.push, w.server.token} {
		r := subject.Request{Method: http.MethodPost, Address: endpoint}
		r.JSON(wire.Object{"client_id": v.Origin})
		x, err := w.Anybody().Do(ctx, r)
		if err = first(err, refusal{http.StatusUnsupportedMediaType, "invalid_request", []string{"bad-content-type"}}.check(x)); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) jsonType(ctx context.Context) error {
	x, err := w.AdministerAs(ctx, http.MethodPost, "/admin/events", "text/plain", []byte(`{}`))
	return first(err, x.Refused("bad-content-type"))
}

// form is a request for one form of a published thing, and what it must be.
type form struct {
	address, accept string
	media           []string
}

// forms is a fault unless every request gets its form.
func (w *World) forms(ctx context.Context, all []form) error {
	for _, f := range all {
		x, err := w.get(ctx, f.address, f.accept)
		if err != nil {
			return err
		}
		if x.Status != http.StatusOK || !slices.Contains(f.media, x.Media()) {
			return subject.Wrong(fmt.Sprintf("200 with %s at %s for Accept: %s", strings.Join(f.media, " or "), f.address, f.accept), "%d with %q", x.Status, x.Media())
		}
	}
	return nil
}

const (
	page           = "text/html"
	jsonMedia      = "application/json"
	mechanismMedia = "application/bonafide-mechanism+jwt"
	fromBrowser    = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
)

func (w *World) negotiation() []subject.Check {
	return []subject.Check{
		check("site/suffix", "A suffix names the form, whatever Accept says.", w.suffix, "BF-SITE-2"),
		check("site/accept", "Without a suffix, Accept decides, by its weights.", w.accept, "BF-SITE-2"),
		check("site/page-preferred", "Without a wish, a page is what comes.", w.pagePreferred, "BF-SITE-2"),
		check("site/not-acceptable", "A form that there isn't is refused, and so are all forms at weight 0.", w.notAcceptable, "BF-SITE-2"),
	}
}

func (w *World) suffix(ctx context.Context) error {
	at := w.Issuer.Mechanism
	return w.forms(ctx, []form{
		{at + ".json", "text/html", []string{jsonMedia}}, {at + ".jwt", "application/json", []string{mechanismMedia}}, {at + ".json", "image/png", []string{jsonMedia}},
	})
}

func (w *World) accept(ctx context.Context) error {
	at := w.Issuer.Mechanism
	return w.forms(ctx, []form{
		{at, "application/json", []string{jsonMedia}}, {at, mechanismMedia, []string{mechanismMedia}}, {at, fromBrowser, []string{page}},
		{at, "application/json;q=0.2, " + mechanismMedia + ";q=0.9", []string{mechanismMedia}}, {at, "text/html;q=0.1, application/json", []string{jsonMedia}},
		{at, "text/html;q=0, application/json;q=0.5", []string{jsonMedia}}, {at, "image/png, APPLICATION/JSON", []string{jsonMedia}},
	})
}

func (w *World) pagePreferred(ctx context.Context) error {
	at := w.Issuer.Mechanism
	return w.forms(ctx, []form{
		{at, "", []string{page}}, {at, "*/*", []string{page}}, {at, "application/json, text/html", []string{page}}, {at + "/v/1", "text/*", []string{page}},
	})
}

func (w *World) notAcceptable(ctx context.Context) error {
	for _, accept := range []string{"image/png", "text/html;q=0", "application/xml, text/plain"} {
		x, err := w.get(ctx, w.Issuer.Mechanism, accept)
		if err = first(err, x.Refused("not-acceptable")); err != nil {
			return err
		}
	}
	return nil
}
