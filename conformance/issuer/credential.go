package issuer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

// credentials are the requirements on what a badge says, each shown on a badge of a new member.
func (w *World) credentials() []subject.Check {
	of := func(name, about string, judge func(*member, *badge) error, requirements ...string) subject.Check {
		return check("credential/"+name, about, func(ctx context.Context) error {
			m, b, err := w.shown(ctx)
			if err != nil {
				return err
			}
			return judge(m, b)
		}, requirements...)
	}
	return []subject.Check{
		of("token", "A badge is a token of the strict profile, signed by a key of the DID document.", func(*member, *badge) error { return nil },
			"BF-TOKEN-1", "BF-TOKEN-2", "BF-TOKEN-3", "BF-TOKEN-4", "BF-TOKEN-5", "BF-TOKEN-6", "BF-TOKEN-7", "BF-TOKEN-12"),
		of("type", "A badge is an Open Badges 3.0 credential.", w.credentialType, "BF-BADGE-1", "BF-ISSUER-29"),
		of("issuer", "A badge is its issuer's, and so are its address and its achievement.", w.credentialIssuer, "BF-BADGE-2", "BF-BADGE-8"),
		of("claims", "What it says as a credential it says as a token.", w.credentialClaims, "BF-BADGE-3"),
		of("subject", "Its subject is a urn:uuid, which names nobody.", w.credentialSubject, "BF-BADGE-4", "BF-ISSUER-29"),
		of("validity", "It is valid now, and for at most 90 days.", w.credentialValidity, "BF-BADGE-5", "BF-ISSUER-22", "BF-TOKEN-14"),
		check("credential/status", "It has one entry of a status list of its issuer's, whose bit isn't set.", w.credentialStatus,
			"BF-BADGE-6", "BF-LIST-8", "BF-LIST-10"),
		of("achievement", "It names the mechanism's version and its context alone.", w.credentialAchievement, "BF-BADGE-7", "BF-ISSUER-12"),
		of("results", "Its results state one whole status, each part once.", w.credentialResults, "BF-BADGE-7", "BF-STATUS-6"),
		of("level", "Its level and measure are what the mechanism makes of what happened, exactly.", func(m *member, b *badge) error { return w.states(b, m) },
			"BF-ISSUER-10", "BF-BADGE-7"),
		check("credential/subjects-apart", "Two badges have subjects that have nothing in common.", w.subjectsApart, "BF-BADGE-4", "BF-ISSUER-29"),
	}
}

func (w *World) credentialType(_ *member, b *badge) error {
	types := wire.Strings(b.payload, "type")
	contexts := wire.Strings(b.payload, "@context")
	return first(
		that(slices.Contains(types, "VerifiableCredential") && slices.Contains(types, "OpenBadgeCredential"),
			"a type with VerifiableCredential and OpenBadgeCredential", "%v", b.payload["type"]),
		that(len(contexts) > 1 && contexts[0] == "https://www.w3.org/ns/credentials/v2" && strings.HasPrefix(contexts[1], "https://purl.imsglobal.org/spec/ob/v3p0/context"),
			"the contexts of VC Data Model 2.0 and Open Badges 3.0", "%v", b.payload["@context"]),
	)
}

func (w *World) credentialIssuer(_ *member, b *badge) error {
	did := wire.DID(w.Origin)
	return first(
		equal("issuer.id", did, wire.At(b.payload, "issuer", "id")), equal("iss", did, b.payload["iss"]), equal("id", b.address, b.payload["id"]),
		equal("credentialSubject.achievement.id", w.Issuer.Mechanism, wire.At(b.payload, "credentialSubject", "achievement", "id")),
	)
}

func (w *World) credentialClaims(_ *member, b *badge) error {
	return first(
		equal("jti", b.payload["id"], b.payload["jti"]), equal("sub", wire.At(b.payload, "credentialSubject", "id"), b.payload["sub"]),
		sameInstants(b.payload, "validFrom", "nbf"), sameInstants(b.payload, "validUntil", "exp"),
	)
}

func (w *World) credentialSubject(m *member, b *badge) error {
	id := wire.Text(b.payload, "credentialSubject", "id")
	return first(
		that(isUUID(id), "a credentialSubject.id that is a urn:uuid", "%q", id),
		that(!strings.Contains(fmt.Sprint(b.payload), m.ID), "a badge without the member's id", "%s stands in it", m.ID),
	)
}

func (w *World) credentialValidity(_ *member, b *badge) error {
	return first(w.inForce(b.payload, "nbf", "exp"), lasting(b.payload, "nbf", "exp", 90*24*time.Hour))
}

func (w *World) credentialStatus(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	_, one := b.payload["credentialStatus"].(wire.Object)
	if err := that(one, "one credentialStatus", "%v", b.payload["credentialStatus"]); err != nil {
		return err
	}
	return w.bit(ctx, "a badge just issued", b.entry, false)
}

func (w *World) credentialAchievement(_ *member, b *badge) error {
	achievement := wire.At(b.payload, "credentialSubject", "achievement")
	version, err := wire.Int(w.rule.mechanism, "version")
	tags := wire.Strings(achievement, "tag")
	return first(err,
		equal("achievement.version", fmt.Sprint(version), wire.At(achievement, "version")),
		that(slices.Equal(tags, []string{wire.Text(w.rule.mechanism, "context")}), "the context alone as achievement.tag", "%v", wire.At(achievement, "tag")),
	)
}

func (w *World) credentialResults(_ *member, b *badge) error {
	said := b.results()
	for fragment, value := range said {
		if strings.Contains(value, " ") && fragment != "source" {
			return subject.Wrong("each result but source once", "%s: %s", fragment, value)
		}
	}
	for fragment := range said {
		measure, positive := strings.CutSuffix(fragment, "-positive")
		if _, total := said[measure+"-total"]; positive && !total {
			return subject.Wrong("#M-positive and #M-total together", "%s alone", fragment)
		}
	}
	sources := len(strings.Fields(said["source"]))
	return first(
		that(slices.Contains([]string{"earned", "vouched", "converted"}, said["kind"]), "a kind", "%q", said["kind"]),
		that(isDate(said["as-of"], time.DateOnly), "a day as as-of", "%q", said["as-of"]),
		that(sources >= 1 && sources <= 16, "1 to 16 sources", "%q", said["source"]),
		that(said["since"] == "" || isDate(said["since"], "2006-01"), "a month as since", "%q", said["since"]),
		that(said["account-since"] == "" || isDate(said["account-since"], "2006-01"), "a month as account-since", "%q", said["account-since"]),
	)
}

// isDate tells whether a text is a day or month, as the layout has it.
func isDate(text, layout string) bool {
	_, err := time.Parse(layout, text)
	return err == nil
}

func (w *World) subjectsApart(ctx context.Context) error {
	_, one, err := w.shown(ctx)
	if err != nil {
		return err
	}
	_, other, err := w.shown(ctx)
	if err != nil {
		return err
	}
	a, b := wire.Text(one.payload, "sub"), wire.Text(other.payload, "sub")
	head := len("urn:uuid:") + 8
	return that(len(a) > head && len(b) > head && a[:head] != b[:head], "subjects that differ from the beginning", "%q and %q", a, b)
}
