package demo

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/web"
	"github.com/stretchr/testify/require"
)

// judged is a judged world as the suite finds it: by its files alone.
type judged struct {
	*testing.T
	world         *World
	files         *Subjects
	bazar, outils subject
}

func beJudged(t *testing.T) *judged {
	t.Setenv("TMPDIR", shortFolder(t))
	w, err := New(t.Context(), Config{Judged: true, Log: silent})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.Close()) })
	control, err := NewControl(w, 0)
	require.NoError(t, err)
	serve(t, w.Run)
	serve(t, control.Run)
	j := &judged{T: t, world: w}
	j.files, err = control.WriteSubjects(filepath.Join(t.TempDir(), "new"))
	require.NoError(t, err)
	j.bazar, j.outils = j.read(j.files.Bazar), j.read(j.files.Outils)
	return j
}

// shortFolder returns a folder for sockets, whose paths may not be as long as those of t.TempDir.
func shortFolder(t *testing.T) string {
	folder, err := os.MkdirTemp("", "judged-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	return folder
}

func (j *judged) read(path string) subject {
	text, err := os.ReadFile(path)
	require.NoError(j, err)
	s, err := bonafide.Parse[subject](text)
	require.NoError(j, err)
	return s
}

// as asks a site for a page as an account, and returns the status.
func (j *judged) as(id string, address string) int {
	r, err := http.NewRequestWithContext(j.Context(), http.MethodGet, address, nil)
	require.NoError(j, err)
	for name, value := range j.bazar.Accounts.Headers {
		if id != "" {
			r.Header.Set(name, strings.ReplaceAll(value, "{id}", id))
		}
	}
	response, err := newTransport().RoundTrip(r)
	require.NoError(j, err)
	require.NoError(j, response.Body.Close())
	return response.StatusCode
}

// send sends JSON over a transport and returns the answer as a T, or the refusal's code.
func send[T any](j *judged, over http.RoundTripper, method, address string, body any) (answer T, code bonafide.Code) {
	text, err := bonafide.MarshalJSON(body)
	require.NoError(j, err)
	r, err := http.NewRequestWithContext(j.Context(), method, address, bytes.NewReader(text))
	require.NoError(j, err)
	r.Header.Set("Content-Type", "application/json")
	response, err := over.RoundTrip(r)
	require.NoError(j, err)
	defer response.Body.Close()
	var said bytes.Buffer
	_, err = said.ReadFrom(response.Body)
	require.NoError(j, err)
	if response.StatusCode != http.StatusOK {
		problem, err := bonafide.Parse[web.ProblemDocument](said.Bytes())
		require.NoError(j, err, said.String())
		return answer, problem.Code
	}
	answer, err = bonafide.Parse[T](said.Bytes())
	require.NoError(j, err, said.String())
	return answer, ""
}

// socket reaches the administration that a file names.
func socket(j *judged, s subject) http.RoundTripper {
	path, found := strings.CutPrefix(s.Admin.Address, "unix:")
	require.True(j, found)
	info, err := os.Stat(path)
	require.NoError(j, err)
	require.Equal(j, os.FileMode(0o600), info.Mode().Perm(), "others may administer the site")
	return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
}

func TestJudgedFiles(t *testing.T) {
	j := beJudged(t)
	require.Nil(t, j.bazar.Verifier)
	require.Nil(t, j.outils.Issuer)
	require.Equal(t, j.world.Bazar.Origin, j.bazar.Origin)
	require.Equal(t, j.world.Outils.Origin, j.outils.Origin)
	require.Equal(t, http.StatusOK, j.as("", j.bazar.Issuer.Mechanism))
	require.Equal(t, http.StatusOK, j.as("", j.outils.Verifier.Mechanism))
	require.NotNil(t, j.world.Bazar.Mechanisms[0].Rule.Share)
	var said bytes.Buffer
	j.files.Commands(&said)
	require.Contains(t, said.String(), "bonafide-conformance issuer "+j.files.Bazar+"\n")
	require.Contains(t, said.String(), "bonafide-conformance verifier "+j.files.Outils+"\n")
	require.NoError(t, j.files.Remove())
	left, err := os.ReadDir(filepath.Dir(j.files.Bazar))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestJudgedAccounts(t *testing.T) {
	j := beJudged(t)
	mine := []string{string(j.bazar.Origin) + "/consents", string(j.outils.Origin) + "/standing.json"}
	for _, address := range mine {
		require.Equal(t, http.StatusOK, j.as("judged-1", address), address)
		require.NotEqual(t, http.StatusOK, j.as("", address), address)
	}
	b := newBrowser()
	require.NoError(t, signsIn(b, j.world.Bazar, alice)(t.Context()), "the demo's own sign-in is gone")

	open := running(t)
	require.Equal(t, http.StatusSeeOther, j.as("judged-1", string(open.Bazar.Origin)+"/consents"), "a world that isn't judged believes the header")
}

func TestJudgedClock(t *testing.T) {
	j := beJudged(t)
	over := newTransport()
	before, code := send[reading](j, over, http.MethodGet, j.bazar.Clock, nil)
	require.Empty(t, code)
	for _, c := range []struct {
		advance any
		code    bonafide.Code
	}{
		{-1, bonafide.BadValue}, {400*86400 + 1, bonafide.BadValue}, {"1", bonafide.BadValue}, {0.5, bonafide.BadValue},
		{0, ""}, {400 * 86400, ""},
	} {
		_, code := send[reading](j, over, http.MethodPost, j.bazar.Clock, map[string]any{"advance": c.advance})
		require.Equal(t, c.code, code, "%v", c.advance)
	}
	require.Equal(t, 400*24*time.Hour, ahead(j.world))
	after, code := send[reading](j, over, http.MethodGet, j.outils.Clock, nil)
	require.Empty(t, code)
	require.GreaterOrEqual(t, after.Now.Sub(before.Now), 400*24*time.Hour)
	// What was due then is done: Alice's badge was issued again.
	badge, code := send[bonafide.Credential](j, over, http.MethodGet, j.world.Alice+".json", nil)
	require.Empty(t, code)
	require.GreaterOrEqual(t, badge.ValidFrom.Sub(before.Now), 400*24*time.Hour)

	control, err := url.Parse(j.bazar.Clock)
	require.NoError(t, err)
	open := running(t)
	plain, err := NewControl(open, 0)
	require.NoError(t, err)
	serve(t, plain.Run)
	require.Equal(t, http.StatusNotFound, j.as("", string(plain.Origin)+control.Path), "anybody moves the clock of any demo")
}

func TestJudgedAdministration(t *testing.T) {
	j := beJudged(t)
	event := map[string]any{"id": "1", "member": "judged-1", "mechanism": "seller", "kind": "rating", "positive": true, "at": j.world.Clock.Now()}
	recorded, code := send[map[string]int](j, socket(j, j.bazar), http.MethodPost, "http://bazar/admin/events", event)
	require.Empty(t, code)
	require.Equal(t, map[string]int{"recorded": 1}, recorded)

	seller, member := j.world.Bazar.Mechanisms[0], j.world.Outils.Mechanisms[0]
	table := rates("x", &seller, &member, j.world.Clock.Now())
	published, code := send[map[string]any](j, socket(j, j.outils), http.MethodPut, "http://outils/admin/conversions/x", table)
	require.Empty(t, code)
	require.Equal(t, true, published["checked"])
	require.Equal(t, http.StatusOK, j.as("", string(j.outils.Origin)+"/conversions/x"))
	require.Equal(t, http.StatusNotFound, j.as("", fmt.Sprintf("%s/admin/conversions", j.outils.Origin)), "the administration is public")
}
