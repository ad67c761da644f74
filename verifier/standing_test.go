package verifier_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/verifier"
	"github.com/stretchr/testify/require"
)

// BF-VERIFIER-16, BF-VERIFIER-17
func TestExportAndErase(t *testing.T) {
	w := newWorld(t)
	alice, bob := w.browser("alice"), w.browser("bob")
	alice.imports()
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-bob" })
	bob.imports()
	bob.begin()

	a := bob.get("/standing/export")
	require.Equal(t, http.StatusOK, a.status)
	require.Contains(t, a.header.Get("Content-Disposition"), "attachment")
	held, err := bonafide.ParsePeer[verifier.Held]([]byte(a.body))
	require.NoError(t, err)
	require.Len(t, held.Imports, 1)
	require.Equal(t, "pseudonym-of-bob", held.Imports[0].Subject)
	require.NotEmpty(t, held.Imports[0].Statement)
	require.Equal(t, 2, held.Counts[0].Level)
	require.NotEmpty(t, held.UnderWay)
	require.NotContains(t, a.body, "refresh-", "the token isn't given away")

	require.Equal(t, http.StatusSeeOther, bob.post("/standing/erase").status)
	held = *w.held("bob")
	require.Empty(t, held.Imports)
	require.Empty(t, held.UnderWay)
	require.Equal(t, 0, w.converted("bob").Level)
	require.Equal(t, 2, w.converted("alice").Level)
	bob.imports()
}

// Two imports of one mechanism that end at the same instant are each shown with what they count for themselves.
func TestTwoImportsOfOneMechanism(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	alice.page = true
	alice.imports()
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-her-other-account" })
	w.issuer.tell(func() { w.issuer.status = w.issuer.stating(213) })
	alice.imports()
	imports := w.held("alice").Imports
	require.Equal(t, imports[0].ReliedUntil, imports[1].ReliedUntil)
	cards := strings.Split(alice.get("/standing").body, `<article class="card">`)[1:]
	require.Len(t, cards, 2)
	for _, card := range cards {
		require.Equal(t, 1, strings.Count(card, "positive ratings of"), card)
	}
}

// A table that is published while the page is made, with fewer rows than before, does the page no harm.
func TestTableChangesUnderThePage(t *testing.T) {
	for before := range 5 {
		w := newWorld(t)
		next := w.table()
		next.ID, next.To.Mechanism = string(site)+"/conversions/ranks", string(site)+"/mechanisms/trader"
		next.Measure, next.Accept.MinSample = nil, 0
		next.Rates = []bonafide.Rate{{Level: "five", Gives: 2}, {Level: "three", Gives: 1}}
		w.config.Mechanisms = append(w.config.Mechanisms, mechanism(next.To.Mechanism, "trading", "one", "two"))
		w.config.Tables = append(w.config.Tables, next)
		w.start()
		w.browser("alice").imports()
		plain := *w
		hash, err := bonafide.Hash(next)
		require.NoError(t, err)
		next.Version, next.Previous, next.Rates = 2, hash, next.Rates[:1]
		views := -1000 // those of the start
		w.config.Store = &watched{w.config.Store, func() {
			if views == before {
				status, body := plain.put(t, "ranks", next)
				require.Equal(t, http.StatusOK, status, body)
			}
			views++
		}}
		w.start()
		views = 0
		alice := w.browser("alice")
		alice.page = true
		require.Equal(t, http.StatusOK, alice.get("/standing").status)
		require.Greater(t, views, before, "it was published meanwhile")
	}
}

// watched is a store that calls a function before each View.
type watched struct {
	store.Store
	before func()
}

func (w *watched) View(ctx context.Context, fn func(store.Reader) error) error {
	w.before()
	return w.Store.View(ctx, fn)
}

