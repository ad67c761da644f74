package subject

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What chapter 14 leaves open is no fault, and each entry that it doesn't is.
func TestEntries(t *testing.T) {
	site := &Site{File: &File{Origin: "https://bazar.example"}, run: "xyz"}
	l := &PublicLog{site: site}
	good := `{"kind":"mechanism","address":"https://bazar.example/mechanisms/seller/v/1","hash":"sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","at":"2026-11-22T00:00:00Z"}`
	for name, c := range map[string]struct {
		was, is string
		wrong   bool
	}{
		"as the chapter has it":  {"", "", false},
		"a field to come":        {"{", `{"size":12,`, false},
		"a field of the site's":  {"{", `{"bazar.example/shop":"town",`, false},
		"a kind to come":         {"mechanism\"", "charter\"", false},
		"the history of keys":    {`mechanism","address":"https://bazar.example/mechanisms/seller/v/1`, `key-history","address":"https://bazar.example/.well-known/bonafide-key-history`, false},
		"a status list":          {`mechanism","address":"https://bazar.example/mechanisms/seller/v/1`, `status-list","address":"https://bazar.example/status/1`, false},
		"no object":              {"{", "[{", true},
		"no kind":                {"mechanism\"", "\"", true},
		"elsewhere":              {"bazar.example", "outils.example", true},
		"no hash":                {"sha-256:4", "sha-256:", true},
		"no instant":             {`,"at":"2026-11-22T00:00:00Z"`, "", true},
		"too long":               {"{", `{"size":"` + strings.Repeat("1", maxEntry) + `",`, true},
		"no version":             {"/v/1", "", true},
		"a member's page":        {"/mechanisms/seller/v/1", "/m/alice", true},
		"a list at an instant":   {`mechanism","address":"https://bazar.example/mechanisms/seller/v/1","hash":"sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","at":"2026-11-22T00`, `status-list","address":"https://bazar.example/status/1","hash":"sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","at":"2026-11-22T12`, true},
		"a field with a person":  {"{", `{"of":"judged-xyz-3",`, true},
		"a kind about a person":  {`mechanism","address":"https://bazar.example/mechanisms/seller/v/1`, `member","address":"https://bazar.example/judged-xyz-3`, true},
		"another run's accounts": {"{", `{"of":"judged-abc-3",`, false},
	} {
		entry := strings.Replace(good, c.was, c.is, 1)
		err := l.checkEntry([]byte(entry))
		require.Equal(t, c.wrong, err != nil, "%s: %s: %v", name, entry, err)
		var fault *Fault
		require.True(t, err == nil || errors.As(err, &fault), "%s: %v", name, err)
	}
}
