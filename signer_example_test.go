package bonafide_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"math/big"

	"bonafide.example"
)

// module is a key that never leaves a hardware module or a key management service. Their libraries (for PKCS#11, or of a
// cloud) give a crypto.Signer: it signs a digest, and answers in DER. A service that is asked over the network would
// hand ctx on, and return the public half that it was told once, at the start.
type module struct{ crypto.Signer }

// Sign makes the digest here and turns the answer into what JOSE wants.
func (m module) Sign(_ context.Context, message []byte) ([]byte, error) {
	digest := sha256.Sum256(message)
	der, err := m.Signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("asking the module: %w", err)
	}
	var halves struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &halves); err != nil {
		return nil, fmt.Errorf("the module's signature: %w", err)
	}
	signature := make([]byte, 64)
	halves.R.FillBytes(signature[:32])
	halves.S.FillBytes(signature[32:])
	return signature, nil
}

// A key that is kept elsewhere takes the place of a key file: it is one of the signers of site.Keys.
func ExampleSigner() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // stands for the module
	if err != nil {
		panic(err)
	}
	var signer bonafide.Signer = module{key}
	signature, err := signer.Sign(context.Background(), []byte("what is signed"))
	if err != nil {
		panic(err)
	}
	digest := sha256.Sum256([]byte("what is signed"))
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	fmt.Println(len(signature), ecdsa.Verify(signer.Public().(*ecdsa.PublicKey), digest[:], r, s))
	// Output: 64 true
}
