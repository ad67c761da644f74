package issuer_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"bonafide.example/issuer"
	"bonafide.example/js"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// metas returns what the head of a page says: by name or property, and its links by what they are for.
func metas(page *html.Node) map[string]string {
	said := map[string]string{}
	for _, m := range elements(page, "meta") {
		said[attribute(m, "name")+attribute(m, "property")] = attribute(m, "content")
	}
	for _, l := range elements(page, "link") {
		said[strings.TrimSpace(attribute(l, "rel")+" "+attribute(l, "type"))] = attribute(l, "href")
	}
	return said
}

// linked returns the page's schema.org object.
func linked(t *testing.T, page *html.Node) (object map[string]any) {
	for _, script := range elements(page, "script") {
		if script.FirstChild == nil {
			require.Equal(t, js.Address(js.Page), attribute(script, "src"), "the site's own")
			continue
		}
		require.Equal(t, "application/ld+json", attribute(script, "type"), "nothing that runs")
		require.NoError(t, json.Unmarshal([]byte(script.FirstChild.Data), &object))
	}
	return object
}

func TestHead(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	address := string(bazar) + path
	page := w.pageAt(path, "fr")
	said := metas(page)
	for name, want := range map[string]string{
		"canonical": address, "alternate application/vc+jwt": address + ".jwt", "og:url": address, "og:type": "website", "og:locale": "fr_FR",
		"og:title": "Mechanism seller (fr) · bazar.example", "og:image": address + ".preview.fr.png", "og:image:width": "1200", "og:image:height": "630",
		"twitter:card": "summary_large_image", "robots": "noindex", "description": said["og:description"], "og:image:alt": said["og:description"],
	} {
		require.Equal(t, want, said[name], name)
	}
	require.Contains(t, said["og:description"], "alice")
	require.Equal(t, "image/png", w.get(strings.TrimPrefix(said["og:image"], string(bazar))).Header().Get("Content-Type"))
	object := linked(t, page)
	require.Equal(t, []any{"EducationalOccupationalCredential", address, map[string]any{"@type": "Person", "name": "alice"}}, []any{object["@type"], object["@id"], object["about"]})

	embed := strings.TrimPrefix(said["alternate application/json+oembed"], string(bazar))
	require.Contains(t, w.get(embed).Body.String(), ".card.fr.png")
}

// What a page tells programs is kept elsewhere: it must not tell a level, nor a state that may have changed since.
func TestHeadTellsNoStatus(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	headOf := func() string {
		whole := w.get(path, "Accept", "text/html").Body.String()
		_, head, _ := strings.Cut(whole, "</style>")
		head, _, _ = strings.Cut(head, "<body>")
		return head
	}
	current := headOf()
	require.NotContains(t, strings.ToLower(current), "gold")
	require.NoError(t, w.Suspend(t.Context(), "alice"))
	require.Equal(t, current, headOf())
	require.NoError(t, w.WithdrawBadge(t.Context(), "seller", "alice"))
	require.NotContains(t, headOf(), "alice")
}

func TestPublicBadgesMayBeFound(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	require.NoError(t, w.SetAudience(t.Context(), "seller", "alice", "alice", issuer.Public))
	require.NotContains(t, metas(w.pageAt(path, "en")), "robots")
	require.Empty(t, w.get(path, "Accept", "text/html").Header().Get("X-Robots-Tag"))
}

// A name is text, wherever it stands, and its direction and length end with it.
func TestHostileNames(t *testing.T) {
	for shown, name := range map[string]string{
		`<script>alert(1)</script>`:   `<script>alert(1)</script>`,
		`"><img src=x onerror=1>`:     `"><img src=x onerror=1>`,
		`</script><b>`:                `</script><b>`,
		`{{.Host}} {{t "x"}}`:         `{{.Host}} {{t "x"}}`,
		`'; alert(1) //`:              `'; alert(1) //`,
		`Alice live`:                  "Alice\n\u202elive\u2066",
		`عائشة`:                       `عائشة`,
		strings.Repeat("A", 79) + "…": strings.Repeat("A", 10_000),
	} {
		w := newWorld(t)
		w.rate("seller", "alice", true, true)
		address, err := w.PublishBadge(t.Context(), "seller", "alice", name)
		require.NoError(t, err)
		page := w.pageAt(strings.TrimPrefix(address, string(bazar)), "en")
		names := elements(page, "bdi")
		require.Len(t, names, 1, name)
		require.Equal(t, shown, words(names[0]))
		require.Equal(t, shown, linked(t, page)["about"].(map[string]any)["name"])
		require.Empty(t, elements(page, "b"))
		require.Len(t, elements(page, "img"), 1)
		for d := range page.Descendants() {
			for _, a := range d.Attr {
				require.False(t, strings.HasPrefix(a.Key, "on"), a.Key)
			}
		}
		require.Contains(t, words(page), itHolds)
	}
}

func TestOEmbed(t *testing.T) {
	w := newWorld(t)
	w.rate("seller", "alice", true, true)
	path := w.publish("seller", "alice")
	address := string(bazar) + path
	for query, want := range map[string][]any{
		"url=" + address: {address + ".card.png", 320.0, 168.0},
		"url=" + address + "&format=json&maxwidth=640":   {address + ".card.png", 320.0, 168.0},
		"url=" + address + "&maxwidth=160":               {address + ".card.png", 160.0, 84.0},
		"url=" + address + "&maxwidth=300&maxheight=84":  {address + ".card.png", 160.0, 84.0},
		"url=" + address + "&maxheight=1":                {address + ".card.png", 1.0, 1.0},
		"url=" + address + "%3Flang%3Dfr":                {address + ".card.fr.png", 320.0, 168.0},
		"url=" + address + ".svg&lang=fr":                {address + ".card.fr.png", 320.0, 168.0},
		"url=" + strings.ReplaceAll(address, ":", "%3A"): {address + ".card.png", 320.0, 168.0},
	} {
		answer := w.get("/oembed?" + query)
		require.Equal(t, http.StatusOK, answer.Code, query)
		var photo map[string]any
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &photo))
		require.Equal(t, want, []any{photo["url"], photo["width"], photo["height"]}, query)
		require.Equal(t, []any{"photo", "1.0", "Bazar", string(bazar) + "/", 300.0}, []any{photo["type"], photo["version"], photo["provider_name"], photo["provider_url"], photo["cache_age"]})
		require.Equal(t, "*", answer.Header().Get("Access-Control-Allow-Origin"))
		require.Equal(t, "public, max-age=300", answer.Header().Get("Cache-Control"))
		require.Empty(t, answer.Header().Get("Set-Cookie"))
	}
	for query, status := range map[string]int{
		"": 404, "url=" + address + "&format=xml": 501, "url=https://other.example" + path: 404, "url=" + string(bazar) + "/b/0000000000000000": 404,
		"url=" + string(bazar) + "/": 404, "url=%3A%3A": 404, "url=" + address + "&maxwidth=0": 400, "url=" + address + "&maxheight=x": 400, "url=" + address + "&url=" + address: 400,
	} {
		require.Equal(t, status, w.get("/oembed?"+query).Code, query)
	}
	require.Contains(t, w.get("/oembed?url="+address).Body.String(), "for alice")
	require.NoError(t, w.WithdrawBadge(t.Context(), "seller", "alice"))
	require.NotContains(t, w.get("/oembed?url="+address).Body.String(), "alice")
}
