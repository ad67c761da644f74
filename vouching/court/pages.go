package court

import (
	"net/http"
	"net/url"

	"bonafide.example"
	"bonafide.example/internal/web"
)

const casesPath, rulingsPath = "/cases", "/rulings"

// Paths returns the patterns under which [Court.Handler] is to be mounted beside other handlers.
func Paths() []string { return []string{casesPath, casesPath + "/", rulingsPath} }

// Handler answers members, who see their own cases at /cases, and arbiters, who send rulings to /rulings. It
// refuses changes that pages of other sites send.
func (c *Court) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+casesPath, c.toMember(c.listPage))
	mux.HandleFunc("GET "+casesPath+"/{id}", c.toMember(c.casePage))
	mux.HandleFunc("POST "+casesPath+"/{id}/contest", c.toMember(c.contestMine))
	mux.HandleFunc("POST "+casesPath+"/{id}/accept", c.toMember(c.acceptMine))
	mux.HandleFunc("POST "+rulingsPath, c.pages.Answer(c.takeRuling))
	return c.pages.Harden(mux)
}

// toMember makes a handler for members alone; see [web.Pages.ToMember].
func (c *Court) toMember(serve func(w http.ResponseWriter, r *http.Request, member string) error) http.HandlerFunc {
	return c.pages.ToMember(c.SignIn, func(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
		return serve(w, r, member.ID)
	})
}

func casePath(id string) string { return casesPath + "/" + url.PathEscape(id) }

// listPage shows the member their cases.
func (c *Court) listPage(w http.ResponseWriter, r *http.Request, member string) error {
	cases, err := c.casesFor(r.Context(), member)
	if err != nil {
		return err
	}
	views := make([]caseView, len(cases))
	for n, k := range cases {
		if views[n], err = c.view(r.Context(), k); err != nil {
			return err
		}
	}
	c.pages.Render(w, r, web.Page{Name: "cases", Title: c.pages.Say(r, "cases-title"), Data: views})
	return nil
}

// casePage shows the member one of their cases, and what can be done about it.
func (c *Court) casePage(w http.ResponseWriter, r *http.Request, member string) error {
	page, _, err := c.pageOf(r, member)
	if err == nil {
		c.pages.Render(w, r, page)
	}
	return err
}

// pageOf returns that page, and what it shows.
func (c *Court) pageOf(r *http.Request, member string) (page web.Page, view *caseView, err error) {
	k, err := c.Case(r.Context(), r.PathValue("id"))
	if err != nil {
		return page, nil, err
	}
	if k.Member != member {
		return page, nil, noCase(k.ID)
	}
	of, err := c.view(r.Context(), k)
	if err != nil {
		return page, nil, err
	}
	of.Typed = of.Appeal
	title := "case-title"
	if of.Site != "" {
		title = "case-title-elsewhere"
	}
	return web.Page{Name: "case", Title: c.pages.Say(r, title), Data: &of}, &of, nil
}

func (c *Court) contestMine(w http.ResponseWriter, r *http.Request, member string) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if _, refused := c.Appeal(r.Context(), member, r.PathValue("id"), form.Get("words")); refused != nil {
		return c.again(w, r, member, form.Get("words"), refused)
	}
	http.Redirect(w, r, casePath(r.PathValue("id")), http.StatusSeeOther)
	return nil
}

// again shows the case with why what the member wanted was refused, and the words that they typed.
func (c *Court) again(w http.ResponseWriter, r *http.Request, member, typed string, refused error) error {
	page, view, err := c.pageOf(r, member)
	if err != nil {
		return err
	}
	view.Typed = typed
	c.pages.Again(w, r, page, refused)
	return nil
}

func (c *Court) acceptMine(w http.ResponseWriter, r *http.Request, member string) error {
	if _, refused := c.Accept(r.Context(), member, r.PathValue("id")); refused != nil {
		return c.again(w, r, member, "", refused)
	}
	http.Redirect(w, r, casePath(r.PathValue("id")), http.StatusSeeOther)
	return nil
}

// RulingAnswer answers an arbiter whose ruling was taken.
type RulingAnswer struct {
	Case  string `json:"case"`
	State State  `json:"state"` // where the case stands now
}

// takeRuling takes a ruling from whoever delivers it.
func (c *Court) takeRuling(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	k, err := c.Rule(r.Context(), form.Get("ruling"))
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, RulingAnswer{k.ID, k.State})
	return nil
}

// RulingEndpoint returns the address for the issuer's metadata ([bonafide.IssuerMetadata].Rulings).
func (c *Court) RulingEndpoint() string { return string(c.Origin) + rulingsPath }
