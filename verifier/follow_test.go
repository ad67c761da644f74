package verifier_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"github.com/stretchr/testify/require"
)

const pastTTL = bonafide.StatusListTTL + time.Minute

// falls makes the issuer state less from now on, and set the bits of what it stated before.
func (w *world) falls(positive int64) {
	w.issuer.tell(func() {
		w.issuer.status = w.issuer.stating(positive)
		for i := 1; i <= w.issuer.index; i++ {
			w.issuer.bits[i/8] |= 0x80 >> (i % 8)
		}
	})
}

// reason returns why the account's only input is passed over.
func (w *world) reason(account string) bonafide.Code {
	w.t.Helper()
	e := w.converted(account)
	require.Len(w.t, e.Inputs, 1)
	return e.Inputs[0].Reason
}

// BF-VERIFIER-8, BF-VERIFIER-9
func TestFall(t *testing.T) {
	w := newWorld(t)
	alice, bob := w.browser("alice"), w.browser("bob")
	alice.imports()
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-bob" })
	bob.imports()
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-alice" })
	require.Equal(t, 1, w.issuer.count("/status/1"))

	// Only Alice's statement ends. The list is read once for both.
	w.issuer.tell(func() {
		w.issuer.status = w.issuer.stating(350)
		w.issuer.bits[0] |= 0x80 >> 1
	})
	w.runDue()
	require.Equal(t, 2, w.converted("alice").Level, "within its ttl the list isn't asked for again")
	w.clock.Move(pastTTL)
	w.runDue()
	require.Equal(t, 2, w.issuer.count("/status/1"))
	require.Equal(t, 1, w.converted("alice").Level, "the new statement")
	require.Equal(t, 2, w.converted("bob").Level)
	require.Equal(t, conversion.Good, w.held("alice").Imports[0].Condition)
}

// TestListsOfSeveralVerifiers: a server that remembers an older list than another on its store has taken asks again, and
// doesn't take the issuer for one whose lists go back.
func TestListsOfSeveralVerifiers(t *testing.T) {
	w := newWorld(t)
	first := w.server
	alice := w.browser("alice")
	alice.imports()
	w.clock.Move(time.Minute)
	w.start()
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-bob" })
	w.browser("bob").imports()
	require.Equal(t, 2, w.issuer.count("/status/1"))

	w.server = first
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-carol" })
	w.browser("carol").imports()
	require.Equal(t, 3, w.issuer.count("/status/1"))
	w.issuer.tell(func() { w.issuer.subject = "pseudonym-of-dave" })
	w.browser("dave").imports()
	require.Equal(t, 3, w.issuer.count("/status/1"), "now it remembers the later one")
}

// A set bit ends the input at once, whether or not a new statement can be had.
// BF-VERIFIER-9
func TestFallWithoutANewStatement(t *testing.T) {
	w := newWorld(t)
	w.browser("alice").imports()
	w.falls(350)
	w.issuer.tell(func() { w.issuer.noTokens = true })
	w.clock.Move(pastTTL)
	w.runDue()
	require.Equal(t, 0, w.converted("alice").Level)
	require.Equal(t, bonafide.Revoked, w.reason("alice"))
	require.Equal(t, bonafide.Unreachable, w.held("alice").Imports[0].Failure)

	asked := w.issuer.count("/token")
	w.runDue()
	require.Equal(t, asked, w.issuer.count("/token"), "it is asked again later only")
	w.clock.Move(pastTTL)
	w.runDue()
	w.clock.Move(pastTTL)
	w.runDue()
	require.Equal(t, asked+1, w.issuer.count("/token"), "and then later still")
	w.issuer.tell(func() { w.issuer.noTokens = false })
	w.clock.Move(pastTTL)
	w.runDue()
	require.Equal(t, 1, w.converted("alice").Level)
	require.Empty(t, w.held("alice").Imports[0].Failure)
}

// An issuer that says when to come back isn't asked before.
func TestRefreshIsPutOff(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	alice.imports()
	id := w.held("alice").Imports[0].ID
	for _, c := range []struct {
		after string
		due   time.Duration
	}{{"60", 5 * time.Minute}, {"7200", 2 * time.Hour}, {"1000000", 6 * time.Hour}, {"", 40 * time.Minute}} {
		w.issuer.tell(func() { w.issuer.noTokens, w.issuer.putOff = true, c.after })
		require.Equal(t, bonafide.Unreachable, alice.post("/imports/"+id+"/refresh").code)
		require.Equal(t, w.clock.Now().Add(c.due), w.held("alice").Imports[0].RefreshAt, c.after)
	}
}

