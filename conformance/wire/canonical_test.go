package wire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHash(t *testing.T) {
	// Names go by UTF-16: U+FB33 comes after U+1F600, whose first unit is U+D83D (RFC 8785, section 3.2.3).
	value, err := DecodeObject([]byte("{\"\ufb33\":1, \"\U0001F600\":[true, null, -5], \"a\":\"\u2028\\u0007<\\\"\\\\/\"}"))
	require.NoError(t, err)
	hash, err := Hash(value)
	require.NoError(t, err)
	canonical, err := Hash(Object{"z": 1.5})
	require.Error(t, err, canonical)
	require.Equal(t, "sha-256:"+Challenge("{\"a\":\"\u2028\\u0007<\\\"\\\\/\",\"\U0001F600\":[true,null,-5],\"\ufb33\":1}"), hash)
}

// The hash of the example of a conversion table in chapter 01 of the spec, which chapter 06 states.
func TestHashOfATable(t *testing.T) {
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
