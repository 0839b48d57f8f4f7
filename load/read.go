// Scenario files: where they are found, and what each block of them means.

package load

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"harness/internal/evidence"
	"harness/internal/measure"
	"harness/internal/nearest"
	"harness/internal/place"
	"harness/specs"
)

//go:embed scenarios/*.yaml
var files embed.FS

// ScenarioSchema is the JSON Schema (2020-12) of a scenario's file, for editors.
//
//go:embed scenario.schema.json
var ScenarioSchema []byte

// embedded is the Source of a scenario that comes with the program.
const embedded = "embedded"

// Scenarios lists the scenarios that come with the program, by name.
func Scenarios() ([]*Scenario, error) {
	names, err := fs.Glob(files, "scenarios/*.yaml")
	if err != nil {
		return nil, err
	}
	var all []*Scenario
	for _, name := range names {
		s, err := Read(strings.TrimSuffix(filepath.Base(name), ".yaml"))
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Read reads a scenario: one that comes with the program by its name, or a file by its path. Errors about what stands
// in a file are *place.Error.
func Read(name string) (*Scenario, error) {
	if data, err := files.ReadFile("scenarios/" + name + ".yaml"); err == nil {
		s, err := Parse("scenarios/"+name+".yaml", data)
		if err != nil {
			return nil, err
		}
		s.Source = embedded
		return s, nil
	}
	_, err := os.Stat(name)
	if err == nil || strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") {
		data, err := place.Read("scenario file", name, "harness list scenarios shows those that are built in")
		if err != nil {
			return nil, err
		}
		return Parse(name, data)
	}
	entries, err := fs.ReadDir(files, "scenarios")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return nil, nearest.Error("scenario", name, names, "a file of your own is given by its path, such as ./mine.yaml")
}

// Parse reads a scenario out of the bytes of a file. Every error is a *place.Error that names its place.
func Parse(file string, data []byte) (*Scenario, error) {
	sum := sha256.Sum256(data)
	base := filepath.Base(file)
	s := &Scenario{Name: strings.TrimSuffix(base, filepath.Ext(base)), Source: file, Digest: hex.EncodeToString(sum[:])}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")) // the parser counts such a line end as two
	r := &reader{file: file, lines: strings.Split(string(data), "\n"), scenario: s}
	if root := r.root(data); root != nil {
		r.everything(root)
	}
	if r.err != nil {
		return nil, r.err
	}
	return s, nil
}

// documents are the operations that a step may name.
var documents = sync.OnceValues(func() ([]*specs.API, error) {
	var all []*specs.API
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			return nil, err
		}
		all = append(all, api)
	}
	return all, nil
})

// simple is what a scenario may be called: it names files and metrics.
var simple = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

func (r *reader) everything(root ast.Node) {
	s := r.scenario
	var steps, pace *token.Token
	r.mapping(root, "a scenario",
		key{"name", func(n ast.Node) {
			r.line(n, "name", &s.Name)
			if r.err == nil && !simple.MatchString(s.Name) {
				r.fail(n.GetToken(), "", "name %q; a name is made of a-z, 0-9 and -", s.Name)
			}
		}},
		key{"summary", func(n ast.Node) { r.line(n, "summary", &s.Summary) }},
		key{"steps", func(n ast.Node) { steps = n.GetToken(); r.list(n, "steps", r.step) }},
		key{"pace", func(n ast.Node) { pace = n.GetToken(); r.pace(n) }},
		key{"arrival", func(n ast.Node) { r.one(n, "arrival", "arrival", Arrivals, &s.Pace.Arrival) }},
		key{"warmup", func(n ast.Node) { r.duration(n, "warmup", 0, &s.Warmup) }},
		key{"workers", func(n ast.Node) { r.whole(n, "workers", 1, mostWorkers, &s.Workers) }},
		key{"objectives", func(n ast.Node) { r.list(n, "objectives", r.objective) }},
	)
	sum := 0.0
	for _, step := range s.Steps {
		sum += step.Weight
	}
	switch {
	case len(s.Steps) == 0:
		r.fail(steps, "steps: [{operation: getLicense}]", "no steps; a scenario asks at least one operation")
	case sum == 0:
		r.fail(steps, "", "the weights of the steps sum to 0, so there is nothing to ask")
	case pace == nil:
		r.fail(nil, "pace: {kind: constant, rate: 100/s, duration: 30s}", "no pace; a scenario says when requests are due")
	}
	if s.Pace.Kind == "closed" && s.Pace.Arrival == "poisson" {
		r.fail(pace, "", "arrival: poisson in a closed model, where a request is due when the one before it is answered")
	}
	r.objectives()
}

