package site

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// Act is one thing that was done over the administration. Who did it isn't known there: whoever may use the socket.
type Act struct {
	Number int64     `json:"number"` // 1, 2, 3…
	At     time.Time `json:"at"`
	What   string    `json:"what"`           // erase, suspend, restore…: see acts
	On     string    `json:"on,omitzero"`    // what it was done to: the id of a member or case, the name of a mechanism or table
	Under  string    `json:"under,omitzero"` // the name of the mechanism that it is about
}

// ActPage is one page of the log, the latest act first.
type ActPage struct {
	Acts []Act `json:"acts"`
	Next int64 `json:"next,omitzero"` // what to give as before for the next page; absent in the last
}

const (
	maxActs     = 10_000 // how many are kept: the oldest go first
	actPageSize = 50
)

// acts names what is written down, by the patterns of the administration. That events are recorded isn't: they are their own history.
var acts = map[string]string{
	"DELETE /admin/members/{id}":                    "erase",
	"DELETE /admin/members/{id}/events/{event}":     "cancel-event",
	"POST /admin/members/{id}/suspend":              "suspend",
	"POST /admin/members/{id}/restore":              "restore",
	"POST /admin/members/{id}/badges/{mechanism}":   "publish-badge",
	"DELETE /admin/members/{id}/badges/{mechanism}": "withdraw-badge",
	"POST /admin/badges/{mechanism}":                "publish-all",
	"PUT /admin/conversions/{name}":                 "publish-table",
	"POST /admin/identities":                        "approve-keys",
	"POST /admin/cases":                             "report-fault",
	"POST /admin/cases/{id}/appeal":                 "appeal",
	"POST /admin/cases/{id}/ruling":                 "rule",
	"POST /admin/rulings":                           "take-ruling",
	"POST /admin/complaints/{id}/look":              "look",
	"POST /admin/complaints/{id}/decide":            "decide",
	"POST /admin/vouches":                           "vouch",
	"POST /admin/vouches/{mechanism}/{id}/withdraw": "withdraw-vouch",
	"POST /admin/logs/approve":                      "approve-log",
	"POST /admin/offers":                            "offer",
}

func actKey(number int64) []byte { return store.Key("site", "act", fmt.Sprintf("%015d", number)) }
func lastActKey() []byte         { return store.Key("site", "last-act") } // → its number

// logging writes down what the administration did, once it is done.
func (s *Site) logging(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told := &outcome{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(told, r)
		what, ok := acts[r.Pattern]
		if !ok || told.status >= http.StatusMultipleChoices {
			return
		}
		act := Act{At: s.Now().UTC().Truncate(time.Second), What: what, On: r.PathValue("id"), Under: r.PathValue("mechanism")}
		if act.On == "" {
			act.On = r.PathValue("name")
		}
		if what == "erase" {
			act.On = "" // nothing is to name them any more
		}
		if err := s.log(context.WithoutCancel(r.Context()), act); err != nil {
			s.Log.Error("the act isn't in the log", "act", what, "error", err)
		}
	})
}

// outcome follows with which status a handler answers.
type outcome struct {
	http.ResponseWriter
	status int
}

func (o *outcome) WriteHeader(status int) {
	o.status = status
	o.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (o *outcome) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// log appends an act, and forgets the one that is too old.
func (s *Site) log(ctx context.Context, act Act) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		last, _, err := store.GetJSON[int64](tx, lastActKey())
		if err != nil {
			return err
		}
		act.Number = last + 1
		if err := store.PutJSON(tx, lastActKey(), act.Number); err != nil {
			return err
		}
		if err := store.PutJSON(tx, actKey(act.Number), act); err != nil {
			return err
		}
		return tx.Delete(actKey(act.Number - maxActs))
	})
}

// Acts returns the acts before that number, the latest first; 0 begins with the last.
func (s *Site) Acts(ctx context.Context, before int64) (page ActPage, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		page = ActPage{Acts: []Act{}}
		last, _, err := store.GetJSON[int64](r, lastActKey())
		if err != nil {
			return err
		}
		if before <= 0 || before > last {
			before = last + 1
		}
		for n := before - 1; n > 0 && len(page.Acts) < actPageSize; n-- {
			act, found, err := store.GetJSON[Act](r, actKey(n))
			if err != nil || !found { // those before it are forgotten too
				return err
			}
			page.Acts = append(page.Acts, act)
			page.Next = n
		}
		_, more, err := store.GetJSON[Act](r, actKey(page.Next-1))
		if !more {
			page.Next = 0
		}
		return err
	})
	return page, err
}

// forgetActs takes a member's id out of the log.
func forgetActs(tx store.Tx, member string) error {
	return store.ScanJSON(tx, store.Prefix(store.Key("site", "act")), func(key []byte, act Act) (bool, error) {
		if act.On != member {
			return true, nil
		}
		act.On = ""
		return true, store.PutJSON(tx, key, act)
	})
}

func (s *Site) adminLog(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	before := int64(0)
	if given := query.Get("before"); given != "" {
		if before, err = strconv.ParseInt(given, 10, 64); err != nil {
			return bonafide.Errorf(bonafide.BadValue, "before", "%q is not a number of the log", given)
		}
	}
	page, err := s.Acts(r.Context(), before)
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, page)
	return nil
}
