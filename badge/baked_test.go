package badge

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

// signed stands for a signed badge: three parts in base64url.
var signed = "eyJhbGciOiJFUzI1NiJ9." + strings.Repeat("QUJD-_", 500) + ".c2ln"

// bakedPictures are a PNG and an SVG that hold it, by their suffix.
func bakedPictures(t testing.TB) map[string][]byte {
	p := card("אליס")
	image, err := PNG(p)
	require.NoError(t, err)
	return map[string][]byte{".png": Bake(image, signed), ".svg": Bake(SVG(p), signed)}
}

// BF-ISSUER-49
func TestBake(t *testing.T) {
	all := bakedPictures(t)
	for suffix, picture := range all {
		token, err := Unbake(picture)
		require.NoError(t, err)
		require.Equal(t, signed, token, suffix)
	}
	require.Equal(t, 1, bytes.Count(all[".png"], []byte("iTXtopenbadgecredential\x00\x00\x00\x00\x00eyJ")))
	_, err := png.Decode(bytes.NewReader(all[".png"]))
	require.NoError(t, err, "it is still a picture")
	require.Contains(t, string(all[".svg"]), `xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><openbadges:credential verify="eyJ`)
	require.NoError(t, xml.Unmarshal(all[".svg"], new(any)))
}

// chunksOf returns what stands in a PNG's chunks of a kind, in order, by the kinds.
func chunksOf(t *testing.T, picture []byte) map[string][]string {
	rest, ok := bytes.CutPrefix(picture, []byte(pngStart))
	require.True(t, ok)
	all := map[string][]string{}
	for len(rest) > 0 {
		length := binary.BigEndian.Uint32(rest)
		kind, data := string(rest[4:8]), string(rest[8:8+length])
		all[kind] = append(all[kind], data)
		rest = rest[12+length:]
	}
	return all
}

// Whatever a mechanism or a member is called, no text of theirs is in a baked PNG but as pixels: beside those a signed
// badge stands in it, which is base64url.
func TestNamesAreNoChunks(t *testing.T) {
	for _, name := range []string{
		"Alice", "\x00iTXtopenbadgecredential\x00\x00\x00\x00\x00eyJ.e30.x", "openbadgecredential", "x\x00\x00\x00\x00IEND\xaeB`\x82",
		"\x89PNG\r\n\x1a\n", `"/><script>alert(1)</script>`, strings.Repeat("\U0001f600", 500), "\u202e\u2066", "\xff\xfe",
	} {
		p := card(name)
		p.Mechanism, p.Size = name, Baked
		image, err := PNG(p)
		require.NoError(t, err, name)
		all := chunksOf(t, Bake(image, signed))
		require.Equal(t, []string{keyword + "\x00\x00\x00\x00\x00" + signed}, all["iTXt"])
		delete(all, "iTXt")
		for kind := range all {
			require.Contains(t, []string{"IHDR", "PLTE", "tRNS", "IDAT", "IEND"}, kind, "%q", name)
		}
		require.Equal(t, []string{""}, all["IEND"])
	}
}

// Readers that know nothing of this project find the same token.
// BF-ISSUER-49
func TestOthersReadBakedPictures(t *testing.T) {
	folder := need.NPM(t, "testdata/readers")
	read := func(pictures map[string][]byte) (said string, err error) {
		command := exec.Command("node", "read.js", "badge.png", "badge.svg")
		command.Dir = folder
		for suffix, picture := range pictures {
			require.NoError(t, os.WriteFile(filepath.Join(folder, "badge"+suffix), picture, 0o600))
		}
		out, err := command.Output()
		return string(out), err
	}
	said, err := read(bakedPictures(t))
	require.NoError(t, err)
	require.Equal(t, signed+"\n"+signed+"\n", said)
	plain, err := PNG(card(""))
	require.NoError(t, err)
	_, err = read(map[string][]byte{".png": plain})
	require.Error(t, err)
}

// chunked is a PNG of these chunks and what is needed around them.
func chunked(chunks ...string) string {
	whole := pngStart + string(pngChunk("IHDR", strings.Repeat("\x00", 13)))
	for _, data := range chunks {
		whole += string(pngChunk("iTXt", data))
	}
	return whole + string(pngChunk("IEND", ""))
}

