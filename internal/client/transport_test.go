// Whom the client trusts.

package client

import (
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"harness/internal/target"
	"harness/specs"
)

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(answer(200, "[]"))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are the point
	server.StartTLS()
	defer server.Close()
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	own := write("own.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	document, err := specs.Embedded("gotoaccount")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		tls  target.TLS
		made string // a part of the error of New
		sent string // a part of the error of Send
	}{
		"nobody is trusted beyond the system": {sent: "certificate"},
		"its own authority":                   {tls: target.TLS{CA: own}},
		"everybody":                           {tls: target.TLS{Insecure: true}},
		"a file that is not there":            {tls: target.TLS{CA: filepath.Join(dir, "none.pem")}, made: "tls.ca: open "},
		"a file without a certificate":        {tls: target.TLS{CA: write("empty.pem", []byte("hello"))}, made: "holds no PEM certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			at := &target.Target{TLS: c.tls, Limits: target.Limits{Timeout: time.Second}, APIs: map[string]*target.API{"gotoaccount": {URL: server.URL}}}
			client, err := New(Options{API: document, Target: at})
			if c.made != "" {
				if err == nil || !strings.Contains(err.Error(), c.made) {
					t.Errorf("got %v, want %s", err, c.made)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			e := client.Send(t.Context(), Request{Operation: document.Operation("scanLicensesByKey"), Credential: Nobody})
			if c.sent == "" && e.Err != nil || c.sent != "" && (e.Err == nil || !strings.Contains(e.Err.Error(), c.sent)) {
				t.Errorf("got %v, want %q", e.Err, c.sent)
			}
		})
	}
}
