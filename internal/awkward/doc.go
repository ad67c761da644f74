// Package awkward makes a site that keeps to the spec strictly and helps nobody, for authors of clients: a client that
// copes with it follows the spec and not this program. It is never for production. (letsencrypt/pebble does the same
// for ACME.)
//
// What it does wears the site from outside: [Config] gives the site signers that have several keys and spell payloads
// in ways of their own, [Handler] changes what it answers. Its habits, each with what allows it:
//
//   - JSON in any order of its fields, different each time, signed payloads included, with any white space and with
//     characters escaped that needn't be, `\/` and field names too: RFC 8259, sections 2 and 7; of a payload BF-TOKEN-7
//     asks no more. Nobody knows a token by its bytes (BF-TOKEN-11).
//   - Fields that nobody knows, of every JSON type, one of them named `__proto__` and one without a name, in signed
//     payloads, entity configurations and the keys and metadata in them, OAuth answers, problem documents, explanations,
//     and in the objects within them: "MUST ignore unknown fields in what a peer has signed or publishes" (BF-JSON-8),
//     "entity configurations may gain metadata", "OAuth answers may gain fields" (chapter 10). The numbers in them are
//     within ±2^53 (BF-JSON-5). Client assertions have them too.
//   - None within a mechanism or table, whose hash the next version names (BF-MECH-2, BF-TABLE-2), nor in the
//     authorization details of an answer, which are "exactly one, with the nonce used" (BF-OAUTH-20), nor in what is
//     submitted (BF-JSON-7). They are the same each time, so that OAuth metadata "equal those in its entity
//     configuration" (BF-SITE-9).
//   - Badges with properties of Open Badges that no profile needs, an unknown result and one of another mechanism, their
//     results in any order: "credentials may gain results and properties" (chapter 10), "a result whose description isn't
//     the mechanism's address with a fragment is passed over, and so is one with an unknown fragment" (BF-BADGE-7).
//     Status lists with a name. The types of both from the last: "an array with" them (BF-BADGE-1, BF-LIST-1).
//   - DID documents with services, other relationships, an entry of assertionMethod that names no key, and keys in any
//     order: "further entries of assertionMethod and other properties of the document mean nothing here" (BF-KEY-10).
//   - Three credential keys from the start, on P-256 and Ed25519, each signing in turn, so that a badge and its list are
//     of different keys; a fourth that is published a minute after the start and signs from three minutes on; two client
//     and two federation keys: "a site has three keys, or sets of them" (chapter 02), 1 to 16 (BF-KEY-1). Who remembers
//     a DID document asks again for an unknown kid, if not more than once a minute (BF-FETCH-8).
//   - Entries in several status lists from the beginning, badges' and statements' apart: BF-ISSUER-31 alone says
//     which list.
//   - One request in twenty refused as `unavailable` or `rate-limited` with Retry-After 0 or 1, before anything is done
//     and never twice in a row: the closed list of codes (chapter 07), in OAuth `temporarily_unavailable` (chapter 03).
//     The same request, with another client assertion, is then answered (BF-FETCH-12).
//   - Media types in capitals or with a parameter (RFC 9110, section 8.3.1; RFC 8259, section 11), header names in
//     lower case (section 5.1) and one nobody knows that is 3,000 bytes long (BF-FETCH-5 takes 64 KiB), bodies in chunks
//     (RFC 9112, section 7.1), ranges passed over (RFC 9110, section 14.2), absolute addresses in Location (section
//     10.2.2), ETags that are weak (section 8.8.1), and documents to be asked for again after a second: "a max-age of at
//     most its ttl" (BF-ISSUER-36), none is prescribed for the others but pictures (BF-ISSUER-28), which stay as they are.
package awkward
