package verifier_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/verifier"
	"github.com/stretchr/testify/require"
)

const day = 24 * time.Hour

// BF-REDEEM-6, BF-REDEEM-10, BF-REDEEM-11
func TestReferral(t *testing.T) {
	w := newReferralWorld(t)
	to := &told{}
	w.config.Changed = to.changed
	w.start()
	bob := w.browser("bob")
	bob.page = true
	token := w.issuer.refer(nil)
	require.Contains(t, bob.get("/referrals").body, "Nobody of another site")
	page := bob.get(link(token))
	require.Equal(t, http.StatusOK, page.status, page.body)
	require.Contains(t, page.body, "one of the 2 supporters that level 1 (“level guest”) needs, never alone")
	require.Zero(t, w.referralRows(), "looking changes nothing")

	bob.redeems(token)
	require.Empty(t, w.referred("bob"), "pending, it counts for nothing")
	w.runDue()
	require.Equal(t, "Bob of the market", w.issuer.outcomes[0].Name)
	require.Equal(t, []bonafide.OutcomeEvent{bonafide.Redeemed}, w.issuer.told())
	require.Equal(t, bonafide.ReferralPending, w.held("bob").Referrals[0].State)

	to.accounts = nil
	w.issuer.stands(bonafide.ReferralConfirmed, w.clock.Now().Add(100*day))
	w.clock.Move(time.Minute)
	w.runDue()
	require.Equal(t, []int{1}, w.referred("bob"))
	require.Equal(t, []string{"bob"}, to.accounts)
	require.Empty(t, w.referred("carol"))
	w.issuer.told()
	w.clock.Move(day)
	w.runDue()
	require.Empty(t, w.issuer.told(), "once it is confirmed nothing is asked any more")
}

// From the instant that the issuer named on it counts no more, and is ended.
// BF-REDEEM-10
func TestReferralRunsOut(t *testing.T) {
	w := newReferralWorld(t)
	held := w.confirmed("bob")
	for w.clock.Now().Add(30 * day).Before(held.Until.Time()) {
		w.clock.Move(30 * day)
		w.runDue()
		require.Equal(t, []int{1}, w.referred("bob"))
	}
	w.clock.Move(held.Until.Time().Sub(w.clock.Now()) - time.Second)
	w.runDue()
	require.Equal(t, []int{1}, w.referred("bob"))
	w.clock.Move(time.Second)
	require.Empty(t, w.referred("bob"), "before anybody has looked")
	w.runDue()
	held = w.held("bob").Referrals[0]
	require.Equal(t, bonafide.ReferralEnded, held.State)
	require.Equal(t, bonafide.ReferralOver, held.Code)
	require.Empty(t, w.issuer.told(), "its issuer knows")
	w.clock.Move(366 * day)
	w.runDue()
	w.runDue()
	require.Empty(t, w.held("bob").Referrals)
	require.Equal(t, 1, w.referralRows(), "the mechanism alone")
}

// An issuer can't make a voucher answer for longer than a year.
//
// BF-REDEEM-10
func TestReferralLastsAYearAtMost(t *testing.T) {
	w := newReferralWorld(t)
	w.issuer.stands(bonafide.ReferralConfirmed, w.clock.Now().Add(5*bonafide.Liability))
	w.browser("bob").redeems(w.issuer.refer(nil))
	w.runDue()
	require.Equal(t, bonafide.SecondsOf(w.clock.Now().Add(bonafide.Liability)), w.held("bob").Referrals[0].Until)
}

