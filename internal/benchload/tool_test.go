package main

import (
	"testing"
	"time"
)

func TestEveryToolIsUnderstood(t *testing.T) {
	for _, tc := range []struct {
		tool tool
		text string
		want said
	}{
		{wrk, `Running 2s test @ http://127.0.0.1:1/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.51ms    1.90ms  26.31ms   88.10%
    Req/Sec    28.52k     2.90k   34.11k    70.00%
  Latency Distribution
     50%    2.10ms
     75%    2.90ms
     90%    4.40ms
     99%    9.67ms
  56920 requests in 2.01s, 36.11MB read
Requests/sec:  28318.01
`, said{answered: 56920, p99: 9670 * time.Microsecond}},
		{k6, "time=\"…\" level=warning msg=\"Insufficient VUs\"\n" + `{"requests":5000,"failed":3,"p99":1.25}`, said{answered: 4997, p99: 1250 * time.Microsecond}},
		{bombardier, `{"spec":{"numberOfConnections":10},"result":{"req1xx":0,"req2xx":5878,"req4xx":2,"latency":{"mean":311.5,"percentiles":{"50":210,"99":57100}}}}`,
			said{answered: 5878, p99: 57100 * time.Microsecond}},
		{oha, `{"latencyPercentiles":{"p50":0.0002,"p99":0.93,"p99.9":0.99},"statusCodeDistribution":{"200":6000,"503":1}}`, said{answered: 6000, p99: 930 * time.Millisecond}},
	} {
		got, err := tc.tool.said(nil, tc.text)
		if err != nil || got != tc.want {
			t.Errorf("%s: %+v, %v; want %+v", tc.tool.name, got, err, tc.want)
		}
		if got, err := tc.tool.said(nil, "connection refused"); err == nil {
			t.Errorf("%s: %+v of a run without a report", tc.tool.name, got)
		}
	}
}

func TestWrkHasNoRate(t *testing.T) {
	if wrk.unable(work{rate: 1}) == "" || wrk.unable(work{}) != "" {
		t.Error("wrk sends as fast as it is answered, and no other way")
	}
}
