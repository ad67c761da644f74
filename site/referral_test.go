package site_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// lending returns a mechanism under which members stand behind one another: a deed is 100 points.
func lending(origin bonafide.Origin, slug string, class string) bonafide.Mechanism {
	m := mechanism(origin, slug, "one", "two", "three")
	m.Rule.Points = &bonafide.PointsRule{Kinds: map[string]int64{"deed": 100}, Levels: []int64{100, 300, 1000}}
	m.Vouching = &bonafide.Vouching{Supporters: []int{2, 2}, MinStake: []int64{10, 30}}
	m.Faults = []bonafide.FaultClass{{ID: class, Name: text(class), Severity: "0.5", Points: 20}}
	return m
}

// referring are two sites, of which outils takes referrals of bazar's members.
type referring struct {
	*testing.T
	clock         *clock
	bazar, outils *place
	troc          *place // if there is one: see another
}

func newReferring(t *testing.T) *referring {
	w := &referring{T: t, clock: newClock()}
	var terms bonafide.Mechanism
	w.bazar = open(t, w.clock, "bazar", func(c *site.Config) {
		terms = lending(c.Origin, "seller", "fraud")
		c.Issues, c.Mechanisms = true, []bonafide.Mechanism{terms}
	})
	w.outils = open(t, w.clock, "outils", func(c *site.Config) {
		own := lending(c.Origin, "member", "theft")
		c.Issues, c.Verifies, c.Mechanisms = true, true, []bonafide.Mechanism{own}
		c.Tables = []bonafide.Table{{
			ID: string(c.Origin) + "/conversions/bazar", Version: 1,
			From:  bonafide.TableFrom{Issuer: terms.Origin(), Mechanism: terms.ID, Versions: []int{1}, Context: "seller"},
			To:    bonafide.TableTo{Mechanism: own.ID},
			Rates: []bonafide.Rate{{Level: "three", Gives: 3}, {Level: "two", Gives: 2}}, Cap: 3,
			ValidFrom: "2026-01-01", ValidUntil: "2028-12-31",
			Referral: &bonafide.ReferralTerms{MinStake: 40, Classes: map[string]string{"theft": "fraud"}},
		}}
	})
	w.bazar.config.Believes = []bonafide.Origin{w.outils.Origin}
	w.bazar.start()
	w.bazar.deeds("alice", 11)
	w.outils.deeds("dave", 4)
	require.NoError(t, w.outils.config.Store.Update(t.Context(), func(tx store.Tx) error {
		return w.outils.Issuer.Know(tx, bonafide.Account{ID: "bob"})
	}))
	return w
}

// wait moves the clock and has both sites do what is due, until each has heard from the other.
func (w *referring) wait(d time.Duration) {
	w.Helper()
	w.clock.Move(d)
	for range 2 {
		w.outils.due()
		w.bazar.due()
	}
}

// vouch has one member of outils stand behind another at level 1.
func (w *referring) vouch(voucher, vouchee string, stake int64) {
	w.Helper()
	kept, err := w.outils.Issuer.Ledger("member")
	require.NoError(w, err)
	at := bonafide.SecondsOf(w.clock.Now())
	require.NoError(w, w.outils.config.Store.Update(w.Context(), func(tx store.Tx) error {
		touched, err := kept.Add(tx, at, vouching.Event{
			Kind: vouching.KindVouch, ID: voucher + vouchee, At: at, Voucher: voucher, Vouchee: vouchee, AcceptedBy: vouchee, Level: 1, Stake: stake,
		})
		if err != nil {
			return err
		}
		return w.outils.Issuer.Follow(tx, "member", touched...)
	}))
}

// charged returns what Alice has lost at bazar to those whom she referred.
func (w *referring) charged() (charged int64) {
	w.Helper()
	kept, err := w.bazar.Issuer.Ledger("seller")
	require.NoError(w, err)
	require.NoError(w, w.bazar.config.Store.View(w.Context(), func(r store.Reader) error {
		state, err := kept.Around(r, bonafide.SecondsOf(w.clock.Now()), "alice")
		charged = state.Member("alice").Charged
		return err
	}))
	return charged
}

// refer has Alice, of bazar, refer somebody to a site. It returns the address of her referral there, and its token.
func (w *referring) refer(to *place) (path, token string) {
	w.Helper()
	alice := newBrowser(w.T, "alice")
	made := alice.do(http.MethodPost, string(w.bazar.Origin)+"/vouches/elsewhere", url.Values{"mechanism": {"seller"}, "site": {string(to.Origin)}, "stake": {"60"}})
	require.Equal(w, http.StatusSeeOther, made.StatusCode, made.body)
	path = made.Header.Get("Location")
	_, link, _ := strings.Cut(alice.page(w.bazar, path).body, " readonly>")
	link, _, _ = strings.Cut(html.UnescapeString(link), "</textarea>")
	address, err := url.Parse(link)
	require.NoError(w, err)
	require.Equal(w, string(to.Origin)+"/referrals", address.Scheme+"://"+address.Host+address.Path)
	return path, address.Query().Get("token")
}

