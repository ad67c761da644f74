package bonafide

import (
	"net/url"
	"slices"
	"strings"
)

// PublishedOn is a page of the holder's own, which linked to the badge with rel=me when the issuer looked at it. It says
// that whoever made the page and the holder are one, and is good for a CV, never for an import.
type PublishedOn struct {
	Address string `json:"address"` // https, on another origin than the issuer's
	Seen    Date   `json:"seen"`    // when the issuer last saw the link
}

// Fragments of the results by which a badge states it. No level and no measure has an underscore in its name.
const (
	fragmentPage     = "published_on"
	fragmentPageSeen = "published_on_date"
)

// describe adds to an achievement and its results what states the page.
func (p PublishedOn) describe(a *Achievement, results *[]Result) {
	if p == (PublishedOn{}) {
		return
	}
	a.encoded, a.Descriptions = nil, slices.Clip(a.Descriptions) // which may be a form's
	for _, said := range [][4]string{
		{fragmentPage, "Page that links back", "ext:Address", p.Address},
		{fragmentPageSeen, "Link last seen on", "ext:Date", string(p.Seen)},
	} {
		id := a.ID + "#" + said[0]
		a.Descriptions = append(a.Descriptions, ResultDescription{ID: id, Type: []string{"ResultDescription"}, Name: said[1], ResultType: said[2]})
		*results = append(*results, Result{Type: []string{"Result"}, Description: id, Value: said[3]})
	}
}

// PublishedOn returns the holder's page that the credential states, false if it states none whole: no date, or an
// address that isn't https (http under .localhost, as in demonstrations) or is on the issuer's own origin.
func (c *Credential) PublishedOn() (p PublishedOn, ok bool) {
	for _, r := range c.Subject.Results {
		switch r.Description {
		case c.Subject.Achievement.ID + "#" + fragmentPage:
			p.Address = r.Value
		case c.Subject.Achievement.ID + "#" + fragmentPageSeen:
			if p.Seen.UnmarshalText([]byte(r.Value)) != nil {
				return PublishedOn{}, false
			}
		}
	}
	if p.Seen == "" || !visitable(p.Address) {
		return PublishedOn{}, false
	}
	if issuer, err := OriginOf(c.Subject.Achievement.ID); err != nil || issuer.Hosts(p.Address) {
		return PublishedOn{}, false
	}
	return p, true
}

// visitable tells whether an address may be that of a page.
func visitable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && strings.HasSuffix(u.Hostname(), ".localhost")
}
