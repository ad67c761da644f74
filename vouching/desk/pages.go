package desk

import (
	"net/http"
	"strconv"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// The addresses of the desk.
const (
	vouchesPath = "/vouches"
	asksPath    = vouchesPath + "/asks"
	offersPath  = vouchesPath + "/offers"
)

// memberRoutes adds what members see and do of their own.
func (d *Desk) memberRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+vouchesPath, d.toMember(d.showView))
	mux.HandleFunc("GET "+vouchesPath+".json", d.toMember(func(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
		view, err := d.View(r.Context(), member.ID)
		if err == nil {
			web.JSON(w, http.StatusOK, view)
		}
		return err
	}))
	mux.HandleFunc("POST "+vouchesPath+"/withdraw", d.toMember(d.postWithdraw))
}

// toMember makes a handler for members alone; see [web.Pages.ToMember].
func (d *Desk) toMember(answer func(w http.ResponseWriter, r *http.Request, member bonafide.Account) error) http.HandlerFunc {
	return d.pages.ToMember(d.SignIn, answer)
}

// back sends the browser to the member's own page, where something is said, once what it posted is done.
func back(w http.ResponseWriter, r *http.Request, said string, err error) error {
	if err != nil {
		return err
	}
	address := vouchesPath
	if said != "" {
		address += "?" + said
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

func (d *Desk) render(w http.ResponseWriter, r *http.Request, name string, data any) {
	d.pages.Render(w, r, d.page(r, name, data))
}

func (d *Desk) page(r *http.Request, name string, data any) web.Page {
	return web.Page{Name: name, Title: d.pages.Say(r, name+"-title"), Data: data}
}

func (d *Desk) showView(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	view, err := d.View(r.Context(), member.ID)
	if err != nil {
		return err
	}
	said := ""
	for _, one := range []string{"asked", "vouched", "accepted", "declined", "withdrawn", "taken-back"} {
		if r.URL.Query().Has(one) {
			said = one
		}
	}
	d.render(w, r, "vouches", map[string]any{"View": view, "Said": said})
	return nil
}

func (d *Desk) postWithdraw(w http.ResponseWriter, r *http.Request, member bonafide.Account) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	return back(w, r, "withdrawn", d.Withdraw(r.Context(), member.ID, form.Get("vouch")))
}

// choice is a level that can be vouched for, on a form.
type choice struct {
	Number int
	Name   bonafide.Text
	Least  int64 // the stake that supports it
}

// lending is a form by which a member says how far they would go.
type lending struct {
	*bonafide.Mechanism
	Choices []choice // the levels that they can support: those below their own
	Room    int64    // the most that they may put up just now
	Level   string   // as it was typed, as is Stake
	Stake   string
}

// lendingBy returns the form under a mechanism, filled in as get has it.
func (d *Desk) lendingBy(r *http.Request, member string, m *bonafide.Mechanism, get func(string) string) (l lending, err error) {
	l = lending{Mechanism: m, Level: get("level"), Stake: get("stake")}
	err = d.Store.View(r.Context(), func(tx store.Reader) error {
		_, kept, err := d.terms(m.Slug())
		if err != nil {
			return err
		}
		state, err := kept.Around(tx, d.now(), member)
		if err != nil {
			return err
		}
		l.Room, l.Choices = state.Brake(member).Room, nil
		for n, least := range m.Vouching.MinStake {
			if n+1 < state.Member(member).OwnLevel {
				l.Choices = append(l.Choices, choice{n + 1, m.Levels[n].Name, least})
			}
		}
		return nil
	})
	return l, err
}

// staked reads the level and the stake that a form or an address names.
func staked(get func(string) string) (level int, stake int64, err error) {
	number, err := whole("level", get("level"), 20)
	if err != nil {
		return 0, 0, err
	}
	stake, err = whole("stake", get("stake"), bonafide.MaxPoints)
	return int(number), stake, err
}

func whole(field, text string, most int64) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n < 1 || n > most {
		return 0, bonafide.Errorf(bonafide.BadValue, field, "%q is not a whole number from 1 to %d", text, most)
	}
	return n, nil
}

// LevelName returns what a level is called: of 0, nothing.
func (s Standing) LevelName(number int) bonafide.Text { return nameOf(s.Terms, number) }

// LevelName does the same.
func (w Weighing) LevelName(number int) bonafide.Text { return nameOf(w.Terms, number) }

func nameOf(m *bonafide.Mechanism, number int) bonafide.Text {
	level, _ := m.Level(number)
	return level.Name
}

// Awaited returns the highest level that vouches for the member count towards, but that they don't show: 0 if
// there is none.
func (s Standing) Awaited() (level int) {
	for _, vouch := range s.Received {
		level = max(level, vouch.Supports)
	}
	if level <= s.Level || s.Needs(level) == 0 {
		return 0
	}
	return level
}

// Needs returns how many supporters a level needs: 0 if it can't be vouched for.
func (s Standing) Needs(level int) int {
	if s.Terms.Vouching == nil || level > len(s.Terms.Vouching.Supporters) {
		return 0
	}
	return s.Terms.Vouching.Supporters[level-1]
}
