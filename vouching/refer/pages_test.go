package refer_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/vouching/refer"
	"github.com/stretchr/testify/require"
)

// BF-DESK-1
func TestPagesLeadThroughAReferral(t *testing.T) {
	w := newWorld(t)
	list := w.ask("GET", "/vouches/elsewhere", "alice")
	require.Contains(t, list.body, "Seller: up to 520 points")
	require.Contains(t, list.body, "You have referred nobody.")

	fields := []string{"mechanism", slug, "site", string(w.there.origin) + "/"}
	terms := w.ask("POST", "/vouches/elsewhere/terms", "alice", fields...)
	require.Contains(t, terms.body, "There it supports people up to level 2, with a stake of at least 40 points:")
	require.Contains(t, terms.body, `min="40"`)

	fields = append(fields, "stake", "150")
	risk := w.ask("POST", "/vouches/elsewhere/risk", "alice", fields...)
	require.Contains(t, risk.body, "The most that you can lose is 150 points of Seller.")
	require.Contains(t, risk.body, "can cost you at most 104 points.")
	require.Contains(t, risk.body, "your level would fall from “Level three” to “Level two”")
	require.Contains(t, risk.body, "you answer for 365 days")
	less := w.ask("POST", "/vouches/elsewhere/risk", "alice", "mechanism", slug, "site", string(w.there.origin), "stake", "60")
	require.Contains(t, less.body, "Your level stays “Level three”")
	require.NotContains(t, less.body, "Within a year")

	made := w.ask("POST", "/vouches/elsewhere", "alice", fields...)
	require.Equal(t, http.StatusSeeOther, made.status, made.body)
	id := strings.TrimPrefix(made.location, "/vouches/elsewhere/")
	page := w.ask("GET", made.location, "alice")
	require.Contains(t, page.body, "until 22 December 2026. Nothing of yours is put up yet.")
	require.Contains(t, page.body, " readonly>"+string(w.there.origin)+"/referrals?from=link&token=")
	require.Equal(t, http.StatusNotFound, w.ask("GET", made.location, "bob").status)

	w.told(id, w.there.redeemed(id, "Bob"))
	page = w.ask("GET", made.location, "alice")
	require.NotContains(t, page.body, "token=")
	require.Contains(t, page.body, "Confirm only if you gave them the link.")
	require.NotContains(t, page.body, "/withdraw", "declining does that")
	require.Contains(t, w.ask("GET", "/vouches/elsewhere", "alice").body, "Say whether you meant “<bdi>Bob</bdi>”")
	confirmed := w.ask("POST", made.location+"/confirm", "alice")
	require.Equal(t, http.StatusSeeOther, confirmed.status, confirmed.body)
	page = w.ask("GET", confirmed.location, "alice")
	require.Contains(t, page.body, "You stand behind “<bdi>Bob</bdi>” at "+w.there.origin.Host()+", until 22 November 2027.")
	require.NotContains(t, page.body, "/confirm")
	require.Equal(t, http.StatusSeeOther, w.ask("POST", made.location+"/withdraw", "alice").status)
	page = w.ask("GET", made.location, "alice")
	require.Contains(t, page.body, "You withdrew it on 22 November 2026. You answer for what is done until 29 November 2026.")
	require.NotContains(t, page.body, "<form")
}

// BF-REFER-19
func TestNothingIsLostWhereTheOtherSiteIsNotBelieved(t *testing.T) {
	risk := func(believes []bonafide.Origin, lang string) string {
		w := newWorld(t, func(c *refer.Config) { c.Believes = believes })
		a := w.ask("POST", "/vouches/elsewhere/risk?lang="+lang, "alice", "mechanism", slug, "site", string(w.there.origin), "stake", "150")
		require.Equal(t, http.StatusOK, a.status, a.body)
		return strings.ReplaceAll(a.body, w.there.origin.Host(), "HOST")
	}
	en := risk(nil, "en")
	require.Contains(t, en, "As things stand, a referral to HOST costs you nothing.")
	require.Contains(t, en, "If it is taken one day, the most that you can lose is 150 points of Seller.")
	require.NotContains(t, en, "The most that you can lose is")
	require.NotContains(t, en, "you lose part of your stake")
	fr := risk([]bonafide.Origin{"https://other.example"}, "fr")
	require.Contains(t, fr, "En l'état, une recommandation à HOST ne vous coûte rien.")
	require.Contains(t, fr, "Si cela l'est un jour, vous pourrez perdre au plus 150 points")
}

