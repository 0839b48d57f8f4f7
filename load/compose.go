// From a scenario to a plan: its feeds get data of the target.

package load

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"harness/internal/fixture"
	"harness/internal/schema"
	"harness/specs"
)

// memoSize bounds what is remembered of bodies already judged, in bytes. It is a part of what a run may hold in memory.
const memoSize = 16 << 20

// Compose gives the steps of a scenario data of the target, out of what discovery found, and compiles the documents.
// The same seed gives the same requests as long as the answers are the same. A step for which the target has nothing is
// left out, and one that asks for more than there is asks for less; Plan.Notes says so. Only when no step is left it is
// an error, which says what the target lacks.
func Compose(s *Scenario, set *fixture.Set, apis map[string]*specs.API, seed uint64) (Plan, error) {
	c := &composer{scenario: s, set: set, apis: apis, seed: seed, began: time.Now()}
	var lacks []string
	for i := range s.Steps {
		step := &s.Steps[i]
		err := c.add(step)
		var lack *lackError
		switch {
		case errors.As(err, &lack):
			lacks = append(lacks, fmt.Sprintf("%s (%s) needs %s", step.Operation, step.Feed, lack.what))
		case err != nil:
			return Plan{}, fmt.Errorf("scenario %s: %s: %w", s.Name, step.Operation, err)
		}
	}
	if len(c.feeds) == 0 {
		return Plan{}, fmt.Errorf("the target has no data for scenario %s: %s", s.Name, strings.Join(lacks, "; "))
	}
	for _, lack := range lacks {
		c.notes = append(c.notes, "left out: "+lack)
	}
	memo := schema.NewMemo(memoSize)
	total := c.weights[len(c.weights)-1]
	for i, op := range c.operations {
		if err := op.Compile(memo); err != nil {
			return Plan{}, err
		}
		c.operations[i].Share /= total
	}
	return Plan{Scenario: s, Operations: c.operations, Next: c.next(total), Notes: c.notes}, nil
}

// composer makes the feeds of one plan.
type composer struct {
	scenario   *Scenario
	set        *fixture.Set
	apis       map[string]*specs.API
	seed       uint64
	began      time.Time
	operations []*Operation
	feeds      []Feed
	weights    []float64 // of the feeds, summed up
	notes      []string
}

// lackError is data that the target does not have.
type lackError struct{ what string }

func (e *lackError) Error() string { return "the target lacks " + e.what }

func lacking(format string, args ...any) error { return &lackError{fmt.Sprintf(format, args...)} }

// add makes the feed of a step.
func (c *composer) add(step *Step) error {
	if step.Weight == 0 {
		return nil
	}
	api := c.apis[step.API]
	if api == nil {
		return lacking("%s, which the target does not have", step.API)
	}
	spec := api.Operation(step.Operation)
	if spec == nil {
		return fmt.Errorf("the document of %s has no such operation", step.API)
	}
	kind, ok := feedNamed(step.Feed)
	if !ok || !kind.asks(spec) {
		return fmt.Errorf("feed %q does not ask it", step.Feed)
	}
	op, known := c.operation(spec, api)
	feed, err := kind.make(c, step, op)
	if err != nil {
		return err
	}
	if !known {
		c.operations = append(c.operations, op)
	}
	op.Share += step.Weight
	sum := step.Weight
	if len(c.weights) > 0 {
		sum += c.weights[len(c.weights)-1]
	}
	c.feeds, c.weights = append(c.feeds, feed), append(c.weights, sum)
	return nil
}

// operation finds the operation of another step, or makes one.
func (c *composer) operation(spec *specs.Operation, api *specs.API) (op *Operation, known bool) {
	for _, op := range c.operations {
		if op.ID == spec.ID && op.API.Name == api.Name {
			return op, true
		}
	}
	return &Operation{Operation: spec, API: api}, false
}

// chance is the randomness of one feed: seeded, and another one for each.
func (c *composer) chance() *rand.Rand { return rand.New(rand.NewPCG(c.seed, uint64(len(c.feeds)+1))) }

// next draws a feed by its weight, and lets it fill the request.
func (c *composer) next(total float64) func(*Ask) {
	if len(c.feeds) == 1 {
		return c.feeds[0].Next
	}
	chance := rand.New(rand.NewPCG(c.seed, 0))
	return func(a *Ask) {
		i, found := slices.BinarySearch(c.weights, chance.Float64()*total)
		if found {
			i++
		}
		c.feeds[min(i, len(c.feeds)-1)].Next(a)
	}
}

// sizes are those of a step, or usual ones, none above what there is; those above beyond are meant to be refused, and
// stay if there is enough for them.
func (c *composer) sizes(step *Step, usual []int, there int, what string) []int {
	wanted := step.Sizes
	if len(wanted) == 0 {
		wanted = usual
	}
	sizes := slices.Clone(wanted)
	for i := range sizes {
		sizes[i] = min(sizes[i], there)
	}
	if !slices.Equal(sizes, wanted) {
		if len(step.Sizes) > 0 {
			c.notes = append(c.notes, fmt.Sprintf("%s asks for at most %d at once: the target shows %d %s", step.Operation, there, there, what))
		}
		slices.Sort(sizes)
		sizes = slices.Compact(sizes)
	}
	return sizes
}

// column is where the values of a path stand in the answers of an operation.
func (o *Operation) column(path string) int {
	if i := slices.Index(o.Paths, path); i >= 0 {
		return i
	}
	o.Paths = append(o.Paths, path)
	return len(o.Paths) - 1
}
