package verifier_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/conversion"
	"bonafide.example/internal/oauth"
	"bonafide.example/store"
	"github.com/stretchr/testify/require"
)

// second has the verifier recognise another issuer too.
func (w *world) second() *fakeIssuer {
	first := w.issuer
	w.issuer = newFakeIssuer(w.t, w.clock)
	other, table := w.issuer, w.table()
	w.issuer = first
	table.ID = string(site) + "/conversions/second"
	w.config.Tables = append(w.config.Tables, table)
	w.start()
	return other
}

// importsFrom does a whole import from that issuer.
func (b *browser) importsFrom(issuer *fakeIssuer) {
	b.t.Helper()
	first := b.issuer
	defer func() { b.issuer = first }()
	b.issuer = issuer
	b.imports()
}

// An issuer that lets its answers wait holds up what is read of others no longer than it takes them.
func TestSlowIssuerHoldsUpNoOther(t *testing.T) {
	w := newWorld(t)
	other := w.second()
	alice := w.browser("alice")
	alice.imports()
	alice.importsFrom(other)
	arrived, both := make(chan bool, 2), make(chan bool)
	go func() {
		<-arrived
		<-arrived
		close(both)
	}()
	meet := func(r *http.Request) {
		arrived <- true
		select {
		case <-both:
		case <-r.Context().Done():
			t.Error("given up before the other issuer was asked")
			arrived <- true
		}
	}
	w.issuer.tell(func() { w.issuer.meet = meet })
	other.tell(func() { other.meet = meet })
	w.clock.Move(pastTTL)
	w.runDue()
}

// An issuer that is gone, with however many statements due, keeps nobody else's from being asked for.
func TestIssuerThatIsGoneStarvesNoOther(t *testing.T) {
	w := newWorld(t)
	other := w.second()
	w.browser("mallory").imports()
	w.browser("alice").importsFrom(other)
	mallory, alice := w.held("mallory").Imports[0], w.held("alice").Imports[0]
	require.NoError(t, w.config.Store.Update(t.Context(), func(tx store.Tx) error {
		for i := range 1000 { // as many of the one that is gone, all due before
			at := fmt.Sprintf("2026-11-22T09:%02d:%02dZ", i/60, i%60)
			if err := tx.Put(store.Key("verifier", "due", string(mallory.Issuer), at, "mallory", mallory.ID), nil); err != nil {
				return err
			}
		}
		return nil
	}))
	w.issuer.tell(func() { w.issuer.silent = true })
	w.clock.Move(31 * 24 * time.Hour)
	w.runDue()
	require.True(t, w.held("alice").Imports[0].StatedAt.After(alice.StatedAt))
	require.Equal(t, bonafide.Unreachable, w.held("mallory").Imports[0].Failure)
}

// BF-VERIFIER-18: what was consented to for a year is gone after a year, even if its issuer is gone too.
func TestConsentRunsOut(t *testing.T) {
	w := newWorld(t)
	w.browser("alice").imports()
	w.issuer.tell(func() { w.issuer.silent = true })
	w.clock.Move(364 * 24 * time.Hour)
	w.runDue()
	require.Len(t, w.held("alice").Imports, 1)
	w.clock.Move(24 * time.Hour)
	w.runDue()
	held := w.held("alice")
	require.Empty(t, held.Imports)
	require.Equal(t, bonafide.ConsentWithdrawn, held.Endings[0].Code)
	require.Equal(t, 2, w.rows(), "the mechanism and the ending")
}

// BF-IMPORT-24: what is erased while its import is under way stays erased.
func TestErasedDuringImport(t *testing.T) {
	w := newWorld(t)
	alice := w.browser("alice")
	answer := alice.begin()
	w.issuer.tell(func() {
		w.issuer.lie = func(*bonafide.ConsentedStatus) { require.NoError(t, w.Erase(t.Context(), "alice")) }
	})
	require.Equal(t, bonafide.WrongState, alice.callback(answer).code)
	require.Empty(t, w.held("alice").Imports)
	require.Zero(t, w.rows())
}

