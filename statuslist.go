package bonafide

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// StatusEntry names the bit that tells whether a badge or a consented status still holds (W3C Bitstring
// Status List 1.0, section 2.1). An unset bit means that it does.
type StatusEntry struct {
	ID         string `json:"id"`   // a random urn:uuid
	Type       string `json:"type"` // BitstringStatusListEntry
	Purpose    string `json:"statusPurpose"`
	Index      string `json:"statusListIndex"` // a decimal number
	Credential string `json:"statusListCredential"`
}

// NewStatusEntry returns the entry at index of the list at address.
func NewStatusEntry(id, address string, index int) StatusEntry {
	return StatusEntry{id, "BitstringStatusListEntry", "revocation", strconv.Itoa(index), address}
}

// Position returns the entry's index as a number.
func (e *StatusEntry) Position() (int, error) {
	n, ok := wholeNumber(e.Index)
	if !ok {
		return 0, Errorf(IndexOutOfRange, "statusListIndex", "%q is not a number of 0 or more", e.Index)
	}
	return int(n), nil
}

func (e *StatusEntry) check(issuer Origin) error {
	if e.Type != "BitstringStatusListEntry" || e.Purpose != "revocation" {
		return Errorf(BadCredential, "type", "is not a BitstringStatusListEntry whose purpose is revocation")
	}
	if !validUUID(e.ID) {
		return Errorf(BadCredential, "id", "%q is not a urn:uuid", e.ID)
	}
	if !issuer.Owns(e.Credential) {
		return Errorf(StatusListOther, "statusListCredential", "%q is not on %s", e.Credential, issuer)
	}
	_, err := e.Position()
	return err
}

// Sizes and times of status lists.
const (
	MinListSize    = 131_072         // entries; W3C's herd-privacy minimum
	MaxListSize    = 1 << 23         // 1 MiB uncompressed
	StatusListTTL  = 5 * time.Minute // how long a list may be reused before asking again
	MaxListLife    = 72 * time.Hour  // validUntil - validFrom at most
	statusListType = "BitstringStatusListCredential"
)

// StatusList is the payload of a status list (W3C Bitstring Status List 1.0), signed as vc+jwt.
type StatusList struct {
	Context    []string          `json:"@context"`
	ID         string            `json:"id"` // its address
	Type       []string          `json:"type"`
	Issuer     string            `json:"issuer"` // a did:web
	ValidFrom  time.Time         `json:"validFrom"`
	ValidUntil time.Time         `json:"validUntil"`
	Subject    StatusListSubject `json:"credentialSubject"`

	// The JWT claims stand beside, and equal, their credential properties.
	Iss string  `json:"iss"`
	JTI string  `json:"jti"`
	NBF Seconds `json:"nbf"`
	Exp Seconds `json:"exp"`
}

// StatusListSubject holds the bits.
type StatusListSubject struct {
	ID          string `json:"id"`
	Type        string `json:"type"` // BitstringStatusList
	Purpose     string `json:"statusPurpose"`
	EncodedList string `json:"encodedList"`  // multibase base64url ("u") of the gzipped bits
	TTL         *int64 `json:"ttl,omitzero"` // milliseconds; nil: [StatusListTTL]
}

// Bits is an uncompressed status list: entry i is bit i from the left, that is bit 7-i%8 of byte i/8.
type Bits []byte

// Set sets entry i.
func (b Bits) Set(i int) { b[i/8] |= 0x80 >> (i % 8) }

// Get returns entry i; an index outside the list is an error, never an unset bit.
func (b Bits) Get(i int) (bool, error) {
	if i < 0 || i >= len(b)*8 {
		return false, Errorf(IndexOutOfRange, "statusListIndex", "%d is outside a list of %d entries", i, len(b)*8)
	}
	return b[i/8]&(0x80>>(i%8)) != 0, nil
}

// IsSet tells whether the entry's bit is set in its list; an index outside the list is an error, never an unset bit.
func (e *StatusEntry) IsSet(list Bits) (bool, error) {
	position, err := e.Position()
	if err != nil {
		return false, err
	}
	return list.Get(position)
}

// NewStatusList returns the list of issuer at address, valid from now to validUntil.
func NewStatusList(issuer Origin, address string, bits Bits, now, validUntil time.Time) (*StatusList, error) {
	var packed bytes.Buffer
	// Other levels find little more in what is random: level 6 takes seven times as long, for a fifth of the bytes where a
	// hundredth of the bits is set, and for nothing where a quarter is.
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(bits); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	now, validUntil = now.UTC().Truncate(time.Second), validUntil.UTC().Truncate(time.Second)
	return &StatusList{
		Context:    []string{ContextVC},
		ID:         address,
		Type:       []string{"VerifiableCredential", statusListType},
		Issuer:     issuer.DID(),
		ValidFrom:  now,
		ValidUntil: validUntil,
		Subject: StatusListSubject{
			ID:          address + "#list",
			Type:        "BitstringStatusList",
			Purpose:     "revocation",
			EncodedList: "u" + base64.RawURLEncoding.EncodeToString(packed.Bytes()),
			TTL:         new(StatusListTTL.Milliseconds()),
		},
		Iss: issuer.DID(), JTI: address, NBF: SecondsOf(now), Exp: SecondsOf(validUntil),
	}, nil
}

// Check tells whether the list is issuer's own list at address, and in time.
func (l *StatusList) Check(issuer Origin, address string, now time.Time) error {
	switch {
	case !slices.Contains(l.Type, "VerifiableCredential") || !slices.Contains(l.Type, statusListType) || l.Subject.Type != "BitstringStatusList" || l.Subject.Purpose != "revocation":
		return Errorf(BadStatusList, address, "is not a BitstringStatusListCredential whose purpose is revocation")
	case l.Issuer != issuer.DID() || l.Iss != l.Issuer || l.ID != address || l.JTI != address || !issuer.Owns(address):
		return Errorf(StatusListOther, address, "is list %q of %q", l.ID, l.Issuer)
	case SecondsOf(l.ValidFrom) != l.NBF || SecondsOf(l.ValidUntil) != l.Exp || l.ValidUntil.Sub(l.ValidFrom) > MaxListLife:
		return Errorf(BadStatusList, address, "its validity differs from its claims or is longer than 72 hours")
	case l.Subject.TTL != nil && *l.Subject.TTL < 0:
		return Errorf(BadStatusList, address, "its ttl is negative")
	}
	return CheckTimes(address, l.NBF, l.Exp, now)
}

// Bits unpacks the list.
func (l *StatusList) Bits() (Bits, error) {
	encoded, multibase := strings.CutPrefix(l.Subject.EncodedList, "u")
	packed, canonical := fromBase64url(encoded)
	if !multibase || !canonical {
		return nil, Errorf(BadStatusList, "encodedList", "is not multibase base64url")
	}
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, Errorf(BadStatusList, "encodedList", "is not gzip").Because(err)
	}
	bits, err := io.ReadAll(io.LimitReader(zip, MaxListSize/8+1))
	if err != nil {
		return nil, Errorf(BadStatusList, "encodedList", "is not gzip").Because(err)
	}
	switch {
	case len(bits)*8 < MinListSize:
		return nil, Errorf(StatusListShort, "encodedList", "has %d entries", len(bits)*8)
	case len(bits)*8 > MaxListSize:
		return nil, Errorf(TooLarge, "encodedList", "has over %d entries", MaxListSize)
	}
	return bits, nil
}
