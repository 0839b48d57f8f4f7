// SARIF 2.1.0, for code scanning: every broken promise as a result at the line of the document that makes it.

package report

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"harness/internal/requirement"
	"harness/internal/verdict"
)

// SARIF writes the report as a SARIF 2.1.0 log with one run. Every requirement that was looked at is a rule; a result
// is what was seen broken, or has drifted. What was not judged is no result, since a server is not at fault for it: it
// stands among the invocation's notifications, and executionSuccessful is false when the run is not judged as a whole.
// A known failure that is in force is a suppressed result.
func SARIF(w io.Writer, r Report, _ Options) error {
	run := sarifRun{
		Tool:       sarifTool{Driver: sarifDriver{Name: r.Tool.Name, Version: r.Tool.Version, Rules: []sarifRule{}}},
		Automation: map[string]string{"id": r.Tool.Name + "/" + r.Target.Name + "/"},
		ColumnKind: "unicodeCodePoints", Artifacts: []sarifArtifact{}, Results: []sarifResult{},
		Properties: map[string]any{
			"verdict": r.Verdict, "conclusion": r.Conclusion(), "gate": r.Gate, "target": r.Target, "seed": fmt.Sprint(r.Seed),
			"documents": r.Documents, "accepted": r.Accepted,
		},
	}
	ruleAt := map[string]int{}
	for _, f := range r.Findings {
		if _, ok := ruleAt[f.Requirement]; !ok {
			ruleAt[f.Requirement] = len(ruleAt)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(f))
		}
		if f.Verdict == verdict.Drift || f.Verdict == verdict.Flaky || f.Verdict == verdict.Fail {
			run.Results = append(run.Results, r.sarifResult(f, ruleAt[f.Requirement]))
		}
	}
	for _, d := range r.Documents {
		if d.File != "" {
			run.Artifacts = append(run.Artifacts, sarifArtifact{Location: sarifFile{uriOf(d.File)}, Hashes: map[string]string{"sha-256": d.Digest}})
		}
	}
	run.Invocations = []sarifInvocation{r.sarifInvocation()}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Automation  map[string]string `json:"automationDetails"`
	Invocations []sarifInvocation `json:"invocations"`
	Artifacts   []sarifArtifact   `json:"artifacts"`
	Results     []sarifResult     `json:"results"`
	ColumnKind  string            `json:"columnKind"`
	Properties  map[string]any    `json:"properties"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID         string         `json:"id"`
	Short      sarifText      `json:"shortDescription"`
	Full       sarifText      `json:"fullDescription"`
	Help       sarifText      `json:"help"`
	Default    sarifLevel     `json:"defaultConfiguration"`
	Properties map[string]any `json:"properties"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifArtifact struct {
	Location sarifFile         `json:"location"`
	Hashes   map[string]string `json:"hashes"`
}

type sarifFile struct {
	URI string `json:"uri"`
}

type sarifResult struct {
	RuleID        string             `json:"ruleId"`
	RuleIndex     int                `json:"ruleIndex"`
	Level         string             `json:"level"`
	Message       sarifText          `json:"message"`
	Locations     []sarifLocation    `json:"locations"`
	Fingerprints  map[string]string  `json:"partialFingerprints"`
	BaselineState string             `json:"baselineState,omitempty"`
	Suppressions  []sarifSuppression `json:"suppressions"` // never null: an empty list says that it is not suppressed
	Properties    map[string]any     `json:"properties"`
}

type sarifLocation struct {
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations"`
}