// What others hold on an account is in its export, and they are told when it is erased.
func TestOthersHold(t *testing.T) {
	w := newWorld(t)
	held := map[string]string{"alice": "a word"}
	w.config.Exporting = func(_ store.Reader, account string) (any, error) {
		if word, ok := held[account]; ok {
			return []string{word}, nil
		}
		return nil, nil
	}
	w.config.Erasing = func(_ store.Tx, account string) error {
		delete(held, account)
		return nil
	}
	w.start()
	alice := w.browser("alice")
	alice.page = true
	require.Contains(t, alice.get("/standing/export").body, `"others":["a word"]`)
	require.Contains(t, alice.get("/standing").body, `action="/standing/erase"`, "also without an import")
	require.Equal(t, http.StatusSeeOther, alice.post("/standing/erase").status)
	require.Empty(t, held)
	require.NotContains(t, alice.get("/standing/export").body, "others")
}

func TestStandingPage(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	alice.page = true
	require.Contains(t, alice.get("/standing").body, "You have imported nothing")
	alice.imports()
	a := alice.get("/standing")
	require.Equal(t, http.StatusOK, a.status)
	for _, line := range w.converted("alice").Lines(bonafide.English)[:2] {
		require.Contains(t, a.body, line)
	}
	require.Contains(t, a.body, "/refresh")
	nobody := w.browser("")
	nobody.page = true
	require.Equal(t, http.StatusSeeOther, nobody.get("/standing").status)
}

// Every page exists in both languages, with all its messages.
// BF-VERIFIER-1
func TestPages(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	alice.page = true
	alice.imports()
	for _, lang := range []string{"en", "fr"} {
		for name, a := range map[string]answer{
			"import":   alice.get("/import?lang=" + lang),
			"preview":  alice.post("/import/preview?lang="+lang, "badge", string(w.issuer.origin)+"/b/alice"),
			"begin":    alice.get("/import/begin?lang=" + lang + "&iss=" + string(w.issuer.origin)),
			"standing": alice.get("/standing?lang=" + lang),
			"table":    alice.get("/conversions/bazar?lang=" + lang),
		} {
			require.Equal(t, http.StatusOK, a.status, name)
			require.Contains(t, a.body, `<html lang="`+lang+`">`, name)
			require.NotRegexp(t, `\W\[[a-z-]+\]`, a.body, name)
			require.NotContains(t, a.body, "<no value>", name)
		}
	}
	a := alice.get("/conversions/bazar.jwt")
	require.Equal(t, bonafide.TypeTable.MediaType(), a.header.Get("Content-Type"))
}

// put publishes a table over the admin API.
func (w *world) put(t *testing.T, name string, body any) (int, string) {
	data, err := bonafide.MarshalJSON(body)
	require.NoError(t, err)
	request, err := http.NewRequest(http.MethodPut, w.admin.URL+"/admin/conversions/"+name, bytes.NewReader(data))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	var answer bytes.Buffer
	_, err = answer.ReadFrom(response.Body)
	require.NoError(t, err)
	return response.StatusCode, answer.String()
}

// A table's new version changes what inputs count for, without anybody's doing.
// BF-VERIFIER-4, BF-VERIFIER-5, BF-VERIFIER-19
func TestNewVersionOfATable(t *testing.T) {
	w := newWorld(t)
	w.browser("alice").imports()
	hash, err := bonafide.Hash(w.table())
	require.NoError(t, err)
	next := w.table()
	next.Version, next.Previous = 2, hash
	next.Rates[0].AtLeast = "0.99"
	status, body := w.put(t, "bazar", next)
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, `"checked":true`)
	e := w.converted("alice")
	require.Equal(t, 1, e.Level)
	require.Equal(t, 2, e.Inputs[0].Table.Version)

	w.start() // with the first version still in its config
	require.Equal(t, 1, w.converted("alice").Level)

	other := w.table()
	other.Version, other.Previous = 3, hash
	status, body = w.put(t, "bazar", other)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, body, "version-conflict")
}

