package issuer_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"bonafide.example"
	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

// vouchedFor returns a world in which Dave and Erin hold up Bob's level, and the path of his badge.
func vouchedFor(t *testing.T) (l *lending, path string) {
	l = newLending(t)
	l.earn("dave", 1000)
	l.earn("erin", 1200)
	l.join("bob")
	l.vouch("dave", "bob", 2, 60)
	l.vouch("erin", "bob", 2, 60)
	return l, l.publish("helper", "bob")
}

func (l *lending) page(path, lang string) string {
	l.t.Helper()
	answer := l.get(path, "Accept", "text/html", "Accept-Language", lang, "Test-Account", "bob")
	require.Equal(l.t, http.StatusOK, answer.Code)
	return answer.Body.String()
}

func requireAll(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		require.Contains(t, text, part)
	}
}

// BF-DESK-12, BF-DESK-13
func TestBadgeSaysThatItsLevelIsVouchedFor(t *testing.T) {
	l, path := vouchedFor(t)
	page := l.page(path, "en")
	requireAll(t, page, "Two, level 2 of 4.", "not earned: 2 people at a higher level stand behind this member.", "Earned here: no level yet.", "Whoever earns this level here:")
	requireAll(t, l.page(path, "fr"), "il tient à des garanties : 2 personnes d&#39;un niveau supérieur se portent garantes de ce membre.", "Gagné ici : pas encore de niveau.")
	for _, secret := range []string{"dave", "erin"} {
		require.NotRegexp(t, `\b`+secret+`\b`, page, "counts are public, names aren't")
	}
	require.Contains(t, l.get(path+".svg").Body.String(), "vouched")
	require.Contains(t, l.get(path+".fr.svg").Body.String(), "par garants")

	var credential bonafide.Credential
	require.NoError(t, json.Unmarshal(l.get(path+".json").Body.Bytes(), &credential))
	status, err := credential.Stated()
	require.NoError(t, err)
	require.Equal(t, []any{"two", bonafide.Vouched, ""}, []any{status.Level, status.Kind, status.EarnedLevel})

	l.earn("bob", 100)
	require.Contains(t, l.page(path, "en"), "Earned here: One, level 1 of 4.")
	l.earn("bob", 200)
	require.NotContains(t, l.page(path, "en"), "vouched for, not earned")
}

// Between a change and the next issue, what the page counts must fit what it says.
func TestBadgePageCountsNobodyWhileItLags(t *testing.T) {
	l, path := vouchedFor(t)
	require.NoError(t, l.Suspend(t.Context(), "dave"))
	page := l.page(path, "en")
	requireAll(t, page, "Two, level 2 of 4.", "people at a higher level stood behind this member.")
	l.wait(0)
	require.Contains(t, l.page(path, "en"), "No level yet.")
}

// BF-DESK-13
func TestMembersSeeThatTheirLevelIsVouchedFor(t *testing.T) {
	l, _ := vouchedFor(t)
	requireAll(t, l.page("/badges", "en"), "Two, level 2 of 4.", "not earned: people at a higher level stand behind you.", "Earned here: no level yet.", "Your vouches run on until they end,")
	requireAll(t, l.page("/badges", "fr"), "se portent garantes de vous.", "Gagné ici : pas encore de niveau.")
	l.earn("bob", 300)
	require.NotContains(t, l.page("/badges", "en"), "not earned")
}

// BF-DESK-14
func TestMechanismTellsTheTermsOfVouching(t *testing.T) {
	l := newLending(t, func(c *issuer.Config) {
		c.Mechanisms[0].Faults = append(c.Mechanisms[0].Faults, bonafide.FaultClass{ID: "small", Name: both("Small"), Severity: "0.125", Points: 1})
		c.Mechanisms[0].Arbiters = []bonafide.Origin{"https://arbiter.example"}
	})
	requireAll(t, l.page("/mechanisms/helper", "en"),
		"You may put up to half of what you earned here behind people you know.", "Never further, never twice for one fault,",
		"One: 2 people at Two or higher, each of whom has put up 10 points or more",
		"Three: 3 people at Four or higher, each of whom has put up 90 points or more",
		"Half: costs whoever commits it 50 points and those who stand behind them 50% of what they put up",
		"Small: costs whoever commits it 1 point and those who stand behind them 12.5% of",
		"within 14 days", `<a href="https://arbiter.example">arbiter.example</a>`)
	requireAll(t, l.page("/mechanisms/helper", "fr"),
		"Vous pouvez miser jusqu&#39;à la moitié", "One (fr) : 2 personnes au niveau Two (fr) ou plus haut",
		"Small (fr) : coûte 1 point à qui la commet et à ses garants 12,5 % de leur mise", "dans les 14 jours")
}

func TestMechanismWithoutTermsTellsNone(t *testing.T) {
	l := newLending(t, func(c *issuer.Config) { c.Mechanisms[0].Vouching = nil })
	page := l.page("/mechanisms/helper", "en")
	requireAll(t, page, "Half: costs whoever commits it 50 points</li>", `<a href="https://bazar.example">bazar.example</a>`)
	require.NotContains(t, page, "behind")
	l = newLending(t, func(c *issuer.Config) { c.Mechanisms[0].Faults = nil })
	require.NotContains(t, l.page("/mechanisms/helper", "en"), "contest")
}
