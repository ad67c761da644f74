package bolt_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"bonafide.example/store/storetest"
)

func open(t testing.TB, path string) *bolt.Store {
	s, err := bolt.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return open(t, filepath.Join(t.TempDir(), "store")) })
}
