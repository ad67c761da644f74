package main

import (
	"fmt"
	"slices"
	"strings"
)

// class is a part of the protocol that an implementation has as a whole or not at all.
type class struct {
	name, about string
	kinds       []string // of cases: a topic, "token with self_signed", or "parse of" an object
}

// classes returns the conformance classes. Every case is in exactly one. The spec's introduction says which roles need
// which.
func classes() []class {
	return []class{
		{"reader", "read badges, their keys and their status lists", []string{
			"token", "key", "statuslist", "parse of json", "parse of origin", "parse of address", "parse of did", "parse of badge",
		}},
		{"conversion", "convert statuses by published tables", []string{
			"share", "conversion", "table", "parse of mechanism", "parse of signed-mechanism", "parse of table", "parse of signed-table",
		}},
		{"consent", "ask for a status with the holder's consent, and tell it", []string{
			"token with self_signed", "parse of entity-configuration", "parse of authorization-details", "parse of consented-status",
		}},
		{"vouching", "compute what comes of people's standing behind people", []string{"vouching"}},
		{"referral", "read what arbiters and other sites say of people", []string{
			"parse of ruling", "parse of referral", "parse of outcome",
		}},
	}
}

// classOf returns the class that has cases of this kind.
func classOf(kind string) (string, error) {
	for _, c := range classes() {
		if slices.Contains(c.kinds, kind) {
			return c.name, nil
		}
	}
	return "", fmt.Errorf("no conformance class has the cases %s", kind)
}

// chosenClasses takes the names that a user gave; none are all.
func chosenClasses(names []string) ([]class, error) {
	all := classes()
	if len(names) == 0 {
		return all, nil
	}
	var known []string
	for _, c := range all {
		known = append(known, c.name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%q is no conformance class; there are %s", name, strings.Join(known, ", "))
		}
	}
	return slices.DeleteFunc(all, func(c class) bool { return !slices.Contains(names, c.name) }), nil
}