// BF-REDEEM-4, BF-REDEEM-5, BF-REFERRAL-1, BF-REFERRAL-2, BF-REFERRAL-4
func TestReferralRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bonafide.Referral)
		before func(*world)
		want   bonafide.Code
	}{
		"late":                 {change: func(r *bonafide.Referral) { r.IssuedAt -= 31 * 24 * 3600; r.Expires = r.IssuedAt + 24*3600 }, want: bonafide.Expired},
		"for another audience": {change: func(r *bonafide.Referral) { r.Audience = "http://other.localhost" }, want: bonafide.WrongAudience},
		"for another signer's": {change: func(r *bonafide.Referral) {
			r.Issuer, r.Status.Mechanism = "http://other.localhost", "http://other.localhost"+seller
			r.CredentialStatus.Credential = "http://other.localhost/status/1"
		}, want: bonafide.WrongIssuer},
		"small stake":         {change: func(r *bonafide.Referral) { r.Stake = 19 }, want: bonafide.StakeTooSmall},
		"level counts 0":      {change: func(r *bonafide.Referral) { r.Status.Level, r.Status.EarnedLevel = "one", "one" }, want: bonafide.NoRate},
		"level counts 1":      {change: func(r *bonafide.Referral) { r.Status.Level, r.Status.EarnedLevel = "two", "two" }, want: bonafide.ReferralRefused},
		"another mechanism":   {change: func(r *bonafide.Referral) { r.Status.Mechanism = string(r.Issuer) + "/mechanisms/buyer" }, want: bonafide.ReferralRefused},
		"another context":     {change: func(r *bonafide.Referral) { r.Status.Context = "buying" }, want: bonafide.NotRecognised},
		"observed here first": {change: func(r *bonafide.Referral) { r.Status.Sources = []bonafide.Origin{site} }, want: bonafide.OwnSource},
		"vouched level":       {change: func(r *bonafide.Referral) { r.Status.Kind = bonafide.Vouched }, want: bonafide.BadValue},
		"bit set":             {before: func(w *world) { w.issuer.bits[0] = 0xff }, want: bonafide.Revoked},
		"list missing":        {change: func(r *bonafide.Referral) { r.CredentialStatus.Credential += "2" }, want: bonafide.StatusUnknown},
		"issuer away":         {before: func(w *world) { w.issuer.silent = true }, want: bonafide.Unreachable},
		"foreign key":         {before: func(w *world) { _, w.issuer.signer = newSealer(w.t, w.issuer.origin) }, want: bonafide.UnknownKey},
	} {
		t.Run(name, func(t *testing.T) {
			w := newReferralWorld(t)
			if c.before != nil {
				w.issuer.tell(func() { c.before(w) })
			}
			token, bob := w.issuer.refer(c.change), w.browser("bob")
			a := bob.redeem(token, "Bob")
			require.Equal(t, c.want, a.code, a.body)
			require.Equal(t, c.want.Meaning().Status, a.status)
			require.Zero(t, w.referralRows())
			w.runDue()
			require.Empty(t, w.issuer.told())
			bob.page = true
			require.Equal(t, c.want.Meaning().Status, bob.get(link(token)).status)
		})
	}
}

// Of a site whose referrals no table takes nothing is fetched.
// BF-REDEEM-3
func TestReferralOfUnknownIssuer(t *testing.T) {
	w := newReferralWorld(t)
	other, bob := newFakeIssuer(t, w.clock), w.browser("bob")
	require.Equal(t, bonafide.ReferralRefused, bob.redeem(other.refer(nil), "Bob").code)
	require.Zero(t, other.count(""))

	without := newWorld(t) // it names the issuer, but has no terms
	require.Equal(t, bonafide.ReferralRefused, without.browser("bob").redeem(without.issuer.refer(nil), "Bob").code)
	require.Zero(t, without.issuer.count(""))
}

// Under a version that no table names, nothing is fetched but the keys that open the referral, and their history.
// BF-REDEEM-20
func TestReferralOfAnotherVersion(t *testing.T) {
	w := newReferralWorld(t)
	token := w.issuer.refer(func(r *bonafide.Referral) { r.Status.Version = 2 })
	a := w.browser("bob").redeem(token, "Bob")
	require.Equal(t, bonafide.MechanismChanged, a.code, a.body)
	require.Equal(t, 2, w.issuer.count(""))
	require.Zero(t, w.referralRows())
}

func TestReferralBadInput(t *testing.T) {
	w := newReferralWorld(t)
	bob, token := w.browser("bob"), w.issuer.refer(nil)
	require.Equal(t, bonafide.BadValue, bob.redeem(token, " ").code)
	require.Equal(t, bonafide.BadValue, bob.redeem(token, "Bob\u202e").code)
	require.Equal(t, bonafide.BadToken, bob.redeem(strings.Repeat("a", seal.MaxToken+1), "Bob").code)
	require.Equal(t, bonafide.SignInRequired, w.browser("").redeem(token, "Bob").code)
	require.Zero(t, w.issuer.count(""))
	require.Equal(t, bonafide.NotFound, bob.post("/referrals/none/ask").code)
	require.Equal(t, bonafide.NotFound, bob.post("/referrals/none/end").code)
}

// BF-REDEEM-7
func TestReferralUsed(t *testing.T) {
	w := newReferralWorld(t)
	bob, token := w.browser("bob"), w.issuer.refer(nil)
	bob.redeems(token)
	rows := w.referralRows()
	require.Equal(t, bonafide.ReferralUsed, w.browser("carol").redeem(token, "Bob of the market").code)
	require.Equal(t, bonafide.ReferralUsed, bob.redeem(token, "Robert").code)
	bob.redeems(token) // the same again changes nothing
	require.Equal(t, rows, w.referralRows())

	id := w.held("bob").Referrals[0].ID
	require.Equal(t, bonafide.NotFound, w.browser("carol").post("/referrals/"+id+"/end").code)
	require.Equal(t, http.StatusSeeOther, bob.post("/referrals/"+id+"/end").status)
	require.Equal(t, bonafide.ReferralOver, bob.redeem(token, "Bob of the market").code)
	require.NoError(t, w.Erase(t.Context(), "bob"))
	require.Equal(t, bonafide.ReferralUsed, w.browser("carol").redeem(token, "Carol").code)
}