// BF-IMPORT-23: an issuer can't change what its holder consented to, nor tell more.
func TestOtherThanConsented(t *testing.T) {
	for name, c := range map[string]struct {
		lie func(*fakeIssuer)
		as  bonafide.Code
	}{
		"other mechanism": {grants(func(d *bonafide.AuthorizationDetails) { d.Mechanism += "s" }), bonafide.BadAnswer},
		"for longer":      {grants(func(d *bonafide.AuthorizationDetails) { d.RetentionDays = 366 }), bonafide.BadAnswer},
		"other purpose":   {grants(func(d *bonafide.AuthorizationDetails) { d.Purpose = text("anything") }), bonafide.BadAnswer},
		"from a badge":    {grants(func(d *bonafide.AuthorizationDetails) { d.Badge = d.Mechanism }), bonafide.BadAnswer},
		"less, but tells it": {grants(func(d *bonafide.AuthorizationDetails) {
			d.Claims = []bonafide.Claim{bonafide.ClaimLevel, bonafide.ClaimMeasures}
		}), bonafide.BadCredential},
		"no level, but tells it": {grants(func(d *bonafide.AuthorizationDetails) {
			d.Claims = []bonafide.Claim{bonafide.ClaimMeasures, bonafide.ClaimAccountSince}
		}), bonafide.BadCredential},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			alice := w.browser("alice")
			w.issuer.tell(func() { c.lie(w.issuer) })
			require.Equal(t, c.as, alice.callback(alice.begin()).code)
			require.Zero(t, w.rows())

			w.issuer.tell(func() { w.issuer.granted = nil })
			alice.imports()
			before := w.held("alice").Imports[0]
			w.issuer.tell(func() { c.lie(w.issuer) })
			alice.post("/imports/" + before.ID + "/refresh")
			after := w.held("alice").Imports[0]
			require.NotEmpty(t, after.Failure)
			require.Equal(t, before.Consent, after.Consent)
			require.Equal(t, before.Statement, after.Statement)
		})
	}
}

func grants(change func(*bonafide.AuthorizationDetails)) func(*fakeIssuer) {
	return func(f *fakeIssuer) {
		f.granted = func(answer *oauth.TokenResponse) {
			details := answer.Details[0]
			change(&details)
			answer.Details = []bonafide.AuthorizationDetails{details}
		}
	}
}

// What an issuer says in refusing may quote a badge or a pseudonym: none of it reaches a log.
func TestIssuersWordsAreNotLogged(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	w.config.Log = slog.New(slog.NewTextHandler(&log, nil))
	w.start()
	w.browser("alice").imports()
	w.issuer.tell(func() {
		w.issuer.refusal = &oauth.ErrorBody{Error: oauth.AccessDenied, Description: "http://bazar.localhost/b/CODE isn't pseudonym-of-alice's"}
	})
	w.clock.Move(31 * 24 * time.Hour)
	w.runDue()
	require.Contains(t, log.String(), bonafide.IssuerRefused)
	require.NotContains(t, log.String(), "CODE")
	require.NotContains(t, log.String(), "pseudonym-of-alice")
	require.NotContains(t, log.String(), "/status/")
}

// A list of which nothing is kept, though an input waits for it, is read like any other.
func TestListIsReadWhateverIsKept(t *testing.T) {
	w := newWorld(t)
	w.browser("alice").imports()
	require.NoError(t, w.config.Store.Update(t.Context(), func(tx store.Tx) error {
		return tx.Delete(store.Key("verifier", "list", w.issuer.list()))
	}))
	require.Equal(t, conversion.Paused, w.held("alice").Imports[0].Condition)
	w.clock.Move(pastTTL)
	w.runDue()
	require.Equal(t, conversion.Good, w.held("alice").Imports[0].Condition)
}