type sarifPhysical struct {
	Artifact sarifFile    `json:"artifactLocation"`
	Region   *sarifRegion `json:"region,omitempty"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Exit          int                 `json:"exitCode"`
	Description   string              `json:"exitCodeDescription"`
	CommandLine   string              `json:"commandLine,omitempty"`
	Started       string              `json:"startTimeUtc"`
	Finished      string              `json:"endTimeUtc,omitempty"`
	Notifications []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Level      string              `json:"level"`
	Message    sarifText           `json:"message"`
	Rule       *sarifReference     `json:"associatedRule,omitempty"`
	Locations  []sarifLocation     `json:"locations,omitempty"`
	Properties map[string][]string `json:"properties,omitempty"`
}

type sarifReference struct {
	ID string `json:"id"`
}

// sarifLevels says how firmly a level is shown.
var sarifLevels = map[requirement.Level]string{requirement.Must: "error", requirement.Should: "warning", requirement.Observe: "note"}

func sarifRuleOf(f verdict.Finding) sarifRule {
	help := f.Statement
	if s := source(f); s != "" {
		help += "\n\nSource: " + s
	}
	return sarifRule{
		ID: f.Requirement, Short: sarifText{f.Statement}, Full: sarifText{f.Statement},
		Help:       sarifText{help + "\n\nharness explain " + f.Requirement + " says what judges it."},
		Default:    sarifLevel{sarifLevels[f.Level]},
		Properties: map[string]any{"tags": []string{f.API, string(f.Level)}},
	}
}

func (r Report) sarifResult(f verdict.Finding, rule int) sarifResult {
	level := sarifLevels[f.Level]
	if f.Verdict == verdict.Drift {
		level = "note"
		if r.fails(f) {
			level = "error"
		}
	}
	result := sarifResult{
		RuleID: f.Requirement, RuleIndex: rule, Level: level, Message: sarifText{clean(f.Message)},
		Locations: []sarifLocation{r.sarifLocation(f)}, Suppressions: []sarifSuppression{},
		Fingerprints: map[string]string{"departure/v1": strings.Join([]string{f.Requirement, f.API, f.Operation, f.Cause}, "/")},
		Properties:   map[string]any{"verdict": f.Verdict, "level": f.Level, "account": account(f), "evidence": f.Evidence},
	}
	if a := f.Accepted; a != nil {
		if a.State == verdict.Accepted {
			result.Suppressions = append(result.Suppressions, sarifSuppression{"external", "accepted", letPass(r, f)})
		} else {
			result.Properties["known"] = acceptance(*a)
		}
	}
	if r.Changes != nil {
		result.BaselineState = "unchanged"
		if r.isNew(f) {
			result.BaselineState = "new"
		}
	}
	return result
}

func (r Report) sarifLocation(f verdict.Finding) sarifLocation {
	l := sarifLocation{Logical: []sarifLogical{{f.API + "." + f.Operation, "operation"}}}
	if file, line := r.place(f); file != "" {
		l.Physical = &sarifPhysical{Artifact: sarifFile{uriOf(file)}}
		if line > 0 {
			l.Physical.Region = &sarifRegion{line}
		}
	}
	return l
}

func (r Report) sarifInvocation() sarifInvocation {
	i := sarifInvocation{
		Successful: r.Exit != verdict.ExitNotJudged && r.Exit != verdict.ExitFault, Exit: r.Exit, Description: r.Conclusion(),
		CommandLine: strings.Join(r.Command, " "), Started: r.Started.UTC().Format(time.RFC3339), Notifications: []sarifNotification{},
	}
	if r.Finished != nil {
		i.Finished = r.Finished.UTC().Format(time.RFC3339)
	}
	if r.Problem != "" {
		i.Notifications = append(i.Notifications, sarifNotification{Level: "error", Message: sarifText{clean(r.Problem)}})
	}
	for _, f := range r.Findings {
		if f.Verdict == verdict.Error {
			i.Notifications = append(i.Notifications, sarifNotification{
				Level: "error", Message: sarifText{account(f)}, Rule: &sarifReference{f.Requirement}, Locations: []sarifLocation{r.sarifLocation(f)},
			})
		}
	}
	for _, a := range r.Accepted {
		if a.State == verdict.Stale || a.State == verdict.Expired {
			i.Notifications = append(i.Notifications, sarifNotification{Level: "error", Message: sarifText{a.Requirement + " " + a.Operation + ": " + acceptance(a)}})
		}
	}
	for _, g := range r.NotJudged {
		i.Notifications = append(i.Notifications, sarifNotification{
			Level: "note", Message: sarifText{clean(fmt.Sprintf("%s: %s", g.Verdict, g.Reason))},
			Properties: map[string][]string{"requirements": g.Requirements, "needs": g.Needs},
		})
	}
	for _, m := range r.Measurements {
		if m.Reason != "" {
			i.Notifications = append(i.Notifications, sarifNotification{Level: "warning", Message: sarifText{clean(fmt.Sprintf("%s %s: %s: %s", m.Scenario, measured(m), m.Verdict, m.Reason))}})
		}
	}
	return i
}

// uriOf writes a file's path as a URI reference: relative to the repository where the path is.
func uriOf(file string) string {
	u := url.URL{Path: filepath.ToSlash(filepath.Clean(file))}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
	}
	return u.String()
}
