package demo

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example/internal/need"
	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// repository is the module's root, from this folder.
const repository = "../.."

// mutant is the program with one check taken out or one rule bent.
type mutant struct {
	name, file string
	was, is    string // the only change; was occurs once in the file
	fails      string // how the step of the smoke run begins that must fail
}

// mutants are those that take what only the smoke run does: people who deal with each other on both sites. What is wrong
// towards other sites is found by the conformance suite (package mutants).
var mutants = []mutant{
	{
		"issuer fetched though not recognised", "verifier/converted.go",
		`if err := tables.recognise(issuer); err != nil {`, `if err := tables.recognise(issuer); false && err != nil {`,
		"a badge of a site that no table names",
	},
	{
		"late answer taken", "verifier/flow.go",
		`(!found || !v.now().Before(f.Expires))`, `!found`,
		"an answer brought by another account",
	},
	{
		"conversion off by one row upwards", "conversion/weigh.go",
		`w.gives = q.given(w.rule, w.row)`, `w.gives = q.given(w.rule, max(w.row-1, 0))`,
		"outils says what the badge would count for",
	},
	{
		"conversion off by one row downwards", "conversion/weigh.go",
		`w.gives = q.given(w.rule, w.row)`, `w.gives = q.given(w.rule, min(w.row+1, len(w.rule.Table.Rates)-1))`,
		"good ratings",
	},
	{
		"a level converted again where none was earned", "conversion/weigh.go",
		`w := &weighing{input: input,`, `if input.Status.EarnedLevel == "" {
		input.Status.EarnedLevel = input.Status.Level
	}
	w := &weighing{input: input,`,
		"what outils converted isn't converted again",
	},
	{
		"a vouched level converted", "conversion/weigh.go",
		`w := &weighing{input: input,`, `if input.Status.Kind == bonafide.Vouched {
		input.Status.EarnedLevel = input.Status.Level
	}
	w := &weighing{input: input,`,
		"of a level converted or vouched for",
	},
	{
		"own link accepted", "vouching/desk/offer.go",
		`err == nil && o.Voucher.Member == member`, `err == nil && o.Voucher.Member == ""`,
		"Alice has helped anew",
	},
	{
		"oneself asked", "vouching/desk/ask.go",
		`if asked.Member == asker.ID {`, `if asked.Member == "" {`,
		"Alice has helped anew",
	},
	{
		"link accepted twice", "vouching/desk/offer.go",
		`return drop(tx, offers, o.ID, o.Voucher.Member)`, `return nil`,
		"Dave's and Erin's links",
	},
	{
		"own faults shown to others", "vouching/court/pages.go",
		`if k.Member != member {`, `if k.Member == "" {`,
		"Carol contests",
	},
	{
		"reversal ignored", "vouching/ledger/add.go",
		`func(b vouching.Burn) bool { return b.Fault == e.Fault }`, `func(b vouching.Burn) bool { return b.Fault == "" }`,
		"a reversal restores",
	},
	{
		"reversal elsewhere ignored", "vouching/refer/outcome.go",
		`return d.Court.Quash(tx, caseID(r.ID, o.Fault), "reversed by "+o.Issuer.Host())`, `return nil`,
		"its reversal at outils",
	},
	{
		"liability without end", "vouching/refer/outcome.go",
		` || o.Occurred >= r.Until:`, `:`,
		"a week after Alice withdrew",
	},
	{
		"anybody's word taken", "vouching/refer/outcome.go",
		`!found || of.Site != site {`, `!found {`,
		"a week after Alice withdrew",
	},
}

// TestMutants shows that the smoke run notices when a check is missing: each mutant fails, at the step
// that is about that check.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program once for each mutant")
	}
	need.Program(t, "go")
	need.Seen(t, repository)
	t.Run("none", func(t *testing.T) {
		said, err := smokeOf(t)
		require.NoError(t, err, said)
	})
	turns := make(chan struct{}, 2) // builds at once
	for n, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			step, overlay := stepNamed(t, m.fails), planted.Overlay(t, filepath.Join(repository, m.file), m.was, m.is)
			need.Third(t, n)
			turns <- struct{}{}
			defer func() { <-turns }()
			said, err := smokeOf(t, "-overlay="+overlay)
			var failed *exec.ExitError
			require.ErrorAs(t, err, &failed, "the smoke run doesn't notice")
			require.Contains(t, said, step+": ", "the wrong step noticed")
		})
	}
}

// stepNamed returns the name of the only step that begins so.
func stepNamed(t *testing.T, beginning string) string {
	var found []string
	for _, step := range new(smoke).steps() {
		if strings.HasPrefix(step.name, beginning) {
			found = append(found, step.name)
		}
	}
	require.Len(t, found, 1, beginning)
	return found[0]
}

// smokeOf builds the program with the flags, and returns what its smoke run says and how it ends.
func smokeOf(t *testing.T, flags ...string) (said string, err error) {
	program := filepath.Join(t.TempDir(), "bonafide")
	build := exec.Command("go", append(append([]string{"build", "-ldflags=-s -w", "-o", program}, flags...), "./cmd/bonafide")...)
	build.Dir = repository
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	output, err = exec.Command(program, "demo", "--smoke").CombinedOutput()
	return string(output), err
}
