package evil

import (
	"bytes"
	"compress/gzip"

	"bonafide.example/conformance/wire"
)

// gzipped compresses data, and repeats what comes of it: a gzip stream may have several members (RFC 1952, section 2.2).
func gzipped(data []byte, times int) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(data); err != nil {
		panic(err) // it is written to memory
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return bytes.Repeat(packed.Bytes(), times)
}

// zeros is 1 MiB of them.
func zeros() []byte { return make([]byte, 1<<20) }

// multibase is how a list holds bytes.
func multibase(packed []byte) string { return "u" + wire.Encode(packed) }

// bomb is 256 MiB of zeros in one member.
func bomb() []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	for range 256 {
		if _, err := w.Write(zeros()); err != nil {
			panic(err) // it is written to memory
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return packed.Bytes()
}
