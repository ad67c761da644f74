package desk_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/vouching"
	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

// An answered ask is a live vouch at once, since asking is accepting.
// BF-DESK-2
func TestAskAndAnswer(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	w.earn("dave", 1000)
	id := w.ask("bob", "alice")
	asking := w.view("bob").Asking
	require.Equal(t, []desk.Asking{{Person: desk.Person{Name: "Alice"}, Words: "It is me, bob.", At: w.seconds(), Expires: w.seconds() + 30*vouching.Day}}, asking)
	require.NoError(t, w.Answer(t.Context(), account("alice"), id, 2, 60))

	alices := w.view("alice")
	require.Empty(t, alices.Asked)
	require.Empty(t, w.view("bob").Asking)
	require.Equal(t, []desk.Given{{
		ID: id, Person: desk.Person{Name: "Bob"}, Level: 2, Supports: 2, Stake: 60, Remaining: 60, Since: w.seconds(), Ends: w.seconds() + vouching.Life,
		Reports: w.seconds() + vouching.Life + vouching.ReportWithin, State: desk.Live, Charges: []desk.Charge{},
	}}, alices.Given)
	require.Equal(t, []int64{520, 60, 460}, []int64{alices.Capacity, alices.Lent, alices.Room})
	require.Equal(t, []desk.Received{{
		Person: desk.Person{Name: "Alice"}, Level: 2, Supports: 2, Since: w.seconds(), Ends: w.seconds() + vouching.Life, State: desk.Live,
	}}, w.view("bob").Received)

	w.vouch("dave", "bob", 2, 60)
	require.NoError(t, w.issuer.RunDue(t.Context()))
	status, err := w.issuer.Status(t.Context(), "trade", account("bob").ID)
	require.NoError(t, err)
	require.Equal(t, []string{"silver", string(bonafide.Vouched)}, []string{status.Level, string(status.Kind)})
	bobs := w.view("bob")
	require.Equal(t, []any{2, 0, bonafide.Vouched}, []any{bobs.Level, bobs.OwnLevel, bobs.Kind})
}

// One ask is open for each pair and mechanism; asking again renews its words, and it expires.
// BF-DESK-4
func TestAskingAgain(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	id := w.ask("bob", "alice")
	w.wait(20 * day)
	require.NoError(t, w.Ask(t.Context(), account("bob"), "trade", " "+w.badge("alice")+"\n", "Please."))
	asked := w.view("alice").Asked
	require.Len(t, asked, 1)
	require.Equal(t, []string{id, "Please."}, []string{asked[0].ID, asked[0].Words})
	w.wait(day)
	for _, asker := range []string{"carol", "dave", "erin"} {
		w.wait(time.Second)
		w.ask(asker, "alice")
	}
	var order []string
	for _, a := range w.view("alice").Asked {
		order = append(order, a.Person.Name)
	}
	require.Equal(t, []string{"Bob", "Carol", "Dave", "Erin"}, order, "whoever asked first comes first")
	w.wait(28*day - 3*time.Second)
	require.Len(t, w.view("bob").Asking, 1)
	w.wait(day)
	require.Len(t, w.view("alice").Asked, 3)
	require.Empty(t, w.view("bob").Asking)
	requireCode(t, bonafide.NotFound, w.Answer(t.Context(), account("alice"), id, 2, 60))
	require.NotEqual(t, id, w.ask("bob", "alice"))
}

// What is refused when asking.
// BF-DESK-3
func TestAskRefused(t *testing.T) {
	w := newWorld(t)
	alices, bobs := w.badge("alice"), w.badge("bob")
	for name, c := range map[string]struct {
		mechanism, badge, words string
		code                    bonafide.Code
	}{
		"oneself":                {"trade", bobs, "Me.", bonafide.SelfVouch},
		"no badge":               {"trade", bobs + "X", "Hello.", bonafide.NotFound},
		"no words":               {"trade", alices, " ", bonafide.BadValue},
		"words that hide":        {"trade", alices, "a\u202eb", bonafide.BadValue},
		"a mechanism that isn't": {"none", alices, "Hello.", bonafide.NotFound},
		"without terms":          {"club", alices, "Hello.", bonafide.NoVouching},
	} {
		t.Run(name, func(t *testing.T) {
			requireCode(t, c.code, w.Ask(t.Context(), account("bob"), c.mechanism, c.badge, c.words))
			require.Empty(t, w.view("alice").Asked)
		})
	}
	for n := range 64 {
		require.NoError(t, w.Ask(t.Context(), account("eve"), "trade", w.badge("m"+strings.Repeat("x", n)), "Hello."))
	}
	requireCode(t, bonafide.RateLimited, w.Ask(t.Context(), account("eve"), "trade", alices, "Hello."))
}

