package issuer

import (
	"net/url"

	"bonafide.example"
	"bonafide.example/badge"
)

// head is what the page about a badge tells programs about itself. It names the badge and never its level or
// state: others keep what they read there.
type head struct {
	Title       string
	Description string
	Preview     string // the address of the picture that links show
	OEmbed      string
	Linked      map[string]any // schema.org
}

func (i *Issuer) head(p *badgePage, lang bonafide.Lang) head {
	title := p.Mechanism.Name.In(lang) + " · " + p.Host
	linked := map[string]any{
		"@context": "https://schema.org", "@type": "EducationalOccupationalCredential", "@id": p.Address, "url": p.Address,
		"name": title, "description": p.Mechanism.Meaning.In(lang), "inLanguage": lang, "credentialCategory": "trust status",
		"recognizedBy": map[string]any{"@type": "Organization", "name": i.Name, "url": string(i.Origin) + "/"},
		"subjectOf":    map[string]any{"@type": "WebPage", "url": p.Mechanism.ID},
	}
	if p.Name != "" {
		linked["about"] = map[string]any{"@type": "Person", "name": p.Name}
	}
	embed := url.Values{"url": {p.Address}, "format": {"json"}}
	if lang == bonafide.French {
		embed.Set("lang", string(lang))
	}
	return head{
		Title: title, Description: p.Alt, Linked: linked,
		Preview: p.Address + badge.Suffix(badge.Picture{Lang: lang, Size: badge.Preview}, badge.FormatPNG),
		OEmbed:  string(i.Origin) + oembedPath + "?" + embed.Encode(),
	}
}
