package web

import (
	"net/http"
	"strings"

	"bonafide.example"
)

// Answer makes a handler of a function that may fail; see [Pages.Fail].
func (p *Pages) Answer(serve func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := serve(w, r); err != nil {
			p.Fail(w, r, err)
		}
	}
}

// ToMember makes a handler of what answers a signed-in member. Who isn't signed in is sent to do so if they
// came to see a page, and refused if they came to change something or for JSON. Within a hardened handler each counts
// against the member's [Limits].
func (p *Pages) ToMember(signIn bonafide.SignIn, serve func(w http.ResponseWriter, r *http.Request, member bonafide.Account) error) http.HandlerFunc {
	return p.Answer(func(w http.ResponseWriter, r *http.Request) error {
		member, ok := signIn.Account(r)
		switch {
		case ok:
			if err := Charge(w, member.ID); err != nil {
				return err
			}
			return serve(w, r, member)
		case r.Method == http.MethodPost || strings.HasSuffix(r.URL.Path, ".json"):
			return bonafide.Errorf(bonafide.SignInRequired, r.URL.Path, "is for members")
		}
		http.Redirect(w, r, signIn.Address(r.URL.RequestURI()), http.StatusSeeOther)
		return nil
	})
}
