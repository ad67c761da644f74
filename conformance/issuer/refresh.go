package issuer

import (
	"context"
	"maps"
	"net/http"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) refreshes() []subject.Check {
	return []subject.Check{
		check("refresh/nonce", "A refresh with a new nonce tells a new statement, with that nonce.", w.refreshNonce, "BF-OAUTH-20", "BF-OAUTH-23", "BF-STATUS-2", "BF-CONSENT-11"),
		check("refresh/without-details", "A refresh without details has the nonce granted.", w.refreshPlain, "BF-OAUTH-23", "BF-STATUS-2"),
		check("refresh/token-stays", "A refresh token is never replaced, and goes on.", w.refreshStays, "BF-OAUTH-22"),
		w.badRefresh("claims", "A refresh that asks for other claims is refused.", "claims", []any{"level"}),
		w.badRefresh("claims-more", "So is one that asks for more.", "claims", []any{"level", "measures", "account_since"}),
		w.badRefresh("retention", "So is one for longer.", "retention_days", 364),
		w.badRefresh("purpose", "So is one for another purpose.", "purpose", wire.Object{"en": "To sell it.", "fr": "Pour le vendre."}),
		w.badRefresh("badge", "So is one about a badge.", "badge", unknownBadge),
		check("refresh/other-client", "Another client's refresh token doesn't count.", w.refreshOfOther, "BF-OAUTH-22"),
		check("refresh/unknown", "A refresh token that was never given out doesn't count.", w.refreshUnknown, "BF-OAUTH-22"),
		check("refresh/as-code", "A refresh token is no code, and a code no refresh token.", w.refreshAsCode, "BF-OAUTH-19", "BF-OAUTH-22"),
		check("refresh/latest", "A refresh tells the status as it is now.", w.refreshLatest, "BF-CONSENT-9"),
		check("refresh/suspended", "A suspended member's status isn't told; the consent stays.", w.refreshSuspended, "BF-CONSENT-6"),
		check("refresh/erased", "Erasing the member ends the consent.", w.refreshErased, "BF-OAUTH-22", "BF-ISSUER-40"),
	}
}

// asking returns what was granted, with a new nonce.
func (i *importer) asking() wire.Object {
	details := maps.Clone(i.question.Details)
	details["nonce"] = wire.Random(32)
	return details
}

func (w *World) refreshNonce(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	details := i.asking()
	t, err := w.refreshed(ctx, i.verifier, i.told.refresh, details)
	if err != nil {
		return err
	}
	return first(equal("nonce", details["nonce"], t.payload["nonce"]), granted(details, t),
		that(t.payload["jti"] != i.told.payload["jti"], "a jti of its own", "that of the statement before"),
		that(t.entry != i.told.entry, "an entry of its own", "that of the statement before"),
		equal("sub", i.told.payload["sub"], t.payload["sub"]))
}

func (w *World) refreshPlain(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	t, err := w.refreshed(ctx, i.verifier, i.told.refresh, nil)
	if err != nil {
		return err
	}
	return first(equal("nonce", i.question.Details["nonce"], t.payload["nonce"]), granted(i.question.Details, t))
}

func (w *World) refreshStays(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	for range 3 {
		t, err := w.refreshed(ctx, i.verifier, i.told.refresh, i.asking())
		if err != nil {
			return err
		}
		if err := equal("refresh_token", i.told.refresh, t.refresh); err != nil {
			return err
		}
	}
	return nil
}

// badRefresh makes a case of a refresh whose details differ from those granted in one field.
func (w *World) badRefresh(name, about, field string, value any) subject.Check {
	return check("refresh/other-"+name, about, func(ctx context.Context) error {
		i, err := w.imported(ctx, claims("level", "measures"))
		if err != nil {
			return err
		}
		details := i.asking()
		if details[field] = value; field == "badge" {
			details[field] = w.Origin + unknownBadge
		}
		x, err := w.client(ctx, i.verifier, w.server.token, i.verifier.Refreshed(i.told.refresh, details))
		return first(err, refusal{http.StatusBadRequest, "invalid_authorization_details", []string{"bad-value"}}.check(x))
	}, "BF-OAUTH-23")
}

func (w *World) refreshOfOther(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	thief := w.verifier()
	x, err := w.client(ctx, thief, w.server.token, thief.Refreshed(i.told.refresh, nil))
	if err := first(err, badGrant().check(x)); err != nil {
		return err
	}
	_, err = w.refreshed(ctx, i.verifier, i.told.refresh, nil) // the consent holds as before
	return err
}

func (w *World) refreshUnknown(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	x, err := w.client(ctx, i.verifier, w.server.token, i.verifier.Refreshed(wire.Random(32), nil))
	return first(err, badGrant().check(x))
}

func (w *World) refreshAsCode(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	x, err := w.exchange(ctx, i, i.told.refresh)
	if err := first(err, badGrant().check(x)); err != nil {
		return err
	}
	code, err := w.allowed(ctx, i.member, i.verifier, i.question)
	if err != nil {
		return err
	}
	x, err = w.client(ctx, i.verifier, w.server.token, i.verifier.Refreshed(code, nil))
	return first(err, badGrant().check(x))
}

func (w *World) refreshLatest(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	if err := w.rate(ctx, i.member, 0, w.toFall(i.member)); err != nil {
		return err
	}
	t, err := w.refreshed(ctx, i.verifier, i.told.refresh, i.asking())
	if err != nil {
		return err
	}
	return w.tells(t, i.member, "level", "measures", "account_since")
}

func (w *World) refreshSuspended(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	if err := w.suspend(ctx, i.member); err != nil {
		return err
	}
	x, err := w.client(ctx, i.verifier, w.server.token, i.verifier.Refreshed(i.told.refresh, nil))
	if err := first(err, refusal{http.StatusBadRequest, "access_denied", []string{"not-current"}}.check(x), w.restore(ctx, i.member)); err != nil {
		return err
	}
	_, err = w.refreshed(ctx, i.verifier, i.told.refresh, nil)
	return err
}

func (w *World) refreshErased(ctx context.Context) error {
	i, err := w.imported(ctx, nil)
	if err != nil {
		return err
	}
	if err := w.erase(ctx, i.member); err != nil {
		return err
	}
	x, err := w.client(ctx, i.verifier, w.server.token, i.verifier.Refreshed(i.told.refresh, nil))
	return first(err, badGrant("consent-withdrawn").check(x))
}
