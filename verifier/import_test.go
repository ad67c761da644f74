package verifier_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/store/bolt"
	"bonafide.example/verifier"
	"github.com/stretchr/testify/require"
)

// BF-IMPORT-1, BF-IMPORT-2, BF-IMPORT-6, BF-IMPORT-22, BF-SITE-10
func TestImport(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	badge := string(w.issuer.origin) + "/b/alice"

	// The badge's address leads to a preview, and to nothing else.
	a := alice.post("/import/preview", "badge", badge+".svg")
	require.Equal(t, http.StatusOK, a.status, a.body)
	preview, err := bonafide.ParsePeer[verifier.Preview]([]byte(a.body))
	require.NoError(t, err)
	require.Equal(t, 2, preview.Explanations[0].Level)
	require.Equal(t, bonafide.ConsentRequired, alice.post("/import", "badge", badge).code)
	require.Equal(t, 0, w.converted("alice").Level)
	require.Zero(t, w.rows())

	started := alice.post("/import/start", "badge", badge)
	require.Equal(t, http.StatusSeeOther, started.status, started.body)
	a = alice.callback(w.issuer.consent(started.location))
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	e := w.converted("alice")
	require.Equal(t, conversion.Converted, e.Verdict)
	require.Equal(t, 2, e.Level)
	require.Equal(t, w.clock.Now(), e.Inputs[0].CheckedAt)
	require.Equal(t, 0, w.converted("bob").Level)

	a = alice.get("/standing.json")
	require.Equal(t, http.StatusOK, a.status)
	told, err := bonafide.ParsePeer[[]conversion.Explanation]([]byte(a.body))
	require.NoError(t, err)
	require.Equal(t, 2, told[0].Level)
	require.Equal(t, bonafide.SignInRequired, w.browser("").get("/standing.json").code)

	asked := w.issuer.asked["code-0"].Details
	require.Equal(t, badge, asked.Badge)
	require.Equal(t, []bonafide.Claim{bonafide.ClaimLevel, bonafide.ClaimMeasures, bonafide.ClaimAccountSince}, asked.Claims)
}

// BF-IMPORT-3, BF-IMPORT-4
func TestReferred(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	alice.page = true
	a := alice.get("/import/begin?iss=" + url.QueryEscape(string(w.issuer.origin)))
	require.Equal(t, http.StatusOK, a.status)
	require.Contains(t, a.body, `action="/import/start"`)
	require.Contains(t, a.header.Get("Content-Security-Policy"), "form-action 'self' "+string(w.issuer.origin))
	require.Zero(t, w.issuer.count(""), "nothing is fetched before a form is sent")

	// Who isn't signed in comes back to that page.
	nobody := w.browser("")
	nobody.page = true
	a = nobody.post("/import/start", "mechanism", string(w.issuer.origin)+seller)
	require.Equal(t, http.StatusSeeOther, a.status)
	back, err := url.Parse(a.location)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, alice.get(back.Query().Get("return")).status)
	alice.imports()
	require.Equal(t, 2, w.converted("alice").Level)
}

// BF-VERIFIER-6
func TestUnknownIssuerIsNotAsked(t *testing.T) {
	w := newWorld(t)
	other := newFakeIssuer(t, w.clock)
	alice := w.browser("alice")
	for name, a := range map[string]answer{
		"preview":   alice.post("/import/preview", "badge", string(other.origin)+"/b/alice"),
		"begin":     alice.get("/import/begin?iss=" + url.QueryEscape(string(other.origin))),
		"badge":     alice.post("/import/start", "badge", string(other.origin)+"/b/alice"),
		"issuer":    alice.post("/import/start", "issuer", string(other.origin)),
		"mechanism": alice.post("/import/start", "mechanism", string(other.origin)+seller),
	} {
		require.Equal(t, bonafide.NotRecognised, a.code, name)
	}
	require.Equal(t, bonafide.NotRecognised, alice.post("/import/start", "mechanism", string(w.issuer.origin)+"/mechanisms/buyer").code)
	require.Equal(t, bonafide.BadOrigin, alice.post("/import/preview", "badge", "alice").code)
	require.Zero(t, other.count(""))
	require.Zero(t, w.issuer.count(""))
}

