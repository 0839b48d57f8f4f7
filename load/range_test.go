// Ranges are exact to the last key, and their parts hold every key once.

package load

import (
	"math"
	"testing"

	"harness/internal/fixture"
	"harness/specs"
)

func TestARangeIsExactToTheLastKey(t *testing.T) {
	const least, most = math.MinInt64, math.MaxInt64
	at := func(key int64, f flag) bound { return bound{key: key, given: true, inclusive: f} }
	for _, tc := range []struct {
		of        span
		low, high int64
		text      string
		query     string
	}{
		{span{}, least, most, "[ … ]", ""},
		{span{lower: at(3, byDefault), upper: at(9, byDefault)}, 3, 9, "[3 … 9]", "&startKey=3&endKey=9"},
		{span{lower: at(3, no), upper: at(9, no)}, 4, 8, "(3 … 9)", "&startKey=3&startInclusive=false&endKey=9&endInclusive=false"},
		{span{lower: at(3, yes), upper: at(3, yes)}, 3, 3, "[3 … 3]", "&startKey=3&startInclusive=true&endKey=3&endInclusive=true"},
		{span{lower: at(1<<53+1, no)}, 1<<53 + 2, most, "(9007199254740993 … ]", "&startKey=9007199254740993&startInclusive=false"},
		{span{lower: at(most, no)}, 1, 0, "(9223372036854775807 … ]", "&startKey=9223372036854775807&startInclusive=false"},
		{span{upper: at(least, no)}, 1, 0, "[ … -9223372036854775808)", "&endKey=-9223372036854775808&endInclusive=false"},
		{span{lower: at(4, no), upper: at(5, no)}, 5, 4, "(4 … 5)", "&startKey=4&startInclusive=false&endKey=5&endInclusive=false"},
	} {
		low, high := tc.of.ends()
		query := string(tc.of.append(nil, &specs.Scan{Lower: "startKey", LowerInclusive: "startInclusive", Upper: "endKey", UpperInclusive: "endInclusive"}))
		if low != tc.low || high != tc.high || tc.of.empty() != (tc.low > tc.high) || tc.of.String() != tc.text || query != tc.query {
			t.Errorf("%s: %d to %d, empty %t, %s", &tc.of, low, high, tc.of.empty(), query)
		}
	}
}

func TestPartsHoldEveryKeyOnce(t *testing.T) {
	for _, tc := range []struct {
		keys []int64
		k    int
		want int // parts
	}{
		{[]int64{5}, 16, 1},
		{[]int64{1, 2, 3}, 16, 1},
		{[]int64{1, 100}, 16, 16},
		{[]int64{math.MinInt64, math.MaxInt64}, 10, 10},
		{[]int64{-7, 1 << 53, 1<<62 + 1}, 3, 3},
		{[]int64{1, 100}, 1, 1},
	} {
		var licences []fixture.Licence
		for _, key := range tc.keys {
			licences = append(licences, fixture.Licence{Key: key})
		}
		parts := cut(licences, tc.k)
		if len(parts) != tc.want {
			t.Errorf("%v in %d: %d parts", tc.keys, tc.k, len(parts))
		}
		next := int64(math.MinInt64)
		for i := range parts {
			low, high := parts[i].ends()
			if low != next || high < low {
				t.Errorf("%v in %d: part %d is %s", tc.keys, tc.k, i, &parts[i])
			}
			next = high + 1
		}
		if next != math.MinInt64 { // one after the greatest key
			t.Errorf("%v in %d: the parts end before %d", tc.keys, tc.k, next)
		}
	}
}

// Of a large target, parts are met: the ranges reach beyond them.
func TestPartsReachBeyondWhatWasMet(t *testing.T) {
	const step = math.MaxInt64 / 1_000_000
	licences := func(numbers ...[2]int64) (all []fixture.Licence) {
		for _, n := range numbers {
			for i := n[0]; i < n[1]; i++ {
				all = append(all, fixture.Licence{Key: i * step})
			}
		}
		return all
	}
	for _, tc := range []struct {
		text string
		of   []fixture.Licence
		high int64
	}{
		{"the beginning of a million, and a window", licences([2]int64{1, 400}, [2]int64{300_000, 300_100}), math.MaxInt64},
		{"all of a few", licences([2]int64{1, 400}), 399 * step},
		{"two", licences([2]int64{1, 2}, [2]int64{900_000, 900_001}), 900_000 * step},
		{"small keys, far apart", []fixture.Licence{{Key: 1}, {Key: 2}, {Key: 3}, {Key: 1 << 40}}, 1 << 40},
	} {
		if low, high := extent(tc.of); low != tc.of[0].Key || high != tc.high {
			t.Errorf("%s: %d to %d", tc.text, low, high)
		}
	}
}
