package keyfolder

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"bonafide.example/internal/seal"
)

// logFile holds the key of the public log.
const logFile = "log.jwk"

// LogPublic returns the public half of the public log's key, nil if the key is encrypted and no passphrase is given. It makes none:
// where there is none it fails with fs.ErrNotExist.
func LogPublic(c Config) (ed25519.PublicKey, error) {
	f := newFolder(c)
	f.looking = c.Passphrase == nil
	key, err := f.readPrivate(logFile)
	if err != nil || key == nil {
		return nil, err
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%q is no key on Ed25519, as that of the public log is", filepath.Join(f.path, logFile))
	}
	return public, nil
}

// LogKey returns the key of the public log (EdDSA), which is made if it is missing, as in a folder from before there were
// logs, encrypted if the others are. It has no record and isn't rotated: what it signs is bound by what was signed before,
// and readers go by the key that the entity configuration names. To replace it, remove its file.
func (f *Folder) LogKey() (*seal.PrivateKey, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	has, err := f.hasAny(logFile, logFile+encryptedSuffix) // an error of reading may tell of a passphrase's file that is missing
	if err != nil {
		return nil, err
	}
	if has {
		return f.readPrivate(logFile)
	}
	encrypted, err := f.Encrypted()
	if err != nil {
		return nil, err
	}
	key, err := seal.GenerateEdwardsKey()
	if err != nil {
		return nil, err
	}
	_, err = f.writePrivate(logFile, key, encrypted)
	if errors.Is(err, fs.ErrExist) { // another server was faster
		return f.readPrivate(logFile)
	}
	return key, err
}
