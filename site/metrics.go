package site

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"bonafide.example/internal/metrics"
	"bonafide.example/internal/web"
	"bonafide.example/store"
)

// newMetrics makes the figures that the administration tells at /metrics. What they are is listed in deploy/README.md.
func (s *Site) newMetrics() {
	s.metrics = metrics.New(revision(), s.Log)
	s.pages.Watch(func(a web.Answered) { s.metrics.Request(a.Route, a.Method, a.Status, a.Took) })
	s.metrics.Counter(metrics.Figure{Name: "fetches_total", Help: "Requests to peers, by how they went.", Label: "outcome"}, s.fetches.values)
}

// measure adds the figures of what the site has.
func (s *Site) measure() {
	m := s.metrics
	m.Gauge(metrics.Figure{Name: "ready", Help: "1 where requests may be sent to this server, otherwise 0."}, func(ctx context.Context) (metrics.Values, error) {
		if s.Readiness(ctx).Ready {
			return metrics.Values{"": 1}, nil
		}
		return metrics.Values{"": 0}, nil
	})
	m.Gauge(metrics.Figure{Name: "requests_at_work", Help: "Requests that are being answered; light ones are those from memory.", Label: "kind"}, func(context.Context) (metrics.Values, error) {
		usual, light := s.pages.AtWork()
		return metrics.Values{"usual": float64(usual), "light": float64(light)}, nil
	})
	m.Counter(metrics.Figure{Name: "requests_refused_total", Help: "Requests refused unread, by the limit that they were over.", Label: "limit"}, func() metrics.Values {
		r := s.pages.Refusals()
		return metrics.Values{"busy": float64(r.Busy), "network": float64(r.Network), "account": float64(r.Account)}
	})
	m.Gauge(metrics.Figure{Name: "waiting", Help: "What waits to be done in the background, of each kind as far as 10000.", Label: "queue"},
		s.ofQueues(func(q queue) float64 { return float64(q.length) }))
	m.Gauge(metrics.Figure{Name: "waiting_seconds", Help: "How long the first of it has waited.", Label: "queue"},
		s.ofQueues(func(q queue) float64 { return s.secondsSince(q.since) }))
	if s.Issuer != nil {
		m.Counter(metrics.Figure{Name: "badges_issued_total", Help: "Badges signed."}, func() metrics.Values {
			return metrics.Values{"": float64(s.Issuer.Done().Badges)}
		})
		m.Counter(metrics.Figure{Name: "status_lists_signed_total", Help: "Status lists signed."}, func() metrics.Values {
			return metrics.Values{"": float64(s.Issuer.Done().Lists)}
		})
	}
	if counter, ok := s.Store.(store.Counter); ok {
		s.measureStore(counter)
	}
}

func (s *Site) measureStore(counter store.Counter) {
	s.metrics.Counter(metrics.Figure{Name: "store_transactions_total", Help: "Transactions of the store.", Label: "kind"}, func() metrics.Values {
		c := counter.Counts()
		return metrics.Values{"view": float64(c.Views), "update": float64(c.Updates)}
	})
	for name, f := range map[string]struct {
		help string
		of   func(store.Counts) int64
	}{
		"store_commits_total":  {"Times that something was put on disk; updates may share one.", func(c store.Counts) int64 { return c.Commits }},
		"store_reruns_total":   {"Times that an update had to run again.", func(c store.Counts) int64 { return c.Reruns }},
		"store_failures_total": {"Transactions that the store itself couldn't begin or finish.", func(c store.Counts) int64 { return c.Failed }},
	} {
		s.metrics.Counter(metrics.Figure{Name: name, Help: f.help}, func() metrics.Values { return metrics.Values{"": float64(f.of(counter.Counts()))} })
	}
}

// The queues of what is done in the background.
const (
	queueStatuses   = "statuses"   // to look at, since time changes them
	queueBadges     = "badges"     // to sign
	queueStatements = "statements" // to ask issuers for anew
)

// queue is what waits of one kind.
type queue struct {
	length int
	since  time.Time // since when the first waits; zero: none does, or it isn't known
}

func (s *Site) queues(ctx context.Context) (map[string]queue, error) {
	queues := map[string]queue{}
	if s.Issuer != nil {
		b, err := s.Issuer.Backlog(ctx)
		if err != nil {
			return nil, err
		}
		queues[queueStatuses], queues[queueBadges] = queue{b.Due, b.Since}, queue{length: b.Orders}
	}
	if s.Verifier != nil {
		b, err := s.Verifier.Backlog(ctx)
		if err != nil {
			return nil, err
		}
		queues[queueStatements] = queue{b.Due, b.Since}
	}
	return queues, nil
}

// ofQueues reads a figure of each queue.
func (s *Site) ofQueues(figure func(queue) float64) func(context.Context) (metrics.Values, error) {
	return func(ctx context.Context) (metrics.Values, error) {
		queues, err := s.queues(ctx)
		values := metrics.Values{}
		for name, q := range queues {
			values[name] = figure(q)
		}
		return values, err
	}
}

// secondsSince returns how long ago that was; 0 for the zero time.
func (s *Site) secondsSince(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return max(0, s.Now().Sub(at).Seconds())
}

// tallies counts things by a word of a closed list.
type tallies struct {
	mu sync.Mutex
	of map[string]int64
}

func (t *tallies) add(word string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[string]int64{}
	}
	t.of[word]++
}

func (t *tallies) values() metrics.Values {
	t.mu.Lock()
	defer t.mu.Unlock()
	values := metrics.Values{}
	for word, n := range t.of {
		values[word] = float64(n)
	}
	return values
}

// revision returns what the program was built from, "" where it doesn't tell.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return info.Main.Version
}