// 100 identical requests at once have one effect.
// BF-REDEEM-7
func TestReferralRedeemedAtOnce(t *testing.T) {
	w := newReferralWorld(t)
	bob, token := w.browser("bob"), w.issuer.refer(nil)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() { bob.redeems(token) })
	}
	all.Wait()
	require.Len(t, w.held("bob").Referrals, 1)
	w.runDue()
	w.runDue()
	require.Len(t, w.issuer.told(), 1)
}

// One issuer gives one supporter, whoever of its members stands behind the account.
// BF-REDEEM-8
func TestReferralTwice(t *testing.T) {
	w := newReferralWorld(t)
	bob := w.browser("bob")
	first := w.confirmed("bob")
	second := w.issuer.refer(func(r *bonafide.Referral) { r.Subject = "pseudonym-of-dave" })
	rows := w.referralRows()
	require.Equal(t, bonafide.ReferralTwice, bob.redeem(second, "Bob").code)
	require.Equal(t, rows, w.referralRows())
	bob.post("/referrals/" + first.ID + "/end")
	bob.redeems(second)
	w.runDue()
	require.Equal(t, []int{1}, w.referred("bob"))
}

// BF-REDEEM-9
func TestReferralOwn(t *testing.T) {
	w := newReferralWorld(t)
	alice := w.browser("alice")
	alice.imports()
	rows := w.referralRows()
	require.Equal(t, bonafide.ReferralOwn, alice.redeem(w.issuer.refer(nil), "Alice").code)
	require.Equal(t, rows, w.referralRows())
	w.browser("bob").redeems(w.issuer.refer(nil)) // somebody else may
}

// Who stands behind somebody is known here as long as an account feeds on the same subject.
// BF-REDEEM-19
func TestReferralOfAMember(t *testing.T) {
	w := newReferralWorld(t)
	w.confirmed("bob")
	require.Equal(t, []verifier.Supporter{{Level: 1}}, w.supporters("bob"))
	alice := w.browser("alice")
	alice.imports()
	require.Equal(t, []verifier.Supporter{{Level: 1, Account: "alice"}}, w.supporters("bob"))
	require.NoError(t, w.Erase(t.Context(), "alice"))
	require.Equal(t, []verifier.Supporter{{Level: 1}}, w.supporters("bob"))
}

// Who imports later what stood behind them loses that support, and its issuer is told.
// BF-REDEEM-9, BF-REDEEM-17
func TestReferralBecomesOwn(t *testing.T) {
	w := newReferralWorld(t)
	w.confirmed("alice")
	alice := w.browser("alice")
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-dave" })
	alice.imports()
	require.Equal(t, []int{1}, w.referred("alice"), "another subject's import ends nothing")
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-alice" })
	require.Equal(t, http.StatusSeeOther, alice.post("/standing/erase").status)
	require.Empty(t, w.referred("alice"))
	w.runDue()
	require.Equal(t, []bonafide.OutcomeEvent{bonafide.Ended}, w.issuer.told())

	w.confirmed("alice")
	alice.imports()
	require.Empty(t, w.referred("alice"))
	require.Equal(t, bonafide.ReferralOwn, w.held("alice").Referrals[0].Code)
	w.runDue()
	require.Equal(t, []bonafide.OutcomeEvent{bonafide.Ended}, w.issuer.told())
}

func TestReferralsAreBounded(t *testing.T) {
	w := newReferralWorld(t)
	bob := w.browser("bob")
	for range 32 {
		bob.redeems(w.issuer.refer(nil))
		for _, r := range w.held("bob").Referrals {
			bob.post("/referrals/" + r.ID + "/end")
		}
	}
	require.Equal(t, bonafide.VoucheeFull, bob.redeem(w.issuer.refer(nil), "Bob").code)
}

// The link works for who must sign in first, at the length that tokens really have and at their longest.
func TestReferralSignIn(t *testing.T) {
	w := newReferralWorld(t)
	nobody, bob := w.browser(""), w.browser("bob")
	nobody.page, bob.page = true, true
	token := w.issuer.refer(func(r *bonafide.Referral) { r.ID, r.Subject = strings.Repeat("j", 200), strings.Repeat("s", 200) })
	require.Greater(t, len(token), 1000)
	a := nobody.get(link(token))
	require.Equal(t, http.StatusSeeOther, a.status)
	u, err := url.Parse(a.location)
	require.NoError(t, err)
	a = bob.get(u.Query().Get("return"))
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Contains(t, a.body, token)
	require.Equal(t, http.StatusSeeOther, nobody.get(link(strings.Repeat("a", seal.MaxToken))).status)
}

