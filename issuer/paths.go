package issuer

import (
	"strings"

	"bonafide.example"
)

// Paths returns the patterns under which [Issuer.Handler] is to be mounted beside other handlers.
func Paths() []string {
	return []string{"/b/", oembedPath, cvPath, listPath, "/mechanisms/", badgesPath, badgesPath + "/", "/oauth/", consentsPath, consentsPath + "/", referPath}
}

// AdminPaths returns the same for [Issuer.Admin].
func AdminPaths() []string { return []string{"/admin/"} }

// Light tells whether what is at a path is usually answered from memory: a status list, or a badge in another form than
// its page.
func Light(path string) bool {
	if strings.HasPrefix(path, listPath) {
		return true
	}
	name, badge := strings.CutPrefix(path, "/b/")
	return badge && strings.Contains(name, ".")
}

// Metadata returns what the site's entity configuration says of the issuer.
func (i *Issuer) Metadata() *bonafide.IssuerMetadata {
	m := &bonafide.IssuerMetadata{Name: i.Name, Versions: []string{bonafide.Version}, Admission: i.Admission.policy()}
	for _, slug := range i.Slugs() {
		m.Mechanisms = append(m.Mechanisms, i.mechanisms[slug].ID)
	}
	return m
}
