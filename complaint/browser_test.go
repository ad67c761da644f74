package complaint_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/browser"
	"github.com/stretchr/testify/require"
)

// Who has a keyboard alone, a narrow window and no scripts reports a badge, and its holder contests a status; what
// others wrote stands on the pages as text.
func TestInBrowser(t *testing.T) {
	chromium := browser.New(t)
	w := newWorld(t)
	w.config.SignIn.Account = func(*http.Request) (bonafide.Account, bool) {
		return bonafide.Account{ID: "alice", Name: "Alice"}, true
	}
	server := httptest.NewUnstartedServer(nil)
	w.config.Origin = bonafide.Origin("http://" + server.Listener.Addr().String())
	w.open()
	server.Config.Handler = w.Handler()
	server.Start()
	t.Cleanup(server.Close)
	for _, words := range []struct{ lang, kind, words, send, copied, untrue, received, which, seller, why, contest, late, decided string }{
		{"en", "What is wrong", "In your own words, at most 2000 letters", "Send the report", "Somebody else shows its picture on a page", "It says something untrue",
			"Received. Nobody has looked at it yet.", "What isn't right", "Sellers", "Why, in your own words, at most 2000 letters", "Contest it", "The answer is late", "Decided: you are right."},
		{"fr", "Ce qui ne va pas", "Avec vos mots, 2000 lettres au plus", "Envoyer le signalement", "Quelqu'un d'autre affiche son image sur une page", "Il dit quelque chose de faux",
			"Reçu. Personne ne l'a encore examiné.", "Ce qui n'est pas juste", "Sellers (fr)", "Pourquoi, avec vos mots, 2000 lettres au plus", "Contester", "La réponse est en retard", "Décidé\u00a0: vous avez raison."},
	} {
		t.Run(words.lang, func(t *testing.T) {
			p := chromium.Visit(t, browser.Visitor{Lang: words.lang, Width: 320, Dark: words.lang == "fr", NoScript: true})
			require.EqualValues(t, 200, p.Open(server.URL+"/b/"+alice+"/report"))
			p.Sound("report-" + words.lang)
			p.Choose(words.kind, words.copied)
			p.Tab(words.words)
			p.Type(hostile)
			p.Tab(words.send)
			require.EqualValues(t, 400, p.Enter(), "of a copy the page is needed")
			p.Sound("report-refused-" + words.lang)
			p.Choose(words.kind, words.untrue)
			p.Tab(words.send)
			require.EqualValues(t, 200, p.Enter())
			require.Contains(t, p.Text(), words.received)
			require.Contains(t, p.Text(), hostile)
			p.Sound("receipt-" + words.lang)
			receipt := p.Address()

			require.EqualValues(t, 200, p.Open(server.URL+"/contest"))
			p.Choose(words.which, words.seller)
			p.Tab(words.why)
			p.Type(hostile)
			p.Tab(words.contest)
			require.EqualValues(t, 200, p.Enter())
			require.Contains(t, p.Text(), hostile)
			p.Sound("contest-" + words.lang)

			w.now = w.now.Add(20 * day)
			require.EqualValues(t, 200, p.Open(receipt))
			require.Contains(t, p.Text(), words.late)
			for _, c := range w.all() {
				if c.State.Open() {
					_, err := w.Decide(t.Context(), c.ID, true, hostile)
					require.NoError(t, err)
				}
			}
			require.EqualValues(t, 200, p.Open(receipt))
			require.Contains(t, p.Text(), words.decided)
			p.Sound("decided-" + words.lang)
			require.EqualValues(t, 404, p.Open(server.URL+"/b/CCCC/report"))
			p.Sound("no-badge-" + words.lang)
		})
	}
}
