package vouching_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"bonafide.example/internal/need"
	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// mutant is the package with one rule bent.
type mutant struct {
	name, file string
	was, is    string // the only change; was occurs once in the file
	fails      string // the test that must fail
}

var mutants = []mutant{
	{
		"a repeated event counts again", "state.go",
		`if !known {`, `if !known || e.Kind == KindEarn {`,
		"TestProperties/order and duplicates",
	},
	{
		"vouches stand in the order in which they came", "book.go",
		`i, _ := slices.BinarySearchFunc(*list, item, compare)`, `i, _ := len(*list), compare`,
		"TestProperties/order and duplicates",
	},
	{
		"equals support each other", "account.go",
		`min(v.level, a.ownLevel-1,`, `min(v.level, a.ownLevel,`,
		"TestProperties/supporters stand above",
	},
	{
		"one supporter fewer is enough", "account.go",
		`here+elsewhere >= needed`, `here+elsewhere+1 >= needed`,
		"TestProperties/supporters stand above",
	},
	{
		"what was put up counts as earned", "book.go",
		`b.vouches[v.id] = v`, `b.vouches[v.id] = v; v.vouchee.earned += v.stake`,
		"TestProperties/nothing comes of nothing",
	},
	{
		"the capacity bounds nothing", "account.go",
		`a.lent > a.capacity &&`, `a.lent < 0 &&`,
		"TestProperties/stakes bound support",
	},
	{
		"several ways add up", "charge.go",
		`case !charged:`, `case !charged || c.hop == 2:`,
		"TestProperties/faults reach few",
	},
	{
		"the smallest charge counts", "charge.go",
		`cmp.Compare(d.amount, c.amount)`, `cmp.Compare(c.amount, d.amount)`,
		"TestAttackByShielding",
	},
	{
		"the person at fault is charged too", "charge.go",
		`if v.voucher != f.person {`, `{`,
		"TestProperties/faults reach few",
	},
	{
		"no limit of those who stand behind", "void.go",
		`len(received) >= MaxReceived`, `len(received) >= 2*MaxReceived`,
		"TestProperties/faults reach few",
	},
	{
		"no ceiling", "account.go",
		`min(a.charged, a.earned/2)`, `a.charged`,
		"TestProperties/faults reach few",
	},
	{
		"more burns than was put up", "charge.go",
		"sum += c.amount\n\t}\n\treturn min(v.stake, sum)", "sum += c.amount\n\t}\n\treturn sum",
		"TestProperties/losses were staked",
	},
	{
		"more is charged than was put up", "charge.go",
		"at)\n\t}\n\treturn min(v.stake, sum)", "at)\n\t}\n\treturn sum",
		"TestProperties/losses were staked",
	},
	{
		"a reversal leaves the charges", "charge.go",
		`if f.reversed {`, `if f.reversed && f.attested {`,
		"TestProperties/reversal restores",
	},
	{
		"a reversal leaves the loss", "account.go",
		"if !f.reversed {\n\t\t\tpoints", "if true {\n\t\t\tpoints",
		"TestProperties/reversal restores",
	},
	{
		"never heals whole", "heal.go",
		`0), Periods))`, `0), Periods-1))`,
		"TestProperties/healed is healed",
	},
	{
		"a burned stake makes room", "account.go",
		`a.lent += v.stake`, `a.lent += v.stake - v.burned()`,
		"TestProperties/faults raise nobody",
	},
	{
		"the latest vouch is covered first", "book.go",
		`cmp.Compare(v.accepted, w.accepted)`, `cmp.Compare(w.accepted, v.accepted)`,
		"TestProperties/vouches lower nobody",
	},
	{
		"withdrawing in time for the ruling protects", "charge.go",
		`v.leftBefore(f.reported)`, `v.leftBefore(f.final)`,
		"TestProperties/no late withdrawal",
	},
	{
		"a quarter is rounded up", "charge.go",
		`quarter := amount / 4`, `quarter := (amount + 3) / 4`,
		"TestProperties/a quarter at hop two",
	},
	{
		"the ledger doesn't judge later vouches again", "ledger.go",
		`append(l.rejudge(v.later()), l.moved(v)...)`, `l.moved(v)`,
		"TestLedgerAgrees",
	},
	{
		"the ledger doesn't judge again by turns", "void.go",
		`queue = append(queue, v.later()...)`, ``,
		"TestLedgerAgrees",
	},
	{
		"a vouch told late is charged nothing", "ledger.go",
		`if f.occurred >= v.accepted {`, `if f.occurred > l.at {`,
		"TestLedgerAgrees",
	},
	{
		"the ledger touches only the person at fault", "ledger.go",
		"for _, c := range now {", "for _, c := range now[:0] {",
		"TestLedgerAgrees",
	},
	{
		"only the first step of healing is told", "due.go",
		`l.expectHealing(d.fault, d.at)`, `_ = d.fault`,
		"TestLedgerAgrees",
	},
	{
		"the end of a vouch isn't foretold", "account.go",
		`next = sooner(next, v.ends())`, ``,
		"TestLedgerAgrees",
	},
	{
		"an outcome goes on to hop two", "referral.go",
		`charges = append(charges, charge{f, v, 1, amount})`,
		`charges = append(charges, charge{f, v, 1, amount})
			for _, w := range f.reached(v.voucher.received) {
				charges = append(charges, charge{f, w, 2, min(w.stake, amount)})
			}`,
		"TestProperties/outcomes charge one",
	},
	{
		"an outcome charges whatever the liability", "charge.go",
		`f.chargeReferral(directs)`, `f.chargeReferral(f.person.received)`,
		"TestProperties/outcomes charge one",
	},
	{
		"an outcome takes more than the stake", "referral.go",
		`min(v.stake, f.points)`, `f.points`,
		"TestProperties/outcomes charge one",
	},
	{
		"a site may take all", "referral.go",
		`left := voucher.earned / bySite`, `left := voucher.earned`,
		"TestProperties/a tenth to a site",
	},
	{
		"a site may take a tenth each time", "referral.go",
		`left -= c.amount`, `left -= 0 * c.amount`,
		"TestProperties/a tenth to a site",
	},
	{
		"one site's year counts for all", "referral.go",
		`if v.site == site && `, `if v.site != "" && `,
		"TestOutcomePoints",
	},
	{
		"more is taken than was told", "referral.go",
		`if e.Points > most {`, `if e.Points > v.stake {`,
		"TestProperties/a tenth to a site",
	},
	{
		"a referral supports somebody", "book.go",
		`level: e.Level, stake`, `level: max(e.Level, 1), stake`,
		"TestProperties/referrals lift nobody",
	},
	{
		"a referral alone is enough", "account.go",
		` && (here > 0 || elsewhere > 1)`, ``,
		"TestReferredSupporters",
	},
	{
		"a referral uses up nothing", "account.go",
		`a.lent += v.stake`, `a.lent += v.stake * int64(min(v.level, 1))`,
		"TestReferral",
	},
	{
		"an outcome doesn't weigh on the record", "brake.go",
		`if c.hop == 1 && `, `if c.hop == 1 && v.site == "" && `,
		"TestOutcomeHealsAndIsReversed",
	},
	{
		"an outcome told before its referral is lost", "book.go",
		`b.outsiders[e.Referral] = f.person`, ``,
		"TestProperties/order and duplicates",
	},
	{
		"the ledger doesn't charge again for a referral told late", "ledger.go",
		`case KindVouch, KindRefer:`, `case KindVouch:`,
		"TestLedgerAgrees",
	},
	{
		"a long step skips what lies between", "due.go",
		`l.expectHealing(d.fault, d.at)`, `l.expectHealing(d.fault, l.at)`,
		"TestAdvanceSkipsNothing",
	},
	{
		"notice given is forgotten", "assemble.go",
		`.withdrawn = r.Withdrawn`, `.withdrawn = 0`,
		"TestAssemble",
	},
	{
		"a fault would charge nobody", "assemble.go",
		`f.charges = s.cascade(f)`, ``,
		"TestCharges",
	},
}

// TestMutants shows that each property can fail, and notices the bug that it is there to notice.
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
			run := exec.Command("go", "test", "-vet=off", "-overlay="+overlay, "-run="+pattern(m.fails), ".")
			run.Env = append(os.Environ(), "VOUCHING_WORLDS=400")
			said, err := run.CombinedOutput()
			require.Error(t, err, "it isn't noticed")
			require.Contains(t, string(said), "--- FAIL: "+strings.ReplaceAll(m.fails, " ", "_"))
		})
	}
}

// pattern returns the regular expressions that match only the test of that name.
func pattern(test string) string {
	parts := strings.Split(strings.ReplaceAll(test, " ", "_"), "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}
