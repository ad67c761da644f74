package postgres_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bonafide.example/internal/pgtest"
	"bonafide.example/store"
)

// enough is how many acknowledged writes the database is killed after.
const enough = 400

// TestKill kills the database under several writers, and looks for what was acknowledged once it runs again. What is
// committed as this store doesn't let it, before it is on disk, shows that the test would notice.
func TestKill(t *testing.T) {
	cluster := pgtest.New(t, "-c", "wal_writer_delay=10s")
	address := cluster.Database(t)
	stores := []store.Store{open(t, address), open(t, address)}
	acknowledged := make(chan string)
	var writing sync.WaitGroup
	for writer := range 8 {
		writing.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("writer %d key %d", writer, i)
				if put(stores[writer%2], key) != nil {
					return
				}
				acknowledged <- key
			}
		})
	}
	go func() {
		writing.Wait()
		close(acknowledged)
	}()
	var all []string
	for key := range acknowledged {
		if all = append(all, key); len(all) == enough {
			cluster.Kill(t)
		}
	}
	cluster.Restart(t)
	require.Subset(t, keys(t, stores[0]), all)
	require.NoError(t, put(stores[1], "later"), "the stores go on")

	// The database writes what is pending every ten seconds, which may be just now.
	for try := range 5 {
		early := fmt.Sprint("early ", try)
		exec(t, address, `set synchronous_commit = off`, `insert into bonafide_data values ('`+early+`', '')`)
		cluster.Kill(t)
		cluster.Restart(t)
		if !slices.Contains(keys(t, stores[0]), early) {
			return
		}
	}
	require.Fail(t, "nothing is ever lost here")
}
