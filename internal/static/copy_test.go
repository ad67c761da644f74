package static

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"github.com/stretchr/testify/require"
)

// The signed form of a badge that is over is exported, the unsigned one isn't, nor left from an export before.
func TestCredentialThatIsOver(t *testing.T) {
	for name, c := range map[string]struct {
		code  bonafide.Code // of the refusal, "" for none
		plain bool
		fails bool
	}{
		"good":    {"", true, false},
		"revoked": {bonafide.Revoked, false, false},
		"expired": {bonafide.Expired, false, false},
		"broken":  {bonafide.Internal, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			const payload = `{"validUntil":"2027-01-21T12:00:00Z","credentialStatus":{"statusListCredential":"https://bazar.example/status/1"}}`
			token := "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".e30"
			x := &Export{Origin: "https://bazar.example", out: t.TempDir(), lists: map[string]bool{}}
			x.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.code != "" && strings.HasSuffix(r.URL.Path, ".json") {
					web.Problem(w, bonafide.Errorf(c.code, r.URL.Path, "is over"))
					return
				}
				_, err := w.Write([]byte(token))
				require.NoError(t, err)
			})
			before := filepath.Join(x.out, "b", "CODE.json")
			require.NoError(t, x.save("b/CODE.json", []byte("{}")))
			view := &badgeView{Export: x}
			err := x.credential("/b/CODE", view)
			require.Equal(t, c.fails, err != nil, "%v", err)
			if c.fails {
				return
			}
			require.Equal(t, c.plain, view.Plain)
			require.True(t, view.Signed)
			require.Equal(t, time.Date(2027, 1, 21, 12, 0, 0, 0, time.UTC), view.Until)
			require.FileExists(t, filepath.Join(x.out, "b", "CODE.jwt"))
			require.FileExists(t, filepath.Join(x.out, "status", "1"))
			_, err = os.Stat(before)
			require.Equal(t, c.plain, err == nil)
		})
	}
}
