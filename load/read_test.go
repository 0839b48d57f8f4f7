// Scenario files are read strictly: whatever is not as it should be is told at its place.

package load_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"harness/internal/evidence"
	"harness/load"
)

func TestAScenarioIsRead(t *testing.T) {
	s, err := load.Parse("own.yaml", []byte(`
name: night-scan
summary: What the nightly export does
steps:
  - operation: scanLicensesByRole
    feed: walk
    sizes: [10, 100]
    which: [rare]
    weight: 0.5
  - {operation: getLicenseUsers, api: genesyscloud}
pace: {kind: sine, rate: 600/m, peak: 15/s, period: 20s, duration: 2m}
arrival: poisson
warmup: 5s
workers: 64
objectives:
  - {p99.9: 150ms, window: 10s}
  - {operation: scanLicensesByRole, errors: 0.1%}
  - {rate: 99%}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &load.Scenario{
		Name: "night-scan", Summary: "What the nightly export does", Source: "own.yaml", Digest: s.Digest,
		Steps: []load.Step{
			{Feed: "walk", Operation: "scanLicensesByRole", API: "gotoaccount", Weight: 0.5, Sizes: []int{10, 100}, Which: []string{"rare"}, Line: 5},
			{Feed: "pages", Operation: "getLicenseUsers", API: "genesyscloud", Weight: 1, Line: 10},
		},
		Pace:   load.Pace{Kind: "sine", Arrival: "poisson", Rate: 10, Peak: 15, Period: 20 * time.Second, Duration: 2 * time.Minute},
		Warmup: 5 * time.Second, Workers: 64,
		Objectives: []evidence.Objective{
			{ID: "p99.9", Operation: "*", Metric: "p99.9", Limit: 0.15, Window: 10, Text: "p99.9 ≤ 150ms in every 10s"},
			{ID: "scanLicensesByRole errors", Operation: "scanLicensesByRole", Metric: "errors", Limit: 0.001, Text: "errors ≤ 0.1%"},
			{ID: "rate", Operation: "*", Metric: "rate", Limit: 0.99, Text: "rate ≥ 99%"},
			{ID: "violations", Operation: "*", Metric: "violations", Text: "no violations"},
		},
	}
	if diff := cmp.Diff(want, s); diff != "" || len(s.Digest) != 64 {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestWhatIsWrongInAScenarioIsToldAtItsPlace(t *testing.T) {
	const steps, pace = "steps: [{operation: getLicense}]\n", "pace: {rate: 10/s, duration: 1s}\n"
	for _, tc := range []struct{ text, want string }{
		{"", "own.yaml: the file is empty; a scenario has steps and a pace"},
		{"- a\n", "own.yaml:1: a scenario is a list; it wants a mapping"},
		{steps, "own.yaml: no pace; a scenario says when requests are due"},
		{pace, "own.yaml: no steps; a scenario asks at least one operation"},
		{steps + pace + "---\na: b\n", "own.yaml:4: a second document; a file holds one scenario"},
		{"stepz: []\n", "own.yaml:1: unknown key \"stepz\"; did you mean steps?\n   1 | stepz: []\n     | ^\nhint: a scenario takes name, summary, steps, pace, arrival, warmup, workers, objectives"},
		{"name: Big Scan\n" + steps + pace, `own.yaml:1: name "Big Scan"; a name is made of a-z, 0-9 and -`},
		{steps + steps + pace, "own.yaml:2: mapping key \"steps\" already defined at [1:1]"},
		// steps
		{"steps: {operation: getLicense}\n" + pace, "own.yaml:1: steps is a mapping; it wants a list [ ]"},
		{"steps:\n  - {weight: 1}\n" + pace, "own.yaml:2: a step without an operation"},
		{"steps: [{operation: getLicence}]\n" + pace, "own.yaml:1: no operation \"getLicence\"; the operations are [getLicense"},
		{"steps: [{operation: getLicenseUsers}]\n" + pace, "own.yaml:1: getLicenseUsers stands in both documents"},
		{"steps: [{operation: getLicenseUsers, api: genesys}]\n" + pace, `own.yaml:1: api: no API "genesys"; the APIs are [gotoaccount genesyscloud]; did you mean genesyscloud?`},
		{"steps: [{operation: postLicenseOrganization}]\n" + pace, "own.yaml:1: postLicenseOrganization writes; load only reads"},
		{"steps: [{operation: scanLicensesByKey}]\n" + pace, "own.yaml:1: scanLicensesByKey wants a feed; those that ask it are [walk parallel random]"},
		{"steps: [{operation: scanLicensesByKey, feed: wlak}]\n" + pace, `own.yaml:1: no feed "wlak"; the feeds are [walk parallel random batch pages one]; did you mean walk?`},
		{"steps: [{operation: getLicense, feed: walk}]\n" + pace, "own.yaml:1: feed walk does not ask getLicense; those that do are [one]"},
		{"steps: [{operation: getLicense, sizes: [2]}]\n" + pace, "own.yaml:1: sizes say nothing to feed one"},
		{"steps: [{operation: scanLicensesByKey, feed: walk, ranges: 2}]\n" + pace, "own.yaml:1: ranges say nothing to feed walk"},
		{"steps: [{operation: scanLicensesByKey, feed: walk, which: [rare]}]\n" + pace, "own.yaml:1: which says nothing to scanLicensesByKey, which selects by no role and no attribute"},
		{"steps: [{operation: scanLicensesByRole, feed: walk, which: [rar]}]\n" + pace, `own.yaml:1: which: no choice "rar"; the choices are [rare common]; did you mean rare?`},
		{"steps: [{operation: getLicensesByKeys, sizes: [0]}]\n" + pace, `own.yaml:1: a size is "0"; it wants a whole number from 1 to 10000`},
		{"steps: [{operation: getLicensesByKeys, sizes: [ten]}]\n" + pace, `own.yaml:1: a size is "ten"; it wants a whole number from 1 to 10000`},
		{"steps: [{operation: getLicense, weight: -1}]\n" + pace, `own.yaml:1: weight is "-1"; it wants a number, 0 or more`},
		{"steps: [{operation: getLicense, weight: 0}]\n" + pace, "own.yaml:1: the weights of the steps sum to 0, so there is nothing to ask"},
		{"steps:\n  - {operation: getLicenseUsers, api: gotoaccount}\n  - {operation: getLicenseUsers, api: genesyscloud}\n" + pace, "own.yaml:3: getLicenseUsers of both APIs in one scenario; what is measured is told apart by operation"},
		// pace
		{steps + "pace: {rate: 0/s, duration: 1s}\n", "own.yaml:2: rate: a rate of 0/s sends nothing"},
		{steps + "pace: {rate: -5/s, duration: 1s}\n", `own.yaml:2: rate: "-5/s" is negative`},
		{steps + "pace: {rate: 1000001/s, duration: 1s}\n", `own.yaml:2: rate: "1000001/s" is above 1000000/s, the highest rate there is`},
		{steps + "pace: {rate: 10, duration: 1s}\n", `own.yaml:2: rate: "10" is no rate`},
		{steps + "pace: {rate: 10/d, duration: 1s}\n", `own.yaml:2: rate: "10/d" is no rate`},
		{steps + "pace: {rate: nan/s, duration: 1s}\n", `own.yaml:2: rate: "nan/s" is no rate`},
		{steps + "pace: {rate: 10/s, duration: 0s}\n", "own.yaml:2: duration is 0s; it wants at least 1ms"},
		{steps + "pace: {rate: 10/s, duration: -1s}\n", "own.yaml:2: duration is -1s; it wants at least 1ms"},
		{steps + "pace: {rate: 10/s, duration: 10}\n", `own.yaml:2: duration is "10", which is no duration`},
		{steps + "pace: {rate: 10/s, duration: 1 fortnight}\n", `own.yaml:2: duration is "1 fortnight", which is no duration`},
		{steps + "pace: {rate: 10/s}\n", "own.yaml:2: the pace has no duration"},
		{steps + "pace: {kind: constand, rate: 10/s, duration: 1s}\n", `own.yaml:2: kind: no pace "constand"; the paces are [constant stages spike soak sine breakpoint closed]; did you mean constant?`},
		{steps + "pace: {rate: 10/s, duration: 1s, peak: 20/s}\n", "own.yaml:2: unknown key \"peak\"\n"},
		{steps + "pace: {kind: closed, workers: 0, duration: 1s}\n", `own.yaml:2: workers is "0"; it wants a whole number from 1 to 100000`},
		{steps + "pace: {kind: spike, rate: 10/s, peak: 5/s, period: 1s, duration: 2s}\n", "own.yaml:2: the peak of 5/s lies below the rate of 10/s"},
		{steps + "pace: {kind: spike, rate: 10/s, peak: 50/s, period: 3s, duration: 2s}\n", "own.yaml:2: a spike of 3s in 2s"},
		{steps + "pace: {kind: sine, rate: 10/s, peak: 50/s, period: 3s, duration: 20s}\n", "own.yaml:2: a sine around 10/s up to 50/s would fall below 0"},
		{steps + "pace: {kind: stages, stages: []}\n", "own.yaml:2: no stages; a stage has a rate and a duration"},
		{steps + "pace: {kind: stages, stages: [{rate: 0/s, duration: 1s}]}\n", "own.yaml:2: a rate of 0/s sends nothing"},
		{steps + "pace: {kind: stages, stages: [{rate: 1/s}]}\n", "own.yaml:2: a stage wants a rate and a duration"},
		{steps + pace + "arrival: random\n", `own.yaml:3: arrival: no arrival "random"; the arrivals are [even poisson]`},
		{steps + "pace: {kind: closed, workers: 2, duration: 1s}\narrival: poisson\n", "own.yaml:2: arrival: poisson in a closed model"},
		{steps + pace + "workers: many\n", `own.yaml:3: workers is "many"; it wants a whole number from 1 to 100000`},
		{steps + pace + "warmup: -1s\n", "own.yaml:3: warmup is -1s; it wants at least 0s"},
		{steps + pace + "warmup:\n", "own.yaml:3: warmup is empty"},
		// objectives
		{steps + pace + "objectives: [{p98: 1s}]\n", `own.yaml:3: unknown key "p98"; did you mean p9`},
		{steps + pace + "objectives: [{p99: fast}]\n", `own.yaml:3: p99 is "fast", which is no duration`},
		{steps + pace + "objectives: [{errors: 0.1}]\n", `own.yaml:3: errors is "0.1"; it wants a share from 0% to 100%, such as 0.1%`},
		{steps + pace + "objectives: [{rate: 101%}]\n", `own.yaml:3: rate is "101%"; it wants a share from 0% to 100%`},
		{steps + pace + "objectives: [{operation: getLicense}]\n", "own.yaml:3: an objective without a limit"},
		{steps + pace + "objectives: [{p50: 1s, p99: 2s}]\n", "own.yaml:3: p99 beside p50 in one objective"},
		{steps + pace + "objectives: [{p50: 1s, window: 1500ms}]\n", "own.yaml:3: window is 1.5s; windows are whole seconds"},
		{steps + pace + "objectives: [{p50: 1s}, {p50: 2s}]\n", "own.yaml: a second objective for p50"},
		{steps + pace + "objectives: [{operation: getLicenses, p50: 1s}]\n", "own.yaml:3: an objective on getLicenses, which is in no step; the steps ask [getLicense]; did you mean getLicense?"},
	} {
		_, err := load.Parse("own.yaml", []byte(tc.text))
		if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s\ngot  %v\nwant %s", tc.text, err, tc.want)
		}
	}
}

func TestAScenarioIsFoundByNameOrByPath(t *testing.T) {
	s, err := load.Read("scan-walk")
	if err != nil || s.Source != "embedded" || s.Name != "scan-walk" {
		t.Errorf("%+v, %v", s, err)
	}
	all, err := load.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, listed := range all {
		if _, err := load.Read(listed.Name); err != nil {
			t.Errorf("%v; its name has to be that of its file in scenarios/", err)
		}
	}
	file := own(t, "{operation: getLicense}")
	if s, err = load.Read(file); err != nil || s.Source != file || s.Name != "own" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err = load.Read("scan-wlak"); err == nil || !strings.HasPrefix(err.Error(), `no scenario "scan-wlak"; the scenarios are [batch-accounts `) || !strings.Contains(err.Error(), "did you mean scan-walk?") {
		t.Error(err)
	}
	if _, err = load.Read("./none.yaml"); err == nil || err.Error() != "no scenario file ./none.yaml\nhint: harness list scenarios shows those that are built in" {
		t.Error(err)
	}
}

func TestAPaceIsPlayedAtAnotherRateAndForAnotherTime(t *testing.T) {
	for _, tc := range []struct {
		pace     load.Pace
		rate     float64
		duration time.Duration
		want     string // the pace in words, or the error
	}{
		{load.Pace{Kind: "constant", Rate: 10, Duration: time.Second}, 500, 30 * time.Second, "constant 500/s for 30s, evenly"},
		{load.Pace{Kind: "constant", Rate: 10, Duration: time.Second}, 0, 0, "constant 10/s for 1s, evenly"},
		{load.Pace{Kind: "constant", Rate: 10, Duration: time.Second}, -1, 0, "a rate of -1/s sends nothing"},
		{load.Pace{Kind: "constant", Rate: 10, Duration: time.Second}, 2e6, 0, "2e+06/s is above 1000000/s, the highest rate there is"},
		{load.Pace{Kind: "constant", Rate: 10, Duration: time.Second}, 0, -time.Second, "a duration of -1s sends nothing"},
		{load.Pace{Kind: "spike", Rate: 10, Peak: 100, Period: time.Second, Duration: 10 * time.Second}, 50, 20 * time.Second, "spike from 5/s to 50/s for 2s of 20s, evenly"},
		{load.Pace{Kind: "sine", Rate: 10, Peak: 20, Period: time.Second, Duration: 10 * time.Second}, 40, 0, "sine around 20/s up to 40/s every 1s for 10s, evenly"},
		{load.Pace{Kind: "stages", Stages: []load.Stage{{Rate: 5, Duration: time.Second}, {Rate: 10, Duration: time.Second}}}, 100, 4 * time.Second, "2 stages up to 100/s for 4s, evenly"},
		{load.Pace{Kind: "breakpoint", Rate: 10, Peak: 1000, Duration: 5 * time.Second}, 2000, time.Second, "breakpoint search from 2000/s to at most 2000/s, 1s a step, evenly"},
		{load.Pace{Kind: "closed", Workers: 4, Duration: time.Second}, 10, 0, "a closed model has no rate: a request is due when the one before it is answered"},
		{load.Pace{Kind: "closed", Workers: 4, Duration: time.Second}, 0, 2 * time.Second, "closed, 4 in flight for 2s"},
	} {
		got, err := tc.pace.With(tc.rate, tc.duration)
		text := got.String()
		if err != nil {
			text, _, _ = strings.Cut(err.Error(), "\n")
		}
		if text != tc.want {
			t.Errorf("%s at %g/s for %s: got %q, want %q", tc.pace, tc.rate, tc.duration, text, tc.want)
		}
	}
}

// Every scenario that comes with the program, and every example of the manual, is what the schema for editors says.
func TestEditorsAreToldTheSame(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(load.ScenarioSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("scenario.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	held := func(text []byte) error {
		data, err := yaml.YAMLToJSON(text)
		if err != nil {
			return err
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return err
		}
		return schema.Validate(value)
	}
	texts := map[string][]byte{}
	files, err := fs.Glob(os.DirFS("scenarios"), "*.yaml")
	if err != nil || len(files) < 15 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if texts[file], err = os.ReadFile(filepath.Join("scenarios", file)); err != nil {
			t.Fatal(err)
		}
	}
	manual, err := os.ReadFile("../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(manual, -1) {
		texts[fmt.Sprintf("docs/scenarios.md example %d", i+1)] = block[1]
	}
	if len(texts) < len(files)+2 {
		t.Errorf("the manual has %d examples", len(texts)-len(files))
	}
	for name, text := range texts {
		if err := held(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		s, err := load.Parse(name, text)
		if err != nil {
			t.Errorf("%v", err)
		} else if s.Name+".yaml" != name && filepath.Ext(name) == ".yaml" || s.Summary == "" {
			t.Errorf("%s is called %q, %q", name, s.Name, s.Summary)
		}
	}
	for _, api := range documents() {
		for _, op := range api.Operations {
			for _, feed := range load.FeedKinds() {
				text := fmt.Sprintf("steps: [{operation: %s, api: %s, feed: %s}]\npace: {rate: 1/s, duration: 1s}\n", op.ID, api.Name, feed.Name)
				if _, err := load.Parse("own.yaml", []byte(text)); err == nil && held([]byte(text)) != nil {
					t.Errorf("the schema refuses %s", text)
				}
			}
		}
	}
	for _, wrong := range []string{
		"steps: [{operation: getLicense}]", "pace: {rate: 1/s, duration: 1s}", "steps: [{operation: getLicence}]\npace: {rate: 1/s, duration: 1s}",
		"steps: [{operation: getLicense}]\npace: {rate: 1, duration: 1s}", "steps: [{operation: getLicense}]\npace: {rate: 1/s, duration: 1}",
		"steps: [{operation: getLicense}]\npace: {rate: 1/s, duration: 1s, peak: 2/s}", "steps: [{operation: getLicense}]\npace: {rate: 1/s, duration: 1s}\nobjectives: [{p98: 1s}]",
	} {
		if held([]byte(wrong)) == nil {
			t.Errorf("the schema takes\n%s", wrong)
		}
	}
}
