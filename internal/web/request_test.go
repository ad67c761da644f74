package web_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/web"
	"github.com/stretchr/testify/require"
)

func post(contentType, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return r
}

func TestBody(t *testing.T) {
	for name, c := range map[string]struct {
		contentType, body string
		code              bonafide.Code
	}{
		"whole":              {"text/csv", "12345", ""},
		"with a parameter":   {"Text/CSV; charset=utf-8", "12345", ""},
		"a byte too many":    {"text/csv", "123456", bonafide.TooLarge},
		"another type":       {"application/json", "12345", bonafide.BadContentType},
		"no type":            {"", "12345", bonafide.BadContentType},
		"what is no type":    {"text/csv; charset", "12345", bonafide.BadContentType},
		"a type like it":     {"text/csv+zip", "12345", bonafide.BadContentType},
		"two types together": {"text/csv, application/json", "12345", bonafide.BadContentType},
	} {
		data, err := web.Body(post(c.contentType, c.body), "text/csv", 5)
		require.Equal(t, c.code, bonafide.CodeOf(err), name)
		if c.code == "" {
			require.Equal(t, c.body, string(data), name)
		}
	}
	cut := post("text/csv", "")
	cut.Body = io.NopCloser(io.MultiReader(strings.NewReader("12"), broken{}))
	_, err := web.Body(cut, "text/csv", 5)
	require.Equal(t, bonafide.BadRequest, bonafide.CodeOf(err))
	require.NotContains(t, err.Error(), "secret", "the cause is for the log")
}

// broken is a connection that ends.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("secret") }

func TestDecode(t *testing.T) {
	type named struct {
		Name string `json:"name"`
	}
	for body, code := range map[string]bonafide.Code{
		`{"name":"a"}`:            "",
		`{"name":"a","name":"b"}`: bonafide.DoubledField,
		`{"name":"a","NAME":"b"}`: bonafide.DoubledField,
		`{"nom":"a"}`:             bonafide.UnknownField,
		`{"name":1}`:              bonafide.BadValue,
		`{"name":"a"`:             bonafide.BadJSON,
		`{"name":"a"}{}`:          bonafide.BadJSON,
		`{"name":"` + strings.Repeat("a", 1<<20) + `"}`:    bonafide.TooLarge,
		`{"name":"` + strings.Repeat("a", 1<<20-11) + `"}`: "",
	} {
		_, err := web.Decode[named](post("application/json", body))
		require.Equal(t, code, bonafide.CodeOf(err), body[:min(40, len(body))])
	}
}

func TestFormAndQuery(t *testing.T) {
	for encoded, code := range map[string]bonafide.Code{
		"a=1&b=%C3%A9":                       "",
		"":                                   "",
		"a=1&a=2":                            bonafide.DoubledField,
		"a=1&a=1":                            bonafide.DoubledField,
		"a=%zz":                              bonafide.BadRequest,
		"a=1;b=2":                            bonafide.BadRequest,
		"a=" + strings.Repeat("1", 64<<10-2): "",
	} {
		name := encoded[:min(40, len(encoded))]
		_, err := web.Form(post("application/x-www-form-urlencoded", encoded))
		require.Equal(t, code, bonafide.CodeOf(err), name)
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.RawQuery = encoded
		_, err = web.Query(r)
		require.Equal(t, code, bonafide.CodeOf(err), name)
	}
	_, err := web.Form(post("application/x-www-form-urlencoded", strings.Repeat("1", 64<<10+1)))
	require.Equal(t, bonafide.TooLarge, bonafide.CodeOf(err))
	_, err = web.Form(post("multipart/form-data; boundary=x", "--x--"))
	require.Equal(t, bonafide.BadContentType, bonafide.CodeOf(err))
	r := post("application/x-www-form-urlencoded", "a=body")
	r.URL.RawQuery = "a=address"
	form, err := web.Form(r)
	require.NoError(t, err)
	require.Equal(t, "body", form.Get("a"), "the address doesn't speak for the form")
}

func TestNegotiate(t *testing.T) {
	const page, jwt, json = "text/html", "application/vc+jwt", "application/json"
	for accept, due := range map[string]string{
		"":                                  page,
		"*/*":                               page,
		"text/html":                         page,
		"application/json":                  json,
		"application/vc+jwt":                jwt,
		"APPLICATION/JSON":                  json,
		"application/*":                     jwt,
		"text/html;q=0.5, application/json": json,
		"text/html;q=0.5, application/json;q=0.5":    page,
		"application/*, application/vc+jwt;q=0.1":    json,
		"*/*, text/html;q=0, application/vc+jwt;q=0": json,
		"text/html;q=0":                 "",
		"image/png":                     "",
		"text/plain, image/*;q=0.9":     "",
		"application/json;q=2":          "",
		"application/json;q=-1":         "",
		"application/json;q=NaN":        "",
		"application/json;q=x":          "",
		"nonsense/;;, application/json": json,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": page,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if accept != "" {
			r.Header.Set("Accept", accept)
		}
		require.Equal(t, due, web.Negotiate(r, page, jwt, json), accept)
	}
	several := httptest.NewRequest(http.MethodGet, "/", nil)
	several.Header["Accept"] = []string{"image/png", "application/json"}
	require.Equal(t, json, web.Negotiate(several, page, jwt, json))
}

func TestWantsPage(t *testing.T) {
	for accept, due := range map[string]bool{
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": true,
		"text/html":                         true,
		"text/*":                            true,
		"":                                  false,
		"*/*":                               false,
		"application/json, text/html;q=0.5": false,
		"application/problem+json":          false,
		"text/html;q=0":                     false,
		"image/png":                         false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept", accept)
		require.Equal(t, due, web.WantsPage(r), accept)
	}
}

func TestLang(t *testing.T) {
	for name, c := range map[string]struct {
		address, cookie, accept string
		due                     bonafide.Lang
	}{
		"nothing said":                 {"/", "", "", bonafide.English},
		"the browser's":                {"/", "", "fr-CA, en;q=0.8", bonafide.French},
		"the browser's second":         {"/", "", "de, fr;q=0.8, en;q=0.5", bonafide.French},
		"none that is known":           {"/", "", "de, ja", bonafide.English},
		"nonsense":                     {"/", "", "%%%", bonafide.English},
		"the cookie before":            {"/", "en", "fr", bonafide.English},
		"the address first":            {"/?lang=fr", "en", "en", bonafide.French},
		"an unknown one in the cookie": {"/", "de", "fr", bonafide.French},
		"an unknown one asked for":     {"/?lang=de", "fr", "en", bonafide.French},
	} {
		r := httptest.NewRequest(http.MethodGet, c.address, nil)
		r.Header.Set("Accept-Language", c.accept)
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: "lang", Value: c.cookie})
		}
		require.Equal(t, c.due, web.Lang(r), name)
	}
}
