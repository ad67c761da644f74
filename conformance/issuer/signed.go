package issuer

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// leeway is how far clocks may be apart.
const leeway = 60 * time.Second

// opened verifies a token of the issuer's by its DID document as it is now, and by the profile of tokens.
func (w *World) opened(ctx context.Context, token, typ string, limit int) (*wire.Token, error) {
	document, err := w.object(ctx, "/.well-known/did.json")
	if err != nil {
		return nil, err
	}
	keys, err := wire.Methods(document)
	if err != nil {
		return nil, err
	}
	return subject.Profiled(token, typ, wire.DID(w.Origin)+"#", keys, limit)
}

// maxList is the length of the longest status list as a token, in bytes.
const maxList = 1_048_576

// inForce is a fault unless now lies between two instants of a payload, in seconds, the first of which is earlier.
func (w *World) inForce(payload wire.Object, from, until string) error {
	start, err := wire.Int(payload, from)
	end, failed := wire.Int(payload, until)
	now := w.Now()
	return that(err == nil && failed == nil && start < end && !now.Add(leeway).Before(time.Unix(start, 0)) && now.Before(time.Unix(end, 0).Add(leeway)),
		fmt.Sprintf("%s and %s, later, around %d", from, until, now.Unix()), "%v and %v", payload[from], payload[until])
}

// sameInstants is a fault unless a text is the instant that stands beside it in seconds.
func sameInstants(payload wire.Object, text, seconds string) error {
	at, err := time.Parse(time.RFC3339, wire.Text(payload, text))
	number, failed := wire.Int(payload, seconds)
	return that(err == nil && failed == nil && at.Unix() == number, text+", and "+seconds+" as the same in seconds", "%v and %v", payload[text], payload[seconds])
}

// lasting is a fault unless it is at most so long from one instant to the other.
func lasting(payload wire.Object, from, until string, most time.Duration) error {
	start, err := wire.Int(payload, from)
	end, failed := wire.Int(payload, until)
	return that(err == nil && failed == nil && end > start && end-start <= int64(most/time.Second),
		fmt.Sprintf("%s at most %s after %s", until, most, from), "%v and %v", payload[from], payload[until])
}

// entry is what a credentialStatus points to.
type entry struct {
	list  string
	index int
}

// readEntry reads a credentialStatus, and checks its form.
func (w *World) readEntry(status any) (entry, error) {
	text := wire.Text(status, "statusListIndex")
	index, err := strconv.Atoi(text)
	list := wire.Text(status, "statusListCredential")
	return entry{list, index}, first(
		that(isUUID(wire.Text(status, "id")), "an id that is a urn:uuid", "%v", wire.At(status, "id")),
		equal("type", "BitstringStatusListEntry", wire.At(status, "type")),
		equal("statusPurpose", "revocation", wire.At(status, "statusPurpose")),
		that(err == nil && index >= 0 && strconv.Itoa(index) == text, "a statusListIndex that is a decimal number in a string", "%v", wire.At(status, "statusListIndex")),
		that(strings.HasPrefix(list, w.Origin+"/status/"), "a statusListCredential on "+w.Origin, "%q", list),
	)
}

// isUUID tells whether a text is a urn:uuid in its one spelling, with digits in lower case.
func isUUID(text string) bool {
	digits, ok := strings.CutPrefix(text, "urn:uuid:")
	if !ok || len(digits) != 36 {
		return false
	}
	for n, c := range digits {
		hyphen := n == 8 || n == 13 || n == 18 || n == 23
		if hyphen != (c == '-') || !hyphen && !strings.ContainsRune("0123456789abcdef", c) {
			return false
		}
	}
	return true
}

// list fetches a status list and returns its payload.
func (w *World) list(ctx context.Context, address string) (wire.Object, error) {
	x, err := w.get(ctx, address, credentialMedia)
	if err = first(err, served(x, credentialMedia)); err != nil {
		return nil, err
	}
	token, err := w.opened(ctx, string(x.Body), credentialType, maxList)
	if err != nil {
		return nil, err
	}
	return token.Payload, nil
}

// revoked tells whether the bit of an entry is set just now.
func (w *World) revoked(ctx context.Context, e entry) (bool, error) {
	list, err := w.list(ctx, e.list)
	if err != nil {
		return false, err
	}
	bits, err := wire.DecodeList(wire.Text(list, "credentialSubject", "encodedList"))
	if err != nil {
		return false, subject.Wrong("an encodedList", "%v", err)
	}
	return bits.Get(e.index)
}

// bit is a fault unless the bit of an entry is as due.
func (w *World) bit(ctx context.Context, what string, e entry, due bool) error {
	set, err := w.revoked(ctx, e)
	word := map[bool]string{true: "set", false: "not set"}
	return first(err, that(set == due, fmt.Sprintf("the bit of %s (entry %d of %s) %s", what, e.index, e.list, word[due]), "it is %s", word[set]))
}
