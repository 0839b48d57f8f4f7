//go:build unix

// What a hit of vegeta's Attacker costs over this package, beside net/http.

package wire

import (
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"slices"
	"syscall"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// hits is a pacer that lets so many hits through as fast as they go.
type hits uint64

func (n hits) Pace(_ time.Duration, sent uint64) (time.Duration, bool) { return 0, sent >= uint64(n) }
func (n hits) Rate(time.Duration) float64                              { return 0 }

// BenchmarkAttacker compares CPU time (user and system, this process alone; the server is another) of attackers whose
// rounds take turns, so that what else the machine does meets all alike. The medians over the rounds are reported in
// microseconds a hit. bare sends and reads the same bytes with nothing around them: the part that is the kernel's.
func BenchmarkAttacker(b *testing.B) {
	const rounds, each, workers = 7, 15_000, 32
	for _, size := range []int{400, 40_000} {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			address := responder(b, size)
			url := "http://" + address + "/v2/licenses/1"
			own := made(b, Options{Headers: []string{"Content-Type"}, Observe: func(*http.Request, int, http.Header, []byte, Times) {}})
			std := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: workers}
			b.Cleanup(std.CloseIdleConnections)
			header := http.Header{"Accept": {"application/json"}}
			attack := func(options ...func(*vegeta.Attacker)) func() {
				targeter := func(t *vegeta.Target) error {
					t.Method, t.URL, t.Header = "GET", url, header
					return nil
				}
				options = append(options, vegeta.Workers(workers), vegeta.MaxWorkers(workers))
				return func() {
					attacker := vegeta.NewAttacker(options...) // one attacks once
					for result := range attacker.Attack(targeter, hits(each), 0, "") {
						if result.Code != 200 {
							b.Fatal(result.Error)
						}
					}
				}
			}
			clients := []struct {
				name string
				gc   int
				run  func()
			}{
				{"bare", 400, bare(b, address, size, each, workers)},
				{"wire", 400, attack(vegeta.Client(&http.Client{Transport: own}), vegeta.MaxBody(0))},
				{"net-http-tuned", 400, attack(vegeta.Client(&http.Client{Transport: std}), vegeta.MaxBody(0))},
				{"vegeta-default", 100, attack()},
			}
			took := make([][]float64, len(clients))
			for b.Loop() {
				for range rounds {
					for i, client := range clients {
						before := debug.SetGCPercent(client.gc)
						from := cpu(b)
						client.run()
						took[i] = append(took[i], float64((cpu(b)-from).Microseconds())/each)
						debug.SetGCPercent(before)
					}
				}
			}
			for i, client := range clients {
				slices.Sort(took[i])
				b.ReportMetric(took[i][len(took[i])/2], client.name+"-µs")
			}
		})
	}
}

// bare exchanges bytes over kept connections, with no HTTP.
func bare(b *testing.B, address string, size, each, workers int) func() {
	transport := made(b, Options{})
	p, err := transport.pool("http", address)
	if err != nil {
		b.Fatal(err)
	}
	request := []byte("GET /v2/licenses/1 HTTP/1.1\r\nHost: " + address + "\r\nUser-Agent: harness\r\nAccept: application/json\r\nX-Vegeta-Seq: 12345\r\n\r\n")
	answer := jsonAnswer(size)
	var sockets []io.ReadWriter
	for range workers {
		c, _, err := p.get(b.Context(), 0, true, 0)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { p.drop(c) })
		sockets = append(sockets, c.Conn)
	}
	return func() {
		done := make(chan error)
		for _, socket := range sockets {
			go func() {
				buffer := make([]byte, 64<<10)
				for range each / workers {
					if _, err := socket.Write(request); err != nil {
						done <- err
						return
					}
					for n := 0; n < len(answer); {
						more, err := socket.Read(buffer)
						if err != nil {
							done <- err
							return
						}
						n += more
					}
				}
				done <- nil
			}()
		}
		for range workers {
			if err := <-done; err != nil {
				b.Fatal(err)
			}
		}
	}
}

// cpu is what this process has used, user and system.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
