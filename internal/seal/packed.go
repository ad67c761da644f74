package seal

import (
	"bytes"
	"compress/flate"
	"io"
	"strings"
	"sync"
)

// Packed is a token as a site keeps its own, in a fifth of the room: HEADER~PAYLOAD~SIGNATURE, the payload being compressed
// (RFC 1951) and in base64url again. One that isn't packed stands for itself.
type Packed string

// packedMark stands between the parts of a packed token. No token has it.
const packedMark = "~"

// Packer packs tokens. Its zero value is ready, and safe for concurrent use.
type Packer struct {
	writers, readers sync.Pool // of package flate: each takes more memory than hundreds of tokens
}

// Pack packs a token that a [Sealer] made. What can't be packed is kept as it is.
func (p *Packer) Pack(token string) Packed {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Packed(token)
	}
	payload, err := spelling.DecodeString(parts[1])
	if err != nil {
		return Packed(token)
	}
	w, ok := p.writers.Get().(*flate.Writer)
	if !ok {
		if w, err = flate.NewWriter(nil, flate.BestSpeed); err != nil {
			return Packed(token)
		}
	}
	defer p.writers.Put(w)
	var packed bytes.Buffer
	w.Reset(&packed)
	if _, err := w.Write(payload); err != nil {
		return Packed(token)
	}
	if err := w.Close(); err != nil {
		return Packed(token)
	}
	return Packed(parts[0] + packedMark + spelling.EncodeToString(packed.Bytes()) + packedMark + parts[2])
}

// Unpack returns the token. What is damaged is returned as it is: nobody takes it for a token.
func (p *Packer) Unpack(kept Packed) string {
	parts := strings.Split(string(kept), packedMark)
	if len(parts) != 3 {
		return string(kept)
	}
	packed, err := spelling.DecodeString(parts[1])
	if err != nil {
		return string(kept)
	}
	r, ok := p.readers.Get().(io.Reader)
	if !ok {
		r = flate.NewReader(nil)
	}
	defer p.readers.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(packed), nil); err != nil {
		return string(kept)
	}
	payload, err := io.ReadAll(io.LimitReader(r, MaxToken))
	if err != nil {
		return string(kept)
	}
	return parts[0] + "." + spelling.EncodeToString(payload) + "." + parts[2]
}
