package conformance

import (
	"fmt"
	"path"
	"regexp"
	"slices"
)

// Case is one thing that a suite looks at.
type Case struct {
	Name         string   `json:"case"` // TOPIC/CASE
	Class        string   `json:"class"`
	Requirements []string `json:"requirements"` // ids
	Description  string   `json:"description"`
}

// Topic returns the first part of the case's name.
func (c *Case) Topic() string { return path.Dir(c.Name) }

var requirementID = regexp.MustCompile(`^BF-[A-Z]+-[0-9]+$`)

// Choose tells whether only chooses the case: every case for "", those that show the requirement whose id it is, or those
// whose name or topic matches it as a pattern ([path.Match]).
func (c *Case) Choose(only string) bool {
	byName, _ := path.Match(only, c.Name)
	byTopic, _ := path.Match(only, c.Topic())
	return only == "" || byName || byTopic || requirementID.MatchString(only) && slices.Contains(c.Requirements, only)
}

// CheckOnly tells whether only can choose cases at all.
func CheckOnly(only string) error {
	if _, err := path.Match(only, ""); err != nil {
		return fmt.Errorf("--only %s: it is neither a requirement's id nor a pattern", only)
	}
	return nil
}
