package issuer

import (
	"encoding/json"
	"testing"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/wire"
	"bonafide.example/spec"
	"github.com/stretchr/testify/require"
)

// Cases are named once each, say what they are about, and show requirements that there are.
func TestChecks(t *testing.T) {
	said, err := conformance.Requirements(spec.FS)
	require.NoError(t, err)
	names := map[string]bool{}
	for _, c := range Checks(nil) {
		require.False(t, names[c.Name], "%s twice", c.Name)
		names[c.Name] = true
		require.Regexp(t, `^[a-z-]+/[a-z0-9-]+$`, c.Name)
		require.Regexp(t, `^[A-Z].*\.$`, c.Description, c.Name)
		require.NotEmpty(t, c.Requirements, c.Name)
		require.NotNil(t, c.Run, c.Name)
		for _, id := range c.Requirements {
			require.Contains(t, said, id, c.Name)
		}
	}
}

// Whatever a site answers can be compared, objects too.
func TestEqual(t *testing.T) {
	require.NoError(t, equal("x", wire.Object{"a": json.Number("1")}, wire.Object{"a": json.Number("1")}))
	require.Error(t, equal("x", wire.Object{"a": json.Number("1")}, wire.Object{"a": json.Number("2")}))
	require.Error(t, equal("x", "a", wire.Object{}))
	require.Error(t, equal("x", nil, []any{}))
	require.NoError(t, equal("x", nil, nil))
}

func TestRandom(t *testing.T) {
	require.NoError(t, random([]int{70000, 12, 99999, 4000}))
	for _, planted := range [][]int{{1, 2, 3, 4}, {0, 30000, 60000, 90000}, {90000, 60000, 30000}, {7, 3, 5, 1}} {
		require.Error(t, random(planted), "%v", planted)
	}
}

func TestOnce(t *testing.T) {
	came := func(statuses ...int) (all []*subject.Exchange) {
		for _, status := range statuses {
			all = append(all, &subject.Exchange{Status: status})
		}
		return all
	}
	good := func(x *subject.Exchange) bool { return x.Status == 200 }
	require.NoError(t, once(came(400, 200, 400), good))
	require.Error(t, once(came(400, 400), good))
	require.Error(t, once(came(200, 200), good))
}

func TestHarmless(t *testing.T) {
	require.NoError(t, harmless([]byte(`<svg xmlns="http://www.w3.org/2000/svg"><path d="m0 0"/><use href="#a"/></svg>`)))
	for _, planted := range []string{
		`<svg><path></svg>`, `<svg><script/></svg>`, `<svg onload="x()"/>`, `<svg><image href="https://a.example/p.png"/></svg>`,
		`<svg xmlns:l="http://www.w3.org/1999/xlink"><use l:href="//a.example/p.svg#a"/></svg>`, `<svg><foreignObject/></svg>`,
	} {
		require.Error(t, harmless([]byte(planted)), planted)
	}
}

func TestIsUUID(t *testing.T) {
	require.True(t, isUUID("urn:uuid:0d3c9a8e-8f51-4f0b-9a51-3b8f9f7a6c21"))
	for _, planted := range []string{"", "0d3c9a8e-8f51-4f0b-9a51-3b8f9f7a6c21", "urn:uuid:0d3c9a8e-8f51-4f0b-9a51-3b8f9f7a6c2", "urn:uuid:0d3c9a8e08f51-4f0b-9a51-3b8f9f7a6c21", "urn:uuid:gd3c9a8e-8f51-4f0b-9a51-3b8f9f7a6c21",
		"urn:uuid:0D3C9A8E-8F51-4F0B-9A51-3B8F9F7A6C21"} {
		require.False(t, isUUID(planted), planted)
	}
}
