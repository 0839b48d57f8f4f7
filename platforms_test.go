// The platforms that a release has a program for, and this machine is not: whether everything could be built there.

//go:build !race

package harness_test

import (
	"os"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestEveryPlatformCouldBuildIt checks the types of every package and its tests as they would be on that platform. It
// compiles nothing: make dist does, and takes minutes the first time. The race detector has nothing to find in it and
// would make it take five times as long, so make check runs it on its own.
func TestEveryPlatformCouldBuildIt(t *testing.T) {
	for _, platform := range [][2]string{{"windows", "amd64"}, {"darwin", "arm64"}} {
		loaded, err := packages.Load(&packages.Config{
			Mode:  packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedTypes | packages.NeedTypesSizes,
			Env:   append(os.Environ(), "GOOS="+platform[0], "GOARCH="+platform[1], "CGO_ENABLED=0"),
			Tests: true,
		}, "./...")
		if err != nil {
			t.Fatal(err)
		}
		if len(loaded) < 10 {
			t.Errorf("%s/%s: %d packages", platform[0], platform[1], len(loaded))
		}
		for _, pkg := range loaded {
			for _, err := range pkg.Errors {
				t.Errorf("%s/%s: %v", platform[0], platform[1], err)
			}
		}
	}
}
