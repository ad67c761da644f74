package badge

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// gallery returns all that pictures can look like, by file name without format: every state, kind, size, theme and
// language, and names of many scripts.
func gallery() map[string]Picture {
	all := map[string]Picture{}
	for name, p := range pictures() {
		for _, kind := range []bonafide.Kind{bonafide.Earned, bonafide.Vouched, bonafide.Converted} {
			p.Kind = kind
			all[strings.ReplaceAll(fmt.Sprintf("%s-%s", name, kind), " ", "-")] = p
		}
	}
	for script, name := range names {
		p := Picture{"bazar.example", "Seller", name, 3, 5, bonafide.Earned, Current, "2026-11-22", bonafide.English, false, Card}
		all["name-"+script] = p
	}
	for _, size := range []Size{Chip, Card} {
		p := Picture{"bazar.example.of.somebody.who.has.long.domains.example", "Membre de longue date qui a vendu beaucoup de choses à beaucoup de gens", "", 10, 10, bonafide.Vouched, Old, "2026-09-22", bonafide.French, false, size}
		all["most-"+string(size)] = p
		p.State, p.Level, p.Levels = Current, 12, 20
		all["words-"+string(size)] = p
		p.Level, p.Levels, p.Host = 0, 5, "xn--bcher-kva.example:8443"
		all["none-"+string(size)] = p
	}
	return all
}

// names are what people may be called, each by what is special about it.
var names = map[string]string{
	"greek": "Ελένη Παπαδοπούλου", "cyrillic": "Екатерина Ђорђевић", "latin": "Łucja Ñandú-Čapek Šimůnek", "decomposed": "Zoe\u0308 Nu\u0301n\u0303ez",
	"vietnamese": "Nguyễn Thị Hương", "arabic": "محمد بن عبد الله", "hebrew": "שָׂרָה כהן", "han": "李小龍", "devanagari": "श्रीमती क्षमा त्रिपाठी",
	"thai": "สมชาย กิตติ์", "mixed": "Alice أليس 5", "mixed-rtl": "أليس (Alice) 5/5", "long": "Maximiliana Konstantinopolitana von und zu Hohenstein",
	"long-arabic": "عبد الرحمن بن محمد بن عبد العزيز بن عبد الله بن سعود آل", "long-han": "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十",
	"pretender": "bazar.example 5 of 5 ●●●●● ✔", "zalgo": "Z" + strings.Repeat("\u0301\u0316", 30) + "algo", "marked-up": `<b>"&amp;'</b>`,
}

// TestGallery writes every picture as a file into the folder that BONAFIDE_SCREENSHOTS names, for people to look at.
func TestGallery(t *testing.T) {
	folder := os.Getenv("BONAFIDE_SCREENSHOTS")
	if folder == "" {
		t.Skip("BONAFIDE_SCREENSHOTS names no folder")
	}
	require.NoError(t, os.MkdirAll(folder, 0o755))
	for name, p := range gallery() {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "picture-"+name+".svg"), SVG(p), 0o644))
		image, err := PNG(p)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "picture-"+name+".png"), image, 0o644))
	}
}
