package verifier_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"bonafide.example/verifier"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const member = string(site) + "/mechanisms/member"

// newReferralWorld is a verifier that takes referrals of the issuer's members: their levels two, three and five
// count for 1, 2 and 3 here.
func newReferralWorld(t *testing.T) *world {
	w := newWorld(t)
	m := &w.config.Mechanisms[0]
	m.Vouching = &bonafide.Vouching{Supporters: []int{2, 3}, MinStake: []int64{10, 30}}
	m.Faults = []bonafide.FaultClass{
		{ID: "theft", Name: text("theft"), Severity: "1", Points: 50}, {ID: "late", Name: text("late"), Severity: "0.1", Points: 1},
	}
	hash, err := bonafide.Hash(w.config.Tables[0])
	require.NoError(t, err)
	table := w.config.Tables[0]
	table.Version, table.Previous = 2, hash
	table.Measure, table.Accept, table.Cap = nil, bonafide.Accept{MaxAgeDays: 10}, 3
	table.Rates = []bonafide.Rate{{Level: "five", Gives: 3}, {Level: "three", Gives: 2}, {Level: "two", Gives: 1}}
	table.Referral = &bonafide.ReferralTerms{MinStake: 20, Classes: map[string]string{"theft": "fraud"}}
	w.config.Tables = append(w.config.Tables, table)
	w.start()
	w.issuer.status.Measures, w.issuer.status.AccountSince = nil, ""
	w.issuer.keys = w.keys()
	w.issuer.standing = bonafide.ReferralAnswer{State: bonafide.ReferralPending}
	return w
}

// keys returns those of the site's DID document.
func (w *world) keys() seal.KeySet {
	document, err := seal.DIDDocument(site, w.config.Signer.Public())
	require.NoError(w.t, err)
	data, err := bonafide.MarshalJSON(document)
	require.NoError(w.t, err)
	keys, err := seal.ParseDIDDocument(data, site)
	require.NoError(w.t, err)
	return keys
}

// refer makes a referral of a member at level four, changed as wished.
func (f *fakeIssuer) refer(change func(*bonafide.Referral)) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.index++
	now := bonafide.SecondsOf(f.clock.Now())
	r := &bonafide.Referral{
		Issuer: f.origin, Audience: site, Subject: f.subject, ID: uuid.NewString(), IssuedAt: now, Expires: now + 30*24*3600, Stake: 20,
		Status:           f.stating(0),
		CredentialStatus: bonafide.NewStatusEntry("urn:uuid:"+uuid.NewString(), f.list(), f.index),
	}
	r.Status.Measures, r.Status.AccountSince, r.Status.Since = nil, "", ""
	if change != nil {
		change(r)
	}
	token, err := f.signer.Seal(f.t.Context(), bonafide.TypeReferral, r)
	require.NoError(f.t, err)
	return token
}

// takeOutcome notes what is told of a referral, and answers as the test wishes.
func (f *fakeIssuer) takeOutcome(w http.ResponseWriter, r *http.Request) {
	require.NoError(f.t, r.ParseForm())
	parsed, err := seal.Parse(r.PostForm.Get("outcome"), bonafide.TypeOutcome)
	require.NoError(f.t, err)
	o, err := seal.OpenAs[bonafide.Outcome](parsed, f.keys)
	require.NoError(f.t, err)
	require.NoError(f.t, o.Check(f.origin, f.clock.Now()))
	require.Equal(f.t, site, o.Issuer)
	f.outcomes = append(f.outcomes, o)
	if f.heard != nil {
		f.heard()
	}
	if f.problem != "" {
		web.Problem(w, bonafide.Errorf(f.problem, "", "as the test wishes"))
		return
	}
	f.json(w, http.StatusOK, f.standing)
}

// stands has the issuer answer from now on that referrals stand so.
func (f *fakeIssuer) stands(state bonafide.ReferralState, until time.Time) {
	f.tell(func() {
		f.standing = bonafide.ReferralAnswer{State: state}
		if state == bonafide.ReferralConfirmed {
			f.standing.Until = bonafide.SecondsOf(until)
		}
	})
}

// told returns the events that the issuer was told since it was last asked for, in their order.
func (f *fakeIssuer) told() []bonafide.OutcomeEvent {
	f.mu.Lock()
	defer f.mu.Unlock()
	var events []bonafide.OutcomeEvent
	for _, o := range f.outcomes {
		events = append(events, o.Event)
	}
	f.outcomes = nil
	return events
}

func (b *browser) redeem(token, name string) answer {
	return b.post("/referrals/redeem", "token", token, "name", name)
}

// redeems redeems a referral, which must succeed.
func (b *browser) redeems(token string) {
	b.t.Helper()
	a := b.redeem(token, "Bob of the market")
	require.Equal(b.t, http.StatusSeeOther, a.status, a.body)
	require.Equal(b.t, "/referrals", a.location)
}

// confirmed has a referral redeemed by the account and confirmed for a year, and returns it.
func (w *world) confirmed(account string) verifier.HeldReferral {
	w.t.Helper()
	w.issuer.stands(bonafide.ReferralConfirmed, w.clock.Now().Add(bonafide.Liability))
	w.browser(account).redeems(w.issuer.refer(nil))
	w.runDue()
	require.Equal(w.t, []int{1}, w.referred(account))
	require.Equal(w.t, []bonafide.OutcomeEvent{bonafide.Redeemed}, w.issuer.told())
	held := w.held(account).Referrals
	return held[len(held)-1]
}

// referred returns who stands behind the account from elsewhere.
func (w *world) referred(account string) (levels []int) {
	w.t.Helper()
	for _, s := range w.supporters(account) {
		levels = append(levels, s.Level)
	}
	return levels
}

func (w *world) supporters(account string) (all []verifier.Supporter) {
	w.t.Helper()
	require.NoError(w.t, w.config.Store.View(w.t.Context(), func(r store.Reader) (err error) {
		all, err = w.Referred(r, member, account)
		return err
	}))
	return all
}

// referralRows returns how many rows of the store are there because of referrals.
func (w *world) referralRows() int {
	n := 0
	require.NoError(w.t, w.config.Store.View(w.t.Context(), func(r store.Reader) error {
		n = 0
		for _, kind := range []string{"referral", "referral-used", "referral-turn", "referral-outcome", "referral-fault", "referral-erased", "watch", "list", "mechanism"} {
			err := r.Scan(store.Prefix(store.Key("verifier", kind)), func(_, _ []byte) (bool, error) {
				n++
				return true, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return n
}

func link(token string) string { return "/referrals?" + url.Values{"token": {token}}.Encode() }
