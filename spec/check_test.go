package spec_test

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bonafide.example"
	"github.com/go-json-experiment/json"
)

// The checks work on any file system, so that planted faults show that they find them. Each returns the
// faults that it found, in words.

// chapters returns the text of each chapter by its name.
func chapters(spec fs.FS) (map[string]string, error) {
	names, err := fs.Glob(spec, "v1/*.md")
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, name := range names {
		text, err := fs.ReadFile(spec, name)
		if err != nil {
			return nil, err
		}
		texts[path.Base(name)] = string(text)
	}
	return texts, nil
}

func sortedNames(texts map[string]string) []string {
	var names []string
	for name := range texts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var (
	idPattern          = regexp.MustCompile(`BF-[A-Z]+-[0-9]+`)
	requirementPattern = regexp.MustCompile(`^\*\*(BF-[A-Z]+-[1-9][0-9]*)\*\* (MUST NOT|MUST|SHOULD NOT|SHOULD|MAY) \S`)
)

// requirements returns the key word of each requirement by its id.
func requirements(texts map[string]string) (words map[string]string, faults []string) {
	words = map[string]string{}
	for _, name := range sortedNames(texts) {
		for line := range strings.Lines(texts[name]) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "**BF-") {
				continue
			}
			match := requirementPattern.FindStringSubmatch(line)
			switch {
			case match == nil:
				faults = append(faults, fmt.Sprintf("%s: not a requirement: %s", name, line))
			case words[match[1]] != "":
				faults = append(faults, fmt.Sprintf("%s: %s stands twice", name, match[1]))
			default:
				words[match[1]] = match[2]
				faults = append(faults, codesNamed(name, match[1], line)...)
			}
		}
	}
	for _, name := range sortedNames(texts) {
		for _, id := range idPattern.FindAllString(texts[name], -1) {
			if words[id] == "" {
				faults = append(faults, fmt.Sprintf("%s: %s is no requirement", name, id))
			}
		}
	}
	return words, faults
}

var codePattern = regexp.MustCompile("`([a-z]+(?:-[a-z]+)*)`")

// codesNamed checks the error codes after a requirement's arrow, which say how it is refused.
func codesNamed(name, id, line string) (faults []string) {
	_, codes, _ := strings.Cut(line, "→")
	for _, match := range codePattern.FindAllStringSubmatch(codes, -1) {
		if !slices.Contains(bonafide.Codes(), bonafide.Code(match[1])) {
			faults = append(faults, fmt.Sprintf("%s: %s names the code %s, which isn't in the list", name, id, match[1]))
		}
	}
	return faults
}

// citations returns where each id is cited: in vectors' requirements and in Go tests. A vector without any
// cites "nothing". The tests of the spec itself don't count.
func citations(root fs.FS) (map[string][]string, error) {
	cited := map[string][]string{}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if name == "spec" || (name != "." && strings.HasPrefix(path.Base(name), ".")) {
				return fs.SkipDir
			}
			return nil
		case !strings.HasSuffix(name, "_test.go") && !isVector(name):
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		ids := idPattern.FindAllString(string(text), -1)
		if isVector(name) {
			if ids, err = vectorCites(text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if len(ids) == 0 {
				ids = []string{"nothing"}
			}
		}
		for _, id := range ids {
			cited[id] = append(cited[id], name)
		}
		return nil
	})
	return cited, err
}

func isVector(name string) bool {
	return strings.HasPrefix(name, "testdata/v1/") && strings.HasSuffix(name, ".json")
}

func vectorCites(text []byte) ([]string, error) {
	var vector struct {
		Requirements []string `json:"requirements"`
	}
	err := json.Unmarshal(text, &vector)
	return vector.Requirements, err
}

// unknownCited names what is cited and isn't in the spec.
func unknownCited(words map[string]string, cited map[string][]string) (faults []string) {
	for id, names := range cited {
		if words[id] == "" {
			faults = append(faults, fmt.Sprintf("%s cites %s, which is no requirement", names[0], id))
		}
	}
	slices.Sort(faults)
	return faults
}

// uncovered returns the ids of the MUSTs that nothing cites, in order.
func uncovered(words map[string]string, cited map[string][]string) (ids []string) {
	for id, word := range words {
		if strings.HasPrefix(word, "MUST") && len(cited[id]) == 0 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, compareIDs)
	return ids
}

// compareIDs orders ids by area, then by number.
func compareIDs(a, b string) int {
	areaA, numberA := splitID(a)
	areaB, numberB := splitID(b)
	if order := strings.Compare(areaA, areaB); order != 0 {
		return order
	}
	return numberA - numberB
}

