package issuer

import (
	"context"
	"fmt"
	"time"

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
