package site_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"bonafide.example/internal/seal"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

// alone starts a site with the roles.
func alone(t *testing.T, issues, verifies bool) *place {
	return open(t, newClock(), "outils", func(c *site.Config) {
		c.Issues, c.Verifies = issues, verifies
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "member", "one")}
	})
}

// BF-SITE-8, BF-SITE-9
func TestRoles(t *testing.T) {
	for name, c := range map[string]struct{ issues, verifies bool }{"issuer": {true, false}, "verifier": {false, true}, "both": {true, true}} {
		t.Run(name, func(t *testing.T) {
			p, b := alone(t, c.issues, c.verifies), newBrowser(t, "")
			require.Equal(t, c.issues, p.Issuer != nil)
			require.Equal(t, c.verifies, p.Verifier != nil)

			did := b.get(p, "/.well-known/did.json")
			keys, err := seal.ParseDIDDocument([]byte(did.body), p.Origin)
			require.NoError(t, err)
			print, err := seal.Thumbprint(p.Keys.Credential.Public())
			require.NoError(t, err)
			require.True(t, keys.Has(p.Origin.DID()+"#"+print))
			require.Equal(t, "public, max-age=300", did.Header.Get("Cache-Control"))

			client, err := fetch.New(fetch.Config{Local: true, Now: p.config.Now})
			require.NoError(t, err)
			entity, err := client.Entity(t.Context(), p.Origin)
			require.NoError(t, err)
			require.Equal(t, c.issues, entity.Metadata.Issuer != nil)
			require.Equal(t, c.issues, entity.Metadata.AuthorizationServer != nil)
			require.Equal(t, c.verifies, entity.Metadata.Verifier != nil)
			require.Equal(t, c.verifies, entity.Metadata.OAuthClient != nil)

			oauth := b.get(p, "/.well-known/oauth-authorization-server")
			mine := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}
			require.Equal(t, mine[c.issues], oauth.StatusCode)
			if c.issues {
				server, err := bonafide.ParsePeer[bonafide.AuthorizationServer]([]byte(oauth.body))
				require.NoError(t, err)
				require.Equal(t, *entity.Metadata.AuthorizationServer, server)
			}
			require.Equal(t, mine[c.issues], b.get(p, "/mechanisms/member.json").StatusCode)
			require.Equal(t, mine[c.verifies], b.page(p, "/import").StatusCode)
			for _, path := range []string{"/livez", "/readyz"} {
				require.Equal(t, "ok\n", b.get(p, path).body)
				require.Equal(t, http.StatusOK, b.do(http.MethodHead, string(p.Origin)+path, nil).StatusCode)
			}
			home := b.page(p, "/").body
			require.Equal(t, c.issues, strings.Contains(home, `href="/mechanisms/member"`))
			signedIn := newBrowser(t, "alice").page(p, "/").body
			require.Equal(t, c.issues, strings.Contains(signedIn, `href="/badges"`))
			require.Equal(t, c.verifies, strings.Contains(signedIn, `href="/import"`))
			me := newBrowser(t, "alice").page(p, "/me")
			require.Equal(t, http.StatusOK, me.StatusCode)
			require.Equal(t, c.issues, strings.Contains(me.body, "/mechanisms/member"))
		})
	}
}

// Every link of the pages leads somewhere.
func TestHomeLeadsEverywhere(t *testing.T) {
	_, _, outils, alice, _ := two(t)
	for _, path := range []string{"/", "/me"} {
		page := alice.page(outils, path).body
		for _, part := range strings.Split(page, `href="`)[1:] {
			to, _, _ := strings.Cut(part, `"`)
			to = strings.TrimPrefix(to, string(outils.Origin))
			if strings.HasPrefix(to, "?") {
				to = path + to
			}
			require.Equal(t, http.StatusOK, alice.page(outils, to).StatusCode, to)
		}
	}
}

