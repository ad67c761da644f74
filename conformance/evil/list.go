package evil

import (
	"strings"
	"time"

	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/wire"
)

// told is the subject of a list, where its bits are.
func told(list wire.Object) wire.Object { return in(list, "credentialSubject") }

// lists is status lists that aren't right. A reader may say what is wrong with the list, or only that it tells nothing.
func lists() []entry {
	const unknown = " or status-unknown"
	set := func(name, about, due, shows string, alter func(s *site, list wire.Object)) entry {
		return entry{"list-" + name, about, due, shows, func(s *site) { s.listHas(func(list wire.Object) { alter(s, list) }) }}
	}
	bad := func(name, about, shows string, alter func(s *site, list wire.Object)) entry {
		return set(name, about, "bad-status-list"+unknown, shows, alter)
	}
	packed := func(name, about, due, shows string, list func(s *site) string) entry {
		return set(name, about, due, shows, func(s *site, l wire.Object) { told(l)["encodedList"] = list(s) })
	}
	return []entry{
		set("expired", "The status list has expired.", "status-unknown or expired", "BF-LIST-4", func(s *site, l wire.Object) { s.valid(l, 3*day, -day) }),
		set("not-yet", "The status list is valid from tomorrow on.", "status-unknown or not-yet-valid", "BF-LIST-4", func(s *site, l wire.Object) { s.valid(l, -day, 3*day) }),
		bad("too-long", "The status list is valid for 73 hours.", "BF-LIST-3", func(s *site, l wire.Object) { s.valid(l, time.Hour, 3*day) }),
		bad("other-exp", "The status list's exp isn't its validUntil.", "BF-LIST-3", func(s *site, l wire.Object) { l["exp"] = s.Now().Add(time.Hour).Unix() }),
		bad("other-purpose", "The status list tells of suspension.", "BF-LIST-1", func(_ *site, l wire.Object) { told(l)["statusPurpose"] = "suspension" }),
		bad("other-type", "The status list is of an older kind.", "BF-LIST-1", func(_ *site, l wire.Object) { l["type"] = []any{"VerifiableCredential", "StatusList2021Credential"} }),
		bad("other-subject", "What the status list holds is of another type.", "BF-LIST-1", func(_ *site, l wire.Object) { told(l)["type"] = "TokenStatusList" }),
		bad("ttl-negative", "The status list's ttl is negative.", "BF-LIST-1", func(_ *site, l wire.Object) { told(l)["ttl"] = -1 }),
		set("other-id", "The status list is another of the same site.", "status-list-foreign", "BF-LIST-2", func(s *site, l wire.Object) { l["id"], l["jti"] = s.Told().Address, s.Told().Address }),
		set("other-iss", "The status list's iss is another site.", "status-list-foreign", "BF-LIST-2", func(s *site, l wire.Object) { l["iss"] = s.canary.did() }),
		set("other-issuer", "The status list's issuer is another site.", "status-list-foreign", "BF-LIST-2", func(s *site, l wire.Object) { l["issuer"] = s.canary.did() }),
		{"list-of-another", "Another site's status list, well signed by that site, is served here.", "status-list-foreign or status-unknown", "BF-LIST-2", func(s *site) {
			other := s.another()
			s.list(other.Handler(other.Badges().Path()))
		}},
		{"list-is-badge", "The badge is served in place of the status list.", "bad-status-list or bad-value or status-unknown", "BF-LIST-1", func(s *site) { s.list(s.honestBadge()) }},
		{"list-unsigned", "The status list comes as JSON that nobody signed.", "bad-token or bad-answer or status-unknown", "BF-TOKEN-1", func(s *site) {
			s.list(tokenOf(func() string { return text(s.Badges().Credential()) }))
		}},
		{"list-too-large", "The status list has 1 MiB and a byte.", "bad-token or bad-answer or status-unknown", "BF-TOKEN-3 BF-FETCH-5", func(s *site) {
			s.list(tokenOf(func() string { return strings.Repeat("a", 1<<20+1) }))
		}},
		packed("too-short", "The status list has 131,064 entries.", "status-list-too-short", "BF-LIST-6", func(*site) string { return multibase(gzipped(make([]byte, 16383), 1)) }),
		packed("empty", "The status list has no entries.", "status-list-too-short or bad-status-list", "BF-LIST-6", func(*site) string { return multibase(gzipped(nil, 1)) }),
		packed("too-long-unpacked", "The status list has 1 MiB and a byte unpacked.", "too-large"+unknown, "BF-LIST-7", func(*site) string { return multibase(gzipped(make([]byte, 1<<20+1), 1)) }),
		packed("bomb", "The status list has 256 MiB unpacked.", "too-large"+unknown, "BF-LIST-7", func(*site) string { return multibase(gzipped(zeros(), 256)) }),
		packed("bomb-of-one", "The status list has 256 MiB unpacked, in one member.", "too-large"+unknown, "BF-LIST-7", func(*site) string { return multibase(bomb()) }),
		packed("of-empty-members", "The status list has 20,000 members of no bytes before the one with its bits.", "ok or too-large or bad-status-list"+unknown, "BF-LIST-5", func(*site) string {
			return multibase(append(gzipped(nil, 20_000), gzipped(wire.NewBits(wire.MinEntries), 1)...))
		}),
		packed("other-base", "The status list is in another base.", "bad-status-list"+unknown, "BF-LIST-5", func(s *site) string { return "z" + s.bitsAsTheyAre()[1:] }),
		packed("no-base", "The status list doesn't name its base.", "bad-status-list"+unknown, "BF-LIST-5", func(s *site) string { return s.bitsAsTheyAre()[1:] }),
		packed("not-packed", "The status list isn't compressed.", "bad-status-list"+unknown, "BF-LIST-5", func(*site) string { return multibase(make([]byte, 16384)) }),
		packed("cut", "The status list is cut amid its bits.", "bad-status-list"+unknown, "BF-LIST-5", func(s *site) string { return multibase(s.packed()[:len(s.packed())-10]) }),
		packed("trailing", "Something follows the status list's bits.", "bad-status-list"+unknown, "BF-LIST-5", func(s *site) string { return multibase(append(s.packed(), "garbage"...)) }),
		packed("wrong-sum", "The check sum of the status list's bits is wrong.", "bad-status-list"+unknown, "BF-LIST-5", func(s *site) string {
			data := s.packed()
			data[len(data)-8] ^= 1
			return multibase(data)
		}),
	}
}

