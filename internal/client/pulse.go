// Whether anybody is still there: a target that has stopped answering is not asked two thousand times more, each with
// a timeout of its own.

package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
	costly      = 2               // points of an exchange that took the whole timeout, or waited in vain; any other is one
	Probes      = 3               // times that the request is sent which had been answered, at most
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
	refused    int       // exchanges in a row that refused the default credential
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
		if credentialName(e.Request) == Default && len(e.Request.Header) == 0 {
			p.refused++
			if e.Status != http.StatusUnauthorized && e.Status != http.StatusForbidden {
				p.refused = 0
			}
		}
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
		own.points += costly
	}
	if errors.Is(e.Err, errTimeout) || e.Status == http.StatusTooManyRequests && e.Tries > 1 {
		p.api.points += costly - 1
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

// End says at the end of a run whether the API was there until then: when its last answers said nothing, or refused
// the default credential, what it had answered before is asked again. The error is why it is lost, nil when it is not.
func (c *Client) End(ctx context.Context) error {
	c.pulse.mu.Lock()
	api := &c.pulse.api
	lost, silent, refused, known := api.lost, api.points > 0, c.pulse.refused > 0, api.known
	c.pulse.mu.Unlock()
	if lost != nil || known == nil || !silent && !refused {
		return lost
	}
	last := c.find(ctx, *known)
	switch {
	case ctx.Err() != nil || errors.Is(last.Err, ErrSpent) || errors.Is(last.Err, ErrLost):
		return nil // nobody asked, so nobody knows
	case !last.Judgeable():
		lost = fmt.Errorf("%w: the target no longer answers: %s", ErrLost, last.Answered())
	case last.Status == http.StatusUnauthorized || last.Status == http.StatusForbidden:
		lost = fmt.Errorf("the default credential is refused by now: %s", last.Answered())
	}
	return lost
}

// follow takes an exchange into account, and finds out about whatever has been silent for too long.
func (c *Client) follow(ctx context.Context, e *Exchange) {
	for _, s := range c.pulse.note(e, c.safe(e.Request)) {
		what := "the target"
		if s != &c.pulse.api {
			what = e.Request.Operation.ID
		}
		last := e
		if s.known != nil {
			last = c.find(ctx, *s.known)
		}
		var lost error
		// A caller that gives up, or whose requests are spent, says nothing of the target.
		if !last.Judgeable() && ctx.Err() == nil && !errors.Is(last.Err, ErrSpent) {
			lost = fmt.Errorf("%w: %s no longer answers: %s", ErrLost, what, last.Answered())
		}
		c.pulse.ended(s, lost)
	}
}

// find asks again for what had been answered, until it is, and returns the last exchange.
func (c *Client) find(ctx context.Context, known Request) (last *Exchange) {
	for n := range Probes {
		if n > 0 && !sleep(ctx, betweenAsks) {
			break
		}
		e := c.exchange(ctx, known)
		if last == nil || !errors.Is(e.Err, ErrSpent) {
			last = e
		}
		if e.Judgeable() || ctx.Err() != nil {
			break
		}
	}
	return last
}
