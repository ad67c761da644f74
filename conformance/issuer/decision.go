package issuer

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bonafide.example/conformance/subject"
)

func (w *World) decisions() []subject.Check {
	return []subject.Check{
		check("decision/allow", "Who allows it is sent back with a code, the state and the issuer.", w.asking(w.decisionAllow), "BF-OAUTH-18"),
		check("decision/decline", "Who declines is sent back with access_denied.", w.asking(w.decisionDecline), "BF-CONSENT-7", "BF-OAUTH-18"),
		check("decision/no-store", "Nobody keeps what sends the browser back.", w.asking(w.decisionNoStore), "BF-CONSENT-19"),
		check("decision/state", "The state comes back as it was sent, whatever it holds.", w.asking(w.decisionState), "BF-OAUTH-18"),
		check("decision/twice", "Of several decisions one counts.", w.asking(w.decisionTwice), "BF-CONSENT-4"),
		check("decision/at-once", "Of 20 decisions at once one counts.", w.asking(w.decisionAtOnce), "BF-CONSENT-4"),
		check("decision/other-member", "A decision from a page that was shown to another member doesn't count.", w.asking(w.decisionOther), "BF-CONSENT-4"),
		check("decision/no-page", "A decision without the page that was shown doesn't count.", w.asking(w.decisionNoPage), "BF-CONSENT-4"),
		check("decision/other-page", "A decision from the page of another request doesn't count.", w.asking(w.decisionOtherPage), "BF-CONSENT-4"),
		check("decision/signed-out", "A decision of nobody doesn't count.", w.asking(w.decisionSignedOut), "BF-CONSENT-4", "BF-ISSUER-37"),
		check("decision/cross-origin", "A decision that another site's page sent doesn't count.", w.asking(w.decisionCrossOrigin), "BF-SITE-6", "BF-ISSUER-38"),
		check("decision/by-get", "A decision doesn't come by GET.", w.asking(w.decisionByGet), "BF-SITE-6"),
	}
}

// decided has a new member press a button for a new request, and returns the parameters that come back.
func (w *World) decided(ctx context.Context, i *importer, button map[string]string) (url.Values, error) {
	form, err := w.decision(ctx, i.member.Visitor, i.verifier, i.question, button)
	if err != nil {
		return nil, err
	}
	x, err := i.member.Post(ctx, form.Action, form.Fields)
	if err := first(err, answered(x, http.StatusSeeOther)); err != nil {
		return nil, err
	}
	values, err := back(x, i.verifier)
	for name, all := range values {
		if len(all) > 1 {
			return nil, subject.Wrong("each parameter once", "%s: %v", name, all)
		}
	}
	return values, err
}

func (w *World) decisionAllow(ctx context.Context, i *importer) error {
	values, err := w.decided(ctx, i, w.Issuer.Consent.Allow)
	return first(err, that(values.Get("code") != "", "a code", "none"), equal("state", i.question.State, values.Get("state")),
		equal("iss", w.Origin, values.Get("iss")), equal("error", "", values.Get("error")))
}

func (w *World) decisionNoStore(ctx context.Context, i *importer) error {
	form, err := w.decision(ctx, i.member.Visitor, i.verifier, i.question, w.Issuer.Consent.Decline)
	if err != nil {
		return err
	}
	x, err := i.member.Post(ctx, form.Action, form.Fields)
	return first(err, answered(x, http.StatusSeeOther), unstored(x), equal("Referrer-Policy", "no-referrer", x.Header.Get("Referrer-Policy")))
}

func (w *World) decisionDecline(ctx context.Context, i *importer) error {
	values, err := w.decided(ctx, i, w.Issuer.Consent.Decline)
	return first(err, equal("error", "access_denied", values.Get("error")), equal("bonafide_error", "consent-declined", values.Get("bonafide_error")),
		that(values.Get("error_description") != "", "an error_description", "none"),
		equal("state", i.question.State, values.Get("state")), equal("iss", w.Origin, values.Get("iss")), equal("code", "", values.Get("code")))
}

func (w *World) decisionState(ctx context.Context, i *importer) error {
	i.question.State = "0123&code=stolen#x?y=%41+ \"<b>"
	values, err := w.decided(ctx, i, w.Issuer.Consent.Allow)
	return first(err, equal("state", i.question.State, values.Get("state")))
}

func (w *World) decisionTwice(ctx context.Context, i *importer) error {
	form, err := w.decision(ctx, i.member.Visitor, i.verifier, i.question, w.Issuer.Consent.Allow)
	if err != nil {
		return err
	}
	x, err := i.member.Post(ctx, form.Action, form.Fields)
	if err := first(err, answered(x, http.StatusSeeOther)); err != nil {
		return err
	}
	x, err = w.decide(ctx, i.member.Visitor, form, nil)
	return first(err, x.Refused("expired"))
}

// decide sends the form of a consent page as a browser that wants JSON, with further header fields.
func (w *World) decide(ctx context.Context, browser *subject.Visitor, form *subject.Form, header map[string]string) (*subject.Exchange, error) {
	r := subject.Request{Method: http.MethodPost, Address: form.Action, Header: map[string]string{
		"Accept": jsonMedia, "Origin": w.Origin, "Sec-Fetch-Site": "same-origin",
	}}
	for name, value := range header {
		if r.Header[name] = value; value == "" {
			delete(r.Header, name)
		}
	}
	r.Form(form.Fields)
	return browser.Do(ctx, r)
}

