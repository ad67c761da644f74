package issuer

import (
	"bytes"
	"net/http"

	"bonafide.example"
	"bonafide.example/internal/web"
)

// Admin answers the administrator: a JSON API under /admin/. It asks for no authentication; whoever
// serves it does, or serves it where nobody else can reach it.
//
//	POST   /admin/events                          one event as application/json, or several as application/x-ndjson, all or none
//	POST   /admin/imports/{id}                    a [Batch]
//	GET    /admin/imports/{id}                    how far it has come
//	GET    /admin/members?after=                  a [MemberPage]
//	GET    /admin/members/{id}                    a [Holding]
//	GET    /admin/members/{id}/export             a [Holding] with everything that is held
//	DELETE /admin/members/{id}                    erases, and answers an [Erased]
//	GET    /admin/members/{id}/events/{event}     what cancelling the event would change: a [Cancellation]
//	DELETE /admin/members/{id}/events/{event}     cancels it, and answers the same
//	POST   /admin/members/{id}/suspend
//	POST   /admin/members/{id}/restore
//	POST   /admin/members/{id}/refresh            asks the host anew under each mechanism that it rules
//	POST   /admin/members/{id}/badges/{mechanism} publishes; a body {"name": …} says what the page calls the member
//	DELETE /admin/members/{id}/badges/{mechanism} withdraws
//	GET    /admin/mechanisms/{mechanism}          its newest version
//	POST   /admin/badges/{mechanism}              publishes for everybody who never had one; answers a [PublishedAll]
//	GET    /admin/badges/{mechanism}?after=       a [BadgePage]
func (i *Issuer) Admin() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, serve func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, i.pages.Answer(func(w http.ResponseWriter, r *http.Request) error {
			answer, err := serve(r)
			if err == nil {
				web.JSON(w, http.StatusOK, answer)
			}
			return err
		}))
	}
	handle("POST /admin/events", i.adminEvents)
	handle("POST /admin/imports/{id}", i.adminImport)
	handle("GET /admin/imports/{id}", i.adminImported)
	handle("GET /admin/members", i.adminMembers)
	handle("GET /admin/members/{id}", i.adminMember)
	handle("GET /admin/members/{id}/export", func(r *http.Request) (any, error) { return i.Export(r.Context(), r.PathValue("id")) })
	handle("DELETE /admin/members/{id}", i.adminErase)
	handle("GET /admin/members/{id}/events/{event}", i.adminCancelling)
	handle("DELETE /admin/members/{id}/events/{event}", i.adminCancel)
	handle("POST /admin/members/{id}/suspend", func(r *http.Request) (any, error) {
		return i.afterwards(r, i.Suspend(r.Context(), r.PathValue("id")))
	})
	handle("POST /admin/members/{id}/restore", func(r *http.Request) (any, error) {
		return i.afterwards(r, i.Restore(r.Context(), r.PathValue("id")))
	})
	handle("POST /admin/members/{id}/refresh", func(r *http.Request) (any, error) {
		return i.afterwards(r, i.refreshAll(r))
	})
	handle("POST /admin/members/{id}/badges/{mechanism}", i.adminPublish)
	handle("DELETE /admin/members/{id}/badges/{mechanism}", func(r *http.Request) (any, error) {
		return i.afterwards(r, i.WithdrawBadge(r.Context(), r.PathValue("mechanism"), r.PathValue("id")))
	})
	handle("GET /admin/mechanisms/{mechanism}", i.adminMechanism)
	handle("POST /admin/badges/{mechanism}", i.adminPublishAll)
	handle("GET /admin/badges/{mechanism}", i.adminBadges)
	handle("/admin/", func(r *http.Request) (any, error) {
		return nil, bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is not in the admin API, or not with %s", r.Method)
	})
	return mux
}

// Recorded answers a request that records events.
type Recorded struct {
	Recorded int `json:"recorded"` // how many were new
}

// Imported answers how far an import has come.
type Imported struct {
	Rows int64 `json:"rows"`
}

func (i *Issuer) adminEvents(r *http.Request) (any, error) {
	var events []Event
	switch one, err := web.Body(r, "application/json", web.MaxBody); {
	case err == nil:
		e, err := bonafide.Parse[Event](one)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	case bonafide.CodeOf(err) != bonafide.BadContentType:
		return nil, err
	default:
		many, err := web.Body(r, "application/x-ndjson", web.MaxBody)
		if err != nil {
			return nil, err
		}
		err = ReadEvents(bytes.NewReader(many), ReadFormat{NDJSON: true}, func(_ int64, e Event) error {
			events = append(events, e)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	recorded, err := i.Record(r.Context(), events...)
	return Recorded{recorded}, err
}

func (i *Issuer) adminImport(r *http.Request) (any, error) {
	batch, err := web.Decode[Batch](r)
	if err != nil {
		return nil, err
	}
	if batch.Import != r.PathValue("id") {
		return nil, bonafide.Errorf(bonafide.BadValue, "import", "is not the one that the address names")
	}
	recorded, err := i.RecordBatch(r.Context(), batch)
	return Recorded{recorded}, err
}

func (i *Issuer) adminImported(r *http.Request) (any, error) {
	rows, err := i.ImportedRows(r.Context(), r.PathValue("id"))
	return Imported{rows}, err
}

func (i *Issuer) adminMember(r *http.Request) (any, error) {
	return i.Holding(r.Context(), r.PathValue("id"))
}

// Erased answers that nothing is held on somebody any more.
type Erased struct {
	Erased string `json:"erased"` // the member's id
}

func (i *Issuer) adminErase(r *http.Request) (any, error) {
	member := r.PathValue("id")
	return Erased{member}, i.Erase(r.Context(), member)
}

// afterwards answers with what is held on the member after a change.
func (i *Issuer) afterwards(r *http.Request, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return i.adminMember(r)
}

func (i *Issuer) refreshAll(r *http.Request) error {
	for _, slug := range i.Slugs() {
		if err := i.Refresh(r.Context(), slug, r.PathValue("id")); err != nil {
			return err
		}
	}
	return nil
}

// published is the body of a request to publish a badge.
type published struct {
	Name string `json:"name"`
}

func (i *Issuer) adminPublish(r *http.Request) (any, error) {
	body, err := web.Decode[published](r)
	if err != nil {
		return nil, err
	}
	_, err = i.PublishBadge(r.Context(), r.PathValue("mechanism"), r.PathValue("id"), body.Name)
	return i.afterwards(r, err)
}