// An answer that is wrong in one thing grants nothing and leaves nothing.
// BF-IMPORT-12, BF-IMPORT-13, BF-IMPORT-14, BF-IMPORT-15, BF-IMPORT-16, BF-IMPORT-18, BF-IMPORT-19, BF-IMPORT-21
func TestLyingIssuer(t *testing.T) {
	for name, c := range map[string]struct {
		lie  func(*fakeIssuer)
		want bonafide.Code
	}{
		"other audience": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) { s.Audience = "http://other.localhost" }
		}, bonafide.WrongAudience},
		"other nonce": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) { s.Nonce = "of-another-request" }
		}, bonafide.WrongNonce},
		"late": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) { s.IssuedAt -= 600; s.Expires = s.IssuedAt + 300 }
		}, bonafide.Expired},
		"early": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) { s.IssuedAt += 120; s.Expires = s.IssuedAt + 300 }
		}, bonafide.NotYetValid},
		"another issuer's": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) { s.Issuer = "http://other.localhost" }
		}, bonafide.WrongIssuer},
		"all of another issuer's": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) {
				s.Issuer, s.Status.Mechanism = "http://other.localhost", "http://other.localhost"+seller
			}
		}, bonafide.WrongIssuer},
		"signed by another site": {func(f *fakeIssuer) {
			_, f.signer = newSealer(f.t, "http://other.localhost")
		}, bonafide.WrongIssuer},
		"foreign key": {func(f *fakeIssuer) {
			_, f.signer = newSealer(f.t, f.origin)
		}, bonafide.UnknownKey},
		"other type": {func(f *fakeIssuer) { f.typ = bonafide.TypeCredential }, bonafide.WrongType},
		"other mechanism": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) { s.Status.Mechanism = string(f.origin) + "/mechanisms/buyer" }
		}, bonafide.BadCredential},
		"unknown version": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) { s.Status.Version = 7 }
		}, bonafide.NotFound},
		"relied on too long": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) { s.ReliedUntil++ }
		}, bonafide.BadCredential},
		"bit set": {func(f *fakeIssuer) { f.bits[0] = 0x40 }, bonafide.Revoked},
		"index out of range": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) { s.CredentialStatus.Index = "131072" }
		}, bonafide.IndexOutOfRange},
		"list of another site": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) { s.CredentialStatus.Credential = "http://other.localhost/status/1" }
		}, bonafide.StatusListOther},
		"list of endless address": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) {
				s.CredentialStatus.Credential = string(f.origin) + "/status/" + strings.Repeat("1", 1000)
			}
		}, bonafide.BadCredential},
		"list missing": {func(f *fakeIssuer) {
			f.lie = func(s *bonafide.ConsentedStatus) { s.CredentialStatus.Credential = string(f.origin) + "/status/2" }
		}, bonafide.StatusUnknown},
		"list too short": {func(f *fakeIssuer) { f.bits = f.bits[1:] }, bonafide.StatusListShort},
		"list not its own": {func(f *fakeIssuer) {
			f.listLie = func(l *bonafide.StatusList) { l.Issuer, l.Iss = "did:web:other.localhost", "did:web:other.localhost" }
		}, bonafide.StatusListOther},
		"list expired": {func(f *fakeIssuer) {
			f.listLie = func(l *bonafide.StatusList) {
				l.ValidFrom, l.ValidUntil = l.ValidFrom.Add(-72*time.Hour), l.ValidFrom.Add(-time.Hour)
				l.NBF, l.Exp = bonafide.SecondsOf(l.ValidFrom), bonafide.SecondsOf(l.ValidUntil)
			}
		}, bonafide.StatusUnknown},
		"no answer": {func(f *fakeIssuer) { f.noTokens = true }, bonafide.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.issuer.tell(func() { c.lie(w.issuer) })
			alice := w.browser("alice")
			a := alice.callback(alice.begin())
			require.Equal(t, c.want, a.code, a.body)
			require.Equal(t, c.want.Meaning().Status, a.status)
			require.Equal(t, 0, w.converted("alice").Level)
			require.Zero(t, w.rows())
		})
	}
}

// BF-IMPORT-8, BF-IMPORT-9, BF-IMPORT-11
func TestAnswersThatArentTheFlows(t *testing.T) {
	with := func(query url.Values, name, value string) url.Values {
		query.Set(name, value)
		return query
	}
	for name, c := range map[string]struct {
		bring func(w *world, alice *browser, answer url.Values) answer
		want  bonafide.Code
		after bonafide.Code // of the right answer, brought afterwards
	}{
		"other state": {func(w *world, b *browser, q url.Values) answer {
			return b.callback(with(q, "state", "0123456789abcdef"))
		}, bonafide.WrongState, ""},
		"other browser": {func(w *world, b *browser, q url.Values) answer { return w.browser("alice").callback(q) }, bonafide.WrongState, ""},
		"other account": {func(w *world, b *browser, q url.Values) answer {
			bob := *b
			bob.account = "bob"
			return bob.callback(q)
		}, bonafide.WrongState, ""},
		"nobody": {func(w *world, b *browser, q url.Values) answer {
			nobody := *b
			nobody.account = ""
			return nobody.callback(q)
		}, bonafide.SignInRequired, ""},
		"other issuer": {func(w *world, b *browser, q url.Values) answer {
			return b.callback(with(q, "iss", "http://other.localhost"))
		}, bonafide.WrongIssuer, ""},
		"no issuer": {func(w *world, b *browser, q url.Values) answer { return b.callback(with(q, "iss", "")) }, bonafide.WrongIssuer, ""},
		"late": {func(w *world, b *browser, q url.Values) answer {
			w.clock.Move(10 * time.Minute)
			return b.callback(q)
		}, bonafide.WrongState, bonafide.WrongState},
		"declined": {func(w *world, b *browser, q url.Values) answer { return b.callback(with(q, "error", "access_denied")) }, bonafide.ConsentDeclined, bonafide.Replayed},
		"wrong account": {func(w *world, b *browser, q url.Values) answer {
			return b.callback(with(with(q, "error", "access_denied"), "bonafide_error", "wrong-account"))
		}, bonafide.WrongAccount, bonafide.Replayed},
		"no code": {func(w *world, b *browser, q url.Values) answer { return b.callback(with(q, "code", "")) }, bonafide.BadAnswer, bonafide.Replayed},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			alice := w.browser("alice")
			right := alice.begin()
			copied, err := url.ParseQuery(right.Encode())
			require.NoError(t, err)
			require.Equal(t, c.want, c.bring(w, alice, copied).code)
			require.Zero(t, w.rows())
			require.Equal(t, c.after, alice.callback(right).code)
		})
	}
}

