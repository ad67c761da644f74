package issuer

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"bonafide.example"
	"bonafide.example/badge"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/web"
)

const oembedPath = "/oembed"

// How large a card is, in CSS pixels; its PNG has two for each.
const cardWidth, cardHeight = 320, 168

// photo is an oEmbed 1.0 answer of type photo (section 2.3.4.1): the card, which keeps up with the badge. Its title
// tells no status, since who embeds the card keeps the title.
type photo struct {
	Type         string `json:"type"`
	Version      string `json:"version"`
	Title        string `json:"title"`
	ProviderName string `json:"provider_name"`
	ProviderURL  string `json:"provider_url"`
	CacheAge     int    `json:"cache_age"` // seconds
	URL          string `json:"url"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
}

// serveOEmbed answers for /oembed?url=…&maxwidth=…&maxheight=…&format=json, the same to everybody: its language is
// that of the badge's address.
func (i *Issuer) serveOEmbed(w http.ResponseWriter, r *http.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	if format := cmp.Or(query.Get("format"), "json"); format != "json" {
		web.Public(w.Header(), "public, max-age=300")
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotImplemented)
		_, err := w.Write([]byte("format: only json\n"))
		return err
	}
	width, height, err := within(query.Get("maxwidth"), query.Get("maxheight"))
	if err != nil {
		return err
	}
	asked, err := url.Parse(query.Get("url"))
	if err != nil {
		return bonafide.Errorf(bonafide.NotFound, "url", "is no address")
	}
	picture := badge.Picture{Size: badge.Card, Lang: bonafide.Lang(cmp.Or(query.Get("lang"), asked.Query().Get("lang")))}
	code, ok := strings.CutPrefix(fetch.BadgeAddress(query.Get("url")), i.address(""))
	s, found, err := i.show(r.Context(), code)
	if err == nil && (!ok || !found) {
		err = bonafide.Errorf(bonafide.NotFound, "url", "is no badge of %s", i.Origin)
	}
	if err != nil {
		return err
	}
	if s.Withdrawn || s.forged {
		s.Name = ""
	}
	web.Public(w.Header(), "public, max-age=300")
	web.JSON(w, http.StatusOK, photo{
		Type: "photo", Version: "1.0", Title: badge.Alt(i.Origin.Host(), bonafide.ShownName(s.Name), picture.Lang),
		ProviderName: i.Name, ProviderURL: string(i.Origin) + "/", CacheAge: 300,
		URL: i.address(code) + badge.Suffix(picture, badge.FormatPNG), Width: width, Height: height,
	})
	return nil
}

// within returns the size of a card that is at most so wide and so high; "" sets no bound.
func within(maxWidth, maxHeight string) (width, height int, err error) {
	width, height = cardWidth, cardHeight
	for _, bound := range []struct {
		field, text string
		of          *int
	}{{"maxwidth", maxWidth, &width}, {"maxheight", maxHeight, &height}} {
		if bound.text == "" {
			continue
		}
		most, err := strconv.Atoi(bound.text)
		if err != nil || most < 1 {
			return 0, 0, bonafide.Errorf(bonafide.BadValue, bound.field, "%q is not a number of pixels", bound.text)
		}
		if most < *bound.of {
			width, height = max(width*most / *bound.of, 1), max(height*most / *bound.of, 1)
		}
	}
	return width, height, nil
}
