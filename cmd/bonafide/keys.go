package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"text/tabwriter"
	"time"

	"bonafide.example/internal/keyfolder"
	"github.com/spf13/cobra"
)

func newKeysCommand(e *env) *cobra.Command {
	return group("keys", "Make, list, encrypt and replace a site's keys",
		newKeysNewCommand(e), newKeysListCommand(e),
		newRecastCommand(e, true), newRecastCommand(e, false), newRotateCommand(e), newCompromiseCommand(e))
}

// keysCommand is a command about one key folder.
type keysCommand struct {
	*env
	file string // of the passphrase
}

func (k *keysCommand) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ExactArgs(1)
	cmd.Flags().StringVar(&k.file, "passphrase-file", k.getenv(variable("passphrase-file")), "file with the passphrase of the keys (or "+passphraseVariable+")")
	return cmd
}

func (k *keysCommand) config(path string) keyfolder.Config {
	return keyfolder.Config{Path: path, Passphrase: k.passphrase(k.file), Now: k.now}
}

func newKeysNewCommand(e *env) *cobra.Command {
	k := &keysCommand{env: e}
	cmd := k.flags(&cobra.Command{
		Use:   "new FOLDER",
		Short: "Make a folder with a site's keys",
		Long:  "Makes credential.jwk, client.jwk and federation.jwk (ES256), readable by you alone, and keys.json, which tells\nwhat becomes of them; beside them log.jwk (Ed25519), which signs the public log and stays as it is. A folder that has\nkeys already is left as it is.",
	})
	encrypted := cmd.Flags().Bool("encrypt", false, "encrypt them with a passphrase, which serve then needs")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		c := k.config(args[0])
		c.Passphrase = k.newPassphrase(k.file)
		made, err := keyfolder.Create(c, *encrypted)
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s has keys already; to see them: bonafide keys list %s", args[0], args[0])
		}
		if err != nil {
			return err
		}
		say(e.stdout, "The site's keys were made in %s. Keep them to yourself: who has them can speak for the site.", args[0])
		if *encrypted {
			say(e.stdout, "They are encrypted. Without the passphrase they are lost, and the site would have to begin anew.")
		}
		log, err := made.LogKey()
		if err != nil {
			return err
		}
		return k.list(made, publishedLogKey(log.Public().(ed25519.PublicKey)))
	}
	return cmd
}

func newKeysListCommand(e *env) *cobra.Command {
	k := &keysCommand{env: e}
	return k.flags(&cobra.Command{
		Use:     "list FOLDER",
		Short:   "Print each key: its use, its state, since when, until when, and the thumbprint it is published under",
		Long:    "Prints the keys that sign what the site says, and those that did. Last comes that of the public log, by the part of it that\nthe verifier key in what the site says of itself (bonafide_log.vkeys) ends in. Where that key is encrypted it takes the\npassphrase to tell.",
		Example: "  bonafide keys list keys",
		RunE: func(_ *cobra.Command, args []string) error {
			found, err := keyfolder.Look(k.config(args[0]))
			if err != nil {
				return missingKeys(err, args[0])
			}
			log, err := k.logOf(args[0])
			if err != nil {
				return err
			}
			return k.list(found, log)
		},
	})
}

func newRecastCommand(e *env, encrypted bool) *cobra.Command {
	k := &keysCommand{env: e}
	cmd := &cobra.Command{
		Use:   "encrypt FOLDER",
		Short: "Encrypt a folder's keys with a passphrase",
		Long:  "Encrypts each key with a passphrase, as age does (age -d opens it), and removes the file that isn't encrypted. What\nthe disk, its snapshots and backups still hold of that file stays readable: rotate the keys if somebody may have it.",
	}
	done := "encrypted"
	if !encrypted {
		cmd.Use, cmd.Short, cmd.Long, done = "decrypt FOLDER", "Keep a folder's keys in the clear again", "Writes the keys without a passphrase, readable by you alone. Whoever reads the folder can then speak for the site.", "decrypted"
	}
	k.flags(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		folder, err := k.openToRecast(args[0], encrypted)
		if err != nil {
			return missingKeys(err, args[0])
		}
		changed, err := folder.Recast(encrypted)
		if err != nil {
			return err
		}
		if changed == 0 {
			say(e.stdout, "Nothing was changed: the keys are %s already.", done)
			return nil
		}
		say(e.stdout, "%d keys were %s.", changed, done)
		return nil
	}
	return cmd
}

// openToRecast opens the folder with the passphrase that it has, or with the one that it is to get.
func (k *keysCommand) openToRecast(path string, encrypted bool) (*keyfolder.Folder, error) {
	c := k.config(path)
	seen, err := keyfolder.Look(c)
	if err != nil {
		return nil, err
	}
	has, err := seen.Encrypted()
	if err != nil {
		return nil, err
	}
	if encrypted && !has {
		c.Passphrase = k.newPassphrase(k.file)
	}
	return keyfolder.Open(c)
}

// missingKeys says how to make keys where there are none. Where some are missing new ones would be another site's.
func missingKeys(err error, folder string) error {
	if has, failed := keyfolder.HasKeys(folder); has || failed != nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fmt.Errorf("%w; make them with: bonafide keys new %s", err, folder)
}

// logOf tells of the log's key in a folder, "" if there is none yet.
func (k *keysCommand) logOf(folder string) (string, error) {
	given, err := k.givenPassphrase(k.file)
	if err != nil {
		return "", err
	}
	c := k.config(folder)
	if given == "" {
		c.Passphrase = nil
	}
	key, err := keyfolder.LogPublic(c)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	case key == nil:
		return "encrypted: it takes the passphrase", nil
	}
	return publishedLogKey(key), nil
}

// publishedLogKey is what the verifier key of a signed note, by which the site names its log's key, ends in: the key's kind and
// the key (chapter 14 of the spec).
func publishedLogKey(public ed25519.PublicKey) string {
	const kind = 1
	return base64.StdEncoding.EncodeToString(append([]byte{kind}, public...))
}

// list prints the keys, those of one use together, and that of the log.
func (k *keysCommand) list(folder *keyfolder.Folder, log string) error {
	table := tabwriter.NewWriter(k.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "USE\tSTATE\tSINCE\tUNTIL\tTHUMBPRINT")
	keys := folder.Keys()
	for _, use := range keyfolder.Uses {
		for i, key := range keys {
			if key.Use == use {
				state := keyfolder.StateOf(keys, i, k.now())
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", use, state, moment(key.Since(state)), moment(key.Ends()), key.Thumbprint())
			}
		}
	}
	if log != "" {
		fmt.Fprintf(table, "log\t%s\t-\t-\t%s\n", keyfolder.Present, log)
	}
	return table.Flush()
}

// moment writes an instant as far as people need it.
func moment(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.UTC().Format("2006-01-02 15:04")
}