// An ask is for the one asked alone, and each refusal of the ledger comes as it is, nothing changed.
// BF-DESK-4, BF-DESK-7
func TestAnswerRefused(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	id := w.ask("bob", "alice")
	for name, c := range map[string]struct {
		by    string
		level int
		stake int64
		code  bonafide.Code
	}{
		"by the asker":   {"bob", 2, 60, bonafide.NotFound},
		"by another":     {"dave", 2, 60, bonafide.NotFound},
		"too little":     {"alice", 2, 9, bonafide.StakeTooSmall},
		"too much":       {"alice", 2, 521, bonafide.BeyondCapacity},
		"the top level":  {"alice", 4, 60, bonafide.BadValue},
		"no level":       {"alice", 0, 60, bonafide.BadValue},
		"beyond numbers": {"alice", 2, 1 << 50, bonafide.BadValue},
	} {
		t.Run(name, func(t *testing.T) {
			requireCode(t, c.code, w.Answer(t.Context(), account(c.by), id, c.level, c.stake))
			_, err := w.WeighAnswer(t.Context(), account(c.by).ID, id, c.level, c.stake)
			requireCode(t, c.code, err)
			require.Len(t, w.view("alice").Asked, 1)
			require.Zero(t, w.ledgered(vouching.KindVouch))
		})
	}
	require.NoError(t, w.Answer(t.Context(), account("alice"), id, 2, 60))
	again := w.ask("bob", "alice")
	err := w.Answer(t.Context(), account("alice"), again, 2, 60)
	requireCode(t, bonafide.VouchTwice, err)
	require.NotContains(t, err.Error(), "id-", "members' ids are the site's own")
	require.NoError(t, w.issuer.Suspend(t.Context(), account("alice").ID))
	requireCode(t, bonafide.MemberSuspended, w.Answer(t.Context(), account("alice"), w.ask("carol", "alice"), 2, 60))
}

// Nothing that the asker can observe tells whether an ask was declined.
// BF-DESK-8
func TestDeclineIsSilent(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	id := w.ask("bob", "alice")
	seen := func() []string {
		var all []string
		for _, path := range []string{"/vouches.json", "/vouches", "/vouches?lang=fr", "/vouches/asks/" + id} {
			answer := w.get("bob", path, "Accept", "text/html")
			all = append(all, answer.Body.String())
		}
		return append(all, w.send(w.admin, "", http.MethodGet, "/admin/members/"+account("bob").ID+"/vouching", "").Body.String())
	}
	before := seen()
	require.Contains(t, before[1], "no answer yet")
	require.NoError(t, w.Decline(t.Context(), account("alice").ID, id))
	require.Equal(t, before, seen())
	require.True(t, w.view("alice").Asked[0].Declined)

	// Nor does asking again, which isn't put to who declined anew.
	require.Equal(t, id, w.ask("bob", "alice"))
	require.Equal(t, before, seen())
	require.True(t, w.view("alice").Asked[0].Declined)
	w.wait(30 * day)
	require.Empty(t, w.view("bob").Asking)
	require.Empty(t, w.view("alice").Asked)
	requireCode(t, bonafide.NotFound, w.Decline(t.Context(), account("alice").ID, id))

	// Who declined may still change their mind.
	id = w.ask("bob", "alice")
	require.False(t, w.view("alice").Asked[0].Declined)
	require.NoError(t, w.Decline(t.Context(), account("alice").ID, id))
	requireCode(t, bonafide.NotFound, w.Decline(t.Context(), account("bob").ID, id))
	require.NoError(t, w.Answer(t.Context(), account("alice"), id, 1, 10))
}

// The same answer a hundred times at once is one vouch.
// BF-DESK-15
func TestOneAnswer(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	id := w.ask("bob", "alice")
	require.Equal(t, map[bonafide.Code]int{"": 100}, atOnce(func(int) error { return w.Answer(t.Context(), account("alice"), id, 2, 60) }))
	require.Equal(t, 1, w.ledgered(vouching.KindVouch))
	require.Len(t, w.view("alice").Given, 1)
}
