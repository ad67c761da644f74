// Package web holds what every HTTP handler here does alike: read a request within limits, answer with
// a page, with JSON or with a problem document, and serve with time-outs.
package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"bonafide.example"
	"golang.org/x/text/language"
)

// MaxBody is the limit of a request's body, in bytes, where no other is given.
const MaxBody = 1 << 20

// Body reads a request's body of one media type, at most limit bytes.
func Body(r *http.Request, mediaType string, limit int64) ([]byte, error) {
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || got != mediaType {
		return nil, bonafide.Errorf(bonafide.BadContentType, "Content-Type", "is %q, not %s", r.Header.Get("Content-Type"), mediaType)
	}
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, limit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, bonafide.Errorf(bonafide.TooLarge, "the body", "has over %d bytes", tooLarge.Limit)
	}
	if err != nil {
		return nil, bonafide.Errorf(bonafide.BadRequest, "the body", "ends too early").Because(err)
	}
	return data, nil
}

// Decode reads a JSON body strictly.
func Decode[T any](r *http.Request) (T, error) {
	data, err := Body(r, "application/json", MaxBody)
	if err != nil {
		var zero T
		return zero, err
	}
	return bonafide.Parse[T](data)
}

// Form reads a form's fields. A field that stands twice is refused (RFC 6749, section 3.2).
func Form(r *http.Request) (url.Values, error) {
	data, err := Body(r, "application/x-www-form-urlencoded", 64<<10)
	if err != nil {
		return nil, err
	}
	return values(string(data))
}

// Query reads the address's parameters, under the same rule.
func Query(r *http.Request) (url.Values, error) { return values(r.URL.RawQuery) }

func values(encoded string) (url.Values, error) {
	form, err := url.ParseQuery(encoded)
	if err != nil {
		return nil, bonafide.Errorf(bonafide.BadRequest, "the form", "is not form-encoded")
	}
	for name, v := range form {
		if len(v) > 1 {
			return nil, bonafide.Errorf(bonafide.DoubledField, name, "stands twice")
		}
	}
	return form, nil
}

// NameIn returns the name of a person in a header's value as it can be shown, "" if there is none or it isn't UTF-8. Many
// servers can send nothing but ASCII in a header, as they should (RFC 9110, section 5.5), so a name may be percent-encoded;
// one in which a % stands for itself isn't.
func NameIn(value string) string {
	if decoded, err := url.PathUnescape(value); err == nil {
		value = decoded
	}
	if !utf8.ValidString(value) {
		return ""
	}
	return bonafide.ShownName(value)
}

const langCookie = "lang"

var matcher = language.NewMatcher([]language.Tag{language.English, language.French})

// Lang returns the language to answer in: what the address asks for (lang=fr), what was asked for
// before, or what the browser prefers.
func Lang(r *http.Request) bonafide.Lang {
	if lang, ok := askedLang(r); ok {
		return lang
	}
	if cookie, err := r.Cookie(langCookie); err == nil && known(cookie.Value) {
		return bonafide.Lang(cookie.Value)
	}
	if _, i := language.MatchStrings(matcher, r.Header.Get("Accept-Language")); i == 1 {
		return bonafide.French
	}
	return bonafide.English
}

// askedLang returns the language that the address asks for, false if it asks for none that is known.
func askedLang(r *http.Request) (bonafide.Lang, bool) {
	lang := r.URL.Query().Get("lang")
	return bonafide.Lang(lang), known(lang)
}

func known(lang string) bool {
	return lang == string(bonafide.English) || lang == string(bonafide.French)
}

// WantsPage tells whether errors are to be told as a page: a browser prefers one to JSON, a program
// doesn't.
func WantsPage(r *http.Request) bool {
	return Negotiate(r, "application/problem+json", "application/json", "text/html") == "text/html"
}

// Negotiate returns which of the media types offered the request prefers (RFC 9110, section 12.5.1),
// the first of equals; "" if it accepts none.
func Negotiate(r *http.Request, offers ...string) string {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if accept == "" {
		return offers[0]
	}
	best, bestQ := "", 0.0
	for _, offer := range offers {
		if q := quality(accept, offer); q > bestQ {
			best, bestQ = offer, q
		}
	}
	return best
}

// quality returns the weight of the most specific range of accept that covers the media type.
func quality(accept, mediaType string) float64 {
	major, _, _ := strings.Cut(mediaType, "/")
	ranges := []string{"*/*", major + "/*", mediaType} // from the least specific
	specific, weight := -1, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		name, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if s, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(s, 64); err != nil || !(0 <= q && q <= 1) { // NaN neither
				continue
			}
		}
		if i := slices.Index(ranges, name); i > specific {
			specific, weight = i, q
		}
	}
	return weight
}
