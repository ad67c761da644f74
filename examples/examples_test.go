// Package examples holds small programs that embed Bonafide. Each also builds as a module of another
// name outside the tree.
package examples

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

// TestExamples builds each program as a stranger's module, runs it, and asks it something.
func TestExamples(t *testing.T) {
	type question struct{ path, answer string }
	for name, questions := range map[string][2]question{
		"shop":  {{"/.well-known/did.json", "did:web:shop.example"}, {"/badges?a=b&c=d", "/login?return=%2Fbadges%3Fa%3Db%26c%3Dd"}},
		"forum": {{"/members/ada", "ada has 0 stars here"}, {"/members/ada", "ada has 0 stars here"}},
		"club":  {{"/members/ada", "ada: level 1, earned"}, {"/badges?a=b&c=d", "/login?return=%2Fbadges%3Fa%3Db%26c%3Dd"}},
	} {
		t.Run(name, func(t *testing.T) {
			program := build(t, name)
			address := need.Address(t)
			// Twice, since the second run finds the keys, the store and what was published.
			for _, q := range questions {
				require.Contains(t, ask(t, program, address, q.path), q.answer)
			}
		})
	}
}

// build copies the example into a module of its own, which finds this one beside it, and builds it.
func build(t *testing.T, name string) string {
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(name)))
	for _, file := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		data = bytes.Replace(data, []byte("module bonafide.example\n"),
			fmt.Appendf(nil, "module stranger.example\n\nrequire bonafide.example v0.0.0\n\nreplace bonafide.example => %s\n", root), 1)
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), data, 0o600))
	}
	program := filepath.Join(dir, "program")
	run := exec.Command("go", "build", "-mod=mod", "-o", program, ".")
	run.Dir = dir
	out, err := run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

// ask runs the program, in its own folder, until it has answered. It returns the address that was led to,
// and the answer.
func ask(t *testing.T, program, address, path string) string {
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	var log bytes.Buffer
	run := exec.CommandContext(ctx, program)
	run.Dir, run.Env, run.Stderr = filepath.Dir(program), append(os.Environ(), "LISTEN="+address), &log
	require.NoError(t, run.Start())
	defer func() {
		stop()
		run.Wait() // it was killed
	}()
	for {
		answer, err := http.Get("http://" + address + path)
		if err == nil {
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			return answer.Request.URL.String() + "\n" + string(body)
		}
		select {
		case <-ctx.Done():
			require.Fail(t, "the program doesn't answer", "%v\n%s", err, &log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// TestReadme holds the README to programs that are built: the Go code that it shows stands in an example.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	program, err := os.ReadFile("shop/main.go")
	require.NoError(t, err)
	_, code, found := strings.Cut(string(readme), "```go\n")
	require.True(t, found)
	code, _, _ = strings.Cut(code, "```")
	require.Greater(t, strings.Count(code, "\n"), 5)
	for line := range strings.Lines(code) {
		require.Contains(t, string(program), strings.TrimSpace(line))
	}
}
