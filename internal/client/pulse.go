// Whether anybody is still there: a target that has stopped answering is not asked two thousand times more, each with
// a timeout of its own.

package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// The rule. An API that gave no answer worth judging for so many exchanges in a row is asked again for what it had
// answered before; when that comes to nothing either, it is lost, and nothing more is sent to it. One such answer
// begins the count anew, so that a server which drops every second request is never given up. Exchanges that took the
// whole timeout count twice: they cost the most. The same holds for a single operation, by timeouts alone: one that
// hangs is left alone, and the others go on.
const (
	patience    = 20              // points without an answer that says something
	timedOut    = 2               // points of an exchange that took the whole timeout; any other failure is one
	probes      = 3               // times that the request is sent which had been answered
	betweenAsks = time.Second     // from one of them to the next
	longestWait = 2 * time.Minute // a target that only says "later" for so long is lost as well
)

// ErrLost is the error of a request that was not sent because the target, or the operation, no longer answers.
var ErrLost = errors.New("given up")

// pulse follows what comes back. The zero value is ready.
type pulse struct {
	mu         sync.Mutex
	api        spell
	operations map[question]*spell
	throttled  time.Time // since when the server says "later" and nothing else; zero when it does not
}

// question tells requests apart whose silence says nothing of each other's: a gateway may drop odd ones.
type question struct {
	operation string
	odd       bool
}

// spell is how long something has been silent.
type spell struct {
	points int
	known  *Request // was answered with success, and may be sent again; nil if nothing was
	asking bool     // somebody is about to find out
	lost   error
}

// gone returns why a request need not be sent, nil if it may be answered.
func (p *pulse) gone(r Request) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.api.lost != nil {
		return p.api.lost
	}
	if s := p.operations[questionOf(r)]; s != nil {
		return s.lost
	}
	return nil
}

func questionOf(r Request) question { return question{operation: r.Operation.ID, odd: r.Odd} }

// note takes an exchange into account and returns the spells that have become too long. Whoever is given one finds out
// whether it is over, and nobody else does meanwhile.
func (p *pulse) note(e *Exchange, safe bool) (long []*spell) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.operations == nil {
		p.operations = map[question]*spell{}
	}
	key := questionOf(e.Request)
	if p.operations[key] == nil {
		p.operations[key] = &spell{}
	}
	own := p.operations[key]
	if e.Judgeable() {
		p.throttled = time.Time{}
		for _, s := range []*spell{&p.api, own} {
			s.points = 0
			if s.known == nil && safe && e.OK() && (s == own || !e.Request.Odd) {
				known := e.Request
				known.Case = ""
				s.known = &known
			}
		}
		return nil
	}
	p.api.points++
	if errors.Is(e.Err, errTimeout) {
		p.api.points += timedOut - 1
		own.points += timedOut
	}
	for _, s := range []*spell{&p.api, own} {
		if s.points >= patience && !s.asking && s.lost == nil {
			s.asking = true
			long = append(long, s)
		}
	}
	return long
}

// later notes that the server wants to be asked again after d, and says whether that is still worth it.
func (p *pulse) later(d time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.throttled.IsZero() {
		p.throttled = now
	}
	if now.Add(d).Sub(p.throttled) <= longestWait {
		return true
	}
	if p.api.lost == nil {
		p.api.lost = fmt.Errorf("%w: the target has said nothing but \"later\" for %s", ErrLost, now.Sub(p.throttled).Round(time.Second))
	}
	return false
}

// ended closes a spell that was looked into: over when lost is nil.
func (p *pulse) ended(s *spell, lost error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.asking, s.points = false, 0
	if s.lost == nil {
		s.lost = lost
	}
}

// Lost says why nothing more is sent to the API, nil while it answers.
func (c *Client) Lost() error {
	c.pulse.mu.Lock()
	defer c.pulse.mu.Unlock()
	return c.pulse.api.lost
}

// follow takes an exchange into account, and finds out about whatever has been silent for too long.
func (c *Client) follow(ctx context.Context, e *Exchange) {
	for _, s := range c.pulse.note(e, c.safe(e.Request)) {
		what := "the target"
		if s != &c.pulse.api {
			what = e.Request.Operation.ID
		}
		c.pulse.ended(s, c.find(ctx, s.known, fmt.Errorf("%w: %s no longer answers: %s", ErrLost, what, e.Answered())))
	}
}

// find asks again for what had been answered, and returns lost when nothing comes of it.
func (c *Client) find(ctx context.Context, known *Request, lost error) error {
	if known == nil {
		return lost
	}
	for n := range probes {
		if n > 0 && !sleep(ctx, betweenAsks) || ctx.Err() != nil {
			return nil // the caller gives up, which says nothing of the target
		}
		if e := c.exchange(ctx, *known); e.Judgeable() {
			return nil
		}
	}
	return lost
}
