//go:build unix

// Specmatic: turns the document and its examples into tests.

package main

import (
	"context"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

func runSpecmatic(ctx context.Context, k *kit, t trial) (verdict, error) {
	env := []string{
		"clientName=" + k.credentials.clientName, "clientSecret=" + k.credentials.clientSecret, "bearer=" + k.credentials.bearer,
	}
	args := append([]string{
		"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", filepath.Join(k.tools, "node_modules/specmatic/specmatic.jar"), "test",
		"--testBaseURL=" + t.server.url + k.base[t.api], "--junitReportDir=junit",
	}, t.files...)
	cpu, problem, err := executed(ctx, t.dir, env, "java", args...)
	if err != nil {
		return verdict{}, err
	}
	v := verdict{cpu: cpu, problem: problem}
	v.failures, err = junitFailures(filepath.Join(t.dir, "junit/TEST-junit-jupiter.xml"), specmaticShape)
	if err != nil && v.problem == "" {
		v.problem = err.Error()
	}
	return v, nil
}

// junitFailures reads a report of JUnit's kind; told makes one failure of a test's name and what it says.
func junitFailures(file string, told func(name, text string) []string) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var suite struct {
		Cases []struct {
			Name    string `xml:"name,attr"`
			Failure *struct {
				Text string `xml:",chardata"`
			} `xml:"failure"`
			Error *struct {
				Text string `xml:",chardata"`
			} `xml:"error"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal(data, &suite); err != nil {
		return nil, err
	}
	var failures []string
	for _, c := range suite.Cases {
		switch {
		case c.Failure != nil:
			failures = append(failures, told(c.Name, c.Failure.Text)...)
		case c.Error != nil:
			failures = append(failures, told(c.Name, c.Error.Text)...)
		}
	}
	return failures, nil
}

var (
	scenario = regexp.MustCompile(`(?:GET|POST) \S+ -> \S+`)
	indices  = regexp.MustCompile(`\[\d+\]`)
)

// specmaticShape makes a failure of each place that a test complains of.
func specmaticShape(name, text string) []string {
	operation := scenario.FindString(name)
	if operation == "" {
		operation = shape(name)
	}
	if strings.Contains(name, "-ve") {
		operation += " negative"
	}
	text, _, _ = strings.Cut(text, "\n\tat ")
	var failures []string
	for i, part := range strings.Split(text, ">> ") {
		if i == 0 {
			continue
		}
		place, rest, _ := strings.Cut(part, "\n")
		rest = specmaticDocumentation.ReplaceAllString(rest, "")
		failures = append(failures, operation+" | "+indices.ReplaceAllString(place, "[]")+" | "+shape(rest))
	}
	if failures == nil {
		failures = []string{operation + " | " + shape(text)}
	}
	return failures
}

var specmaticDocumentation = regexp.MustCompile(`(?m)^\s*(Documentation|Summary):.*$`)