func TestUnbake(t *testing.T) {
	const svg, ours = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:b="https://purl.imsglobal.org/ob/v3p0">`, `<b:credential verify="a.b.c"/>`
	for name, c := range map[string]struct {
		picture string
		token   string
		code    bonafide.Code
		says    string
	}{
		"a PNG of others":          {chunked("Title\x00\x00\x00\x00\x00x", "openbadgecredential\x00\x00\x00en\x00badge\x00a.b.c"), "a.b.c", "", ""},
		"an SVG of others":         {`<?xml version="1.0" encoding="UTF-8"?><!-- x -->` + svg + `<g>` + ours + `</g></svg>`, "a.b.c", "", ""},
		"a PNG without one":        {chunked(), "", bonafide.NotFound, "holds no badge"},
		"a PNG of Open Badges 2":   {chunked("openbadges\x00\x00\x00\x00\x00a.b.c"), "", bonafide.NotFound, "holds no badge"},
		"an SVG without one":       {svg + `</svg>`, "", bonafide.NotFound, "holds no badge"},
		"an element of another":    {svg + `<credential verify="a.b.c"/></svg>`, "", bonafide.NotFound, "holds no badge"},
		"two chunks":               {chunked("openbadgecredential\x00\x00\x00\x00\x00a.b.c", "openbadgecredential\x00\x00\x00\x00\x00a.b.c"), "", bonafide.BadToken, "holds 2 badges"},
		"two elements":             {svg + ours + ours + `</svg>`, "", bonafide.BadToken, "holds 2 badges"},
		"a compressed chunk":       {chunked("openbadgecredential\x00\x01\x00\x00\x00x\x9c"), "", bonafide.BadToken, "compressed"},
		"a chunk that ends early":  {chunked("openbadgecredential\x00\x00"), "", bonafide.BadToken, "ends early"},
		"one without a text":       {chunked("openbadgecredential\x00\x00\x00\x00"), "", bonafide.BadToken, "ends early"},
		"an embedded proof":        {svg + `<b:credential><![CDATA[{}]]></b:credential></svg>`, "", bonafide.BadToken, "another kind"},
		"a verify of another kind": {svg + `<b:credential b:verify="a.b.c"/></svg>`, "", bonafide.BadToken, "another kind"},
		"a PNG that ends":          {chunked("openbadgecredential\x00")[:48], "", bonafide.BadToken, "ends within a chunk"},
		"a PNG without its end":    {chunked()[:33], "", bonafide.BadToken, "ends before"},
		"a damaged PNG":            {strings.Replace(chunked("openbadgecredential\x00\x00\x00\x00\x00a.b.c"), "a.b.c", "a.b.d", 1), "", bonafide.BadToken, "checksum"},
		"an SVG that ends":         {svg + ours, "", bonafide.BadToken, "well formed"},
		"a page":                   {`<!doctype html><html></html>`, "", bonafide.NotFound, "is neither a PNG nor an SVG"},
		"a token":                  {signed, "", bonafide.NotFound, "is neither a PNG nor an SVG"},
		"nothing":                  {"", "", bonafide.NotFound, "is neither a PNG nor an SVG"},
		"too much":                 {strings.Repeat(" ", MaxPicture+1), "", bonafide.TooLarge, "bytes"},
	} {
		token, err := Unbake([]byte(c.picture))
		require.Equal(t, c.code, bonafide.CodeOf(err), "%s: %v", name, err)
		require.Equal(t, c.token, token, name)
		if err != nil {
			require.Contains(t, err.Error(), c.says, name)
		}
	}
}

// FuzzUnbake looks for a damaged picture that is read, for one that is refused as something else than what it is, and for
// a token that doesn't come out of a picture as it went in.
func FuzzUnbake(f *testing.F) {
	for _, picture := range bakedPictures(f) {
		f.Add(picture, "a.b.c")
		f.Add(picture[:len(picture)-20], "")
	}
	f.Add([]byte(chunked("openbadgecredential\x00\x00\x00\x00\x00a.b.c", "openbadgecredential\x00\x00\x00\x00\x00d.e.f")), "\"/><x>&#1;\xff")
	f.Add([]byte(chunked("openbadgecredential\x00\x01\x00\x00\x00x\x9c")), "\x00")
	f.Add([]byte(`<svg xmlns:b="https://purl.imsglobal.org/ob/v3p0"><b:credential verify="a&amp;b"/></svg>`), "]]>")
	svg := SVG(card(""))
	image, err := PNG(card(""))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, picture []byte, token string) {
		read, err := Unbake(picture)
		if err != nil {
			require.Contains(t, []bonafide.Code{bonafide.NotFound, bonafide.BadToken, bonafide.TooLarge}, bonafide.CodeOf(err))
			require.Empty(t, read)
		} else {
			require.LessOrEqual(t, len(read), len(picture))
			if at := bytes.Index(picture, []byte(read)); at >= 0 && bytes.HasPrefix(picture, []byte(pngStart)) {
				damaged := bytes.Clone(picture)
				damaged[at] ^= 1
				_, err := Unbake(damaged)
				require.Error(t, err)
			}
		}
		for _, plain := range [][]byte{image, svg} {
			baked, err := Unbake(Bake(plain, token))
			require.NoError(t, err)
			if !strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r > '~' }) {
				require.Equal(t, token, baked)
			}
		}
	})
}
