package main

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAdminOpensItsPages types bonafide admin for a site whose server doesn't run, and opens what it says.
func TestAdminOpensItsPages(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, copyExample(folder))
	keys := filepath.Join(folder, "keys")
	require.NoError(t, exec.Command("bonafide", "keys", "new", keys).Run())
	admin := exec.Command("bonafide", "admin", "--config", filepath.Join(folder, "site.json"))
	out, err := admin.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, admin.Start())
	defer admin.Process.Kill() // it has ended, unless the test failed
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	address, err := url.Parse(strings.TrimPrefix(lines.Text(), "Open "))
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(address.Hostname(), ".localhost"))

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) { // as browsers do
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", address.Port()))
		}},
	}
	defer client.CloseIdleConnections()
	status := func(address string) int {
		answer, err := client.Get(address)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	require.Equal(t, http.StatusSeeOther, status(address.String()))
	require.Equal(t, http.StatusOK, status("http://"+address.Host+"/mechanisms"))
	require.NoError(t, admin.Process.Signal(syscall.SIGTERM))
	require.NoError(t, admin.Wait())
}
