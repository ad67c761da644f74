// Package text says things to people in their language. The words stand in files beside the code that
// uses them, messages.en.json and messages.fr.json: an object from message id to a text, or to its
// plural forms {"one": …, "other": …}. A text may hold fields, {{.Host}}.
package text

import (
	"fmt"
	"io/fs"
	"text/template"

	"bonafide.example"
	"github.com/go-json-experiment/json"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

var languages = map[bonafide.Lang]language.Tag{
	bonafide.English: language.English,
	bonafide.French:  language.French,
}

// Catalog holds messages in each language.
type Catalog struct {
	speakers map[bonafide.Lang]*i18n.Localizer
	known    map[string]int
}

// New reads the message files of each folder. A message that one language lacks is an error: nobody
// meets it on a page. So is one that stands in two folders.
func New(folders ...fs.FS) (*Catalog, error) {
	bundle := i18n.NewBundle(language.English)
	ids := map[string]int{} // in how many languages
	for lang, tag := range languages {
		messages, err := read(lang, folders)
		if err != nil {
			return nil, err
		}
		if err := bundle.AddMessages(tag, messages...); err != nil {
			return nil, err
		}
		for _, m := range messages {
			ids[m.ID]++
		}
	}
	for id, count := range ids {
		if count < len(languages) {
			return nil, fmt.Errorf("message %q is missing in a language", id)
		}
	}
	c := &Catalog{map[bonafide.Lang]*i18n.Localizer{}, ids}
	for lang := range languages {
		c.speakers[lang] = i18n.NewLocalizer(bundle, string(lang))
	}
	return c, nil
}

// read returns the messages of all folders in one language.
func read(lang bonafide.Lang, folders []fs.FS) (all []*i18n.Message, err error) {
	seen := map[string]bool{}
	for _, folder := range folders {
		name := fmt.Sprintf("messages.%s.json", lang)
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		messages, err := parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, m := range messages {
			if seen[m.ID] {
				return nil, fmt.Errorf("%s: message %q stands in two folders", name, m.ID)
			}
			seen[m.ID] = true
		}
		all = append(all, messages...)
	}
	return all, nil
}

// forms is a message in its plural forms; a plain text has other alone.
type forms struct {
	One   string `json:"one"`
	Other string `json:"other"`
}

func (f *forms) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &f.Other)
	}
	type plain forms
	return json.Unmarshal(data, (*plain)(f), json.RejectUnknownMembers(true))
}

func parse(data []byte) ([]*i18n.Message, error) {
	var file map[string]forms
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	var messages []*i18n.Message
	for id, f := range file {
		for _, form := range []string{f.One, f.Other} {
			if _, err := template.New(id).Parse(form); err != nil {
				return nil, err
			}
		}
		m := &i18n.Message{ID: id, One: f.One, Other: f.Other}
		if f.One != "" {
			m.Many = f.Other // French has a form of its own for whole millions; ours reads the same
		}
		messages = append(messages, m)
	}
	return messages, nil
}

// Say returns the message in the language. Fields come as name and value in turn; the one named Count
// chooses the plural form. What differs by language, a [bonafide.Text] or [bonafide.Decimal], is put in
// the message's. An unknown message is returned as its id in brackets, so that it shows.
func (c *Catalog) Say(lang bonafide.Lang, id string, fields ...any) string {
	data := map[string]any{}
	config := &i18n.LocalizeConfig{MessageID: id, TemplateData: data}
	for i := 0; i+1 < len(fields); i += 2 {
		name := fmt.Sprint(fields[i])
		data[name] = fields[i+1]
		if field, ok := fields[i+1].(interface{ In(bonafide.Lang) string }); ok {
			data[name] = field.In(lang)
		}
		if name == "Count" {
			config.PluralCount = fields[i+1]
		}
	}
	speaker, ok := c.speakers[lang]
	if !ok {
		speaker = c.speakers[bonafide.English]
	}
	said, err := speaker.Localize(config)
	if err != nil {
		return "[" + id + "]"
	}
	return said
}

// Knows tells whether there is such a message.
func (c *Catalog) Knows(id string) bool { return c.known[id] > 0 }

// Both returns the message in both languages.
func (c *Catalog) Both(id string, fields ...any) bonafide.Text {
	return bonafide.Text{EN: c.Say(bonafide.English, id, fields...), FR: c.Say(bonafide.French, id, fields...)}
}
