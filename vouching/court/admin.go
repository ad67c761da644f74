package court

import (
	"net/http"

	"bonafide.example"
	"bonafide.example/internal/web"
)

// AdminPaths returns the patterns under which [Court.Admin] is to be mounted beside other handlers.
func AdminPaths() []string { return []string{"/admin/cases", "/admin/cases/", "/admin/rulings"} }

// Admin answers the administrator: a JSON API under /admin/. It asks for no authentication; whoever
// serves it does, or serves it where nobody else can reach it.
//
//	POST /admin/cases             a [Report]; answers the [Case], as the others do
//	GET  /admin/cases?state=      all cases, or those of one [State], the nearest deadline first
//	GET  /admin/cases/{id}
//	POST /admin/cases/{id}/appeal {"words": …}: contests it on the member's behalf
//	POST /admin/cases/{id}/ruling {"decision": …, "class": …, "reason": …}: the site's own arbiter rules
//	POST /admin/rulings           {"ruling": …}: takes a ruling, as POST /rulings does
func (c *Court) Admin() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, serve func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, c.pages.Answer(func(w http.ResponseWriter, r *http.Request) error {
			answer, err := serve(r)
			if err == nil {
				web.JSON(w, http.StatusOK, answer)
			}
			return err
		}))
	}
	handle("POST /admin/cases", c.adminReport)
	handle("GET /admin/cases", c.adminCases)
	handle("GET /admin/cases/{id}", func(r *http.Request) (any, error) { return c.Case(r.Context(), r.PathValue("id")) })
	handle("POST /admin/cases/{id}/appeal", c.adminAppeal)
	handle("POST /admin/cases/{id}/ruling", c.adminDecide)
	handle("POST /admin/rulings", c.adminRule)
	handle("/admin/", func(r *http.Request) (any, error) {
		return nil, bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is not in the admin API, or not with %s", r.Method)
	})
	return mux
}

func (c *Court) adminReport(r *http.Request) (any, error) {
	report, err := web.Decode[Report](r)
	if err != nil {
		return nil, err
	}
	return c.Report(r.Context(), report)
}

func (c *Court) adminCases(r *http.Request) (any, error) {
	query, err := web.Query(r)
	if err != nil {
		return nil, err
	}
	switch state := State(query.Get("state")); state {
	case "", StateReported, StateContested, StateFinal, StateDismissed, StateVoid, StateReversed:
		return c.Cases(r.Context(), state)
	default:
		return nil, bonafide.Errorf(bonafide.BadValue, "state", "%q is not reported, contested, final, dismissed, void or reversed", string(state))
	}
}

// appealed is the body of a request to contest a case.
type appealed struct {
	Words string `json:"words"`
}

func (c *Court) adminAppeal(r *http.Request) (any, error) {
	body, err := web.Decode[appealed](r)
	if err != nil {
		return nil, err
	}
	k, err := c.Case(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return c.Appeal(r.Context(), k.Member, k.ID, body.Words)
}

// decided is the body of a request to rule as the site's own arbiter.
type decided struct {
	Decision bonafide.Decision `json:"decision"`
	Class    string            `json:"class,omitzero"`
	Reason   string            `json:"reason"`
}

func (c *Court) adminDecide(r *http.Request) (any, error) {
	body, err := web.Decode[decided](r)
	if err != nil {
		return nil, err
	}
	return c.Decide(r.Context(), r.PathValue("id"), body.Decision, body.Class, body.Reason)
}

// ruled is the body of a request to take a ruling.
type ruled struct {
	Ruling string `json:"ruling"`
}

func (c *Court) adminRule(r *http.Request) (any, error) {
	body, err := web.Decode[ruled](r)
	if err != nil {
		return nil, err
	}
	return c.Rule(r.Context(), body.Ruling)
}
