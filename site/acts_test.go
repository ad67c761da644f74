package site_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/issuer"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/verifier"
	"bonafide.example/vouching/court"
	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

// secret stands for what people write and are called: the log has none of it.
const secret = "Alice of Elm Street"

// administered opens a site with all that can be administered.
func administered(t *testing.T, clock *clock) *place {
	p := open(t, clock, "bazar", func(c *site.Config) {
		c.Issues, c.Verifies = true, true
		m := mechanism(c.Origin, "member", "one", "two", "three")
		m.Vouching = &bonafide.Vouching{Supporters: []int{1}, MinStake: []int64{1}}
		m.Faults = []bonafide.FaultClass{{ID: "theft", Name: text("theft"), Severity: "1", Points: 1}}
		c.Mechanisms = []bonafide.Mechanism{m}
	})
	p.deeds("alice", 1)
	p.deeds("bob", 2)
	p.deeds("carol", 2)
	return p
}

// ruling returns what the site's arbiter decides on a case, signed.
func (p *place) ruling(of string) string {
	sealer, err := seal.ForOrigin(p.Origin, p.config.Keys.Credential)
	require.NoError(p, err)
	now := bonafide.SecondsOf(p.config.Now())
	token, err := sealer.Seal(p.Context(), bonafide.TypeRuling, &bonafide.Ruling{
		Issuer: p.Origin, Audience: p.Origin, ID: "ruling-1", IssuedAt: now, Expires: now + 3600, Case: of, Decision: bonafide.Reverse, Reason: secret,
	})
	require.NoError(p, err)
	return token
}

// waits has an issuer's keys and public log wait for approval.
func (p *place) waits(of bonafide.Origin) {
	require.NoError(p, p.Store.Update(p.Context(), func(tx store.Tx) error {
		identity := verifier.Identity{Origin: of, Keys: []string{"one"}, Changed: &verifier.IdentityChange{Keys: []string{"other"}}}
		return errors.Join(
			store.PutJSON(tx, store.Key("verifier", "identity", string(of)), identity),
			store.PutJSON(tx, store.Key("verifier", "log", string(of)), verifier.Watched{Issuer: of, Fault: bonafide.NotFound}),
		)
	}))
}

