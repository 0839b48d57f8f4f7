// The HTML page without a browser: one file, nothing from outside, nothing of what a server said alive, a bounded size.

package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"harness/internal/evidence"
	"harness/internal/measure"
	"harness/internal/report"
	"harness/internal/verdict"
)

// pageLimit is how large a page may be, in bytes: what a mail takes and a phone opens.
const pageLimit = 2 << 20

func page(t testing.TB, r report.Report) []byte {
	t.Helper()
	return draw(t, "html", r, report.Options{Run: "reports/latest"})
}

// elements calls back for every element of a page.
func elements(t testing.TB, page []byte, f func(*html.Node, map[string]string)) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			attributes := map[string]string{}
			for _, a := range n.Attr {
				attributes[a.Key] = a.Val
			}
			f(n, attributes)
		}
	}
}

// allPages are those of every story, of a real run, and of a server that would rather not be reported.
func allPages(t *testing.T) map[string][]byte {
	pages := map[string][]byte{"hostile": page(t, hostile(8)), "hostile in all": page(t, hostile(1500)), "played": page(t, played(t, "start-inclusive-ignored", "content-type-html"))}
	for name, r := range reports() {
		pages[name] = page(t, r)
	}
	return pages
}

func TestHTMLIsOneFileAndNothingInItIsTheServers(t *testing.T) {
	for name, text := range allPages(t) {
		policy, inline := "", map[string][]string{}
		ids := map[string]int{}
		var targets []string
		elements(t, text, func(n *html.Node, attributes map[string]string) {
			for key, value := range attributes {
				switch {
				case strings.HasPrefix(key, "on"), key == "style", key == "src", key == "srcset", key == "action", key == "srcdoc":
					t.Errorf("%s: <%s %s=%q>", name, n.Data, key, value)
				case key == "href" && strings.HasPrefix(value, "#"):
					targets = append(targets, value[1:])
				case key == "href" && !(strings.HasPrefix(value, "https://") && attributes["rel"] == "noreferrer"):
					t.Errorf("%s: a link leads to %q", name, value)
				}
			}
			if id := attributes["id"]; id != "" {
				ids[id]++
			}
			switch n.Data {
			case "meta":
				if attributes["http-equiv"] == "Content-Security-Policy" {
					policy = attributes["content"]
				}
			case "script", "style":
				sum := sha256.Sum256([]byte(n.FirstChild.Data))
				inline[n.Data] = append(inline[n.Data], "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
			case "img", "iframe", "object", "embed", "link", "base", "svg", "video", "audio":
				t.Errorf("%s: there is a <%s>", name, n.Data)
			}
		})
		if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", name, policy)
		}
		for kind, hashes := range inline {
			if !strings.Contains(policy, kind+"-src "+strings.Join(hashes, " ")) {
				t.Errorf("%s: the policy %q does not allow just the page's %s %v", name, policy, kind, hashes)
			}
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: the id %q stands %d times", name, id, n)
			}
		}
		if strings.HasPrefix(name, "hostile") {
			continue // it names requirements that the run does not have
		}
		for _, target := range targets {
			if ids[target] == 0 && !strings.Contains(target, "=") && !strings.HasPrefix(target, "GOTO-LIC") {
				t.Errorf("%s: a link leads to #%s, which is not there", name, target)
			}
		}
	}
}

func TestHTMLStaysSmall(t *testing.T) {
	large := strings.Repeat("a very long answer, ", 5000)
	r := manyBroken(600) // twice as many as there are requirements
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Failures = slices.Clone(f.Failures)
		f.Failures = append(f.Failures, evidence.Failure{Message: "x", Got: large}, evidence.Failure{Message: "y", Asked: large})
		f.Failures[0].Expected, f.Failures[0].Got, f.Failures[0].Asked = large, large, large
	}
	evil := hostile(300)
	evil.Accepted, evil.Measurements = evil.Accepted[:5], evil.Measurements[:5] // the server does not write these
	for name, r := range map[string]report.Report{"full": played(t), "faulty": played(t, "start-inclusive-ignored", "content-type-html"), "everything broken": r, "hostile": evil} {
		text := page(t, r)
		t.Logf("%s: %d KB", name, len(text)>>10)
		if len(text) > pageLimit {
			t.Errorf("%s: the page has %d bytes, want at most %d", name, len(text), pageLimit)
		}
	}
}

