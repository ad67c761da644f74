package badge

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

var states = []State{Current, Old, Suspended, Withdrawn, Unknown}

// pictures returns one picture for each state, size, language and theme, by name.
func pictures() map[string]Picture {
	all := map[string]Picture{}
	for _, state := range states {
		for _, size := range []Size{Chip, Card, Preview} {
			for _, lang := range []bonafide.Lang{bonafide.English, bonafide.French} {
				for _, dark := range []bool{false, true} {
					name := fmt.Sprintf("%s %s %s %t", state, size, lang, dark)
					all[name] = Picture{"bazar.example", "Seller", "Camille Martin", 4, 5, bonafide.Earned, state, "2026-11-22", lang, dark, size}
				}
			}
		}
	}
	return all
}

// allowed lists the elements of a picture with their attributes.
var allowed = map[string][]string{
	"svg":   {"xmlns", "width", "height", "viewBox", "role", "lang", "aria-label", "x", "y", "overflow"},
	"text":  {"y", "font-family", "font-size", "fill", "direction", "unicode-bidi", "text-anchor"},
	"title": nil,
	"desc":  nil,
	"path":  {"fill", "d"},
}

// texts reads an SVG image, refuses whatever isn't allowed in it, and returns its texts by element.
func texts(t *testing.T, svg []byte) (root map[string]string, in map[string]string) {
	t.Helper()
	root, in = map[string]string{}, map[string]string{}
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	var element string
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return root, in
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			element = token.Name.Local
			require.Contains(t, allowed, element)
			outermost := len(root) == 0
			for _, attr := range token.Attr {
				require.True(t, slices.Contains(allowed[element], attr.Name.Local), "%s of %s", attr.Name.Local, element)
				if outermost {
					root[attr.Name.Local] = attr.Value
				}
			}
		case xml.CharData:
			in[element] += string(token)
		case xml.EndElement:
		default:
			require.Fail(t, "not plain", "%T", token)
		}
	}
}

func TestEveryPicture(t *testing.T) {
	seen := map[string]string{}
	for name, p := range pictures() {
		svg := SVG(p)
		root, in := texts(t, svg)
		require.Equal(t, "img", root["role"], name)
		require.Equal(t, string(p.Lang), root["lang"], name)
		require.Equal(t, in["title"], root["aria-label"], name)
		require.True(t, strings.HasPrefix(in["title"], "bazar.example"), name)
		require.NotEmpty(t, in["desc"], name)

		if p.Size == Preview && (p.Dark || p.Lang == bonafide.French || testing.Short()) {
			continue // as large as all cards together, and laid out as they are
		}
		image, err := PNG(p)
		require.NoError(t, err)
		decoded, err := png.Decode(bytes.NewReader(image))
		require.NoError(t, err)
		density := 2
		if p.Size == Preview {
			density = 1
		}
		require.Equal(t, root["width"], strconv.Itoa(decoded.Bounds().Dx()/density), name)
		require.Equal(t, root["height"], strconv.Itoa(decoded.Bounds().Dy()/density), name)

		for _, drawn := range [][]byte{svg, image} {
			require.Empty(t, seen[string(drawn)], name)
			seen[string(drawn)] = name
		}
		require.Equal(t, svg, SVG(p), name)
	}
}

func TestSizes(t *testing.T) {
	p := pictures()["current  en false"]
	require.Equal(t, 20*px, layOut(p).height)
	for size, want := range map[Size][2]string{Card: {"320", "168"}, Preview: {"1200", "630"}, Baked: {"320", "168"}} {
		p.Size = size
		root, _ := texts(t, SVG(p))
		require.Equal(t, want, [2]string{root["width"], root["height"]})
	}
}

