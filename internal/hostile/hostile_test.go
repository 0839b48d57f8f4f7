package hostile

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// right is the body that the handler behind gives.
const right = `[{"key":9007199254740993,"accountkey":1}]`

var behind = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, right)
})

func listen(t *testing.T, k Kind, o Options) *Server {
	t.Helper()
	o.Behind = behind
	s, err := k.Listen("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestKindsAreNamedOnceAndToldInALine(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		if seen[k.Name] || !regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`).MatchString(k.Name) {
			t.Errorf("%q stands twice or is no name", k.Name)
		}
		seen[k.Name] = true
		if k.Summary == "" || strings.HasSuffix(k.Summary, ".") || strings.ContainsAny(k.Summary, "\n\x1b") {
			t.Errorf("%s: %q is no summary of one line", k.Name, k.Summary)
		}
		ways := 0
		for _, set := range []bool{k.nowhere != "", k.refuse, k.accept != nil, k.answer != nil, k.twist != nil, k.security != nil} {
			if set {
				ways++
			}
		}
		if ways != 1 || !slices.Contains(Groups, k.Group) {
			t.Errorf("%s misbehaves in %d ways, in group %q", k.Name, ways, k.Group)
		}
	}
	if len(seen) < 40 {
		t.Errorf("%d kinds, at least 40 are promised", len(seen))
	}
	if _, err := Named("no-such-kind"); err == nil {
		t.Error("a kind that does not exist is found")
	}
}

// raw sends a request on a connection of its own and returns what comes within half a second, up to 64 kB.
func raw(s *Server) string {
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(500 * time.Millisecond))
	fmt.Fprintf(conn, "GET /licenses HTTP/1.1\r\nHost: x\r\n\r\n")
	var got bytes.Buffer
	_, err = io.Copy(&got, io.LimitReader(conn, 1<<16))
	if err != nil && !strings.Contains(err.Error(), "timeout") {
		fmt.Fprintf(&got, "[%v]", err)
	}
	return got.String()
}

// Every kind that speaks plain HTTP puts something else on the wire than a right answer, and those that can wait
// answer rightly until it is their turn. They spend their time waiting, so all of them are asked at once.
func TestEveryKindMisbehaves(t *testing.T) {
	want := raw(listen(t, Kind{twist: func(*answer) {}}, Options{}))
	if !strings.HasSuffix(want, right) {
		t.Fatalf("no right answer: %q", want)
	}
	var all sync.WaitGroup
	for _, k := range Kinds() {
		if k.security != nil || k.nowhere != "" {
			continue
		}
		at, late := listen(t, k, Options{}), listen(t, k, Options{Spare: 1})
		all.Go(func() {
			if got := raw(at); got == want && k.Name != "answers-previous" {
				t.Errorf("%s: a right answer came back: %q", k.Name, got)
			}
			if k.accept != nil {
				return
			}
			if got := raw(late); got != want || late.Wrong() != 0 {
				t.Errorf("%s: the spared request got %.200q, want %q", k.Name, got, want)
			}
			raw(late)
			if late.Asked() != 2 || late.Wrong() != 1 {
				t.Errorf("%s: %d of %d answers were wrong, want 1 of 2", k.Name, late.Wrong(), late.Asked())
			}
		})
	}
	all.Wait()
}

func TestAShareIsAnsweredWrongly(t *testing.T) {
	k, err := Named("empty-200")
	if err != nil {
		t.Fatal(err)
	}
	s := listen(t, k, Options{Spare: 2, Every: 3})
	var got []bool
	for range 8 {
		resp, err := http.Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		got = append(got, string(body) == right)
	}
	http.DefaultClient.CloseIdleConnections()
	if want := []bool{true, true, true, true, false, true, true, false}; !slices.Equal(got, want) {
		t.Errorf("right answers %v, want %v", got, want)
	}
	if _, err := k.Listen("127.0.0.1:0", Options{Spare: -1}); err == nil {
		t.Error("-1 requests are spared")
	}
}

// A caller that checks certificates gets an answer from none of the servers with TLS, and from a right one it does.
func TestNoHandshakeIsOneToTrust(t *testing.T) {
	sound := Kind{security: func(a *authority) security { return a.serving(nil) }}
	if err := ask(listen(t, sound, Options{})); err != nil {
		t.Fatalf("a right certificate is not trusted: %v", err)
	}
	for _, k := range tlsKinds {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			if err := ask(listen(t, k, Options{})); err == nil {
				t.Error("an answer came back")
			}
		})
	}
}

func ask(s *Server) error {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.Authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: time.Second}
	resp, err := client.Get(s.URL)
	if err == nil {
		_ = resp.Body.Close()
	}
	return err
}

func TestCloseEndsEveryConversation(t *testing.T) {
	for _, name := range []string{"never-answers", "never-reads", "drips-body", "endless-body", "half-closed"} {
		k, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		s := listen(t, k, Options{})
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		time.Sleep(20 * time.Millisecond)
		started := time.Now()
		s.Close()
		if took := time.Since(started); took > time.Second {
			t.Errorf("%s: Close took %s", name, took)
		}
		_ = conn.Close()
	}
}
