package seal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"bonafide.example/internal/aside"
	"filippo.io/age"
)

// maxKeyFile bounds what is read of a key file, in bytes.
const maxKeyFile = 16 << 10

// ReadKeyFile reads a private key from a file that [PrivateKey.WriteFile] wrote. A file that others may read is refused.
func ReadKeyFile(path string) (*PrivateKey, error) {
	text, err := readPrivate(path)
	if err != nil {
		return nil, err
	}
	return parseKeyFile(path, text)
}

// ReadEncryptedKeyFile reads a private key from a file that [PrivateKey.WriteEncryptedFile] wrote, or age with a
// passphrase. A wrong passphrase and a damaged file are told apart, and neither's words are repeated.
func ReadEncryptedKeyFile(path, passphrase string) (*PrivateKey, error) {
	sealed, err := readPrivate(path)
	if err != nil {
		return nil, err
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fmt.Errorf("%q is encrypted, and no passphrase is given", path)
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed), identity)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return nil, fmt.Errorf("%q isn't opened by this passphrase", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%q is no file that age encrypted with a passphrase, or is damaged: %w", path, err)
	}
	text, err := io.ReadAll(io.LimitReader(plain, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("%q is damaged: %w", path, err)
	}
	return parseKeyFile(path, text)
}

func readPrivate(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%q can be read by others; run chmod 600 on it", path)
	}
	return os.ReadFile(path)
}

func parseKeyFile(path string, text []byte) (*PrivateKey, error) {
	key, err := ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	return key, nil
}

// WriteFile writes the key as a private JWK to a new file, which its owner alone may read.
func (k *PrivateKey) WriteFile(path string) error {
	text, err := k.MarshalText()
	if err != nil {
		return err
	}
	return writePrivate(path, append(text, '\n'))
}

// WriteEncryptedFile does so with a passphrase, as age encrypts: age -d shows the JWK again. work is the base 2
// logarithm of what it costs to try a passphrase (scrypt's N).
func (k *PrivateKey) WriteEncryptedFile(path, passphrase string, work int) error {
	text, err := k.MarshalText()
	if err != nil {
		return err
	}
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return fmt.Errorf("encrypting a key: %w", err)
	}
	recipient.SetWorkFactor(work)
	var sealed bytes.Buffer
	plain, err := age.Encrypt(&sealed, recipient)
	if err != nil {
		return fmt.Errorf("encrypting a key: %w", err)
	}
	if _, err = plain.Write(append(text, '\n')); err == nil {
		err = plain.Close()
	}
	if err != nil {
		return fmt.Errorf("encrypting a key: %w", err)
	}
	return writePrivate(path, sealed.Bytes())
}

func writePrivate(path string, data []byte) error {
	return aside.WriteNew(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
