// Package conformance judges implementations of the protocol from outside, in whatever language they are written. It
// knows the protocol by the spec and the test vectors alone, reads raw JSON, verifies with another JOSE library, and
// shares no code with the implementation beside it, which it judges as any other.
//
// This package has what every suite needs: cases, verdicts and reports. The suites are vectors, which judges a program by
// the test vectors; issuer and verifier, which judge a running site; and evil, an issuer that misbehaves.
package conformance