// BF-VERIFIER-12
func TestRiseArrivesOnRefresh(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	w.issuer.tell(func() { w.issuer.status = w.issuer.stating(350) })
	alice.imports()
	require.Equal(t, 1, w.converted("alice").Level)
	w.issuer.tell(func() { w.issuer.status = w.issuer.stating(405) })
	w.clock.Move(pastTTL)
	w.runDue()
	require.Equal(t, 1, w.converted("alice").Level)
	id := w.held("alice").Imports[0].ID
	require.Equal(t, bonafide.NotFound, w.browser("bob").post("/imports/"+id+"/refresh").code)
	require.Equal(t, http.StatusSeeOther, alice.post("/imports/"+id+"/refresh").status)
	require.Equal(t, 2, w.converted("alice").Level)
}

// Within 30 days a new statement is asked for without anybody's doing.
// BF-VERIFIER-12
func TestRefreshWithin30Days(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	alice.imports()
	first := w.held("alice").Imports[0]
	require.True(t, first.RefreshAt.Before(first.ReliedUntil))
	for range 31 {
		w.clock.Move(24 * time.Hour)
		w.runDue()
		require.Equal(t, 2, w.converted("alice").Level)
	}
	require.True(t, w.held("alice").Imports[0].StatedAt.After(first.StatedAt))
}

// BF-VERIFIER-10
func TestIssuerAwayForADayAndForAWeek(t *testing.T) {
	w := newWorld(t)
	w.browser("alice").imports()
	last := w.clock.Now()
	w.issuer.tell(func() { w.issuer.silent = true })
	for range 24 {
		w.clock.Move(time.Hour)
		w.runDue()
		require.Equal(t, 2, w.converted("alice").Level)
		require.Equal(t, last, w.converted("alice").Inputs[0].CheckedAt)
	}
	w.start() // nothing of this is lost by a restart
	require.Equal(t, 2, w.converted("alice").Level)
	w.clock.Move(24*time.Hour - time.Second)
	w.runDue()
	require.Equal(t, 2, w.converted("alice").Level)
	w.clock.Move(time.Second)
	require.Equal(t, 0, w.converted("alice").Level, "past the list's end nothing is known")
	for range 5 {
		w.clock.Move(24 * time.Hour)
		w.runDue()
		require.Equal(t, bonafide.Paused, w.reason("alice"))
	}
	require.Len(t, w.held("alice").Imports, 1)
	w.issuer.tell(func() { w.issuer.silent = false })
	w.clock.Move(time.Minute)
	w.runDue()
	require.Equal(t, 2, w.converted("alice").Level)
	require.Equal(t, w.clock.Now(), w.converted("alice").Inputs[0].CheckedAt)
}

// A list that is wrong counts as none: what was known before holds on until its end.
// BF-VERIFIER-10, BF-VERIFIER-11
func TestWrongListsLater(t *testing.T) {
	for name, lie := range map[string]func(w *world){
		"too short": func(w *world) { w.issuer.bits = w.issuer.bits[1:] },
		"foreign": func(w *world) {
			w.issuer.listLie = func(l *bonafide.StatusList) { l.ID = "http://other.localhost/status/1" }
		},
		"going back": func(w *world) {
			from, until := w.clock.Now().Add(-time.Minute), w.clock.Now().Add(50*time.Hour)
			w.issuer.listLie = func(l *bonafide.StatusList) {
				l.ValidFrom, l.ValidUntil = from, until
				l.NBF, l.Exp = bonafide.SecondsOf(from), bonafide.SecondsOf(until)
			}
		},
	} {
		for _, restart := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t)
				w.browser("alice").imports()
				last := w.clock.Now()
				w.falls(0)
				w.issuer.tell(func() { lie(w) })
				w.clock.Move(pastTTL)
				if restart {
					w.start()
				}
				w.runDue()
				e := w.converted("alice")
				require.Equal(t, 2, e.Level)
				require.Equal(t, last, e.Inputs[0].CheckedAt)
				w.clock.Move(48 * time.Hour)
				w.runDue()
				require.Equal(t, bonafide.Paused, w.reason("alice"))
			})
		}
	}
}

// BF-VERIFIER-14
func TestReliedUntilPassed(t *testing.T) {
	w := newWorld(t)
	w.browser("alice").imports()
	w.issuer.tell(func() { w.issuer.noTokens = true })
	for range 31 {
		w.clock.Move(24 * time.Hour)
		w.runDue()
	}
	require.Equal(t, bonafide.Stale, w.reason("alice"))
	w.issuer.tell(func() { w.issuer.noTokens, w.issuer.status = false, w.issuer.stating(405) })
	w.clock.Move(7 * time.Hour)
	w.runDue()
	require.Equal(t, 2, w.converted("alice").Level)
}

