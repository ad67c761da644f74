package site_test

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// forms returns what an address could be recognised by: itself, and its common hashes written either way.
func forms(address string) []string {
	found := []string{address, url.QueryEscape(address), base64.RawURLEncoding.EncodeToString([]byte(address))}
	sums := [][]byte{}
	for _, written := range []string{address, "mailto:" + address, strings.ToUpper(address)} {
		a, b, c := sha256.Sum256([]byte(written)), sha1.Sum([]byte(written)), md5.Sum([]byte(written))
		sums = append(sums, a[:], b[:], c[:])
	}
	for _, sum := range sums {
		found = append(found, hex.EncodeToString(sum), base64.StdEncoding.EncodeToString(sum), base64.RawURLEncoding.EncodeToString(sum))
	}
	return found
}

// betrays returns the first form of the address that a token's payload, or any other text, holds; "" for none.
func betrays(text, address string) string {
	if parts := strings.Split(text, "."); len(parts) == 3 {
		if payload, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil {
			text = string(payload)
		}
	}
	for _, form := range forms(address) {
		if strings.Contains(text, form) {
			return form
		}
	}
	return ""
}

// A member whom the site knows by an e-mail address.
//
// BF-PRIVACY-1
func TestNoAddressInAnyObject(t *testing.T) {
	const address = "alice@mail.example"
	_, bazar, outils, _, _ := two(t)
	bazar.deeds(address, 2)
	badge, err := bazar.Issuer.PublishBadge(t.Context(), "seller", address, "Alice")
	require.NoError(t, err)
	holder := newBrowser(t, address)
	holder.imports(bazar, outils)

	held, err := outils.Verifier.Export(t.Context(), address)
	require.NoError(t, err)
	require.Len(t, held.Imports, 1)
	objects := map[string]string{"the consented status": held.Imports[0].Statement}
	for name, at := range map[string]string{
		"the badge": badge + ".jwt", "its JSON": badge + ".json", "its page": badge, "its picture": badge + ".svg",
		"the metadata": string(bazar.Origin) + "/.well-known/openid-federation", "the keys": string(bazar.Origin) + "/.well-known/did.json",
		"the mechanism": string(bazar.Origin) + "/mechanisms/seller.jwt", "a status list": string(bazar.Origin) + "/status/1.jwt",
	} {
		got := newBrowser(t, "").do(http.MethodGet, at, nil)
		require.Equal(t, http.StatusOK, got.StatusCode, name)
		objects[name] = got.body
	}
	for name, object := range objects {
		require.Empty(t, betrays(object, address), name)
	}

	sum := sha256.Sum256([]byte(address))
	hidden := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"` + hex.EncodeToString(sum[:]) + `"}`))
	require.NotEmpty(t, betrays("e30."+hidden+".AA", address), "a hash within a token is found")
}

// Whatever a site calls itself, pages of others name its host beside it.
//
// BF-PRIVACY-4
func TestHostBesideEveryName(t *testing.T) {
	clock := newClock()
	const plenty, tools = "Your Trusted Bank", "The Other Bank"
	bazar := open(t, clock, "bazar", func(c *site.Config) {
		c.Name, c.Issues, c.Mechanisms = plenty, true, []bonafide.Mechanism{mechanism(c.Origin, "seller", "silver", "gold")}
	})
	outils := open(t, clock, "outils", func(c *site.Config) {
		c.Name, c.Issues, c.Verifies = tools, true, true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "member", "one", "two", "three")}
		c.Tables = []bonafide.Table{table(c.Origin, bazar)}
	})
	bazar.deeds("alice", 2)
	badge, err := bazar.Issuer.PublishBadge(t.Context(), "seller", "alice", "Alice")
	require.NoError(t, err)
	alice := newBrowser(t, "alice")

	// At bazar, about outils: the question for consent, and what was told.
	started := alice.do(http.MethodPost, string(outils.Origin)+"/import/start", url.Values{"mechanism": {bazar.config.Mechanisms[0].ID}})
	asked := alice.do(http.MethodGet, started.Header.Get("Location"), nil, "Accept", "text/html")
	require.Contains(t, asked.body, tools)
	requireHost(t, asked.body, outils.Origin.Host())
	alice.imports(bazar, outils)
	requireHost(t, alice.page(bazar, "/consents").body, outils.Origin.Host())

	// At outils, about bazar: what was imported, and a preview.
	requireHost(t, alice.page(outils, "/standing").body, bazar.Origin.Host())
	preview := alice.do(http.MethodPost, string(outils.Origin)+"/import/preview", url.Values{"badge": {badge}}, "Accept", "text/html")
	require.Equal(t, http.StatusOK, preview.StatusCode, preview.body)
	requireHost(t, preview.body, bazar.Origin.Host())

	// At bazar itself, to anybody: its badge, as page and picture.
	nobody := newBrowser(t, "")
	requireHost(t, nobody.do(http.MethodGet, badge, nil, "Accept", "text/html").body, bazar.Origin.Host())
	requireHost(t, nobody.do(http.MethodGet, badge+".svg", nil).body, bazar.Origin.Host())
	for lang, suffix := range map[string]string{"en": "", "fr": ".fr"} {
		picture := nobody.do(http.MethodGet, badge+suffix+".svg", nil)
		require.Equal(t, http.StatusOK, picture.StatusCode, lang)
		require.NotContains(t, picture.body, plenty, "a picture shows no display name at all")
	}
}

var tag = regexp.MustCompile(`(?s)<head>.*</head>|<[^>]*>`)

// requireHost expects the page's own words, addresses aside, to name the host.
func requireHost(t *testing.T, page, host string) {
	t.Helper()
	words := tag.ReplaceAllString(page, " ")
	if strings.HasPrefix(page, "<svg") || strings.HasPrefix(page, "<?xml") {
		words = page
	}
	require.Contains(t, words, host)
}

// A page of any site reads what is public, and nothing that is a member's.
//
// BF-SITE-11
func TestAnyPageReadsWhatIsPublic(t *testing.T) {
	_, bazar, outils, alice, badge := two(t)
	shared := func(b *browser, address string) string {
		got := b.do(http.MethodGet, address, nil, "Origin", "https://blog.example")
		require.Equal(t, http.StatusOK, got.StatusCode, address)
		return got.Header.Get("Access-Control-Allow-Origin")
	}
	nobody := newBrowser(t, "")
	for _, address := range []string{
		badge + ".jwt", badge + ".json", badge + ".svg", string(outils.Origin) + "/status/1.jwt", string(outils.Origin) + "/status/1.json",
		string(bazar.Origin) + "/mechanisms/seller.jwt", string(outils.Origin) + "/conversions/bazar.jwt",
		string(bazar.Origin) + "/.well-known/did.json", string(bazar.Origin) + "/.well-known/openid-federation",
		string(bazar.Origin) + "/.well-known/oauth-authorization-server",
	} {
		require.Equal(t, "*", shared(nobody, address), address)
	}
	for _, path := range []string{"/me.json", "/standing.json", "/badges", "/badges/export"} {
		require.Empty(t, shared(alice, string(outils.Origin)+path), path)
	}
}
