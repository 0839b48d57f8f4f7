// The lane: what carries each hit from vegeta to the target and back, and stamps it on the way.

package load

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"harness/internal/client"
	"harness/internal/schema"
	"harness/specs"
)

// lane is the RoundTripper of one attacker. vegeta calls its Targeter and then its client in the same goroutine, so the
// targeter takes a slot with the request that is due, names it in a URL that costs little to read, and the RoundTripper
// sends what the slot holds. What vegeta makes of the answer is not used: times, statuses and bodies are taken here.
type lane struct {
	run      *run
	pacer    *pacer
	attacker int
	done     atomic.Int64 // hits that came to an end

	mu   sync.Mutex
	free []*slot
	all  []*slot
}

// slot is a place for one request in flight, used again and again.
type slot struct {
	name string // of the URL: slot:7
	ask  Ask
	held bool          // not sent: the server had asked to be left alone
	req  *http.Request // used again
	url  url.URL
	send bodyReader

	// The answer while it is looked at. What it takes is held no longer: there may be thousands of slots.
	open    io.Closer
	body    []byte
	answer  Answer
	reading *schema.Reading // nil while there is none
}

// readings are what few need at the same time: those who hold an answer against its document.
var readings = sync.Pool{New: func() any { return &schema.Reading{} }}

// close lets go of the answer.
func (s *slot) close() {
	if s.open != nil {
		s.open.Close()
	}
	if s.reading != nil {
		readings.Put(s.reading)
	}
	s.open, s.body, s.answer, s.reading = nil, nil, Answer{}, nil
}

// bodyReader is the body of a request out of memory.
type bodyReader struct {
	data []byte
	at   int
}

func (b *bodyReader) Read(p []byte) (int, error) {
	if b.at >= len(b.data) {
		return 0, io.EOF
	}
	n := copy(p, b.data[b.at:])
	b.at += n
	return n, nil
}

func (b *bodyReader) Close() error { return nil }

// target is the vegeta.Targeter.
func (l *lane) target(t *vegeta.Target) error {
	s := l.take()
	s.held = l.run.holds()
	l.run.next(&s.ask)
	t.Method, t.URL = http.MethodGet, s.name
	return nil
}

func (l *lane) take() *slot {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.free); n > 0 {
		s := l.free[n-1]
		l.free = l.free[:n-1]
		return s
	}
	s := &slot{name: "slot:" + strconv.Itoa(len(l.all))} // net/url is done with it soonest
	l.all = append(l.all, s)
	return s
}

func (l *lane) give(s *slot) {
	l.mu.Lock()
	l.free = append(l.free, s)
	l.mu.Unlock()
	l.done.Add(1)
}

func (l *lane) slot(index string) *slot {
	i, err := strconv.Atoi(index)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || i >= len(l.all) {
		return nil
	}
	return l.all[i]
}

// fine is what vegeta is told of each answer; it only reads it.
var fine = &http.Response{Status: "200 OK", StatusCode: http.StatusOK, Body: http.NoBody}

var errNoSlot = errors.New("a request that no feed has asked for")

// RoundTrip sends the request of the slot that the hit names.
func (l *lane) RoundTrip(hit *http.Request) (*http.Response, error) {
	s := l.slot(hit.URL.Opaque)
	if s == nil {
		return nil, errNoSlot
	}
	var seq uint64
	if text := hit.Header["X-Vegeta-Seq"]; len(text) == 1 {
		seq, _ = strconv.ParseUint(text[0], 10, 64) // vegeta has just written it
	}
	l.play(s, seq)
	l.give(s)
	return fine, nil
}

// play sends a request, stamps it, then holds its answer against the contract, off the clock.
func (l *lane) play(s *slot, seq uint64) {
	due := l.pacer.due(seq)
	r := l.run
	began := r.clock.now()
	if r.unpaced {
		due = began
	}
	smp := sample{operation: s.ask.Operation.index, size: s.ask.Size, due: due, lag: began - due, hit: l.pacer.first + seq*l.pacer.step}
	if s.held {
		smp.held = true
		s.back(&s.answer)
		if r.options.Results != nil {
			smp.cause = "not sent: the server asked to be left alone"
			r.options.Results(r.result(s, smp, 0))
			smp.cause = ""
		}
		r.recorder.add(l.attacker, &smp)
		return
	}
	err := l.send(s)
	ended := r.clock.now()
	smp.sent, smp.service = true, ended-began
	smp.bytes = len(s.body)
	r.judge(s, &s.answer, err, began, &smp)
	s.back(&s.answer)
	if r.options.Results != nil {
		r.options.Results(r.result(s, smp, s.answer.Status))
	}
	r.recorder.add(l.attacker, &smp)
	s.close()
}

// result is the request as vegeta would have it, but for the time: that runs from the schedule.
func (r *run) result(s *slot, smp sample, status int) vegeta.Result {
	way := r.ways[smp.operation]
	return vegeta.Result{
		Attack: r.plan.Scenario.Name, Seq: smp.hit, Code: uint16(status), Timestamp: r.clock.began.Add(smp.due), Latency: smp.response(),
		BytesOut: uint64(len(s.ask.Body)), BytesIn: uint64(smp.bytes), Error: smp.cause, Method: s.ask.Operation.Method,
		URL: way.client.Redact(way.scheme + "://" + way.host + way.prefix + s.ask.Target),
	}
}

