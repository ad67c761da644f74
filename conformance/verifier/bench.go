package verifier

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strings"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// bench is an issuer of the suite's that the verifier recognises.
type bench struct {
	*peer.Issuer
	w     *World
	table wire.Object   // as it is published
	lists [2]*peer.List // of badges, of what is told
}

// bench founds an issuer, and publishes a table of it; see [World.table].
func (w *World) bench(ctx context.Context, changes ...func(wire.Object)) (*bench, error) {
	b, err := w.unpublished(changes...)
	if err != nil {
		return nil, err
	}
	return b, w.publish(ctx, b.table)
}

// unpublished founds an issuer whose table the verifier doesn't have yet. It takes the place of one that an earlier run left
// behind, if there is such.
func (w *World) unpublished(changes ...func(wire.Object)) (*bench, error) {
	i, err := w.issuer()
	if err != nil {
		return nil, err
	}
	name := nameOf(i)
	if last := len(w.left) - 1; last >= 0 {
		old := w.left[last]
		w.left = w.left[:last]
		hash, err := wire.Hash(old)
		if err != nil {
			return nil, err
		}
		name = path.Base(wire.Text(old, "id"))
		succeed := func(t wire.Object) { t["version"], t["previous"] = int(number(old, "version"))+1, hash }
		changes = append([]func(wire.Object){succeed}, changes...)
	}
	return &bench{
		Issuer: i, w: w, table: w.table(name, i, changes...),
		lists: [2]*peer.List{i.Badges(), i.Told()},
	}, nil
}

// maxUses bounds how much is asked of one issuer: a verifier may limit its requests to one.
const maxUses = 12

// shared returns an issuer that other cases use too, honest.
func (w *World) shared(ctx context.Context) (*bench, error) {
	if w.common == nil || w.uses == maxUses {
		b, err := w.bench(ctx)
		if err != nil {
			return nil, err
		}
		w.common, w.uses = b, 0
	}
	w.uses++
	w.common.honest()
	return w.common, nil
}

// honest undoes whatever a case made of the issuer, and has it tell of somebody it didn't tell of before.
func (b *bench) honest() {
	b.Serve()
	b.TellIn(b.lists[1])
	b.Set(func() {
		b.Alter, b.Answer = nil, nil
		b.Subject = wire.Random(16)
		b.Status = b.Current("great", 412, 417)
	})
}

// states has the issuer tell this status from now on.
func (b *bench) states(level string, positive, total int, changes ...func(wire.Object)) {
	status := b.Current(level, positive, total)
	for _, change := range changes {
		change(status)
	}
	b.Set(func() { b.Status = status })
}

// asProgram is the Accept field of a browser that prefers JSON to pages, so that refusals are problem documents.
const asProgram = "application/json, text/html;q=0.5"

// submit sends a form of the verifier's page.
func (w *World) submit(ctx context.Context, v *subject.Visitor, form *subject.Form, header map[string]string) (*subject.Exchange, error) {
	r := subject.Request{Method: http.MethodPost, Address: form.Action, Header: map[string]string{
		"Accept": asProgram, "Origin": w.Origin, "Sec-Fetch-Site": "same-origin",
	}}
	for name, value := range header {
		r.Header[name] = value
	}
	r.Form(form.Fields)
	return v.Do(ctx, r)
}

// beginning is the address of the page where an import from the issuer begins.
func (b *bench) beginning(more url.Values) string {
	query := url.Values{"iss": {b.Origin}, "mechanism": {b.MechanismID()}}
	for name, values := range more {
		query[name] = values
	}
	return b.w.begin + "?" + query.Encode()
}

// form opens the page where an import from the issuer begins, and returns the form that starts it.
func (b *bench) form(ctx context.Context, v *subject.Visitor, more url.Values) (*subject.Form, error) {
	page, err := v.Get(ctx, b.beginning(more), "text/html")
	if err != nil {
		return nil, err
	}
	if page.Status != http.StatusOK {
		return nil, subject.Wrong("a page from which to begin", "%d", page.Status)
	}
	return page.FormAt(b.w.Origin, b.w.Verifier.Start)
}

// start begins an import as far as the browser is sent to the issuer, and returns what came.
func (b *bench) start(ctx context.Context, v *subject.Visitor, more url.Values) (*subject.Exchange, error) {
	form, err := b.form(ctx, v, more)
	if err != nil {
		return nil, err
	}
	return b.w.submit(ctx, v, form, nil)
}

// flow is an import under way: the browser is at the issuer.
type flow struct {
	*bench
	visitor *subject.Visitor
	started *subject.Exchange
	uri     string     // of the request pushed
	asked   peer.Asked // that request
}

// begin begins an import, and expects the browser to be sent to the issuer.
func (b *bench) begin(ctx context.Context, v *subject.Visitor, more url.Values) (*flow, error) {
	x, err := b.start(ctx, v, more)
	if err != nil {
		return nil, err
	}
	return b.flow(v, x)
}

// flow reads where a browser was sent.
func (b *bench) flow(v *subject.Visitor, x *subject.Exchange) (*flow, error) {
	to, err := url.Parse(x.Header.Get("Location"))
	if err != nil {
		return nil, err
	}
	f := &flow{bench: b, visitor: v, started: x, uri: to.Query().Get("request_uri")}
	known := false
	f.asked, known = b.Pushed(f.uri)
	if x.Status != http.StatusSeeOther || !strings.HasPrefix(to.String(), b.Origin+"/oauth/authorize") || !known {
		return nil, subject.Wrong("303 to the issuer's authorization endpoint with the request_uri that it gave out", "%d to %q: %.200s", x.Status, to, x.Body)
	}
	return f, nil
}

// answer brings the issuer's answer to the verifier in a browser.
func (f *flow) answer(ctx context.Context, v *subject.Visitor, answer url.Values) (*subject.Exchange, error) {
	return v.Get(ctx, f.asked.Back(answer), asProgram)
}

// consent is the holder's consent at the issuer and, brought to the verifier, its answer.
func (f *flow) consent(ctx context.Context) (*subject.Exchange, error) {
	back, err := f.Consent(f.uri)
	if err != nil {
		return nil, err
	}
	return f.visitor.Get(ctx, back, asProgram)
}

// bring begins an import, consents to it, and returns what came last: the end, or the refusal at the start.
func (b *bench) bring(ctx context.Context, v *subject.Visitor) (*subject.Exchange, error) {
	x, err := b.start(ctx, v, nil)
	if err != nil || x.Status >= http.StatusBadRequest {
		return x, err
	}
	f, err := b.flow(v, x)
	if err != nil {
		return nil, err
	}
	return f.consent(ctx)
}

// imports brings a status for an account, and expects that to succeed.
func (b *bench) imports(ctx context.Context, v *subject.Visitor) error {
	before := len(b.Requests("/oauth/token"))
	x, err := b.bring(ctx, v)
	switch {
	case err != nil:
		return err
	case x.Status != http.StatusSeeOther:
		return subject.Wrong("303: an import that succeeds", "%d with the code %q", x.Status, x.Code())
	case len(b.Requests("/oauth/token")) == before: // 303 may lead to a page that says what went wrong
		return subject.Wrong("a request to the token endpoint, and an import that succeeds", "303 to %q without one", x.Header.Get("Location"))
	}
	return nil
}
