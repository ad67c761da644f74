package site_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// manyAtOnce sends a request so many times at once, and counts the answers by code.
func manyAtOnce(times int, send func() answer) map[bonafide.Code]int {
	var all sync.WaitGroup
	answers := make(chan bonafide.Code, times)
	for range times {
		all.Go(func() { answers <- send().code })
	}
	all.Wait()
	close(answers)
	counted := map[bonafide.Code]int{}
	for code := range answers {
		counted[code]++
	}
	return counted
}

// summary tells all that happened at both sites, but for ids, which are random: how many rows of each sort are
// kept, the events of the ledgers, and the cases.
func (w *referring) summary() (all []string) {
	w.Helper()
	rows := map[string]int{}
	for _, p := range w.places() {
		slug := p.config.Mechanisms[0].Slug()
		kept, err := p.Issuer.Ledger(slug)
		require.NoError(w, err)
		require.NoError(w, p.config.Store.View(w.Context(), func(r store.Reader) error {
			if err := kept.Events(r, func(e vouching.Event) error {
				e.ID, e.Vouch, e.Fault, e.Referral, e.Site = "", "", "", "", ""
				all = append(all, fmt.Sprintf("%s: %+v", p.config.Name, e))
				return nil
			}); err != nil {
				return err
			}
			return r.Scan(store.Range{}, func(key, _ []byte) (bool, error) {
				parts := store.Parts(key)
				if slices.Equal(parts[:min(2, len(parts))], []string{"site", "act"}) {
					return true, nil // the log of what was asked: a hundred times is a hundred lines
				}
				rows[p.config.Name+": "+strings.Join(parts[:min(2, len(parts))], "/")]++
				return true, nil
			})
		}))
		cases, err := p.Court.Cases(w.Context(), "")
		require.NoError(w, err)
		for _, c := range cases {
			c.ID, c.Referral, c.Site = "", "", ""
			rulings := len(c.Rulings)
			c.Rulings = nil
			all = append(all, fmt.Sprintf("%s: %+v with %d rulings", p.config.Name, c, rulings))
		}
	}
	for sort, count := range rows {
		all = append(all, fmt.Sprintf("%s: %d rows", sort, count))
	}
	slices.Sort(all)
	return all
}

// onlyVouch returns the id of the one vouch at outils.
func (w *referring) onlyVouch() (id string) {
	kept, err := w.outils.Issuer.Ledger("member")
	require.NoError(w, err)
	require.NoError(w, w.outils.config.Store.View(w.Context(), func(r store.Reader) error {
		return kept.Events(r, func(e vouching.Event) error { id = e.ID; return nil })
	}))
	return id
}

// redeemed has Bob redeem a referral of Alice's, who is told. It returns her referral's address.
func (w *referring) redeemed() (path string) {
	path, token := w.refer(w.outils)
	w.done(w.redeem(w.outils, "bob", token, "Bob"))
	w.wait(time.Minute)
	return path
}

// contested has Bob contest a fault.
func (w *referring) contested() {
	w.vouch("dave", "bob", 20)
	w.wait(time.Minute)
	w.done(w.report(w.fault("theft-1", "bob", 1)))
	w.done(w.post(w.outils, "bob", "/cases/theft-1/contest", url.Values{"words": {"It wasn't me."}}))
}