func TestHTMLTellsEverything(t *testing.T) {
	r := eventful()
	r.Suites = report.SuiteScore()
	text := string(page(t, r))
	for _, want := range []string{
		"<h1>Broken: ", " seeded faults caught, ", "18446744073709551615", "harness contract --requirement &#39;GOTO-*&#39; --seed 18446744073709551615",
		`>regressed<`, "page 2 holds a user of page 1", "404</td><td>410", // what changed
		"the lower bound 6472352565130037257 is still there", "6472352565130037999, …8104, …8230", // the difference
		"startInclusive is ignored", "throttling (0 × 429)", "harness replay 7c1e90ab --run reports/latest", // cause, doubt, replay
		"200 · 0 bytes", "ClientName: $GOTO_CLIENT_NAME", `{&#34;key&#34;:6472352565130037257`, // the exchange, redacted
		"the vendor knows | of it", "30 April 2026", "it passes: take the entry out", // known failures
		"none of 40 licences is weighted", "a weighted licence with users", // what was not judged, and what would help
		"an unknown parameter:", "first wins", "may callers rely on it?", // where the documents are silent
		"the generator lagged behind by 40 ms", "3.30 ms", // load
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Count(text, "<article") != 5 {
		t.Errorf("%d findings told at length, want 5: two open causes, an expired one, a flaky one, an accepted one", strings.Count(text, "<article"))
	}
}

// What somebody has accepted needs no action; what is new comes before what has long been broken.
func TestHTMLPutsFirstThingsFirst(t *testing.T) {
	text := string(page(t, eventful()))
	_, action, _ := strings.Cut(text, `<section id="action"`)
	action, rest, _ := strings.Cut(action, "</section>")
	if strings.Contains(action, `id="finding-GOTO-SCAN-ROL-07`) || !strings.Contains(rest, `id="finding-GOTO-SCAN-ROL-07`) {
		t.Error("an accepted failure stands among what needs action")
	}
	order := []string{"known failures to see to", `id="finding-goto-scan-att-07`, `id="finding-gc-load-00`, `id="finding-goto-gen-03`}
	at := -1
	for _, place := range order {
		i := strings.Index(strings.ToLower(action), place)
		if i <= at {
			t.Errorf("%s stands at %d, behind what it should precede (%d)", place, i, at)
		}
		at = i
	}
}

func TestARunWithoutLoadHasNoLoadSection(t *testing.T) {
	r := judge(run())
	if strings.Contains(string(page(t, r)), `id="load"`) {
		t.Error("a run that measured nothing has a section on load")
	}
	r.Measurements = []measure.Measurement{{Scenario: "steady", Operation: "*", Verdict: measure.Pass}}
	if !strings.Contains(string(page(t, r)), `id="load"`) {
		t.Error("a run that measured something has no section on load")
	}
}

func TestARunThatIsNotJudgedIsNeverGreen(t *testing.T) {
	for _, story := range stories {
		r := judge(story.run())
		text := string(page(t, r))
		green := strings.Contains(text, `<header class="top ok">`)
		if green != (r.Exit == verdict.ExitGreen) {
			t.Errorf("%s: green is %v at exit %d", story.name, green, r.Exit)
		}
	}
}

// What reorders or hides text is written out, so that a line is what it looks like.
func TestHTMLHidesNothing(t *testing.T) {
	text := page(t, hostile(8))
	for _, c := range string(text) {
		if c != '\n' && c != '\t' && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c)) {
			t.Fatalf("the page holds %U", c)
		}
	}
	if !bytes.Contains(text, []byte(`\u202e`)) {
		t.Error("what was hidden is not shown")
	}
}

func BenchmarkHTML(b *testing.B) {
	r := played(b)
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		size = len(page(b, r))
	}
	b.ReportMetric(float64(size), "bytes")
}
