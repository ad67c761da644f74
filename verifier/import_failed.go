package verifier

import (
	"net/http"
	"net/url"

	"bonafide.example"
	"bonafide.example/internal/web"
)

// previewFailed answers with the page on which an address was pasted: it stays there, below what is wrong.
func (v *Verifier) previewFailed(w http.ResponseWriter, r *http.Request, typed string, err error) error {
	page, failed := v.importForm(r, typed, bonafide.CodeOf(err))
	if failed != nil {
		return failed
	}
	v.pages.Again(w, r, page, err)
	return nil
}

// failedView is what the page of an import that failed shows.
type failedView struct {
	Code   bonafide.Code
	Issuer bonafide.Origin // "" if it isn't known
	Retry  string          // where to begin it again
}

// importFailed answers with a page that says why nothing was imported, and leads back to the beginning.
func (v *Verifier) importFailed(w http.ResponseWriter, r *http.Request, mechanism, badge string, err error) error {
	view := failedView{Code: bonafide.CodeOf(err), Retry: "/import"}
	if issuer, unknown := bonafide.OriginOf(mechanism); unknown == nil && view.Code != bonafide.NotRecognised {
		view.Issuer, view.Retry = issuer, beginAddress(issuer, mechanism, badge)
	}
	v.pages.Again(w, r, web.Page{Name: "import-failed", Title: v.pages.Say(r, "import-failed-title"), Data: view}, err)
	return nil
}

// beginAddress is where an import begins, and whoever had to sign in comes back to.
func beginAddress(issuer bonafide.Origin, mechanism, badge string) string {
	query := url.Values{"iss": {string(issuer)}, "mechanism": {mechanism}}
	if badge != "" {
		query.Set("badge", badge)
	}
	return "/import/begin?" + query.Encode()
}
