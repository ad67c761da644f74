package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

func fields(pairs ...string) url.Values {
	values := url.Values{}
	for n := 0; n < len(pairs); n += 2 {
		values.Set(pairs[n], pairs[n+1])
	}
	return values
}

// Before anything is put up, the voucher is told the most that can be lost, in points and levels.
// BF-DESK-1, BF-DESK-9, BF-DESK-10
func TestAskingAndAnsweringOnPages(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	alices := w.badge("alice")

	bob := w.browse("bob", "en")
	require.Equal(t, http.StatusOK, bob.open("/vouches"))
	for _, said := range []string{"Nobody is asking you.", "You stand behind nobody.", "Nobody stands behind you yet.", "You show no level yet."} {
		require.Contains(t, bob.text(), said)
	}
	require.NotContains(t, bob.text(), "Offer to vouch", "who has earned nothing")
	bob.follow("Ask somebody to vouch for you")
	require.Contains(t, bob.text(), "By asking you accept")
	require.Equal(t, http.StatusOK, bob.press("Ask", fields("badge", alices, "words", "<b>We traded</b>\r\nfor years.")))
	require.Equal(t, "/vouches", bob.url.Path)
	require.Contains(t, bob.text(), "Alice, asked on 22 November 2026, no answer yet. Open until 22 December 2026.")

	alice := w.browse("alice", "en")
	alice.open("/vouches")
	require.Contains(t, alice.text(), "<b>We traded</b> for years.")
	require.NotContains(t, alice.text(), "id-")
	alice.follow("Answer Bob")
	require.Contains(t, alice.text(), "Bob asks you to stand behind them in “Fair trade”:")
	require.Contains(t, alice.text(), "Silver: 30 points or more")
	require.Equal(t, http.StatusOK, alice.press("See what it could cost", fields("level", "2", "stake", "60")))
	for _, said := range []string{
		"If Bob is found at fault, after any appeal, you lose at most 60 points.",
		"Even if you lost all that you have put up, your own level would stay Gold.",
		"kept here: 520. Put up now: 0. You can put up 520 more points.",
		"365 days, until 22 November 2027.",
		"It then ends in a week",
		"lose at most a quarter of what you lose",
	} {
		require.Contains(t, alice.text(), said)
	}
	require.Zero(t, w.ledgered("vouch"), "nothing is put up yet")
	require.Equal(t, http.StatusOK, alice.press("Stand behind Bob", nil))
	require.Equal(t, "/vouches", alice.url.Path)
	require.Contains(t, alice.text(), "Bob You put up 60 points. It can still cost you at most 60 points. Since 22 November 2026, until 22 November 2027.")

	bob.open("/vouches")
	require.Contains(t, bob.text(), "Alice For levels up to Silver. Just now it counts towards Silver.")
	require.Contains(t, bob.text(), "To be vouched for at Silver you need 2 people of a higher level who count towards it.")
	require.NotContains(t, bob.text(), "60", "the amount is the voucher's own affair")
	require.NotContains(t, w.get("bob", "/vouches.json").Body.String(), "60,")

	require.Equal(t, http.StatusOK, alice.press("Withdraw", nil))
	require.Contains(t, alice.text(), "You withdrew it on 22 November 2026. It ends on 29 November 2026.")
	bob.open("/vouches")
	require.Contains(t, bob.text(), "until 29 November 2026. Withdrawn: it ends on that day.")
	w.wait(7 * day)
	alice.open("/vouches")
	require.Contains(t, alice.text(), "Past vouches Bob You put up 60 points. From 22 November 2026 to 29 November 2026.")
}

