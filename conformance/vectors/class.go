package vectors

import (
	"fmt"
	"slices"
	"strings"

	"bonafide.example/conformance"
)

// class is a conformance class with the kinds of its cases: a topic, "token with self_signed", or "parse of" an object.
type class struct {
	conformance.Class
	kinds []string
}

// classes returns the conformance classes. Every case is in exactly one.
func classes() []class {
	return []class{
		{conformance.Class{Name: "reader", About: "read badges, their keys and their status lists"}, []string{
			"token", "key", "statuslist", "parse of json", "parse of origin", "parse of address", "parse of did", "parse of badge",
		}},
		{conformance.Class{Name: "conversion", About: "convert statuses by published tables"}, []string{
			"share", "conversion", "table", "parse of mechanism", "parse of signed-mechanism", "parse of table", "parse of signed-table",
		}},
		{conformance.Class{Name: "consent", About: "ask for a status with the holder's consent, and tell it"}, []string{
			"token with self_signed", "parse of entity-configuration", "parse of authorization-details", "parse of consented-status",
		}},
		{conformance.Class{Name: "history", About: "follow an issuer from key to key"}, []string{"history"}},
		{conformance.Class{Name: "vouching", About: "compute what comes of people's standing behind people"}, []string{"vouching"}},
		{conformance.Class{Name: "referral", About: "read what arbiters and other sites say of people"}, []string{
			"parse of ruling", "parse of referral", "parse of outcome",
		}},
	}
}

// Classes returns the conformance classes that vectors show, in their order.
func Classes() []conformance.Class {
	var all []conformance.Class
	for _, c := range classes() {
		all = append(all, c.Class)
	}
	return all
}

// classOf returns the class that has cases of this kind.
func classOf(kind string) (string, error) {
	for _, c := range classes() {
		if slices.Contains(c.kinds, kind) {
			return c.Name, nil
		}
	}
	return "", fmt.Errorf("no conformance class has the cases %s", kind)
}

// ChooseClasses returns the classes of these names; none are all.
func ChooseClasses(names []string) ([]conformance.Class, error) {
	all := Classes()
	if len(names) == 0 {
		return all, nil
	}
	var known []string
	for _, c := range all {
		known = append(known, c.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%q is no conformance class; there are %s", name, strings.Join(known, ", "))
		}
	}
	return slices.DeleteFunc(all, func(c conformance.Class) bool { return !slices.Contains(names, c.Name) }), nil
}
