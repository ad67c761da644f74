package complaint_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/complaint"
	"github.com/stretchr/testify/require"
)

const hostile = `</blockquote><script>alert(1)</script>`

// Anybody reports a badge, and reads at the receipt how far it has come, when the answer is due, and the answer.
func TestReport(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, "noindex", w.do(w.Handler(), "/b/"+alice+"/report", "", nil).Header().Get("X-Robots-Tag"))
	form := w.page("/b/"+alice+"/report", "")
	for _, part := range []string{"<bdi>&lt;i&gt;Alice</bdi>", "“Sellers”", "within 14 days", `<label for="kind">`, `<label for="words">`, `<label for="page">`, "It says something untrue"} {
		require.Contains(t, form, part)
	}
	receipt := w.report("She sold nothing.\r\n" + hostile)
	require.Regexp(t, `^/complaints/[A-Z2-7]{26}$`, receipt)
	page := w.page(receipt, "")
	for _, part := range []string{
		"Received. Nobody has looked at it yet.", "The answer is due by 6 December 2026.", "Received on 22 November 2026", "Not decided yet",
		"<pre>https://bazar.example" + receipt + "</pre>", "<bdi>She sold nothing.</bdi>", `<a href="/b/AAAA">`,
	} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, page, "<script")
	require.NotContains(t, page, "alice", "only the badge is named")
	require.NotContains(t, w.kept(), strings.TrimPrefix(receipt, "/complaints/"), "of a receipt the hash is kept")

	id := w.all()[0].ID
	w.now = w.now.Add(14 * day)
	require.Contains(t, w.page(receipt, ""), "The answer is due by 6 December 2026.", "on the last day")
	w.now = w.now.Add(day)
	require.Contains(t, w.page(receipt, ""), "The answer is late: it was due by 6 December 2026.")
	_, err := w.Look(t.Context(), id)
	require.NoError(t, err)
	page = w.page(receipt, "", "Accept-Language", "fr")
	for _, part := range []string{"Quelqu&#39;un l&#39;examine.", "Examiné le 7 décembre 2026", "La réponse est en retard", "Il dit quelque chose de faux"} {
		require.Contains(t, page, part)
	}
	_, err = w.Decide(t.Context(), id, true, "It is suspended. "+hostile)
	require.NoError(t, err)
	page = w.page(receipt, "")
	for _, part := range []string{"Decided: you are right.", "Decided on 7 December 2026", "It is suspended.", "All this is deleted on 5 June 2027."} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, page, "late")
	require.NotContains(t, page, "<script")
}

