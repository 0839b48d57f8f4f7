package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"harness/internal/reference"
)

// stand starts a stand-in, and returns it and how to ask it.
func stand(t *testing.T) (*standIn, func(secret string) (int, []byte)) {
	t.Helper()
	r, err := reference.New(reference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := newStandIn(r)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, func(secret string) (int, []byte) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v2/licenses?count=100", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("ClientName", r.Principals().ClientName)
		request.Header.Set("ClientSecret", secret)
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, body
	}
}

func TestTheStandInAnswersAsTheReferenceDoes(t *testing.T) {
	s, ask := stand(t)
	secret := s.reference.Principals().ClientSecret
	for range 2 { // from the reference, and from memory
		if status, body := ask(secret); status != http.StatusOK || len(body) < 30_000 {
			t.Errorf("status %d, %d bytes", status, len(body))
		}
		if status, _ := ask("somebody else's"); status == http.StatusOK {
			t.Error("who may not ask is answered")
		}
	}
}

func TestDistinctBodiesSayTheSame(t *testing.T) {
	s, ask := stand(t)
	secret := s.reference.Principals().ClientSecret
	_, plain := ask(secret)
	s.turn.Store(&turnOfServer{order: order{Distinct: true}})
	_, first := ask(secret)
	_, second := ask(secret)
	if bytes.Equal(first, second) || !bytes.Equal(bytes.TrimSpace(first), plain) || !bytes.Equal(bytes.TrimSpace(second), plain) {
		t.Error("two bodies are the same, or not what is served")
	}
}

func TestTheStandInStandsStillOnceAndStampsWhoCame(t *testing.T) {
	s, ask := stand(t)
	secret := s.reference.Principals().ClientSecret
	const still = 200 * time.Millisecond
	s.turn.Store(&turnOfServer{order: order{StallAt: 2, StallFor: still}, stamps: make([]time.Duration, 8)})
	var took []time.Duration
	for range 3 {
		began := time.Now()
		ask(secret)
		took = append(took, time.Since(began))
	}
	if took[0] >= still || took[1] < still || took[2] >= still {
		t.Errorf("answers took %s; the second of them %s is meant", took, still)
	}
	turn := s.turn.Load()
	if n := turn.asked.Load(); n != 3 || turn.stamps[2]-turn.stamps[1] < still {
		t.Errorf("%d came, at %s", n, turn.stamps[:n])
	}
}
