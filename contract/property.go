// Properties: a promise asked for many drawn values, and a failure shrunk to the smallest request that shows it.

package contract

import (
	"flag"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"harness/internal/evidence"
)

// draws is how many values a property is asked for: a run has many properties, and a target has other guests.
const draws = 10

// shrinks is how many simpler values are tried once one has broken the promise, in the first try of a case; those that
// confirm it only have to break as well.
const shrinks = 120

var rapidFlags sync.Once

// setFlags tells rapid how to go about it: rapid takes its settings from flags alone, and reads those of package
// testing, which a program other than a test has to register first.
func setFlags(seed uint64) {
	rapidFlags.Do(func() {
		if !flag.Parsed() {
			testing.Init()
			_ = flag.CommandLine.Parse(nil) // no arguments, no error
		}
		for name, value := range map[string]string{
			"rapid.checks": strconv.Itoa(draws), "rapid.nofailfile": "true", "rapid.shrinktime": "2s",
			"rapid.seed": strconv.FormatUint(max(1, seed), 10), // 0 would be another seed each time
		} {
			if err := flag.Set(name, value); err != nil {
				panic(fmt.Sprintf("rapid has no flag %s: %v", name, err))
			}
		}
	})
}

// Property asks a promise for drawn values. A failure is shrunk: the case breaks over the simplest values that break
// it. Draws are repeated by the run's seed.
func (t *T) Property(promise func(*rapid.T)) {
	if t.planning {
		panic(stop{result: evidence.Kept})
	}
	setFlags(t.env.Seed)
	var last *stop
	since := 0 // tries since the promise broke first
	guarded := func(r *rapid.T) {
		defer func() {
			p := recover()
			s, ours := p.(stop)
			switch {
			case p == nil:
			case ours:
				last = &s
				r.Fatalf("%s", s.result) // the same text for every failure, so that rapid knows it again
			default:
				panic(p) // rapid's own, or a defect of the case
			}
		}()
		if last != nil {
			// The last failure is the simplest so far: rapid keeps what still fails and goes on from there.
			if since++; since > shrinks || t.try > 1 {
				return
			}
		}
		promise(r)
	}
	defer func() {
		switch p := recover(); {
		case p != nil && p != any(failedNow{}):
			panic(p)
		case last != nil:
			panic(*last)
		case p != nil:
			t.Inconclusive("too few values could be drawn from the data of the target")
		}
	}()
	rapid.Check(&checked{}, guarded)
}

// failedNow is how checked ends a property that failed.
type failedNow struct{}

// checked is the testing.T that rapid wants; it keeps nothing but whether something failed.
type checked struct{ failed bool }

func (c *checked) Helper()               {}
func (c *checked) Name() string          { return "property" }
func (c *checked) Logf(string, ...any)   {}
func (c *checked) Log(...any)            {}
func (c *checked) Skipf(string, ...any)  {}
func (c *checked) Skip(...any)           {}
func (c *checked) SkipNow()              {}
func (c *checked) Errorf(string, ...any) { c.failed = true }
func (c *checked) Error(...any)          { c.failed = true }
func (c *checked) Fatalf(string, ...any) { c.FailNow() }
func (c *checked) Fatal(...any)          { c.FailNow() }
func (c *checked) FailNow()              { c.failed = true; panic(failedNow{}) }
func (c *checked) Fail()                 { c.failed = true }
func (c *checked) Failed() bool          { return c.failed }
