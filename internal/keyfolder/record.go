package keyfolder

import (
	"crypto"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bonafide.example"
	"bonafide.example/internal/aside"
	"bonafide.example/internal/seal"
)

const (
	recordFile   = "keys.json"
	recordFormat = 1
)

// record is what the folder knows of its keys beside their private halves. Nothing in it is secret.
type record struct {
	Format int   `json:"format"`
	Keys   []Key `json:"keys"`
}

// Key is one key of the folder.
type Key struct {
	Use         bonafide.KeyUse `json:"use"`
	Public      bonafide.JWK    `json:"public"`               // its kid is the thumbprint
	File        string          `json:"file,omitzero"`        // of the private half; "": it was destroyed
	Published   time.Time       `json:"published,omitzero"`   // from when it is among the published keys
	Signs       time.Time       `json:"signs,omitzero"`       // from when it signs
	Until       time.Time       `json:"until,omitzero"`       // from when it is published no more; zero: no end is set
	Compromised time.Time       `json:"compromised,omitzero"` // since when nothing that it signed counts; zero: it wasn't
	Succession  string          `json:"succession,omitzero"`  // the word of an earlier key for it

	public crypto.PublicKey
}

// Thumbprint is what the key is published under (RFC 7638).
func (k *Key) Thumbprint() string { return k.Public.Kid }

func newKey(use bonafide.KeyUse, private *seal.PrivateKey, at time.Time) (Key, error) {
	jwk, err := seal.PublicJWK(private.Public())
	return Key{Use: use, Public: jwk, Published: at, Signs: at, public: private.Public()}, err
}

// read reads the record and the private halves that before doesn't have.
func (f *Folder) read(before *holding) (*holding, error) {
	path := filepath.Join(f.path, recordFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := bonafide.Parse[record](data)
	if err != nil {
		return nil, fmt.Errorf("%q is damaged: %w", path, err)
	}
	if r.Format != recordFormat {
		return nil, fmt.Errorf("%q has format %d; this program knows %d: run the one that wrote it, or a later one", path, r.Format, recordFormat)
	}
	h := &holding{keys: r.Keys, private: map[string]*seal.PrivateKey{}}
	for i := range h.keys {
		if h.keys[i].public, err = seal.ParsePublicJWK(h.keys[i].Public); err != nil {
			return nil, fmt.Errorf("%q: %w", path, err)
		}
	}
	for _, use := range Uses {
		for _, key := range h.signing(use, f.now()) {
			if h.private[key.Thumbprint()], err = f.privateOf(key, before); err != nil {
				return nil, err
			}
		}
	}
	return h, nil
}

// privateOf returns a key's private half: the one held before, since an encrypted one takes long to read.
func (f *Folder) privateOf(key Key, before *holding) (*seal.PrivateKey, error) {
	if before != nil && before.private[key.Thumbprint()] != nil {
		return before.private[key.Thumbprint()], nil
	}
	private, err := f.readPrivate(key.File)
	if err != nil || private == nil {
		return nil, err
	}
	if print, err := seal.Thumbprint(private.Public()); err != nil || print != key.Thumbprint() {
		return nil, errors.Join(err, fmt.Errorf("%q is another key than %q says", filepath.Join(f.path, key.File), recordFile))
	}
	return private, nil
}

// readLegacy reads a folder from before there were records: one key for each use, of unknown age.
func (f *Folder) readLegacy(*holding) (*holding, error) {
	h := &holding{private: map[string]*seal.PrivateKey{}, legacy: true}
	for _, use := range Uses {
		file := string(use) + ".jwk"
		private, err := f.readPrivate(file)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%q has some keys, but no %s and no %s: put them back from your copy; if they were being made when that was cut short, remove the folder and begin anew: %w", f.path, file, recordFile, err)
		}
		if err != nil {
			return nil, err
		}
		if private == nil {
			return nil, fmt.Errorf("%q has encrypted keys and no %s, which tells what they are", f.path, recordFile)
		}
		key, err := newKey(use, private, time.Time{})
		if err != nil {
			return nil, err
		}
		key.File = file
		h.keys = append(h.keys, key)
		h.private[key.Thumbprint()] = private
	}
	return h, nil
}

// writeRecord puts the record in the place of the one that was read last, whole or not at all.
func (f *Folder) writeRecord(keys []Key) error {
	data, err := bonafide.MarshalJSON(record{recordFormat, keys})
	if err != nil {
		return err
	}
	return aside.Write(filepath.Join(f.path, recordFile), func(w io.Writer) error {
		_, err := w.Write(append(data, '\n'))
		return err
	})
}

// encryptedSuffix follows the name of a private half that is encrypted.
const encryptedSuffix = ".age"

// readPrivate reads a private half, whichever way it is kept; none if it is encrypted and the folder is only looked at.
func (f *Folder) readPrivate(file string) (*seal.PrivateKey, error) {
	path := filepath.Join(f.path, file)
	_, err := os.Lstat(path + encryptedSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return seal.ReadKeyFile(path)
	}
	if err != nil {
		return nil, err
	}
	if f.looking {
		return nil, nil
	}
	passphrase, err := f.secret()
	if err != nil {
		return nil, err
	}
	return seal.ReadEncryptedKeyFile(path+encryptedSuffix, passphrase)
}

// writePrivate writes a private half to a new file, and returns its path.
func (f *Folder) writePrivate(file string, private *seal.PrivateKey, encrypted bool) (string, error) {
	path := filepath.Join(f.path, file)
	if !encrypted {
		return path, private.WriteFile(path)
	}
	passphrase, err := f.secret()
	if err != nil {
		return "", err
	}
	if passphrase == "" {
		return "", errors.New("a key can't be encrypted without a passphrase")
	}
	path += encryptedSuffix
	return path, private.WriteEncryptedFile(path, passphrase, f.work)
}
