package site

import (
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"bonafide.example"
	"bonafide.example/internal/chapters"
	"bonafide.example/internal/web"
	"bonafide.example/spec"
)

// specification serves what a site speaks: the chapters of the spec as pages and, with .md, as they are written, and
// the schemas with .json.
type specification struct {
	pages    *web.Pages
	folder   fs.FS // chapters, and the schemas in schema/
	chapters func() ([]chapters.Chapter, error)
}

const specPath = "/spec/v1/"

// newSpecification makes no page before one is asked for: most processes that have a site show none.
func newSpecification(pages *web.Pages) (*specification, error) {
	folder, err := fs.Sub(spec.FS, "v1")
	if err != nil {
		return nil, err
	}
	read := sync.OnceValues(func() ([]chapters.Chapter, error) { return chapters.Read(folder) })
	return &specification{pages: pages, folder: folder, chapters: read}, nil
}

func (s *specification) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+specPath+"{$}", s.pages.Answer(s.contents))
	mux.HandleFunc("GET "+specPath+"{chapter}", s.pages.Answer(s.chapter))
	mux.HandleFunc("GET "+specPath+"schema/{schema}", s.pages.Answer(s.schema))
}

// contents lists what there is.
func (s *specification) contents(w http.ResponseWriter, r *http.Request) error {
	all, err := s.chapters()
	if err != nil {
		return err
	}
	schemas, err := fs.Glob(s.folder, "schema/*.json")
	if err != nil {
		return err
	}
	web.Public(w.Header(), "public, max-age=300")
	s.pages.Render(w, r, web.Page{Name: "spec", Title: s.pages.Say(r, "spec"), Data: map[string]any{"Chapters": all, "Schemas": schemas}})
	return nil
}

// chapter shows a chapter, or gives its text.
func (s *specification) chapter(w http.ResponseWriter, r *http.Request) error {
	all, err := s.chapters()
	if err != nil {
		return err
	}
	name, source := strings.CutSuffix(r.PathValue("chapter"), ".md")
	for _, c := range all {
		if c.Name != name {
			continue
		}
		web.Public(w.Header(), "public, max-age=300")
		if source {
			w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
			w.Write(c.Markdown)
			return nil
		}
		s.pages.Render(w, r, web.Page{Name: "chapter", Title: c.Title, Data: c})
		return nil
	}
	return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no chapter")
}

func (s *specification) schema(w http.ResponseWriter, r *http.Request) error {
	text, err := fs.ReadFile(s.folder, "schema/"+r.PathValue("schema")) // which takes no path that leads out
	if err != nil {
		return bonafide.Errorf(bonafide.NotFound, r.URL.Path, "is no schema").Because(err)
	}
	web.Public(w.Header(), "public, max-age=300")
	w.Header().Set("Content-Type", "application/schema+json")
	w.Write(text)
	return nil
}
