// Package qr draws QR codes (ISO/IEC 18004), by which who holds a print comes to an address.
package qr

import (
	"fmt"
	"html/template"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the light margin that readers need around a code, in modules (ISO/IEC 18004, 5.3.8).
const quiet = 4

// SVG returns the code that holds the text, as an SVG element to stand in a page. It is dark on light also in
// a dark page, since many readers know no other, and is named label to who doesn't see it. It fails if
// the text is too long: over 2331 bytes.
func SVG(text, label string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("drawing a QR code: %w", err)
	}
	modules := code.Bounds().Dx()
	var path strings.Builder
	for y := range modules {
		for x := 0; x < modules; x++ {
			start := x
			for x < modules && dark(code.At(x, y)) {
				x++
			}
			if x > start {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", start+quiet, y+quiet, x-start, x-start)
			}
		}
	}
	side := modules + 2*quiet
	return template.HTML(fmt.Sprintf(`<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`,
		side, side, 4*side, 4*side, template.HTMLEscapeString(label), side, side, path.String())), nil
}

func dark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r == 0
}
