package site_test

import (
	"os/exec"
	"testing"

	"bonafide.example/internal/need"
	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// mutant is the site with one thing done wrong.
type mutant struct {
	name, file string
	was, is    string // the only change; was occurs once in the file
	fails      string // the test that must fail
	says       string // what it must say then
}

var mutants = []mutant{
	{
		"a final case and its fault are kept apart", "../vouching/court/record.go",
		`return c.enter(tx, k)`, `return nil`,
		"TestKill", "done by half",
	},
	{
		"nobody whose account is touched is followed", "../issuer/follow.go",
		`range touched {
		if err := tx.Put(`, `range touched[:0] {
		if err := tx.Put(`,
		"TestKill", "the badge says",
	},
	{
		"falls aren't revoked", "../issuer/badge.go",
		`!last.Revoked && lower(now, last.Status, m)`, `last.Revoked && lower(now, last.Status, m)`,
		"TestKill", "isn't revoked",
	},
	{
		"a withdrawal isn't kept", "../vouching/ledger/add.go",
		`v.Withdrawn = e.At`, ``,
		"TestKill", "acknowledged, and not kept",
	},
	{
		"what is refused is kept as far as it came", "../vouching/desk/desk.go",
		`if err := d.Store.Update(ctx, fn); err != nil {`, "var refused error\n\td.Store.Update(ctx, func(tx store.Tx) error { refused = fn(tx); return nil })\n\tif err := refused; err != nil {",
		"TestVouchesRefused", "the_33rd_for_one_vouchee",
	},
	{
		"a fault is reported twice", "../vouching/court/report.go",
		`same && !reversed && k.ID != report.ID`, `same && !reversed && k.ID == report.ID`,
		"TestFaultsRefused", "/twice",
	},
	{
		"a voucher redeems their own referral", "../verifier/referral_redeem.go",
		`voucher == account`, `voucher == account && account == ""`,
		"TestReferralsRefused", "by_an_account_that_imported",
	},
	{
		"a ruling is noted as often as it is delivered", "../vouching/court/rule.go",
		`ruled = c.pass(ruled, c.now())`, `ruled.Rulings = append(ruled.Rulings, Ruled{Token: token, At: c.now(), Ruling: r})
			if err := c.keep(tx, ruled, ruled); err != nil {
				return err
			}`,
		"TestAtOnce", "with 100 rulings",
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
			said, err := exec.Command("go", "test", "-vet=off", "-overlay="+overlay, "-run=^"+m.fails+"$", ".").CombinedOutput()
			require.Error(t, err, "it isn't noticed")
			require.Contains(t, string(said), "--- FAIL: "+m.fails)
			require.Contains(t, string(said), m.says)
		})
	}
}
