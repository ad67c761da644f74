package issuer

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// stranger makes a verifier that nobody met before. An issuer may bound how many of them it looks up, so that most cases
// do with those that it knows.
func (w *World) stranger() (*peer.Verifier, error) {
	s, err := w.network.Found("v" + hostname(wire.Random(9)))
	if err != nil {
		return nil, err
	}
	return peer.NewVerifier(s, w.Origin), nil
}

// hostname makes a random text one that may stand in a host's name.
func hostname(text string) string {
	return strings.ToLower(strings.NewReplacer("-", "x", "_", "y").Replace(text))
}

// verifiers is how many the suite has for cases that can do with any. Between them they stay below what one may push.
const verifiers = 8

// verifier returns a verifier, and each time another one than the last times.
func (w *World) verifier() *peer.Verifier {
	w.turn++
	return w.verifiers[w.turn%verifiers]
}

// client makes a request of a verifier's to an endpoint, with an assertion of its own at each try.
func (w *World) client(ctx context.Context, v *peer.Verifier, endpoint string, form url.Values) (*subject.Exchange, error) {
	return w.clientAs(ctx, endpoint, func() (url.Values, error) { return form, v.Authenticate(form) })
}

// clientAs posts a form that is made anew at each try.
func (w *World) clientAs(ctx context.Context, endpoint string, form func() (url.Values, error)) (*subject.Exchange, error) {
	return w.Anybody().DoEach(ctx, func() (subject.Request, error) {
		values, err := form()
		r := subject.Request{Method: http.MethodPost, Address: endpoint}
		r.Form(values)
		return r, err
	})
}

// pushed pushes a question that must be taken, and returns its request_uri.
func (w *World) pushed(ctx context.Context, v *peer.Verifier, q *peer.Question) (string, error) {
	x, err := w.client(ctx, v, w.server.push, v.Pushed(q))
	if err = first(err, answered(x, http.StatusCreated)); err != nil {
		return "", err
	}
	return wire.Text(x.Object(), "request_uri"), nil
}

// consentAddress is where a browser goes with a pushed request.
func (w *World) consentAddress(client, requestURI string) string {
	return w.server.authorize + "?" + url.Values{"client_id": {client}, "request_uri": {requestURI}}.Encode()
}

// consentPage opens the consent page, in English.
func (w *World) consentPage(ctx context.Context, browser *subject.Visitor, client, requestURI string) (*subject.Exchange, error) {
	return browser.Do(ctx, subject.Request{
		Method: http.MethodGet, Address: w.consentAddress(client, requestURI),
		Header: map[string]string{"Accept": "text/html", "Accept-Language": "en"},
	})
}

// decision pushes a question, opens its consent page and returns the form on it with a button pressed, unsent.
func (w *World) decision(ctx context.Context, browser *subject.Visitor, v *peer.Verifier, q *peer.Question, button map[string]string) (*subject.Form, error) {
	uri, err := w.pushed(ctx, v, q)
	if err != nil {
		return nil, err
	}
	page, err := w.consentPage(ctx, browser, v.Origin, uri)
	if err != nil {
		return nil, err
	}
	return page.FormWith(button)
}

// back returns the parameters with which a decision sends the browser back to the verifier.
func back(x *subject.Exchange, v *peer.Verifier) (url.Values, error) {
	if err := answered(x, http.StatusSeeOther); err != nil {
		return nil, err
	}
	location := x.Header.Get("Location")
	query, ok := strings.CutPrefix(location, v.Redirect()+"?")
	values, err := url.ParseQuery(query)
	return values, that(ok && err == nil, "a Location of "+v.Redirect()+" with parameters", "%q", location)
}

// allowed has the member consent to a question, and returns the code.
func (w *World) allowed(ctx context.Context, m *member, v *peer.Verifier, q *peer.Question) (string, error) {
	form, err := w.decision(ctx, m.Visitor, v, q, w.Issuer.Consent.Allow)
	if err != nil {
		return "", err
	}
	x, err := m.Post(ctx, form.Action, form.Fields)
	if err != nil {
		return "", err
	}
	values, err := back(x, v)
	return values.Get("code"), first(err, that(values.Get("code") != "", "a code", "%v", values))
}