// What is refused says how to mend it, and what was typed is kept.
func TestRefusedReport(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct{ kind, words, page, said string }{
		"no kind":            {"", "words", "", "wasn&#39;t chosen"},
		"an unknown kind":    {"rude", "words", "", "wasn&#39;t chosen"},
		"no words":           {"other", "  ", "", "Your words are missing"},
		"too many words":     {"other", strings.Repeat("é", 1001), "", "too long"},
		"hidden characters":  {"other", "a\u202eb", "", "can&#39;t be shown"},
		"a copy without one": {"copied", "words", "", "picture is shown is missing"},
		"a page that isn't":  {"other", "words", "javascript:alert(1)", "picture is shown is missing"},
		"a page too long":    {"copied", "words", "https://x.example/" + strings.Repeat("a", 500), "picture is shown is missing"},
	} {
		answer := w.do(w.Handler(), "/b/"+alice+"/report", "", url.Values{"kind": {test.kind}, "words": {test.words}, "page": {test.page}})
		require.Equal(t, http.StatusBadRequest, answer.Code, name)
		require.Contains(t, answer.Body.String(), test.said, name)
		require.Contains(t, answer.Body.String(), `role="alert"`, name)
		require.Contains(t, answer.Body.String(), test.words+"</textarea>", name)
		if test.kind == "other" {
			require.Contains(t, answer.Body.String(), `<option value="other" selected>`, name)
		}
		require.NotContains(t, answer.Body.String(), `href="javascript:`, name)
	}
	require.Empty(t, w.all())

	answer := w.do(w.Handler(), "/b/CCCC/report", "", nil)
	require.Equal(t, http.StatusNotFound, answer.Code)
	require.Contains(t, answer.Body.String(), "At this address there is no badge")
	answer = w.do(w.Handler(), "/b/CCCC/report", "", url.Values{"kind": {"other"}, "words": {"words"}})
	require.Equal(t, http.StatusNotFound, answer.Code)
	answer = w.do(w.Handler(), "/complaints/AAAA", "", nil)
	require.Equal(t, http.StatusNotFound, answer.Code)
	require.Contains(t, answer.Body.String(), "No report has this address.")
	require.Equal(t, "application/problem+json", w.do(w.Handler(), "/complaints/AAAA", "", nil, "Accept", "*/*").Header().Get("Content-Type"))
	require.Equal(t, "application/problem+json", w.do(w.Handler(), "/b/CCCC/report", "", nil, "Accept", "*/*").Header().Get("Content-Type"))
	crossed := w.do(w.Handler(), "/b/"+alice+"/report", "", url.Values{"kind": {"other"}, "words": {"words"}}, "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, crossed.Code)

	w.config.Badge = nil
	w.open()
	require.Equal(t, http.StatusNotFound, w.do(w.Handler(), "/b/"+alice+"/report", "", nil).Code, "a site that publishes no badges")
}

// So many reports of one badge, and of all, are taken in an hour, and so many are open at once; it says so and keeps the
// words. Who files them about their own badge has peace for an hour and no longer.
func TestReportsAreBounded(t *testing.T) {
	w := newWorld(t)
	form := url.Values{"kind": {"other"}, "words": {"Mine"}}
	post := func(code string) *httptest.ResponseRecorder { return w.do(w.Handler(), "/b/"+code+"/report", "", form) }
	refused := func(code string, said string) {
		answer := post(code)
		require.Equal(t, http.StatusTooManyRequests, answer.Code)
		require.Equal(t, "noindex", answer.Header().Get("X-Robots-Tag"))
		require.Contains(t, answer.Body.String(), said)
		require.Contains(t, answer.Body.String(), "Mine</textarea>")
	}
	for range 10 {
		w.report("x")
	}
	refused(alice, "reported several times within the last hour")
	one := w.all()[0].ID
	require.Equal(t, http.StatusSeeOther, post("BBBB").Code, "the other badge's own")
	_, err := w.Decide(t.Context(), one, false, "No.")
	require.NoError(t, err)
	require.Equal(t, http.StatusSeeOther, post(alice).Code)
	w.now = w.now.Add(time.Hour - time.Second)
	refused(alice, "reported several times within the last hour")
	w.now = w.now.Add(time.Second)
	require.Equal(t, http.StatusSeeOther, post(alice).Code, "ten that are older bar nobody")

	for n := range 59 {
		code := "X" + strings.Repeat("X", n)
		w.badges[code] = w.badges[alice]
		require.Equal(t, http.StatusSeeOther, post(code).Code)
	}
	refused("BBBB", "within the last hour, and no more can be taken")
	w.contest("Never refused")
	for range 7 {
		w.now = w.now.Add(time.Hour)
		for n := range 60 {
			require.Equal(t, http.StatusSeeOther, post("X"+strings.Repeat("X", n%59)).Code)
		}
	}
	w.now = w.now.Add(day)
	w.open()
	for range 9 {
		require.Equal(t, http.StatusSeeOther, post("BBBB").Code)
	}
	refused("BBBB", "Very many reports wait for an answer")
}

// A member contests their status, sees how far that has come, and takes it back.
func TestContest(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, "/sign-in?to=%2Fcontest%3Fmechanism%3Dbuyer", w.do(w.Handler(), "/contest?mechanism=buyer", "", nil).Header().Get("Location"))
	page := w.page("/contest?mechanism=buyer", "alice")
	for _, part := range []string{"within 30 days", `<option value="buyer" selected>Buyers`, `<a href="/cases">`, "Nothing so far."} {
		require.Contains(t, page, part)
	}
	first := w.contest("Three sales are missing.")
	require.Equal(t, first.Received+30*24*60*60, first.Deadline)
	_, err := w.Look(t.Context(), first.ID)
	require.NoError(t, err)
	w.now = w.now.Add(time.Second)
	again := w.replace(first, "Four sales are missing. "+hostile)
	require.Equal(t, complaint.StateReceived, again.State, "nobody has looked at these words")
	require.Zero(t, again.Looked)
	require.Equal(t, first.Received, again.Received)
	require.Equal(t, first.Deadline, again.Deadline)
	require.Len(t, w.all(), 1)
	_, err = w.Decide(t.Context(), first.ID, false, "No.")
	requireCode(t, bonafide.NotFound, err)
	require.Equal(t, again, w.replace(again, again.Words), "the same words again change nothing")
	page = w.page("/contest?mechanism=seller", "alice")
	for _, part := range []string{"You contest this already, in the words below.", "Four sales are missing. &lt;/blockquote&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>", "The answer is due by 22 December 2026.", "Take it back"} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, page, "Three sales")
	require.Contains(t, w.page("/contest", "bob"), "Nothing so far.", "another's is not shown")
	back := "/contest/" + again.ID + "/back"
	require.Equal(t, http.StatusNotFound, w.do(w.Handler(), back, "bob", url.Values{}).Code)
	require.Equal(t, http.StatusUnauthorized, w.do(w.Handler(), back, "", url.Values{}).Code)

	_, err = w.Decide(t.Context(), again.ID, false, "Two of them were returned.")
	require.NoError(t, err)
	page = w.page("/contest", "alice", "Accept-Language", "fr")
	for _, part := range []string{"Décidé\u00a0: rien ne change.", "Two of them were returned.", "Effacer"} {
		require.Contains(t, page, part)
	}
	w.now = w.now.Add(time.Second)
	second := w.contest("And yet.")
	require.NotEqual(t, again.ID, second.ID)
	require.Less(t, strings.Index(w.page("/contest", "alice"), "And yet."), strings.Index(w.page("/contest", "alice"), "Two of them"), "the newest first")
	for _, c := range w.all() {
		require.Equal(t, http.StatusSeeOther, w.do(w.Handler(), "/contest/"+c.ID+"/back", "alice", url.Values{}).Code)
	}
	require.Empty(t, w.kept())

	report := w.report("x")
	require.Equal(t, http.StatusNotFound, w.do(w.Handler(), "/contest/"+w.all()[0].ID+"/back", "alice", url.Values{}).Code, "a report isn't the holder's")
	w.page(report, "")
}

