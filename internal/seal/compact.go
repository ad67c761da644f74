package seal

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"math/big"

	"bonafide.example"
	"github.com/go-jose/go-jose/v4"
)

// The profile leaves so little of JWS that signing and verifying take no library, only the signature itself: one
// spelling of each part, a header that was read already, and a key whose algorithm was compared with it. With the
// library a badge took half as long again, since it decodes and encodes all of the token once more.

// header is what stands before every payload.
type header struct {
	Alg jose.SignatureAlgorithm `json:"alg"`
	Kid string                  `json:"kid"`
	Typ bonafide.Type           `json:"typ"`
}

// sign returns the token of a payload in compact form (RFC 7515, section 3.1). A signature of another size, such as
// one in DER, is a fault of the signer.
func (k key) sign(ctx context.Context, typ bonafide.Type, payload []byte) (string, error) {
	head, err := bonafide.MarshalJSON(header{k.alg, k.kid, typ})
	if err != nil {
		return "", err
	}
	token := make([]byte, 0, spelling.EncodedLen(len(head))+spelling.EncodedLen(len(payload))+spelling.EncodedLen(signatureSize)+2)
	token = spelling.AppendEncode(token, head)
	token = spelling.AppendEncode(append(token, '.'), payload)
	signature, err := k.signer.Sign(ctx, token)
	if err == nil && len(signature) != signatureSize {
		err = fmt.Errorf("the signer gave %d bytes instead of %d", len(signature), signatureSize)
	}
	if err != nil {
		return "", err
	}
	return string(spelling.AppendEncode(append(token, '.'), signature)), nil
}

// verified tells whether the key made the signature of the message (RFC 7518, section 3.4; RFC 8037, section 3.1).
func verified(key crypto.PublicKey, message, signature []byte) bool {
	if len(signature) != signatureSize {
		return false
	}
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		digest := sha256.Sum256(message)
		r, s := new(big.Int).SetBytes(signature[:signatureSize/2]), new(big.Int).SetBytes(signature[signatureSize/2:])
		return ecdsa.Verify(key, digest[:], r, s)
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature)
	default:
		return false
	}
}
