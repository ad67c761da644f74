package bonafide_test

import (
	"strings"
	"testing"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

func TestShownName(t *testing.T) {
	for given, shown := range map[string]string{
		"":                              "",
		"Ann <b>":                       "Ann <b>",
		"\u202eAnn\u2066 of\nBazar\x00": "Ann of Bazar",
		"Ann\xff":                       "Ann\ufffd",
		"\u200d👩‍👩‍👧‍👦":                 "\u200d👩‍👩‍👧‍👦",
		"\u200b\t":                      "",
		strings.Repeat("é", 81):         strings.Repeat("é", 79) + "…",
	} {
		require.Equal(t, shown, bonafide.ShownName(given), "%q", given)
		if shown != "" {
			require.NoError(t, bonafide.CheckName("name", shown), "%q", shown)
		}
	}
}

func TestVisible(t *testing.T) {
	require.Equal(t, `a\u000d\u000ab\u001b[31m\u009b\u007f\u202e\u2066\ufeff\u2028 é·漢`, bonafide.Visible("a\r\nb\x1b[31m\u009b\x7f\u202e\u2066\ufeff\u2028 é·漢"))
	require.Equal(t, "\ufffd", bonafide.Visible("\xff"))
	require.Equal(t, `\udb40\udc01`, bonafide.Visible("\U000e0001"))
}
