// wrk: one thread that asks again as soon as it is answered. It knows no rate.

package main

import (
	"regexp"
	"strconv"
	"time"
)

var wrk = tool{
	name: "wrk", program: "wrk", checks: "status",
	unable: func(w work) string {
		if w.rate > 0 {
			return "has no rate"
		}
		return ""
	},
	command: func(b *bench, w work) ([]string, error) {
		line := []string{b.program("wrk"), "--threads", "1", "--connections", strconv.Itoa(w.flight), "--duration", inSeconds(w.duration), "--latency"}
		return append(append(line, b.headers("--header")...), w.url), nil
	},
	said: func(_ *bench, text string) (said, error) {
		counted, at := wrkCount.FindStringSubmatch(text), wrkP99.FindStringSubmatch(text)
		if counted == nil || at == nil || wrkBad.MatchString(text) {
			return said{}, errNoReport
		}
		p99, err := time.ParseDuration(at[1])
		if err != nil {
			return said{}, err
		}
		n, err := strconv.ParseInt(counted[1], 10, 64)
		return said{answered: n, p99: p99}, err
	},
}

var (
	wrkCount = regexp.MustCompile(`(\d+) requests in `)
	wrkP99   = regexp.MustCompile(`\s99%\s+(\S+)`)
	wrkBad   = regexp.MustCompile(`Non-2xx|Socket errors`)
)
