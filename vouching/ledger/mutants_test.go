package ledger_test

import (
	"os"
	"os/exec"
	"testing"

	"bonafide.example/internal/need"
	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// mutant is the ledger with one thing done wrong.
type mutant struct {
	name, file string
	was, is    string // the only change; was occurs once in the file
	fails      string // the test that must fail
}

var mutants = []mutant{
	{
		"a charge isn't written down", "add.go",
		"Amount: c.Amount})\n\t\tif err := p.put(tx, v);", "Amount: c.Amount})\n\t\tif err := error(nil);",
		"TestAgrees",
	},
	{
		"a charge takes the place of those before", "add.go",
		`append(v.Burns, vouching`, `append(v.Burns[:0], vouching`,
		"TestAgrees",
	},
	{
		"a reversal leaves the charges", "add.go",
		`return b.Fault == e.Fault`, `return false`,
		"TestAgrees",
	},
	{
		"a reversal leaves the loss", "add.go",
		`fault.Reversed = nil, true`, `fault.Reversed = nil, false`,
		"TestAgrees",
	},
	{
		"those charged aren't touched", "add.go",
		`touched = append(touched, c.Member)`, ``,
		"TestAgrees",
	},
	{
		"those relieved aren't touched", "add.go",
		`touched = append(touched, v.Event.Voucher)`, ``,
		"TestAgrees",
	},
	{
		"a withdrawal isn't noted on the vouch", "add.go",
		`v.Withdrawn = e.At`, ``,
		"TestAgrees",
	},
	{
		"a vouch isn't listed with the vouchee", "add.go",
		`tx.Put(p.listKey(e.Vouchee, received, e.ID), nil)`, `error(nil)`,
		"TestAgrees",
	},
	{
		"an outcome isn't listed with the referral", "add.go",
		`list := p.outcomeKey(e.Referral, e.ID)`, `list := p.outcomeKey(e.ID, e.ID)`,
		"TestAgrees",
	},
	{
		"those behind the vouchers aren't read", "add.go",
		`p.received(v.Event.Voucher)`, `p.received(v.Event.Vouchee)`,
		"TestAgrees",
	},
	{
		"only those who stand behind now answer", "add.go",
		`!v.LiveAt(e.Occurred)`, `!v.LiveAt(p.at)`,
		"TestAgrees",
	},
	{
		"a fault is taken in the second in which it occurred", "add.go",
		`e.Occurred == p.at`, `e.Occurred > p.at`,
		"TestFaultOfThisSecond",
	},
	{
		"an event counts again", "add.go",
		"err != nil || p.records[e.ID] != nil {\n\t\treturn nil, err", "err != nil {\n\t\treturn nil, err",
		"TestOneEffect",
	},
	{
		"the clock goes back", "add.go",
		`p.at > p.last {`, `p.at < p.last {`,
		"TestClockSetBack",
	},
	{
		"everybody's lists are read", "part.go",
		"store.Prefix(prefix), func(key, _ []byte) (bool, error) {",
		"store.Prefix(p.key(\"member\")), func(key, _ []byte) (bool, error) {\nif store.Parts(key)[3] != member {\nreturn true, nil\n}",
		"TestCost",
	},
	{
		"the accounts of supporters aren't read", "part.go",
		`if !v.LiveAt(p.at) {`, `if v.LiveAt(p.at) {`,
		"TestAgrees",
	},
	{
		"the accounts of those who speak for a voucher aren't read", "part.go",
		`v.Stood(p.at) < vouching.ProvenAfter`, `v.Stood(p.at) > 0`,
		"TestAgrees",
	},
	{
		"own faults aren't read", "part.go",
		`p.fetch(lists[faults]...)`, `p.fetch()`,
		"TestAgrees",
	},
	{
		"nobody is suspended", "part.go",
		`= earned, suspended`, `= earned, suspended && false`,
		"TestAgrees",
	},
	{
		"an erased member's lists are gone", "ledger.go",
		`tx.Put(l.listKey(to, role, id), nil)`, `error(nil)`,
		"TestAgrees",
	},
	{
		"an erased member's lists stay", "ledger.go",
		`tx.Delete(l.listKey(from, role, id))`, `error(nil)`,
		"TestRenameLeavesNothing",
	},
	{
		"an erased member stays in the events", "ledger.go",
		`&e.Vouchee, &e.AcceptedBy`, `&e.Vouchee`,
		"TestRenameLeavesNothing",
	},
	{
		"a charge heals from the beginning of time", "../assemble.go",
		`final: burn.Final}`, `final: 1}`,
		"TestAgrees",
	},
}

// TestMutants shows that each test can fail, and notices the bug that it is there to notice.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the tests once for each mutant")
	}
	need.Program(t, "go")
	turns := make(chan struct{}, 2) // builds at once
	for n, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			overlay := planted.Overlay(t, m.file, m.was, m.is)
			need.Third(t, n)
			turns <- struct{}{}
			defer func() { <-turns }()
			run := exec.Command("go", "test", "-vet=off", "-overlay="+overlay, "-run=^"+m.fails+"$", ".")
			run.Env = append(os.Environ(), "VOUCHING_WORLDS=300")
			said, err := run.CombinedOutput()
			require.Error(t, err, "it isn't noticed")
			require.Contains(t, string(said), "--- FAIL: "+m.fails)
		})
	}
}
