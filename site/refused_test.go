package site_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

// refusal is a request that must be refused, and change nothing.
type refusal struct {
	name   string
	send   func() answer
	code   bonafide.Code
	status int
}

// refuses sends each request and compares what the stores hold before and after, to the last byte.
func (w *referring) refuses(t *testing.T, all []refusal) {
	for _, one := range all {
		t.Run(one.name, func(t *testing.T) {
			before := w.kept()
			a := one.send()
			require.Equal(t, one.code, a.code, a.body)
			require.Equal(t, one.status, a.StatusCode)
			require.Equal(t, before, w.kept())
		})
	}
}

func (w *referring) places() []*place {
	if w.troc == nil {
		return []*place{w.bazar, w.outils}
	}
	return []*place{w.bazar, w.outils, w.troc}
}

// kept returns all that the stores hold, but for when each status list was signed last: a list is signed when it is
// read.
func (w *referring) kept() map[string]string {
	all := map[string]string{}
	for _, p := range w.places() {
		require.NoError(w, p.config.Store.View(w.Context(), func(r store.Reader) error {
			return r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
				all[p.config.Name+" "+strings.Join(store.Parts(key), "/")] = string(value)
				return true, nil
			})
		}))
	}
	maps.DeleteFunc(all, func(key, _ string) bool { return strings.Contains(key, " i/list-from/") })
	return all
}

// post has an account send a form.
func (w *referring) post(p *place, account, path string, form url.Values) answer {
	return newBrowser(w.T, account).do(http.MethodPost, string(p.Origin)+path, form)
}

// administer sends a request to a site's administration.
func (w *referring) administer(p *place, path string, body any) answer {
	data, err := bonafide.MarshalJSON(body)
	require.NoError(w, err)
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(data))
	r.Header.Set("Content-Type", "application/json")
	recorded := record(p.Admin(), r)
	a := answer{Response: recorded.Result(), body: recorded.Body.String()}
	if a.StatusCode != http.StatusOK {
		problem, err := bonafide.Parse[web.ProblemDocument](recorded.Body.Bytes())
		require.NoError(w, err)
		a.code = problem.Code
	}
	return a
}

// offer has a member of outils make a link, and returns its path.
func (w *referring) offer(voucher string, stake int64) string {
	w.Helper()
	made := w.offers(voucher, stake)
	require.Equal(w, http.StatusSeeOther, made.StatusCode, made.body)
	return strings.TrimSuffix(made.Header.Get("Location"), "/link")
}

func (w *referring) offers(voucher string, stake int64) answer {
	return w.post(w.outils, voucher, "/vouches/offers", url.Values{"mechanism": {"member"}, "level": {"1"}, "stake": {fmt.Sprint(stake)}})
}

func (w *referring) accepts(account, offer string) answer {
	return w.post(w.outils, account, offer+"/accept", url.Values{})
}

var askPath = regexp.MustCompile(`/vouches/asks/[0-9a-f-]+`)

// asks has one member of outils ask another to vouch, and returns the path of the ask.
func (w *referring) asks(asker, asked string) string {
	w.Helper()
	badge, err := w.outils.Issuer.PublishBadge(w.Context(), "member", asked, asked)
	require.NoError(w, err)
	a := w.post(w.outils, asker, "/vouches/asks", url.Values{"mechanism": {"member"}, "badge": {badge}, "words": {"It's me."}})
	require.Equal(w, http.StatusSeeOther, a.StatusCode, a.body)
	path := askPath.FindString(newBrowser(w.T, asked).page(w.outils, "/vouches").body)
	require.NotEmpty(w, path)
	return path
}

// fault returns a report of a fault that a member of outils committed so long ago.
func (w *referring) fault(id, member string, ago bonafide.Seconds) court.Report {
	return court.Report{ID: id, Mechanism: "member", Member: member, Class: "theft", Occurred: bonafide.SecondsOf(w.clock.Now()) - ago, Words: "A saw."}
}

func (w *referring) report(r court.Report) answer { return w.administer(w.outils, "/admin/cases", r) }

// done requires that a request was done.
func (w *referring) done(a answer) {
	w.Helper()
	require.Contains(w, []int{http.StatusOK, http.StatusSeeOther}, a.StatusCode, a.body)
}

