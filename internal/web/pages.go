package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"html"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
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
	limits    *limits
	tell      func(Answered) // see [Pages.Watch]
	forms     map[string]func(error) (status int, body any)
}

// Page is one page to render.
type Page struct {
	Status int    // 200 if 0
	Name   string // the template: NAME.html, which defines NAME
	Title  string
	Data   any
	FormTo []bonafide.Origin // other sites that this page's forms may lead to
	Head   string            // a template of the same data for the page's <head>; "": none
	Script string            // the address on this site of a module that adds to the page; "": none

	refused *refusal // why the form that led here was; see [Pages.Again]
}

// view is what the layout sees.
type view struct {
	Site, Title string
	Lang        bonafide.Lang
	Other       string // this page in the other language; "" for the answer to a form, which can't be had again
	Head, Body  template.HTML
	Script      string
	Refused     *refusal
}

// NewPages reads the *.html and the messages of folder. Templates have the functions t (a message of
// the catalogue with its fields), named (a message whose field Name is what
// somebody is called), in (a [bonafide.Text] in the page's language), shown ([bonafide.Visible]), date and month (in words), and lang. The template explanation lists sentences, the first of which says it all.
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
		limits:    newLimits(Limits{}),
		tell:      func(Answered) {},
		forms:     map[string]func(error) (int, any){},
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
		"named": func(id, name string, fields ...any) template.HTML { return named(catalog, lang, id, name, fields) },
		"in":    func(t bonafide.Text) string { return t.In(lang) },
		"lang":  func() bonafide.Lang { return lang },
		"shown": bonafide.Visible,
		"style": func() template.CSS { return style },
		"date": func(t time.Time) string {
			return catalog.Say(lang, "date", "Day", t.UTC().Day(), "Month", month(t), "Year", t.UTC().Year())
		},
		"month": func(m bonafide.Month) string {
			return catalog.Say(lang, "month", "Month", month(m.Time()), "Year", m.Time().Year())
		},
	}
}

// named returns a message whose field Name is a name, "" for none: as text, whose direction ends with it.
func named(catalog *text.Catalog, lang bonafide.Lang, id, name string, fields []any) template.HTML {
	const place = "\ue000" // of private use: no message has it
	stands := place
	if name == "" {
		stands = ""
	}
	said := html.EscapeString(catalog.Say(lang, id, append(fields, "Name", stands)...))
	return template.HTML(strings.ReplaceAll(said, place, "<bdi>"+html.EscapeString(bonafide.ShownName(name))+"</bdi>"))
}

// Say returns a message of the catalogue in the language of the request.
func (p *Pages) Say(r *http.Request, id string, fields ...any) string {
	return p.catalog.Say(Lang(r), id, fields...)
}

// Knows tells whether the catalogue has such a message.
func (p *Pages) Knows(id string) bool { return p.catalog.Knows(id) }

// Both returns a message of the catalogue in both languages.
func (p *Pages) Both(id string, fields ...any) bonafide.Text { return p.catalog.Both(id, fields...) }

// Render answers with the page.
func (p *Pages) Render(w http.ResponseWriter, r *http.Request, page Page) {
	lang := Lang(r)
	var err error
	fill := func(name string, data any) template.HTML {
		var filled bytes.Buffer
		if err == nil && name != "" {
			err = p.templates[lang].ExecuteTemplate(&filled, name, data)
		}
		return template.HTML(filled.String())
	}
	whole := fill("layout", view{
		Site: p.site, Title: page.Title, Lang: lang, Other: otherLang(r, lang),
		Head: fill(page.Head, page.Data), Body: fill(page.Name, page.Data), Script: page.Script, Refused: page.refused,
	})
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
	h.Set("Content-Security-Policy", p.policy(page))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(lang))
	h.Add("Vary", "Accept, Accept-Language, Cookie")
	h.Set("Referrer-Policy", "same-origin")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(max(page.Status, http.StatusOK))
	io.WriteString(w, string(whole))
}

// policy returns the page's content security policy (CSP Level 3): a page without a script runs none.
func (p *Pages) policy(page Page) string {
	policy := p.csp
	for _, origin := range page.FormTo {
		policy += " " + string(origin)
	}
	if page.Script != "" {
		policy += "; script-src 'self'; connect-src 'self'"
	}
	return policy
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

// statusLeft stands in figures and the log for a client that went away before it was answered, as nginx has it.
const statusLeft = 499

// Fail answers with what went wrong: in the form that goes with the path ([Pages.FailAs]), as a page to who asks for one,
// otherwise as a problem document. Errors that aren't meant for peers are logged and told as internal. That a
// client went away is no error, and nobody is there to be told.
func (p *Pages) Fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && errors.Is(r.Context().Err(), context.Canceled) {
		w.WriteHeader(statusLeft)
		return
	}
	if bonafide.CodeOf(err) == bonafide.Internal {
		p.log.Error("request failed", "route", r.Pattern, "error", err)
	}
	p.refuse(w, r, told(err))
}

// refuse answers so, and logs nothing.
func (p *Pages) refuse(w http.ResponseWriter, r *http.Request, err error) {
	Refuse(w.Header(), bonafide.CodeOf(err))
	if form := p.forms[r.URL.Path]; form != nil {
		status, body := form(err)
		JSON(w, status, body)
		return
	}
	if !WantsPage(r) {
		Problem(w, err)
		return
	}
	problem := ProblemOf(err)
	lang := Lang(r)
	p.Render(w, r, Page{Status: problem.Status, Name: "problem", Title: problem.Code.Meaning().Sentence.In(lang), Data: problem})
}

// FailAs has [Pages.Fail] answer at that path in JSON of another form than problem documents, whatever is wrong.
func (p *Pages) FailAs(path string, form func(error) (status int, body any)) { p.forms[path] = form }
