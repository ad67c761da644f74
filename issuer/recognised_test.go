package issuer

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// publishes lets a verifier publish tables, each under its name, of the seller's mechanism unless changed.
func (v *verifier) publishes(change func(*bonafide.Table), names ...string) {
	metadata := v.published[v.origin].Metadata.Verifier
	for _, name := range names {
		t := &bonafide.Table{
			ID: string(v.origin) + "/conversions/" + name, Version: 1,
			From: bonafide.TableFrom{Issuer: here, Mechanism: string(here) + "/mechanisms/seller", Versions: []int{1}, Context: "selling"},
			To:   bonafide.TableTo{Mechanism: string(v.origin) + "/mechanisms/member"}, Rates: []bonafide.Rate{{Level: "gold", Gives: 1}}, Cap: 1,
			ValidFrom: "2026-11-01", ValidUntil: "2027-02-28",
		}
		if change != nil {
			change(t)
		}
		v.tables[t.ID] = t
		metadata.Conversions = append(metadata.Conversions, t.ID)
	}
}

// tells has a member have the verifier told something.
func (v *verifier) tells(member string) {
	a := v.push(nil)
	a.told(a.allow(member))
}

// recognisers runs what is due, and returns the tables known.
func (c *consenting) recognisers() (tables []string) {
	c.Helper()
	require.NoError(c, c.RunDue(c.Context()))
	all, err := c.Recognisers(c.Context(), "seller")
	require.NoError(c, err)
	for _, r := range all {
		tables = append(tables, r.Table)
	}
	return tables
}

const atOutils = string(outils) + "/conversions/"

func TestRecognisers(t *testing.T) {
	c := consented(t, Admission{})
	v, other := c.verifier(outils), c.verifier(livres)
	v.publishes(nil, "bazar")
	v.publishes(func(t *bonafide.Table) { t.From.Issuer = livres }, "livres")
	v.publishes(func(t *bonafide.Table) { t.From.Mechanism += "-no-more" }, "gone")
	v.publishes(func(t *bonafide.Table) { t.From.Versions = []int{7} }, "of-another-version")
	v.publishes(func(t *bonafide.Table) { t.ValidUntil = "2026-11-21" }, "ended")
	v.publishes(func(t *bonafide.Table) { t.ValidFrom = "2026-11-24" }, "to-come")
	v.published[outils].Metadata.Verifier.Conversions = append(v.published[outils].Metadata.Verifier.Conversions, string(livres)+"/conversions/foreign", atOutils+"nowhere")
	other.publishes(nil, "foreign")

	require.Empty(t, c.recognisers(), "nobody has had them told anything")
	other.push(nil)
	require.Empty(t, c.recognisers(), "asking isn't being told")
	lookups := c.lookups
	v.tells("alice")
	require.Equal(t, lookups+2, c.lookups, "once for each of two requests: a consent waits for no look at tables")

	require.Equal(t, []string{atOutils + "bazar"}, c.recognisers())
	all, err := c.Recognisers(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []Recogniser{{outils, string(here) + "/mechanisms/seller", atOutils + "bazar", c.clock}}, all)
	for lang, words := range map[string]string{"en": "outils.example counts this:", "fr": "outils.example en tient compte"} {
		page := c.request("GET", "/mechanisms/seller?lang="+lang, "", nil).Body.String()
		require.Contains(t, page, words)
		require.Contains(t, page, `href="`+atOutils+`bazar"`)
		require.NotContains(t, page, "foreign")
	}
	c.clock = c.clock.AddDate(0, 0, 2)
	require.Contains(t, c.recognisers(), atOutils+"to-come")
}

func TestRecognisersAreFollowed(t *testing.T) {
	c := consented(t, Admission{})
	v := c.verifier(outils)
	v.publishes(nil, "bazar", "second")
	v.tells("alice")
	both := []string{atOutils + "bazar", atOutils + "second"}
	require.Equal(t, both, c.recognisers())

	v.published[outils].Metadata.Verifier.Conversions = []string{atOutils + "second"}
	lookups := c.lookups
	c.clock = c.clock.Add(23 * time.Hour)
	require.Equal(t, both, c.recognisers(), "looked at more than once a day")
	require.Equal(t, lookups, c.lookups)
	c.clock = c.clock.Add(time.Hour)
	require.Equal(t, both[1:], c.recognisers())

	// A site that doesn't answer keeps what was read there, for a month.
	c.tables[atOutils+"second"] = nil
	for range 29 {
		c.clock = c.clock.Add(24 * time.Hour)
		require.Equal(t, both[1:], c.recognisers())
	}
	c.clock = c.clock.Add(24 * time.Hour)
	require.Empty(t, c.recognisers())
	lookups = c.lookups
	c.clock = c.clock.AddDate(1, 0, 0)
	require.Empty(t, c.recognisers())
	require.Equal(t, lookups, c.lookups, "what matters no more is looked at still")
}

func TestRecogniserOfWhoWasReferred(t *testing.T) {
	c := consented(t, Admission{})
	v := c.verifier(outils)
	v.publishes(nil, "bazar")
	w := c.request("POST", "/refer", "alice", url.Values{"to": {string(outils)}, "mechanism": {"seller"}})
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, []string{atOutils + "bazar"}, c.recognisers())
}

// Whoever isn't answered any more isn't named either.
func TestRecogniserNoLongerListed(t *testing.T) {
	c := consented(t, Admission{Policy: AdmitListed, Listed: []bonafide.Origin{outils}})
	v := c.verifier(outils)
	v.publishes(nil, "bazar")
	v.tells("alice")
	require.Equal(t, []string{atOutils + "bazar"}, c.recognisers())
	c.Admission.Listed = nil
	c.clock = c.clock.Add(24 * time.Hour)
	require.Empty(t, c.recognisers())
}
