package court_test

import (
	"log/slog"
	"testing"

	"bonafide.example"
	"bonafide.example/issuer"
	"bonafide.example/vouching/court"
	"github.com/stretchr/testify/require"
)

// publish has the site publish a new version of seller.
func (w *world) publish(change func(*bonafide.Mechanism)) {
	w.t.Helper()
	m := mechanism("seller", bazar, w.judge.origin)
	hash, err := bonafide.Hash(m)
	require.NoError(w.t, err)
	m.Version, m.Previous = 2, hash
	change(&m)
	w.issuer, err = issuer.New(issuer.Config{
		Origin: bazar, Name: "Bazar", Store: w.config.Store, Signer: w.config.Signer, SignIn: w.config.SignIn, Now: w.clock,
		Log: slog.New(slog.DiscardHandler), Mechanisms: []bonafide.Mechanism{m},
	})
	require.NoError(w.t, err)
	w.config.Issuer = w.issuer
	w.open()
}

// A new version may have other classes, or none and no terms. What is reported under one that it doesn't have comes
// to nothing, and holds up nobody's page.
// BF-CASE-17
func TestClassIsGone(t *testing.T) {
	for name, change := range map[string]func(*bonafide.Mechanism){
		"class":  func(m *bonafide.Mechanism) { m.Faults = m.Faults[:1] },
		"ledger": func(m *bonafide.Mechanism) { m.Faults, m.Vouching = nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.reported(w.outcome("o1"))
			w.reported(w.report("f1"))
			contested := w.report("f2")
			contested.Occurred--
			w.contested(contested)
			w.publish(change)
			for range 2 {
				require.Contains(t, w.page("/cases", "bob"), "Mechanism seller")
				require.Contains(t, w.page("/cases", "alice"), "Mechanism seller")
				require.Contains(t, w.page("/cases/f1", "bob"), "What was reported")
				require.Contains(t, w.page("/cases/o1", "alice"), "outils.example found somebody at fault whom you referred there")
				require.Contains(t, w.page("/cases/o1", "alice"), "<h1>A report about somebody you referred</h1>")
				w.wait(14 * day)
				require.Equal(t, court.StateVoid, w.state("f1"))
				require.NoError(t, w.RunDue(t.Context()))
			}
			w.wait(60 * day)
			require.NoError(t, w.RunDue(t.Context()))
			require.Equal(t, court.StateVoid, w.state("f2"))
			require.Contains(t, w.page("/cases/f1", "bob"), "no longer counts what was reported; it has been void since 5 January 2027")
		})
	}
}
