package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/store/records"
	"github.com/spf13/cobra"
)

// leadWait is how long it takes at most to learn that no server leads.
const leadWait = 3 * time.Second

func newStoreCommand(e *env) *cobra.Command {
	return group("store", "Copy a site's store to another place", newStoreCopyCommand(e))
}

func newStoreCopyCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "copy FROM TO",
		Short: "Copy a store, from a file to a database or back",
		Long: `Copies all that the store FROM holds into TO, which must be empty, and compares both. Each is a file or postgres://….
Interrupted, it goes on when it is run again. End the site's servers first: what they wrote while it
copies would be missing.`,
		Example: "  bonafide store copy shop.db postgres://bonafide@localhost/shop",
		Args:    cobra.ExactArgs(2),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		from, err := openThere(args[0])
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, from.Close()) }()
		to, err := openStore(args[1])
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, to.Close()) }()
		return alone(cmd.Context(), from, func(ctx context.Context) error { return e.copyStore(ctx, nameOfStore(args[0]), from, to) })
	}
	return cmd
}

// openThere opens a store that is there.
func openThere(address string) (store.Store, error) {
	if !inDatabase(address) {
		if _, err := os.Stat(address); err != nil {
			return nil, err
		}
	}
	return openStore(address)
}

func (e *env) copyStore(ctx context.Context, name string, from, to store.Store) error {
	if err := from.View(ctx, records.Complete); err != nil {
		return err
	}
	sum, err := records.Fill(ctx, to, name, records.StoreSource(from), func(context.Context) error { return nil })
	if err != nil {
		return err
	}
	say(e.stdout, "%d records were copied, and both stores hold the same (SHA-256 %x).", sum.Records, sum.Digest)
	return nil
}

// alone calls fn while no server runs on the store, and refuses to when one does.
func alone(ctx context.Context, s store.Store, fn func(context.Context) error) error {
	leader, shared := s.(store.Leader)
	if !shared {
		return fn(ctx) // who has it open has it alone
	}
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	timer := time.AfterFunc(leadWait, cancel)
	led := false
	err := leader.Lead(waiting, site.LeadName, func(leading context.Context) error {
		if !timer.Stop() {
			return leading.Err()
		}
		led = true
		return fn(leading)
	})
	if !led && ctx.Err() == nil {
		return errors.New("a server runs on the store; end all of them first")
	}
	return err
}

// nameOfStore names a store without anything secret.
func nameOfStore(address string) string {
	if parsed, err := url.Parse(address); inDatabase(address) && err == nil {
		return fmt.Sprintf("the database %s%s", parsed.Host, parsed.Path)
	}
	return fmt.Sprintf("the store %q", address)
}
