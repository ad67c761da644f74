package peer

import (
	"strconv"
	"sync"
	"time"

	"bonafide.example/conformance/wire"
)

// List is a status list of a site.
type List struct {
	Address string
	Bits    wire.Bits
	site    *Site
	path    string
	mutex   sync.Mutex
	ttl     time.Duration
	next    int
}

// NewList makes a list at a path of the site. It isn't served yet.
func NewList(s *Site, path string) *List {
	return &List{Address: s.Origin + path, Bits: wire.NewBits(wire.MinEntries), site: s, path: path, ttl: 5 * time.Minute, next: 40211}
}

// Serve serves the list as it is at each moment.
func (l *List) Serve() {
	l.site.Handle(l.path, l.site.Signed("vc+jwt", "application/vc+jwt", func() any { return l.Credential() }))
}

// Path returns where the list is served.
func (l *List) Path() string { return l.path }

// Entry returns the credentialStatus of entry i.
func (l *List) Entry(i int) wire.Object {
	return wire.Object{
		"id": "urn:uuid:6e1c0a44-0b7a-4d2e-bd6e-7a2c8cfd53a1", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
		"statusListIndex": strconv.Itoa(i), "statusListCredential": l.Address,
	}
}

// Take returns the number of an entry that wasn't taken yet.
func (l *List) Take() int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.next++
	return l.next
}

// Revoke sets the bit of an entry.
func (l *List) Revoke(i int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.Bits.Set(i)
}

// SetTTL says for how long the list may be used without asking again.
func (l *List) SetTTL(ttl time.Duration) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.ttl = ttl
}

// Credential returns the list's payload as it is now.
func (l *List) Credential() wire.Object {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	encoded, err := l.Bits.EncodedList()
	if err != nil {
		panic(err) // it is written to memory
	}
	start := l.site.Now().Truncate(time.Second)
	end := start.Add(72 * time.Hour)
	did := wire.DID(l.site.Origin)
	return wire.Object{
		"@context": []any{"https://www.w3.org/ns/credentials/v2"},
		"id":       l.Address, "type": []any{"VerifiableCredential", "BitstringStatusListCredential"}, "issuer": did,
		"validFrom": start.Format(time.RFC3339), "validUntil": end.Format(time.RFC3339),
		"credentialSubject": wire.Object{
			"id": l.Address + "#list", "type": "BitstringStatusList", "statusPurpose": "revocation",
			"encodedList": encoded, "ttl": l.ttl.Milliseconds(),
		},
		"iss": did, "jti": l.Address, "nbf": start.Unix(), "exp": end.Unix(),
	}
}
