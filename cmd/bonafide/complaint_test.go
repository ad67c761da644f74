package main

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/complaint"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

// complain leaves in a site's store a report of Bob's badge and what Alice contests, 20 days before now.
func complain(t *testing.T, path string, now time.Time) {
	kept, err := bolt.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, kept.Close()) }()
	m := bonafide.Mechanism{ID: "https://shop.example/mechanisms/trader"}
	desk, err := complaint.New(complaint.Config{
		Origin: "https://shop.example", Store: kept, Mechanisms: []*bonafide.Mechanism{&m},
		Badge: func(store.Reader, string) (complaint.Badge, error) {
			return complaint.Badge{Mechanism: "trader", Member: "bob", Name: "Bob"}, nil
		},
		Now: func() time.Time { return now.AddDate(0, 0, -20) },
	})
	require.NoError(t, err)
	_, err = desk.Report(t.Context(), "CODE", complaint.Report{Kind: complaint.KindCopied, Words: "It isn't his.", Page: "https://copy.example/bob"})
	require.NoError(t, err)
	_, err = desk.Contest(t.Context(), "alice", "trader", "Three sales are missing.", "")
	require.NoError(t, err)
}

// The operator lists what waits for an answer, what is overdue first, and answers it.
func TestComplaints(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, copyExample(dir))
	t.Chdir(dir)
	now := time.Date(2026, 12, 22, 9, 0, 0, 0, time.UTC)
	var out, errs bytes.Buffer
	bonafides := func(args ...string) (code int, said string) {
		out.Reset()
		errs.Reset()
		e := &env{&bytes.Buffer{}, &out, &errs, func(string) string { return "" }, func() time.Time { return now }}
		code = run(t.Context(), e, args)
		if code != 0 {
			return code, errs.String()
		}
		return code, out.String()
	}
	ok := func(args ...string) string {
		code, said := bonafides(append(args, "--config", "site.json")...)
		require.Zero(t, code, said)
		return said
	}
	code, said := bonafides("keys", "new", "keys")
	require.Zero(t, code, said)
	complain(t, filepath.Join(dir, "otc.db"), now)
	list := ok("complaint", "list")
	require.Regexp(t, `(?s)badge +bob +trader +received +2026-12-02T09:00:00Z +2026-12-16 \(overdue\)\n.*status +alice +trader`, list)
	read := func(state string) []complaint.Complaint {
		all, err := bonafide.ParsePeer[[]complaint.Complaint]([]byte(ok("complaint", "list", "--state", state, "--json")))
		require.NoError(t, err)
		return all
	}
	require.Regexp(t, "(?s)^complaint.*status", ok("complaint", "list", "--after", read("")[0].ID))
	require.NotContains(t, ok("complaint", "list", "--after", read("")[0].ID), "overdue")
	all := read("received")
	require.Len(t, all, 2)
	said = ok("complaint", "show", all[0].ID)
	for _, part := range []string{"received; an answer was due by 2026-12-16.", "the badge CODE of bob under trader: copied", "https://copy.example/bob", "It isn't his."} {
		require.Contains(t, said, part)
	}
	require.Contains(t, ok("complaint", "look", all[1].ID), "looked-at; an answer is due by 2027-01-01.")
	require.Contains(t, ok("complaint", "decide", all[1].ID, "--unfounded", "--words", "They were returned."), "They were returned.")
	require.Equal(t, all[1].ID, read("unfounded")[0].ID)
	require.Contains(t, ok("complaint", "decide", all[0].ID, "--founded", "--words", "Told."), "founded.")
	require.Empty(t, read("received"))

	for _, bad := range [][]string{
		{"complaint", "show", "none"}, {"complaint", "list", "--state", "x"}, {"complaint", "list", "--after", "none"}, {"complaint", "decide", all[0].ID, "--unfounded", "--words", "No."},
		{"complaint", "decide", all[0].ID, "--words", "No."}, {"complaint", "decide", all[0].ID, "--founded", "--unfounded", "--words", "No."},
	} {
		code, said := bonafides(append(bad, "--config", "site.json")...)
		require.Equal(t, 1, code, said)
	}
}
