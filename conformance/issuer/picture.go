package issuer

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"

	"bonafide.example/conformance/subject"
)

const (
	svgMedia = "image/svg+xml"
	pngMedia = "image/png"
)

func (w *World) pictures() []subject.Check {
	return []subject.Check{
		check("picture/unknown", "There is a picture for a badge that isn't known, unlike that of one which is.", w.pictureUnknown, "BF-ISSUER-18"),
		check("picture/variants", "There is a picture for each size, shade and language, as SVG and PNG.", w.pictureVariants, "BF-ISSUER-17", "BF-ISSUER-18"),
		check("picture/headers", "Pictures may be kept for 5 minutes, have an ETag, and can do nothing.", w.pictureHeaders, "BF-ISSUER-28", "BF-SITE-7", "BF-PRIVACY-3"),
		check("picture/svg", "An SVG is well formed, without script and without anything from elsewhere.", w.pictureSVG, "BF-ISSUER-28"),
		check("picture/not-modified", "Who has the picture isn't sent it again.", w.pictureNotModified, "BF-ISSUER-28"),
		check("picture/states", "Current, suspended, withdrawn and unknown look different.", w.pictureStates, "BF-ISSUER-18", "BF-ISSUER-25", "BF-ISSUER-20"),
		check("picture/level", "A picture says the new level at once.", w.pictureLevel, "BF-ISSUER-20"),
	}
}

// picture fetches a picture that must be there.
func (w *World) picture(ctx context.Context, address, media string) (*subject.Exchange, error) {
	x, err := w.get(ctx, address, "")
	return x, first(err, served(x, media))
}

func (w *World) pictureUnknown(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	for suffix, media := range map[string]string{".svg": svgMedia, ".png": pngMedia} {
		unknown, err := w.picture(ctx, unknownBadge+suffix, media)
		if err != nil {
			return err
		}
		known, err := w.picture(ctx, b.address+suffix, media)
		if err := first(err, that(!bytes.Equal(unknown.Body, known.Body), "another picture of what isn't known", "the same")); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) pictureVariants(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	for n := range 8 {
		variant := ""
		for bit, word := range []string{".card", ".dark", ".fr"} {
			if n>>bit&1 == 1 {
				variant += word
			}
		}
		if _, err := w.picture(ctx, b.address+variant+".svg", svgMedia); err != nil {
			return err
		}
		x, err := w.picture(ctx, unknownBadge+variant+".png", pngMedia)
		if err != nil {
			return err
		}
		if _, err := png.Decode(bytes.NewReader(x.Body)); err != nil {
			return subject.Wrong("a PNG at "+unknownBadge+variant+".png", "%v", err)
		}
	}
	return nil
}

func (w *World) pictureHeaders(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	for _, address := range []string{b.address + ".svg", b.address + ".png", unknownBadge + ".svg"} {
		x, err := w.get(ctx, address, "")
		if err != nil {
			return err
		}
		given := directives(x)
		if err := first(answered(x, http.StatusOK),
			that(slices.Contains(given, "public") && slices.Contains(given, "max-age=300"), "Cache-Control: public, max-age=300", "%q", x.Header.Get("Cache-Control")),
			that(x.Header.Get("ETag") != "", "an ETag", "none"),
			x.Inert(), x.NoSniff(),
			equal("Set-Cookie", "", x.Header.Get("Set-Cookie")),
		); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) pictureSVG(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	for _, address := range []string{b.address + ".svg", b.address + ".card.svg", unknownBadge + ".svg"} {
		x, err := w.picture(ctx, address, svgMedia)
		if err = first(err, harmless(x.Body)); err != nil {
			return err
		}
	}
	return nil
}

// harmless is a fault unless an SVG is well formed and has neither script nor anything from elsewhere.
func harmless(svg []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return subject.Wrong("well-formed XML", "%v", err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if name := element.Name.Local; slices.Contains([]string{"script", "foreignObject", "iframe", "object", "embed"}, name) {
			return subject.Wrong("an SVG of shapes and text", "an element %s", name)
		}
		for _, a := range element.Attr {
			links := a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#") && !strings.HasPrefix(a.Value, "data:image/")
			if strings.HasPrefix(a.Name.Local, "on") || links && element.Name.Local != "a" {
				return subject.Wrong("an SVG that does nothing and fetches nothing", "%s=%q", a.Name.Local, a.Value)
			}
		}
	}
}

func (w *World) pictureNotModified(ctx context.Context) error {
	_, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	x, err := w.picture(ctx, b.address+".svg", svgMedia)
	if err != nil {
		return err
	}
	again, err := w.Anybody().Do(ctx, subject.Request{
		Method: http.MethodGet, Address: b.address + ".svg", Header: map[string]string{"If-None-Match": x.Header.Get("ETag")},
	})
	return first(err, answered(again, http.StatusNotModified), that(len(again.Body) == 0, "no body", "%d bytes", len(again.Body)))
}

func (w *World) pictureStates(ctx context.Context) error {
	m, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	seen := map[string]string{}
	look := func(state, address string) error {
		for _, suffix := range []string{".svg", ".png", ".card.svg"} {
			x, err := w.get(ctx, address+suffix, "")
			same, twice := seen[suffix+string(x.Body)]
			if err = first(err, answered(x, http.StatusOK), that(!twice, "a picture of its own for "+state, "that of %s at %s", same, suffix)); err != nil {
				return err
			}
			seen[suffix+string(x.Body)] = state
		}
		return nil
	}
	return steps(
		func() error { return look("unknown", unknownBadge) },
		func() error { return look("current", b.address) },
		func() error { return w.suspend(ctx, m) },
		func() error { return look("suspended", b.address) },
		func() error { return w.restore(ctx, m) },
		func() error { return w.withdraw(ctx, m) },
		func() error { return look("withdrawn", b.address) },
	)
}

// steps does one thing after the other until something is wrong.
func steps(all ...func() error) error {
	for _, step := range all {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) pictureLevel(ctx context.Context) error {
	m, b, err := w.shown(ctx)
	if err != nil {
		return err
	}
	before, err := w.picture(ctx, b.address+".svg", svgMedia)
	if err != nil {
		return err
	}
	if err := w.rate(ctx, m, 0, w.toFall(m)); err != nil {
		return err
	}
	after, err := w.picture(ctx, b.address+".svg", svgMedia)
	return first(err, that(!bytes.Equal(before.Body, after.Body) && before.Header.Get("ETag") != after.Header.Get("ETag"),
		fmt.Sprintf("another picture and ETag at level %q", w.rule.level(m.positive, m.total)), "the same"))
}
