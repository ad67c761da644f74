package wire

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The example of chapter 14.
const (
	exampleKey  = "bazar.example/log+5776eb6a+AW0bKqry7CcJZwlraDedvnLAyPH9GQdLYqM7r0/9mAb8"
	exampleNote = "bazar.example/log\n3\npcZiGVhXpvwKDxn6zw2eUiZVe2B1hpJK/9q/mV+CtpA=\n\n" +
		"— bazar.example/log V3branB5J5g2fWBV4B+DRRCA5pZqisgX6Qjdcp6+YiVkRRmGUZ77G58zF3/JfRlRIeNG8QSHkkIUkIbhkePrwVCHmQM=\n"
)

func TestOpenCheckpoint(t *testing.T) {
	key, err := ParseNoteKey(exampleKey)
	require.NoError(t, err)
	c, err := OpenCheckpoint([]byte(exampleNote), "bazar.example/log", []*NoteKey{key})
	require.NoError(t, err)
	require.EqualValues(t, 3, c.Size)
	require.Equal(t, "pcZiGVhXpvwKDxn6zw2eUiZVe2B1hpJK/9q/mV+CtpA=", base64.StdEncoding.EncodeToString(c.Root[:]))
	for _, planted := range [][2]string{{"\n3\n", "\n4\n"}, {"pcZi", "qcZi"}, {"V3br", "V3bs"}, {"\n\n", "\n"}, {"— bazar", "- bazar"}, {"log V3", "lag V3"}} {
		_, err := OpenCheckpoint([]byte(strings.Replace(exampleNote, planted[0], planted[1], 1)), "bazar.example/log", []*NoteKey{key})
		require.Error(t, err, planted[1])
	}
	_, err = OpenCheckpoint([]byte(exampleNote), "bazar.example/other", []*NoteKey{key})
	require.Error(t, err)
	for _, planted := range []string{"", "a+b", strings.Replace(exampleKey, "5776", "5777", 1), strings.Replace(exampleKey, "AW0b", "BW0b", 1)} {
		_, err := ParseNoteKey(planted)
		require.Error(t, err, planted)
	}
}

// The roots of RFC 6962's test tree, as the Certificate Transparency project publishes them.
func TestTreeRoot(t *testing.T) {
	entries := [][]byte{{}, {0}, {0x10}, {0x20, 0x21}, {0x30, 0x31}, {0x40, 0x41, 0x42, 0x43}, {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57}, []byte("`abcdefghijklmno")}
	for size, root := range map[int]string{
		0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	} {
		require.Equal(t, root, fmt.Sprintf("%x", TreeRoot(entries[:size])), "%d entries", size)
	}
}

func TestBundle(t *testing.T) {
	all, err := Bundle([]byte("\x00\x01a\x00\x00\x00\x02bc"), 3)
	require.NoError(t, err)
	require.Equal(t, [][]byte{[]byte("a"), {}, []byte("bc")}, all)
	for _, planted := range []string{"", "\x00\x01a", "\x00\x01a\x00\x00\x00\x02b", "\x00\x01a\x00\x00\x00\x02bcd", "\x01\x00a\x00\x00\x02\x00bc"} {
		_, err := Bundle([]byte(planted), 3)
		require.Error(t, err, "%q", planted)
	}
}
