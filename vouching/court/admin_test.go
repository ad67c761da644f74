package court_test

import (
	"net/http"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/web"
	"bonafide.example/store"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// admin asks the admin API and returns its answer or its code.
func (w *world) admin(method, path string, body any) (answer string, code bonafide.Code) {
	w.t.Helper()
	data, err := bonafide.MarshalJSON(body)
	require.NoError(w.t, err)
	got := w.do(w.Admin(), method, path, "", string(data), "Content-Type", "application/json")
	if got.Code == http.StatusOK {
		return got.Body.String(), ""
	}
	problem, err := bonafide.Parse[web.ProblemDocument](got.Body.Bytes())
	require.NoError(w.t, err, got.Body.String())
	return "", problem.Code
}

// BF-CASE-8, BF-CASE-11
func TestAdmin(t *testing.T) {
	w := newWorld(t)
	post := func(path string, body any) court.Case {
		t.Helper()
		answer, code := w.admin("POST", path, body)
		require.Empty(t, code)
		k, err := bonafide.Parse[court.Case]([]byte(answer))
		require.NoError(t, err)
		return k
	}
	list := func(query string) (ids []string) {
		answer, code := w.admin("GET", "/admin/cases"+query, nil)
		require.Empty(t, code)
		cases, err := bonafide.Parse[[]court.Case]([]byte(answer))
		require.NoError(t, err)
		for _, k := range cases {
			ids = append(ids, k.ID)
		}
		return ids
	}
	require.Empty(t, list(""))
	first, second, third := w.report("f1"), w.report("f2"), w.report("f3")
	second.Member, third.Class = "alice", "late"
	require.Equal(t, court.StateReported, post("/admin/cases", first).State)
	w.wait(day)
	post("/admin/cases", second)
	post("/admin/cases", third)
	require.Equal(t, "It was full.", post("/admin/cases/f1/appeal", map[string]string{"words": "It was full."}).Appeal)
	require.Equal(t, []string{"f2", "f3", "f1"}, list(""), "the nearest deadline first")
	require.Equal(t, []string{"f1"}, list("?state=contested"))
	require.Equal(t, court.StateFinal, post("/admin/cases/f1/ruling", map[string]string{"decision": "uphold", "reason": "Both were heard."}).State)
	reverse := w.judge.sign(w.judge.ruling("f2", bonafide.Reverse))
	require.Equal(t, court.StateDismissed, post("/admin/rulings", map[string]string{"ruling": reverse}).State)
	require.Equal(t, []string{"f3", "f1", "f2"}, list(""), "what is closed comes last")
	w.wait(14 * day)
	require.Equal(t, []string{"f1", "f3"}, list("?state=final"), "as it stands, worked off or not")

	for path, code := range map[string]bonafide.Code{
		"GET /admin/cases/none": bonafide.NotFound, "GET /admin/cases?state=odd": bonafide.BadValue,
		"POST /admin/cases/none/appeal": bonafide.NotFound, "DELETE /admin/cases/f1": bonafide.NotFound,
	} {
		method, path, _ := strings.Cut(path, " ")
		_, got := w.admin(method, path, map[string]string{"words": "x"})
		require.Equal(t, code, got, path)
	}
}

// Whoever is erased is nobody in what runs on, and what was written about them is gone.
// BF-DESK-18, BF-ISSUER-39
func TestEraseAndExport(t *testing.T) {
	w := newWorld(t)
	w.contested(w.report("f1"))
	pending := w.report("f2")
	pending.Class = "late"
	w.reported(pending)
	_, err := w.Decide(t.Context(), "f1", bonafide.Uphold, "", "We heard both.")
	require.NoError(t, err)
	export := func(member string) (cases []court.Case) {
		require.NoError(t, w.Store.View(t.Context(), func(r store.Reader) error {
			held, err := w.Export(r, member)
			cases = held.([]court.Case)
			return err
		}))
		return cases
	}
	held := export("bob")
	require.Len(t, held, 2)
	require.Equal(t, "It was full.", held[0].Appeal)
	require.NotEmpty(t, held[0].Rulings[0].Token)
	require.Empty(t, export("alice"))
	require.NotNil(t, export("alice"))

	l, err := w.issuer.Ledger("seller")
	require.NoError(t, err)
	require.NoError(t, w.Store.Update(t.Context(), func(tx store.Tx) error {
		if err := l.Rename(tx, "bob", "nobody-1"); err != nil {
			return err
		}
		return w.Erase(tx, "bob", "nobody-1")
	}))
	require.Empty(t, export("bob"))
	require.Len(t, export("nobody-1"), 2)
	for key, value := range w.kept() {
		if strings.HasPrefix(key, "court") {
			for _, gone := range []string{"bob", "parcel", "full", "heard", held[0].Rulings[0].Token} {
				require.NotContains(t, key+value, gone)
			}
		}
	}
	w.wait(14 * day)
	require.NoError(t, w.RunDue(t.Context()))
	require.Equal(t, court.StateFinal, w.state("f2"), "it runs on")
	require.Equal(t, int64(45), w.member("alice").Charged)
}
