// The budget of a target: how many requests at once, how many in a span of time, and how many were sent.

package client

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"harness/internal/target"
)

// Limiter is one budget. All clients of a run share it, so that two APIs on one host, or the cases of a run side by
// side, never ask more than the target allows.
type Limiter struct {
	slots chan struct{}
	heavy chan struct{} // turns at bodies longer than usual, which take many times their length in memory
	every time.Duration // from one request to the next; 0 for no limit

	mu      sync.Mutex
	next    time.Time // no request before
	sent    map[string]int
	most    int // requests in all; 0 for no bound
	granted int
}

// NewLimiter makes the budget that a target's limits give. Requests are spread evenly: 300/m is one every 200 ms.
func NewLimiter(l target.Limits) *Limiter {
	concurrency := l.Concurrency
	if concurrency <= 0 {
		concurrency = target.DefaultConcurrency
	}
	limiter := &Limiter{slots: make(chan struct{}, concurrency), heavy: make(chan struct{}, 2), sent: map[string]int{}}
	if l.Rate.Count > 0 {
		limiter.every = l.Rate.Per / time.Duration(l.Rate.Count)
	}
	return limiter
}

// Bound lets at most n requests leave, tries and tokens included; later ones are not sent and say ErrSpent.
func (l *Limiter) Bound(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.most = n
}

// ErrSpent is the error of a request that the bound kept from being sent.
var ErrSpent = errors.New("not sent: the run's budget of requests is spent")

// Left is how many requests may still leave; ok is false when there is no bound.
func (l *Limiter) Left() (n int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.most - l.granted, l.most > 0
}

// grant takes one request off the bound.
func (l *Limiter) grant() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.most > 0 && l.granted >= l.most {
		return ErrSpent
	}
	l.granted++
	return nil
}

// Sent counts the requests that really left, by method, each try for itself. Requests for a token stand under TOKEN.
func (l *Limiter) Sent() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.sent)
}

// acquire waits for a slot and for the turn; release gives the slot back.
func (l *Limiter) acquire(ctx context.Context) (release func(), err error) {
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	release = func() { <-l.slots }
	if err := l.grant(); err != nil {
		release()
		return nil, err
	}
	if wait := l.turn(); wait > 0 && !sleep(ctx, wait) {
		release()
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("its turn comes in %s, later than the deadline: %w", wait.Round(time.Millisecond), context.DeadlineExceeded)
	}
	return release, nil
}

// large waits for a turn at a body that is longer than usual.
func (l *Limiter) large(ctx context.Context) (release func(), err error) {
	select {
	case l.heavy <- struct{}{}:
		return func() { <-l.heavy }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// turn takes the next place in the row and says how far off it is.
func (l *Limiter) turn() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	at := l.next
	if at.Before(now) {
		at = now
	}
	if l.every > 0 {
		l.next = at.Add(l.every)
	}
	return at.Sub(now)
}

// hold keeps every request back for d.
func (l *Limiter) hold(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := time.Now().Add(d); until.After(l.next) {
		l.next = until
	}
}

func (l *Limiter) count(name string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent[name] += n
}

// counter counts what passes it and leaves, under the method or under as.
type counter struct {
	next    http.RoundTripper
	limiter *Limiter
	as      string
}

// RoundTrip counts a request that was answered, and one that was written on a connection and got no answer. net/http
// may write one request twice, when a kept connection turns out to be gone; both left.
func (t counter) RoundTrip(req *http.Request) (*http.Response, error) {
	var written atomic.Int64
	trace := &httptrace.ClientTrace{WroteRequest: func(info httptrace.WroteRequestInfo) {
		if info.Err == nil {
			written.Add(1)
		}
	}}
	resp, err := t.next.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	n := int(written.Load())
	if err == nil {
		n = max(n, 1)
	}
	if n > 0 {
		name := req.Method
		if t.as != "" {
			name = t.as
		}
		t.limiter.count(name, n)
	}
	return resp, err
}