func (s *slot) back(a *Answer) {
	if s.ask.Back != nil {
		s.ask.Back(&s.ask, a)
	}
}

// send sends the slot's request and reads its answer into the slot.
func (l *lane) send(s *slot) error {
	way := l.run.ways[s.ask.Operation.index]
	header := way.header.Load()
	s.url = way.url(s.ask.Target)
	ctx := way.ctx
	if l.run.timeout > 0 { // of transports that have none of their own
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.run.timeout)
		defer cancel()
		s.req = nil // and that may still look at a request when they have given the answer back
	}
	if s.req == nil {
		s.req = (&http.Request{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	}
	s.req.Method, s.req.URL, s.req.Host, s.req.Header = s.ask.Operation.Method, &s.url, way.host, *header
	s.req.Body, s.req.ContentLength, s.req.GetBody = nil, 0, nil
	if s.ask.Body != nil {
		s.send = bodyReader{data: s.ask.Body}
		s.req.Body, s.req.ContentLength = &s.send, int64(len(s.ask.Body))
		s.req.GetBody = func() (io.ReadCloser, error) { return &bodyReader{data: s.ask.Body}, nil }
	}
	resp, err := way.transport.RoundTrip(s.req)
	if err != nil {
		return err
	}
	s.open = resp.Body
	if resp.StatusCode == http.StatusSwitchingProtocols {
		s.answer = Answer{Status: resp.StatusCode, Header: resp.Header, Length: -1}
		return nil // its body is the bare connection, which nothing but Close ends
	}
	if whole, ok := resp.Body.(interface{ Bytes() []byte }); ok {
		s.body = whole.Bytes() // where it was read
	} else if err := s.read(resp); err != nil {
		return err
	}
	s.answer = Answer{Status: resp.StatusCode, Header: resp.Header, Body: s.body, Length: resp.ContentLength}
	return nil
}

// read reads a whole body into memory of its own, from transports that do not have it in memory.
func (s *slot) read(resp *http.Response) (err error) {
	if n := resp.ContentLength; n >= 0 && n <= LongestAnswer {
		s.body = make([]byte, n)
		got, err := io.ReadFull(resp.Body, s.body)
		s.body = s.body[:got]
		if err != nil && n > 0 {
			return err
		}
		_, err = io.Copy(io.Discard, resp.Body) // its end, so that the connection may be kept
		return err
	}
	s.body, err = io.ReadAll(io.LimitReader(resp.Body, LongestAnswer+1))
	if err == nil && len(s.body) > LongestAnswer {
		err = errLong
	}
	return err
}

// way is how the requests of one operation travel.
type way struct {
	client       *client.Client
	scheme, host string
	prefix       string // of the path: what the target's URL has, and the base path of the document
	transport    http.RoundTripper
	ctx          context.Context // of its requests
	direct       bool            // no proxy stands before the host
	header       atomic.Pointer[http.Header]
}

// url leads to a target below the API's base path, letter for letter.
func (w *way) url(target string) url.URL {
	target = w.prefix + target
	if !w.direct {
		// net/http sends an opaque URL through a proxy without its host, so it gets one only where there is no other way.
		if u, err := url.Parse(w.scheme + "://" + w.host + target); err == nil && u.RequestURI() == target {
			return *u
		}
	}
	return url.URL{Scheme: w.scheme, Host: w.host, Opaque: target}
}

// judge classifies an answer, reads its columns where the feed goes on from them, and holds it against its document and
// its request as far as the run validates.
func (r *run) judge(s *slot, a *Answer, err error, began time.Duration, smp *sample) {
	if err != nil {
		smp.cause, smp.exhausted = cause(err)
		return
	}
	smp.status = a.Status
	if wait, throttled := client.Throttled(a.Status, a.Header, time.Now); throttled {
		smp.throttled = true
		r.hold(wait)
		return
	}
	r.denied(a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden)
	if a.Status >= 500 || a.Status >= 400 && !s.ask.Refusal {
		smp.cause = strconv.Itoa(a.Status)
	}
	validates := r.validates(smp.hit)
	if !validates && s.ask.Back == nil {
		return
	}
	if len(a.Body) > longAnswer {
		if !fits(a.Body) {
			smp.cause, smp.exhausted = cause(errMany)
			return
		}
		done, inTime := r.turn()
		defer done()
		if !inTime {
			return
		}
	}
	s.reading = readings.Get().(*schema.Reading)
	departures := s.ask.Operation.Check(specs.Answer{Status: a.Status, Header: a.Header, Body: a.Body}, s.reading)
	a.Columns, a.Allowed = s.reading.Columns, len(departures) == 0
	if !validates {
		return
	}
	smp.validated = true
	if s.ask.Expect != nil {
		// The departures of the document may be shared with others who got the same body.
		departures = append(slices.Clip(departures), s.ask.Expect(&s.ask, a)...)
	}
	if len(departures) > 0 {
		for _, d := range departures {
			smp.violated = append(smp.violated, d.Requirement)
		}
		r.keep(s, a, departures, began, smp.service)
	}
}
