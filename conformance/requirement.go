package conformance

import (
	"io/fs"
	"regexp"
	"strings"
)

var (
	requirementLine = regexp.MustCompile(`^\*\*(BF-[A-Z]+-[0-9]+)\*\* (.*)$`)
	subjectLine     = regexp.MustCompile(`^\*\*([^*]+)\*\*(.*)$`)
)

// Requirements returns what the spec says under each requirement's id, after its subject: "A token: MUST …".
func Requirements(spec fs.FS) (map[string]string, error) {
	chapters, err := fs.Glob(spec, "v1/*.md")
	if err != nil {
		return nil, err
	}
	said := map[string]string{}
	for _, chapter := range chapters {
		text, err := fs.ReadFile(spec, chapter)
		if err != nil {
			return nil, err
		}
		subject := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if match := requirementLine.FindStringSubmatch(line); match != nil {
				said[match[1]] = subject + strings.ReplaceAll(match[2], `\*`, "*")
			} else if match := subjectLine.FindStringSubmatch(line); match != nil {
				subject = strings.TrimSuffix(match[1]+match[2], ":") + ": "
			} else if strings.HasPrefix(line, "#") {
				subject = ""
			}
		}
	}
	return said, nil
}
