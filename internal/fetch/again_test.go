package fetch

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

func TestPause(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		after  string
		pause  time.Duration
		ok     bool
	}{
		"at once":             {503, "0", 0, true},
		"within a second":     {429, "1", time.Second, true},
		"later":               {503, "2", 2 * time.Second, false},
		"much later":          {429, "9223372037", 0, false},
		"a date":              {503, "Sun, 22 Nov 2026 12:00:00 GMT", 0, false},
		"before":              {503, "-1", -time.Second, false},
		"it doesn't say when": {503, "", 0, false},
		"another fault":       {500, "0", 0, false},
	} {
		pause, ok := Pause(c.status, http.Header{"Retry-After": {c.after}})
		require.Equal(t, c.ok, ok, name)
		if ok {
			require.Equal(t, c.pause, pause, name)
		}
	}
}

func TestPutOff(t *testing.T) {
	for after, due := range map[string]time.Duration{"7200": 2 * time.Hour, "0": 0, "-1": 0, "": 0, "soon": 0, "9223372036854775807": 24 * time.Hour} {
		err := bonafide.Errorf(bonafide.Unreachable, "", "").Because(PutOff(http.Header{"Retry-After": {after}}))
		require.Equal(t, due, PutOffFor(err), after)
	}
	require.Zero(t, PutOffFor(nil))
}

// A peer that refuses for the moment is asked once more, and no more than that. BF-FETCH-12
func TestAskedTwice(t *testing.T) {
	for refusals, code := range map[int]bonafide.Code{0: "", 1: "", 2: bonafide.Unreachable} {
		p := newPeer(t, "busy")
		forms := []string{}
		p.handle("/", func(w http.ResponseWriter, r *http.Request) {
			form, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", mediaJSON)
			if forms = append(forms, string(form)); len(forms) <= refusals {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			fmt.Fprint(w, "{}")
		})
		client, err := New(Config{Local: true})
		require.NoError(t, err)
		_, err = client.Get(t.Context(), string(p.origin)+"/", mediaJSON)
		require.Equal(t, code, bonafide.CodeOf(err))
		require.Len(t, forms, min(refusals+1, 2))

		forms = forms[:0]
		answer, err := client.Tell(t.Context(), string(p.origin)+"/", url.Values{"token": {"t"}})
		require.NoError(t, err)
		require.Equal(t, code == "", answer.Status == http.StatusOK)
		require.Len(t, forms, min(refusals+1, 2))
		require.Equal(t, "token=t", forms[len(forms)-1])

		forms = forms[:0]
		_, err = client.PostForm(t.Context(), string(p.origin)+"/", url.Values{"client_assertion": {"a"}})
		require.NoError(t, err)
		require.Len(t, forms, 1, "an assertion is good once")
	}
}

// BF-FETCH-7
func TestAskingTwiceIsTwoFetches(t *testing.T) {
	p := newPeer(t, "busy")
	p.handle("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	client, err := New(Config{Local: true})
	require.NoError(t, err)
	ctx, cancel := Budget(t.Context())
	defer cancel()
	for range BudgetFetches / 2 {
		_, err := client.Get(ctx, string(p.origin)+"/", mediaJSON)
		require.Equal(t, bonafide.Unreachable, bonafide.CodeOf(err))
	}
	_, err = client.Get(ctx, string(p.origin)+"/", mediaJSON)
	require.Equal(t, bonafide.FetchBudget, bonafide.CodeOf(err))
}