func TestHome(t *testing.T) {
	p := alone(t, true, true)
	nobody, alice := newBrowser(t, ""), newBrowser(t, "alice")
	for _, c := range []struct {
		b    *browser
		path string
		says []string
	}{
		{nobody, "/?lang=en", []string{`<html lang="en">`, "The member", `href="/sign-in?return=%2F"`, "Sign in"}},
		{newBrowser(t, ""), "/?lang=fr", []string{`<html lang="fr">`, "The member (fr)", "Se connecter"}},
		{alice, "/?lang=en", []string{"You are signed in as <bdi>&lt;i&gt;alice</bdi>.", "My badges"}},
		{newBrowser(t, "bob"), "/?lang=fr", []string{"Vous êtes connecté comme <bdi>&lt;i&gt;bob</bdi>.", "Mes badges"}},
		{alice, "/me?lang=en", []string{"<h1>&lt;i&gt;alice</h1>", "No level yet"}},
		{alice, "/me?lang=fr", []string{"Pas encore de niveau"}},
	} {
		page := c.b.page(p, c.path)
		require.Equal(t, http.StatusOK, page.StatusCode, c.path)
		require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
		for _, words := range c.says {
			require.Contains(t, page.body, words, c.path)
		}
		_, shown, _ := strings.Cut(page.body, "</style>")
		require.NotRegexp(t, `\[[a-z-]+\]|<no value>`, shown, "a message is missing")
	}
	require.Contains(t, alice.page(p, "/").body, `<html lang="fr">`, "the language asked for last")
}

func TestMe(t *testing.T) {
	p := alone(t, true, true)
	p.deeds("alice", 1)
	alice, nobody := newBrowser(t, "alice"), newBrowser(t, "")
	require.Equal(t, bonafide.SignInRequired, nobody.get(p, "/me.json").code)
	sent := nobody.page(p, "/me")
	require.Equal(t, http.StatusSeeOther, sent.StatusCode)
	require.Equal(t, "/sign-in?return=%2Fme", sent.Header.Get("Location"))
	mine := alice.get(p, "/me.json")
	require.Equal(t, http.StatusOK, mine.StatusCode)
	require.Equal(t, "no-store", mine.Header.Get("Cache-Control"))
	require.Contains(t, mine.body, `"level":1,"level_id":"one"`)
	page := alice.page(p, "/me")
	require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
	require.Contains(t, page.body, "earned here")
}

func TestRefusals(t *testing.T) {
	p, b := alone(t, true, true), newBrowser(t, "alice")
	for _, path := range []string{"/none", "/me/", "/b/K7QXM2VTP4WN9RFA/x", "/.well-known/none", "/admin/members/alice", "/mechanisms/none", "/conversions/none"} {
		a := b.get(p, path)
		require.Equal(t, http.StatusNotFound, a.StatusCode, path)
		require.Equal(t, bonafide.NotFound, a.code, path)
		page := b.page(p, path)
		require.Equal(t, http.StatusNotFound, page.StatusCode, path)
		require.Contains(t, page.body, "There is nothing here.", path)
	}
	for path, body := range map[string]string{
		"/badges/audience": `"code":"method-not-allowed"`, "/import/start": `"code":"method-not-allowed"`,
		"/oauth/token": `"bonafide_error":"method-not-allowed"`, // in the form of RFC 6749, section 5.2
	} {
		a := b.get(p, path)
		require.Equal(t, http.StatusMethodNotAllowed, a.StatusCode, path)
		require.Contains(t, a.body, body, path)
		require.Equal(t, "POST", a.Header.Get("Allow"), path)
	}
	forged := b.do(http.MethodPost, string(p.Origin)+"/badges/audience", nil, "Sec-Fetch-Site", "cross-site")
	require.Equal(t, bonafide.CrossOrigin, forged.code)
}

// The entity configuration is signed again at half its life, and when it says something else.
func TestEntity(t *testing.T) {
	clock, bazar, outils, _, _ := two(t)
	b := newBrowser(t, "")
	read := func() (string, *bonafide.EntityConfiguration) {
		a := b.get(outils, "/.well-known/openid-federation")
		require.Equal(t, bonafide.TypeEntity.MediaType(), a.Header.Get("Content-Type"))
		entity, err := seal.OpenEntity(a.body, outils.Origin, clock.Now())
		require.NoError(t, err)
		return a.body, entity
	}
	first, entity := read()
	clock.Move(12*time.Hour - time.Second)
	same, _ := read()
	require.Equal(t, first, same)
	clock.Move(time.Second)
	_, again := read()
	require.Greater(t, again.IssuedAt, entity.IssuedAt)

	other := table(outils.Origin, bazar)
	other.ID = string(outils.Origin) + "/conversions/other"
	published := publish(t, outils, other)
	require.Equal(t, http.StatusOK, published.Code, published.Body.String())
	_, again = read()
	require.Contains(t, again.Metadata.Verifier.Conversions, other.ID)

	// Without its store the site doesn't know its tables: it says so, rather than that there are none.
	require.NoError(t, outils.shut())
	require.Equal(t, http.StatusInternalServerError, b.get(outils, "/.well-known/openid-federation").StatusCode)
}

