package site_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/site"
	"bonafide.example/vouching"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

func (w *referring) places() []*place {
	if w.troc == nil {
		return []*place{w.bazar, w.outils}
	}
	return []*place{w.bazar, w.outils, w.troc}
}

// post has an account send a form.
func (w *referring) post(p *place, account, path string, form url.Values) answer {
	return newBrowser(w.T, account).do(http.MethodPost, string(p.Origin)+path, form)
}

// administer sends a request to a site's administration.
func (w *referring) administer(p *place, path string, body any) answer {
	data, err := bonafide.MarshalJSON(body)
	require.NoError(w, err)
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(data))
	r.Header.Set("Content-Type", "application/json")
	recorded := record(p.Admin(), r)
	a := answer{Response: recorded.Result(), body: recorded.Body.String()}
	if a.StatusCode != http.StatusOK {
		problem, err := bonafide.Parse[web.ProblemDocument](recorded.Body.Bytes())
		require.NoError(w, err)
		a.code = problem.Code
	}
	return a
}

// offer has a member of outils make a link, and returns its path.
func (w *referring) offer(voucher string, stake int64) string {
	w.Helper()
	made := w.offers(voucher, stake)
	require.Equal(w, http.StatusSeeOther, made.StatusCode, made.body)
	return strings.TrimSuffix(made.Header.Get("Location"), "/link")
}

func (w *referring) offers(voucher string, stake int64) answer {
	return w.post(w.outils, voucher, "/vouches/offers", url.Values{"mechanism": {"member"}, "level": {"1"}, "stake": {fmt.Sprint(stake)}})
}

func (w *referring) accepts(account, offer string) answer {
	return w.post(w.outils, account, offer+"/accept", url.Values{})
}

var askPath = regexp.MustCompile(`/vouches/asks/[0-9a-f-]+`)

// asks has one member of outils ask another to vouch, and returns the path of the ask.
func (w *referring) asks(asker, asked string) string {
	w.Helper()
	badge, err := w.outils.Issuer.PublishBadge(w.Context(), "member", asked, asked)
	require.NoError(w, err)
	a := w.post(w.outils, asker, "/vouches/asks", url.Values{"mechanism": {"member"}, "badge": {badge}, "words": {"It's me."}})
	require.Equal(w, http.StatusSeeOther, a.StatusCode, a.body)
	path := askPath.FindString(newBrowser(w.T, asked).page(w.outils, "/vouches").body)
	require.NotEmpty(w, path)
	return path
}

// fault returns a report of a fault that a member of outils committed so long ago.
func (w *referring) fault(id, member string, ago bonafide.Seconds) court.Report {
	return court.Report{ID: id, Mechanism: "member", Member: member, Class: "theft", Occurred: bonafide.SecondsOf(w.clock.Now()) - ago, Words: "A saw."}
}

func (w *referring) report(r court.Report) answer { return w.administer(w.outils, "/admin/cases", r) }

// done requires that a request was done.
func (w *referring) done(a answer) {
	w.Helper()
	require.Contains(w, []int{http.StatusOK, http.StatusSeeOther}, a.StatusCode, a.body)
}

// signed signs something with a site's own key.
func (w *referring) signed(p *place, typ bonafide.Type, payload any) string {
	w.Helper()
	print, err := seal.Thumbprint(p.Keys.Credential.Public())
	require.NoError(w, err)
	sealer, err := seal.NewSealer(p.Keys.Credential, p.Origin.DID()+"#"+print)
	require.NoError(w, err)
	token, err := sealer.Seal(w.Context(), typ, payload)
	require.NoError(w, err)
	return token
}

// another starts a third site, which takes referrals of bazar's members too.
func (w *referring) another() {
	w.troc = open(w.T, w.clock, "troc", func(c *site.Config) {
		own, table := lending(c.Origin, "member", "theft"), w.outils.config.Tables[0]
		table.ID, table.To.Mechanism = string(c.Origin)+"/conversions/bazar", own.ID
		c.Issues, c.Verifies, c.Mechanisms, c.Tables = true, true, []bonafide.Mechanism{own}, []bonafide.Table{table}
	})
}

// outcome returns that a fault occurred of which a site tells bazar about a referral.
func (w *referring) outcome(from *place, referral string) bonafide.Outcome {
	now := bonafide.SecondsOf(w.clock.Now())
	return bonafide.Outcome{
		Issuer: from.Origin, Audience: w.bazar.Origin, ID: rand.Text(), IssuedAt: now, Expires: now + 60*vouching.Day, Referral: referral,
		Event: bonafide.OutcomeFault, Fault: "f", Class: "fraud", Occurred: now - 60, Reported: now - 30,
	}
}

// tells has a site tell bazar an outcome.
func (w *referring) tells(from *place, o bonafide.Outcome) answer {
	return w.post(w.bazar, "", "/outcomes", url.Values{"outcome": {w.signed(from, bonafide.TypeOutcome, o)}})
}