// A newcomer who opens a link comes back to it after signing up, and is told who offers what.
// BF-DESK-1, BF-DESK-6, BF-DESK-9, BF-ISSUER-37
func TestOfferingOnPages(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	alice := w.browse("alice", "en")
	alice.open("/vouches")
	alice.follow("Offer to vouch, by a link")
	alice.press("See what it could cost", fields("level", "3", "stake", "150"))
	for _, said := range []string{
		"If whoever accepts your link is found at fault, after any appeal, you lose at most 150 points.",
		"If you lost all that you have put up, your own level would fall from Gold to Silver.",
		"Just now it counts towards Silver. The level offered needs 3 such people.",
		"365 days from when it is accepted.",
	} {
		require.Contains(t, alice.text(), said)
	}
	require.Empty(t, w.view("alice").Offers)
	alice.press("Make the link", nil)
	require.Contains(t, alice.text(), "Whoever opens it until 6 December 2026 can accept your vouch, once.")
	link := textOf(alice.all("textarea")[0])
	path, ok := strings.CutPrefix(link, string(bazar))
	require.True(t, ok, link)

	newcomer := w.browse("", "fr")
	require.Equal(t, http.StatusSeeOther, newcomer.open(path))
	require.Equal(t, path, newcomer.url.Query().Get("to"))
	newcomer.signIn("zoe")
	require.Equal(t, http.StatusOK, newcomer.open(path))
	require.Contains(t, newcomer.text(), "Alice propose de se porter garant de vous, jusqu'à « Gold (fr) », pour « Fair trade (fr) ».")
	require.Contains(t, newcomer.text(), "Avec 3 garants d'un niveau supérieur")
	require.NotContains(t, newcomer.text(), "150")
	newcomer.press("Décliner", nil)
	require.Contains(t, newcomer.text(), "Vous avez décliné. Personne n'en est informé.")
	newcomer.open(path)
	newcomer.press("Accepter", nil)
	require.Contains(t, newcomer.text(), "Qui se porte garant de vous Alice Pour les niveaux jusqu'à « Gold (fr) ».")

	require.Equal(t, http.StatusGone, newcomer.open(path))
	require.Contains(t, newcomer.text(), plain(bonafide.OfferOver.Meaning().Sentence.FR))
	require.Equal(t, http.StatusGone, alice.open(path+"/link"))

	alice.open("/vouches/offer/confirm?mechanism=trade&level=1&stake=10")
	alice.press("Make the link", nil)
	own := strings.TrimSuffix(alice.url.Path, "/link")
	require.Equal(t, http.StatusUnprocessableEntity, alice.open(own))
	require.Contains(t, alice.text(), bonafide.SelfVouch.Meaning().Sentence.EN)
	alice.open("/vouches")
	require.Contains(t, alice.text(), "Made on 22 November 2026, not yet accepted.")
	require.Equal(t, http.StatusNotFound, newcomer.open(own+"/link"))
	alice.press("Take back", nil)
	require.Equal(t, http.StatusGone, newcomer.open(own))
}

// Whoever accepts isn't told what keeps the voucher from it, which may be others' faults.
// BF-DESK-7, BF-DESK-9
func TestAcceptanceUnable(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 100)
	w.vouch("alice", "bob", 1, 10)
	code := w.offer("alice", 1, 40)
	w.fault("bob", "fraud", 0)
	carol := w.browse("carol", "en")
	carol.open("/vouches/offers/" + code)
	require.Equal(t, http.StatusGone, carol.press("Accept", nil))
	require.Contains(t, carol.text(), "can't be accepted at the moment. Ask whoever gave it to you.")
	require.NotContains(t, carol.text(), "fault")
	alice := w.browse("alice", "en")
	alice.open("/vouches")
	require.Contains(t, alice.text(), bonafide.BeyondCapacity.Meaning().Sentence.EN)
	require.Empty(t, w.view("carol").Received)
	w.earn("alice", 100)
	carol.open("/vouches/offers/" + code)
	require.Equal(t, http.StatusOK, carol.press("Accept", nil))
	require.Len(t, w.view("carol").Received, 1)
}

// Whatever of the voucher's keeps a link from being accepted, whoever opens it is answered the same, and the link
// isn't used up. Only the voucher is told more.
// BF-DESK-7, BF-DESK-9
func TestAcceptanceTellsNothingOfTheVoucher(t *testing.T) {
	answers := map[string]bool{}
	for code, c := range map[bonafide.Code]struct {
		stake   int64
		befalls func(w *world)
	}{
		bonafide.MemberSuspended: {20, func(w *world) { require.NoError(t, w.issuer.Suspend(t.Context(), account("alice").ID)) }},
		bonafide.BeyondCapacity:  {20, func(w *world) { w.vouch("alice", "dave", 1, 1990) }},
		bonafide.VouchBrake:      {1900, func(w *world) { w.fault("bob", "half", 0) }},
		bonafide.VoucherFull: {20, func(w *world) {
			for n := range 63 {
				require.NoError(t, w.Accept(t.Context(), account(fmt.Sprint("member", n)), w.offer("alice", 1, 10)))
			}
		}},
		bonafide.StakeTooSmall: {20, func(w *world) {
			w.publish(func(m *bonafide.Mechanism) {
				m.Vouching = &bonafide.Vouching{Supporters: []int{2}, MinStake: []int64{21}}
			})
		}},
	} {
		t.Run(string(code), func(t *testing.T) {
			w := newWorld(t)
			w.earn("alice", 4000)
			w.vouch("alice", "bob", 1, 10)
			link := w.offer("alice", 1, c.stake)
			require.Empty(t, w.view("alice").Offers[0].Refused)
			c.befalls(w)
			answer := w.post("carol", "/vouches/offers/"+link+"/accept", nil)
			require.Equal(t, bonafide.OfferOver, sent(t, answer))
			answers[answer.Body.String()] = true
			require.Len(t, w.view("alice").Offers, 1)
			require.Equal(t, code, w.view("alice").Offers[0].Refused)
		})
	}
	require.Len(t, answers, 1)
}

