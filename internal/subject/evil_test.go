package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"bonafide.example/internal/need"
	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// measured is what is read of a report on how a program reads badges.
type measured struct {
	report
	Measured struct {
		Milliseconds int64 `json:"milliseconds"`
		Kibibytes    int64 `json:"kibibytes"`
	} `json:"measured"`
}

// meets has a program read the badges of the evil issuer. The suite must end with that exit code.
func meets(t *testing.T, suite string, exit int, flags ...string) *measured {
	t.Helper()
	said, err := exec.Command(suite, append([]string{"evil", "--json", "--at-once", "8"}, flags...)...).Output()
	var ended *exec.ExitError
	if err != nil {
		require.ErrorAs(t, err, &ended)
	}
	var m measured
	require.NoError(t, json.Unmarshal(said, &m), "%s", ended)
	cases, _ := m.failed()
	require.Equal(t, exit == 0, err == nil, "these failed: %v", cases)
	if ended != nil {
		require.Equal(t, exit, ended.ExitCode())
	}
	return &m
}

// BF-FETCH-1, BF-FETCH-2, BF-FETCH-3, BF-FETCH-4, BF-FETCH-5, BF-FETCH-6, BF-FETCH-7, BF-FETCH-10, BF-CONF-1: this
// implementation takes what is honest, refuses the rest, and goes nowhere else.
func TestEvil(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes its time to answer late")
	}
	need.Program(t, "go")
	suite, program := build(t, "../../cmd/bonafide-conformance"), build(t, ".")
	for name, flags := range map[string][]string{"http": nil, "https": {"--tls", "--only", "evil/[tn][la][sm]*"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if flags != nil {
				need.Namespaces(t)
			}
			m := meets(t, suite, 0, append(flags, "--", program)...)
			require.NotEmpty(t, m.Cases)
			require.LessOrEqual(t, m.Measured.Kibibytes, int64(64<<10))
			t.Logf("%d behaviours: at most %d ms and %d KiB", len(m.Cases), m.Measured.Milliseconds, m.Measured.Kibibytes)
		})
	}
}

var careless = []mutant{
	{
		"redirects lead anywhere", "internal/fetch/dial.go",
		`case err != nil || !origin.Owns(address):`, `case err != nil && !origin.Owns(address):`,
		"evil/redirect-other-origin", "BF-FETCH-3",
	},
	{
		"redirects go on", "internal/fetch/dial.go",
		`len(before) > MaxRedirects`, `len(before) > 9*MaxRedirects`,
		"evil/redirect-four", "BF-FETCH-3",
	},
	{
		"bodies are read to their end", "internal/fetch/fetch.go",
		`io.LimitReader(response.Body, MaxBody+1)`, `io.LimitReader(response.Body, 200*MaxBody)`,
		"evil/endless-body", "BF-FETCH-5",
	},
	{
		"lists are unpacked to their end", "statuslist.go",
		`io.LimitReader(zip, MaxListSize/8+1)`, `io.LimitReader(zip, 1<<40)`,
		"evil/list-bomb", "BF-LIST-7",
	},
	{
		"a fetch takes its time", "internal/fetch/fetch.go",
		`DefaultTimeout = 5 * time.Second`, `DefaultTimeout = 50 * time.Second`,
		"evil/answers-late", "BF-FETCH-4",
	},
	{
		"a verification takes its time", "internal/fetch/budget.go",
		`BudgetTime    = 10 * time.Second`, `BudgetTime    = 100 * time.Second`,
		"evil/budget-of-time", "BF-FETCH-7",
	},
	{
		"media types don't matter", "internal/fetch/fetch.go",
		`err != nil || !slices.Contains(accept, media)`, `err != nil && !slices.Contains(accept, media)`,
		"evil/type-html", "BF-FETCH-6",
	},
	{
		"the first of two media types counts", "internal/fetch/fetch.go",
		`strings.Join(header.Values("Content-Type"), ", ")`, `header.Get("Content-Type")`,
		"evil/type-doubled", "BF-FETCH-6",
	},
	{
		"the status doesn't matter", "internal/fetch/fetch.go",
		`answer.Status != http.StatusOK`, `answer.Status >= http.StatusMultipleChoices`,
		"evil/status-206", "BF-FETCH-6",
	},
	{
		"what is compressed is read as it is", "internal/fetch/fetch.go",
		`encoding != "" && encoding != "identity"`, `encoding == "br"`,
		"evil/encoding-false", "BF-FETCH-5",
	},
	{
		"a key may have any name", "internal/seal/keyset.go",
		`err != nil || method.ID != id`, `err != nil && method.ID != id`,
		"evil/keys-not-thumbprint", "BF-KEY-10",
	},
	{
		"DID documents may be large", "internal/seal/keyset.go",
		`len(data) > maxKeyDocument`, `len(data) > 16*maxKeyDocument`,
		"evil/keys-too-large", "BF-KEY-1",
	},
	{
		"lists go back", "internal/fetch/list.go",
		`ok && list.ValidFrom.Before(last.ValidFrom)`, `ok && list.ValidFrom.IsZero() && !last.ValidFrom.IsZero()`,
		"evil/change-list-goes-back", "BF-VERIFIER-11",
	},
	{
		"names may lead inside", "internal/fetch/dial.go",
		`net.Dialer{Control: c.guard.Safe}`, `net.Dialer{}`,
		"evil/name-of-loopback", "BF-FETCH-2",
	},
}

// TestCareless shows that a planted bug in how badges are fetched and read is found by the behaviour that is about it.
func TestCareless(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the subject once for each mutant")
	}
	need.Program(t, "go")
	suite := build(t, "../../cmd/bonafide-conformance")
	turns := make(chan struct{}, 2) // builds at once
	for _, m := range careless {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			flags := []string{"--only", m.failing}
			if m.requirement == "BF-FETCH-2" {
				need.Namespaces(t)
				flags = append(flags, "--tls")
			}
			turns <- struct{}{}
			program := build(t, ".", "-overlay="+planted.Overlay(t, filepath.Join("../..", m.file), m.was, m.is))
			<-turns
			cases, requirements := meets(t, suite, 1, append(flags, "--", program)...).failed()
			require.Equal(t, []string{m.failing}, cases)
			require.Contains(t, requirements, m.requirement)
		})
	}
}