// A table that is only checked isn't published.
func TestAdminChecks(t *testing.T) {
	w := newWorld(t)
	check := func(table bonafide.Table) (int, string) {
		data, err := bonafide.MarshalJSON(table)
		require.NoError(t, err)
		response, err := http.Post(w.admin.URL+"/admin/conversions/more/check", "application/json", bytes.NewReader(data))
		require.NoError(t, err)
		defer response.Body.Close()
		var answer bytes.Buffer
		_, err = answer.ReadFrom(response.Body)
		require.NoError(t, err)
		return response.StatusCode, answer.String()
	}
	table := w.table()
	table.ID = string(site) + "/conversions/more"
	status, body := check(table)
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, `"checked":true`)
	table.From.Context = "other"
	status, body = check(table)
	require.Equal(t, http.StatusUnprocessableEntity, status, body)
	require.Contains(t, body, "from.context")
	table.ID = string(site) + "/conversions/another"
	status, _ = check(table)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	response, err := http.Get(w.admin.URL + "/admin/conversions")
	require.NoError(t, err)
	defer response.Body.Close()
	var all bytes.Buffer
	_, err = all.ReadFrom(response.Body)
	require.NoError(t, err)
	require.NotContains(t, all.String(), "conversions/more")
}

// BF-VERIFIER-19
func TestAdminPublishes(t *testing.T) {
	w := newWorld(t)
	table := w.table()
	table.ID = string(site) + "/conversions/more"
	hash, err := bonafide.Hash(table)
	require.NoError(t, err)
	for range 2 {
		status, body := w.put(t, "more", table)
		require.Equal(t, http.StatusOK, status, body)
		answer, err := bonafide.Parse[verifier.Publication]([]byte(body))
		require.NoError(t, err)
		require.Equal(t, verifier.Publication{ID: table.ID, Version: 1, Hash: hash, Checked: true}, answer)
	}
	response, err := http.Get(w.admin.URL + "/admin/conversions")
	require.NoError(t, err)
	defer response.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(response.Body)
	require.NoError(t, err)
	listed, err := bonafide.Parse[[]bonafide.Table](body.Bytes())
	require.NoError(t, err)
	require.Equal(t, []bonafide.Table{w.table(), table}, listed)

	status, said := w.put(t, "other", table)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, said, `"code":"bad-table"`)
}

// BF-VERIFIER-20
func TestTablesOneTooMany(t *testing.T) {
	w := newWorld(t)
	table := w.table()
	for n := 0; ; n++ {
		name := fmt.Sprintf("%040d", n)
		table.ID = string(site) + "/conversions/" + name
		status, body := w.put(t, name, table)
		if status == http.StatusOK {
			require.Less(t, n, 200)
			continue
		}
		require.Equal(t, http.StatusRequestEntityTooLarge, status)
		require.Contains(t, body, "one table too many")
		break
	}
	next := w.table()
	hash, err := bonafide.Hash(next)
	require.NoError(t, err)
	next.Version, next.Previous = 2, hash
	status, body := w.put(t, "bazar", next)
	require.Equal(t, http.StatusOK, status, body)
}

// BF-VERIFIER-2, BF-VERIFIER-3
func TestTablesRefused(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		change func(*bonafide.Table)
		named  string
	}{
		"not decreasing":  {func(t *bonafide.Table) { t.Rates[1].AtLeast = "0.96" }, "rates[1].at_least"},
		"above our scale": {func(t *bonafide.Table) { t.Cap = 9; t.Rates[0].Gives = 9 }, "rates[0].gives"},
		"no such measure": {func(t *bonafide.Table) { t.Measure.Share = "sales" }, "measure.share"},
		"old version":     {func(t *bonafide.Table) { t.From.Versions = []int{9} }, "from.versions"},
		"not ours":        {func(t *bonafide.Table) { t.To.Mechanism = string(site) + "/mechanisms/other" }, "to.mechanism"},
		"other address":   {func(t *bonafide.Table) { t.ID = string(site) + "/conversions/other" }, "id"},
	} {
		t.Run(name, func(t *testing.T) {
			table := w.table()
			table.ID = string(site) + "/conversions/more"
			c.change(&table)
			status, body := w.put(t, "more", table)
			require.Equal(t, http.StatusUnprocessableEntity, status)
			require.Contains(t, body, `"bad-table"`)
			require.Contains(t, body, c.named)
		})
	}
	status, body := w.put(t, "more", map[string]any{"id": "x", "rate": 1})
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, body, "unknown-field")

	bad := w.config
	bad.Tables = []bonafide.Table{w.table()}
	bad.Tables[0].Rates[0].Gives = 9
	_, err := verifier.New(bad)
	require.Equal(t, bonafide.BadTable, bonafide.CodeOf(err))
}

