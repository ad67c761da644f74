package console

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"github.com/google/uuid"
)

const (
	latestEvents = 20 // on the page of a member
	eventsAtOnce = 50 // on a page of events
)

// eventView is an event, and in one word whether it was good, bad or neither ("").
type eventView struct {
	issuer.Event
	Said string
}

// viewEvent returns the event with its word.
func viewEvent(e issuer.Event) eventView {
	switch {
	case e.Positive == nil:
		return eventView{e, ""}
	case *e.Positive:
		return eventView{e, "good"}
	default:
		return eventView{e, "bad"}
	}
}

// viewEvents sorts events, the latest first, and returns so many of them at most.
func viewEvents(events []issuer.Event, most int) (views []eventView) {
	slices.SortFunc(events, func(a, b issuer.Event) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) })
	for _, e := range events[:min(most, len(events))] {
		views = append(views, viewEvent(e))
	}
	return views
}

// eventsPage is a page of a member's events, the latest first.
type eventsPage struct {
	Member        string
	Count         int // of all
	Events        []eventView
	Earlier, Next int // how many come before the pages beside this one; -1: there is none
}

func (c *Console) events(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	held, err := get[issuer.Holding](r, c, "members", query.Get("id"), "export")
	if err != nil {
		return err
	}
	from, err := strconv.Atoi(cmp.Or(query.Get("from"), "0"))
	if err != nil || from < 0 {
		return bonafide.Errorf(bonafide.BadValue, "from", "%q is not a number of events", query.Get("from"))
	}
	all := viewEvents(held.Events, len(held.Events))
	from = min(from, len(all))
	p := eventsPage{Member: held.Member, Count: len(all), Earlier: -1, Next: -1, Events: all[from:min(from+eventsAtOnce, len(all))]}
	if from > 0 {
		p.Earlier = max(0, from-eventsAtOnce)
	}
	if from+eventsAtOnce < len(all) {
		p.Next = from + eventsAtOnce
	}
	return c.show(w, r, "member-events", p, "Member", bonafide.Visible(held.Member))
}

// exportEvents hands out the events of one member, as they are imported.
func (c *Console) exportEvents(w http.ResponseWriter, r *http.Request) error {
	held, err := get[issuer.Holding](r, c, "members", r.URL.Query().Get("id"), "export")
	if err != nil {
		return err
	}
	var file bytes.Buffer
	for _, e := range held.Events {
		line, err := bonafide.MarshalJSON(e)
		if err != nil {
			return err
		}
		file.Write(line)
		file.WriteByte('\n')
	}
	download(w, "events.ndjson", "application/x-ndjson", file.Bytes())
	return nil
}

// cancelPage is what cancelling an event changes.
type cancelPage struct {
	Member        string
	Event         eventView
	With, Without statusView
	Same          bool
}

func (c *Console) confirmCancel(w http.ResponseWriter, r *http.Request) error {
	member, event := r.URL.Query().Get("id"), r.URL.Query().Get("event")
	told, err := get[issuer.Cancellation](r, c, "members", member, "events", event)
	if bonafide.CodeOf(err) == bonafide.NotFound {
		return c.noEvent(w, r, member)
	}
	if err != nil {
		return err
	}
	overview, err := c.seen(r)
	if err != nil {
		return err
	}
	p := cancelPage{Member: member, Event: viewEvent(told.Event), With: viewStatus(told.With, overview.Mechanisms), Without: viewStatus(told.Without, overview.Mechanisms)}
	with, without := told.With, told.Without
	p.Same = with.Level == without.Level && with.Kind == without.Kind && with.EarnedLevel == without.EarnedLevel && with.Since == without.Since &&
		with.AccountSince == without.AccountSince && slices.Equal(with.Measures, without.Measures)
	return c.show(w, r, "cancel", p)
}

func (c *Console) cancel(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	member := form.Get("id")
	_, err = c.admin.Send(r.Context(), http.MethodDelete, web.AdminPath("members", member, "events", form.Get("event")), nil)
	if bonafide.CodeOf(err) == bonafide.NotFound {
		return c.noEvent(w, r, member)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, memberAddress(member), http.StatusSeeOther)
	return nil
}

// noEvent says that there is no such event, or no more.
func (c *Console) noEvent(w http.ResponseWriter, r *http.Request, member string) error {
	page := c.page(r, "no-event", member)
	page.Status = http.StatusNotFound
	c.pages.Render(w, r, page)
	return nil
}

// recordEvent records one event, now or at the instant given.
func (c *Console) recordEvent(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	page, err := c.memberOf(r, form.Get("id"))
	if err != nil {
		return err
	}
	event, err := c.eventOf(r, form)
	var answer issuer.Recorded
	if err == nil {
		answer, err = web.CallAdmin[issuer.Recorded](r.Context(), c.admin, http.MethodPost, "/admin/events", event)
		err = inForm(event, err)
	}
	if err == nil && answer.Recorded == 0 {
		err = bonafide.Errorf(bonafide.EventConflict, "event", "%q was recorded before, or cancelled: nothing is new", event.ID)
	}
	if err != nil {
		page.Typed = form
		c.pages.Again(w, r, c.page(r, "member", page, "Member", bonafide.Visible(page.Member)), err)
		return nil
	}
	http.Redirect(w, r, memberAddress(page.Member), http.StatusSeeOther)
	return nil
}

// inForm names the field that is wrong as the form does, where there is one event alone.
func inForm(e issuer.Event, err error) error {
	var told *bonafide.Error
	if !errors.As(err, &told) {
		return err
	}
	return bonafide.Errorf(told.Code, strings.TrimPrefix(told.Subject, fmt.Sprintf("event %q: ", e.ID)), "%s", told.Detail)
}

func (c *Console) eventOf(r *http.Request, form url.Values) (e issuer.Event, err error) {
	mechanism, kind, ok := strings.Cut(form.Get("kind"), " ")
	if !ok {
		return e, bonafide.Errorf(bonafide.UnknownKind, "kind", "is none of the site's")
	}
	e = issuer.Event{ID: cmp.Or(form.Get("event"), "console-"+uuid.NewString()), Member: form.Get("id"), Mechanism: mechanism, Kind: kind}
	switch form.Get("positive") {
	case "yes":
		e.Positive = new(true)
	case "no":
		e.Positive = new(false)
	}
	overview, err := c.seen(r)
	if err != nil {
		return e, err
	}
	e.At = overview.Now
	if day := form.Get("day"); day != "" {
		if e.At, err = time.Parse(time.DateOnly, day); err != nil {
			return e, bonafide.Errorf(bonafide.BadValue, "day", "%q is not a day such as 2026-11-22", day)
		}
	}
	return e, nil
}
