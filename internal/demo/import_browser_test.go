package demo

import (
	"strings"
	"testing"

	"bonafide.example"
	chromium "bonafide.example/internal/browser"
	"github.com/stretchr/testify/require"
)

// words are what a page says in one language.
type words struct {
	lang, signIn, see, prove, allow, decline, remove, imported, declined, try, positive, total, since string
}

var inBoth = []words{
	{
		lang: "en", signIn: "Sign in as Alice", see: "See what it would count for", prove: "It's mine: prove it at ", allow: "Allow %s to be told", decline: "Decline: tell nothing",
		remove: "Remove this import", imported: "was imported.", declined: "You declined, so nothing was told.",
		try: "What would that count for?", positive: "Your positive ratings there", total: "Your ratings there in all", since: "The month in which you opened your account there",
	},
	{
		lang: "fr", signIn: "Se connecter comme Alice", see: "Voir ce qu'il vaudrait ici", prove: "C'est le mien : le prouver chez ", allow: "Autoriser : informer %s", decline: "Refuser : ne rien dire",
		remove: "Supprimer cet import", imported: "est importé.", declined: "Vous avez refusé, donc rien n'a été dit.",
		try: "Que vaudrait cela ?", positive: "Vos évaluations positives là-bas", total: "Toutes vos évaluations là-bas", since: "Le mois où vous avez ouvert votre compte là-bas",
	},
}

// spaced has the spaces of messages, which don't break before signs in French.
func spaced(s string) string {
	return strings.NewReplacer(" :", "\u00a0:", " ?", "\u00a0?").Replace(s)
}

// TestImportByKeyboard imports Alice's badge in both languages at 320 px, with the keyboard alone and no scripts, after an
// address mistyped and a consent declined. Every page on the way is sound.
func TestImportByKeyboard(t *testing.T) {
	b, w := chromium.New(t), running(t)
	outils, bazar := string(w.Outils.Origin), string(w.Bazar.Origin)
	for _, say := range inBoth {
		t.Run(say.lang, func(t *testing.T) {
			p := b.Visit(t, chromium.Visitor{Lang: say.lang, Width: 320, NoScript: true})
			signIn := func(at string) {
				p.Open(at + "/demo/sign-in?return=/me")
				p.Tab(say.signIn)
				p.Enter()
			}
			signIn(outils)
			signIn(bazar)
			preview := func() {
				p.Open(outils + "/import?badge=" + w.Alice)
				p.Tab(spaced(say.see))
				require.EqualValues(t, 200, p.Enter())
			}
			p.Open(outils + "/import?badge=alice")
			p.Sound("import-" + say.lang)
			p.Tab(spaced(say.see))
			require.EqualValues(t, 400, p.Enter())
			p.Sound("import-refused-" + say.lang)

			preview()
			p.Sound("preview-" + say.lang)
			prove := spaced(say.prove + w.Bazar.Origin.Host())
			p.Tab(prove)
			require.EqualValues(t, 200, p.Enter())
			p.Sound("consent-" + say.lang)
			p.Tab(spaced(say.decline))
			require.EqualValues(t, bonafide.ConsentDeclined.Meaning().Status, p.Enter())
			require.Contains(t, p.Text(), say.declined)
			p.Sound("import-declined-" + say.lang)

			preview()
			p.Tab(prove)
			p.Enter()
			p.Tab(spaced(strings.ReplaceAll(say.allow, "%s", w.Outils.Origin.Host())))
			require.EqualValues(t, 200, p.Enter())
			require.Contains(t, p.Address(), outils+"/standing?imported=")
			require.Contains(t, p.Text(), say.imported)
			p.Sound("standing-" + say.lang)
			p.Tab(spaced(say.remove))
			require.EqualValues(t, 200, p.Enter())
			p.Sound("standing-empty-" + say.lang)
			require.Empty(t, p.Faults())
		})
	}

	// What is published is read by anybody, in the dark or in colours of their own.
	for n, say := range inBoth {
		t.Run("published, "+say.lang, func(t *testing.T) {
			p := b.Visit(t, chromium.Visitor{Lang: say.lang, Width: 320, NoScript: true, Dark: n == 0, ForcedColors: n == 1})
			p.Open(bazar + "/mechanisms/seller")
			p.Sound("mechanism-" + say.lang)
			p.Open(outils + "/conversions/bazar")
			p.Fill(spaced(say.positive), "97 %")
			p.Fill(spaced(say.total), "220")
			p.Fill(spaced(say.since), "soon")
			require.EqualValues(t, 422, p.Follow(spaced(say.try)))
			p.Sound("table-wrong-" + say.lang)
			p.Fill(spaced(say.since), "2020-01")
			require.EqualValues(t, 200, p.Follow(spaced(say.try)))
			require.Contains(t, p.Text(), "213")
			p.Sound("table-" + say.lang)
			require.Empty(t, p.Faults())
		})
	}
}
