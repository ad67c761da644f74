package bolt_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bonafide.example/store"
	"bonafide.example/store/bolt"
)

// How many acknowledged writes the program is killed after; the one that acknowledges too early does so
// with the last.
const (
	enough      = 400
	enoughEarly = 21
)

// childEnv makes the test binary a program that writes to the store named there until it is killed.
const (
	childEnv = "BONAFIDE_STORE_CHILD"
	faultEnv = "BONAFIDE_STORE_CHILD_FAULT" // set: it acknowledges a write before the commit
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		writeForEver(path, os.Getenv(faultEnv) != "")
	}
	os.Exit(m.Run())
}

// writeForEver writes keys from several goroutines and prints each once it is acknowledged.
func writeForEver(path string, early bool) {
	s, err := bolt.Open(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	writers := 8
	if early {
		writers = 1
	}
	for writer := range writers {
		go func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("writer %d key %d", writer, i)
				err := s.Update(context.Background(), func(tx store.Tx) error {
					if err := tx.Put([]byte(key), []byte("value")); err != nil {
						return err
					}
					if early && i == enoughEarly-1 {
						fmt.Println(key)
						select {} // the commit never comes
					}
					return nil
				})
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				fmt.Println(key)
			}
		}()
	}
	select {}
}

// TestKill kills a program that writes, and looks for what it had acknowledged. A program that
// acknowledges too early shows that the test would notice.
func TestKill(t *testing.T) {
	for name, c := range map[string]struct {
		fault string
		lost  bool
	}{
		"acknowledged after the commit":  {"", false},
		"acknowledged before the commit": {"early", true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store")
			acknowledged := killed(t, path, c.fault)
			lost := missing(t, open(t, path), acknowledged)
			require.Equal(t, c.lost, len(lost) > 0, "lost %q", lost)
		})
	}
}

// killed runs the writing program, kills it, and returns what it acknowledged.
func killed(t *testing.T, path, fault string) (keys []string) {
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.Command(self)
	child.Env = append(os.Environ(), childEnv+"="+path, faultEnv+"="+fault)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	enough := enough
	if fault != "" {
		enough = enoughEarly
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if keys = append(keys, lines.Text()); len(keys) == enough {
			require.NoError(t, child.Process.Kill())
		}
	}
	require.Error(t, child.Wait(), "it was killed")
	require.GreaterOrEqual(t, len(keys), enough)
	return keys
}
