package issuer

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) lists() []subject.Check {
	return []subject.Check{
		check("list/form", "A status list is a signed BitstringStatusListCredential of purpose revocation.", w.listForm,
			"BF-LIST-1", "BF-TOKEN-3", "BF-TOKEN-4", "BF-TOKEN-6", "BF-TOKEN-12"),
		check("list/identity", "It is its issuer's own, and names its own address.", w.listIdentity, "BF-LIST-2"),
		check("list/times", "It is in force for at most 72 hours, which it says twice.", w.listTimes, "BF-LIST-3", "BF-ISSUER-35", "BF-TOKEN-14"),
		check("list/entries", "It has at least 131,072 entries, as base64url of gzip.", w.listEntries, "BF-LIST-5", "BF-LIST-6", "BF-ISSUER-30"),
		check("list/media", "It is served signed and as JSON, by suffix and by Accept.", w.listMedia, "BF-ISSUER-36", "BF-SITE-2"),
		check("list/json", "Its JSON is what is signed.", w.listJSON, "BF-ISSUER-36"),
		check("list/cache", "It isn't to be kept longer than its ttl.", w.listCache, "BF-ISSUER-36"),
		check("list/not-acceptable", "It can't be had as a page or picture.", w.listNotAcceptable, "BF-ISSUER-36"),
		check("list/unknown", "A list that there isn't is not found.", w.listUnknown, "BF-ISSUER-36"),
		check("list/indexes", "Entries are taken at random indexes, and none is given out twice.", w.listIndexes, "BF-ISSUER-30", "BF-ISSUER-32"),
		check("list/apart", "Entries of badges and of consented statuses are in different lists.", w.listsApart, "BF-ISSUER-31", "BF-CONSENT-11"),
	}
}

// someList returns a list with its address: one that a new badge has an entry of.
func (w *World) someList(ctx context.Context) (string, wire.Object, error) {
	_, b, err := w.shown(ctx)
	if err != nil {
		return "", nil, err
	}
	list, err := w.list(ctx, b.entry.list)
	return b.entry.list, list, err
}

func (w *World) listForm(ctx context.Context) error {
	_, list, err := w.someList(ctx)
	if err != nil {
		return err
	}
	subject, types := list["credentialSubject"], wire.Strings(list, "type")
	ttl, failed := wire.Int(subject, "ttl")
	return first(
		that(slices.Contains(types, "VerifiableCredential") && slices.Contains(types, "BitstringStatusListCredential"),
			"a type with VerifiableCredential and BitstringStatusListCredential", "%v", list["type"]),
		equal("credentialSubject.type", "BitstringStatusList", wire.At(subject, "type")),
		equal("credentialSubject.statusPurpose", "revocation", wire.At(subject, "statusPurpose")),
		that(wire.At(subject, "ttl") == nil || failed == nil && ttl >= 0, "a ttl of 0 or more, or none", "%v", wire.At(subject, "ttl")),
	)
}

func (w *World) listIdentity(ctx context.Context) error {
	address, list, err := w.someList(ctx)
	if err != nil {
		return err
	}
	did := wire.DID(w.Origin)
	return first(equal("id", address, list["id"]), equal("jti", address, list["jti"]), equal("issuer", did, list["issuer"]), equal("iss", did, list["iss"]))
}

func (w *World) listTimes(ctx context.Context) error {
	_, list, err := w.someList(ctx)
	if err != nil {
		return err
	}
	return first(
		sameInstants(list, "validFrom", "nbf"), sameInstants(list, "validUntil", "exp"), lasting(list, "nbf", "exp", 72*time.Hour), w.inForce(list, "nbf", "exp"),
	)
}

func (w *World) listEntries(ctx context.Context) error {
	_, list, err := w.someList(ctx)
	if err != nil {
		return err
	}
	bits, err := wire.DecodeList(wire.Text(list, "credentialSubject", "encodedList"))
	if err != nil {
		return subject.Wrong("an encodedList of base64url and gzip", "%v", err)
	}
	return that(len(bits)*8 >= wire.MinEntries, fmt.Sprintf("at least %d entries", wire.MinEntries), "%d", len(bits)*8)
}