// redeem has an account of a site redeem a referral under a name.
func (w *referring) redeem(at *place, account, token, name string) answer {
	return newBrowser(w.T, account).do(http.MethodPost, string(at.Origin)+"/referrals/redeem", url.Values{"token": {token}, "name": {name}})
}

// referred has Alice, of bazar, refer Bob to outils, where Dave stands behind him too. It returns her browser and
// the address of her referral.
func (w *referring) referred() (alice *browser, path string) {
	w.Helper()
	alice, bob := newBrowser(w.T, "alice"), newBrowser(w.T, "bob")
	path, token := w.refer(w.outils)
	shown := bob.page(w.outils, "/referrals?"+url.Values{"token": {token}}.Encode())
	require.Equal(w, http.StatusOK, shown.StatusCode, shown.body)
	require.Contains(w, shown.body, html.EscapeString(token), "to be sent back")
	redeemed := w.redeem(w.outils, "bob", token, "Bob of the market")
	require.Equal(w, http.StatusSeeOther, redeemed.StatusCode, redeemed.body)
	w.wait(time.Minute)
	require.Contains(w, alice.page(w.bazar, path).body, "Bob of the market")
	confirmed := alice.do(http.MethodPost, string(w.bazar.Origin)+path+"/confirm", url.Values{})
	require.Equal(w, http.StatusSeeOther, confirmed.StatusCode, confirmed.body)
	w.wait(2 * time.Hour)
	require.Zero(w, w.outils.shown("bob").Level, "a referral is never the only supporter")
	w.vouch("dave", "bob", 20)
	w.wait(time.Minute)
	require.Equal(w, 1, w.outils.shown("bob").Level)
	require.Equal(w, bonafide.Vouched, w.outils.shown("bob").Kind)
	return alice, path
}

// Bob is found at fault at outils, which costs Alice at bazar, until it is reversed.
// BF-CASE-5, BF-REFER-15, BF-REFER-18, BF-REDEEM-15
func TestReferralBetweenSites(t *testing.T) {
	w := newReferring(t)
	w.referred()
	w.wait(24 * time.Hour)
	theft := court.Report{ID: "theft-1", Mechanism: "member", Member: "bob", Class: "theft", Occurred: bonafide.SecondsOf(w.clock.Now()) - 60, Words: "He kept a saw."}
	_, err := w.outils.Court.Report(t.Context(), theft)
	require.NoError(t, err)
	for _, page := range []string{"/", "/me"} {
		require.Contains(t, newBrowser(t, "bob").page(w.outils, page).body, "1 report waits for you to contest or accept it.")
		require.NotContains(t, newBrowser(t, "dave").page(w.outils, page).body, "waits for you")
	}
	w.wait(time.Hour)
	cases, err := w.bazar.Court.Cases(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, cases, "a pending fault is told to nobody")
	for day := range 28 { // 14 until it is final at outils, and as many at bazar
		require.Zero(t, w.charged(), day)
		w.wait(24 * time.Hour)
	}
	require.Equal(t, int64(30), w.charged())

	_, err = w.outils.Court.Decide(t.Context(), "theft-1", bonafide.Reverse, "", "It was another saw.")
	require.NoError(t, err)
	w.wait(time.Hour)
	require.Zero(t, w.charged())
}

// Bob erases what is held on him at outils before the fault is final. Alice answers for him at bazar all the same.
// BF-REDEEM-18
func TestErasingKeepsNoFaultFromTheOtherSite(t *testing.T) {
	for name, erase := range map[string]func(*referring){
		"what he imported": func(w *referring) {
			erased := newBrowser(w.T, "bob").do(http.MethodPost, string(w.outils.Origin)+"/standing/erase", url.Values{})
			require.Equal(w, http.StatusSeeOther, erased.StatusCode, erased.body)
		},
		"his membership": func(w *referring) { require.NoError(w, w.outils.Issuer.Erase(w.Context(), "bob")) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newReferring(t)
			w.referred()
			w.wait(24 * time.Hour)
			theft := court.Report{ID: "theft-1", Mechanism: "member", Member: "bob", Class: "theft", Occurred: bonafide.SecondsOf(w.clock.Now()) - 60, Words: "He kept a saw."}
			_, err := w.outils.Court.Report(t.Context(), theft)
			require.NoError(t, err)
			erase(w)
			for range 28 { // 14 until it is final at outils, and as many at bazar
				require.Zero(t, w.charged())
				w.wait(24 * time.Hour)
			}
			require.Equal(t, int64(30), w.charged())
		})
	}
}

// BF-REFER-6, BF-REDEEM-12
func TestWithdrawnReferralEndsAtTheOtherSite(t *testing.T) {
	w := newReferring(t)
	alice, path := w.referred()
	withdrawn := alice.do(http.MethodPost, string(w.bazar.Origin)+path+"/withdraw", url.Values{})
	require.Equal(t, http.StatusSeeOther, withdrawn.StatusCode, withdrawn.body)
	w.wait(10 * time.Minute) // until the list that was read is too old
	require.Zero(t, w.outils.shown("bob").Level)
}
