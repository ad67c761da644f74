package bonafide

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What isn't stated whole isn't stated.
func TestPublishedOn(t *testing.T) {
	const mechanism = "https://bazar.example/mechanisms/seller"
	for name, c := range map[string]struct {
		address, seen string
		ok            bool
	}{
		"whole":    {"https://alice.example/me", "2026-11-22", true},
		"no date":  {"https://alice.example/me", "", false},
		"bad date": {"https://alice.example/me", "2026-11-31", false},
		"no page":  {"", "2026-11-22", false},
		"http":     {"http://alice.example/me", "2026-11-22", false},
		"script":   {"javascript:alert(1)", "2026-11-22", false},

		"local":            {"http://alice.localhost:8080/", "2026-11-22", true},
		"a script locally": {"javascript://alice.localhost/%0aalert(1)", "2026-11-22", false},
		"ftp locally":      {"ftp://alice.localhost/", "2026-11-22", false},
		"the issuer's own": {"https://bazar.example/b/K7QXM2VTP4WN9RFA", "2026-11-22", false},
		"spelt otherwise":  {"https://BAZAR.example:443/#me", "2026-11-22", false},
		"its host alone":   {"https://bazar.example.evil.example/", "2026-11-22", true},
		"no host":          {"https://:443/", "2026-11-22", false},
		"a password":       {"https://bazar.example@evil.example/", "2026-11-22", false},
	} {
		t.Run(name, func(t *testing.T) {
			credential := &Credential{Subject: Subject{Achievement: Achievement{ID: mechanism}}}
			PublishedOn{c.address, Date(c.seen)}.describe(&credential.Subject.Achievement, &credential.Subject.Results)
			require.Len(t, credential.Subject.Achievement.Descriptions, 2)
			stated, ok := credential.PublishedOn()
			require.Equal(t, c.ok, ok)
			if ok {
				require.Equal(t, PublishedOn{c.address, Date(c.seen)}, stated)
			}
		})
	}
	_, ok := (&Credential{}).PublishedOn()
	require.False(t, ok)
}
