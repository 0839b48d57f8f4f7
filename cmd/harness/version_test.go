package main

import (
	"runtime/debug"
	"testing"
)

func TestBuild(t *testing.T) {
	const revision = "7563ad196c413b28cf4a003d15c562359442c300"
	vcs := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{
			{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: revision},
			{Key: "vcs.time", Value: "2026-11-22T01:25:55Z"}, {Key: "vcs.modified", Value: modified},
		}
	}
	for name, c := range map[string]struct {
		info            *debug.BuildInfo
		version, commit string
	}{
		"no build information": {nil, "(devel)", "unknown: built without a look at version control"},
		"go run":               {&debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "(devel)", "unknown: built without a look at version control"},
		"a tag": {
			&debug.BuildInfo{Main: debug.Module{Version: "v1.2.0"}, Settings: vcs("false")},
			"v1.2.0", revision + " of 2026-11-22T01:25:55Z",
		},
		"a tag, with changes": {
			&debug.BuildInfo{Main: debug.Module{Version: "v1.2.0+dirty"}, Settings: vcs("true")},
			"v1.2.0+dirty", revision + " of 2026-11-22T01:25:55Z, modified",
		},
		"a commit without a version": {
			&debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: vcs("false")},
			"7563ad196c41", revision + " of 2026-11-22T01:25:55Z",
		},
		"a commit without a version, with changes": {
			&debug.BuildInfo{Settings: vcs("true")},
			"7563ad196c41+dirty", revision + " of 2026-11-22T01:25:55Z, modified",
		},
		"installed by its version": {
			&debug.BuildInfo{Main: debug.Module{Version: "v1.2.0"}},
			"v1.2.0", "unknown: built without a look at version control",
		},
	} {
		b := buildOf(c.info, c.info != nil)
		if b.version != c.version || b.commit() != c.commit {
			t.Errorf("%s: %q and %q, want %q and %q", name, b.version, b.commit(), c.version, c.commit)
		}
	}
}
