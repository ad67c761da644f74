package issuer_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/browser"
	"bonafide.example/internal/need"
	"bonafide.example/issuer"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

// said returns a text whose languages differ in more than a mark, as long as those of real sites.
func said(en, fr string) bonafide.Text { return bonafide.Text{EN: en, FR: fr} }

// helpful is a mechanism with words as real sites have them, since they must fit a small screen.
func helpful() bonafide.Mechanism {
	m := helpers()
	m.Name = said("Help among neighbours", "Entraide entre voisins")
	m.Meaning = said("How much this member has helped neighbours, as those who were helped confirmed.", "À quel point ce membre a aidé ses voisins, selon les personnes aidées.")
	m.WhoRates = said("Whoever was helped confirms it.", "La personne aidée le confirme.")
	m.Falls = said("By faults that an arbiter upheld.", "Par les fautes qu'un arbitre a retenues.")
	m.Recovers = said("By a twelfth every 30 days.", "D'un douzième tous les 30 jours.")
	m.NotSaid = said("Who the member is, and what they will do next.", "Qui est ce membre, et ce qu'il fera ensuite.")
	names := []bonafide.Text{said("Known neighbour", "Voisin connu"), said("Trusted neighbour", "Voisin de confiance"), said("Pillar", "Pilier"), said("Elder", "Aîné")}
	for n := range m.Levels {
		m.Levels[n].Name = names[n]
		m.Levels[n].Sentence = said("Has helped dozens of times over months, each time confirmed.", "A aidé des dizaines de fois pendant des mois, ce qui fut chaque fois confirmé.")
	}
	return m
}

// neighbourhood is a world with a badge in every state.
type neighbourhood struct {
	*lending
	address string            // of its server
	badges  map[string]string // the path of each state's
}

func newNeighbourhood(t *testing.T) *neighbourhood {
	l := newLending(t, func(c *issuer.Config) {
		c.Mechanisms = []bonafide.Mechanism{helpful()}
		c.Converted = func(_ store.Reader, _, account string) (int, error) {
			if account == "carl" {
				return 2, nil
			}
			return 0, nil
		}
	})
	n := &neighbourhood{lending: l, badges: map[string]string{"unknown": "/b/0000000000000000"}}
	show := func(state, member, name string) {
		address, err := l.PublishBadge(t.Context(), "helper", member, name)
		require.NoError(t, err)
		n.badges[state] = address[len(bazar):]
	}
	for _, member := range []string{"alice", "dave", "erin", "fred", "gina", "hugo"} {
		l.earn(member, 1000)
	}
	for _, member := range []string{"bob", "carl", "nora"} {
		l.join(member)
	}
	l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	show("earned", "alice", "Alice")
	show("vouched", "bob", "Bob")
	show("converted", "carl", "Carl")
	show("none", "nora", "Nora")
	show("suspended", "fred", "Fred")
	show("withdrawn", "gina", "Gina")
	show("erased", "hugo", "Hugo")
	require.NoError(t, l.Suspend(t.Context(), "fred"))
	require.NoError(t, l.WithdrawBadge(t.Context(), "helper", "gina"))
	require.NoError(t, l.Erase(t.Context(), "hugo"))
	n.badges["old"] = n.badges["earned"]
	show("forged", "dave", "Dave")
	n.damage("dave")
	server := httptest.NewServer(n.handler)
	t.Cleanup(server.Close)
	n.address = server.URL
	return n
}

// keepScreen keeps what the window shows, where [browser.Page.Sound] keeps whole pages.
func keepScreen(t *testing.T, p *browser.Page, name string) {
	if folder := os.Getenv("BONAFIDE_SCREENSHOTS"); folder != "" {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name+".png"), p.Screenshot(), 0o644))
	}
}

