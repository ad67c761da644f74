package issuer

import (
	"context"
	"net/http"

	"bonafide.example/conformance/subject"
)

func (w *World) pages() []subject.Check {
	return []subject.Check{
		check("page/policy-badge", "The page of a badge allows no script but the site's own files, nothing from elsewhere and no framing.", w.badgePolicy, "BF-SITE-7"),
		check("page/policy-mechanism", "So does the page of a mechanism.", w.mechanismPolicy, "BF-SITE-7"),
		check("page/policy-refusal", "So does a page that refuses.", w.refusalPolicy, "BF-SITE-7"),
		check("page/policy-consent", "So does the consent page.", w.asking(w.consentPolicy), "BF-SITE-7"),
	}
}

func (w *World) badgePolicy(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	return w.policyAt(ctx, b.address, http.StatusOK)
}

func (w *World) mechanismPolicy(ctx context.Context) error {
	return w.policyAt(ctx, w.Issuer.Mechanism, http.StatusOK)
}

func (w *World) refusalPolicy(ctx context.Context) error {
	return w.policyAt(ctx, unknownBadge, http.StatusNotFound)
}

func (w *World) policyAt(ctx context.Context, address string, status int) error {
	x, err := w.get(ctx, address, "text/html")
	return first(err, answered(x, status), x.Restricted())
}

func (w *World) consentPolicy(ctx context.Context, i *importer) error {
	uri, err := w.pushed(ctx, i.verifier, i.question)
	if err != nil {
		return err
	}
	x, err := w.consentPage(ctx, i.member.Visitor, i.verifier.Origin, uri)
	return first(err, answered(x, http.StatusOK), x.Restricted())
}
