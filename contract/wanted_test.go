// What a failure expected is told without Go's types.

package contract

import (
	"testing"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

func TestWanted(t *testing.T) {
	for _, test := range []struct {
		matcher types.GomegaMatcher
		actual  any
		want    string
	}{
		{gomega.BeEmpty(), "1614", "to be empty"},
		{gomega.ContainElement(int64(7)), []int64{8}, "to contain element matching 7"},
		{gomega.Equal(3), 4, "to equal 3"},
		{gomega.Not(gomega.ContainElement(int64(8))), []int64{8}, "not to contain element matching 8"},
		{gomega.BeNumerically("<=", 100), 101, "to be <= 100"},
	} {
		if got := wanted(test.matcher.FailureMessage(test.actual)); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
	if got := wanted("no such thing"); got != "no such thing" {
		t.Errorf("got %q", got)
	}
}