// publish has the site's administration publish a table.
func publish(t *testing.T, at *place, table bonafide.Table) *httptest.ResponseRecorder {
	data, err := bonafide.MarshalJSON(table)
	require.NoError(t, err)
	request, err := http.NewRequest(http.MethodPut, "/admin"+strings.TrimPrefix(table.ID, string(at.Origin)), strings.NewReader(string(data)))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	return record(at.Admin(), request)
}

// BF-VERIFIER-20: with all the tables that the site takes, its entity configuration is one that peers take.
func TestEntityHasRoom(t *testing.T) {
	clock, bazar, outils, _, _ := two(t)
	tables := 1
	for ; ; tables++ {
		other := table(outils.Origin, bazar)
		other.ID = fmt.Sprintf("%s/conversions/%040d", outils.Origin, tables)
		published := publish(t, outils, other)
		if published.Code == http.StatusRequestEntityTooLarge {
			break
		}
		require.Equal(t, http.StatusOK, published.Code, published.Body.String())
	}
	a := newBrowser(t, "").get(outils, "/.well-known/openid-federation")
	entity, err := seal.OpenEntity(a.body, outils.Origin, clock.Now())
	require.NoError(t, err)
	require.Len(t, entity.Metadata.Verifier.Conversions, tables)
}

func TestNewRefuses(t *testing.T) {
	p := alone(t, true, true)
	whole := p.config
	whole.Log = slog.New(slog.DiscardHandler)
	foreign := mechanism("https://bazar.example", "member", "one")
	host := mechanism(p.Origin, "host", "one")
	host.Rule = bonafide.Rule{Host: &bonafide.HostRule{Described: text("described")}}
	for name, c := range map[string]struct {
		change func(*site.Config)
		code   bonafide.Code
	}{
		"http without Local":                 {func(c *site.Config) { c.Local = false }, bonafide.BadOrigin},
		"what is no origin":                  {func(c *site.Config) { c.Origin = "https://outils.example/" }, bonafide.BadOrigin},
		"no role":                            {func(c *site.Config) { c.Issues, c.Verifies = false, false }, bonafide.Internal},
		"a name that can't be shown":         {func(c *site.Config) { c.Name = "outils\u202e" }, bonafide.BadValue},
		"no store":                           {func(c *site.Config) { c.Store = nil }, bonafide.Internal},
		"no keys":                            {func(c *site.Config) { c.Keys = site.Keys{} }, bonafide.Internal},
		"nowhere to contest":                 {func(c *site.Config) { c.Contest = "/disputes" }, bonafide.Internal},
		"no sign-in":                         {func(c *site.Config) { c.SignIn = bonafide.SignIn{} }, bonafide.Internal},
		"another's mechanism":                {func(c *site.Config) { c.Mechanisms = []bonafide.Mechanism{foreign} }, bonafide.BadMechanism},
		"another's mechanism, as a verifier": {func(c *site.Config) { c.Mechanisms, c.Issues = []bonafide.Mechanism{foreign}, false }, bonafide.BadMechanism},
		"a mechanism without levels":         {func(c *site.Config) { c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "member")} }, bonafide.BadMechanism},
		"the host's rule, and no Standing":   {func(c *site.Config) { c.Mechanisms = []bonafide.Mechanism{host} }, bonafide.BadMechanism},
		"another's table":                    {func(c *site.Config) { c.Tables = []bonafide.Table{table("https://bazar.example", p)} }, bonafide.BadTable},
	} {
		config := whole
		c.change(&config)
		_, err := site.New(config)
		require.Equal(t, c.code, bonafide.CodeOf(err), "%s: %v", name, err)
	}
	whole.Name = ""
	unnamed, err := site.New(whole)
	require.NoError(t, err)
	require.Equal(t, p.Origin.Host(), unnamed.Name)
}
