package web_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"bonafide.example"
	"bonafide.example/internal/web"
	"github.com/stretchr/testify/require"
)

// A form that was refused comes back with what was typed, below what is wrong with it.
// BF-SITE-1
func TestAgain(t *testing.T) {
	var log bytes.Buffer
	own := `{"refused-bad-value-stake": "How many?", "refused-bad-value-stake-mend": "Give a whole number.", "refused-rate-limited": "Too many.", "refused-rate-limited-mend": "Later."}`
	pages, err := web.NewPages("Bazar", slog.New(slog.NewTextHandler(&log, nil)), fstest.MapFS{
		"messages.en.json": {Data: []byte(own)}, "messages.fr.json": {Data: []byte(own)},
		"form.html": {Data: []byte(`{{define "form"}}<input value="{{.}}">{{end}}`)},
	})
	require.NoError(t, err)
	again := func(accept string, refused error) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := get("/form", "Accept", accept)
		r.Method = http.MethodPost
		pages.Again(w, r, web.Page{Name: "form", Title: "Form", Data: `<b>"typed"`}, refused)
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		return w
	}
	for _, test := range []struct {
		refused error
		status  int
		said    []string
	}{
		{bonafide.Errorf(bonafide.BadValue, "stake", "is 0"), 400, []string{"How many?", "Give a whole number."}},
		{bonafide.Errorf(bonafide.BadValue, "words", "are none"), 400, []string{bonafide.BadValue.Meaning().Sentence.EN, bonafide.BadValue.Meaning().Mend.EN}},
		{bonafide.Errorf(bonafide.RateLimited, "mend", ""), 429, []string{"<strong>Too many.</strong>", "Later."}},
		{bonafide.Errorf(bonafide.RateLimited, "words", ""), 429, []string{"Too many.", "Later."}},
	} {
		w := again("text/html", test.refused)
		require.Equal(t, test.status, w.Code)
		require.Contains(t, w.Body.String(), `<input value="&lt;b&gt;&#34;typed&#34;">`)
		require.Contains(t, w.Body.String(), `role="alert"`)
		for _, said := range test.said {
			require.Contains(t, w.Body.String(), said)
		}
	}
	require.Equal(t, "5", again("text/html", bonafide.Errorf(bonafide.RateLimited, "", "")).Header().Get("Retry-After"))
	require.Equal(t, "application/problem+json", again("application/json", bonafide.Errorf(bonafide.BadValue, "stake", "")).Header().Get("Content-Type"))

	w := again("text/html", errors.New("secret"))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.NotContains(t, w.Body.String(), "secret")
	require.Contains(t, log.String(), "secret")
	plain := newSite(t).render(get("/page"), hello("Ann"))
	require.NotContains(t, plain.Body.String(), `class="refused"`)
}
