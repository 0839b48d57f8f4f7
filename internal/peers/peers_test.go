//go:build unix

package main

import (
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"harness/internal/reference"
)

func TestEveryFaultHasAClassAndEveryClassHasFaults(t *testing.T) {
	count := map[string]int{}
	for _, f := range reference.Faults() {
		count[classOf(f.Breaks)]++
	}
	for _, c := range classes {
		if count[c.name] == 0 {
			t.Errorf("class %s holds no fault", c.name)
		}
		for _, pattern := range c.patterns {
			if _, err := path.Match(pattern, ""); err != nil {
				t.Errorf("class %s: pattern %q: %v", c.name, pattern, err)
			}
		}
	}
	t.Log(count)
}

func TestAShapeHoldsWhatTwoRunsHaveInCommon(t *testing.T) {
	one := shape(`Response body property 17.key of "64" must be <= 9007199254740991, request 0a1b2c3d-0000-4000-8000-000000000001`)
	two := shape(`Response body property 3.key of "9645"  must be <= 12, request 0a1b2c3d-1111-4111-8111-111111111111`)
	if one != two {
		t.Errorf("two shapes of one message:\n%s\n%s", one, two)
	}
	if shape("Missing required property: roles") == shape("Missing required property: userkeys") {
		t.Error("two messages of one shape")
	}
}

func TestABeginningOfThePlanIsABeginningOfTheWhole(t *testing.T) {
	names := func(jobs []job) []string {
		var all []string
		for _, j := range jobs {
			if j.server.Kind == fault {
				all = append(all, j.server.Name)
			}
		}
		return all
	}
	variants := func(faults int) (n int) {
		for _, j := range planned(options{faults: faults, seed: 1}, tools[:1]) {
			if j.server.Kind == variant {
				n++
			}
		}
		return n
	}
	if few, all := variants(3), variants(0); few != all {
		t.Errorf("beside three faults stand %d variants, and beside all of them %d", few, all)
	}
	whole := names(planned(options{clean: 2, seed: 1}, tools[:1]))
	part := names(planned(options{clean: 3, faults: 20, variants: 5, seed: 1}, tools[:1]))
	if len(part) != 20 || !slices.Equal(part, whole[:20]) {
		t.Errorf("20 faults are %v, and the whole begins with %v", part, whole[:20])
	}
}

func TestNoPartOfADocumentHoldsAPathTwice(t *testing.T) {
	for _, api := range apis {
		parts, operations, err := split(api, bases[api])
		if err != nil {
			t.Fatal(err)
		}
		paths := 0
		for _, part := range parts {
			shapes := map[string]bool{}
			for template := range part["paths"].(object) {
				shapes[braces.ReplaceAllString(template, "{}")] = true
				paths++
			}
			if len(shapes) != len(part["paths"].(object)) {
				t.Errorf("%s: a part holds one path twice: %v", api, shapes)
			}
		}
		if want := map[string]int{"gotoaccount": 13, "genesyscloud": 9}[api]; len(operations) != want {
			t.Errorf("%s: %d operations, not %d; one that is new on purpose is counted in this test", api, len(operations), want)
		}
	}
}

func TestOnlyWhatNoCleanRunShowedIsFound(t *testing.T) {
	shown := map[string]bool{"a | old": true}
	if got := beyond(outcome{Failures: []string{"a | old"}}, shown); got != "" {
		t.Errorf("found %q, which a clean run showed", got)
	}
	if got := beyond(outcome{Failures: []string{"a | old", "b | new"}}, shown); got != "b | new" {
		t.Errorf("found %q, not b | new", got)
	}
}

// A list that is null is no list, and a tool passes over the operation that has one.
func TestAnOperationWithoutParametersHasNoListOfThem(t *testing.T) {
	parts, _, err := split("genesyscloud", "")
	if err != nil {
		t.Fatal(err)
	}
	k := &kit{work: t.TempDir(), parts: map[string][]object{"genesyscloud": parts}}
	files, err := k.documents("genesyscloud", "any", dialect{})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), `"parameters": null`) {
			t.Errorf("%s has a list of parameters that is null", file)
		}
	}
}
