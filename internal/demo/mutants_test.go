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

var mutants = []mutant{
	{
		"signature unchecked", "internal/seal/token.go",
		`t.jws.Verify(key)`, `t.jws.UnsafePayloadWithoutVerification(), error(nil)`,
		"a badge with another signature",
	},
	{
		"type unchecked", "internal/seal/token.go",
		`found != string(typ):`, `found == "":`,
		"answers signed by another key",
	},
	{
		"signer unchecked", "verifier/statement.go",
		`signer != issuer {`, `signer == "" {`,
		"answers signed by another key",
	},
	{
		"audience unchecked", "claims.go",
		`c.Audience != audience:`, `c.Audience == "":`,
		"answers signed by another key",
	},
	{
		"nonce unchecked", "claims.go",
		`c.Nonce == "" || c.Nonce != nonce:`, `c.Nonce == "":`,
		"answers signed by another key",
	},
	{
		"expiry unchecked", "value.go",
		`!now.Add(-Leeway).Before(expires.Time()):`, `now.IsZero():`,
		"answers signed by another key",
	},
	{
		"issuer fetched though not recognised", "verifier/converted.go",
		`if err := tables.recognise(issuer); err != nil {`, `if err := tables.recognise(issuer); false && err != nil {`,
		"a badge of a site that no table names",
	},
	{
		"another's badge told of", "issuer/consent_page.go",
		`owner == "" || owner != member`, `owner == ""`,
		"Bob can't import",
	},
	{
		"browser unbound", "verifier/flow.go",
		`[]byte(hashed(browser))) != 1:`, `[]byte(hashed(browser))) > 1:`,
		"an answer brought by another account",
	},
	{
		"account unbound", "verifier/flow.go",
		`f.Account != account:`, `f.Account == "":`,
		"an answer brought by another account",
	},
	{
		"answering site unbound", "verifier/flow.go",
		`issuer != string(f.Issuer):`, `f.Issuer == "":`,
		"an answer grants once",
	},
	{
		"late answer taken", "verifier/flow.go",
		`(!found || !v.now().Before(f.Expires))`, `!found`,
		"an answer brought by another account",
	},
	{
		"replay unchecked", "verifier/flow.go",
		`case f.Used:`, `case f.Account == "":`,
		"an answer grants once",
	},
	{
		"status of one account imported by two", "verifier/import.go",
		`fed.Account != f.Account {`, `fed.Account == "" {`,
		"another account at outils",
	},
	{
		"one subject for all verifiers", "issuer/consent_record.go",
		`keyed(r, "pseudonym", string(verifier), member)`, `keyed(r, "pseudonym", member)`,
		"outils and troc know Alice",
	},
	{
		"revocation bit ignored when following", "verifier/follow.go",
		`if set, err := bits.Get(position); set || err != nil {`, `if _, err := bits.Get(position); err != nil {`,
		"12 bad ratings",
	},
	{
		"revocation bit ignored when importing", "verifier/statement.go",
		`if set {`, `if set && len(list.Bits) == 0 {`,
		"a statement that is revoked already",
	},
	{
		"revocation bit misread", "statuslist.go",
		`return b[i/8]&(0x80>>(i%8)) != 0, nil`, `return b[i/8]&(0x01<<(i%8)) != 0, nil`,
		"12 bad ratings",
	},
	{
		"fall not revoked", "issuer/rule.go",
		`if now.State != bonafide.Current {
		return true
	}`, `if now.State != "" {
		return now.State != bonafide.Current
	}`,
		"12 bad ratings",
	},
	{
		"rise revoked", "issuer/rule.go",
		`m.LevelNumber(now) < number`, `m.LevelNumber(now) != number`,
		"good ratings",
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
		"a level converted again instead of the one earned", "conversion/weigh.go",
		`w.rule.From.LevelNumber(w.input.Status.EarnedLevel) >= wanted`, `w.rule.From.LevelNumber(w.input.Status.Level) >= wanted`,
		"of a level converted or vouched for",
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
		"pausing ignored", "verifier/input.go",
		`!now.Before(list.ValidUntil):`, `list.ValidUntil.IsZero():`,
		"bazar away for a day",
	},
	{
		"own link accepted", "vouching/desk/offer.go",
		`err == nil && o.Voucher.Member == member`, `err == nil && o.Voucher.Member == ""`,
		"Alice has helped anew",
	},
	{
		"oneself asked", "vouching/desk/ask.go",
		`if asked == asker.ID {`, `if asked == "" {`,
		"Alice has helped anew",
	},
	{
		"capacity unchecked", "vouching/refuse.go",
		`case a.lent+e.Stake > a.capacity:`, `case a.lent+e.Stake > bonafide.MaxPoints:`,
		"Bob asks Alice",
	},
	{
		"one supporter enough", "vouching/account.go",
		`here+elsewhere >= needed`, `here+elsewhere >= min(needed, 1)`,
		"Bob asks Alice",
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
		"whole charge at hop 2", "vouching/charge.go",
		`quarter := amount / 4`, `quarter := amount`,
		"it costs Bob 20",
	},
	{
		"nothing heals", "vouching/heal.go",
		`return amount * int64(periods) / Periods`, `return amount * int64(periods) / Periods / bonafide.MaxPoints`,
		"six periods on",
	},
	{
		"reversal ignored", "vouching/ledger/add.go",
		`func(b vouching.Burn) bool { return b.Fault == e.Fault }`, `func(b vouching.Burn) bool { return b.Fault == "" }`,
		"a reversal restores",
	},
	{
		"own referral redeemed", "verifier/referral_redeem.go",
		`if voucher == account {`, `if voucher == "" {`,
		"Alice refers Bob",
	},
	{
		"referral redeemed twice", "verifier/referral_redeem.go",
		`!found || used.Account != account || kept.Name != name:`, `!found:`,
		"Bob redeems it once",
	},
	{
		"no tenth", "vouching/referral.go",
		`s.leftToSite(v.voucher, v.site))`, `v.stake)`,
		"Bob's fault at outils",
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
	t.Run("none", func(t *testing.T) {
		said, err := smokeOf(t)
		require.NoError(t, err, said)
	})
	turns := make(chan struct{}, 2) // builds at once
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			step := stepNamed(t, m.fails)
			turns <- struct{}{}
			defer func() { <-turns }()
			said, err := smokeOf(t, "-overlay="+planted.Overlay(t, filepath.Join(repository, m.file), m.was, m.is))
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
	build := exec.Command("go", append(append([]string{"build", "-o", program}, flags...), "./cmd/bonafide")...)
	build.Dir = repository
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	output, err = exec.Command(program, "demo", "--smoke").CombinedOutput()
	return string(output), err
}
