package text_test

import (
	"testing"
	"testing/fstest"

	"bonafide.example"
	"bonafide.example/internal/text"
	"github.com/stretchr/testify/require"
)

func folder(en, fr string) fstest.MapFS {
	return fstest.MapFS{"messages.en.json": {Data: []byte(en)}, "messages.fr.json": {Data: []byte(fr)}}
}

func TestSay(t *testing.T) {
	c, err := text.New(folder(
		`{"stars": {"one": "{{.Count}} star at {{.Host}}", "other": "{{.Count}} stars at {{.Host}}"}, "yes": "Yes"}`,
		`{"stars": {"one": "{{.Count}} étoile chez {{.Host}}", "other": "{{.Count}} étoiles chez {{.Host}}"}, "yes": "Oui"}`))
	require.NoError(t, err)
	require.Equal(t, "1 star at a.example", c.Say(bonafide.English, "stars", "Count", 1, "Host", "a.example"))
	require.Equal(t, "0 stars at a.example", c.Say(bonafide.English, "stars", "Count", 0, "Host", "a.example"))
	require.Equal(t, "0 étoile chez a.example", c.Say(bonafide.French, "stars", "Count", 0, "Host", "a.example"))
	require.Equal(t, "1000000 étoiles chez a", c.Say(bonafide.French, "stars", "Count", 1000000, "Host", "a"))
	require.Equal(t, bonafide.Text{EN: "Yes", FR: "Oui"}, c.Both("yes"))
	require.Equal(t, "[no]", c.Say(bonafide.French, "no"))
}

func TestNewRefusesWhatOneLanguageLacks(t *testing.T) {
	_, err := text.New(folder(`{"yes": "Yes"}`, `{}`))
	require.ErrorContains(t, err, `"yes" is missing in "fr"`)
}
