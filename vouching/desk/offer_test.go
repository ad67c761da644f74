package desk_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

// A link makes a vouch for whoever accepts it first, and a member of them.
// BF-DESK-5, BF-DESK-6
func TestOfferAndAccept(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	code := w.offer("alice", 2, 60)
	offered := w.view("alice").Offers
	require.Len(t, offered, 1)
	require.Equal(t, desk.Offered{ID: offered[0].ID, Level: 2, Stake: 60, At: w.seconds(), Expires: w.seconds() + 14*vouching.Day}, offered[0])
	require.NoError(t, w.store.View(t.Context(), func(r store.Reader) error {
		return r.Scan(store.Range{}, func(key, value []byte) (bool, error) {
			require.NotContains(t, string(key)+string(value), code, "only a hash of the code is kept")
			return true, nil
		})
	}))
	_, err := w.issuer.Status(t.Context(), "trade", account("bob").ID)
	requireCode(t, bonafide.NoSuchMember, err)

	requireCode(t, bonafide.SelfVouch, w.Accept(t.Context(), account("alice"), code))
	requireCode(t, bonafide.OfferOver, w.Accept(t.Context(), account("bob"), code+"X"))
	require.NoError(t, w.Accept(t.Context(), account("bob"), code))
	require.Empty(t, w.view("alice").Offers)
	require.Equal(t, "Bob", w.view("alice").Given[0].Person.Name)
	require.Equal(t, "Alice", w.view("bob").Received[0].Person.Name)
	status, err := w.issuer.Status(t.Context(), "trade", account("bob").ID)
	require.NoError(t, err)
	require.Equal(t, bonafide.Month("2020-05"), status.AccountSince)

	requireCode(t, bonafide.OfferOver, w.Accept(t.Context(), account("carol"), code))
	require.NoError(t, w.Accept(t.Context(), account("bob"), code), "a second click")
	require.Equal(t, 1, w.ledgered(vouching.KindVouch))
}

// An offer that was taken back or has expired can't be accepted.
// BF-DESK-6
func TestOfferOver(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	code := w.offer("alice", 2, 60)
	id := w.view("alice").Offers[0].ID
	requireCode(t, bonafide.OfferOver, w.TakeBack(t.Context(), account("bob").ID, id))
	require.NoError(t, w.TakeBack(t.Context(), account("alice").ID, id))
	requireCode(t, bonafide.OfferOver, w.TakeBack(t.Context(), account("alice").ID, id))
	requireCode(t, bonafide.OfferOver, w.Accept(t.Context(), account("bob"), code))

	code = w.offer("alice", 2, 60)
	w.wait(14*day - 1e9)
	require.Len(t, w.view("alice").Offers, 1)
	w.wait(1e9)
	require.Empty(t, w.view("alice").Offers)
	requireCode(t, bonafide.OfferOver, w.Accept(t.Context(), account("bob"), code))
	require.Zero(t, w.ledgered(vouching.KindVouch))
}

// What would be refused can't be offered, and is refused anew when an offer is accepted.
// BF-DESK-7, BF-DESK-9
func TestOfferRefused(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 100)
	for name, c := range map[string]struct {
		mechanism string
		level     int
		stake     int64
		code      bonafide.Code
	}{
		"too little":    {"trade", 1, 9, bonafide.StakeTooSmall},
		"too much":      {"trade", 1, 51, bonafide.BeyondCapacity},
		"the top level": {"trade", 4, 50, bonafide.BadValue},
		"without terms": {"club", 1, 50, bonafide.NoVouching},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Offer(t.Context(), account("alice"), c.mechanism, c.level, c.stake)
			requireCode(t, c.code, err)
			_, err = w.WeighOffer(t.Context(), account("alice").ID, c.mechanism, c.level, c.stake)
			requireCode(t, c.code, err)
			require.Empty(t, w.view("alice").Offers)
		})
	}
	first, second, third := w.offer("alice", 1, 30), w.offer("alice", 1, 30), w.offer("alice", 1, 20)
	require.NoError(t, w.Accept(t.Context(), account("bob"), first))
	err := w.Accept(t.Context(), account("carol"), second)
	requireCode(t, bonafide.OfferOver, err)
	require.NotContains(t, err.Error(), "30", "what the voucher has is not for others")
	_, err = w.issuer.Status(t.Context(), "trade", account("carol").ID)
	requireCode(t, bonafide.NoSuchMember, err)
	require.Len(t, w.view("alice").Offers, 2, "what was refused changed nothing")
	requireCode(t, bonafide.VouchTwice, w.Accept(t.Context(), account("bob"), third))
	require.NoError(t, w.Accept(t.Context(), account("carol"), third))
}

// Nothing tells that an offer was declined.
// BF-DESK-8
func TestOfferDeclinedIsSilent(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	code := w.offer("alice", 2, 60)
	seen := func() []string {
		var all []string
		for _, path := range []string{"/vouches.json", "/vouches", "/vouches/offers/" + code, "/vouches/offers/" + code + "/link"} {
			all = append(all, w.get("alice", path, "Accept", "text/html").Body.String())
		}
		return append(all, w.get("another", "/vouches/offers/"+code).Body.String()) // of the voucher's accounts
	}
	before := seen()
	require.Contains(t, before[1], "not yet accepted")
	answer := w.post("bob", "/vouches/offers/"+code+"/decline", nil)
	require.Equal(t, http.StatusSeeOther, answer.Code, answer.Body)
	require.Contains(t, w.get("bob", answer.Header().Get("Location")).Body.String(), "You declined. Nobody is told.")
	require.Equal(t, before, seen())
}

// A hundred acceptances at once, of one person or of many, are one vouch.
// BF-DESK-6, BF-DESK-15
func TestOneAcceptance(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	code := w.offer("alice", 2, 60)
	require.Equal(t, map[bonafide.Code]int{"": 100}, atOnce(func(int) error { return w.Accept(t.Context(), account("bob"), code) }))
	require.Equal(t, 1, w.ledgered(vouching.KindVouch))

	code = w.offer("alice", 2, 60)
	require.Equal(t, map[bonafide.Code]int{"": 1, bonafide.OfferOver: 99}, atOnce(func(n int) error {
		return w.Accept(t.Context(), account(fmt.Sprintf("member%d", n)), code)
	}))
	require.Equal(t, 2, w.ledgered(vouching.KindVouch))
}

func TestOpenOffersAreBounded(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	for range 64 {
		w.offer("alice", 1, 10)
	}
	_, err := w.Offer(t.Context(), account("alice"), "trade", 1, 10)
	requireCode(t, bonafide.RateLimited, err)
	require.NoError(t, w.TakeBack(t.Context(), account("alice").ID, w.view("alice").Offers[0].ID))
	require.Len(t, strings.TrimSpace(w.offer("alice", 1, 10)), 26)
}
