package site

import (
	"io/fs"
	"net/http"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/js"
)

// scripts answers for the scripts of badges. Those of an edition never change, so that a page may name one by its hash; the
// newest stand beside, for whoever copies them.
func (s *Site) scripts(mux *http.ServeMux) {
	serve := func(cache string) http.HandlerFunc {
		return s.pages.Answer(func(w http.ResponseWriter, r *http.Request) error { return serveScript(w, r, cache) })
	}
	mux.HandleFunc("GET "+js.Path+js.Edition+"/{script}", serve("public, max-age=31536000, immutable"))
	mux.HandleFunc("GET "+js.Path+"{script}", serve("public, max-age=300"))
}

func serveScript(w http.ResponseWriter, r *http.Request, cache string) error {
	text, err := fs.ReadFile(js.FS, "dist/"+r.PathValue("script")) // which takes no path that leads out
	if err != nil {
		return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no script").Because(err)
	}
	web.Public(w.Header(), cache)
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Write(text)
	return nil
}