// BF-TBD
func TestVouchesRefused(t *testing.T) {
	w := newReferring(t)
	for _, rich := range []string{"erin", "frank", "grace", "heidi", "judy"} {
		w.outils.deeds(rich, 14)
	}
	require.NoError(t, w.outils.config.Store.Update(t.Context(), func(tx store.Tx) error {
		return w.outils.Issuer.Know(tx, bonafide.Account{ID: "carol"})
	}))
	toErin := w.asks("bob", "erin")
	ofErin, ofErinToo, ofGrace, ofHeidi := w.offer("erin", 10), w.offer("erin", 10), w.offer("grace", 10), w.offer("heidi", 10)
	w.done(w.accepts("bob", ofErin))
	ofJudy := w.offer("judy", 400)
	w.done(w.accepts("bob", w.offer("judy", 400)))
	for n := range 64 {
		w.vouch("heidi", fmt.Sprint("newcomer", n), 10)
	}
	for n := range 32 {
		voucher := fmt.Sprint("v", n)
		w.outils.deeds(voucher, 1)
		w.vouch(voucher, "popular", 10)
	}
	w.vouch("frank", "carol", 20)
	w.wait(time.Minute)
	w.done(w.report(w.fault("theft-1", "carol", 1)))
	w.done(w.post(w.outils, "carol", "/cases/theft-1/accept", url.Values{}))
	w.done(w.administer(w.outils, "/admin/members/grace/suspend", nil))
	w.wait(time.Minute)
	badge, err := w.outils.Issuer.PublishBadge(t.Context(), "member", "erin", "erin")
	require.NoError(t, err)
	attested := func(voucher, vouchee, by string) func() answer {
		return func() answer {
			return w.administer(w.outils, "/admin/vouches", desk.Attested{ID: "x", Mechanism: "member", Voucher: voucher, Vouchee: vouchee, Level: 1, Stake: 10, AcceptedBy: by})
		}
	}
	accepts := func(account, offer string) func() answer { return func() answer { return w.accepts(account, offer) } }
	offers := func(voucher string, stake int64) func() answer {
		return func() answer { return w.offers(voucher, stake) }
	}
	w.refuses(t, []refusal{
		{"one's own link", accepts("erin", ofErinToo), bonafide.SelfVouch, 422},
		{"asking oneself", func() answer {
			return w.post(w.outils, "erin", "/vouches/asks", url.Values{"mechanism": {"member"}, "badge": {badge}, "words": {"It's me."}})
		}, bonafide.SelfVouch, 422},
		{"oneself, attested", attested("erin", "erin", "erin"), bonafide.SelfVouch, 422},
		{"twice, by a second link", accepts("bob", ofErinToo), bonafide.VouchTwice, 409},
		{"twice, answering", func() answer {
			return w.post(w.outils, "erin", toErin+"/answer", url.Values{"level": {"1"}, "stake": {"10"}})
		}, bonafide.VouchTwice, 409},
		{"twice, attested", attested("erin", "bob", "bob"), bonafide.VouchTwice, 409},
		{"beyond capacity", offers("erin", 701), bonafide.BeyondCapacity, 422},
		{"beyond capacity when accepted", accepts("carol", ofJudy), bonafide.OfferOver, 410},
		{"beyond the brake", offers("frank", 600), bonafide.VouchBrake, 422},
		{"under the least stake", offers("erin", 9), bonafide.StakeTooSmall, 422},
		{"while suspended", offers("grace", 10), bonafide.MemberSuspended, 422},
		{"accepted while suspended", accepts("carol", ofGrace), bonafide.OfferOver, 410},
		{"not accepted", attested("erin", "carol", ""), bonafide.NotAccepted, 422},
		{"accepted by somebody else", attested("erin", "carol", "dave"), bonafide.NotAccepted, 422},
		{"the 33rd for one vouchee", accepts("popular", ofErinToo), bonafide.VoucheeFull, 422},
		{"the 65th of one voucher", accepts("carol", ofHeidi), bonafide.OfferOver, 410},
		{"a 65th offered", offers("heidi", 10), bonafide.VoucherFull, 422},
	})
	w.done(w.offers("frank", 500)) // within the brake
	w.done(w.accepts("carol", ofErinToo))
}

// BF-TBD
func TestFaultsRefused(t *testing.T) {
	w := newReferring(t)
	w.wait(365 * 24 * time.Hour)
	taken, contested := w.fault("theft-1", "bob", 60), w.fault("theft-2", "bob", 120)
	w.done(w.report(taken))
	w.done(w.report(contested))
	w.done(w.post(w.outils, "bob", "/cases/theft-2/contest", url.Values{"words": {"It wasn't me."}}))
	changed := func(change func(*court.Report)) func() answer {
		return func() answer {
			r := taken
			r.ID = "theft-3"
			change(&r)
			return w.report(r)
		}
	}
	now := bonafide.SecondsOf(w.clock.Now())
	arson := bonafide.Ruling{
		Issuer: w.outils.Origin, Audience: w.outils.Origin, ID: "r", IssuedAt: now, Expires: now + 3600, Case: "theft-2", Decision: bonafide.Lower, Class: "arson", Reason: "It burned.",
	}
	w.refuses(t, []refusal{
		{"dated in the future", changed(func(r *court.Report) { r.Occurred = now + 60 }), bonafide.FutureEvent, 422},
		{"of this very second", changed(func(r *court.Report) { r.Occurred = now }), bonafide.FutureEvent, 422},
		{"reported too late", changed(func(r *court.Report) { r.Occurred = now - vouching.ReportWithin - 1 }), bonafide.FaultLate, 422},
		{"of an unknown class", changed(func(r *court.Report) { r.Class = "arson" }), bonafide.UnknownClass, 422},
		{"twice", changed(func(*court.Report) {}), bonafide.FaultTwice, 409},
		{"another under its id", changed(func(r *court.Report) { r.ID, r.Occurred = "theft-1", now-1 }), bonafide.EventConflict, 409},
		{"lowered to an unknown class", func() answer {
			return w.post(w.outils, "", "/rulings", url.Values{"ruling": {w.signed(w.outils, bonafide.TypeRuling, arson)}})
		}, bonafide.UnknownClass, 422},
	})
	w.done(changed(func(r *court.Report) { r.Occurred = now - vouching.ReportWithin })())
}

