package load

import (
	"reflect"
	"testing"
	"time"
)

func TestSampleComesOutOfTheRecorderAsItWentIn(t *testing.T) {
	samples := []sample{
		{operation: 3, size: 100, due: time.Hour, lag: 5, service: time.Minute, status: 200, bytes: 40_000, sent: true, validated: true},
		{held: true, due: 7},
		{sent: true, cause: "timeout"},
		{sent: true, status: 429, throttled: true},
		{sent: true, status: 200, validated: true, violated: []string{"A-1", "B-2"}},
		{sent: true, exhausted: true, cause: "no port left here"},
		{sent: true, status: 503, bytes: 64 << 20, cause: "503", violated: []string{"A-1"}},
	}
	var n noted
	for round := range 3 { // the same memory again
		for i := range samples {
			n.add(&samples[i])
		}
		i := 0
		n.each(func(s *sample) {
			if !reflect.DeepEqual(*s, samples[i]) {
				t.Errorf("round %d: %+v; want %+v", round, *s, samples[i])
			}
			i++
		})
		if i != len(samples) {
			t.Errorf("round %d: %d samples; want %d", round, i, len(samples))
		}
		n.reset()
	}
}
