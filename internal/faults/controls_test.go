package faults

import (
	"strings"
	"testing"

	"bonafide.example/internal/need"
	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// control is the program with one thing done wrong.
type control struct {
	name, file string
	was, is    string // the only change; was occurs once in the file
	fault      string // the one that brings it to light
	kept       string // where the sites have their stores
	says       string // what the harness must say then, as a regular expression
}

var controls = []control{
	{
		"events are acknowledged before they are written", "issuer/record.go",
		"err = i.change(ctx, func(tx store.Tx) (codes []string, err error) {\n\t\trecorded, codes, err = i.record(tx, events)\n\t\treturn codes, err\n\t})",
		"time.AfterFunc(time.Second/10, func() {\n\t\ti.change(context.WithoutCancel(ctx), func(tx store.Tx) (codes []string, err error) {\n\t\t\t_, codes, err = i.record(tx, events)\n\t\t\treturn codes, err\n\t\t})\n\t})",
		"the issuer is killed", bolt, "was acknowledged, and isn't kept",
	},
	{
		"the database needn't wait for its disk", "store/postgres/postgres.go",
		`'on', false) where current_setting('synchronous_commit') = 'off'`, `'off', false)`,
		"the database is killed", postgres, "was acknowledged, and isn't kept",
	},
	{
		"a final case and its fault are kept apart", "vouching/court/record.go",
		`return c.enter(tx, k)`, `return nil`,
		"the issuer is killed", bolt, "its fault counts: false",
	},
	{
		"falls aren't revoked", "issuer/badge.go",
		`!last.Revoked && lower(now, last.Status, m)`, `last.Revoked && lower(now, last.Status, m)`,
		"the issuer is killed", bolt, "isn't revoked",
	},
	{
		"whoever led once never does again", "store/postgres/lead.go",
		`if led && !errors.Is(err, errLost) {`, `if led {`,
		"the database hangs", postgres, "doesn't answer again|no badge says|follows",
	},
	{
		"nobody is told that the store is out", "internal/web/problem.go",
		`code = bonafide.Unavailable`, `code = bonafide.Internal`,
		"the database is read-only", postgres, "tell nothing",
	},
	{
		"what can't be written is acknowledged", "store/bolt/update.go",
		"s.tally.Failed.Add(1)\n\t\treturn nil, store.Away(fmt.Errorf(\"write to the store: %w\", err))\n\t}\n\ts.tally.Commits", "s.tally.Failed.Add(1)\n\t}\n\ts.tally.Commits",
		"the disk is full", bolt, "was acknowledged, and isn't kept",
	},
	{
		"what a read-only store refuses is nobody's fault", "store/bolt/update.go",
		"s.tally.Failed.Add(1)\n\t\treturn nil, store.Away(fmt.Errorf(\"write to the store: %w\", err))\n\t}\n\ts.tally.Commits", "s.tally.Failed.Add(1)\n\t\treturn nil, fmt.Errorf(\"write to the store: %w\", err)\n\t}\n\ts.tally.Commits",
		"the store is read-only", bolt, "tell nothing",
	},
	{
		"what the database has no room for is acknowledged", "store/postgres/update.go",
		"\tif err != nil {\n\t\treturn t, fmt.Errorf(\"write to the store: %w\", err)\n\t}\n", "",
		"the database's disk is full", postgres, "was acknowledged, and isn't kept",
	},
	{
		"a new key signs at once", "internal/keyfolder/rotate.go",
		`key.Signs = later(now, later(old.Published, old.Signs)).Add(Overlap)`, `key.Signs = now`,
		"keys change", bolt, "a badge is refused while keys are rotated",
	},
	{
		"what a clock ahead dated stays", "issuer/resign.go",
		`isAhead(issued.ValidFrom, now) || `, ``,
		"a clock is set wrong", bolt, "not-yet-valid",
	},
	{
		"an import is told of before it is kept", "verifier/import_pages.go",
		"id, err := v.take(r.Context(), f, query)\n\tif err", "id, err := f.State, error(nil)\n\tgo v.take(new(http.Request).Context(), f, query)\n\tif err",
		"the verifier is killed", bolt, "was acknowledged, and isn't kept",
	},
	{
		"a fetch takes its time", "internal/fetch/fetch.go",
		`request.WithContext(ctx)`, `request.WithContext(context.WithoutCancel(ctx))`,
		"a peer is slow", bolt, "answers tell nothing",
	},
	{
		"who is refused isn't told when to come back", "internal/web/problem.go",
		`h.Set("Retry-After", "5")`, `h.Del("Retry-After")`,
		"ten times too many clients", bolt, "0 refused with Retry-After",
	},
}

// TestControls shows that the harness notices, for each fault, the bug that it is there to notice.
func TestControls(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program once for each control")
	}
	need.Program(t, "go")
	const rounds = 5 // what a kill brings to light it may miss now and then
	for n, c := range controls {
		t.Run(c.name, func(t *testing.T) {
			overlay := planted.Overlay(t, root+"/"+c.file, c.was, c.is)
			if n > 0 && !need.Required("mutants") {
				t.Skip("one control is run, and the others where BONAFIDE_REQUIRE names mutants: each builds the program and breaks it")
			}
			fault := named(c.fault)
			w := newWorld(t, build(t, planted.Join(t, stepped(t), overlay)), c.kept)
			if w.lacks(fault) {
				t.Skip("the fault can't be injected here")
			}
			if c.kept == postgres {
				w.out = outLong
			}
			var wrong []string
			for round := 0; len(wrong) == 0 && round < rounds; round++ {
				wrong = w.round(newBook(), fault.inject)
			}
			require.Regexp(t, c.says, strings.Join(wrong, "\n"))
		})
	}
}

// named returns the fault of that name.
func named(name string) fault {
	for _, f := range faults() {
		if f.name == name {
			return f
		}
	}
	return fault{inject: func(w *world) { w.t.Fatalf("%q is no fault", name) }}
}
