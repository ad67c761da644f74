package site

import (
	"net/http"
	"slices"

	"bonafide.example"
	"bonafide.example/complaint"
	"bonafide.example/issuer"
	"bonafide.example/verifier"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/desk"
	"bonafide.example/vouching/refer"
)

// Handler serves everything public: both roles, the documents under /.well-known, the spec of what it speaks, a home
// page, and /livez and /readyz for who watches over the server.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	s.routes(mux)
	if s.Verifier != nil {
		mount(mux, s.Verifier.Handler(), verifier.Paths())
	}
	if s.Issuer != nil {
		mount(mux, s.Issuer.Handler(), issuer.Paths())
	}
	if s.Desk != nil {
		mount(mux, s.Desk.Handler(), desk.Paths())
		mount(mux, s.Court.Handler(), court.Paths())
		mount(mux, s.Refer.Handler(), refer.Paths())
	}
	mount(mux, s.Complaints.Handler(), complaint.Paths())
	return s.draining(s.pages.Harden(mux))
}

// Admin serves the administration of both roles. Whoever listens for it must let nobody else in. Beside what the roles
// have, it answers at /admin/overview with an [Overview], at /admin/log?before= with an [ActPage], at /admin/backup with a
// backup (package backup), at /admin/readiness with a [Readiness] and at /metrics with figures for Prometheus.
func (s *Site) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /admin/overview", s.pages.Answer(s.adminOverview))
	mux.HandleFunc("GET /admin/log", s.pages.Answer(s.adminLog))
	mux.HandleFunc("GET /admin/backup", s.adminBackup)
	mux.Handle("GET /metrics", s.metrics.Handler())
	mux.HandleFunc("GET /admin/readiness", s.pages.Answer(s.adminReadiness))
	if s.Verifier != nil {
		mount(mux, s.Verifier.Admin(), verifier.AdminPaths())
	} else {
		mount(mux, s.lacking("this site isn't a verifier, as its roles are set"), verifier.AdminPaths())
	}
	if s.Issuer != nil {
		mount(mux, s.Issuer.Admin(), issuer.AdminPaths())
	} else {
		mount(mux, s.lacking("this site isn't an issuer, as its roles are set"), issuer.AdminPaths())
	}
	if s.Desk != nil {
		mount(mux, s.Desk.Admin(), desk.AdminPaths())
		mount(mux, s.Court.Admin(), court.AdminPaths())
		mount(mux, s.Refer.Admin(), refer.AdminPaths())
	} else if s.Issuer != nil {
		mount(mux, s.lacking("no mechanism of this site has terms for vouching"), slices.Concat(desk.AdminPaths(), court.AdminPaths(), refer.AdminPaths()))
	}
	mount(mux, s.Complaints.Admin(), complaint.AdminPaths())
	return s.pages.Apart().Harden(s.logging(mux))
}

// lacking refuses what only a site of another kind has, and says why.
func (s *Site) lacking(why string) http.Handler {
	return s.pages.Answer(func(_ http.ResponseWriter, r *http.Request) error {
		return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "%s", why)
	})
}

func mount(mux *http.ServeMux, handler http.Handler, paths []string) {
	for _, path := range paths {
		mux.Handle(path, handler)
	}
}
