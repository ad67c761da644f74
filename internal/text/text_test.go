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
	require.True(t, c.Knows("yes"))
	require.False(t, c.Knows("no"))
}

func TestNewRefusesWhatOneLanguageLacks(t *testing.T) {
	_, err := text.New(folder(`{"yes": "Yes"}`, `{}`))
	require.ErrorContains(t, err, `"yes" is missing in a language`)
}

func TestNewRefusesBadFiles(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"no file of a language": {"messages.en.json": {Data: []byte(`{}`)}},
		"broken JSON":           folder(`{"yes": "Yes"`, `{"yes": "Oui"}`),
		"a message twice":       folder(`{"yes": "Yes", "yes": "Yeah"}`, `{"yes": "Oui"}`),
		"an unknown form":       folder(`{"yes": {"few": "Yes", "other": "Yes"}}`, `{"yes": "Oui"}`),
		"a number":              folder(`{"yes": 1}`, `{"yes": "Oui"}`),
		"a broken template":     folder(`{"yes": "{{.Name"}`, `{"yes": "Oui"}`),
	} {
		_, err := text.New(files)
		require.Error(t, err, name)
	}
}

func TestSeveralFolders(t *testing.T) {
	c, err := text.New(folder(`{"yes": "Yes"}`, `{"yes": "Oui"}`), folder(`{"no": "No"}`, `{"no": "Non"}`))
	require.NoError(t, err)
	require.Equal(t, "Oui", c.Say(bonafide.French, "yes"))
	require.Equal(t, "No", c.Say(bonafide.Lang("de"), "no"), "English for who speaks neither")
	_, err = text.New(folder(`{"yes": "Yes"}`, `{"yes": "Oui"}`), folder(`{"yes": "Yeah"}`, `{"yes": "Ouais"}`))
	require.ErrorContains(t, err, `"yes" stands in two folders`)
}

// What differs by language comes in the message's.
func TestFieldsInTheLanguage(t *testing.T) {
	c, err := text.New(folder(`{"needs": "{{.Level}} needs {{.Share}}"}`, `{"needs": "{{.Level}} demande {{.Share}}"}`))
	require.NoError(t, err)
	said := c.Both("needs", "Level", bonafide.Text{EN: "Silver", FR: "Argent"}, "Share", bonafide.Decimal("0.95"))
	require.Equal(t, bonafide.Text{EN: "Silver needs 0.95", FR: "Argent demande 0,95"}, said)
}

// What stands in a field is words, whatever they look like.
func TestFieldsAreWords(t *testing.T) {
	c, err := text.New(folder(`{"hello": "Hello {{.Name}}"}`, `{"hello": "Bonjour {{.Name}}"}`))
	require.NoError(t, err)
	require.Equal(t, "Hello {{.Other}} <b>", c.Say(bonafide.English, "hello", "Name", "{{.Other}} <b>"))
}
