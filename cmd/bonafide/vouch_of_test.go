package main

import (
	"bytes"
	"testing"

	"bonafide.example/vouching/desk"
	"github.com/stretchr/testify/require"
)

// A link that a restore ended isn't told as one that can be accepted.
func TestVouchOfTellsEndedLinks(t *testing.T) {
	var out bytes.Buffer
	e := &env{stdout: &out}
	view := desk.View{Mechanisms: []desk.Standing{{Offers: []desk.Offered{{ID: "one", Restored: true}, {ID: "two"}}}}}
	require.NoError(t, e.tellView(view))
	require.Regexp(t, `(?m)^link, ended by a restore +- +1970`, out.String())
	require.Regexp(t, `(?m)^link +- +1970`, out.String())
}