// BF-IMPORT-10
func TestSameAnswerTwice(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	answer := alice.begin()
	codes := make([]bonafide.Code, 50)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() { codes[i] = alice.callback(answer).code })
	}
	all.Wait()
	granted := 0
	for _, code := range codes {
		if code == "" {
			granted++
			continue
		}
		require.Equal(t, bonafide.Replayed, code)
	}
	require.Equal(t, 1, granted)
	require.Len(t, w.held("alice").Imports, 1)
	require.Equal(t, 1, w.issuer.count("/token"), "a code is sent once: issuers take a second time for theft")
}

// An issuer that answers a new request with a statement's old identity is replaying it.
// BF-IMPORT-17
func TestReplayedStatement(t *testing.T) {
	w := newWorld(t)
	w.issuer.tell(func() { w.issuer.lie = func(s *bonafide.ConsentedStatus) { s.ID = "the same" } })
	alice := w.browser("alice")
	alice.imports()
	before := w.held("alice")
	require.Equal(t, bonafide.Replayed, alice.callback(alice.begin()).code)
	require.Equal(t, before.Imports, w.held("alice").Imports)
}

// BF-IMPORT-20
func TestOneSubjectFeedsOneAccount(t *testing.T) {
	w := newWorld(t)
	alice, bob := w.browser("alice"), w.browser("bob")
	alice.imports()
	rows := w.rows()
	require.Equal(t, bonafide.AlreadyImported, bob.callback(bob.begin()).code)
	require.Equal(t, 0, w.converted("bob").Level)
	require.Equal(t, rows, w.rows())

	// The same account again replaces its input.
	first := w.held("alice").Imports[0]
	w.issuer.tell(func() { w.issuer.status = w.issuer.stating(350) })
	alice.imports()
	imports := w.held("alice").Imports
	require.Len(t, imports, 1)
	require.Equal(t, first.ID, imports[0].ID)
	require.Equal(t, 1, w.converted("alice").Level)

	// Once removed, it may feed another.
	require.Equal(t, http.StatusSeeOther, alice.post("/imports/"+first.ID+"/remove").status)
	bob.imports()
	require.Equal(t, 0, w.converted("alice").Level)
	require.Equal(t, 1, w.converted("bob").Level)
}

func TestIssuerAway(t *testing.T) {
	w := newWorld(t)
	w.issuer.tell(func() { w.issuer.silent = true })
	alice := w.browser("alice")
	require.Equal(t, bonafide.Unreachable, alice.post("/import/start", "issuer", string(w.issuer.origin)).code)
	require.Equal(t, bonafide.Unreachable, alice.post("/import/preview", "badge", string(w.issuer.origin)+"/b/alice").code)
	require.Zero(t, w.rows())
}

// BF-IMPORT-5
func TestEachImportIsItsOwn(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	alice.begin()
	alice.begin()
	first, second := w.issuer.asked["code-0"], w.issuer.asked["code-1"]
	require.NotEqual(t, first.State, second.State)
	require.NotEqual(t, first.Challenge, second.Challenge)
	require.NotEqual(t, first.Details.Nonce, second.Details.Nonce)
}

// BF-IMPORT-7: on a public site no other host can set the cookie, and no script can read it.
func TestCookieOfAPublicSite(t *testing.T) {
	const public = "https://outils.example"
	w := newWorld(t)
	table := w.table()
	table.ID, table.To.Mechanism = public+"/conversions/bazar", public+"/mechanisms/member"
	kept, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	w.config.Origin, w.config.Store, w.config.Tables = public, kept, []bonafide.Table{table}
	w.config.Mechanisms = []bonafide.Mechanism{mechanism(table.To.Mechanism, "lending", "guest", "regular", "pillar")}
	w.start()
	started := w.browser("alice").post("/import/start", "issuer", string(w.issuer.origin))
	require.Equal(t, http.StatusSeeOther, started.status, started.body)
	require.Regexp(t, `^__Host-bonafide-import=[^;]{22,}; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$`, started.header.Get("Set-Cookie"))
}
