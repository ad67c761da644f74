// Package console shows a site's administration as pages, for the one who runs it. It knows no more than the JSON
// API of the administration, which it asks for everything, and so works with any server that it can reach, running
// or not. Its pages are for one browser on the same machine: see [Gate].
package console

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/site"
)

//go:embed *.html messages.*.json template.*.json
var files embed.FS

// Config says whose administration is shown.
type Config struct {
	Admin *web.AdminClient
	Log   *slog.Logger // nil: slog.Default
}

// Console is the pages of one site's administration.
type Console struct {
	admin  *web.AdminClient
	pages  *web.Pages
	origin bonafide.Origin
}

// New makes the console. It asks the site what it is called, and fails if that can't be had.
func New(ctx context.Context, config Config) (*Console, error) {
	if config.Log == nil {
		config.Log = slog.Default()
	}
	overview, err := web.CallAdmin[site.Overview](ctx, config.Admin, http.MethodGet, "/admin/overview", nil)
	if err != nil {
		return nil, err
	}
	pages, err := web.NewPages(overview.Name, config.Log, files)
	if err != nil {
		return nil, err
	}
	return &Console{config.Admin, pages, overview.Origin}, nil
}

// Handler serves the pages, to whomever: whoever listens for it lets nobody else in.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /{$}":              c.overview,
		"GET /members":          c.members,
		"GET /member":           c.member,
		"POST /member/suspend":  c.change("suspend"),
		"POST /member/restore":  c.change("restore"),
		"POST /member/event":    c.recordEvent,
		"GET /member/events":    c.events,
		"GET /member/cancel":    c.confirmCancel,
		"POST /member/cancel":   c.cancel,
		"GET /member/history":   c.exportEvents,
		"GET /member/erase":     c.confirmErase,
		"POST /member/erase":    c.erase,
		"GET /member/export":    c.export,
		"GET /cases":            c.cases,
		"GET /case":             c.oneCase,
		"POST /case/ruling":     c.rule,
		"GET /complaint":        c.oneComplaint,
		"POST /complaint":       c.handleComplaint,
		"GET /keys":             c.keys,
		"GET /tables":           c.tables,
		"GET /tables/edit":      c.editTable,
		"POST /tables/edit":     c.changeTable,
		"GET /mechanisms":       c.mechanisms,
		"GET /mechanisms/new":   c.newMechanism,
		"GET /mechanisms/edit":  c.editMechanism,
		"POST /mechanisms/edit": c.changeMechanism,
		"GET /log":              c.log,
		"GET /picture.svg":      c.picture,
	} {
		mux.HandleFunc(pattern, c.pages.Answer(serve))
	}
	return c.pages.Harden(mux)
}

// get asks the administration for what is at the path that these parts make.
func get[T any](r *http.Request, c *Console, parts ...string) (T, error) {
	return web.CallAdmin[T](r.Context(), c.admin, http.MethodGet, web.AdminPath(parts...), nil)
}

// seen returns the site's overview.
func (c *Console) seen(r *http.Request) (site.Overview, error) {
	return get[site.Overview](r, c, "overview")
}

// page returns a page; fields of its title as messages have them.
func (c *Console) page(r *http.Request, name string, data any, fields ...any) web.Page {
	return web.Page{Name: name, Title: c.pages.Say(r, name+"-title", fields...), Data: data}
}

// show renders a page, as [Console.page] has it.
func (c *Console) show(w http.ResponseWriter, r *http.Request, name string, data any, fields ...any) error {
	c.pages.Render(w, r, c.page(r, name, data, fields...))
	return nil
}

// old tells whether what began then has lasted over a year.
func old(since, now time.Time) bool { return since.AddDate(1, 0, 0).Before(now) }