// What is refused is said in plain words in the language of the page, before anything is put up.
// BF-DESK-7
func TestRefusalsOnPages(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	id := w.ask("bob", "alice")
	w.ask("carol", "alice")
	alice := w.browse("alice", "fr")
	for stake, code := range map[string]bonafide.Code{"9": bonafide.StakeTooSmall, "521": bonafide.BeyondCapacity, "all": bonafide.BadValue, "0": bonafide.BadValue, "": bonafide.BadValue} {
		alice.open("/vouches/asks/" + id)
		require.Equal(t, code.Meaning().Status, alice.press("Voir ce que cela pourrait coûter", fields("stake", stake)))
		if code == bonafide.BadValue { // the desk's own words
			require.Contains(t, alice.text(), "doit être un nombre entier, à partir de 1. Écrivez-le en chiffres")
		} else {
			require.Contains(t, alice.text(), plain(code.Meaning().Sentence.FR))
			require.Contains(t, alice.text(), plain(code.Meaning().Mend.FR))
		}
		require.Contains(t, alice.text(), "It is me, bob.", "whom it is about stays on the page")
		require.Equal(t, stake, alice.field("stake"), "what was typed is kept")
		require.Equal(t, code, sent(t, w.post("alice", "/vouches/asks/"+id+"/answer", fields("level", "2", "stake", stake))))
	}
	alice.open("/vouches/asks/" + id)
	alice.press("Décliner", nil)
	require.Contains(t, alice.text(), "Vous avez décliné. Personne n'en est informé.")
	alice.follow("Répondre tout de même")
	require.Contains(t, alice.text(), "Bob vous demande de vous porter garant")
	require.Equal(t, http.StatusNotFound, w.browse("carol", "fr").open("/vouches/asks/"+id))
	require.Equal(t, bonafide.SelfVouch, sent(t, w.post("alice", "/vouches/asks", fields("mechanism", "trade", "badge", w.badge("alice"), "words", "Moi."))))
}

// Who asks or offers in vain reads why, above the form as they filled it in.
func TestFormsKeepWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	w.earn("alice", 1040)
	w.earn("bob", 10)
	alice := w.browse("alice", "en")
	for badge, said := range map[string]string{
		w.badge("alice"):        "That is your own badge: nobody can stand behind themselves.",
		w.badge("alice") + "XX": "There is no badge at that address, or it was withdrawn.",
		"mine":                  "There is no badge at that address, or it was withdrawn.",
	} {
		alice.open("/vouches/ask")
		require.GreaterOrEqual(t, alice.press("Ask", fields("badge", badge, "words", "It is <b>me</b>.")), 400)
		require.Contains(t, alice.text(), said)
		require.Equal(t, badge, alice.field("badge"))
		require.Equal(t, "It is <b>me</b>.", alice.field("words"))
	}
	alice.open("/vouches/ask")
	require.Equal(t, http.StatusNotFound, alice.press("Ask", fields("mechanism", "none", "badge", w.badge("bob"), "words", "x")))
	require.NotContains(t, alice.text(), "There is no badge at that address", "it isn't the badge that is missing")
	require.Contains(t, alice.text(), "What this is about isn't here any more")
	alice.open("/vouches/offer")
	require.Equal(t, http.StatusUnprocessableEntity, alice.press("See what it could cost", fields("level", "2", "stake", "9999")))
	require.Contains(t, alice.text(), bonafide.BeyondCapacity.Meaning().Sentence.EN)
	require.Contains(t, alice.text(), "at most 520 just now")
	require.Equal(t, []string{"9999", "2"}, []string{alice.field("stake"), alice.field("level")})

	bob := w.browse("bob", "en")
	bob.open("/vouches/offer")
	require.Contains(t, bob.text(), "You can't stand behind anybody under this one yet.")
	require.NotContains(t, bob.text(), "See what it could cost")
	bob.open("/vouches/ask")
	require.Equal(t, http.StatusOK, bob.press("Ask", fields("badge", w.badge("alice"), "words", "It is me.")))
	require.Contains(t, bob.text(), "You asked. If the answer is yes, it holds at once")
}

// Nobody sees or changes anything without being signed in, and no other site's page can.
// BF-ISSUER-37, BF-ISSUER-38
func TestOnlyMembers(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, http.StatusSeeOther, w.get("", "/vouches").Code)
	require.Equal(t, bonafide.SignInRequired, sent(t, w.get("", "/vouches.json")))
	for _, path := range []string{"/vouches/asks", "/vouches/asks/x/answer", "/vouches/asks/x/decline", "/vouches/offers", "/vouches/offers/x/accept", "/vouches/offers/x/decline", "/vouches/offers/x/back", "/vouches/withdraw"} {
		require.Equal(t, bonafide.SignInRequired, sent(t, w.post("", path, nil)), path)
		forged := w.send(w.pages, "alice", http.MethodPost, path, "", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site")
		require.Equal(t, bonafide.CrossOrigin, sent(t, forged), path)
		require.Equal(t, http.StatusMethodNotAllowed, w.get("alice", path).Code, path)
	}
	view, err := bonafide.Parse[desk.View](w.get("alice", "/vouches.json").Body.Bytes())
	require.NoError(t, err)
	require.Len(t, view.Mechanisms, 2)
}