func TestWords(t *testing.T) {
	for want, p := range map[string]Picture{
		"4 of 5 · Nov 2026":                      {Level: 4, Levels: 5, State: Current, AsOf: "2026-11-22"},
		"4 sur 5 · nov. 2026":                    {Level: 4, Levels: 5, State: Current, AsOf: "2026-11-22", Lang: bonafide.French},
		"4 of 5":                                 {Level: 4, Levels: 5, State: Current},
		"12 of 20 · vouched · Feb 2027":          {Level: 12, Levels: 20, State: Current, AsOf: "2027-02-01", Kind: bonafide.Vouched},
		"1 sur 3 · converti · févr. 2027":        {Level: 1, Levels: 3, State: Current, AsOf: "2027-02-01", Kind: bonafide.Converted, Lang: bonafide.French},
		"no level yet · Nov 2026":                {Levels: 5, State: Current, AsOf: "2026-11-22", Kind: bonafide.Earned},
		"was 4 of 5 · old · Nov 2026":            {Level: 4, Levels: 5, State: Old, AsOf: "2026-11-22"},
		"était 4 sur 5 · ancien · par garants":   {Level: 4, Levels: 5, State: Old, Kind: bonafide.Vouched, Lang: bonafide.French},
		"had no level · old · Nov 2026":          {Levels: 5, State: Old, AsOf: "2026-11-22"},
		"suspended":                              {Level: 4, Levels: 5, State: Suspended, AsOf: "2026-11-22", Kind: bonafide.Vouched},
		"retiré":                                 {Level: 4, Levels: 5, State: Withdrawn, AsOf: "2026-11-22", Lang: bonafide.French},
		"unknown":                                {Level: 4, Levels: 5, State: Unknown, AsOf: "2026-11-22"},
		"inconnu":                                {Level: 4, Levels: 5, State: "elsewhere", Lang: bonafide.French},
		"était sans niveau · ancien · avr. 2026": {Levels: 5, State: Old, AsOf: "2026-04-30", Lang: bonafide.French},
		"2 of 5 · vouched · May 2026":            {Level: 2, Levels: 5, State: Current, AsOf: "2026-05-30", Lang: "de", Kind: bonafide.Vouched},
		"pas encore de niveau · déc. 2026":       {Levels: 1, State: Current, AsOf: "2026-12-31", Lang: bonafide.French, Kind: bonafide.Vouched},
	} {
		require.Equal(t, want, p.readable().words().line())
	}
}

func TestWhatDoesNotHoldTogetherIsUnknown(t *testing.T) {
	for name, p := range map[string]Picture{
		"zero":     {},
		"above":    {Level: 6, Levels: 5, State: Current},
		"negative": {Level: -1, Levels: 5, State: Current},
		"of none":  {State: Current},
		"no state": {Level: 1, Levels: 5},
	} {
		p.Mechanism, p.Name = "Seller", "Camille"
		for _, p.Size = range []Size{Chip, Card} {
			_, in := texts(t, SVG(p))
			require.True(t, strings.HasSuffix(in["title"], ": unknown"), name)
		}
	}
}

// Only a current level has filled pips; each is one contour where a hollow one has two.
func TestPips(t *testing.T) {
	for _, c := range []struct{ level, levels, current, old int }{
		{4, 5, 6, 10}, {0, 5, 10, 10}, {10, 10, 10, 20}, {12, 20, 0, 0},
	} {
		for state, want := range map[State]int{Current: c.current, Old: c.old} {
			var pips path
			Picture{Level: c.level, Levels: c.levels, State: state}.symbol(&pips, point{}, 7*px, 3*px)
			contours := 0
			for _, s := range pips {
				if s.command == 'M' {
					contours++
				}
			}
			require.Equal(t, want, contours, "%d of %d %s", c.level, c.levels, state)
		}
	}
}