// told is a statement that the issuer told, with what came beside it.
type told struct {
	response wire.Object
	payload  wire.Object // of the statement
	header   wire.Object
	entry    entry
	refresh  string // the refresh token
}

// readTold reads a token response.
func (w *World) readTold(ctx context.Context, x *subject.Exchange) (*told, error) {
	if err := answered(x, http.StatusOK); err != nil {
		return nil, err
	}
	t := &told{response: x.Object()}
	token, err := w.opened(ctx, wire.Text(t.response, "bonafide_status"), "bonafide-status+jwt", subject.MaxToken)
	if err != nil {
		return nil, err
	}
	t.payload, t.header, t.refresh = token.Payload, token.Header, wire.Text(t.response, "refresh_token")
	t.entry, err = w.readEntry(t.payload["credentialStatus"])
	return t, err
}

// tell goes all the way: the question is pushed, the member consents, and the code is exchanged.
func (w *World) tell(ctx context.Context, m *member, v *peer.Verifier, q *peer.Question) (*told, error) {
	code, err := w.allowed(ctx, m, v, q)
	if err != nil {
		return nil, err
	}
	x, err := w.client(ctx, v, w.server.token, v.Exchanged(q, code))
	if err != nil {
		return nil, err
	}
	return w.readTold(ctx, x)
}

// refreshed asks for a new statement with the refresh token.
func (w *World) refreshed(ctx context.Context, v *peer.Verifier, token string, details wire.Object) (*told, error) {
	x, err := w.client(ctx, v, w.server.token, v.Refreshed(token, details))
	if err != nil {
		return nil, err
	}
	return w.readTold(ctx, x)
}

// importer is a member, a verifier, and what the verifier asked and was told of the member.
type importer struct {
	member   *member
	verifier *peer.Verifier
	question *peer.Question
	told     *told
}

// ready makes a good member and a verifier that has a question about it.
func (w *World) ready(ctx context.Context) (*importer, error) {
	m, err := w.good(ctx)
	if err != nil {
		return nil, err
	}
	v := w.verifier()
	return &importer{member: m, verifier: v, question: v.Ask(w.Issuer.Mechanism)}, nil
}

// asking runs a case about a good member and a verifier that has a question about it.
func (w *World) asking(run func(context.Context, *importer) error) func(context.Context) error {
	return func(ctx context.Context) error {
		i, err := w.ready(ctx)
		if err != nil {
			return err
		}
		return run(ctx, i)
	}
}

// withCode runs a case about a code, which the member's consent to the question gave.
func (w *World) withCode(run func(ctx context.Context, i *importer, code string) error) func(context.Context) error {
	return w.asking(func(ctx context.Context, i *importer) error {
		code, err := w.allowed(ctx, i.member, i.verifier, i.question)
		if err != nil {
			return err
		}
		return run(ctx, i, code)
	})
}

// imported makes a good member of whom a verifier was told. alter changes the question first; nil: it doesn't.
func (w *World) imported(ctx context.Context, alter func(details wire.Object)) (*importer, error) {
	i, err := w.ready(ctx)
	if err != nil {
		return nil, err
	}
	if alter != nil {
		alter(i.question.Details)
	}
	i.told, err = w.tell(ctx, i.member, i.verifier, i.question)
	return i, err
}

// claims asks for these claims alone.
func claims(names ...any) func(wire.Object) {
	return func(details wire.Object) { details["claims"] = names }
}

// atOnce makes so many requests at once, and returns what came.
func atOnce(times int, request func() (*subject.Exchange, error)) ([]*subject.Exchange, error) {
	came, errs := make([]*subject.Exchange, times), make([]error, times)
	var group sync.WaitGroup
	for n := range times {
		group.Go(func() { came[n], errs[n] = request() })
	}
	group.Wait()
	return came, first(errs...)
}

// once is a fault unless exactly one of what came is a success.
func once(came []*subject.Exchange, success func(*subject.Exchange) bool) error {
	good, others := 0, map[string]int{}
	for _, x := range came {
		if success(x) {
			good++
		} else {
			others[fmt.Sprintf("%d%s", x.Status, coded(x))]++
		}
	}
	rest, err := json.Marshal(others)
	return first(err, that(good == 1, fmt.Sprintf("of %d at once exactly one success", len(came)), "%d; the others: %s", good, rest))
}
