package verifier

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/oauth"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// offer is one mechanism that can be imported from.
type offer struct {
	Issuer    bonafide.Origin
	Mechanism string
	Name      bonafide.Text // of the mechanism; what it is about, if no version of it is at hand
	Tables    tableSet
	Claims    []bonafide.Claim // what would be told
	Badge     string           // where the import begins from one
}

// Begin is the address of the page on which the import begins.
func (o offer) Begin() string { return beginAddress(o.Issuer, o.Mechanism, o.Badge) }

// offers returns what can be imported from an issuer, or from all ("").
func (v *Verifier) offers(ctx context.Context, issuer bonafide.Origin) (offers []offer, err error) {
	err = v.config.Store.View(ctx, func(r store.Reader) error {
		offers = nil
		tables, err := v.shelf.All(r)
		if err != nil {
			return err
		}
		all := tableSet(tables)
		for _, mechanism := range all.mechanisms(issuer) {
			naming := all.of(mechanism)
			o := offer{Issuer: naming[0].From.Issuer, Mechanism: mechanism, Tables: naming, Claims: naming.claims()}
			o.Name = bonafide.Text{EN: naming[0].From.Context, FR: naming[0].From.Context}
			m, err := mechanismOf(r, naming[0])
			if err != nil {
				return err
			}
			if m != nil {
				o.Name = m.Name
			}
			offers = append(offers, o)
		}
		return nil
	})
	return offers, err
}

// issuers returns where the forms of the offers lead: the redirect after a form must be allowed too.
func issuers(offers []offer) (origins []bonafide.Origin) {
	for _, o := range offers {
		origins = append(origins, o.Issuer)
	}
	return origins
}

func (v *Verifier) render(w http.ResponseWriter, r *http.Request, name string, data any, formTo []bonafide.Origin, fields ...any) {
	v.pages.Render(w, r, web.Page{Name: name, Title: v.pages.Say(r, name+"-title", fields...), Data: data, FormTo: formTo})
}

// signedIn returns who is signed in. Who isn't is sent to sign in and on to returnTo, a path, or refused
// if it is a program or returnTo is "".
func (v *Verifier) signedIn(w http.ResponseWriter, r *http.Request, returnTo string) (account bonafide.Account, ok bool, err error) {
	if account, ok = v.config.SignIn.Account(r); ok {
		err = web.Charge(w, account.ID)
		return account, err == nil, err
	}
	if returnTo == "" || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return account, false, bonafide.Errorf(bonafide.SignInRequired, r.URL.Path, "is for members")
	}
	http.Redirect(w, r, v.config.SignIn.Address(returnTo), http.StatusSeeOther)
	return account, false, nil
}

// importPage asks for a badge's address, or for one of the issuers recognised. Links may bring the
// address along (badge): nothing is fetched before the form is sent.
func (v *Verifier) importPage(w http.ResponseWriter, r *http.Request) error {
	page, err := v.importForm(r, r.URL.Query().Get("badge"), "")
	if err == nil {
		v.pages.Render(w, r, page)
	}
	return err
}

// importView is what that page shows.
type importView struct {
	Badge  string // as it was typed
	Offers []offer
	Code   bonafide.Code // why what was typed is refused, "" if it isn't
}

func (v *Verifier) importForm(r *http.Request, badge string, refused bonafide.Code) (web.Page, error) {
	offers, err := v.offers(r.Context(), "")
	title := v.pages.Say(r, "import-title", "Host", v.config.Origin.Host())
	return web.Page{Name: "import", Title: title, Data: importView{badge, offers, refused}}, err
}

// importBare answers whoever wants to have a badge's address itself imported: it never is.
func (v *Verifier) importBare(http.ResponseWriter, *http.Request) error {
	return bonafide.Errorf(bonafide.ConsentRequired, "badge", "grants nothing by itself; POST it to /import/start")
}

// previewPage says what a badge would count for.
func (v *Verifier) previewPage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	preview, err := v.Preview(r.Context(), form.Get("badge"))
	if err != nil {
		return v.previewFailed(w, r, form.Get("badge"), err)
	}
	if web.Negotiate(r, "text/html", "application/json") == "application/json" {
		web.JSON(w, http.StatusOK, preview)
		return nil
	}
	tables, err := v.tables(r.Context())
	if err != nil {
		return err
	}
	view := previewView{Preview: preview, Told: toldOf(preview.Mechanism, preview.Status)}
	for _, e := range preview.Explanations {
		for i := range e.Inputs {
			view.Over = view.Over || e.Inputs[i].Reason == bonafide.Revoked
			view.Verdicts = append(view.Verdicts, verdictView{v.verdict(would, tables, preview.Mechanism, &e.Inputs[i], preview.Status), e.Lines(web.Lang(r))})
		}
	}
	offers, err := v.offers(r.Context(), preview.Issuer)
	if err != nil {
		return err
	}
	for _, o := range offers {
		if o.Mechanism == preview.Status.Mechanism {
			o.Badge = preview.Badge
			view.Offer = o
		}
	}
	v.render(w, r, "preview", view, []bonafide.Origin{preview.Issuer}, "Host", preview.Issuer.Host())
	return nil
}

type previewView struct {
	*Preview
	Told     told
	Over     bool // the badge was withdrawn or suspended, or says something else by now
	Verdicts []verdictView
	Offer    offer
}

