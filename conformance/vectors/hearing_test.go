package vectors

import (
	"fmt"
	"testing"
	"time"

	"bonafide.example/conformance"
	"bonafide.example/internal/need"
	v1 "bonafide.example/testdata/v1"
	"github.com/stretchr/testify/require"
)

func TestAProgramThatNeverAnswers(t *testing.T) {
	need.Program(t, "sleep")
	h := &hearing{command: []string{"sleep", "60"}, timeout: 100 * time.Millisecond, limit: maxLine, starts: 2}
	all, err := Read(v1.FS)
	require.NoError(t, err)
	require.ErrorContains(t, h.hold(t.Context(), all[:2]), "it gave no answer within 100ms")
}

// What isn't asked, since the program ended too often, isn't passed.
func TestGivingUp(t *testing.T) {
	need.Program(t, "sh")
	all, err := Read(v1.FS)
	require.NoError(t, err)
	script := fmt.Sprintf(`while read line; do case "$line" in *%q*) echo '{"case":%q,"expect":"ok"}';; *) exit 3;; esac; done`, all[0].Name, all[0].Name)
	h := &hearing{command: []string{"sh", "-c", script}, timeout: time.Minute, limit: maxLine, starts: 2}
	require.NoError(t, h.hold(t.Context(), all[:4]))
	require.Nil(t, h.heard[all[2].Name])
	require.Equal(t, conformance.Skipped, all[2].judge(h.heard[all[2].Name], "").Outcome)
	require.Len(t, h.troubles, 2)
}

func TestReproduction(t *testing.T) {
	require.Equal(t, `bonafide-conformance vectors --only a/b --timeout 1s -- ./x 'it'\''s' '' 'a b'`,
		reproduction("a/b", []string{"./x", "it's", "", "a b"}, time.Second))
}