func TestReferralPages(t *testing.T) {
	w := newReferralWorld(t)
	w.confirmed("ended")
	w.browser("ended").post("/referrals/" + w.held("ended").Referrals[0].ID + "/end")
	w.runDue()
	w.issuer.told()
	w.confirmed("confirmed")
	w.issuer.stands(bonafide.ReferralPending, time.Time{})
	w.browser("pending").redeems(w.issuer.refer(nil))
	token := w.issuer.refer(nil)
	for _, lang := range []string{"en", "fr"} {
		for _, account := range []string{"nobody's", "pending", "confirmed", "ended"} {
			for _, path := range []string{"/referrals?lang=" + lang, "/standing?lang=" + lang, link(token) + "&lang=" + lang, "/conversions/bazar?lang=" + lang} {
				b := w.browser(account)
				b.page = true
				a := b.get(path)
				require.Equal(t, http.StatusOK, a.status, path)
				require.Contains(t, a.body, `<html lang="`+lang+`">`, path)
				require.NotRegexp(t, `\W\[[a-z-]+\]`, a.body, path)
				require.NotContains(t, a.body, "<no value>", path)
			}
		}
	}
	pending := w.browser("pending")
	pending.page = true
	body := pending.get("/standing").body
	require.Contains(t, body, "waiting for them to confirm")
	require.Contains(t, body, "/ask")
	require.Contains(t, body, "/end")
	table := pending.get("/conversions/bazar").body
	require.Contains(t, table, "20 points or more")
	require.Contains(t, table, "<code>theft</code>")
}

// BF-REDEEM-1
func TestReferralMetadata(t *testing.T) {
	for _, c := range []struct {
		w    *world
		want string
	}{{newWorld(t), ""}, {newReferralWorld(t), string(site) + "/referrals"}} {
		meta, _, err := c.w.Metadata(t.Context())
		require.NoError(t, err)
		require.Equal(t, c.want, meta.RedeemReferral)
	}
}

// BF-REDEEM-2
func TestReferralTermsRefused(t *testing.T) {
	w := newReferralWorld(t)
	w.config.Mechanisms = append(w.config.Mechanisms, mechanism(string(site)+"/mechanisms/reader", "reading", "one", "two", "three"))
	w.start()
	for name, c := range map[string]struct {
		change func(*bonafide.Table)
		named  string
	}{
		"class not ours":      {func(t *bonafide.Table) { t.Referral.Classes = map[string]string{"murder": "fraud"} }, "referral.classes"},
		"class not theirs":    {func(t *bonafide.Table) { t.Referral.Classes = map[string]string{"theft": "murder"} }, "referral.classes"},
		"nobody vouches here": {func(t *bonafide.Table) { t.To.Mechanism = string(site) + "/mechanisms/reader" }, "referral"},
	} {
		t.Run(name, func(t *testing.T) {
			table := w.config.Tables[1]
			terms := *table.Referral
			table.ID, table.Version, table.Previous, table.Referral = string(site)+"/conversions/more", 1, "", &terms
			c.change(&table)
			status, body := w.put(t, "more", table)
			require.Equal(t, http.StatusUnprocessableEntity, status)
			require.Contains(t, body, `"bad-table"`)
			require.Contains(t, body, c.named)
		})
	}
}

// A table's new version changes what a referral counts for.
//
// BF-REDEEM-11
func TestReferralByTheTableInForce(t *testing.T) {
	w := newReferralWorld(t)
	to := &told{}
	w.config.Changed = to.changed
	w.start()
	w.confirmed("bob")
	to.accounts = nil
	next := w.config.Tables[1]
	hash, err := bonafide.Hash(next)
	require.NoError(t, err)
	next.Version, next.Previous = 3, hash
	next.Rates = []bonafide.Rate{{Level: "four", Gives: 3}}
	status, body := w.put(t, "bazar", next)
	require.Equal(t, http.StatusOK, status, body)
	require.Equal(t, []int{2}, w.referred("bob"))
	w.runDue()
	require.Equal(t, []string{"bob"}, to.accounts)

	hash, err = bonafide.Hash(next)
	require.NoError(t, err)
	terms := bonafide.ReferralTerms{MinStake: 21}
	next.Version, next.Previous, next.Referral = 4, hash, &terms
	status, body = w.put(t, "bazar", next)
	require.Equal(t, http.StatusOK, status, body)
	require.Empty(t, w.referred("bob"))
	require.Equal(t, bonafide.StakeTooSmall, w.held("bob").Referrals[0].Code)
}
