// Package metrics counts what a site does, for Prometheus to collect. It knows nothing of what is counted but HTTP
// requests, and has two rules: no label takes its value from a request, a member or a peer, so that nobody can be
// recognised by a figure or make them more; and what is counted elsewhere is read when it is collected.
package metrics

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// prefix begins every name of this program's own.
const prefix = "bonafide_"

// collectWithin is how long figures may take that are read from the store.
const collectWithin = 5 * time.Second

// Metrics is the figures of one site.
type Metrics struct {
	registry *prometheus.Registry
	log      *slog.Logger
	requests *prometheus.HistogramVec
}

// New returns the figures that every site has: of the process, of the program and of requests.
func New(revision string, log *slog.Logger) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(), log: log,
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: prefix + "request_seconds", Help: "How long requests took, by the pattern that they matched.",
			Buckets: []float64{0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10},
		}, []string{"route", "method", "class"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: prefix + "build_info", Help: "Always 1; what the program was built from is in its labels.",
		ConstLabels: prometheus.Labels{"revision": revision, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// methods are those of HTTP that are told apart. A request may name any other.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// Request counts a request that was answered. route is the pattern that it matched, "" for none.
func (m *Metrics) Request(route, method string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	if !slices.Contains(methods, method) {
		method = "other"
	}
	m.requests.WithLabelValues(route, method, classOf(status)).Observe(took.Seconds())
}

func classOf(status int) string {
	if status < 100 || status > 599 {
		return "other"
	}
	return [...]string{"1xx", "2xx", "3xx", "4xx", "5xx"}[status/100-1]
}

// Handler answers with the figures, in the text format of Prometheus. Where some can't be read, the others are told.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, ErrorLog: slog.NewLogLogger(m.log.Handler(), slog.LevelWarn),
	})
}

// Figure says what a figure is called and what of. Label is what its values are told apart by; "" if there is one value.
type Figure struct {
	Name, Help, Label string
}

// Values are the values of a figure, by their label; that of a figure without one is under "".
type Values map[string]float64

// Counter has a figure read that only grows. Its labels must be of a closed list.
func (m *Metrics) Counter(f Figure, read func() Values) {
	m.add(f, prometheus.CounterValue, func(context.Context) (Values, error) { return read(), nil })
}

// Gauge has a figure read that rises and falls.
func (m *Metrics) Gauge(f Figure, read func(context.Context) (Values, error)) {
	m.add(f, prometheus.GaugeValue, read)
}

func (m *Metrics) add(f Figure, kind prometheus.ValueType, read func(context.Context) (Values, error)) {
	var labels []string
	if f.Label != "" {
		labels = []string{f.Label}
	}
	m.registry.MustRegister(&figure{prometheus.NewDesc(prefix+f.Name, f.Help, labels, nil), f.Label != "", kind, read})
}

// figure is a [prometheus.Collector] of what is counted elsewhere.
type figure struct {
	desc     *prometheus.Desc
	labelled bool
	kind     prometheus.ValueType
	read     func(context.Context) (Values, error)
}

func (f *figure) Describe(to chan<- *prometheus.Desc) { to <- f.desc }

func (f *figure) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectWithin)
	defer cancel()
	values, err := f.read(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(f.desc, err)
		return
	}
	for _, label := range slices.Sorted(maps.Keys(values)) {
		if f.labelled {
			to <- prometheus.MustNewConstMetric(f.desc, f.kind, values[label], label)
		} else {
			to <- prometheus.MustNewConstMetric(f.desc, f.kind, values[label])
		}
	}
}
