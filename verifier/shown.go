package verifier

import "bonafide.example/store"

// ConvertedIn tells, within a transaction of the verifier's store, the level that the account's inputs
// count for now under one of the site's mechanisms; 0 is none.
func (v *Verifier) ConvertedIn(r store.Reader, mechanism, account string) (int, error) {
	explanations, err := v.convertedIn(r, account)
	for _, e := range explanations {
		if e.Mechanism == mechanism {
			return e.Level, err
		}
	}
	return 0, err
}

// Paths returns the patterns under which [Verifier.Handler] is to be mounted beside other handlers.
func Paths() []string {
	return []string{"/conversions/", "/import", "/import/", "/imports/", "/standing", "/standing.json", "/standing/"}
}

// AdminPaths returns the same for [Verifier.Admin].
func AdminPaths() []string {
	return []string{"/admin/conversions", "/admin/conversions/", "/admin/imports"}
}
