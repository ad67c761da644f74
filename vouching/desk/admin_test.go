package desk_test

import (
	"net/http"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

// asked asks the admin API, and reads the answer; the code is that of a refusal.
func asked[T any](w *world, method, path, body string) (value T, code bonafide.Code) {
	w.t.Helper()
	answer := w.send(w.admin, "", method, path, body, "Content-Type", "application/json")
	if answer.Code != http.StatusOK {
		return value, sent(w.t, answer)
	}
	value, err := bonafide.Parse[T](answer.Body.Bytes())
	require.NoError(w.t, err, answer.Body)
	return value, ""
}

func vouchBody(id, voucher, vouchee, stake, acceptedBy string) string {
	return `{"id":"` + id + `","mechanism":"trade","voucher":"id-` + voucher + `","vouchee":"id-` + vouchee + `","level":2,"stake":` + stake + `,"accepted_by":"id-` + acceptedBy + `"}`
}

// The site may attest that both agreed.
// BF-DESK-19, BF-DESK-7
func TestAdminVouches(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	w.badge("alice")
	for name, c := range map[string]struct {
		body string
		code bonafide.Code
	}{
		"not accepted":       {vouchBody("v", "alice", "bob", "60", "alice"), bonafide.NotAccepted},
		"oneself":            {vouchBody("v", "alice", "alice", "60", "alice"), bonafide.SelfVouch},
		"too little":         {vouchBody("v", "alice", "bob", "9", "bob"), bonafide.StakeTooSmall},
		"too much":           {vouchBody("v", "alice", "bob", "521", "bob"), bonafide.BeyondCapacity},
		"a field that isn't": {`{"mechanism":"trade","points":3}`, bonafide.UnknownField},
		"without terms":      {strings.Replace(vouchBody("v", "alice", "bob", "60", "bob"), "trade", "club", 1), bonafide.NoVouching},
	} {
		t.Run(name, func(t *testing.T) {
			_, code := asked[vouching.Vouch](w, http.MethodPost, "/admin/vouches", c.body)
			require.Equal(t, c.code, code)
			require.Zero(t, w.ledgered(vouching.KindVouch))
		})
	}
	given, code := asked[vouching.Vouch](w, http.MethodPost, "/admin/vouches", vouchBody("v", "alice", "bob", "60", "bob"))
	require.Empty(t, code)
	require.Equal(t, []any{"v", "id-alice", "id-bob", int64(60), true}, []any{given.ID, given.Voucher, given.Vouchee, given.Stake, given.Live})
	w.wait(day)
	again, code := asked[vouching.Vouch](w, http.MethodPost, "/admin/vouches", vouchBody("v", "alice", "bob", "60", "bob"))
	require.Empty(t, code, "the same again is the same vouch")
	require.Equal(t, given, again)
	_, code = asked[vouching.Vouch](w, http.MethodPost, "/admin/vouches", vouchBody("v", "alice", "bob", "61", "bob"))
	require.Equal(t, bonafide.EventConflict, code)
	_, code = asked[vouching.Vouch](w, http.MethodPost, "/admin/vouches", strings.Replace(vouchBody("v", "alice", "bob", "60", "bob"), "trade", "union", 1))
	require.Equal(t, bonafide.EventConflict, code)
	require.Equal(t, 1, w.ledgered(vouching.KindVouch))

	kept, code := asked[vouching.Vouch](w, http.MethodGet, "/admin/vouches/trade/v", "")
	require.Empty(t, code)
	require.Equal(t, given, kept)
	_, code = asked[vouching.Vouch](w, http.MethodGet, "/admin/vouches/trade/w", "")
	require.Equal(t, bonafide.UnknownVouch, code)
	require.Equal(t, "Alice", w.view("bob").Received[0].Person.Name, "as on the badge")
	require.Equal(t, desk.Person{}, w.view("alice").Given[0].Person)
	require.Contains(t, w.get("alice", "/vouches").Body.String(), "A member")

	withdrawn, code := asked[vouching.Vouch](w, http.MethodPost, "/admin/vouches/trade/v/withdraw", "")
	require.Empty(t, code)
	require.Equal(t, w.seconds()+7*vouching.Day, withdrawn.Ends)
	_, code = asked[vouching.Vouch](w, http.MethodPost, "/admin/vouches/trade/v/withdraw", "")
	require.Equal(t, bonafide.VouchOver, code)
	_, code = asked[vouching.Vouch](w, http.MethodPost, "/admin/vouches/trade/w/withdraw", "")
	require.Equal(t, bonafide.UnknownVouch, code)
}

// The site may make a link for a voucher, and read a member's view.
// BF-DESK-7
func TestAdminOffersAndView(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	w.badge("alice")
	link, code := asked[desk.Link](w, http.MethodPost, "/admin/offers", `{"mechanism":"trade","voucher":"id-alice","level":2,"stake":60}`)
	require.Empty(t, code)
	require.Equal(t, w.seconds()+14*vouching.Day, link.Expires)
	path, ok := strings.CutPrefix(link.Link, string(bazar))
	require.True(t, ok)
	require.Contains(t, w.get("bob", path).Body.String(), "<bdi>Alice</bdi> offers to stand behind you, up to Silver")
	require.Equal(t, http.StatusSeeOther, w.post("bob", path+"/accept", nil).Code)
	view, code := asked[desk.View](w, http.MethodGet, "/admin/members/id-alice/vouching", "")
	require.Empty(t, code)
	require.Equal(t, "Bob", view.Mechanisms[0].Given[0].Person.Name)
	_, code = asked[desk.View](w, http.MethodGet, "/admin/members/id-nobody/vouching", "")
	require.Equal(t, bonafide.NoSuchMember, code)
	_, code = asked[desk.Link](w, http.MethodPost, "/admin/offers", `{"mechanism":"trade","voucher":"id-alice","level":2,"stake":600}`)
	require.Equal(t, bonafide.BeyondCapacity, code)
	_, code = asked[desk.Link](w, http.MethodGet, "/admin/offers", "")
	require.Equal(t, bonafide.NotFound, code)
}

// The history that a site gives out comes to the state that it shows.
// BF-DESK-16
func TestHistoryAgrees(t *testing.T) {
	w := newWorld(t)
	for name, points := range map[string]int{"alice": 1040, "dave": 1000, "erin": 1200} {
		w.earn(name, points)
	}
	for _, voucher := range []string{"alice", "dave", "erin"} {
		w.vouch(voucher, "bob", 2, 60)
	}
	w.wait(day)
	w.earn("bob", 400)
	w.vouch("bob", "carol", 1, 40)
	ended := w.vouch("dave", "carol", 1, 15)
	w.wait(day)
	w.fault("carol", "half", 0)
	require.NoError(t, w.Withdraw(t.Context(), account("dave").ID, ended))
	w.wait(40 * day)
	w.earn("alice", 7)
	require.NoError(t, w.issuer.Suspend(t.Context(), account("erin").ID))

	answer := w.send(w.admin, "", http.MethodGet, "/admin/ledgers/trade/events", "")
	require.Equal(t, "application/x-ndjson", answer.Header().Get("Content-Type"))
	var events []vouching.Event
	for line := range strings.Lines(answer.Body.String()) {
		e, err := bonafide.Parse[vouching.Event]([]byte(line))
		require.NoError(t, err, line)
		events = append(events, e)
	}
	require.Equal(t, "earned-id-alice", events[0].ID)
	for _, e := range events[1:] {
		require.True(t, e.Kind == vouching.KindEarn || events[0].At < e.At, "what was earned comes first")
	}
	kept, err := w.issuer.Ledger("trade")
	require.NoError(t, err)
	state, err := vouching.Evaluate(kept.Parameters(), events, w.seconds())
	require.NoError(t, err)
	require.Equal(t, []string{"id-alice", "id-bob", "id-carol", "id-dave", "id-erin"}, state.Members())
	for _, id := range state.Members() {
		require.NoError(t, w.store.View(t.Context(), func(r store.Reader) error {
			around, err := kept.Around(r, w.seconds(), id)
			require.NoError(t, err)
			require.Equal(t, around.Member(id), state.Member(id))
			require.Equal(t, around.Brake(id), state.Brake(id))
			return nil
		}))
	}
	require.EqualValues(t, 1047, state.Member("id-alice").Earned)
	require.True(t, state.Member("id-erin").Suspended)
	require.Empty(t, w.send(w.admin, "", http.MethodGet, "/admin/ledgers/club/events", "").Body.String(), "nobody was at fault there")
	_, code := asked[vouching.Event](w, http.MethodGet, "/admin/ledgers/none/events", "")
	require.Equal(t, bonafide.NotFound, code)
}