func TestPagesRefuse(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, http.StatusSeeOther, func() int {
		recorder := httptest.NewRecorder()
		w.handler.ServeHTTP(recorder, httptest.NewRequest("GET", "/vouches/elsewhere", nil))
		return recorder.Code
	}())
	require.Equal(t, bonafide.SignInRequired, w.ask("POST", "/vouches/elsewhere", "").code)
	for name, fields := range map[string][]string{
		"no site":         {"mechanism", slug, "stake", "60"},
		"no origin":       {"mechanism", slug, "site", "https://Outils.example/rates", "stake", "60"},
		"no stake":        {"mechanism", slug, "site", string(w.there.origin)},
		"half a point":    {"mechanism", slug, "site", string(w.there.origin), "stake", "60.5"},
		"too many":        {"mechanism", slug, "site", string(w.there.origin), "stake", "9999999999999999999"},
		"no mechanism":    {"site", string(w.there.origin), "stake", "60"},
		"above what fits": {"mechanism", slug, "site", string(w.there.origin), "stake", "521"},
	} {
		for _, path := range []string{"/vouches/elsewhere/risk", "/vouches/elsewhere"} {
			a := w.ask("POST", path, "alice", fields...)
			require.GreaterOrEqual(t, a.status, 400, name)
			require.Less(t, a.status, 500, name)
		}
	}
	_, found := w.kept("")
	require.False(t, found)
}

// What can't be done says why, above the form as it was filled in.
func TestFormsKeepWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	there := string(w.there.origin)
	for _, test := range []struct{ path, site, stake, said, kept string }{
		{"/terms", "https://Outils.example/rates", "", "That is not the address of a site.", `value="https://Outils.example/rates"`},
		{"/terms", "https://none.localhost:1", "", "", `value="https://none.localhost:1"`},
		{"/terms", string(here), "", "That site takes no referral from somebody with your level.", `value="` + string(here) + `"`},
		{"/risk", there, "60.5", "Your stake must be a whole number of points.", `value="60.5"`},
		{"/risk", there, "521", bonafide.BeyondCapacity.Meaning().Sentence.EN, `value="521"`},
		{"", there, "521", bonafide.BeyondCapacity.Meaning().Mend.EN, `value="521"`},
	} {
		a := w.ask("POST", "/vouches/elsewhere"+test.path, "alice", "mechanism", slug, "site", test.site, "stake", test.stake)
		require.GreaterOrEqual(t, a.status, 400, test)
		require.Contains(t, a.body, `role="alert"`, test)
		require.Contains(t, a.body, test.said, test)
		require.Contains(t, a.body, test.kept, test)
	}
}

// What other people and sites write stands on pages as text.
func TestNamesAreEscaped(t *testing.T) {
	w := newWorld(t)
	id := w.refers("alice", 60)
	w.told(id, w.there.redeemed(id, "<b>Bob</b>"))
	r := httptest.NewRequest("GET", "/vouches/elsewhere/"+id, nil)
	r.Header.Set("Test-Account", "alice")
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	require.NotContains(t, recorder.Body.String(), "<b>")
	require.Contains(t, recorder.Body.String(), "&lt;b&gt;Bob")
}

func TestOnlyListedSitesAreOffered(t *testing.T) {
	livres := bonafide.Origin("https://livres.example")
	w := newWorld(t, func(c *refer.Config) {
		c.Admission = issuer.Admission{Policy: issuer.AdmitListed, Listed: []bonafide.Origin{livres}}
	})
	page := w.ask("GET", "/vouches/elsewhere", "alice")
	require.Contains(t, page.body, `<option value="https://livres.example">livres.example</option>`)
	require.NotContains(t, page.body, `type="url"`)
}

var (
	labelled = regexp.MustCompile(`<label for="([a-z]+)">`)
	fields   = regexp.MustCompile(`<(?:input|select|textarea) id="([a-z]+)"`)
	visible  = regexp.MustCompile(`<(?:input|select)[^>]*>`)
)

// Every field has a label, there is no script, and each page reads the same in French.
func TestPagesInBothLanguages(t *testing.T) {
	w := newWorld(t)
	waiting, pending := w.refers("alice", 60), w.refers("alice", 60)
	w.told(pending, w.there.redeemed(pending, "Bob"))
	confirmed := w.confirmed()
	form := []string{"mechanism", slug, "site", string(w.there.origin), "stake", "60"}
	for _, page := range [][]string{
		{"GET", "/vouches/elsewhere"}, {"GET", "/vouches/elsewhere/" + waiting}, {"GET", "/vouches/elsewhere/" + pending},
		{"GET", "/vouches/elsewhere/" + confirmed}, {"POST", "/vouches/elsewhere/terms"}, {"POST", "/vouches/elsewhere/risk"},
	} {
		english := w.ask(page[0], page[1]+"?lang=en", "alice", form...)
		french := w.ask(page[0], page[1]+"?lang=fr", "alice", form...)
		for _, a := range []answer{english, french} {
			require.Equal(t, http.StatusOK, a.status, a.body)
			require.NotContains(t, a.body, "<script")
			require.NotContains(t, a.body, "no value")
			require.Equal(t, labelled.FindAllStringSubmatch(a.body, -1) == nil, fields.FindAllStringSubmatch(a.body, -1) == nil)
			for n, label := range labelled.FindAllStringSubmatch(a.body, -1) {
				require.Equal(t, label[1], fields.FindAllStringSubmatch(a.body, -1)[n][1])
			}
			for _, field := range visible.FindAllString(a.body, -1) {
				require.True(t, strings.Contains(field, `id="`) || strings.Contains(field, `type="hidden"`), field)
			}
		}
		require.Equal(t, strings.Count(english.body, "<p>"), strings.Count(french.body, "<p>"), page[1])
		require.Contains(t, french.body, `<html lang="fr">`)
	}
}
