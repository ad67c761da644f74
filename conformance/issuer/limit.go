package issuer

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// withTime are cases that show only once days have passed.
func (w *World) withTime() []subject.Check {
	return []subject.Check{
		check("time/consent-ends", "A consent ends after retention_days, and with it its refresh token.", w.consentEnds, "BF-CONSENT-13", "BF-OAUTH-22"),
		check("time/list-goes-on", "A list is signed anew in time: it is in force days later, its validFrom never going back.", w.listGoesOn, "BF-ISSUER-35", "BF-LIST-3"),
		check("time/relied-until", "A refresh near the consent's end isn't to be relied on beyond it.", w.refreshNearEnd, "BF-CONSENT-12"),
	}
}

func (w *World) consentEnds(ctx context.Context) error {
	i, err := w.imported(ctx, func(details wire.Object) { details["retention_days"] = 1 })
	if err != nil {
		return err
	}
	if err := w.Advance(ctx, 24*time.Hour+time.Second); err != nil {
		return err
	}
	x, err := w.client(ctx, i.verifier, w.server.token, i.verifier.Refreshed(i.told.refresh, nil))
	return first(err, badGrant("consent-withdrawn").check(x))
}

func (w *World) listGoesOn(ctx context.Context) error {
	address, list, err := w.someList(ctx)
	if err != nil {
		return err
	}
	for _, pause := range []time.Duration{time.Minute, 10 * time.Minute, 4 * 24 * time.Hour} {
		if err := w.Advance(ctx, pause); err != nil {
			return err
		}
		later, err := w.list(ctx, address)
		if err != nil {
			return err
		}
		before, err := wire.Int(list, "nbf")
		now, failed := wire.Int(later, "nbf")
		if err := first(err, failed, that(now >= before, fmt.Sprintf("a validFrom not before %d", before), "%d", now),
			lasting(later, "nbf", "exp", 72*time.Hour), w.inForce(later, "nbf", "exp")); err != nil {
			return err
		}
		list = later
	}
	return nil
}

func (w *World) refreshNearEnd(ctx context.Context) error {
	i, err := w.imported(ctx, func(details wire.Object) { details["retention_days"] = 3 })
	if err != nil {
		return err
	}
	if err := w.Advance(ctx, 2*24*time.Hour); err != nil {
		return err
	}
	t, err := w.refreshed(ctx, i.verifier, i.told.refresh, nil)
	if err != nil {
		return err
	}
	return lasting(t.payload, "iat", "relied_until", 24*time.Hour+leeway)
}

// limits are cases that spoil others for a while. They are the last, with verifiers of their own.
func (w *World) limits() []subject.Check {
	return []subject.Check{
		check("limit/statements", "At most 100 statements under one consent may be relied on at once.", w.limitStatements, "BF-CONSENT-15"),
		check("limit/pushes", "How often one verifier may push is bounded, whatever becomes of it.", w.limitPushes, "BF-OAUTH-34"),
		check("limit/strangers", "How many verifiers unknown so far are looked up is bounded.", w.limitStrangers, "BF-OAUTH-17"),
	}
}

// once makes a client's request that isn't made again when it is refused for the moment.
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
	return fault("429 rate-limited at the 101st statement", "something else three times")
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
	return fault(fmt.Sprintf("429 rate-limited within %d requests at once", rounds*perRound), "none")
}
