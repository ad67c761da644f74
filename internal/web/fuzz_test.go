package web_test

import (
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/web"
	"github.com/stretchr/testify/require"
)

// FuzzRequest looks for a request that is answered with what it doesn't accept, in a third language, whose form
// says two things at once, or in which a name is read that can't be shown, or is another than was sent.
func FuzzRequest(f *testing.F) {
	f.Add("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "fr-CH, fr;q=0.9, en;q=0.8", "lang=fr", "a=1&b=%C3%A9&lang=en")
	f.Add("application/json", "", "lang=de", "a=1&a=2")
	f.Add("application/*;q=0, text/html;q=NaN", "*", `lang="en"`, "a=%zz")
	f.Add("application/vc+jwt;q=0.5,*/*;q=1e-300", "de", "", "lang=fr")
	f.Add("", "", "", ";")
	f.Add("Zo%C3%AB", "100% Zo\u00eb", "Zo\xeb%00", "%E2%80%AE+%41")
	offers := []string{"text/html", "application/json", "application/vc+jwt", "image/svg+xml"}
	f.Fuzz(func(t *testing.T, accept, language, cookie, query string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept", accept)
		r.Header.Set("Accept-Language", language)
		r.Header.Set("Cookie", cookie)
		r.URL.RawQuery = query
		chosen := web.Negotiate(r, offers...)
		if accept == "" {
			require.Equal(t, offers[0], chosen)
		}
		for _, offer := range offers {
			alone := web.Negotiate(r, offer)
			require.Contains(t, []string{"", offer}, alone)
			require.Equal(t, accept == "" || covered(accept, offer), alone == offer, offer)
			require.False(t, chosen == "" && alone != "", "%s is accepted", offer)
		}
		require.True(t, chosen == "" || web.Negotiate(r, chosen) == chosen)
		require.Contains(t, []bonafide.Lang{bonafide.English, bonafide.French}, web.Lang(r))
		for _, value := range []string{accept, language, cookie, query} {
			name := web.NameIn(value)
			require.True(t, name == "" || bonafide.CheckName("name", name) == nil, "%q", name)
			if bonafide.CheckName("name", value) == nil {
				require.Equal(t, value, web.NameIn(url.PathEscape(value)))
			}
		}
		form, err := web.Query(r)
		if err != nil {
			require.Contains(t, []bonafide.Code{bonafide.BadRequest, bonafide.DoubledField}, bonafide.CodeOf(err))
			return
		}
		again, err := url.ParseQuery(form.Encode())
		require.NoError(t, err)
		require.Equal(t, form, again)
	})
}

// covered tells whether of the ranges that name the media type most nearly the first has a weight.
func covered(accept, mediaType string) bool {
	kind, _, _ := strings.Cut(mediaType, "/")
	for _, name := range []string{mediaType, kind + "/*", "*/*"} {
		weights := slices.DeleteFunc(strings.Split(accept, ","), func(part string) bool {
			found, params, err := mime.ParseMediaType(part)
			weight, weighted := params["q"]
			q, wrong := strconv.ParseFloat(weight, 64)
			return err != nil || found != name || weighted && (wrong != nil || !(q >= 0 && q <= 1))
		})
		if len(weights) > 0 {
			_, params, _ := mime.ParseMediaType(weights[0])
			q, err := strconv.ParseFloat(params["q"], 64)
			return err != nil || q > 0
		}
	}
	return false
}
