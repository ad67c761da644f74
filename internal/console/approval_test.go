package console

import (
	"html"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/verifier"
	"github.com/stretchr/testify/require"
)

// A public log that isn't what it was waits where an identity that changed does, with the command that approves.
func TestChangedLogWaits(t *testing.T) {
	w := run(t)
	d := newDesk(t, consoleOf(t, w.Outils.Site))
	require.NotContains(t, d.get("/"), "bonafide verifier approve")
	issuer := w.Bazar.Origin
	require.NoError(t, w.Outils.Config.Store.Update(t.Context(), func(tx store.Tx) error {
		return store.PutJSON(tx, store.Key("verifier", "log", string(issuer)), verifier.Watched{
			Issuer: issuer, Address: string(issuer) + "/log", Fault: bonafide.LogRolledBack, Since: w.Clock.Now(), LookAgain: w.Clock.Now().Add(time.Hour),
		})
	}))
	page := d.get("/")
	require.Contains(t, page, "isn&#39;t what it was, since")
	require.Contains(t, page, "<pre>bonafide verifier approve "+string(issuer)+" --log</pre>")
	require.NotContains(t, page, "Nothing waits.")
	require.Contains(t, d.get("/?lang=fr"), html.EscapeString(bonafide.LogRolledBack.Meaning().Sentence.FR))
}
