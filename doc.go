// Package bonafide holds the wire objects of the Bonafide trust-badge protocol, version 1.
//
// A site that knows its members publishes a [Mechanism]: how it computes what it says of them. What
// it says of one member at one instant is a [Status]. It travels in two forms: openly, as a badge (a
// [Credential], an Open Badges 3.0 credential that anyone may read), and privately, as a
// [ConsentedStatus] made for one verifier at the holder's wish. A verifier publishes a [Table] for
// each mechanism that it recognises: what a status earned there counts for here. Each site describes
// itself in an [EntityConfiguration].
//
// This package parses those objects strictly ([Parse] for what is submitted, [ParsePeer] for what a
// peer has signed), checks what each must satisfy by itself (their Validate methods), and holds the
// closed list of error codes ([Code]). It knows nothing of keys, the network or a store: signing and
// verifying are done by the issuer and verifier packages, which take a [Signer].
//
// All instants are UTC. In tokens they are whole seconds since 1970 (RFC 7519, NumericDate); elsewhere
// they are RFC 3339 strings. Decimals are exact and travel as strings; there is no float anywhere.
package bonafide
