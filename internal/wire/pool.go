// The connections to one host: the last one used is used next, and a cap is a cap.

package wire

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// pool holds the connections to one address.
type pool struct {
	t       *Transport
	secure  bool
	address string // host:port, as dialled
	name    string // host alone, as TLS names it
	host    atomic.Pointer[hostLine]

	mu      sync.Mutex
	idle    []*conn // the one used last is last, so the first is idle longest
	open    int     // in use, idle and being dialled
	waiting []chan *conn
	timer   *time.Timer // closes idle connections; nil until the first is idle
	ticking bool
	counts  Stats // Open, Idle and Waiting are not kept here
}

// get is a connection for one exchange that must be over at until (0 is never): kept, else new, else waited for. again
// wants a new one, for a request that a kept one broke under. now is about now; at is when the connection was there. The
// caller ends with put or drop.
func (p *pool) get(ctx context.Context, until time.Duration, again bool, now time.Duration) (c *conn, at time.Duration, err error) {
	p.mu.Lock()
	if again {
		p.counts.Retries++
	} else {
		p.counts.Requests++
		if c := p.pop(now); c != nil {
			p.counts.Reused++
			p.mu.Unlock()
			return c, now, nil
		}
	}
	c, err = p.slow(ctx, until, again, now)
	return c, p.t.now(), err
}

// slow is get where no kept connection is to be had at once. The lock is held, and is given up.
func (p *pool) slow(ctx context.Context, until time.Duration, again bool, now time.Duration) (*conn, error) {
	limit := p.t.opts.MaxConns
	if limit <= 0 || p.open < limit {
		p.open++
		p.mu.Unlock()
		return p.fresh(ctx, until)
	}
	if c := p.pop(now); c != nil { // only when again: the new one takes its place
		p.mu.Unlock()
		c.close()
		return p.fresh(ctx, until)
	}
	if p.open < limit { // what pop found was idle too long
		p.open++
		p.mu.Unlock()
		return p.fresh(ctx, until)
	}
	turn := make(chan *conn, 1)
	p.waiting = append(p.waiting, turn)
	p.mu.Unlock()

	var timeout <-chan time.Time
	if until != 0 {
		timer := time.NewTimer(until - p.t.now())
		defer timer.Stop()
		timeout = timer.C
	}
	var err error
	select {
	case c := <-turn:
		return p.take(ctx, until, c, again)
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-p.t.life.Done():
		err = context.Cause(p.t.life)
	case <-timeout:
		err = fmt.Errorf("wire: %s: %w after %v, waiting for one of %d connections", p.address, ErrTimeout, p.t.opts.Timeout, limit)
	}
	p.mu.Lock()
	if i := slices.Index(p.waiting, turn); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
	}
	p.mu.Unlock()
	select {
	case c := <-turn: // it came all the same: the next one's
		if c != nil {
			p.put(c, p.t.now())
		} else {
			p.free()
		}
	default:
	}
	return nil, err
}

// take uses what a waiting request was handed: a connection, or (nil) the place for one.
func (p *pool) take(ctx context.Context, until time.Duration, c *conn, again bool) (*conn, error) {
	if c != nil && !again {
		p.mu.Lock()
		p.counts.Reused++
		p.mu.Unlock()
		return c, nil
	}
	if c != nil {
		c.close()
	}
	return p.fresh(ctx, until)
}

// pop takes the connection used last; if even that one was idle too long, all were, and they are closed.
func (p *pool) pop(now time.Duration) *conn {
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	c := p.idle[last]
	if limit := p.t.opts.IdleTimeout; limit > 0 && now-c.idle >= limit {
		for _, c := range p.idle {
			c.abort()
		}
		p.open -= len(p.idle)
		p.idle = p.idle[:0]
		return nil
	}
	p.idle[last] = nil
	p.idle = p.idle[:last]
	return c
}

