package site

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bonafide.example"
	"bonafide.example/internal/seal"
)

// Keys are a site's three keys. Each is used for one thing and nothing else.
type Keys struct {
	Credential bonafide.Signer // signs badges, status lists, mechanisms, tables and consented statuses
	Client     bonafide.Signer // signs OAuth client assertions, as a verifier
	Federation bonafide.Signer // signs the entity configuration
}

// keyFiles names the file of each key within a key folder.
var keyFiles = []struct {
	name string
	of   func(*Keys) *bonafide.Signer
}{
	{"credential.jwk", func(k *Keys) *bonafide.Signer { return &k.Credential }},
	{"client.jwk", func(k *Keys) *bonafide.Signer { return &k.Client }},
	{"federation.jwk", func(k *Keys) *bonafide.Signer { return &k.Federation }},
}

// CreateKeys makes a folder with three new keys (ES256, private JWKs, readable by their owner alone).
// A folder that has keys already is refused.
func CreateKeys(folder string) (Keys, error) {
	var keys Keys
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return keys, err
	}
	for _, file := range keyFiles {
		key, err := seal.GenerateKey()
		if err != nil {
			return keys, err
		}
		text, err := key.MarshalText()
		if err != nil {
			return keys, err
		}
		if err := writeNew(filepath.Join(folder, file.name), append(text, '\n')); err != nil {
			return keys, err
		}
		*file.of(&keys) = key
	}
	return keys, nil
}

func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// LoadKeys reads a folder that [CreateKeys] made.
func LoadKeys(folder string) (Keys, error) {
	var keys Keys
	for _, file := range keyFiles {
		path := filepath.Join(folder, file.name)
		info, err := os.Stat(path)
		if err != nil {
			return keys, err
		}
		if info.Mode().Perm()&0o077 != 0 {
			return keys, fmt.Errorf("%q can be read by others; run chmod 600 on it", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return keys, err
		}
		key, err := seal.ParsePrivateKey(text)
		if err != nil {
			return keys, fmt.Errorf("%q: %w", path, err)
		}
		*file.of(&keys) = key
	}
	return keys, nil
}

// OpenKeys reads a key folder, and makes it first if it isn't there.
func OpenKeys(folder string) (Keys, error) {
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		return CreateKeys(folder)
	}
	return LoadKeys(folder)
}

// Thumbprints returns what each key is published under (RFC 7638), by the name of its use.
func (k Keys) Thumbprints() (map[string]string, error) {
	prints := map[string]string{}
	for use, signer := range map[string]bonafide.Signer{"credential": k.Credential, "client": k.Client, "federation": k.Federation} {
		print, err := seal.Thumbprint(signer.Public())
		if err != nil {
			return nil, err
		}
		prints[use] = print
	}
	return prints, nil
}
