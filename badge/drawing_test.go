package badge

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"image/png"
	"math"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/vector"
)

// The PNG shows what the SVG says: its paths, read back and filled, give the same image.
func TestSVGAndPNGAgree(t *testing.T) {
	for name, p := range pictures() {
		if p.Size == Preview && (p.Dark || p.State != Old || testing.Short()) {
			continue // as large as all cards together, and laid out as they are
		}
		encoded, err := PNG(p)
		require.NoError(t, err)
		want, err := png.Decode(bytes.NewReader(encoded))
		require.NoError(t, err)
		var read struct {
			Paths []struct {
				Fill string `xml:"fill,attr"`
				D    string `xml:"d,attr"`
			} `xml:"path"`
		}
		require.NoError(t, xml.Unmarshal(SVG(p), &read))
		got := image.NewRGBA(want.Bounds())
		shown := layOut(p.readable())
		scale := float64(shown.zoom*shown.density) / 100
		for _, path := range read.Paths {
			fill, err := strconv.ParseUint(path.Fill[1:], 16, 32)
			require.NoError(t, err)
			raster := vector.NewRasterizer(got.Bounds().Dx(), got.Bounds().Dy())
			follow(t, raster, path.D, scale)
			raster.Draw(got, got.Bounds(), image.NewUniform(color.RGBA{byte(fill >> 16), byte(fill >> 8), byte(fill), 0xff}), image.Point{})
		}
		require.LessOrEqual(t, furthest(want, got), 12, name)
	}
}

// follow reads SVG path data made of relative m, l, q and c commands.
func follow(t *testing.T, raster *vector.Rasterizer, d string, scale float64) {
	t.Helper()
	tokens := regexp.MustCompile(`[mlqc]|-?\d*\.?\d+`).FindAllString(d, -1)
	var pen [2]float64
	for i := 0; i < len(tokens); {
		command := tokens[i]
		i++
		var at [6]float32
		var end [2]float64
		for j := range map[string]int{"m": 2, "l": 2, "q": 4, "c": 6}[command] {
			value, err := strconv.ParseFloat(tokens[i], 64)
			require.NoError(t, err)
			end[j%2] = pen[j%2] + value
			at[j] = float32(end[j%2] * scale)
			i++
		}
		pen = end
		switch command {
		case "m":
			raster.ClosePath()
			raster.MoveTo(at[0], at[1])
		case "l":
			raster.LineTo(at[0], at[1])
		case "q":
			raster.QuadTo(at[0], at[1], at[2], at[3])
		case "c":
			raster.CubeTo(at[0], at[1], at[2], at[3], at[4], at[5])
		default:
			require.Fail(t, "no command", "%q", command)
		}
	}
	raster.ClosePath()
}

// furthest returns the greatest difference between two pixels' channels, in 0 to 255.
func furthest(a, b image.Image) int {
	most := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r1, g1, b1, a1 := a.At(x, y).RGBA()
			r2, g2, b2, a2 := b.At(x, y).RGBA()
			for _, d := range []int{int(r1) - int(r2), int(g1) - int(g2), int(b1) - int(b2), int(a1) - int(a2)} {
				most = max(most, d>>8, -d>>8)
			}
		}
	}
	return most
}

func TestContrast(t *testing.T) {
	for name, p := range pictures() {
		c := p.colours()
		for what, pair := range map[string][2]rgb{"words": {c.words, c.ground}, "host": {c.ink, c.side}, "notes": {c.ink, c.ground}} {
			require.GreaterOrEqual(t, contrast(pair[0], pair[1]), 4.5, "%s %s", name, what)
		}
		for what, pair := range map[string][2]rgb{"pips": {c.accent, c.ground}, "mark": {c.accent, c.side}, "border": {c.border, c.ground}} {
			require.GreaterOrEqual(t, contrast(pair[0], pair[1]), 3.0, "%s %s", name, what)
		}
	}
}

// contrast is WCAG 2.2's contrast ratio.
func contrast(a, b rgb) float64 {
	luminance := func(c rgb) float64 {
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(byte(c>>(16-8*i))) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += weight * v
		}
		return sum
	}
	light, dark := luminance(a), luminance(b)
	return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
}

func TestAppendLength(t *testing.T) {
	for want, l := range map[string]length{" 0": 0, " 12.5": 1250, " .5": 50, "-.05": -5, "-1": -100, " 20": 2000, " 3.07": 307} {
		require.Equal(t, want, string(appendLength(nil, l, false)))
	}
	require.Equal(t, "7", string(appendLength(nil, 700, true)))
}