func (s *site) bitsAsTheyAre() string {
	return wire.Text(s.Badges().Credential(), "credentialSubject", "encodedList")
}

func (s *site) packed() []byte { return gzipped(wire.NewBits(wire.MinEntries), 1) }

// bits is what a list that is right tells of the badge.
func bits() []entry {
	index := func(name, about, due, shows string, index any) entry {
		return entry{"index-" + name, about, due, shows, func(s *site) {
			s.badgeHas(func(b wire.Object) { in(b, "credentialStatus")["statusListIndex"] = index })
		}}
	}
	return []entry{
		{"revoked", "The badge's bit is set.", "revoked", "BF-LIST-8", func(s *site) { s.Badges().Revoke(peer.BadgeEntry) }},
		{"revoked-all", "All bits are set.", "revoked", "BF-LIST-8", func(s *site) {
			for i := range s.Badges().Bits {
				s.Badges().Bits[i] = 0xff
			}
		}},
		{"revoked-first", "The badge has the first entry, and it is set.", "revoked", "BF-LIST-8", func(s *site) {
			s.Badges().Revoke(0)
			s.badgeHas(func(b wire.Object) { b["credentialStatus"] = s.Badges().Entry(0) })
		}},
		{"revoked-last", "The badge has the last entry, and it is set.", "revoked", "BF-LIST-8", func(s *site) {
			s.Badges().Revoke(wire.MinEntries - 1)
			s.badgeHas(func(b wire.Object) { b["credentialStatus"] = s.Badges().Entry(wire.MinEntries - 1) })
		}},
		index("beyond", "The entry is beyond the list.", "index-out-of-range", "BF-LIST-9", "131072"),
		index("far-beyond", "The entry's number has 20 digits: 2^64 more than one that is there.", "index-out-of-range", "BF-LIST-9", "18446744073709551617"),
		index("negative", "The entry is negative.", "index-out-of-range", "BF-LIST-10", "-1"),
		index("signed", "The entry has a sign.", "index-out-of-range", "BF-LIST-10", "+93467"),
		index("zero-first", "The entry has a leading zero.", "index-out-of-range", "BF-LIST-10", "093467"),
		index("hexadecimal", "The entry is in hexadecimal.", "index-out-of-range", "BF-LIST-10", "0x16d1b"),
		index("blank", "White space stands before the entry.", "index-out-of-range", "BF-LIST-10", " 93467"),
		index("empty", "The entry has no digits.", "index-out-of-range", "BF-LIST-10", ""),
		index("number", "The entry is a number.", "bad-value or index-out-of-range", "BF-BADGE-6", peer.BadgeEntry),
	}
}