// Who contests without a choice chooses, sees what is open, and replaces none of it unawares.
func TestContestChoosesNothing(t *testing.T) {
	w := newWorld(t)
	page := w.page("/contest", "alice")
	require.Contains(t, page, `<select id="mechanism" name="mechanism" required>`)
	require.NotContains(t, page, "selected")
	require.NotContains(t, page, "contested already")
	first := w.contest("Three sales are missing.")
	page = w.page("/contest", "alice")
	for _, part := range []string{`<option value="seller">Sellers (contested already)</option>`, `<option value="buyer">Buyers</option>`, `<a href="/contest?mechanism=seller">Write it otherwise</a>`} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, page, `name="replaces"`)

	answer := w.do(w.Handler(), "/contest", "alice", url.Values{"mechanism": {"seller"}, "words": {"Four are."}})
	require.Equal(t, http.StatusBadRequest, answer.Code)
	for _, part := range []string{"Nothing was sent yet.", "<bdi>Three sales are missing.</bdi>", "Four are.</textarea>", `name="replaces" value="` + first.ID + `"`} {
		require.Contains(t, answer.Body.String(), part)
	}
	require.Equal(t, []complaint.Complaint{first}, w.all())
	require.Equal(t, "Four are.", w.replace(first, "Four are.").Words)

	w.config.Mechanisms = w.config.Mechanisms[1:]
	w.open()
	require.Contains(t, w.page("/contest", "alice"), `<option value="buyer" selected>`, "there is nothing to choose")
}

func TestRefusedContest(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		mechanism, words, said string
		status                 int
	}{
		"no words":             {"buyer", "", "Your words are missing", 400},
		"nothing chosen":       {"", "Why?", "Choose one of the list.", 404},
		"an unknown mechanism": {"x", "Why?", "There is no such level to contest.", 404},
	} {
		answer := w.do(w.Handler(), "/contest", "alice", url.Values{"mechanism": {test.mechanism}, "words": {test.words}})
		require.Equal(t, test.status, answer.Code, name)
		require.Contains(t, answer.Body.String(), test.said, name)
		require.Contains(t, answer.Body.String(), test.words+"</textarea>", name)
	}
	require.Empty(t, w.all())
	w.config.Cases, w.config.Mechanisms = "", w.config.Mechanisms[:1]
	w.contest("Why?")
	w.open()
	require.NotContains(t, w.page("/contest", "alice"), "/cases")
}

// A site that no longer has a mechanism still shows what was contested under it.
func TestMechanismIsGone(t *testing.T) {
	w := newWorld(t)
	w.contest("Why?")
	receipt := w.report("x")
	w.config.Mechanisms = w.config.Mechanisms[1:]
	w.open()
	require.Regexp(t, regexp.MustCompile(`<h3>seller</h3>`), w.page("/contest", "alice"))
	require.NotContains(t, w.page(receipt, ""), "“")
	require.Len(t, w.all(), 2)
	require.Equal(t, complaint.StateReceived, w.all()[0].State)
}