// Each act is in the log as what it is, with the ids of what it was done to and nothing that anybody wrote.
func TestActs(t *testing.T) {
	clock := newClock()
	p := administered(t, clock)
	p.deeds("alice", 1)
	slip := fmt.Sprintf("event-%d", p.events)
	contested, err := p.Complaints.Contest(t.Context(), "alice", "member", secret, "")
	require.NoError(t, err)
	other := open(t, clock, "outils", func(c *site.Config) {
		c.Issues, c.Mechanisms = true, []bonafide.Mechanism{mechanism(c.Origin, "helper", "silver", "gold")}
	})
	counted := table(p.Origin, other)
	p.waits(other.Origin)
	fault := func(id string, ago bonafide.Seconds) court.Report {
		return court.Report{ID: id, Mechanism: "member", Member: "alice", Class: "theft", Occurred: bonafide.SecondsOf(clock.Now()) - ago, Words: secret}
	}
	words := map[string]string{"words": secret}
	admin := web.AdminOf(p.Admin())
	untold := site.NamesOfActs()
	for _, act := range []struct {
		pattern, method, path string
		body                  any
		said                  string // what, on, under
	}{
		{"DELETE /admin/members/{id}/events/{event}", http.MethodDelete, "/admin/members/alice/events/" + slip, nil, "cancel-event alice "},
		{"POST /admin/members/{id}/suspend", http.MethodPost, "/admin/members/alice/suspend", nil, "suspend alice "},
		{"POST /admin/members/{id}/restore", http.MethodPost, "/admin/members/alice/restore", nil, "restore alice "},
		{"POST /admin/members/{id}/badges/{mechanism}", http.MethodPost, "/admin/members/alice/badges/member", map[string]string{"name": secret}, "publish-badge alice member"},
		{"DELETE /admin/members/{id}/badges/{mechanism}", http.MethodDelete, "/admin/members/alice/badges/member", nil, "withdraw-badge alice member"},
		{"POST /admin/badges/{mechanism}", http.MethodPost, "/admin/badges/member", nil, "publish-all  member"},
		{"POST /admin/identities", http.MethodPost, "/admin/identities", verifier.Approval{Origin: other.Origin, Keys: []string{"other"}}, "approve-keys  "},
		{"POST /admin/logs/approve", http.MethodPost, "/admin/logs/approve", verifier.LogApproval{Issuer: other.Origin}, "approve-log  "},
		{"PUT /admin/conversions/{name}", http.MethodPut, "/admin/conversions/" + counted.Slug(), counted, "publish-table " + counted.Slug() + " "},
		{"POST /admin/cases", http.MethodPost, "/admin/cases", fault("case-1", 60), "report-fault  "},
		{"POST /admin/cases", http.MethodPost, "/admin/cases", fault("case-2", 30), "report-fault  "},
		{"POST /admin/cases/{id}/appeal", http.MethodPost, "/admin/cases/case-1/appeal", words, "appeal case-1 "},
		{"POST /admin/cases/{id}/ruling", http.MethodPost, "/admin/cases/case-1/ruling", map[string]string{"decision": "reverse", "reason": secret}, "rule case-1 "},
		{"POST /admin/cases/{id}/appeal", http.MethodPost, "/admin/cases/case-2/appeal", words, "appeal case-2 "},
		{"POST /admin/rulings", http.MethodPost, "/admin/rulings", map[string]string{"ruling": p.ruling("case-2")}, "take-ruling  "},
		{"POST /admin/complaints/{id}/look", http.MethodPost, "/admin/complaints/" + contested.ID + "/look", nil, "look " + contested.ID + " "},
		{"POST /admin/complaints/{id}/decide", http.MethodPost, "/admin/complaints/" + contested.ID + "/decide", map[string]any{"founded": true, "words": secret}, "decide " + contested.ID + " "},
		{"POST /admin/vouches", http.MethodPost, "/admin/vouches", desk.Attested{ID: "v1", Mechanism: "member", Voucher: "bob", Vouchee: "alice", Level: 1, Stake: 1, AcceptedBy: "alice"}, "vouch  "},
		{"POST /admin/vouches/{mechanism}/{id}/withdraw", http.MethodPost, "/admin/vouches/member/v1/withdraw", nil, "withdraw-vouch v1 member"},
		{"POST /admin/offers", http.MethodPost, "/admin/offers", desk.Offering{Mechanism: "member", Voucher: "carol", Level: 1, Stake: 1}, "offer  "},
		{"DELETE /admin/members/{id}", http.MethodDelete, "/admin/members/alice", nil, "erase  "},
	} {
		before := len(p.done())
		_, err := admin.Send(t.Context(), act.method, act.path, act.body)
		require.NoError(t, err, act.pattern)
		require.Len(t, p.done(), before+1, act.pattern)
		require.Equal(t, act.said, p.done()[0], act.pattern)
		delete(untold, act.pattern)
	}
	require.Empty(t, untold, "no test does these")

	page, err := p.Acts(t.Context(), 0)
	require.NoError(t, err)
	log, err := bonafide.MarshalJSON(page)
	require.NoError(t, err)
	require.NotContains(t, string(log), secret)
	require.NotContains(t, string(log), "alice", "who is erased is named no more")

	_, err = p.Issuer.Record(t.Context(), issuer.Event{ID: "last", Member: "bob", Mechanism: "member", Kind: "deed", At: clock.Now().Add(-time.Second)})
	require.NoError(t, err)
	require.Len(t, p.done(), len(page.Acts), "events are their own history")
}