func TestHostileHosts(t *testing.T) {
	for host, want := range map[string]string{
		`"><script>alert(1)</script>`:        `"><script>alert(1)</script>`,
		`]]>&lt;'`:                           `]]>&lt;'`,
		"a\x1b[31m\r\n\x00b":                 "a?[31m???b",
		"\u202egro.knab\u2066":               "?gro.knab?",
		"\xff.example":                       "?.example",
		strings.Repeat("long.", 50) + "test": strings.Repeat("long.", 50) + "test",
		"":                                   "",
	} {
		for _, p := range pictures() {
			p.Host = host
			root, in := texts(t, SVG(p))
			require.True(t, strings.HasPrefix(in["title"], want), "%q", in["title"])
			width, err := strconv.Atoi(root["width"])
			require.NoError(t, err)
			require.LessOrEqual(t, width, map[Size]int{Chip: 500, Card: 320, Preview: 1200}[p.Size])
		}
		_, err := PNG(Picture{Host: host, Level: 4, Levels: 5, State: Current})
		require.NoError(t, err)
	}
}

// A host that is too long keeps its end, since that is what tells sites apart.
func TestLongHost(t *testing.T) {
	cut := regular().fit("bazar.example.of.somebody.else.example", 11*px, 100*px)
	require.Regexp(t, `^…[a-z.]*\.else\.example$`, cut)
	require.LessOrEqual(t, regular().measure(cut, 11*px), 100*px)
}

// On a card everything stays within its edges, whatever is said.
func TestCardHoldsItsWords(t *testing.T) {
	for _, lang := range []bonafide.Lang{bonafide.English, bonafide.French} {
		for _, state := range states {
			s := layOut(Picture{Host: strings.Repeat("w", 80), Mechanism: strings.Repeat("W", 80), Name: strings.Repeat("W", 80), Level: 10, Levels: 10, Kind: bonafide.Converted, State: state, AsOf: "2026-09-01", Lang: lang, Size: Card})
			for _, shape := range s.shapes {
				for _, step := range shape.path {
					for _, at := range step.points() {
						require.True(t, 0 <= at.x && at.x <= s.width && 0 <= at.y && at.y <= s.height, "%s %s %v", lang, state, at)
					}
				}
			}
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	for _, size := range []Size{Chip, Card, Preview} {
		p := pictures()["current "+string(size)+" en false"]
		b.Run(string(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				SVG(p)
			}
		})
	}
}

func BenchmarkPNG(b *testing.B) {
	for _, size := range []Size{Chip, Card, Preview} {
		p := pictures()["current "+string(size)+" en false"]
		b.Run(string(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := PNG(p)
				require.NoError(b, err)
			}
		})
	}
}

// What isn't drawn doesn't tell pictures apart, and what is does.
func TestShown(t *testing.T) {
	base := Picture{Host: "bazar.example", Mechanism: "Seller", Name: "Alice", Level: 2, Levels: 5, Kind: bonafide.Earned, State: Current, AsOf: "2026-11-22", Lang: bonafide.English}
	for name, c := range map[string]struct {
		change func(*Picture)
		one    bool
	}{
		"day":                   {func(p *Picture) { p.AsOf = "2026-11-01" }, true},
		"month":                 {func(p *Picture) { p.AsOf = "2026-12-22" }, false},
		"name on a chip":        {func(p *Picture) { p.Name = "Bob" }, true},
		"mechanism on a chip":   {func(p *Picture) { p.Mechanism = "Buyer" }, true},
		"language":              {func(p *Picture) { p.Lang = "de" }, true},
		"level":                 {func(p *Picture) { p.Level = 3 }, false},
		"kind":                  {func(p *Picture) { p.Kind = bonafide.Vouched }, false},
		"state":                 {func(p *Picture) { p.State = Old }, false},
		"dark":                  {func(p *Picture) { p.Dark = true }, false},
		"a level that can't be": {func(p *Picture) { p.Level = 6 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			other := base
			c.change(&other)
			require.Equal(t, c.one, base.Shown() == other.Shown())
			require.Equal(t, c.one, bytes.Equal(SVG(base), SVG(other)))
		})
	}
	for _, state := range []State{Suspended, Withdrawn, Unknown} {
		one, other := base, base
		one.State, other.State, other.Level, other.AsOf = state, state, 5, "2027-01-01"
		require.Equal(t, one.Shown(), other.Shown())
		require.Equal(t, one.Shown(), one.Shown().Shown(), "once is enough")
		require.Equal(t, SVG(one), SVG(one.Shown()))
	}
}
