package court_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// The member sees what is reported, until when it can be contested and what it costs, and does so there.
// BF-CASE-1, BF-CASE-16, BF-DESK-12
func TestPages(t *testing.T) {
	w := newWorld(t)
	require.Contains(t, w.page("/cases", "bob"), "no fault of yours was ever reported")
	w.reported(w.report("f/1?"))
	list := w.page("/cases", "bob")
	require.Contains(t, list, `<a href="/cases/f%2F1%3F">Fraud, 1 December 2026</a>`)
	require.Equal(t, 1, w.waiting("bob"))
	require.Zero(t, w.waiting("alice"))
	require.Contains(t, list, "You can contest it until 16 December 2026, 09:00 UTC")
	page := w.page("/cases/f%2F1%3F", "bob")
	for _, part := range []string{
		"“Fraud”, on 1 December 2026", "It was reported here on 2 December 2026", "The parcel", "was empty.", "you lose 300 points",
		"Those who stood behind you when it happened lose part", `<label for="words">`, "I accept this",
	} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, page, "alice", "who stands behind whom is their own business")

	post := func(path string, form url.Values) int {
		return w.do(w.Handler(), http.MethodPost, path, "bob", form.Encode()).Code
	}
	require.Equal(t, http.StatusSeeOther, post("/cases/f%2F1%3F/contest", url.Values{"words": {"It was full.\r\n<b>Really.</b>"}}))
	page = w.page("/cases/f%2F1%3F", "bob", "Accept-Language", "fr")
	for _, part := range []string{"Vous avez contesté ceci.", "Un arbitre décide d&#39;ici au 31 janvier 2027 à 09:00 UTC", "<bdi>It was full.</bdi>", "&lt;b&gt;Really.", "Fraud (fr)"} {
		require.Contains(t, page, part)
	}
	require.Zero(t, w.waiting("bob"), "now it is the arbiter's turn")
	_, err := w.Decide(t.Context(), "f/1?", bonafide.Lower, "late", "Not as bad.")
	require.NoError(t, err)
	page = w.page("/cases/f%2F1%3F", "bob")
	for _, part := range []string{"Decision of bazar.example on 2 December 2026", "Lowered to “Late”", "Not as bad.", "You lost 50 points."} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, page, "<form")
	require.Equal(t, http.StatusConflict, post("/cases/f%2F1%3F/accept", nil))

	another := w.report("f2")
	another.Occurred--
	w.reported(another)
	require.Equal(t, http.StatusSeeOther, post("/cases/f2/accept", nil))
	require.Contains(t, w.page("/cases/f2", "bob"), "You accepted it.")
	require.Equal(t, int64(350), w.member("bob").Lost)
}

// Each state has its words, in both languages.
func TestEveryStateHasAPage(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"dismissed", "reversed", "void", "final"} {
		r := w.report(id)
		r.Occurred += bonafide.Seconds(len(id))
		w.reported(r)
	}
	_, err := w.Decide(t.Context(), "dismissed", bonafide.Reverse, "", "A mistake.")
	require.NoError(t, err)
	_, err = w.Appeal(t.Context(), "bob", "void", "It was full.")
	require.NoError(t, err)
	w.wait(61 * day)
	require.NoError(t, w.RunDue(t.Context()))
	_, err = w.Decide(t.Context(), "reversed", bonafide.Reverse, "", "A mistake.")
	require.NoError(t, err)
	for id, words := range map[string][2]string{
		"dismissed": {"It was dismissed on 2 December 2026", "classée le 2 décembre 2026"},
		"reversed":  {"was reversed on 1 February 2027. Everything that it cost is restored", "Tout ce que cela a coûté est rendu"},
		"void":      {"it has been void since 31 January 2027", "close sans suite depuis le 31 janvier 2027"},
		"final":     {"It has been final since 16 December 2026. You didn&#39;t contest it in time.", "définitif depuis le 16 décembre 2026"},
	} {
		require.Equal(t, court.State(id), w.state(id))
		for _, path := range []string{"/cases", "/cases/" + id} {
			require.Contains(t, w.page(path, "bob"), words[0])
			require.Contains(t, w.page(path, "bob", "Accept-Language", "fr"), words[1])
		}
	}
	require.NotContains(t, w.page("/cases", "alice"), "2026")
}

// BF-CASE-6, BF-ISSUER-37, BF-ISSUER-38
func TestPagesAreTheMembersOwn(t *testing.T) {
	w := newWorld(t)
	w.reported(w.report("f1"))
	answer := w.do(w.Handler(), http.MethodGet, "/cases/f1", "", "")
	require.Equal(t, http.StatusSeeOther, answer.Code)
	require.Equal(t, "/sign-in?to=%2Fcases%2Ff1", answer.Header().Get("Location"))
	before := w.kept()
	require.Equal(t, http.StatusUnauthorized, w.do(w.Handler(), http.MethodPost, "/cases/f1/accept", "", "").Code)
	require.Equal(t, http.StatusForbidden, w.do(w.Handler(), http.MethodPost, "/cases/f1/accept", "bob", "", "Sec-Fetch-Site", "cross-site").Code)
	require.Equal(t, http.StatusNotFound, w.do(w.Handler(), http.MethodPost, "/cases/f1/accept", "alice", "").Code)
	require.Equal(t, before, w.kept())
	others, none := w.do(w.Handler(), http.MethodGet, "/cases/f1", "alice", ""), w.do(w.Handler(), http.MethodGet, "/cases/f2", "alice", "")
	require.Equal(t, http.StatusNotFound, others.Code)
	require.Equal(t, strings.ReplaceAll(none.Body.String(), "f2", "f1"), others.Body.String(), "nothing tells another's case from none")
}

// Whoever delivers a ruling is told where the case stands, and not whom it is about.
// BF-CASE-11
func TestRulingIsDelivered(t *testing.T) {
	w := newWorld(t)
	w.contested(w.report("f1"))
	token := w.judge.sign(w.judge.ruling("f1", bonafide.Uphold))
	answer := w.do(w.Handler(), http.MethodPost, "/rulings", "", url.Values{"ruling": {token}}.Encode())
	require.Equal(t, http.StatusOK, answer.Code, answer.Body)
	require.JSONEq(t, `{"case":"f1","state":"final"}`, answer.Body.String())
	answer = w.do(w.Handler(), http.MethodPost, "/rulings", "", "ruling=x")
	problem, err := bonafide.Parse[web.ProblemDocument](answer.Body.Bytes())
	require.NoError(t, err)
	require.Equal(t, bonafide.BadToken, problem.Code)
}