// atOnce are requests that people and sites send, and send again: prepare brings about what one needs and returns
// it, and again is what those after the first are answered.
var atOnce = []struct {
	name    string
	prepare func(w *referring) func() answer
	again   bonafide.Code
}{
	{"accepting an offer", func(w *referring) func() answer {
		offer := w.offer("dave", 20)
		return func() answer { return w.accepts("bob", offer) }
	}, ""},
	{"answering an ask", func(w *referring) func() answer {
		ask := w.asks("bob", "dave")
		return func() answer {
			return w.post(w.outils, "dave", ask+"/answer", url.Values{"level": {"1"}, "stake": {"20"}})
		}
	}, ""},
	{"withdrawing", func(w *referring) func() answer {
		w.done(w.accepts("bob", w.offer("dave", 20)))
		vouch := url.Values{"vouch": {w.onlyVouch()}}
		return func() answer { return w.post(w.outils, "dave", "/vouches/withdraw", vouch) }
	}, bonafide.VouchOver},
	{"reporting a fault", func(w *referring) func() answer {
		report := w.fault("theft-1", "bob", 1)
		return func() answer { return w.report(report) }
	}, ""},
	{"contesting", func(w *referring) func() answer {
		w.done(w.report(w.fault("theft-1", "bob", 1)))
		return func() answer {
			return w.post(w.outils, "bob", "/cases/theft-1/contest", url.Values{"words": {"It wasn't me."}})
		}
	}, ""},
	{"accepting a finding", func(w *referring) func() answer {
		w.done(w.report(w.fault("theft-1", "bob", 1)))
		return func() answer { return w.post(w.outils, "bob", "/cases/theft-1/accept", url.Values{}) }
	}, ""},
	{"delivering a ruling", func(w *referring) func() answer {
		w.contested()
		form := url.Values{"ruling": {w.ruling(bonafide.Uphold)}}
		return func() answer { return w.post(w.outils, "", "/rulings", form) }
	}, ""},
	{"delivering a reversal", func(w *referring) func() answer {
		w.contested()
		w.done(w.post(w.outils, "", "/rulings", url.Values{"ruling": {w.ruling(bonafide.Uphold)}}))
		form := url.Values{"ruling": {w.ruling(bonafide.Reverse)}}
		return func() answer { return w.post(w.outils, "", "/rulings", form) }
	}, ""},
	{"ruling on one's own site", func(w *referring) func() answer {
		w.contested()
		return func() answer {
			return w.administer(w.outils, "/admin/cases/theft-1/ruling", map[string]string{"decision": "uphold", "reason": "It was this saw."})
		}
	}, bonafide.CaseOver},
	{"redeeming a referral", func(w *referring) func() answer {
		_, token := w.refer(w.outils)
		return func() answer { return w.redeem(w.outils, "bob", token, "Bob") }
	}, ""},
	{"confirming a referral", func(w *referring) func() answer {
		path := w.redeemed()
		return func() answer { return w.post(w.bazar, "alice", path+"/confirm", url.Values{}) }
	}, ""},
	{"withdrawing a referral", func(w *referring) func() answer {
		_, path := w.referred()
		return func() answer { return w.post(w.bazar, "alice", path+"/withdraw", url.Values{}) }
	}, ""},
	{"telling an outcome", func(w *referring) func() answer {
		_, path := w.referred()
		w.wait(time.Hour)
		outcome := w.outcome(w.outils, strings.TrimPrefix(path, "/vouches/elsewhere/"))
		form := url.Values{"outcome": {w.signed(w.outils, bonafide.TypeOutcome, outcome)}}
		return func() answer { return w.post(w.bazar, "", "/outcomes", form) }
	}, ""},
}

// ruling returns a ruling of outils on the one case there.
func (w *referring) ruling(d bonafide.Decision) string {
	now := bonafide.SecondsOf(w.clock.Now())
	return w.signed(w.outils, bonafide.TypeRuling, bonafide.Ruling{
		Issuer: w.outils.Origin, Audience: w.outils.Origin, ID: string(d), IssuedAt: now, Expires: now + 3600, Case: "theft-1", Decision: d, Reason: "It was this saw.",
	})
}

// A request that is sent a hundred times at once, fewer in a hurry, has the effect of one.
// BF-DESK-15
func TestAtOnce(t *testing.T) {
	many := 100
	if testing.Short() {
		many = 20
	}
	for _, one := range atOnce {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			effect := func(times int) (done, later []string) {
				w := newReferring(t)
				send := one.prepare(w)
				before := w.summary()
				want := map[bonafide.Code]int{"": 1}
				want[one.again] += times - 1
				if times == 1 {
					want = map[bonafide.Code]int{"": 1}
				}
				require.Equal(t, want, manyAtOnce(times, send))
				done = w.summary()
				require.NotEqual(t, before, done)
				w.wait(15 * 24 * time.Hour) // what becomes final by itself
				return done, w.summary()
			}
			done, later := effect(1)
			doneAtOnce, laterAtOnce := effect(many)
			require.Equal(t, done, doneAtOnce)
			require.Equal(t, later, laterAtOnce)
		})
	}
}
