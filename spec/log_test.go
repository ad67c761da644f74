package spec_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"regexp"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/publiclog"
	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
)

// The example log of chapter 14 is one that can be made again, byte for byte.
func TestLogExample(t *testing.T) {
	chapter, err := os.ReadFile("v1/14-log.md")
	require.NoError(t, err)
	block := func(fence string) string {
		_, rest, found := strings.Cut(string(chapter), "```"+fence+"\n")
		require.True(t, found, fence)
		text, _, _ := strings.Cut(rest, "```")
		return text
	}
	metadata, err := bonafide.Parse[bonafide.LogMetadata]([]byte(block("json log-metadata")))
	require.NoError(t, err)
	_, answer, _ := strings.Cut(block("http"), "HTTP/1.1 200 OK")
	_, note, _ := strings.Cut(answer, "\n\n")
	checkpoint, err := publiclog.OpenCheckpoint(note, metadata.Address, metadata.Keys)
	require.NoError(t, err)

	entry := strings.TrimSuffix(block("json log-entry"), "\n")
	require.Contains(t, string(chapter), "in 165 bytes")
	require.Len(t, entry, 165)
	require.EqualValues(t, 1, checkpoint.Size)
	require.Equal(t, tlog.RecordHash([]byte(entry)), checkpoint.Root)

	signature := ed25519.Sign(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize)), []byte(checkpoint.Body(metadata.Address)))
	signed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(note[strings.LastIndex(note, " ")+1:]))
	require.NoError(t, err)
	require.Equal(t, signature, signed[4:])
}

// The chapter, the schema and the program know the same kinds of entries.
func TestLogKinds(t *testing.T) {
	chapter, err := os.ReadFile("v1/14-log.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(chapter), "| `kind` | `address` |")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	var kinds []publiclog.Kind
	for _, row := range regexp.MustCompile("\n\\| `([a-z-]+)` \\|").FindAllStringSubmatch(table, -1) {
		kinds = append(kinds, publiclog.Kind(row[1]))
	}
	require.Equal(t, []publiclog.Kind{
		publiclog.Metadata, publiclog.Keys, publiclog.KeyHistory, publiclog.Mechanism, publiclog.Table, publiclog.StatusList,
	}, kinds)

	var schema struct {
		Properties struct{ Kind struct{ Description string } }
	}
	text, err := os.ReadFile("v1/schema/log-entry.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &schema, json.MatchCaseInsensitiveNames(true)))
	named, _, _ := strings.Cut(schema.Properties.Kind.Description, ";")
	require.Equal(t, []string{"metadata", "keys", "key-history", "mechanism", "table", "status-list"}, regexp.MustCompile(", | or ").Split(named, -1))
}