func splitID(id string) (area string, number int) {
	cut := strings.LastIndexByte(id, '-')
	number, _ = strconv.Atoi(id[cut+1:])
	return id[:cut], number
}

// example is one JSON example of a chapter.
type example struct {
	chapter, kind, text string
	lines               bool // one object a line; [TestExampleHistory] checks the only one
}

// examples returns the JSON examples: code blocks whose info string is json and the kind of object. JSON that stands
// anywhere else nothing would check.
func examples(texts map[string]string) (found []example, faults []string) {
	for _, name := range sortedNames(texts) {
		var block *example
		for line := range strings.Lines(texts[name]) {
			info, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
			switch {
			case fence && block != nil:
				if block.kind != "" {
					found = append(found, *block)
				} else if !block.lines && looksLikeJSON(block.text) {
					faults = append(faults, name+": JSON stands in a code block of another language")
				}
				block = nil
			case fence:
				language, kind, _ := strings.Cut(info, " ")
				block = &example{chapter: name, lines: language == "ndjson"}
				if language == "json" {
					block.kind = kind
				}
				if language == "json" && kind == "" {
					faults = append(faults, name+": a JSON example doesn't name its kind")
				}
				if !slices.Contains([]string{"json", "ndjson", "http", ""}, language) {
					faults = append(faults, fmt.Sprintf("%s: nothing checks a code block of the language %q", name, language))
				}
			case strings.HasPrefix(strings.TrimSpace(line), "~~~"):
				faults = append(faults, name+": a code block is fenced by tildes")
			case block != nil:
				block.text += line
			}
		}
		if block != nil {
			faults = append(faults, name+": a code block isn't closed")
		}
	}
	return found, faults
}

// looksLikeJSON tells whether a code block holds a JSON object or array, be it beside other things.
func looksLikeJSON(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "{" || line == "[" || (strings.HasPrefix(line, "{\"") && strings.HasSuffix(line, "}")) {
			return true
		}
	}
	return false
}

var (
	linkPattern = regexp.MustCompile(`\]\(([^)]*)\)`)
	headPattern = regexp.MustCompile(`(?m)^#+ (.*)$`)
	// A requirement is an anchor of its chapter, by its id.
	anchorPattern = regexp.MustCompile(`(?m)^\*\*(BF-[A-Z]+-[1-9][0-9]*)\*\* `)
	slugDropped   = regexp.MustCompile(`[^a-z0-9 -]`)
)

// links checks that links lead to a chapter or a schema, and their fragments to a heading or a requirement of the chapter.
func links(spec fs.FS, texts map[string]string) (faults []string) {
	heads := map[string]bool{}
	for name, text := range texts {
		heads[name+"#"] = true
		for _, match := range headPattern.FindAllStringSubmatch(text, -1) {
			slug := slugDropped.ReplaceAllString(strings.ToLower(match[1]), "")
			heads[name+"#"+strings.ReplaceAll(slug, " ", "-")] = true
		}
		for _, match := range anchorPattern.FindAllStringSubmatch(text, -1) {
			heads[name+"#"+match[1]] = true
		}
	}
	for _, name := range sortedNames(texts) {
		for _, match := range linkPattern.FindAllStringSubmatch(texts[name], -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			if strings.HasPrefix(match[1], "schema/") {
				if _, err := fs.Stat(spec, path.Join("v1", match[1])); err != nil {
					faults = append(faults, fmt.Sprintf("%s: the link %s leads nowhere", name, match[1]))
				}
				continue
			}
			chapter, fragment, _ := strings.Cut(match[1], "#")
			if chapter == "" {
				chapter = name
			}
			if !heads[chapter+"#"+fragment] {
				faults = append(faults, fmt.Sprintf("%s: the link %s leads nowhere", name, match[1]))
			}
		}
	}
	return faults
}

const (
	tableStart = "<!-- codes -->\n"
	tableEnd   = "<!-- end -->"
)

// codeTable returns the table of error codes as the code has it.
func codeTable() string {
	var table strings.Builder
	table.WriteString("| code | status | what happened | what to do |\n|---|---|---|---|\n")
	for _, code := range bonafide.Codes() {
		m := code.Meaning()
		fmt.Fprintf(&table, "| `%s` | %d | %s | %s |\n", code, m.Status, m.Sentence.EN, m.Mend.EN)
	}
	return table.String()
}

// replaceTable returns the chapter with the table as the code has it; false where it has no place for one.
func replaceTable(chapter string) (string, bool) {
	before, rest, ok := strings.Cut(chapter, tableStart)
	_, after, closed := strings.Cut(rest, tableEnd)
	return before + tableStart + codeTable() + tableEnd + after, ok && closed
}
