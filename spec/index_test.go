package spec_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// indexName is the chapter that lists all requirements.
const indexName = "13-requirements.md"

const indexHead = `# Requirements

All of them, by area and number. The sentence stands in the chapter; its subject is whoever or whatever is named here. Beside each stands the code that a
refusal has, where the requirement names one.

<!-- The table is made from the chapters: go test ./spec -update -->

| id | level | of | chapter | codes |
|---|---|---|---|---|
`

// requirement is one as the index lists it.
type requirement struct {
	id, word, subject, chapter string
	codes                      []string
}

var subjectPattern = regexp.MustCompile(`^\*\*(?:An? |The )?([^*]+)\*\*[^→]*:$`)

// listed returns the requirements in the order of their ids, and those before which no subject stands.
func listed(texts map[string]string) (list []requirement, faults []string) {
	for _, chapter := range slices.Sorted(maps.Keys(texts)) {
		subject := ""
		for line := range strings.Lines(texts[chapter]) {
			line = strings.TrimSpace(line)
			if match := subjectPattern.FindStringSubmatch(line); match != nil {
				subject = match[1]
			}
			if strings.HasPrefix(line, "#") {
				subject = ""
			}
			match := requirementPattern.FindStringSubmatch(line)
			if match == nil {
				continue
			}
			if subject == "" {
				faults = append(faults, fmt.Sprintf("%s: nobody is named of whom %s is required", chapter, match[1]))
			}
			list = append(list, requirement{match[1], match[2], subject, chapter, codesOf(line)})
		}
	}
	slices.SortFunc(list, func(a, b requirement) int { return compareIDs(a.id, b.id) })
	return list, faults
}

// codesOf returns the codes after a requirement's arrow, each once.
func codesOf(line string) (codes []string) {
	_, named, _ := strings.Cut(line, "→")
	for _, match := range codePattern.FindAllStringSubmatch(named, -1) {
		if !slices.Contains(codes, match[1]) {
			codes = append(codes, match[1])
		}
	}
	return codes
}

// index returns the chapter that lists the requirements of the others.
func index(texts map[string]string) (string, []string) {
	list, faults := listed(texts)
	var chapter strings.Builder
	chapter.WriteString(indexHead)
	for _, r := range list {
		codes := ""
		if len(r.codes) > 0 {
			codes = "`" + strings.Join(r.codes, "`, `") + "`"
		}
		number, _, _ := strings.Cut(r.chapter, "-")
		fmt.Fprintf(&chapter, "| [%s](%s#%s) | %s | %s | %s | %s |\n", r.id, r.chapter, r.id, r.word, r.subject, number, codes)
	}
	return chapter.String(), faults
}

func TestIndex(t *testing.T) {
	due, faults := index(read(t))
	require.Empty(t, faults)
	if *update {
		require.NoError(t, os.WriteFile("v1/"+indexName, []byte(due), 0o644))
		return
	}
	require.True(t, due == read(t)[indexName], "the index is stale: go test ./spec -update rewrites it")
}

func TestIndexFindsPlantedFaults(t *testing.T) {
	texts := map[string]string{
		"01-one.md": "# One\n\n**A reader** of anything:\n\n**BF-B-10** MUST hold → `bad-value`, `too-large`, `bad-value`\n\n**BF-B-2** SHOULD NOT fail.\n",
		"02-two.md": "# Two\n\n**BF-A-1** MAY hold.\n\n**An issuer**, whose `x` is 1:\n\n**BF-A-2** MUST hold.\n\n## More\n\n**BF-A-3** MUST hold.\n",
	}
	made, faults := index(texts)
	require.Equal(t, []string{"02-two.md: nobody is named of whom BF-A-1 is required", "02-two.md: nobody is named of whom BF-A-3 is required"}, faults)
	require.Equal(t, indexHead+
		"| [BF-A-1](02-two.md#BF-A-1) | MAY |  | 02 |  |\n"+
		"| [BF-A-2](02-two.md#BF-A-2) | MUST | issuer | 02 |  |\n"+
		"| [BF-A-3](02-two.md#BF-A-3) | MUST |  | 02 |  |\n"+
		"| [BF-B-2](01-one.md#BF-B-2) | SHOULD NOT | reader | 01 |  |\n"+
		"| [BF-B-10](01-one.md#BF-B-10) | MUST | reader | 01 | `bad-value`, `too-large` |\n", made)
}