// signed signs something with a site's own key.
func (w *referring) signed(p *place, typ bonafide.Type, payload any) string {
	w.Helper()
	print, err := seal.Thumbprint(p.Keys.Credential.Public())
	require.NoError(w, err)
	sealer, err := seal.NewSealer(p.Keys.Credential, p.Origin.DID()+"#"+print)
	require.NoError(w, err)
	token, err := sealer.Seal(w.Context(), typ, payload)
	require.NoError(w, err)
	return token
}

// another starts a third site, which takes referrals of bazar's members too.
func (w *referring) another() {
	w.troc = open(w.T, w.clock, "troc", func(c *site.Config) {
		own, table := lending(c.Origin, "member", "theft"), w.outils.config.Tables[0]
		table.ID, table.To.Mechanism = string(c.Origin)+"/conversions/bazar", own.ID
		c.Issues, c.Verifies, c.Mechanisms, c.Tables = true, true, []bonafide.Mechanism{own}, []bonafide.Table{table}
	})
}

// outcome returns that a fault occurred of which a site tells bazar about a referral.
func (w *referring) outcome(from *place, referral string) bonafide.Outcome {
	now := bonafide.SecondsOf(w.clock.Now())
	return bonafide.Outcome{
		Issuer: from.Origin, Audience: w.bazar.Origin, ID: rand.Text(), IssuedAt: now, Expires: now + 60*vouching.Day, Referral: referral,
		Event: bonafide.OutcomeFault, Fault: "f", Class: "fraud", Occurred: now - 60, Reported: now - 30,
	}
}

// tells has a site tell bazar an outcome.
func (w *referring) tells(from *place, o bonafide.Outcome) answer {
	return w.post(w.bazar, "", "/outcomes", url.Values{"outcome": {w.signed(from, bonafide.TypeOutcome, o)}})
}

// BF-TBD
func TestReferralsRefused(t *testing.T) {
	w := newReferring(t)
	w.another()
	waiting, token := w.refer(w.outils)
	newBrowser(t, "alice").imports(w.bazar, w.outils) // on either site she is alice
	_, path := w.referred()
	w.wait(time.Hour)
	_, used := w.refer(w.outils)
	w.done(w.redeem(w.outils, "carol", used, "Carol"))
	w.wait(time.Minute)
	id, unconfirmed := strings.TrimPrefix(path, "/vouches/elsewhere/"), strings.TrimPrefix(waiting, "/vouches/elsewhere/")
	tells := func(from *place, referral string, change func(*bonafide.Outcome)) func() answer {
		return func() answer {
			o := w.outcome(from, referral)
			change(&o)
			return w.tells(from, o)
		}
	}
	redeems := func(at *place, account, token, name string) func() answer {
		return func() answer { return w.redeem(at, account, token, name) }
	}
	as := func(*bonafide.Outcome) {}
	w.refuses(t, []refusal{
		{"redeemed by two", redeems(w.outils, "dave", used, "Dave"), bonafide.ReferralUsed, 409},
		{"redeemed again under another name", redeems(w.outils, "carol", used, "Caroline"), bonafide.ReferralUsed, 409},
		{"a second of the same site", redeems(w.outils, "bob", token, "Bob"), bonafide.ReferralTwice, 409},
		{"by an account that imported the voucher's status", redeems(w.outils, "alice", token, "Alice"), bonafide.ReferralOwn, 422},
		{"for another site", redeems(w.troc, "bob", token, "Bob"), bonafide.WrongAudience, 422},
		{"an outcome of another site's referral", tells(w.troc, id, as), bonafide.UnknownReferral, 404},
		{"an outcome of no referral", tells(w.outils, "none", as), bonafide.UnknownReferral, 404},
		{"an outcome of a referral that nobody confirmed", tells(w.outils, unconfirmed, as), bonafide.ReferralOver, 409},
		{"of an unknown class", tells(w.outils, id, func(o *bonafide.Outcome) { o.Class = "arson" }), bonafide.UnknownClass, 422},
		{"reported before it occurred", tells(w.outils, id, func(o *bonafide.Outcome) { o.Reported = o.Occurred - 1 }), bonafide.FaultDisordered, 422},
		{"final before it was reported", tells(w.outils, id, func(o *bonafide.Outcome) { o.Reported = o.IssuedAt + 1 }), bonafide.FaultDisordered, 422},
		{"before it was confirmed", tells(w.outils, id, func(o *bonafide.Outcome) { o.Occurred -= vouching.Day }), bonafide.FaultLate, 422},
	})
	w.clock.Move(bonafide.MaxRedemption + bonafide.Leeway)
	w.refuses(t, []refusal{{"late", redeems(w.outils, "dave", token, "Dave"), bonafide.Expired, 422}})
}
