package main

import (
	"bytes"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/issuer"
	"github.com/stretchr/testify/require"
)

// What a vouched level hides is told; and that nothing changes, where nothing does.
func TestTellCancellation(t *testing.T) {
	held := bonafide.Status{Level: "two", Kind: bonafide.Vouched, EarnedLevel: "one", AccountSince: "2026-01"}
	c := issuer.Cancellation{Event: issuer.Event{ID: "e1", Member: "bob", Mechanism: "helper", Kind: "answer", At: time.Unix(1e9, 0).UTC()}, With: held, Without: held}
	var out bytes.Buffer
	e := &env{stdout: &out}
	require.NoError(t, e.tellCancellation(c, false))
	require.Contains(t, out.String(), "\nNothing that is said of the member changes.\n")
	c.Without.EarnedLevel = ""
	require.NoError(t, e.tellCancellation(c, true))
	require.Regexp(t, `level +two \(vouched; earned here: one\) +two \(vouched; earned here: none\)`, out.String())
}
