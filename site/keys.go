package site

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bonafide.example"
	"bonafide.example/internal/keyfolder"
	"bonafide.example/internal/seal"
)

// Keys are a site's keys, one signer for each use. Those of a folder ([OpenKeys], [LoadKeys]) change with it: a running
// site takes up what bonafide keys rotate and compromise did to the folder within a quarter of a minute.
type Keys struct {
	Credential bonafide.Signer // signs badges, status lists, mechanisms, tables and consented statuses
	Client     bonafide.Signer // signs OAuth client assertions, as a verifier
	Federation bonafide.Signer // signs the entity configuration and the key history
	// History returns every key that the site publishes or did; nil: no history is published, and verifiers that
	// know the site must approve of each new key by hand.
	History func() []bonafide.HistoricalKey
	Log     bonafide.Signer // signs checkpoints of the public log, on Ed25519; nil: the site keeps no log

	folder *keyfolder.Folder // nil: whoever made the signers looks after them
}

// KeyFolder says where keys are and what opens them.
type KeyFolder struct {
	Path string
	// Passphrase returns what opens key files that are encrypted; it is called once. nil: there is none.
	Passphrase func() (string, error)
	Now        func() time.Time // the clock by which keys come into use; nil: time.Now
}

func (f KeyFolder) config() keyfolder.Config {
	return keyfolder.Config{Path: f.Path, Passphrase: f.Passphrase, Now: f.Now}
}

// LoadKeys reads a folder that [OpenKeys] or bonafide keys new made. The key of the public log is made if it is missing.
func LoadKeys(folder KeyFolder) (Keys, error) {
	found, err := keyfolder.Open(folder.config())
	if err != nil {
		return Keys{}, err
	}
	return keysOf(found)
}

// OpenKeys reads a key folder, and makes the keys first if there is none of them. Where only some are
// missing it fails: with new ones the site would no longer be the same.
func OpenKeys(folder string) (Keys, error) { return KeyFolder{Path: folder}.Open() }

// Open does so for a folder with a passphrase or a clock of its own. Keys that it makes aren't encrypted.
func (f KeyFolder) Open() (Keys, error) {
	has, err := keyfolder.HasKeys(f.Path)
	if err != nil {
		return Keys{}, err
	}
	open := keyfolder.Open
	if !has {
		open = func(c keyfolder.Config) (*keyfolder.Folder, error) { return keyfolder.Create(c, false) }
	}
	folder, err := open(f.config())
	if err != nil {
		return Keys{}, err
	}
	return keysOf(folder)
}

func keysOf(folder *keyfolder.Folder) (Keys, error) {
	log, err := folder.LogKey()
	if err != nil {
		return Keys{}, fmt.Errorf("the key of the public log: %w", err)
	}
	return Keys{
		Log: log, Credential: folder.Signer(bonafide.UseCredential), Client: folder.Signer(bonafide.UseClient),
		Federation: folder.Signer(bonafide.UseFederation), History: folder.History, folder: folder,
	}, nil
}

// Thumbprints returns what each key that signs now is published under (RFC 7638), by the name of its use.
func (k Keys) Thumbprints() (map[string]string, error) {
	prints := map[string]string{}
	for use, signer := range map[bonafide.KeyUse]bonafide.Signer{
		bonafide.UseCredential: k.Credential, bonafide.UseClient: k.Client, bonafide.UseFederation: k.Federation,
	} {
		print, err := seal.Thumbprint(signer.Public())
		if err != nil {
			return nil, fmt.Errorf("the %s key: %w", use, err)
		}
		prints[string(use)] = print
	}
	return prints, nil
}

// state tells apart whatever readers must know at once: which keys sign, and how many are compromised.
func (k Keys) state() (string, error) {
	prints, err := k.Thumbprints()
	compromised := 0
	if k.History != nil {
		for _, key := range k.History() {
			if key.Reason == bonafide.Compromised {
				compromised++
			}
		}
	}
	return fmt.Sprint(prints, compromised), err
}

// refreshKeys takes up what was done to the key folder, and notes which keys sign from now on.
func (s *Site) refreshKeys(ctx context.Context) error {
	if s.Keys.folder == nil {
		return nil
	}
	changed, err := s.Keys.folder.Refresh()
	if err != nil {
		return fmt.Errorf("the key folder can't be read again, so the keys stay as they were: %w", err)
	}
	if changed {
		s.Log.Info("the key folder has changed")
	}
	return s.noteKeys(ctx)
}

// withStates adds to the keys of a use what the folder knows of them, and those that the site hasn't used yet.
func (k Keys) withStates(use string, known []KeyAge, now time.Time) []KeyAge {
	if k.folder == nil {
		return known
	}
	keys := k.folder.Keys()
	for i, key := range keys {
		if string(key.Use) != use {
			continue
		}
		state := keyfolder.StateOf(keys, i, now)
		n := slices.IndexFunc(known, func(age KeyAge) bool { return age.Thumbprint == key.Thumbprint() })
		if n < 0 {
			n = len(known)
			known = append(known, KeyAge{Use: use, Thumbprint: key.Thumbprint(), Since: key.Since(state), Replaced: state != keyfolder.Present})
		}
		known[n].State, known[n].Until = string(state), key.Ends()
	}
	return known
}
