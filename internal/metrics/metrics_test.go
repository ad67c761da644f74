package metrics_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bonafide.example/internal/metrics"
	"github.com/stretchr/testify/require"
)

// told returns the lines that begin with the prefix.
func told(t *testing.T, m *metrics.Metrics, prefix string) (lines []string) {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, prefix) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func TestRequests(t *testing.T) {
	m := metrics.New("abc", slog.New(slog.DiscardHandler))
	for range 2 {
		m.Request("GET /b/{badge}", "GET", 200, 3*time.Millisecond)
	}
	m.Request("", "CANARY", 503, 0)
	m.Request("GET /", "GET", 1000, 0)
	require.Equal(t, []string{
		`bonafide_request_seconds_count{class="2xx",method="GET",route="GET /b/{badge}"} 2`,
		`bonafide_request_seconds_count{class="5xx",method="other",route="none"} 1`,
		`bonafide_request_seconds_count{class="other",method="GET",route="GET /"} 1`,
	}, told(t, m, "bonafide_request_seconds_count"))
	require.Contains(t, told(t, m, "bonafide_request_seconds_bucket"), `bonafide_request_seconds_bucket{class="2xx",method="GET",route="GET /b/{badge}",le="0.005"} 2`)
	require.Contains(t, told(t, m, "bonafide_build_info")[0], `revision="abc"`)
	require.NotEmpty(t, told(t, m, "go_goroutines"))
}

func TestFigures(t *testing.T) {
	var log bytes.Buffer
	m := metrics.New("", slog.New(slog.NewTextHandler(&log, nil)))
	m.Counter(metrics.Figure{Name: "things_total", Help: "Things."}, func() metrics.Values { return metrics.Values{"": 3} })
	m.Gauge(metrics.Figure{Name: "waiting", Help: "What waits.", Label: "queue"}, func(ctx context.Context) (metrics.Values, error) {
		_, limited := ctx.Deadline()
		require.True(t, limited, "who collects doesn't wait for ever")
		return metrics.Values{"b": 2, "a": 1}, nil
	})
	m.Gauge(metrics.Figure{Name: "broken", Help: "What can't be read."}, func(context.Context) (metrics.Values, error) {
		return nil, errors.New("no store")
	})
	require.Equal(t, []string{"bonafide_things_total 3"}, told(t, m, "bonafide_things_total"))
	require.Equal(t, []string{`bonafide_waiting{queue="a"} 1`, `bonafide_waiting{queue="b"} 2`}, told(t, m, "bonafide_waiting"))
	require.Empty(t, told(t, m, "bonafide_broken"))
	require.Contains(t, log.String(), "no store")
}