// fresh dials, in a place that was counted before.
func (p *pool) fresh(ctx context.Context, until time.Duration) (*conn, error) {
	c, err := p.connect(ctx, until)
	if err == nil {
		p.t.conns.add(c)
		if p.t.life.Err() != nil { // it may have ended before it knew of this one
			c.abort()
			err = context.Cause(p.t.life)
		}
	}
	if err != nil {
		p.free()
		return nil, err
	}
	p.mu.Lock()
	p.counts.Opened++
	p.mu.Unlock()
	return c, nil
}

func (p *pool) connect(ctx context.Context, until time.Duration) (*conn, error) {
	whole := ctx
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer context.AfterFunc(p.t.life, func() { stop(context.Cause(p.t.life)) })()
	if until != 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithDeadline(ctx, p.t.epoch.Add(until))
		defer stop()
	}
	socket, err := p.t.dial(ctx, "tcp", p.address)
	if err == nil {
		c := newConn(p, socket)
		if !p.secure {
			return c, nil
		}
		if err = c.handshake(ctx, p.t.opts.TLS); err == nil {
			return c, nil
		}
		c.abort()
	}
	switch {
	case whole.Err() != nil:
		return nil, context.Cause(whole)
	case p.t.life.Err() != nil:
		return nil, context.Cause(p.t.life)
	// A dialler may strike a moment before the context does.
	case until != 0 && p.t.now() > until-time.Millisecond:
		return nil, fmt.Errorf("wire: %s: %w after %v, connecting", p.address, ErrTimeout, p.t.opts.Timeout)
	default:
		return nil, err
	}
}

// put takes back a connection after an exchange that left it usable.
func (p *pool) put(c *conn, now time.Duration) {
	c.idle = now
	p.mu.Lock()
	if len(p.waiting) > 0 {
		turn := p.waiting[0]
		p.waiting = p.waiting[1:]
		turn <- c
		p.mu.Unlock()
		return
	}
	p.idle = append(p.idle, c)
	if !p.ticking && p.t.opts.IdleTimeout > 0 {
		p.tick(p.t.opts.IdleTimeout)
	}
	p.mu.Unlock()
}

// drop ends a connection that is of no use.
func (p *pool) drop(c *conn) {
	c.abort()
	p.free()
}

// stale ends a kept connection that was found unusable.
func (p *pool) stale(c *conn) {
	p.mu.Lock()
	p.counts.Stale++
	p.counts.Reused--
	p.counts.Requests-- // the request gets its connection anew
	p.mu.Unlock()
	p.drop(c)
}

// free gives up one place.
func (p *pool) free() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) > 0 {
		turn := p.waiting[0]
		p.waiting = p.waiting[1:]
		turn <- nil
		return
	}
	p.open--
}

// tick has sweep called after a while. The lock is held.
func (p *pool) tick(after time.Duration) {
	p.ticking = true
	if p.timer == nil {
		p.timer = time.AfterFunc(after, p.sweep)
		return
	}
	p.timer.Reset(after)
}

// sweep closes what was idle too long, and comes again when the next one will have been.
func (p *pool) sweep() {
	limit := p.t.opts.IdleTimeout
	p.mu.Lock()
	now, old := p.t.now(), 0
	for old < len(p.idle) && now-p.idle[old].idle >= limit {
		old++
	}
	closing := append([]*conn(nil), p.idle[:old]...)
	p.idle = append(p.idle[:0], p.idle[old:]...)
	p.open -= old
	p.ticking = false
	if len(p.idle) > 0 {
		p.tick(limit - (now - p.idle[0].idle))
	}
	p.mu.Unlock()
	for _, c := range closing {
		c.close()
	}
}

func (p *pool) closeIdle() {
	p.mu.Lock()
	closing := p.idle
	p.idle = nil
	p.open -= len(closing)
	if p.timer != nil && p.timer.Stop() {
		p.ticking = false
	}
	p.mu.Unlock()
	for _, c := range closing {
		c.close()
	}
}

func (p *pool) stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.counts
	s.Open, s.Idle, s.Waiting = p.open, len(p.idle), len(p.waiting)
	return s
}
