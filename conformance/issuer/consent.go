package issuer

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) consentPages() []subject.Check {
	return []subject.Check{
		check("consent/sign-in", "Whoever isn't signed in is sent to sign in.", w.consentSignIn, "BF-CONSENT-1", "BF-ISSUER-37"),
		check("consent/page", "The page names the verifier's host first, then its purpose, each value as it will be told, and how long.", w.asking(w.consentSays), "BF-CONSENT-2"),
		check("consent/no-store", "Nobody keeps the page.", w.asking(w.consentNoStore), "BF-CONSENT-19"),
		check("consent/coarse", "The page says the measure as it will be told, not as it is.", w.asking(w.consentCoarse), "BF-CONSENT-2"),
		check("consent/unknown", "A request_uri that was never given out is refused, without redirecting.", w.asking(w.consentUnknown), "BF-CONSENT-3"),
		check("consent/foreign", "So is one that another client pushed.", w.asking(w.consentForeign), "BF-CONSENT-3"),
		check("consent/no-client", "So is one without a client_id.", w.asking(w.consentNoClient), "BF-CONSENT-3"),
		check("consent/decided", "So is one that was decided already.", w.asking(w.consentDecided), "BF-CONSENT-3"),
		check("consent/old", "So is one that is older than 10 minutes.", w.asking(w.consentOld), "BF-CONSENT-3", "BF-OAUTH-1"),
		check("consent/parameters", "What stands in the address beside request_uri changes nothing.", w.asking(w.consentParameters), "BF-OAUTH-18", "BF-OAUTH-11"),
		check("consent/wrong-account", "A request that names another's badge is answered about nobody.", w.consentWrongAccount, "BF-CONSENT-5"),
		check("consent/unknown-badge", "So is one that names a badge that there isn't.", w.asking(w.consentUnknownBadge), "BF-CONSENT-5"),
		check("consent/own-badge", "A request that names the member's own badge is answered.", w.asking(w.consentOwnBadge), "BF-CONSENT-5"),
		check("consent/not-current", "The status of a suspended member isn't told.", w.asking(w.consentNotCurrent), "BF-CONSENT-6"),
	}
}

func (w *World) consentSignIn(ctx context.Context) error {
	v := w.verifier()
	uri, err := w.pushed(ctx, v, v.Ask(w.Issuer.Mechanism))
	if err != nil {
		return err
	}
	x, err := w.consentPage(ctx, w.Anybody(), v.Origin, uri)
	location := x.Header.Get("Location")
	return first(err, answered(x, http.StatusSeeOther),
		that(location != "" && !strings.HasPrefix(location, v.Origin), "a Location where one signs in", "%q", location))
}

// consentText opens the consent page on a new request of the importer's, and returns what it says.
func (w *World) consentText(ctx context.Context, i *importer) (string, error) {
	uri, err := w.pushed(ctx, i.verifier, i.question)
	if err != nil {
		return "", err
	}
	x, err := w.consentPage(ctx, i.member.Visitor, i.verifier.Origin, uri)
	if err := first(err, served(x, page)); err != nil {
		return "", err
	}
	return x.Says()
}

func (w *World) consentNoStore(ctx context.Context, i *importer) error {
	uri, err := w.pushed(ctx, i.verifier, i.question)
	if err != nil {
		return err
	}
	x, err := w.consentPage(ctx, i.member.Visitor, i.verifier.Origin, uri)
	return first(err, answered(x, http.StatusOK), unstored(x))
}

func (w *World) consentSays(ctx context.Context, i *importer) error {
	purpose := "to weigh " + hostname(wire.Random(9)) + " there."
	i.question.Details["purpose"] = wire.Object{"en": purpose, "fr": "Pour peser."}
	i.question.Details["retention_days"] = 137
	text, err := w.consentText(ctx, i)
	if err != nil {
		return err
	}
	_, host, _ := strings.Cut(i.verifier.Origin, "://")
	rest := text
	for _, part := range []string{host, purpose, w.levelName(i.member)} {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return subject.Wrong(fmt.Sprintf("a page in English that says, in this order: %s, %q, %s", host, purpose, w.levelName(i.member)), "%.600q", text)
		}
		rest = after
	}
	positive, total := coarse(i.member.positive, i.member.total)
	end := w.Now().AddDate(0, 0, 137)
	long := strings.Contains(rest, "137") || strings.Contains(rest, fmt.Sprint(end.Day())) && strings.Contains(rest, fmt.Sprint(end.Year()))
	return first(
		that(strings.Contains(rest, fmt.Sprint(positive)) && strings.Contains(rest, fmt.Sprint(total)),
			fmt.Sprintf("then the measure as it is told, %d of %d", positive, total), "%.600q", rest),
		that(long, "then for how long: 137 days, or the day on which they end", "%.600q", rest),
	)
}

// levelName returns the English name of the member's level, in lower case.
func (w *World) levelName(m *member) string {
	for _, l := range array(w.rule.mechanism, "levels") {
		if wire.Text(l, "id") == w.rule.level(m.positive, m.total) {
			return strings.ToLower(wire.Text(l, "name", "en"))
		}
	}
	return ""
}

func (w *World) consentCoarse(ctx context.Context, i *importer) error {
	text, err := w.consentText(ctx, i)
	if err != nil {
		return err
	}
	// A number by itself: the same digits may stand in a host's name or port.
	exact, err := regexp.MatchString(fmt.Sprintf(`(^|[^0-9a-z.:-])%d([^0-9a-z-]|$)`, i.member.total), text)
	return first(err, that(!exact, fmt.Sprintf("a page without the exact total, %d", i.member.total), "%.600q", text))
}