// verdictView is what something counts for under one of the site's mechanisms: in short, and in full.
type verdictView struct {
	Short []bonafide.Text
	Lines []string
}

// beginPage is where an issuer sends its members to import from it (initiate_import_uri): it shows a
// button, and asks the issuer nothing.
func (v *Verifier) beginPage(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	issuer, err := bonafide.ParseOrigin(query.Get("iss"))
	if err != nil {
		return err
	}
	tables, err := v.tables(r.Context())
	if err != nil {
		return err
	}
	if err := tables.recognise(issuer); err != nil {
		return v.importFailed(w, r, query.Get("mechanism"), query.Get("badge"), err)
	}
	offers, err := v.offers(r.Context(), issuer)
	if err != nil {
		return err
	}
	var chosen []offer
	for _, o := range offers {
		if mechanism := query.Get("mechanism"); mechanism == "" || mechanism == o.Mechanism {
			o.Badge = query.Get("badge")
			chosen = append(chosen, o)
		}
	}
	if len(chosen) == 0 {
		err := bonafide.Errorf(bonafide.NotRecognised, query.Get("mechanism"), "is named in no conversion table of this site")
		return v.importFailed(w, r, query.Get("mechanism"), query.Get("badge"), err)
	}
	v.render(w, r, "begin", chosen, issuers(chosen), "Host", issuer.Host())
	return nil
}

// start begins an import and sends the browser to the issuer.
func (v *Verifier) start(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	mechanism, badge, err := v.asked(r.Context(), form)
	if err != nil {
		return v.importFailed(w, r, form.Get("mechanism"), form.Get("badge"), err)
	}
	issuer, err := bonafide.OriginOf(mechanism)
	if err != nil {
		return err
	}
	account, ok, err := v.signedIn(w, r, beginAddress(issuer, mechanism, badge))
	if !ok {
		return err
	}
	browser := v.browser(r)
	if browser == "" {
		browser = oauth.Random()
	}
	address, err := v.begin(r.Context(), account.ID, browser, mechanism, badge)
	if err != nil {
		return v.importFailed(w, r, mechanism, badge, err)
	}
	http.SetCookie(w, &http.Cookie{
		Name: v.cookieName(), Value: browser, Path: "/", MaxAge: int(flowLife.Seconds()),
		HttpOnly: true, Secure: v.secure(), SameSite: http.SameSiteLaxMode,
	})
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// asked reads from the form which mechanism to import from: the one named (mechanism), that of the badge
// named (badge), or the only one of the issuer named (issuer).
func (v *Verifier) asked(ctx context.Context, form url.Values) (mechanism, badge string, err error) {
	mechanism = form.Get("mechanism")
	if form.Get("badge") != "" {
		badge = fetch.BadgeAddress(form.Get("badge"))
	}
	switch {
	case mechanism != "":
		return mechanism, badge, nil
	case badge != "":
		preview, err := v.Preview(ctx, badge)
		if err != nil {
			return "", "", err
		}
		return preview.Status.Mechanism, badge, nil
	}
	issuer, err := bonafide.ParseOrigin(form.Get("issuer"))
	if err != nil {
		return "", "", err
	}
	tables, err := v.tables(ctx)
	if err != nil {
		return "", "", err
	}
	if err := tables.recognise(issuer); err != nil {
		return "", "", err
	}
	mechanisms := tables.mechanisms(issuer)
	if len(mechanisms) != 1 {
		return "", "", bonafide.Errorf(bonafide.BadValue, "mechanism", "is needed: this site recognises %d of %s", len(mechanisms), issuer)
	}
	return mechanisms[0], "", nil
}

// callback takes the issuer's answer: the redirect address of the flow.
func (v *Verifier) callback(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	account, ok, err := v.signedIn(w, r, "")
	if !ok {
		return err
	}
	f, err := v.claim(r.Context(), query.Get("state"), v.browser(r), account.ID, query.Get("iss"))
	if err != nil {
		return v.importFailed(w, r, "", "", err)
	}
	id, err := v.take(r.Context(), f, query)
	if err != nil {
		return v.importFailed(w, r, f.Details.Mechanism, f.Details.Badge, err)
	}
	v.tell(r.Context())
	http.Redirect(w, r, "/standing?"+url.Values{"imported": {id}}.Encode(), http.StatusSeeOther)
	return nil
}

// take takes what an issuer answered to a claimed flow, and returns the id of the import.
func (v *Verifier) take(ctx context.Context, f flow, query url.Values) (id string, err error) {
	code, err := oauth.ReadAnswer(query, f.Issuer)
	if err != nil {
		return "", err
	}
	return v.finish(ctx, f, code)
}

func (v *Verifier) secure() bool { return strings.HasPrefix(string(v.config.Origin), "https://") }

// cookieName returns the name of the cookie that binds a flow to its browser. With the prefix, no other
// host can set it (RFC 6265bis, section 4.1.3.2).
func (v *Verifier) cookieName() string {
	if v.secure() {
		return "__Host-bonafide-import"
	}
	return "bonafide-import"
}

// browser returns the request's cookie, "" if it has none.
func (v *Verifier) browser(r *http.Request) string {
	cookie, err := r.Cookie(v.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}
