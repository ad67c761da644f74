package issuer

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
)

// limits are cases that spoil others for a while. They are the last, with verifiers of their own.
func (w *World) limits() []subject.Check {
	return []subject.Check{
		check("limit/statements", "At most 100 statements under one consent may be relied on at once.", w.limitStatements, "BF-CONSENT-15"),
		check("limit/pushes", "How often one verifier may push is bounded, whatever becomes of it.", w.limitPushes, "BF-OAUTH-34"),
		check("limit/strangers", "How many verifiers unknown so far are looked up is bounded.", w.limitStrangers, "BF-OAUTH-17"),
	}
}

// clientOnce makes a client's request that isn't made again when it is refused for the moment.
func (w *World) clientOnce(ctx context.Context, v *peer.Verifier, endpoint string, form url.Values) (*subject.Exchange, error) {
	if err := v.Authenticate(form); err != nil {
		return nil, err
	}
	r := subject.Request{Method: http.MethodPost, Address: endpoint, Once: true}
	r.Form(form)
	return w.Anybody().Do(ctx, r)
}

func limited(x *subject.Exchange) bool {
	return x.Status == http.StatusTooManyRequests && x.Code() == "rate-limited"
}

// limitedWell is a fault unless it says how long to wait, and how OAuth calls it.
func limitedWell(x *subject.Exchange) error {
	return first(refusal{http.StatusTooManyRequests, "temporarily_unavailable", []string{"rate-limited"}}.check(x),
		that(x.Header.Get("Retry-After") != "", "Retry-After", "none"))
}

func (w *World) limitStatements(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	form := func() url.Values { return i.verifier.Refreshed(i.told.refresh, nil) }
	for range 99 {
		x, err := w.client(ctx, i.verifier, w.server.token, form())
		if err := first(err, answered(x, http.StatusOK)); err != nil {
			return err
		}
	}
	for range 3 { // one might be refused for the moment
		x, err := w.clientOnce(ctx, i.verifier, w.server.token, form())
		if err := first(err, that(x.Status != http.StatusOK, "no 101st statement", "one")); err != nil {
			return err
		}
		if limited(x) {
			return limitedWell(x)
		}
	}
	return subject.Wrong("429 rate-limited at the 101st statement", "something else three times")
}

// Bounds within which a limit must show, by requests made at once.
const (
	rounds   = 20
	perRound = 50
)

func (w *World) limitPushes(ctx context.Context) error {
	v, err := w.stranger()
	if err != nil {
		return err
	}
	if _, err := w.pushed(ctx, v, v.Ask(w.Issuer.Mechanism)); err != nil {
		return err
	}
	return w.untilLimited(func() (*subject.Exchange, error) {
		form := v.Pushed(v.Ask(w.Issuer.Mechanism))
		form.Set("scope", "refused")
		return w.clientOnce(ctx, v, w.server.push, form)
	})
}

func (w *World) limitStrangers(ctx context.Context) error {
	return w.untilLimited(func() (*subject.Exchange, error) {
		v, err := w.stranger()
		if err != nil {
			return nil, err
		}
		v.Handle(entityPath, http.NotFound)
		return w.clientOnce(ctx, v, w.server.push, v.Pushed(v.Ask(w.Issuer.Mechanism)))
	})
}

// untilLimited makes requests at once, again and again, until one is refused as being too many.
func (w *World) untilLimited(request func() (*subject.Exchange, error)) error {
	for range rounds {
		came, err := atOnce(perRound, request)
		if err != nil {
			return err
		}
		for _, x := range came {
			if limited(x) {
				return limitedWell(x)
			}
		}
	}
	return subject.Wrong(fmt.Sprintf("429 rate-limited within %d requests at once", rounds*perRound), "none")
}