func (w *World) listMedia(ctx context.Context) error {
	address, _, err := w.someList(ctx)
	if err != nil {
		return err
	}
	return w.forms(ctx, []form{
		{address, credentialMedia, []string{credentialMedia}}, {address, jsonMedia, []string{jsonMedia}},
		{address + ".jwt", "", []string{credentialMedia}}, {address + ".json", "", []string{jsonMedia}},
		{address, "", []string{credentialMedia, jsonMedia}}, {address + ".json", credentialMedia, []string{jsonMedia}},
	})
}

func (w *World) listJSON(ctx context.Context) error {
	address, before, err := w.someList(ctx)
	if err != nil {
		return err
	}
	object, err := w.object(ctx, address+".json")
	if err != nil {
		return err
	}
	after, err := w.list(ctx, address) // it may have been signed anew meanwhile
	different := conformance.Difference("", before, object)
	return first(err, that(different == "" || conformance.Difference("", after, object) == "", "what the signed list says", "%s", different))
}

// maxAge returns the max-age of an answer, in seconds; -1 if it has none.
func maxAge(x *subject.Exchange) int64 {
	for _, d := range directives(x) {
		if text, ok := strings.CutPrefix(d, "max-age="); ok {
			if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
				return seconds
			}
		}
	}
	return -1
}

func (w *World) listCache(ctx context.Context) error {
	address, list, err := w.someList(ctx)
	if err != nil {
		return err
	}
	ttl, err := wire.Int(list, "credentialSubject", "ttl")
	if err != nil {
		ttl = 300_000
	}
	for _, suffix := range []string{".jwt", ".json"} {
		x, err := w.get(ctx, address+suffix, "")
		age := maxAge(x)
		if err = first(err, that(age >= 0 && age*1000 <= ttl, fmt.Sprintf("a max-age of at most %d ms", ttl), "%q", x.Header.Get("Cache-Control"))); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) listNotAcceptable(ctx context.Context) error {
	address, _, err := w.someList(ctx)
	if err != nil {
		return err
	}
	x, err := w.get(ctx, address, "image/png")
	return first(err, x.Refused("not-acceptable"))
}

func (w *World) listUnknown(ctx context.Context) error {
	for _, name := range []string{"0", "999999999", "01", "-1", "no-list"} {
		x, err := w.get(ctx, "/status/"+name, "application/json")
		if err = first(err, x.Refused("not-found")); err != nil {
			return err
		}
	}
	return nil
}

// samples is how many entries are looked at for chance.
const samples = 12

func (w *World) listIndexes(ctx context.Context) error {
	var indexes []int
	taken := map[entry]bool{}
	for range samples {
		m, err := w.rated(ctx, w.rule.minTotal, w.rule.minTotal)
		if err != nil {
			return err
		}
		b, err := w.published(ctx, m)
		if err != nil {
			return err
		}
		if taken[b.entry] {
			return subject.Wrong("an entry that no badge had", "%d of %s twice", b.entry.index, b.entry.list)
		}
		taken[b.entry] = true
		indexes = append(indexes, b.entry.index)
	}
	return random(indexes)
}

// random is a fault if indexes were obviously not drawn at random: all close together, or in order. Of good ones less than
// one run in 10⁸ looks so.
func random(indexes []int) error {
	reversed := slices.Clone(indexes)
	slices.Reverse(reversed)
	ordered := slices.IsSorted(indexes) || slices.IsSorted(reversed)
	return that(!ordered && slices.Max(indexes)-slices.Min(indexes) > wire.MinEntries/10, "random indexes", "%v", indexes)
}

func (w *World) listsApart(ctx context.Context) error {
	badges, statements := map[string]bool{}, map[string]bool{}
	for range 3 {
		i, err := w.imported(ctx, nil)
		if err != nil {
			return err
		}
		b, err := w.published(ctx, i.member)
		if err != nil {
			return err
		}
		badges[b.entry.list], statements[i.told.entry.list] = true, true
	}
	for list := range badges {
		if statements[list] {
			return subject.Wrong("entries of badges and of statements in different lists", "%s has both", list)
		}
	}
	return nil
}
