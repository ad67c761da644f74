package subject

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BF-ISSUER-20: badges of a site with several servers are read a second after what changed them, and nothing else waits.
func TestSettles(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	site := &Site{File: &File{Origin: server.URL, Servers: 3}, public: transport("")}
	anybody, member := site.Anybody(), site.Anybody()
	member.ID = "alice"
	_, err := anybody.Get(t.Context(), "/", "")
	require.NoError(t, err)
	require.Zero(t, site.wrote.Load(), "nothing was written")
	_, err = member.Post(t.Context(), "/", nil)
	require.NoError(t, err)
	require.NotZero(t, site.wrote.Load())

	wrote := time.Unix(0, site.wrote.Load())
	for name, c := range map[string]struct {
		who     *Visitor
		method  string
		servers int
		later   time.Duration
		waits   time.Duration
	}{
		"a badge":            {anybody, http.MethodGet, 3, 300 * time.Millisecond, 700 * time.Millisecond},
		"a second later":     {anybody, http.MethodGet, 3, time.Second, 0},
		"a day later":        {anybody, http.MethodHead, 3, 24 * time.Hour, 0},
		"of one server":      {anybody, http.MethodGet, 1, 0, 0},
		"of how many ever":   {anybody, http.MethodGet, 0, 0, 0},
		"a member's own":     {member, http.MethodGet, 3, 0, 0},
		"what writes itself": {anybody, http.MethodPost, 3, 0, 0},
	} {
		site.Servers = c.servers
		require.Equal(t, c.waits, c.who.settles(c.method, wrote.Add(c.later)), name)
	}
}
