package demo

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"bonafide.example/internal/need"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// fetched returns what an address answers to a program that doesn't say what it takes.
func fetched(t *testing.T, address string) []byte {
	answers, err := newBrowser().answers(t.Context(), address, 1)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answers[0].status, "%s: %s", address, answers[0].body)
	return []byte(answers[0].body)
}

// decoded reads JSON as others do, who don't have this project's types.
func decoded(t *testing.T, data []byte) any {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	return value
}

// openedByJWX verifies a token with jwx by the keys of a DID document, and returns its payload.
func openedByJWX(t *testing.T, token, did []byte) []byte {
	var document struct {
		VerificationMethod []struct {
			ID  string          `json:"id"`
			Key json.RawMessage `json:"publicKeyJwk"`
		} `json:"verificationMethod"`
	}
	require.NoError(t, json.Unmarshal(did, &document))
	message, err := jws.Parse(token)
	require.NoError(t, err)
	kid, ok := message.Signatures()[0].ProtectedHeaders().KeyID()
	require.True(t, ok)
	for _, method := range document.VerificationMethod {
		if method.ID != kid {
			continue
		}
		key, err := jwk.ParseKey(method.Key)
		require.NoError(t, err)
		payload, err := jws.Verify(token, jws.WithKey(jwa.ES256(), key))
		require.NoError(t, err)
		return payload
	}
	t.Fatalf("the DID document has no key %s", kid)
	return nil
}

func TestBadgeForOtherLibraries(t *testing.T) {
	w := running(t)
	did := fetched(t, string(w.Bazar.Origin)+"/.well-known/did.json")
	payload := openedByJWX(t, fetched(t, w.Alice+".jwt"), did)

	t.Run("Open Badges 3.0 schema", func(t *testing.T) {
		const path = "../../../shared/schema/ob_v3p0_achievementcredential_schema.json"
		need.File(t, "shared", path)
		schema, err := os.ReadFile(path)
		require.NoError(t, err)
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		require.NoError(t, compiler.AddResource("badge.json", decoded(t, schema)))
		compiled, err := compiler.Compile("badge.json")
		require.NoError(t, err)
		require.NoError(t, compiled.Validate(decoded(t, payload)))
		require.Error(t, compiled.Validate(decoded(t, bytes.ReplaceAll(payload, []byte(`"achievement"`), []byte(`"achievements"`)))))
	})
	t.Run("DID document", func(t *testing.T) {
		const path = "../../../shared/samples/did.json"
		need.File(t, "shared", path)
		sample, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, shape(decoded(t, sample)), shape(decoded(t, did)))
	})
}

// shape returns the value with its strings emptied but for those that name a vocabulary.
func shape(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name := range v {
			if name != "@context" && name != "type" && name != "kty" && name != "crv" && name != "alg" && name != "use" {
				v[name] = shape(v[name])
			}
		}
		return v
	case []any:
		for i := range v {
			v[i] = shape(v[i])
		}
		return v
	default:
		return ""
	}
}

// TestJose has npm's jose, which knows nothing of this project, open what bazar signs: among it Alice's
// badge before and after a fall.
func TestJose(t *testing.T) {
	folder := need.NPM(t, "testdata/jose")
	w := running(t)
	origin := string(w.Bazar.Origin)
	before := fetched(t, w.Alice+".jwt")
	require.NoError(t, w.Rate(t.Context(), alice.ID, 0, 12))
	did := fetched(t, origin+"/.well-known/did.json")
	after := fetched(t, w.Alice+".jwt")
	var badge struct {
		Status struct {
			List string `json:"statusListCredential"`
		} `json:"credentialStatus"`
	}
	require.NoError(t, json.Unmarshal(openedByJWX(t, after, did), &badge))
	given, err := json.Marshal(map[string]any{
		"origin": origin, "did": json.RawMessage(did), "badges": []string{string(before), string(after)},
		"list":      string(fetched(t, badge.Status.List)),
		"mechanism": string(fetched(t, origin+"/mechanisms/seller.jwt")),
		"entity":    string(fetched(t, origin+"/.well-known/openid-federation")),
	})
	require.NoError(t, err)
	said, complained, err := openedByJose(folder, given)
	require.NoError(t, err, complained)
	require.JSONEq(t, `{
		"levels": ["ORIGIN/mechanisms/seller#four", "ORIGIN/mechanisms/seller#three"], "revoked": [true, false],
		"mechanism": "ORIGIN/mechanisms/seller", "issuer": true
	}`, strings.ReplaceAll(said, origin, "ORIGIN"))

	given = bytes.Replace(given, before, []byte(otherSignature(string(before))), 1)
	_, complained, err = openedByJose(folder, given)
	require.Error(t, err)
	require.Contains(t, complained, "signature verification failed")
}

// openedByJose runs open.js on what is given.
func openedByJose(folder string, given []byte) (said, complained string, err error) {
	var out, complaints strings.Builder
	open := exec.Command("node", "open.js")
	open.Dir, open.Stdin, open.Stdout, open.Stderr = folder, bytes.NewReader(given), &out, &complaints
	err = open.Run()
	return out.String(), complaints.String(), err
}