// notAsked is a fault unless a request to the authorization endpoint is refused as over, and redirects nowhere.
func (w *World) notAsked(ctx context.Context, m *member, address string) error {
	x, err := m.Get(ctx, address, jsonMedia)
	return first(err, x.Refused("expired"), equal("Location", "", x.Header.Get("Location")))
}

func (w *World) consentUnknown(ctx context.Context, i *importer) error {
	return w.notAsked(ctx, i.member, w.consentAddress(i.verifier.Origin, "urn:ietf:params:oauth:request_uri:"+wire.Random(16)))
}

func (w *World) consentForeign(ctx context.Context, i *importer) error {
	uri, err := w.pushed(ctx, i.verifier, i.question)
	if err != nil {
		return err
	}
	other := w.verifier()
	return w.notAsked(ctx, i.member, w.consentAddress(other.Origin, uri))
}

func (w *World) consentNoClient(ctx context.Context, i *importer) error {
	uri, err := w.pushed(ctx, i.verifier, i.question)
	if err != nil {
		return err
	}
	return w.notAsked(ctx, i.member, w.server.authorize+"?"+url.Values{"request_uri": {uri}}.Encode())
}

func (w *World) consentDecided(ctx context.Context, i *importer) error {
	uri, err := w.pushed(ctx, i.verifier, i.question)
	if err != nil {
		return err
	}
	x, err := w.consentPage(ctx, i.member.Visitor, i.verifier.Origin, uri)
	if err != nil {
		return err
	}
	if _, err := w.declined(ctx, i, x); err != nil {
		return err
	}
	return w.notAsked(ctx, i.member, w.consentAddress(i.verifier.Origin, uri))
}

func (w *World) consentOld(ctx context.Context, i *importer) error {
	uri, err := w.pushed(ctx, i.verifier, i.question)
	if err != nil {
		return err
	}
	if err := w.Advance(ctx, 10*time.Minute+time.Second); err != nil {
		return err
	}
	return w.notAsked(ctx, i.member, w.consentAddress(i.verifier.Origin, uri))
}

func (w *World) consentParameters(ctx context.Context, i *importer) error {
	uri, err := w.pushed(ctx, i.verifier, i.question)
	if err != nil {
		return err
	}
	extra := url.Values{"redirect_uri": {"https://elsewhere.example/"}, "state": {"0123456789abcdef"}, "response_type": {"token"}}
	x, err := i.member.Get(ctx, w.consentAddress(i.verifier.Origin, uri)+"&"+extra.Encode(), page)
	if err != nil {
		return err
	}
	if x.Status >= 400 && x.Status < 500 { // to refuse it is as good
		return nil
	}
	values, err := w.declined(ctx, i, x)
	return first(err, equal("state", i.question.State, values.Get("state")))
}

// declined declines on the consent page that came, and returns the parameters with which the browser is sent back.
func (w *World) declined(ctx context.Context, i *importer, x *subject.Exchange) (url.Values, error) {
	form, err := x.FormWith(w.Issuer.Consent.Decline)
	if err != nil {
		return nil, err
	}
	if x, err = i.member.Post(ctx, form.Action, form.Fields); err != nil {
		return nil, err
	}
	return back(x, i.verifier)
}

// untold is a fault unless the member is told on a page, with this status, that nothing can be told, and is sent back with
// this code when they leave it.
func (w *World) untold(ctx context.Context, i *importer, status int, code string) error {
	uri, err := w.pushed(ctx, i.verifier, i.question)
	if err != nil {
		return err
	}
	x, err := w.consentPage(ctx, i.member.Visitor, i.verifier.Origin, uri)
	if err := first(err, answered(x, status)); err != nil {
		return err
	}
	if allow, err := x.FormWith(w.Issuer.Consent.Allow); err == nil {
		return subject.Wrong("a page without a button that allows it", "one at %s", allow.Action)
	}
	values, err := w.declined(ctx, i, x)
	return first(err, equal("error", "access_denied", values.Get("error")), equal("bonafide_error", code, values.Get("bonafide_error")),
		equal("state", i.question.State, values.Get("state")), equal("iss", w.Origin, values.Get("iss")), equal("code", "", values.Get("code")))
}

func (w *World) consentWrongAccount(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	i, err := w.ready(ctx)
	if err != nil {
		return err
	}
	i.question.Details["badge"] = b.address
	return w.untold(ctx, i, http.StatusForbidden, "wrong-account")
}

func (w *World) consentUnknownBadge(ctx context.Context, i *importer) error {
	i.question.Details["badge"] = w.Origin + unknownBadge
	return w.untold(ctx, i, http.StatusForbidden, "wrong-account")
}

func (w *World) consentOwnBadge(ctx context.Context, i *importer) error {
	badge, err := w.publish(ctx, i.member)
	if err != nil {
		return err
	}
	i.question.Details["badge"] = badge
	t, err := w.tell(ctx, i.member, i.verifier, i.question)
	if err != nil {
		return err
	}
	return equal("the badge in authorization_details", i.question.Details["badge"], wire.At(t.response, "authorization_details", 0, "badge"))
}

func (w *World) consentNotCurrent(ctx context.Context, i *importer) error {
	if err := w.suspend(ctx, i.member); err != nil {
		return err
	}
	return w.untold(ctx, i, http.StatusUnprocessableEntity, "not-current")
}
