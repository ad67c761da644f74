// Vectors writes the protocol's test vectors to testdata/v1: go run ./internal/vectors, from the root of
// the module. It makes tokens and documents with nothing but the standard library, so that the
// product, which is tested with them, doesn't agree merely with itself.
package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Case is one test vector; testdata/v1/README.md says what its fields are.
type Case struct {
	Name         string   `json:"-"`
	Requirements []string `json:"requirements"`
	Description  string   `json:"description"`
	Input        any      `json:"input"`
	Expect       string   `json:"expect"`
	Result       any      `json:"result,omitzero"`
}

// topics returns the maker of each topic's cases.
func topics() map[string]func() []Case {
	return map[string]func() []Case{
		"token":      Token,
		"key":        Key,
		"history":    History,
		"statuslist": StatusList,
		"parse":      Parse,
		"share":      Share,
		"conversion": Conversion,
		"table":      Table,
		"vouching":   Vouching,
	}
}

// files returns the whole content of testdata/v1 but its README, by path.
func files() (map[string][]byte, error) {
	files := map[string][]byte{}
	for topic, cases := range topics() {
		for _, c := range cases() {
			name := filepath.Join(topic, c.Name+".json")
			if files[name] != nil {
				return nil, fmt.Errorf("%s is made twice", name)
			}
			data, err := json.Marshal(c, json.Deterministic(true), jsontext.WithIndent("  "))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			files[name] = append(data, '\n')
		}
	}
	return files, nil
}

// write replaces the cases of each topic in dir, so that one no longer made doesn't stay.
func write(dir string) error {
	files, err := files()
	if err != nil {
		return err
	}
	for topic := range topics() {
		if err := os.RemoveAll(filepath.Join(dir, topic)); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(dir, topic), 0o755); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(dir, name), files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if err := write(filepath.Join("testdata", "v1")); err != nil {
		fmt.Fprintln(os.Stderr, "vectors:", err)
		os.Exit(1)
	}
}
