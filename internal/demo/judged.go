package demo

import (
	"net/http"
	"net/netip"
	"path/filepath"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/site"
)

const (
	clockPath    = "/clock"
	judgedHeader = "X-Judged" // names the account of a request
)

// byName lets whoever is on this machine be anybody, and others sign in as they did.
func byName(others bonafide.SignIn) bonafide.SignIn {
	named := site.ProxySignIn(site.ProxyHeaders{ID: judgedHeader}, "", netip.MustParsePrefix("127.0.0.0/8"))
	return bonafide.SignIn{
		Account: func(r *http.Request) (bonafide.Account, bool) {
			if account, ok := named.Account(r); ok {
				return account, true
			}
			return others.Account(r)
		},
		Address: others.Address,
	}
}

// administer listens for the administration of a place.
func (w *World) administer(p *Place, name string) (err error) {
	if p.admin, err = web.ListenAdmin(filepath.Join(w.folder, name+".sock")); err == nil {
		w.listeners = append(w.listeners, p.admin)
	}
	return err
}

// reading is what the clock says.
type reading struct {
	Now time.Time `json:"now"`
}

// move asks for the clock to be moved on.
type move struct {
	Advance int64 `json:"advance"` // seconds
}

// maxMove is as far as one request moves the clock: a little more than the longest that a consent lasts.
const maxMove = 400 * 24 * 60 * 60

// serveClock answers what the time is and moves it on, one request after the other. A move is answered once
// everything is done that is due then.
func (c *Control) serveClock(mux *http.ServeMux) {
	read := func(w http.ResponseWriter, _ *http.Request) error {
		web.JSON(w, http.StatusOK, reading{c.world.Clock.Now().Truncate(time.Second)})
		return nil
	}
	mux.HandleFunc("GET "+clockPath, c.pages.Answer(read))
	mux.Handle("POST "+clockPath, web.Unhurried(c.pages.Answer(func(w http.ResponseWriter, r *http.Request) error {
		by, err := web.Decode[move](r)
		if err != nil {
			return err
		}
		if by.Advance < 0 || by.Advance > maxMove {
			return bonafide.Errorf(bonafide.BadValue, "advance", "%d is not within 0 and %d", by.Advance, maxMove)
		}
		if err := c.world.Advance(r.Context(), time.Duration(by.Advance)*time.Second); err != nil {
			return err
		}
		return read(w, r)
	})))
}
