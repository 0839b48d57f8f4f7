// Metrics of a run that goes on, for Prometheus to collect.

package live

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"harness/internal/evidence"
)

// Metrics counts what a run did. Labels are the scenario, the operation and the class of the answer's status; never a
// URL, of which there are as many as there are keys. Warm-up is counted as well: it was sent.
type Metrics struct {
	handler http.Handler
	moment  moment

	due                                              prometheus.Counter
	throttled, held, validated, violating, bodyBytes *prometheus.CounterVec
	failed, violations                               *prometheus.CounterVec
	inFlight, workers, cores, lag, second            prometheus.Gauge
	times                                            *times
}

// NewMetrics counts a scenario.
func NewMetrics(load evidence.Load) *Metrics {
	registry := prometheus.NewRegistry()
	fixed := prometheus.Labels{"scenario": load.Scenario}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "harness_load", Name: name, Help: help, ConstLabels: fixed}, labels)
		registry.MustRegister(c)
		return c
	}
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "harness_load", Name: name, Help: help, ConstLabels: fixed})
		registry.MustRegister(g)
		return g
	}
	m := &Metrics{
		due:        counter("due_total", "Requests that came due by the schedule.").WithLabelValues(),
		failed:     counter("errors_total", "Requests without a good answer, by status or kind of failure.", "operation", "cause"),
		throttled:  counter("throttled_total", "Answers that asked to be left alone.", "operation"),
		held:       counter("held_total", "Requests that were due and not sent, because the server had asked to be left alone.", "operation"),
		validated:  counter("validated_total", "Answers held against their document.", "operation"),
		violating:  counter("violating_total", "Answers that broke the contract.", "operation"),
		violations: counter("violations_total", "Broken promises, by requirement; an answer may break several.", "operation", "requirement"),
		bodyBytes:  counter("body_bytes_total", "Bytes of answers' bodies, as they came.", "operation"),
		inFlight:   gauge("in_flight", "Requests in flight."),
		workers:    gauge("workers", "Places for requests in flight, as many as were needed so far."),
		cores:      gauge("generator_cores", "Processor time that the generator takes, in cores."),
		lag:        gauge("lag_seconds", "How late requests left in the last second, 99th percentile."),
		second:     gauge("second", "Second of the scenario, warm-up included."),
		times:      newTimes(fixed),
	}
	registry.MustRegister(m.times)
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

// ServeHTTP answers Prometheus.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.handler.ServeHTTP(w, r) }

// Tick counts the next tick of the evidence.
func (m *Metrics) Tick(t evidence.Tick) {
	m.due.Add(float64(t.Due))
	for i := range t.Operations {
		p := &t.Operations[i]
		m.throttled.WithLabelValues(p.Operation).Add(float64(p.Throttled))
		m.held.WithLabelValues(p.Operation).Add(float64(p.Held))
		m.validated.WithLabelValues(p.Operation).Add(float64(p.Validated))
		m.violating.WithLabelValues(p.Operation).Add(float64(p.Violating))
		m.bodyBytes.WithLabelValues(p.Operation).Add(float64(p.Bytes))
		for cause, n := range p.Causes {
			m.failed.WithLabelValues(p.Operation, cause).Add(float64(n))
		}
		for id, n := range p.Violations {
			m.violations.WithLabelValues(p.Operation, id).Add(float64(n))
		}
		m.times.add(p)
	}
	if g := t.Generator; g != nil {
		m.second.Set(float64(t.Second))
		m.inFlight.Set(float64(g.InFlight))
		m.workers.Set(float64(g.Workers))
		m.cores.Set(g.CPU)
	}
	if m.moment.add(t) {
		m.lag.Set(m.moment.lag.Quantile(0.99).Seconds())
		m.moment.clear()
	}
}

// bounds are the upper ends of the histogram's buckets, in seconds.
var bounds = []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}

// times is a collector of response times: how many there were, by operation and class. The library's own histogram
// takes times one by one, and here they come a second at a time.
type times struct {
	about *prometheus.Desc
	mu    sync.Mutex
	all   map[timesKey]*bucketed
}

type timesKey struct{ operation, class string }

type bucketed struct {
	count   uint64
	sum     float64
	buckets []uint64 // not cumulative; one for each bound
}

func newTimes(fixed prometheus.Labels) *times {
	return &times{
		about: prometheus.NewDesc("harness_load_response_seconds", "Time from when a request was due to the last byte of its answer, to three digits.", []string{"operation", "class"}, fixed),
		all:   map[timesKey]*bucketed{},
	}
}

func (t *times) add(p *evidence.TickPart) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range p.Classes {
		key := timesKey{p.Operation, c.Class}
		b := t.all[key]
		if b == nil {
			b = &bucketed{buckets: make([]uint64, len(bounds))}
			t.all[key] = b
		}
		for _, bar := range c.Response.Bars() {
			b.count += uint64(bar.Count)
			b.sum += (bar.From + (bar.To-bar.From)/2).Seconds() * float64(bar.Count)
			for i, bound := range bounds {
				if bar.To <= time.Duration(bound*float64(time.Second)) {
					b.buckets[i] += uint64(bar.Count)
					break
				}
			}
		}
	}
}

// Describe is a prometheus.Collector's.
func (t *times) Describe(to chan<- *prometheus.Desc) { to <- t.about }

// Collect is a prometheus.Collector's.
func (t *times) Collect(to chan<- prometheus.Metric) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, b := range t.all {
		cumulative, sum := map[float64]uint64{}, uint64(0)
		for i, bound := range bounds {
			sum += b.buckets[i]
			cumulative[bound] = sum
		}
		to <- prometheus.MustNewConstHistogram(t.about, b.count, b.sum, cumulative, key.operation, key.class)
	}
}
