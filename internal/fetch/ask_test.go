package fetch

import (
	"net/http"
	"strings"
	"testing"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

func TestAskTellsWhatComes(t *testing.T) {
	p := newPeer(t, "asked")
	p.handle("/away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/there", http.StatusFound) })
	p.handle("/forged", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Got", r.Header.Get("X-User")+" "+r.Method)
		w.WriteHeader(http.StatusTeapot)
	})
	p.serve("/long", "text/plain", strings.Repeat("a", MaxBody+1))
	client, err := New(Config{Local: true})
	require.NoError(t, err)

	reply, err := client.Ask(t.Context(), Question{Address: string(p.origin) + "/away"})
	require.NoError(t, err)
	require.Equal(t, http.StatusFound, reply.Status)
	require.Equal(t, "/there", reply.Header.Get("Location"))
	require.Nil(t, reply.Certificate)

	reply, err = client.Ask(t.Context(), Question{Method: http.MethodPost, Address: string(p.origin) + "/forged", Header: http.Header{"X-User": {"mallory"}}})
	require.NoError(t, err)
	require.Equal(t, http.StatusTeapot, reply.Status)
	require.Equal(t, "mallory POST", reply.Header.Get("Got"))

	_, err = client.Ask(t.Context(), Question{Address: string(p.origin) + "/long"})
	require.Equal(t, bonafide.BadAnswer, bonafide.CodeOf(err))
}

func TestAskGoesNowhereElse(t *testing.T) {
	client, err := New(Config{})
	require.NoError(t, err)
	for _, address := range []string{"https://127.0.0.1/", "http://10.0.0.1/", "http://localhost/", "https://shop.example:22/", "file:///etc/passwd"} {
		_, err := client.Ask(t.Context(), Question{Address: address})
		require.Contains(t, []bonafide.Code{bonafide.AddressRefused, bonafide.BadOrigin}, bonafide.CodeOf(err), address)
	}
}
