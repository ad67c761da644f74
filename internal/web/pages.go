package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"bonafide.example"
	"bonafide.example/internal/text"
)

//go:embed layout.html style.css messages.*.json
var files embed.FS

// Pages renders the pages of one role: templates in English and French over one layout, with no
// script and nothing from elsewhere.
type Pages struct {
	site      string
	log       *slog.Logger
	catalog   *text.Catalog
	templates map[bonafide.Lang]*template.Template
	csp       string
}

// Page is one page to render.
type Page struct {
	Status int    // 200 if 0
	Name   string // the template: NAME.html, which defines NAME
	Title  string
	Data   any
	FormTo []bonafide.Origin // other sites that this page's forms may lead to
}

// view is what the layout sees.
type view struct {
	Site, Title string
	Lang        bonafide.Lang
	Other       string // this page in the other language; "" for the answer to a form, which can't be had again
	Body        template.HTML
}

// NewPages reads the *.html and the messages of folder. Templates have the functions t (a message of
// the catalogue with its fields), in (a [bonafide.Text] in the page's language), date and month (in
// words), and lang. The template explanation lists sentences, the first of which says it all.
func NewPages(site string, log *slog.Logger, folder fs.FS) (*Pages, error) {
	catalog, err := text.New(files, folder)
	if err != nil {
		return nil, err
	}
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(style)
	p := &Pages{
		site:      site,
		log:       log,
		catalog:   catalog,
		templates: map[bonafide.Lang]*template.Template{},
		csp: "default-src 'none'; img-src 'self'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
	}
	for _, lang := range []bonafide.Lang{bonafide.English, bonafide.French} {
		t := template.New("").Funcs(functions(catalog, lang, template.CSS(style)))
		if t, err = t.ParseFS(files, "layout.html"); err != nil {
			return nil, err
		}
		if t, err = t.ParseFS(folder, "*.html"); err != nil {
			return nil, err
		}
		p.templates[lang] = t
	}
	return p, nil
}

func functions(catalog *text.Catalog, lang bonafide.Lang, style template.CSS) template.FuncMap {
	month := func(t time.Time) string { return catalog.Say(lang, "month-"+t.UTC().Format("01")) }
	return template.FuncMap{
		"t":     func(id string, fields ...any) string { return catalog.Say(lang, id, fields...) },
		"in":    func(t bonafide.Text) string { return t.In(lang) },
		"lang":  func() bonafide.Lang { return lang },
		"style": func() template.CSS { return style },
		"date": func(t time.Time) string {
			return catalog.Say(lang, "date", "Day", t.UTC().Day(), "Month", month(t), "Year", t.UTC().Year())
		},
		"month": func(m bonafide.Month) string {
			return catalog.Say(lang, "month", "Month", month(m.Time()), "Year", m.Time().Year())
		},
	}
}

// Say returns a message of the catalogue in the language of the request.
func (p *Pages) Say(r *http.Request, id string, fields ...any) string {
	return p.catalog.Say(Lang(r), id, fields...)
}

// Both returns a message of the catalogue in both languages.
func (p *Pages) Both(id string, fields ...any) bonafide.Text { return p.catalog.Both(id, fields...) }

// Render answers with the page.
func (p *Pages) Render(w http.ResponseWriter, r *http.Request, page Page) {
	lang := Lang(r)
	var body, whole bytes.Buffer
	err := p.templates[lang].ExecuteTemplate(&body, page.Name, page.Data)
	if err == nil {
		err = p.templates[lang].ExecuteTemplate(&whole, "layout", view{
			Site: p.site, Title: page.Title, Lang: lang, Other: otherLang(r, lang), Body: template.HTML(body.String()),
		})
	}
	if err != nil {
		p.log.Error("page", "name", page.Name, "error", err)
		Refuse(w.Header(), bonafide.Internal)
		http.Error(w, bonafide.Internal.Meaning().Sentence.In(lang), http.StatusInternalServerError)
		return
	}
	if _, asked := askedLang(r); asked {
		http.SetCookie(w, &http.Cookie{Name: langCookie, Value: string(lang), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	h := w.Header()
	csp := p.csp
	for _, origin := range page.FormTo {
		csp += " " + string(origin)
	}
	h.Set("Content-Security-Policy", csp)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(lang))
	h.Add("Vary", "Accept, Accept-Language, Cookie")
	h.Set("Referrer-Policy", "same-origin")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(max(page.Status, http.StatusOK))
	w.Write(whole.Bytes())
}

func otherLang(r *http.Request, lang bonafide.Lang) string {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return ""
	}
	query := r.URL.Query()
	if lang == bonafide.French {
		query.Set("lang", string(bonafide.English))
	} else {
		query.Set("lang", string(bonafide.French))
	}
	return "?" + query.Encode()
}

// Fail answers with what went wrong: as a page to who asks for one, otherwise as a problem document.
// Errors that aren't meant for peers are logged and told as internal.
func (p *Pages) Fail(w http.ResponseWriter, r *http.Request, err error) {
	if bonafide.CodeOf(err) == bonafide.Internal {
		p.log.Error("request failed", "route", r.Pattern, "error", err)
	}
	if !WantsPage(r) {
		Problem(w, err)
		return
	}
	problem := ProblemOf(err)
	Refuse(w.Header(), problem.Code)
	lang := Lang(r)
	p.Render(w, r, Page{Status: problem.Status, Name: "problem", Title: problem.Code.Meaning().Sentence.In(lang), Data: problem})
}
