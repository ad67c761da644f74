package issuer

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
)

func (w *World) badges() []subject.Check {
	return []subject.Check{
		check("badge/address", "A badge has a random code, and is where the administration says.", w.badgeAddress, "BF-ISSUER-16"),
		check("badge/suffixes", "A badge is had in every form by its suffix.", w.badgeSuffixes, "BF-ISSUER-17", "BF-SITE-2"),
		check("badge/accept", "A badge is had in every form by content negotiation.", w.badgeAccept, "BF-ISSUER-17", "BF-SITE-2"),
		check("badge/not-acceptable", "A badge can't be had in a form that there isn't.", w.badgeNotAcceptable, "BF-ISSUER-17"),
		check("badge/json", "A badge's JSON is what is signed.", w.badgeJSON, "BF-ISSUER-17"),
		check("badge/unknown", "A badge that isn't known isn't found, in whatever form it is asked for but a picture.", w.badgeUnknown, "BF-ISSUER-19"),
		check("badge/unknown-alike", "Two badges that aren't known answer alike.", w.unknownAlike, "BF-ISSUER-19"),
		check("badge/malformed", "An address that can't be a badge's isn't found either.", w.badgeMalformed, "BF-ISSUER-19"),
	}
}

func (w *World) badgeAddress(ctx context.Context) error {
	_, one, err := w.shown(ctx)
	if err != nil {
		return err
	}
	_, other, err := w.shown(ctx)
	if err != nil {
		return err
	}
	code, ok := strings.CutPrefix(one.address, w.Origin+"/b/")
	const least = 14 // characters, of 6 bits each at most
	return first(
		that(ok && !strings.Contains(code, "/"), "a badge at "+w.Origin+"/b/CODE", "%q", one.address),
		that(len(code) >= least, fmt.Sprintf("a code of 80 bits, which takes %d characters", least), "%q", code),
		that(!strings.HasPrefix(other.address, w.Origin+"/b/"+code[:min(4, len(code))]), "codes that begin differently", "%q and %q", one.address, other.address),
	)
}

func (w *World) badgeSuffixes(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	return w.forms(ctx, []form{
		{b.address + ".jwt", "", []string{credentialMedia}}, {b.address + ".json", "", []string{jsonMedia}},
		{b.address + ".svg", "", []string{svgMedia}}, {b.address + ".png", "", []string{pngMedia}},
		{b.address + ".jwt", fromBrowser, []string{credentialMedia}},
	})
}

func (w *World) badgeAccept(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	return w.forms(ctx, []form{
		{b.address, "", []string{page}}, {b.address, fromBrowser, []string{page}}, {b.address, credentialMedia, []string{credentialMedia}},
		{b.address, jsonMedia, []string{jsonMedia}}, {b.address, svgMedia, []string{svgMedia}}, {b.address, pngMedia, []string{pngMedia}},
		{b.address, "image/*", []string{svgMedia, pngMedia}}, {b.address, "text/html;q=0.3, " + credentialMedia, []string{credentialMedia}},
	})
}

func (w *World) badgeNotAcceptable(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	x, err := w.get(ctx, b.address, "text/turtle")
	return first(err, x.Refused("not-acceptable"))
}

func (w *World) badgeJSON(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	object, err := w.object(ctx, b.address+".json")
	different := conformance.Difference("", b.payload, object)
	return first(err, that(different == "", "what the badge says", "%s", different))
}

func (w *World) badgeUnknown(ctx context.Context) error {
	for _, form := range []struct{ suffix, accept string }{{".jwt", ""}, {".json", ""}, {"", jsonMedia}, {"", credentialMedia + ", application/json;q=0.1"}} {
		x, err := w.get(ctx, unknownBadge+form.suffix, form.accept)
		if err = first(err, x.Refused("not-found")); err != nil {
			return err
		}
	}
	x, err := w.get(ctx, unknownBadge, fromBrowser)
	return first(err, answered(x, http.StatusNotFound))
}

func (w *World) unknownAlike(ctx context.Context) error {
	const other = "/b/1111111111111111"
	for _, suffix := range []string{".jwt", ".json", ""} {
		one, err := w.get(ctx, unknownBadge+suffix, jsonMedia)
		if err != nil {
			return err
		}
		two, err := w.get(ctx, other+suffix, jsonMedia)
		if err := first(err, answered(two, one.Status), equal("Content-Type", one.Media(), two.Media())); err != nil {
			return err
		}
		for _, field := range []string{"type", "code", "title", "detail", "subject"} {
			due := strings.ReplaceAll(wire.Text(one.Object(), field), unknownBadge, other)
			if err := equal(field+", as of the other", due, wire.Text(two.Object(), field)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *World) badgeMalformed(ctx context.Context) error {
	for _, code := range []string{"x", "0000000000000000/1", strings.Repeat("0", 400)} {
		x, err := w.get(ctx, "/b/"+code+".json", "")
		if err = first(err, x.Refused("not-found")); err != nil {
			return err
		}
	}
	return nil
}