// Each of the site's mechanisms counts by its own tables, and explains the inputs that these name.
func TestSeveralMechanisms(t *testing.T) {
	w := newWorld(t)
	ranks := w.table()
	ranks.ID, ranks.To.Mechanism = string(site)+"/conversions/ranks", string(site)+"/mechanisms/trader"
	ranks.Measure, ranks.Accept.MinSample, ranks.Cap = nil, 0, 3
	ranks.Rates = []bonafide.Rate{{Level: "five", Gives: 3}, {Level: "three", Gives: 1}}
	elsewhere := w.table()
	elsewhere.ID, elsewhere.To.Mechanism = string(site)+"/conversions/elsewhere", string(site)+"/mechanisms/reader"
	elsewhere.From.Issuer, elsewhere.From.Mechanism = "http://livres.localhost", "http://livres.localhost/mechanisms/reader"
	w.config.Mechanisms = append(w.config.Mechanisms,
		mechanism(string(site)+"/mechanisms/trader", "trading", "one", "two", "three"),
		mechanism(string(site)+"/mechanisms/reader", "reading", "one", "two"))
	w.config.Tables = append(w.config.Tables, ranks, elsewhere)
	w.start()
	w.browser("alice").imports()
	explanations, err := w.Converted(t.Context(), "alice")
	require.NoError(t, err)
	require.Len(t, explanations, 3)
	require.Equal(t, []int{2, 1, 0}, []int{explanations[0].Level, explanations[1].Level, explanations[2].Level})
	require.Empty(t, explanations[2].Inputs)
}

// A table that was published while its mechanism couldn't be had is looked at again when it is used.
// BF-VERIFIER-3
func TestTableThatDoesntFit(t *testing.T) {
	w := newWorld(t)
	w.issuer.tell(func() { w.issuer.silent = true })
	table := w.table()
	hash, err := bonafide.Hash(table)
	require.NoError(t, err)
	table.Version, table.Previous, table.Measure.Share = 2, hash, "sales"
	status, body := w.put(t, "bazar", table)
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, `"checked":false,"reason":"unreachable"`)

	w.issuer.tell(func() { w.issuer.silent = false })
	w.clock.Move(time.Minute)
	alice := w.browser("alice")
	require.Equal(t, bonafide.BadTable, alice.post("/import/preview", "badge", string(w.issuer.origin)+"/b/alice").code)
	require.Equal(t, bonafide.BadTable, alice.callback(alice.begin()).code)
	require.Zero(t, w.rows())
}

func TestAdminCounts(t *testing.T) {
	w := newWorld(t)
	w.browser("alice").imports()
	response, err := http.Get(w.admin.URL + "/admin/imports")
	require.NoError(t, err)
	defer response.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(response.Body)
	require.NoError(t, err)
	require.JSONEq(t, `{"imports":1,"conditions":{"good":1},"issuers":{"`+string(w.issuer.origin)+`":1}}`, body.String())
}

// It counts no further than can be counted at each look at the overview.
func TestCountsAreBounded(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.config.Store.Update(t.Context(), func(tx store.Tx) error {
		for n := range 10_001 {
			if err := tx.Put(store.Key("verifier", "input", "alice", fmt.Sprint(n)), []byte("{}")); err != nil {
				return err
			}
		}
		return nil
	}))
	counts, err := w.Counts(t.Context())
	require.NoError(t, err)
	require.Equal(t, 10_000, counts.Imports)
}

// BF-VERIFIER-7
func TestMetadata(t *testing.T) {
	w := newWorld(t)
	meta, client, err := w.Metadata(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{string(site) + "/conversions/bazar"}, meta.Conversions)
	require.Equal(t, []string{string(site) + "/import/callback"}, client.RedirectURIs)
	entity := bonafide.EntityConfiguration{
		Issuer: site, Subject: site, IssuedAt: bonafide.SecondsOf(w.clock.Now()), Expires: bonafide.SecondsOf(w.clock.Now()) + 60,
		Metadata: bonafide.Metadata{Verifier: meta, OAuthClient: client},
	}
	require.NoError(t, entity.Check(site, w.clock.Now()))
}
