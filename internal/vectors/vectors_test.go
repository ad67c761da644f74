package main

import (
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bonafide.example"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/stretchr/testify/require"
)

const dir = "../../testdata/v1"

// What is committed is what the program writes, to the byte.
func TestVectorsAreAsMade(t *testing.T) {
	files, err := files()
	require.NoError(t, err)
	for name, data := range files {
		committed, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err, "run go run ./internal/vectors")
		require.Equal(t, string(data), string(committed), "%s: run go run ./internal/vectors", name)
	}
	for topic := range topics() {
		found, err := filepath.Glob(filepath.Join(dir, topic, "*"))
		require.NoError(t, err)
		for _, path := range found {
			require.Contains(t, files, filepath.Join(topic, filepath.Base(path)), "nothing makes it any more")
		}
	}
}

func TestCasesAreWhole(t *testing.T) {
	id := regexp.MustCompile(`^BF-[A-Z]+-[0-9]+$`)
	for topic, cases := range topics() {
		inputs := map[string]string{}
		for _, c := range cases() {
			require.Regexp(t, `^[a-z0-9-]+$`, c.Name, topic)
			require.NotEmpty(t, c.Description, c.Name)
			require.NotEmpty(t, c.Requirements, c.Name)
			for _, requirement := range c.Requirements {
				require.Regexp(t, id, requirement, c.Name)
			}
			require.True(t, c.Expect == "ok" || slices.Contains(bonafide.Codes(), bonafide.Code(c.Expect)), "%s expects %s", c.Name, c.Expect)
			input, err := json.Marshal(c.Input)
			require.NoError(t, err)
			require.Empty(t, inputs[string(input)], "%s is the same as another", c.Name)
			inputs[string(input)] = c.Name
		}
	}
}

// Another implementation of JOSE verifies the good tokens, so that they are good in fact.
func TestGoodTokensAreGoodElsewhere(t *testing.T) {
	k, e := es256("bazar"), eddsa("bazar")
	verified := 0
	for _, c := range Token() {
		input := c.Input.(TokenInput)
		if c.Expect != "ok" || input.SelfSigned {
			continue
		}
		_, err := jws.Verify([]byte(input.Token), jws.WithKey(jwa.ES256(), &k.ec.PublicKey))
		if strings.HasSuffix(c.Name, "eddsa") {
			_, err = jws.Verify([]byte(input.Token), jws.WithKey(jwa.EdDSA(), e.ed.Public().(ed25519.PublicKey)))
		}
		require.NoError(t, err, c.Name)
		verified++
	}
	require.NotZero(t, verified)
}
