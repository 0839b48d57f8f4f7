//go:build unix

// What is run: every tool on every server, in an order of which any beginning is a fair sample.

package main

import (
	"math/rand/v2"
	"strconv"

	"harness/internal/reference"
)

// Kinds of server.
const (
	clean   = "clean"   // keeps every promise as the reference does
	fault   = "fault"   // breaks some on purpose
	variant = "variant" // keeps every promise in its own way
)

// server is one server that a tool is run against, with the document of one API.
type server struct {
	Kind string `json:"kind"`
	Name string `json:"name"` // of the fault or the variant; of a clean one, its number
	API  string `json:"api"`
}

// job is one tool on one server.
type job struct {
	tool   tool
	server server
	seed   int // of the tool's own choices
}

var apis = []string{"gotoaccount", "genesyscloud"}

// bases are the paths that stand in the documents' servers and not in their paths.
var bases = map[string]string{"gotoaccount": "/v2", "genesyscloud": ""}

// planned lists the jobs: the clean servers first, then faults and variants, shuffled and taking turns, each with every
// tool before the next. A variant that shows on both APIs is run with the document of each.
func planned(o options, tools []tool) []job {
	var servers []server
	for n := range o.clean {
		for _, api := range apis {
			servers = append(servers, server{clean, strconv.Itoa(n + 1), api})
		}
	}
	var faults, variants []server
	for _, f := range reference.Faults() {
		if !f.Rare() { // shows under load only, and no tool here is a load generator
			faults = append(faults, server{fault, f.Name, f.API})
		}
	}
	for _, v := range reference.Variants() {
		for _, api := range apis {
			if v.API == "" || v.API == api {
				variants = append(variants, server{variant, v.Name, api})
			}
		}
	}
	chance := rand.New(rand.NewPCG(o.seed, 0))
	for _, group := range []*[]server{&faults, &variants} {
		chance.Shuffle(len(*group), func(i, j int) { (*group)[i], (*group)[j] = (*group)[j], (*group)[i] })
	}
	faults, variants = first(faults, o.faults), first(variants, o.variants)
	for i, broken := range faults { // of which there are always some
		servers = append(servers, broken)
		// Variants take turns with the faults, so that a beginning holds its share of both.
		servers = append(servers, variants[i*len(variants)/len(faults):(i+1)*len(variants)/len(faults)]...)
	}
	var jobs []job
	seeds := map[string]int{clean: 0, fault: 1000, variant: 2000} // however many clean runs there are
	for _, s := range servers {
		seeds[s.Kind]++
		for _, t := range tools {
			jobs = append(jobs, job{tool: t, server: s, seed: seeds[s.Kind]})
		}
	}
	return jobs
}

// first returns the first n, all of them for 0.
func first(servers []server, n int) []server {
	if n == 0 || n > len(servers) {
		return servers
	}
	return servers[:n]
}
