package web

import (
	"errors"
	"net/http"

	"bonafide.example"
)

// refusal is why a form was refused, in words for who filled it in.
type refusal struct {
	Code       bonafide.Code
	What, Mend string
}

// Again answers a form that was refused with the page that the form is on. What is wrong and how to mend it stands
// first, and page.Data keeps what was typed. A package says it in words of its own by the messages
// refused-CODE-FIELD, of the field at fault, or refused-CODE, each with a second one that ends in -mend. Programs
// are answered as by [Pages.Fail], and so is everybody if the fault is the site's.
func (p *Pages) Again(w http.ResponseWriter, r *http.Request, page Page, err error) {
	if !WantsPage(r) || bonafide.CodeOf(err) == bonafide.Internal {
		p.Fail(w, r, err)
		return
	}
	var told *bonafide.Error
	errors.As(err, &told)
	meaning, lang := told.Code.Meaning(), Lang(r)
	page.Status, page.refused = meaning.Status, &refusal{told.Code, meaning.Sentence.In(lang), meaning.Mend.In(lang)}
	for _, id := range []string{"refused-" + string(told.Code) + "-" + told.Subject, "refused-" + string(told.Code)} {
		if p.catalog.Knows(id) && p.catalog.Knows(id+"-mend") { // a field's name may come from outside
			page.refused = &refusal{told.Code, p.Say(r, id), p.Say(r, id+"-mend")}
			break
		}
	}
	Refuse(w.Header(), told.Code)
	p.Render(w, r, page)
}