// A refresh whose answer is wrong leaves the input as it was.
// BF-VERIFIER-13
func TestLyingRefresh(t *testing.T) {
	for name, c := range map[string]struct {
		lie  func(*bonafide.ConsentedStatus)
		want bonafide.Code
	}{
		"other subject":   {func(s *bonafide.ConsentedStatus) { s.Subject = "pseudonym-of-bob" }, bonafide.WrongAccount},
		"other audience":  {func(s *bonafide.ConsentedStatus) { s.Audience = "http://other.localhost" }, bonafide.WrongAudience},
		"other nonce":     {func(s *bonafide.ConsentedStatus) { s.Nonce = "of-another-request" }, bonafide.WrongNonce},
		"other mechanism": {func(s *bonafide.ConsentedStatus) { s.Status.Mechanism += "s" }, bonafide.BadCredential},
		"a set bit":       {func(s *bonafide.ConsentedStatus) { s.CredentialStatus.Index = "100000" }, bonafide.Revoked},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			alice := w.browser("alice")
			w.issuer.tell(func() { w.issuer.bits[100_000/8] = 0xff })
			alice.imports()
			before := w.held("alice").Imports[0]
			w.issuer.tell(func() { w.issuer.lie = c.lie })
			require.Equal(t, c.want, alice.post("/imports/"+before.ID+"/refresh").code)
			after := w.held("alice").Imports[0]
			require.Equal(t, c.want, after.Failure)
			require.Equal(t, before.Statement, after.Statement)
			require.Equal(t, 2, w.converted("alice").Level)
		})
	}
}

// What is erased while a new statement is on its way stays erased.
func TestErasedDuringRefresh(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	alice.imports()
	id := w.held("alice").Imports[0].ID
	w.issuer.tell(func() {
		w.issuer.lie = func(*bonafide.ConsentedStatus) { require.NoError(t, w.Erase(t.Context(), "alice")) }
	})
	alice.post("/imports/" + id + "/refresh")
	require.Empty(t, w.held("alice").Imports)
	w.clock.Move(31 * 24 * time.Hour)
	w.runDue()
	require.Empty(t, w.held("alice").Imports)
}

// BF-VERIFIER-15
func TestConsentWithdrawn(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	alice.imports()
	w.falls(405)
	w.issuer.tell(func() { clear(w.issuer.consents) })
	w.clock.Move(pastTTL)
	w.runDue()
	held := w.held("alice")
	require.Empty(t, held.Imports)
	require.Len(t, held.Endings, 1)
	require.Equal(t, bonafide.ConsentWithdrawn, held.Endings[0].Code)
	require.Equal(t, w.issuer.origin, held.Endings[0].Issuer)
	require.Equal(t, 0, w.converted("alice").Level)
	alice.page = true
	require.Contains(t, alice.get("/standing").body, "consent-withdrawn")

	alice.imports() // whenever she likes
	require.Equal(t, 2, w.converted("alice").Level)
}

// What has run out leaves no rows behind.
func TestNothingPilesUp(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	for range 3 {
		alice.imports()
	}
	alice.begin()
	require.Len(t, w.held("alice").UnderWay, 4)
	require.Equal(t, http.StatusSeeOther, alice.post("/imports/"+w.held("alice").Imports[0].ID+"/remove").status)
	w.clock.Move(49 * time.Hour)
	w.runDue()
	require.Empty(t, w.held("alice").UnderWay)
	require.Equal(t, 1, w.rows(), "the mechanism alone")
}

// Whoever shows what inputs count for is told of each change, and again if it couldn't be taken.
func TestChangesAreTold(t *testing.T) {
	w := newWorld(t)
	var told []string
	var failure error
	w.config.Changed = func(_ context.Context, account string) error {
		told = append(told, account)
		return failure
	}
	w.start()
	alice := w.browser("alice")
	alice.imports()
	require.Equal(t, []string{"alice"}, told)
	w.runDue()
	require.Len(t, told, 1)

	failure = errors.New("busy")
	w.falls(350)
	w.clock.Move(pastTTL)
	require.ErrorIs(t, w.RunDue(t.Context()), failure)
	require.Len(t, told, 2)
	failure = nil
	w.runDue()
	require.Len(t, told, 3)
	alice.post("/standing/erase")
	require.Len(t, told, 4)
}
