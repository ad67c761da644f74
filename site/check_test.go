package site_test

import (
	"path/filepath"
	"testing"

	"bonafide.example"
	"bonafide.example/site"
	"bonafide.example/store"
	"bonafide.example/store/bolt"
	"github.com/stretchr/testify/require"
)

// plant puts records, each a key's parts and then its value, into a new store, and checks it.
func plant(t *testing.T, all ...[]string) []string {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Update(t.Context(), func(tx store.Tx) error {
		for _, r := range all {
			last := len(r) - 1
			if err := tx.Put(store.Key(r[:last]...), []byte(r[last])); err != nil {
				return err
			}
		}
		return nil
	}))
	report, err := site.CheckStore(t.Context(), s)
	require.NoError(t, err)
	require.Len(t, report.Faults, int(report.Wrong))
	return report.Faults
}

const (
	entry      = `{"id":"urn:uuid:1","type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":"7","statusListCredential":"https://a.example/status/1"}`
	badgeStart = `{"mechanism":"m","member":"ann","subject_id":"urn:uuid:2","changed":"2026-11-22T12:00:00Z","issued":{"status":{},"entry":` + entry + `,"valid_from":"2026-11-22T12:00:00Z","valid_until":"2026-12-22T12:00:00Z"`
)

// list is a store in which one entry was given out; with more records of it.
func list(more ...[]string) [][]string {
	return append([][]string{{"i", "last-list", "1"}, {"i", "list", "000001", `{"purpose":"badges","taken":1,"generation":0}`},
		{"i", "entry", "000001", "00000007", "CODE"}}, more...)
}

