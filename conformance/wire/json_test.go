package wire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The hash of the example of a conversion table in chapter 01 of the spec, which chapter 06 states.
func TestHash(t *testing.T) {
	table := Object{
		"id": "https://outils.example/conversions/bazar", "version": 1,
		"from": Object{"issuer": "https://bazar.example", "mechanism": "https://bazar.example/mechanisms/seller", "versions": []any{1}, "context": "selling"},
		"to":   Object{"mechanism": "https://outils.example/mechanisms/member"}, "cap": 3,
		"accept":     Object{"min_sample": 20, "max_age_days": 90, "min_account_days": 180},
		"measure":    Object{"share": "ratings", "confidence": Object{"method": "wilson", "z2": "3.8416"}},
		"rates":      []any{Object{"at_least": "0.99", "gives": 3}, Object{"at_least": "0.95", "gives": 2}, Object{"at_least": "0.80", "gives": 1}},
		"valid_from": "2026-11-01", "valid_until": "2027-11-01",
	}
	hash, err := Hash(table)
	require.NoError(t, err)
	require.Equal(t, "sha-256:5uMN0g1VTmwhj8_J9RfTNaEEUxsM0fobEGZtQcjGrp8", hash)
	table["cap"] = 2
	other, err := Hash(table)
	require.NoError(t, err)
	require.NotEqual(t, hash, other)
}
