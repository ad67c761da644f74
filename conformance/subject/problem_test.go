package subject

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStatuses(t *testing.T) {
	require.Equal(t, 422, StatusOf("wrong-nonce"))
	require.Equal(t, 503, StatusOf("status-unknown"))
	require.Equal(t, 409, StatusOf("already-imported"))
	require.Zero(t, StatusOf("code"))
	require.Greater(t, len(statuses()), 90)
}

// refusal is a problem document as it must be, with one header or the body changed.
func refusal(header, value, body string) *Exchange {
	x := &Exchange{Status: 422, Header: http.Header{
		"Content-Type": {"application/problem+json"}, "Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"},
	}, Body: []byte(`{"type":"urn:bonafide:error:expired","code":"expired","title":"T","status":422,"mend":{"en":"E","fr":"F"}}`)}
	if header != "" {
		x.Header.Set(header, value)
	}
	if body != "" {
		x.Body = []byte(body)
	}
	return x
}

func TestRefused(t *testing.T) {
	require.NoError(t, refusal("", "", "").Refused("stale", "expired"))
	var fault *Fault
	require.ErrorAs(t, refusal("", "", "").Refused("stale"), &fault)
	for _, x := range []*Exchange{
		refusal("Content-Type", "application/json", ""), refusal("Cache-Control", "max-age=1", ""), refusal("X-Content-Type-Options", "", ""),
		refusal("", "", `{"type":"expired","code":"expired","title":"T","status":422,"mend":{"en":"E","fr":"F"}}`),
		refusal("", "", `{"type":"urn:bonafide:error:expired","code":"expired","title":"T","status":400,"mend":{"en":"E","fr":"F"}}`),
		refusal("", "", `{"type":"urn:bonafide:error:expired","code":"expired","title":"T","status":422,"mend":{"en":"E"}}`),
		refusal("", "", `{"type":"urn:bonafide:error:stale","code":"bad-value","title":"T","status":422,"mend":{"en":"E","fr":"F"}}`),
	} {
		require.Error(t, x.Refused("expired", "bad-value"), "%s", x.Body)
	}
}