// The first screen of a small phone answers who says what about whom, since when, whether it holds now, and what that
// means; in no state but the current ones does it look as if it held.
func TestBadgePageInChromium(t *testing.T) {
	chromium, n := browser.New(t), newNeighbourhood(t)
	english := chromium.Visit(t, browser.Visitor{Width: 320, Height: 640})
	french := chromium.Visit(t, browser.Visitor{Lang: "fr", Width: 320, Height: 640, Dark: true})
	for _, c := range []struct {
		state  string
		status int64
		en, fr []string
	}{
		{"earned", 200,
			[]string{"On 22 November 2026 bazar.example said of Alice: Pillar, level 3 of 4. It has been so since November 2026", "Checked just now: it holds.", "It means: Has helped"},
			[]string{"Le 22 novembre 2026, bazar.example a dit de Alice : Pilier, niveau 3 sur 4. C'est ainsi depuis novembre 2026", "Vérifié à l'instant : c'est valable.", "Cela veut dire : A aidé"}},
		{"vouched", 200,
			[]string{"said of Bob: Trusted neighbour, level 2 of 4.", "since 22 November 2026", "not earned: 2 people", "Checked just now: it holds.", "Whoever earns this level here: Has helped"},
			[]string{"a dit de Bob : Voisin de confiance, niveau 2 sur 4.", "n'a pas été gagné", "c'est valable.", "Qui gagne ce niveau ici : A aidé"}},
		{"converted", 200,
			[]string{"said of Carl: Trusted neighbour, level 2 of 4.", "wasn't earned here", "Checked just now: it holds.", "Whoever earns this level here: Has helped"},
			[]string{"a dit de Carl", "n'a pas été gagné ici", "c'est valable.", "Qui gagne ce niveau ici : A aidé"}},
		{"none", 200,
			[]string{"said of Nora: No level yet. It has been so since 22 November 2026", "Checked just now: it holds.", "says nothing against anybody"},
			[]string{"a dit de Nora : Pas encore de niveau.", "c'est valable.", "ne dit de mal de personne"}},
		{"suspended", 200,
			[]string{"Since 22 November 2026 bazar.example has suspended Fred.", "Checked just now: it does not hold.", "rely on nothing"},
			[]string{"Depuis le 22 novembre 2026, bazar.example a suspendu Fred.", "ce n'est pas valable.", "ne vous fiez à rien"}},
		{"withdrawn", 200,
			[]string{"This badge from bazar.example was withdrawn on 22 November 2026.", "Checked just now: it does not hold.", "its holder no longer shows it"},
			[]string{"Ce badge de bazar.example a été retiré le 22 novembre 2026.", "ce n'est pas valable.", "son titulaire"}},
		{"erased", 200,
			[]string{"This badge from bazar.example was withdrawn on 22 November 2026.", "Checked just now: it does not hold.", "its holder no longer shows it"},
			[]string{"a été retiré le 22 novembre 2026.", "ce n'est pas valable."}},
		{"forged", 200,
			[]string{"Rely on nothing", "Checked just now: it does not hold.", "what this site keeps of the badge was altered or damaged"},
			[]string{"Ne vous fiez à rien", "ce n'est pas valable.", "a été altéré ou abîmé"}},
		{"unknown", 404,
			[]string{"bazar.example says nothing of anybody at this address.", "Checked just now: there is no badge.", "has shown you nothing"},
			[]string{"bazar.example ne dit rien de personne à cette adresse.", "il n'y a pas de badge."}},
		{"old", 200,
			[]string{"This is old. It held until 21 January 2027", "said of Alice: Pillar", "Checked just now: it does not hold.", "It meant: Has helped"},
			[]string{"Ceci est ancien. C'était valable jusqu'au 21 janvier 2027", "ce n'est pas valable.", "Cela voulait dire : A aidé"}},
	} {
		if c.state == "old" {
			n.clock.add(61 * day)
		}
		for _, as := range []struct {
			name string
			page *browser.Page
			due  []string
		}{{"badge-page-" + c.state + "-en", english, c.en}, {"badge-page-" + c.state + "-fr-dark", french, c.fr}} {
			require.EqualValues(t, c.status, as.page.Open(n.address+n.badges[c.state]))
			seen := as.page.Seen()
			requireAll(t, strings.ReplaceAll(seen, "\u00a0", " "), as.due...)
			holds := slices.Contains([]string{"earned", "vouched", "converted", "none"}, c.state)
			require.Equal(t, holds, strings.Contains(seen, "it holds.") || strings.Contains(seen, "c'est valable."), as.name)
			as.page.Sound(as.name)
			keepScreen(t, as.page, as.name+"-first")
		}
	}
	forced := chromium.Visit(t, browser.Visitor{Width: 640, Zoom: 200, ForcedColors: true, NoScript: true})
	forced.Open(n.address + n.badges["suspended"])
	forced.Sound("badge-page-suspended-forced-zoomed")

	t.Run("print", func(t *testing.T) { n.prints(t, chromium) })
}

// prints requires of the printed page what holds on paper, and that its code leads back.
func (n *neighbourhood) prints(t *testing.T, chromium *browser.Browser) {
	need.Program(t, "pdftoppm")
	need.Program(t, "zbarimg")
	p := chromium.Visit(t, browser.Visitor{Dark: true})
	p.Open(n.address + n.badges["vouched"])
	printed := filepath.Join(t.TempDir(), "page")
	require.NoError(t, os.WriteFile(printed+".pdf", p.PDF(), 0o600))
	run := func(name string, args ...string) string {
		said, err := exec.Command(name, args...).Output()
		require.NoError(t, err, name)
		return strings.TrimSpace(string(said))
	}
	run("pdftoppm", "-png", "-singlefile", "-r", "150", printed+".pdf", printed)
	require.Equal(t, string(bazar)+n.badges["vouched"], run("zbarimg", "--quiet", "--raw", printed+".png"))
	text := strings.Join(strings.Fields(run("pdftotext", printed+".pdf", "-")), " ")
	requireAll(t, text, "said of Bob: Trusted neighbour, level 2 of 4.", "As it was on", string(bazar)+n.badges["vouched"])
	for _, screen := range []string{"Français", "What is checked", "Copy", "For machines", "Print this page"} {
		require.NotContains(t, text, screen)
	}
	if folder := os.Getenv("BONAFIDE_SCREENSHOTS"); folder != "" {
		require.NoError(t, os.Rename(printed+".png", filepath.Join(folder, "badge-page-printed.png")))
	}
}
