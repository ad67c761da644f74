package site_test

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"bonafide.example"
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

// kept returns all that the stores hold, but for when each status list was signed last, and what issuers are known by: a
// list is signed when it is read, and an issuer's keys are remembered when they are.
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
	maps.DeleteFunc(all, func(key, _ string) bool {
		return strings.Contains(key, " i/list-from/") || strings.Contains(key, " verifier/identity/")
	})
	return all
}

// BF-DESK-7
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

// BF-CASE-2
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

// BF-REDEEM-5
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
