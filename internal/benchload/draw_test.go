package main

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root is the folder of the project, as seen from here.
const root = "../.."

func TestThePageAndThePlotSayWhatWasMeasured(t *testing.T) {
	report, err := read(filepath.Join(root, reportFile))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, pageFile))
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := report.within(page)
	if err != nil {
		t.Fatal(err)
	}
	plot, err := os.ReadFile(filepath.Join(root, plotFile))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(drawn, page) || !bytes.Equal(plot, report.plot()) {
		t.Errorf("%s or %s is not what %s says; go run ./internal/benchload draw", pageFile, plotFile, reportFile)
	}
}

func TestThePlotIsXML(t *testing.T) {
	report := Report{
		Measured: "2026-01-02", Tools: []Tool{{Name: "a < b & c", Version: "1"}, {Name: "gone"}},
		Parts: []Part{{Name: closed, Results: []Result{{Tool: "a < b & c", Turns: []Turn{{Requests: 10, CPU: 1}}}}}},
	}
	decoder := xml.NewDecoder(bytes.NewReader(report.plot()))
	for {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(string(report.plot()), "gone") {
		t.Error("a tool that was not to be had is drawn")
	}
}

func TestAPartIsReplacedInItsPlace(t *testing.T) {
	var r Report
	for _, name := range []string{fast, closed, slow, fast} {
		r.put(Part{Name: name, Flight: len(r.Parts)})
	}
	if len(r.Parts) != 3 || r.Parts[0].Name != closed || r.Parts[1].Name != slow || r.Parts[2].Flight != 3 {
		t.Errorf("%+v", r.Parts)
	}
}

func TestAPageWithoutAPlaceIsRefused(t *testing.T) {
	if _, err := (Report{}).within([]byte("# A page\n")); err == nil || !strings.Contains(err.Error(), "load: make compare-load") {
		t.Errorf("%v", err)
	}
}
