// Trying again: what is safe to repeat, after how long, and how often.

package client

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"harness/specs"
)

const (
	maxTries     = 3
	firstPause   = 100 * time.Millisecond // doubled for each further try, unless the server says how long
	longestPause = time.Minute            // a server that asks for more gets no further try; platforms count by the minute
)

// try sends the request of an exchange until it is answered, or not worth sending again, and returns the headers that
// were sent.
func (c *Client) try(ctx context.Context, e *Exchange) (sent http.Header) {
	for e.Tries = 1; ; e.Tries++ {
		req, err := c.build(ctx, e.Request)
		if err == nil {
			err = c.authenticate(ctx, req, e.Request)
		}
		if err != nil {
			e.note(nil, err, time.Now())
			return sent
		}
		sent = req.Header
		release, err := c.limiter.acquire(ctx)
		if errors.Is(err, ErrSpent) && e.Tries > 1 {
			e.Tries-- // what came of the try before stands
			return sent
		}
		if err != nil {
			e.note(nil, err, time.Now())
			return sent
		}
		started := time.Now()
		answer, err := c.answer(ctx, c.guarded, req)
		release()
		e.note(answer, err, started)
		pause, again := c.again(ctx, e, answer, err)
		if !again || !sleep(ctx, pause) {
			return sent
		}
	}
}

// again says whether another try makes sense, and after how long.
func (c *Client) again(ctx context.Context, e *Exchange, answer *specs.Answer, err error) (time.Duration, bool) {
	pause, told, acceptable := c.pause(answer, e.Tries)
	if told && acceptable && answer.Status == http.StatusTooManyRequests {
		c.limiter.hold(pause) // it is the caller that is throttled, not this one request
		acceptable = c.pulse.later(pause)
	}
	if e.Tries >= maxTries || !acceptable || ctx.Err() != nil {
		return 0, false
	}
	if err != nil {
		return pause, c.safe(e.Request) && transient(err)
	}
	switch answer.Status {
	case http.StatusTooManyRequests: // was not carried out, so that even a write may be sent again
		return pause, true
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return pause, c.safe(e.Request)
	}
	return 0, false
}

// safe says whether a request leaves the data as it is, however often it is sent.
func (c *Client) safe(r Request) bool {
	if r.Method == http.MethodHead || r.Method == http.MethodOptions || r.Operation.Method == http.MethodGet {
		return true
	}
	op := c.operation(r)
	return op != nil && op.ReadOnly()
}

// transient says whether an error may be gone the next time. One that took the whole timeout is not tried again: it
// would cost that much time once more.
func transient(err error) bool {
	return !errors.Is(err, ErrRefused) && !errors.Is(err, errTimeout) && !errors.Is(err, errBody) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// pause is how long to wait before the next try: what Retry-After says (told), or twice as long each time. It is not
// acceptable when the server asks for longer than longestPause.
func (c *Client) pause(answer *specs.Answer, tries int) (pause time.Duration, told, acceptable bool) {
	if answer != nil {
		if after, ok := retryAfter(answer.Header.Get("Retry-After"), time.Now()); ok {
			return after, true, after <= longestPause
		}
	}
	return firstPause << (tries - 1), false, true
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// sleep waits, unless the context ends before; then it says false, at once.
func sleep(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
