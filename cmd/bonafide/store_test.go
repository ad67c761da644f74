package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhereTheAdministrationIs(t *testing.T) {
	for name, c := range map[string]struct {
		store, admin, runtime, want string
	}{
		"a file":                {"shop.db", "", "/run/user/7", "shop.db.sock"},
		"a file, and set":       {"shop.db", "a.sock", "", "a.sock"},
		"a database":            {"postgres://db.example/shop", "", "/run/user/7", "/run/user/7/bonafide.sock"},
		"in the working folder": {"postgresql://db.example/shop", "", "", "bonafide.sock"},
		"a database, and set":   {"postgres://db.example/shop", "a.sock", "/run/user/7", "a.sock"},
	} {
		t.Run(name, func(t *testing.T) {
			s := settings{Store: c.store, Admin: c.admin, runtime: c.runtime}
			require.Equal(t, c.want, s.socket())
		})
	}
}

// TestSettingsFileNamesADatabase: an address isn't taken for a path beside the file.
func TestSettingsFileNamesADatabase(t *testing.T) {
	s := settings{Store: "postgres://db.example/shop", Admin: "a.sock", folder: "/etc/shop"}
	s.resolve()
	require.Equal(t, "postgres://db.example/shop", s.Store)
	require.Equal(t, "/etc/shop/a.sock", s.Admin)
}
