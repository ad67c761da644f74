package complaint

import (
	"net/http"

	"bonafide.example"
	"bonafide.example/internal/web"
)

// AdminPaths returns the patterns under which [Desk.Admin] is to be mounted beside other handlers.
func AdminPaths() []string { return []string{"/admin/complaints", "/admin/complaints/"} }

// Admin answers the administrator: a JSON API under /admin/. It asks for no authentication; whoever
// serves it does, or serves it where nobody else can reach it.
//
//	GET  /admin/complaints?state=&after=  the first 500 complaints, or of one [State]; with the id of a complaint, those after it
//	GET  /admin/complaints/{id}           one [Complaint], as the next two answer
//	POST /admin/complaints/{id}/look      notes that somebody looks at it
//	POST /admin/complaints/{id}/decide    {"founded": …, "words": …}: answers it
func (d *Desk) Admin() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, serve func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, d.pages.Answer(func(w http.ResponseWriter, r *http.Request) error {
			answer, err := serve(r)
			if err == nil {
				web.JSON(w, http.StatusOK, answer)
			}
			return err
		}))
	}
	handle("GET /admin/complaints", d.adminList)
	handle("GET /admin/complaints/{id}", func(r *http.Request) (any, error) { return d.Complaint(r.Context(), r.PathValue("id")) })
	handle("POST /admin/complaints/{id}/look", func(r *http.Request) (any, error) { return d.Look(r.Context(), r.PathValue("id")) })
	handle("POST /admin/complaints/{id}/decide", d.adminDecide)
	return mux
}

func (d *Desk) adminList(r *http.Request) (any, error) {
	query, err := web.Query(r)
	if err != nil {
		return nil, err
	}
	switch state := State(query.Get("state")); state {
	case "", StateReceived, StateLooked, StateFounded, StateUnfounded, StateGone:
		return d.Complaints(r.Context(), state, query.Get("after"))
	default:
		return nil, bonafide.Errorf(bonafide.BadValue, "state", "%q is not received, looked-at, founded, unfounded or gone", string(state))
	}
}

// decision is the body of a request to decide.
type decision struct {
	Founded *bool  `json:"founded"`
	Words   string `json:"words"`
}

func (d *Desk) adminDecide(r *http.Request) (any, error) {
	body, err := web.Decode[decision](r)
	if err != nil {
		return nil, err
	}
	if body.Founded == nil {
		return nil, bonafide.Errorf(bonafide.BadValue, "founded", "is missing")
	}
	return d.Decide(r.Context(), r.PathValue("id"), *body.Founded, body.Words)
}
