package issuer_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"testing"

	"bonafide.example"
	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

// FuzzReadEvents looks for a file whose events are read otherwise once they are written again, or that is refused
// without a word about where.
func FuzzReadEvents(f *testing.F) {
	f.Add("id,member,mechanism,kind,at,positive\n1,ann,trader,rating,2026-11-22T12:00:00Z,true\n2,ann,trader,rating,1795348800.5,\n", false, false)
	f.Add("\ufeffmember,at,rating,note\nann,1795348800,-10,\"a, \"\"b\"\"\"\nbob,1795348800,1,\n", true, false)
	f.Add("id,member,at\n\"\n", true, false)
	f.Add("member,at\n,1795348800\n", true, false)
	f.Add(`{"id":"1","member":"ann","mechanism":"trader","kind":"rating","positive":false,"at":"2026-11-22T12:00:00+02:00"}`+"\n\n", false, true)
	f.Add("{}\n", false, true)
	f.Fuzz(func(t *testing.T, text string, fixed, ndjson bool) {
		format := issuer.ReadFormat{NDJSON: ndjson}
		if fixed {
			format.ID, format.Mechanism, format.Kind = []string{"member", "at"}, "trader", "rating"
		}
		events, err := read(t, text, format)
		if err != nil {
			var told *bonafide.Error
			require.ErrorAs(t, err, &told)
			require.Contains(t, bonafide.Codes(), told.Code)
			require.NotEmpty(t, told.Subject)
			return
		}
		var written bytes.Buffer
		for _, e := range events {
			require.NoError(t, e.Validate())
			line, err := bonafide.MarshalJSON(e)
			require.NoError(t, err)
			written.Write(append(line, '\n'))
		}
		again, err := read(t, written.String(), issuer.ReadFormat{NDJSON: true})
		require.NoError(t, err)
		require.Len(t, again, len(events))
		for n := range again {
			require.True(t, again[n].At.Equal(events[n].At))
			again[n].At = events[n].At
			require.Equal(t, events[n], again[n])
		}
	})
}

// answering is a host that answers everything alike.
type answering struct {
	status      int
	contentType string
	body        []byte
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: a.status, Header: http.Header{"Content-Type": {a.contentType}}, Body: io.NopCloser(bytes.NewReader(a.body)), Request: r,
	}, nil
}

// FuzzStanding looks for a host's answer that is taken and states no share, or for a member whose id leads the
// question elsewhere.
func FuzzStanding(f *testing.F) {
	f.Add("ann", uint16(200), "application/json", []byte(`{"level":"gold","measures":[{"id":"ratings","positive":412,"total":417}],"account_since":"2020-02"}`))
	f.Add("../admin?x#y", uint16(200), "application/json; charset=utf-8", []byte(`{}`))
	f.Add("", uint16(404), "", []byte(nil))
	f.Add("ann", uint16(302), "text/html", []byte("<html>"))
	f.Fuzz(func(t *testing.T, member string, status uint16, contentType string, body []byte) {
		var asked string
		client := &http.Client{Transport: seen{answering{int(status), contentType, body}, &asked}}
		standing, err := issuer.HostURL("http://127.0.0.1:9000/rating/{user}/{mechanism}", client)(t.Context(), "trader", member)
		require.Contains(t, []string{"", "/rating/" + url.PathEscape(member) + "/trader"}, asked)
		if err != nil {
			require.Contains(t, []bonafide.Code{bonafide.HostSilent, bonafide.NoSuchMember}, bonafide.CodeOf(err))
			return
		}
		require.Equal(t, uint16(200), status)
		require.NoError(t, standing.Validate())
		data, err := bonafide.MarshalJSON(standing)
		require.NoError(t, err)
		again, err := bonafide.Parse[issuer.Standing](data)
		require.NoError(t, err)
		require.Equal(t, standing, again)
	})
}

// seen notes the path that is asked, as it goes out.
type seen struct {
	http.RoundTripper
	asked *string
}

func (s seen) RoundTrip(r *http.Request) (*http.Response, error) {
	*s.asked = r.URL.RequestURI()
	return s.RoundTripper.RoundTrip(r)
}