func (r *reader) step(n ast.Node) {
	step := Step{Weight: 1, Line: n.GetToken().Position.Line}
	var operation, feed, which *token.Token
	r.mapping(n, "a step",
		key{"operation", func(n ast.Node) { step.Operation, operation, _ = r.scalar(n, "operation") }},
		key{"api", func(n ast.Node) { r.one(n, "api", "API", specs.Names, &step.API) }},
		key{"feed", func(n ast.Node) { step.Feed, feed, _ = r.scalar(n, "feed") }},
		key{"weight", func(n ast.Node) { r.number(n, "weight", &step.Weight) }},
		key{"sizes", func(n ast.Node) {
			r.list(n, "sizes", func(n ast.Node) {
				size := 0
				r.whole(n, "a size", 1, mostSize, &size)
				step.Sizes = append(step.Sizes, size)
			})
		}},
		key{"ranges", func(n ast.Node) { r.whole(n, "ranges", 1, mostRanges, &step.Ranges) }},
		key{"which", func(n ast.Node) {
			which = n.GetToken()
			r.list(n, "which", func(n ast.Node) {
				text := ""
				r.one(n, "which", "choice", []string{rare, common}, &text)
				step.Which = append(step.Which, text)
			})
		}},
	)
	if r.err != nil {
		return
	}
	if operation == nil {
		r.fail(n.GetToken(), "", "a step without an operation")
		return
	}
	if at, err := step.check(operation, feed, which); err != nil {
		r.fail(at, "", "%s", err)
		return
	}
	for _, other := range r.scenario.Steps {
		if other.Operation == step.Operation && other.API != step.API {
			r.fail(operation, "play them in two scenarios", "%s of both APIs in one scenario; what is measured is told apart by operation", step.Operation)
		}
	}
	r.scenario.Steps = append(r.scenario.Steps, step)
}

// The most that a step may ask for, and the most requests in flight.
const (
	mostSize    = 10_000
	mostRanges  = 10_000
	mostWorkers = 100_000
)

// check finds the API and the feed of a step, and says which of its keys is wrong. The places are for errors.
func (s *Step) check(operation, feed, which *token.Token) (*token.Token, error) {
	apis, err := documents()
	if err != nil {
		return nil, err
	}
	var op *specs.Operation
	var all []string
	for _, api := range apis {
		if s.API != "" && api.Name != s.API {
			continue
		}
		all = append(all, api.OperationIDs()...)
		if found := api.Operation(s.Operation); found != nil {
			if op != nil {
				return operation, fmt.Errorf("%s stands in both documents\nhint: add api: %s or api: %s", s.Operation, op.API, api.Name)
			}
			op = found
		}
	}
	if op == nil {
		return operation, nearest.Error("operation", s.Operation, all, "harness list operations")
	}
	s.API = op.API
	if !op.ReadOnly() {
		return operation, fmt.Errorf("%s writes; load only reads", op.ID)
	}
	feeds := feedsOf(op)
	if len(feeds) == 0 {
		return operation, fmt.Errorf("no feed asks %s", op.ID)
	}
	if s.Feed == "" {
		if len(feeds) > 1 {
			return operation, fmt.Errorf("%s wants a feed; those that ask it are %v", op.ID, feeds)
		}
		s.Feed = feeds[0]
	}
	if !slices.Contains(feeds, s.Feed) {
		if _, known := feedNamed(s.Feed); known {
			return feed, fmt.Errorf("feed %s does not ask %s; those that do are %v", s.Feed, op.ID, feeds)
		}
		return feed, nearest.Error("feed", s.Feed, feedNames(), "")
	}
	kind, _ := feedNamed(s.Feed)
	switch {
	case len(s.Sizes) > 0 && !kind.Sizes:
		return operation, fmt.Errorf("sizes say nothing to feed %s", s.Feed)
	case s.Ranges > 0 && !kind.Ranges:
		return operation, fmt.Errorf("ranges say nothing to feed %s", s.Feed)
	case len(s.Which) > 0 && !selective(op):
		return which, fmt.Errorf("which says nothing to %s, which selects by no role and no attribute", op.ID)
	}
	return nil, nil
}

// paceKeys says what each kind of pace is made of, beside its kind.
var paceKeys = []struct {
	kind string
	keys []string
}{
	{"constant", []string{"rate", "duration"}},
	{"stages", []string{"stages"}},
	{"spike", []string{"rate", "peak", "period", "duration"}},
	{"soak", []string{"rate", "duration"}},
	{"sine", []string{"rate", "peak", "period", "duration"}},
	{"breakpoint", []string{"rate", "peak", "duration"}},
	{"closed", []string{"workers", "duration"}},
}

