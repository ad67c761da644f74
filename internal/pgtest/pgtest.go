// Package pgtest gives tests a PostgreSQL of their own, made from the programs that are installed.
//
// A test that needs no more than an empty database asks for one with [Start]: all of one test process are in one cluster,
// which waits for no disk. A test about durability makes a [Cluster] of its own, which can be killed and restarted.
// Either is gone once its process is, however that ends.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience is how long is waited for the server, on a machine with other work to do.
const patience = 2 * time.Minute

// shared is the cluster of this process, and databases counts all that were made in any.
var (
	shared    = sync.OnceValues(func() (*Cluster, error) { return start(false, "-c", "fsync=off") })
	databases atomic.Int64
)

// Start returns the address of an empty database, or skips the test where PostgreSQL isn't installed; it is required as
// postgres.
func Start(t testing.TB) string {
	t.Helper()
	installed(t)
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return c.Database(t)
}

// New starts a cluster for this test alone, with these options of the program postgres. It syncs what is committed. It skips
// as [Start] does.
func New(t testing.TB, options ...string) *Cluster {
	t.Helper()
	return begin(t, false, options...)
}

// begin starts a cluster that ends with the test.
func begin(t testing.TB, disk bool, options ...string) *Cluster {
	t.Helper()
	installed(t)
	c, err := start(disk, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// Database makes an empty database and returns its address, which stays the same when the cluster is restarted. It
// is left to the cluster's end.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := c.exec("create database " + name); err != nil {
		t.Fatal(err)
	}
	return c.address(name)
}

// address returns the address of the database of that name.
func (c *Cluster) address(name string) string {
	return (&url.URL{Scheme: "postgres", User: url.User(owner), Path: "/" + name, RawQuery: url.Values{"host": {c.folder}}.Encode()}).String()
}

// exec runs a statement as the cluster's owner.
func (c *Cluster) exec(sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.address("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}