// TestCheckFindsWhatIsPlanted: one fault each, and nothing else.
func TestCheckFindsWhatIsPlanted(t *testing.T) {
	live := []string{"i", "badge", "CODE", badgeStart + `}}`}
	require.Empty(t, plant(t, list(live)...), "sound")
	for name, c := range map[string]struct {
		records [][]string
		says    string
	}{
		"nobody's key":       {[][]string{{"zz", ""}}, "nobody has such a key"},
		"nobody's first key": {[][]string{{"A", ""}}, "nobody has such a key"},
		"unknown kind":       {[][]string{{"i", "odd", "x", ""}}, "nothing has such a key"},
		"no JSON":            {[][]string{{"site", "act", "1", "{"}}, "decode a record"},
		"unknown field":      {[][]string{{"i", "member", "ann", `{"age":7}`}}, "unknown"},
		"value too many":     {[][]string{{"i", "touched", "m", "ann", "x"}}, "needs none"},
		"no value":           {[][]string{{"verifier", "changed", "ann", ""}}, "no value"},
		"published":          {[][]string{{"published", "mechanisms", "m", "1", "[]"}}, "decode a record"},

		"log without an entry":  {[][]string{{"log", "size", "1"}}, "1 entries are said to be in it, and 0 are"},
		"log with a short hash": {[][]string{{"log", "hash", "000000000000000", "x"}}, "it has 1 bytes, and needs 32"},
		"log without a hash": {[][]string{{"log", "size", "1"}, {"log", "entry", "000000000000000", `{"kind":"keys","address":"https://a.example/x","hash":"y","at":"2026-11-22T12:00:00Z"}`}},
			"the tree has another hash of it"},

		"entry of another":     {list([]string{"i", "badge", "OTHER", badgeStart + `}}`}), "isn't its own"},
		"revoked, bit not set": {list([]string{"i", "badge", "CODE", badgeStart + `,"revoked":true}}`}), "is false, and should be true"},
		"entry not given out":  {[][]string{live}, "its entry is in no list"},
		"order of no badge":    {list([]string{"i", "order", "CODE", `{"status":{},"entry":` + entry + `,"valid_from":"2026-11-22T12:00:00Z","valid_until":"2026-12-22T12:00:00Z"}`}), "what it leads to isn't there"},
		"taken miscounted":     {list([]string{"i", "entry", "000001", "00000009", "D"}), "1 entries are said to be given out, and 2 are"},
		"bits miscounted":      {list([]string{"i", "bit", "000001", "00000007", ""}), "its bits were changed 1 times, and it is said that 0 times"},
		"list after the last":  {[][]string{{"i", "last-list", "1"}, {"i", "list", "000002", `{"purpose":"badges","taken":0,"generation":0}`}}, "the last list is number 1"},
		"withdrawn, but told": {list([]string{"i", "consent", "ann", "CODE", `{"id":"CODE","member":"ann","verifier":"https://v.example","details":{},"refresh":"x","given":1,"until":2,"withdrawn":2,"told_at":1,"told":{},"statements":[{"entry":` + entry + `,"status":{},"relied_until":9}]}`}),
			"what was told under it isn't revoked"},
		"watched, not given": {list([]string{"i", "watch", "m", "ann", `[{"entry":` + entry + `,"status":{},"relied_until":0}]`}), "isn't its own"},
		"refresh of nothing": {[][]string{{"i", "consent-refresh", "h", `{"member":"ann","id":"1"}`}}, "what it leads to isn't there"},

		"due input":         {[][]string{{"verifier", "due", "https://a.example", "2026", "ann", "1", ""}}, "what it leads to isn't there"},
		"complaint nowhere": {[][]string{{"complaint", "is", "C", `{"id":"C","state":"received","received":1,"deadline":2}`}}, "isn't there"},
		"complaint's owner": {[][]string{{"complaint", "of", "ann", "C", ""}}, "what it leads to isn't there"},
		"case":              {[][]string{{"court", "due", "1", "C", ""}}, "what it leads to isn't there"},
		"referral":          {[][]string{{"refer", "of", "ann", "R", ""}}, "what it leads to isn't there"},
		"ask":               {[][]string{{"desk", "of", "ann", "ask", "A", ""}}, "what it leads to isn't there"},
		"member's vouch":    {[][]string{{"vouching", "m", "member", "ann", "given", "V", ""}}, "what it leads to isn't there"},
		"burned too much": {[][]string{
			{"vouching", "m", "event", "V", `{"event":{"kind":"vouch","id":"V","at":1,"voucher":"ann","vouchee":"bob","level":1,"stake":10,"accepted_by":"bob"},"burns":[{"fault":"F","final":2,"hop":1,"amount":11}]}`},
			{"vouching", "m", "event", "F", `{"event":{"kind":"fault","id":"F","at":2,"member":"bob"},"charged":["V"]}`}}, "11 points were burned of a stake of 10"},
		"burned by nobody": {[][]string{
			{"vouching", "m", "event", "V", `{"event":{"kind":"vouch","id":"V","at":1,"voucher":"ann","vouchee":"bob","level":1,"stake":10,"accepted_by":"bob"},"burns":[{"fault":"F","final":2,"hop":1,"amount":1}]}`}}, `1 points were burned by "F", which doesn't`},
		"charged in vain": {[][]string{
			{"vouching", "m", "event", "V", `{"event":{"kind":"vouch","id":"V","at":1,"voucher":"ann","vouchee":"bob","level":1,"stake":10,"accepted_by":"bob"}}`},
			{"vouching", "m", "event", "F", `{"event":{"kind":"fault","id":"F","at":2,"member":"bob"},"charged":["V"]}`}}, `nothing was burned of "V", which it charges`},
	} {
		t.Run(name, func(t *testing.T) {
			faults := plant(t, c.records...)
			require.Len(t, faults, 1)
			require.Contains(t, faults[0], c.says)
		})
	}
}

// TestCheckOfASite: what sites that issue, verify and vouch keep is sound.
func TestCheckOfASite(t *testing.T) {
	clock := newClock()
	shop := open(t, clock, "shop", func(c *site.Config) {
		c.Issues = true
		c.Mechanisms = []bonafide.Mechanism{mechanism(c.Origin, "seller", "one", "two")}
	})
	shop.deeds("ann", 5)
	_, err := shop.Issuer.PublishBadge(t.Context(), "seller", "ann", "Ann")
	require.NoError(t, err)
	shop.due()
	report, err := site.CheckStore(t.Context(), shop.config.Store)
	require.NoError(t, err)
	require.Empty(t, report.Faults)
	require.EqualValues(t, 1, report.Counts["i badge"])
}
