package seal

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// Encrypt returns a writer that encrypts to w, as age does, for all of these recipients (age1…), or for whoever has the
// passphrase if there are none. work is the base 2 logarithm of what it costs to try a passphrase (scrypt's N). Closing it
// ends the encryption, and leaves w open.
func Encrypt(w io.Writer, recipients []string, passphrase string, work int) (io.WriteCloser, error) {
	var all []age.Recipient
	for _, text := range recipients {
		recipient, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, fmt.Errorf("%q is no recipient of age, such as age1…", text)
		}
		all = append(all, recipient)
	}
	if all == nil {
		recipient, err := age.NewScryptRecipient(passphrase)
		if err != nil {
			return nil, fmt.Errorf("encrypting: %w", err)
		}
		recipient.SetWorkFactor(work)
		all = append(all, recipient)
	}
	encrypting, err := age.Encrypt(w, all...)
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	return encrypting, nil
}

// Decrypt returns a reader of what [Encrypt] wrote to r. identities is a file of age's (age-keygen), nil if there is none;
// passphrase may be "" then.
func Decrypt(r io.Reader, identities io.Reader, passphrase string) (io.Reader, error) {
	var all []age.Identity
	if identities != nil {
		parsed, err := age.ParseIdentities(identities)
		if err != nil {
			return nil, errors.New("the file of identities isn't one that age-keygen writes") // its words may repeat the secret
		}
		all = parsed
	}
	if passphrase != "" {
		identity, err := age.NewScryptIdentity(passphrase)
		if err != nil {
			return nil, fmt.Errorf("decrypting: %w", err)
		}
		all = append(all, identity)
	}
	if all == nil {
		return nil, errors.New("it is encrypted, and neither an identity nor a passphrase is given")
	}
	plain, err := age.Decrypt(r, all...)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return nil, errors.New("it isn't opened by what is given")
	}
	if err != nil {
		return nil, fmt.Errorf("it is damaged: %w", err)
	}
	return plain, nil
}

// EncryptedMark is how all begins that [Encrypt] writes.
const EncryptedMark = "age-encryption.org/v1\n"