// Arrivals are the ways in which the requests of a second come: spread evenly, or by chance as independent callers do.
var Arrivals = []string{"even", "poisson"}

func (r *reader) pace(n ast.Node) {
	p := &r.scenario.Pace
	p.Kind = "constant"
	all := []key{
		{"kind", func(ast.Node) {}},
		{"rate", func(n ast.Node) { r.rate(n, "rate", false, &p.Rate) }},
		{"peak", func(n ast.Node) { r.rate(n, "peak", false, &p.Peak) }},
		{"duration", func(n ast.Node) { r.duration(n, "duration", time.Millisecond, &p.Duration) }},
		{"period", func(n ast.Node) { r.duration(n, "period", time.Millisecond, &p.Period) }},
		{"stages", func(n ast.Node) { r.list(n, "stages", r.stage) }},
		{"workers", func(n ast.Node) { r.whole(n, "workers", 1, mostWorkers, &p.Workers) }},
	}
	var kinds []string
	for _, k := range paceKeys {
		kinds = append(kinds, k.kind)
	}
	// The kind first, wherever it stands: it says which other keys there are.
	if m, ok := n.(*ast.MappingNode); ok {
		for _, pair := range m.Values {
			if pair.Key.GetToken().Value == "kind" {
				r.one(pair.Value, "kind", "pace", kinds, &p.Kind)
			}
		}
	}
	takes := paceKeys[slices.Index(kinds, p.Kind)].keys
	given := map[string]bool{}
	var keys []key
	for _, k := range all {
		if k.name == "kind" || slices.Contains(takes, k.name) {
			keys = append(keys, key{k.name, func(n ast.Node) { given[k.name] = true; k.read(n) }})
		}
	}
	r.mapping(n, "a "+p.Kind+" pace", keys...)
	for _, name := range takes {
		if !given[name] {
			r.fail(n.GetToken(), "a "+p.Kind+" pace takes "+strings.Join(takes, ", "), "the pace has no %s", name)
		}
	}
	if r.err == nil {
		if err := p.Check(); err != nil {
			r.fail(n.GetToken(), "", "%s", err)
		}
	}
}

func (r *reader) stage(n ast.Node) {
	var stage Stage
	rate, duration, jump := false, false, "false"
	r.mapping(n, "a stage",
		key{"rate", func(n ast.Node) { rate = true; r.rate(n, "rate", true, &stage.Rate) }},
		key{"duration", func(n ast.Node) { duration = true; r.duration(n, "duration", time.Millisecond, &stage.Duration) }},
		key{"jump", func(n ast.Node) { r.one(n, "jump", "choice", []string{"true", "false"}, &jump) }},
	)
	if !rate || !duration {
		r.fail(n.GetToken(), "", "a stage wants a rate and a duration")
	}
	stage.Jump = jump == "true"
	r.scenario.Pace.Stages = append(r.scenario.Pace.Stages, stage)
}

func (r *reader) objective(n ast.Node) {
	o := evidence.Objective{Operation: "*"}
	var operation, metric *token.Token
	var window time.Duration
	keys := []key{
		{"operation", func(n ast.Node) { o.Operation, operation, _ = r.scalar(n, "operation") }},
		{"window", func(n ast.Node) { r.duration(n, "window", time.Second, &window) }},
	}
	for _, name := range measure.Metrics {
		keys = append(keys, key{name, func(n ast.Node) {
			if metric != nil {
				r.fail(n.GetToken(), "write one entry for each", "%s beside %s in one objective", name, o.Metric)
			}
			metric, o.Metric = n.GetToken(), name
			var within time.Duration
			switch {
			case measure.Percentiles[name] > 0:
				r.duration(n, name, time.Microsecond, &within)
				o.Limit = within.Seconds()
			case name == "violations":
				r.number(n, name, &o.Limit)
			default:
				r.share(n, name, &o.Limit)
			}
		}})
	}
	r.mapping(n, "an objective", keys...)
	if metric == nil {
		r.fail(n.GetToken(), "such as {p99: 100ms} or {errors: 0.1%}", "an objective without a limit")
	}
	if window%time.Second != 0 {
		r.fail(n.GetToken(), "", "window is %s; windows are whole seconds", window)
	}
	if r.err != nil {
		return
	}
	o.Window = window.Seconds()
	name(&o)
	r.scenario.Objectives = append(r.scenario.Objectives, o)
	r.named = append(r.named, operation)
}
