package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"bonafide.example/internal/seal"
	"bonafide.example/site"
	"bonafide.example/store/backup"
	"bonafide.example/store/records"
	"github.com/spf13/cobra"
)

func newRestoreCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore --from FILE | --check FILE-OR-STORE",
		Short: "Fill an empty store from a backup, or check a backup or store",
		Long: `With --from, fills the empty store (--store) from a backup. Interrupted, it goes on when it is run again. What the
site did after the backup is unknown, so nothing of it can come back: every entry of every status list is
revoked, badges are issued anew in new lists once the site runs, consents end and are asked for anew,
and codes, links and requests under way are void. Who was erased since stays so if the journal of erasures is beside the
keys. What is told at the end must be done by hand.

With --check, tells whether all that is kept is whole and agrees, and changes nothing: records of each kind, badges against
status lists, stakes against vouches, consents against what was told, and what is due. Faults end it with exit code 2.`,
		Example: "  bonafide restore --from /backups/shop.backup --config site.json\n  bonafide restore --check /backups/shop.backup",
		Args:    cobra.NoArgs,
	}
	read := addSiteFlags(e, cmd)
	from := cmd.Flags().String("from", "", "backup to fill the store from")
	check := cmd.Flags().String("check", "", "backup, file of a store or postgres://… to check")
	identities := cmd.Flags().String("identity-file", "", "file of age-keygen that opens an encrypted backup")
	secret := cmd.Flags().String("secret-file", "", "file with the passphrase of an encrypted backup")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if (*from == "") == (*check == "") {
			return errors.New("give either --from, to restore a backup, or --check")
		}
		passphrase, err := e.secretOf(*secret)
		if err != nil {
			return err
		}
		file := &backupFile{path: *from, identities: *identities, passphrase: passphrase}
		if *check != "" {
			file.path = *check
			return e.check(cmd.Context(), file)
		}
		s, err := read()
		if err != nil {
			return err
		}
		if s.Store == "" {
			return errNoStore
		}
		if s.Keys == "" {
			return errors.New("--keys not given: beside the keys stand the journal of erasures and the public log's last checkpoint")
		}
		return e.restore(cmd.Context(), file, s)
	}
	return cmd
}

// backupFile is a backup in a file, and what opens it.
type backupFile struct {
	path, identities, passphrase string

	header backup.Header // known once it was read
}

// use opens the backup and calls fn with it.
func (f *backupFile) use(fn func(*backup.Backup) error) (err error) {
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", f.path, err)
		}
	}()
	from, err := f.plain(file)
	if err != nil {
		return err
	}
	b, err := backup.Open(from)
	if err != nil {
		return err
	}
	return fn(b)
}

// plain returns what the file holds, decrypted if it is encrypted.
func (f *backupFile) plain(file io.Reader) (io.Reader, error) {
	from := bufio.NewReader(file)
	begin, err := from.Peek(len(seal.EncryptedMark))
	if err != nil || string(begin) != seal.EncryptedMark {
		return from, nil // a file that is too short says so as it is read
	}
	if f.identities == "" {
		return seal.Decrypt(from, nil, f.passphrase)
	}
	identities, err := os.Open(f.identities)
	if err != nil {
		return nil, err
	}
	defer identities.Close()
	return seal.Decrypt(from, identities, f.passphrase)
}

// source gives the backup's records, and notes its header.
func (f *backupFile) source(ctx context.Context, fn func(key, value []byte) error) error {
	return f.use(func(b *backup.Backup) error {
		f.header = b.Header
		_, err := b.Each(func(key, value []byte) error { return errors.Join(ctx.Err(), fn(key, value)) })
		return err
	})
}

// restore fills the store. The backup is read to its end first, so that a damaged one leaves nothing.
func (e *env) restore(ctx context.Context, file *backupFile, s *settings) (err error) {
	sum, err := records.SumOf(ctx, file.source)
	if err != nil {
		return err
	}
	header := file.header
	if s.Origin != "" && header.Origin != "" && s.Origin != header.Origin {
		return fmt.Errorf("%s is a backup of %s, and not of %s", file.path, header.Origin, s.Origin)
	}
	to, err := openStore(s.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	name := fmt.Sprintf("the backup %x", sum.Digest[:8])
	filled, err := records.Fill(ctx, to, name, file.source, func(ctx context.Context) error {
		return site.Restored(ctx, to, e.now())
	})
	if err != nil {
		return err
	}
	say(e.stdout, "%d records of %s are restored.", filled.Records, instantOf(header.At))
	s.Origin = cmp.Or(s.Origin, header.Origin)
	return e.tellRestored(ctx, to, s, header.At)
}