func (w *World) decisionAtOnce(ctx context.Context, i *importer) error {
	form, err := w.decision(ctx, i.member.Visitor, i.verifier, i.question, w.Issuer.Consent.Allow)
	if err != nil {
		return err
	}
	came, err := atOnce(20, func() (*subject.Exchange, error) { return w.decide(ctx, i.member.Visitor, form, nil) })
	return first(err, once(came, func(x *subject.Exchange) bool { return x.Status == http.StatusSeeOther }))
}

// stillOpen is a fault unless the member may decide on it still: what was refused left it as it was.
func (w *World) stillOpen(ctx context.Context, i *importer, form *subject.Form) error {
	x, err := i.member.Post(ctx, form.Action, form.Fields)
	if err != nil {
		return err
	}
	_, err = back(x, i.verifier)
	return err
}

func (w *World) decisionOther(ctx context.Context, i *importer) error {
	other, err := w.good(ctx)
	if err != nil {
		return err
	}
	form, err := w.decision(ctx, i.member.Visitor, i.verifier, i.question, w.Issuer.Consent.Allow)
	if err != nil {
		return err
	}
	x, err := w.decide(ctx, other.Visitor, form, nil)
	if err := first(err, x.Refused("forbidden")); err != nil {
		return err
	}
	return w.stillOpen(ctx, i, form)
}

func (w *World) decisionNoPage(ctx context.Context, i *importer) error {
	form, err := w.decision(ctx, i.member.Visitor, i.verifier, i.question, w.Issuer.Consent.Allow)
	if err != nil {
		return err
	}
	guessed := *form
	guessed.Fields = url.Values{}
	for name, values := range form.Fields { // what somebody knows who didn't see the page
		if slices.Contains([]string{"client_id", "request_uri"}, name) || w.Issuer.Consent.Allow[name] != "" {
			guessed.Fields[name] = values
		}
	}
	browser, err := w.SignIn(ctx, i.member.ID)
	if err != nil {
		return err
	}
	x, err := w.decide(ctx, browser, &guessed, nil)
	if err := first(err, x.Refused("forbidden")); err != nil {
		return err
	}
	return w.stillOpen(ctx, i, form)
}

func (w *World) decisionOtherPage(ctx context.Context, i *importer) error {
	one, err := w.decision(ctx, i.member.Visitor, i.verifier, i.question, w.Issuer.Consent.Allow)
	if err != nil {
		return err
	}
	two, err := w.decision(ctx, i.member.Visitor, i.verifier, i.question, w.Issuer.Consent.Allow)
	if err != nil {
		return err
	}
	named := false
	for name, values := range one.Fields {
		if strings.HasPrefix(values[0], "urn:ietf:params:oauth:request_uri:") {
			two.Fields[name], named = values, true // all else is of the other page
		}
	}
	if !named {
		return nil // the form names its request otherwise, and can't be taken for another's
	}
	x, err := w.decide(ctx, i.member.Visitor, two, nil)
	if err := first(err, that(x.Status >= 400, "a refusal", "%d to %q", x.Status, x.Header.Get("Location"))); err != nil {
		return err
	}
	return w.stillOpen(ctx, i, one)
}

func (w *World) decisionSignedOut(ctx context.Context, i *importer) error {
	form, err := w.decision(ctx, i.member.Visitor, i.verifier, i.question, w.Issuer.Consent.Allow)
	if err != nil {
		return err
	}
	x, err := w.decide(ctx, w.Anybody(), form, nil)
	if err := first(err, x.Refused("sign-in-required")); err != nil {
		return err
	}
	return w.stillOpen(ctx, i, form)
}

func (w *World) decisionCrossOrigin(ctx context.Context, i *importer) error {
	form, err := w.decision(ctx, i.member.Visitor, i.verifier, i.question, w.Issuer.Consent.Allow)
	if err != nil {
		return err
	}
	for _, header := range []map[string]string{
		{"Origin": i.verifier.Origin, "Sec-Fetch-Site": "cross-site"}, {"Origin": i.verifier.Origin, "Sec-Fetch-Site": ""}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
	} {
		x, err := w.decide(ctx, i.member.Visitor, form, header)
		if err := first(err, x.Refused("cross-origin")); err != nil {
			return err
		}
	}
	return w.stillOpen(ctx, i, form)
}

func (w *World) decisionByGet(ctx context.Context, i *importer) error {
	form, err := w.decision(ctx, i.member.Visitor, i.verifier, i.question, w.Issuer.Consent.Allow)
	if err != nil {
		return err
	}
	x, err := i.member.Get(ctx, form.Action+"?"+form.Fields.Encode(), page)
	location := x.Header.Get("Location")
	if err := first(err, that(!strings.HasPrefix(location, i.verifier.Origin), "no decision", "%d to %q", x.Status, location)); err != nil {
		return err
	}
	return w.stillOpen(ctx, i, form)
}
