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
// A folder that has any of them already is refused, and left as it is.
func CreateKeys(folder string) (keys Keys, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return Keys{}, err
	}
	switch has, err := hasKeys(folder); {
	case err != nil:
		return Keys{}, err
	case has:
		return Keys{}, fmt.Errorf("%q has keys, without which this would be another site: %w", folder, os.ErrExist)
	}
	var written []string
	defer func() {
		if err == nil {
			return
		}
		for _, path := range written {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	for _, file := range keyFiles {
		key, err := seal.GenerateKey()
		if err != nil {
			return Keys{}, err
		}
		path := filepath.Join(folder, file.name)
		if err := key.WriteFile(path); err != nil {
			return Keys{}, err
		}
		written = append(written, path)
		*file.of(&keys) = key
	}
	return keys, nil
}

// hasKeys tells whether the folder has at least one of the key files.
func hasKeys(folder string) (bool, error) {
	for _, file := range keyFiles {
		_, err := os.Lstat(filepath.Join(folder, file.name))
		if err == nil || !errors.Is(err, os.ErrNotExist) {
			return err == nil, err
		}
	}
	return false, nil
}

// LoadKeys reads a folder that [CreateKeys] made.
func LoadKeys(folder string) (Keys, error) {
	var keys Keys
	for _, file := range keyFiles {
		key, err := seal.ReadKeyFile(filepath.Join(folder, file.name))
		if err != nil {
			return keys, err
		}
		*file.of(&keys) = key
	}
	return keys, nil
}

// OpenKeys reads a key folder, and makes the keys first if there is none of them. Where only some are
// missing it fails: with new ones the site would no longer be the same.
func OpenKeys(folder string) (Keys, error) {
	has, err := hasKeys(folder)
	switch {
	case err != nil:
		return Keys{}, err
	case has:
		return LoadKeys(folder)
	default:
		return CreateKeys(folder)
	}
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
