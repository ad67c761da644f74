package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"bonafide.example/internal/aside"
	"bonafide.example/internal/seal"
	"bonafide.example/internal/web"
	"bonafide.example/site"
	"bonafide.example/store/backup"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

func newBackupCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup --to FILE",
		Short: "Write all that a site keeps into one file, while it runs",
		Long: `Writes what the store holds at one instant into FILE, readable by you alone; one that is there is replaced once the
new one is whole. The server goes on meanwhile. The file fills any store again, in a file or a database: bonafide restore.

It holds personal data: encrypt it with --encrypt-to or --secret-file, as age does, unless its disk is.
The site's keys aren't in it. Back up their folder apart: whoever has both can speak for the site.`,
		Example: "  bonafide backup --to /backups/shop.backup --encrypt-to age1… --config site.json",
		Args:    cobra.NoArgs,
	}
	read := addSiteFlags(e, cmd)
	to := cmd.Flags().String("to", "", "file to write")
	recipients := cmd.Flags().StringSlice("encrypt-to", nil, "recipients that it is encrypted for (age1…, see age-keygen)")
	secret := cmd.Flags().String("secret-file", "", "file with a passphrase that it is encrypted with")
	needs(cmd, "to")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s, err := read()
		if err != nil {
			return err
		}
		if s.Store == "" {
			return errNoStore
		}
		passphrase, err := e.secretOf(*secret)
		if err != nil {
			return err
		}
		if len(*recipients) > 0 && passphrase != "" {
			return errors.New("a backup is encrypted either for recipients (--encrypt-to) or with a passphrase (--secret-file)")
		}
		var b *backup.Backup
		var count int64
		err = aside.Write(*to, func(w io.Writer) error {
			b, count, err = encryptedTo(w, *recipients, passphrase, func(w io.Writer) (*backup.Backup, int64, error) {
				return s.backUp(cmd.Context(), e, w)
			})
			return err
		})
		if err != nil {
			return fmt.Errorf("no backup was made: %w", err)
		}
		say(e.stdout, "%d records of %s are in %s. The keys aren't: back up their folder apart.", count, b.Header.At.Format("2006-01-02 15:04:05Z"), *to)
		return nil
	}
	return cmd
}

// scryptWork is what it costs to try a passphrase of a backup: about a second.
const scryptWork = 18

var errNoStore = errors.New("--store not given; give it by flag, as BONAFIDE_STORE in the environment, or in a settings file (--config)")

// secretOf reads a passphrase from a file; "" without one.
func (e *env) secretOf(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	return e.givenPassphrase(file)
}

// encryptedTo has write write to w, encrypted if anything is given to do so with.
func encryptedTo(w io.Writer, recipients []string, passphrase string, write func(io.Writer) (*backup.Backup, int64, error)) (*backup.Backup, int64, error) {
	if recipients == nil && passphrase == "" {
		return write(w)
	}
	sealed, err := seal.Encrypt(w, recipients, passphrase, scryptWork)
	if err != nil {
		return nil, 0, err
	}
	b, count, err := write(sealed)
	return b, count, errors.Join(err, sealed.Close())
}

// backUp writes a backup of the store to w: the running server's, which alone has the store's file, else of the store opened
// here. It reads what it writes, so that none is kept that is cut short.
func (s *settings) backUp(ctx context.Context, e *env, w io.Writer) (b *backup.Backup, count int64, err error) {
	reader, writer := io.Pipe()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		err := s.produce(ctx, e, io.MultiWriter(w, writer))
		return errors.Join(err, writer.CloseWithError(err))
	})
	group.Go(func() (err error) {
		if b, err = backup.Open(reader); err == nil {
			count, err = b.Each(func(_, _ []byte) error { return nil })
		}
		return errors.Join(err, reader.CloseWithError(err))
	})
	return b, count, group.Wait()
}

func (s *settings) produce(ctx context.Context, e *env, w io.Writer) (err error) {
	if !inDatabase(s.Store) {
		if client, ok := web.DialAdmin(s.socket()); ok {
			return client.Stream(ctx, web.AdminPath("backup"), w)
		}
		if _, err := os.Stat(s.Store); err != nil {
			return err // it would be made
		}
	}
	from, err := openStore(s.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	_, err = backup.Write(ctx, w, backup.Header{Origin: s.Origin, At: e.now().UTC(), Program: site.ProgramVersion()}, from)
	return err
}
