// The observed version: what the server's answers say of its own version, where they do.

package report

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"harness/internal/evidence"
)

// Version is what answers said of the server's own version.
type Version struct {
	API    string `json:"api"`
	Header string `json:"header"`
	Value  string `json:"value"`
}

// versions are the headers of successful answers that name a server or a version, each value once, in the order seen.
// At most a handful of values is kept of each API: a header that changes with every answer is no version.
func versions(run *evidence.Run) []Version {
	const most = 4
	all, of := []Version{}, map[string]int{}
	for i := range run.Exchanges {
		e := &run.Exchanges[i]
		if e.Response == nil || e.Response.Status < 200 || e.Response.Status > 299 {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(e.Response.Header)) {
			lower := strings.ToLower(name)
			if lower != "server" && lower != "x-powered-by" && !strings.HasSuffix(lower, "version") && !strings.HasSuffix(lower, "build") {
				continue
			}
			v := Version{API: e.API, Header: http.CanonicalHeaderKey(name), Value: clip(strings.Join(e.Response.Header[name], ", "), 200)}
			if of[e.API] < most && !slices.Contains(all, v) {
				of[e.API]++
				all = append(all, v)
			}
		}
	}
	return all
}
