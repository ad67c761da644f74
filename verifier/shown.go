package verifier

import (
	"slices"

	"bonafide.example"
	"bonafide.example/store"
)

// ConvertedIn tells, within a transaction of the verifier's store, the level that the account's inputs
// count for now under one of the site's mechanisms, and who first observed what they rest on.
func (v *Verifier) ConvertedIn(r store.Reader, mechanism, account string) (level int, sources []bonafide.Origin, err error) {
	explanations, err := v.convertedIn(r, account)
	if err != nil {
		return 0, nil, err
	}
	for _, e := range explanations {
		if e.Mechanism != mechanism {
			continue
		}
		level = e.Level
		for _, in := range e.Inputs {
			if in.Used {
				sources = append(sources, in.Sources...)
			}
		}
	}
	slices.Sort(sources)
	return level, slices.Compact(sources), nil
}

// Paths returns the patterns under which [Verifier.Handler] is to be mounted beside other handlers.
func Paths() []string {
	return []string{"/conversions/", "/import", "/import/", "/imports/", "/standing", "/standing.json", "/standing/"}
}

// AdminPaths returns the same for [Verifier.Admin].
func AdminPaths() []string {
	return []string{"/admin/conversions", "/admin/conversions/", "/admin/imports"}
}
