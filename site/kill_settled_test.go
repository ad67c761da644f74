package site_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"time"

	"bonafide.example"
	"bonafide.example/store"
	"bonafide.example/vouching"
	"github.com/stretchr/testify/require"
)

// settled has everything done that is due, and requires that nothing is left to do, that each badge says what holds,
// and that what said more is revoked.
func (k *killing) settled() {
	k.Helper()
	require.NoError(k, k.RunDue(k.Context()))
	k.read(func(r store.Reader) { require.Empty(k, k.left(r), "left to do") })
	whole, err := func() (*vouching.State, error) {
		kept, err := k.Issuer.Ledger(slug)
		require.NoError(k, err)
		return vouching.Evaluate(kept.Parameters(), k.history(), bonafide.SecondsOf(k.clock.Now()))
	}()
	require.NoError(k, err)
	said, revoked := map[string]stated{}, k.revoked()
	var wrong []string
	for n := range population {
		name := memberName(n)
		status, err := k.Issuer.Status(k.Context(), slug, name)
		require.NoError(k, err)
		badge := k.badge(name)
		said[name] = badge
		if badge.status.AsOf = status.AsOf; !reflect.DeepEqual(badge.status, status) {
			wrong = append(wrong, fmt.Sprintf("%s: the badge says %v, and the status is %v", name, badge.status, status))
		}
		if follows := whole.Member(name); follows.Earned > 0 && k.number(status.Level) != follows.Level {
			wrong = append(wrong, fmt.Sprintf("%s: the status is %v, and level %d follows", name, status, follows.Level))
		}
		if revoked(badge.entry) {
			wrong = append(wrong, name+": the badge is revoked")
		}
		if before, ok := k.said[name]; ok && k.fallen(before, badge) && !revoked(before.entry) {
			wrong = append(wrong, fmt.Sprintf("%s: %v was said, and isn't revoked though %v is now", name, before.status, status))
		}
	}
	k.said = said
	require.Empty(k, wrong)
}

func (k *killing) number(level string) int { return k.Mechanisms[0].LevelNumber(level) }

// fallen tells whether a badge says less than when all was settled last, where that was its last issue but one: what
// was superseded before the fall runs out by itself.
func (k *killing) fallen(before, now stated) bool {
	was, is := before.status, now.status
	switch {
	case k.number(is.Level) > k.number(was.Level):
		k.rose++
	case k.number(is.Level) < k.number(was.Level):
		k.fell++
	}
	fallen := now.issues == before.issues+1 && (k.number(is.Level) < k.number(was.Level) || k.number(is.EarnedLevel) < k.number(was.EarnedLevel))
	if fallen {
		k.revocations++
	}
	return fallen
}

// left returns the rows of work that is due and not done.
func (k *killing) left(r store.Reader) (left []string) {
	due := k.clock.Now().Format(time.RFC3339)
	deadline := fmt.Sprintf("%013d", k.clock.Now().Unix())
	require.NoError(k, r.Scan(store.Range{}, func(key, _ []byte) (bool, error) {
		parts := store.Parts(key)
		switch kind := strings.Join(parts[:min(2, len(parts))], "/"); {
		case slices.Contains([]string{"i/touched", "i/order"}, kind), kind == "i/due" && parts[2] <= due, kind == "court/due" && parts[2] <= deadline:
			left = append(left, strings.Join(parts, "/"))
		}
		return true, nil
	}))
	return left
}

// badge returns what the member's badge says.
func (k *killing) badge(member string) stated {
	path := strings.TrimPrefix(k.badges[member], string(k.Origin))
	credential, err := bonafide.Parse[bonafide.Credential](k.get(path + ".json"))
	require.NoError(k, err)
	status, err := credential.Stated()
	require.NoError(k, err)
	said := stated{status: status, entry: credential.Status}
	code := strings.TrimPrefix(path, "/b/")
	k.read(func(r store.Reader) {
		require.NoError(k, r.Scan(store.Prefix(store.Key("i", "entry")), func(_, owner []byte) (bool, error) {
			if string(owner) == code {
				said.issues++
			}
			return true, nil
		}))
	})
	return said
}

// revoked returns what tells whether an entry's bit is set.
func (k *killing) revoked() func(bonafide.StatusEntry) bool {
	lists := map[string]bonafide.Bits{}
	return func(e bonafide.StatusEntry) bool {
		if lists[e.Credential] == nil {
			list, err := bonafide.Parse[bonafide.StatusList](k.get(strings.TrimPrefix(e.Credential, string(k.Origin)) + ".json"))
			require.NoError(k, err)
			lists[e.Credential], err = list.Bits()
			require.NoError(k, err)
		}
		index, err := e.Position()
		require.NoError(k, err)
		set, err := lists[e.Credential].Get(index)
		require.NoError(k, err)
		return set
	}
}

func (k *killing) get(path string) []byte {
	answer := record(k.handler, httptest.NewRequest(http.MethodGet, path, nil))
	require.Equal(k, http.StatusOK, answer.Code, answer.Body)
	return answer.Body.Bytes()
}
