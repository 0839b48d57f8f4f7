// harness report --publish: the stored runs as a small site of static pages.

package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"harness/internal/history"
	"harness/internal/report"
	"harness/internal/verdict"
)

// publish is what --publish was asked for.
type publish struct {
	dir    string // of the site; "" publishes nothing
	maxAge string
	pages  int
	hash   bool // keys and ids
}

// publishHistory writes the site of a store, of one target unless target is "". What the runs say does not decide the
// exit code: to publish that a target is broken is no failure. A report that cannot be read is.
func publishHistory(d door, store, target string, p publish, gate verdict.FailOn) error {
	age, err := days("--max-age", p.maxAge)
	if err != nil {
		return err
	}
	if p.pages < 0 {
		return fmt.Errorf("--pages %d: 0 or more is meant", p.pages)
	}
	chosen, err := choose(nil, nil, nil, nil)
	if err != nil {
		return err
	}
	runs, skipped, err := index(d, store, target)
	if err != nil {
		return err
	}
	policy := history.Policy{MaxAge: age, Gate: gate, Documents: map[string]string{}}
	for _, api := range chosen.apis {
		policy.Documents[api.Name] = api.Digest
	}
	site := report.Site{History: report.NewHistory(runs, skipped), Catalogue: chosen.catalogue, Policy: policy, Now: time.Now(), Pages: p.pages}
	if p.hash {
		site.Salt = salt()
	}
	drawing := working(d, fmt.Sprintf("drawing %d runs", len(runs)))
	done, err := site.Publish(p.dir)
	drawing.clear()
	if err != nil {
		return err
	}
	for _, failed := range done.Failed {
		fmt.Fprintf(d.stderr, "harness: warning: no page for %s: %s\n", failed.Folder, failed.Reason)
	}
	fmt.Fprintf(d.stdout, "published: %d runs in %s: %d files written, %d reports left as they were, %d removed\n", len(runs), p.dir, done.Files, done.Kept, done.Removed)
	if len(runs) == 0 {
		tell(d.stderr, errors.New("no run is stored there"))
		return exit{exitNotJudged}
	}
	return nil
}

// salt is one that nobody knows, and nobody will: hashes of two reports say nothing about each other.
func salt() []byte {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // it never fails
	return b
}
