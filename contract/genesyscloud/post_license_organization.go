// postLicenseOrganization: POST /api/v2/license/organization, the one operation that writes. It is only called where the
// target allows it, on the user and the licence set aside, and what it did is undone.

package genesyscloud

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
)

var _ = describe("postLicenseOrganization", func(s *Suite) {
	s.It("answers a change with its status", Covers("GC-ORG-01"), func(t *T) {
		w := writing(t)
		defer w.restore()
		for _, e := range served(t, w.change(!w.held)) {
			if e.JSON().Kind == exact.Array {
				t.On(e).Expect(len(e.JSON().Items), gomega.BeNumerically(">=", 1), "a real change has a status")
			}
		}
	})
	s.It("names every change once, and no other", Covers("GC-ORG-02"), func(t *T) {
		w := writing(t)
		defer w.restore()
		e := t.OK(w.change(!w.held))
		if e.JSON().Kind != exact.Array {
			t.Inconclusive("the answer is no list")
		}
		var pairs []string
		for _, status := range e.JSON().Items {
			pairs = append(pairs, status.Get("userId").Text+" "+status.Get("licenseId").Text)
		}
		t.On(e).Expect(pairs, HaveTextSet(w.user+" "+w.licence), "the statuses name the user and the licence of the request, once")
	})
	s.It("does not mind a licence that the user already has", Covers("GC-ORG-04"), func(t *T) {
		w := writing(t)
		defer w.restore()
		first := t.OK(w.change(true))
		second := t.Send(w.change(true))
		t.On(first, second).Expect(second, Succeed(), "giving a licence again does not fail")
		held, seen := w.until(func(held []string) bool { return slices.Contains(held, w.licence) })
		here := without(held, without(held, []string{w.licence}))
		t.On(first, second, seen).Expect(here, HaveTextSet(set(here)...), "giving a licence again does not give it twice")
	})
	s.It("may refuse incomplete bodies", Covers("GC-ORG-05"), func(t *T) {
		w := writing(t)
		defer w.restore()
		r := t.Call("postLicenseOrganization", nil)
		for _, body := range []string{"", `{}`, `{"assignments":[]}`, `{"assignments":[{}]}`, fmt.Sprintf(`{"assignments":[{"licenseId":%q}]}`, w.licence)} {
			question := strings.Replace(body, w.licence, "…", 1)
			if body == "" {
				r.Body, question = nil, "no body"
			} else {
				r.Body = []byte(body)
			}
			t.Observe(question, said(t.Send(r)))
		}
		after, _ := w.look()
		change := "nothing"
		if !slices.Equal(set(after), set(w.before)) {
			change = "the licences of the user"
		}
		t.Observe("changed by them", change)
	})
	s.It("may say how a change went, and refuse one that contradicts itself", Covers("GC-ORG-06"), func(t *T) {
		w := writing(t)
		defer w.restore()
		for _, step := range []struct {
			question string
			add      bool
		}{{"a change", !w.held}, {"the same change again", !w.held}, {"the change undone", w.held}} {
			e := t.Send(w.change(step.add))
			var results []string
			for _, status := range e.JSON().Items {
				results = append(results, status.Get("result").Text)
			}
			t.Observe(step.question, strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, strings.Join(set(results), " "))))
		}
		t.Observe("added and removed at once", said(t.Send(w.assign([]string{w.user}, []string{w.user}))))
	})
})

var _ = describeEach([]string{"postLicenseOrganization", "getLicenseUser"}, func(s *Suite) {
	s.It("shows a licence once it is given, and no more once it is taken", Covers("GC-ORG-03"), func(t *T) {
		w := writing(t)
		defer w.restore()
		for _, add := range []bool{!w.held, w.held} {
			e := t.OK(w.change(add))
			held, seen := w.until(func(held []string) bool { return slices.Contains(held, w.licence) == add })
			here := without(held, without(held, []string{w.licence}))
			if add {
				t.On(e, seen).Expect(set(here), HaveTextSet(w.licence), "a licence that was given is there")
			} else {
				t.On(e, seen).Expect(here, HaveTextSet(), "a licence that was taken is gone")
			}
		}
	})
})

// written is the user and the licence set aside for writing, and how they were found.
type written struct {
	t             *T
	user, licence string
	before        []string // licences of the user
	held          bool     // whether the licence was one of them
	pace          time.Duration
	done          func(undone bool) // tells the journal; nil when nobody keeps one
}

// writing reads what will be changed. It is no bracketed read: what moves here is moved by the case.
func writing(t *T) *written {
	needWrites(t)
	w := &written{t: t, user: t.Environment().Writes.User, licence: t.Environment().Writes.License}
	w.before, _ = w.look()
	w.held = slices.Contains(w.before, w.licence)
	if note := t.Environment().Journal; note != nil {
		var err error
		if w.done, err = note(Change{API: api, User: w.user, License: w.licence, Held: w.held}); err != nil {
			t.NotExercised("nothing is written: %s", err)
		}
	}
	return w
}

// look reads the licences of the user.
func (w *written) look() ([]string, *client.Exchange) {
	started := time.Now()
	u, e := alone(w.t, w.user)
	w.pace = time.Since(started)
	return u.Licences, e
}

// until reads until what was written is seen, or long enough: some sixty times as long as a read takes, and half a
// second at least. The document does not say when a change can be seen.
func (w *written) until(seen func([]string) bool) ([]string, *client.Exchange) {
	held, e := w.look()
	first := max(w.pace, 10*time.Millisecond)
	for pause := first; !seen(held) && pause <= 32*first; pause *= 2 {
		time.Sleep(pause)
		held, e = w.look()
	}
	return held, e
}

// change gives the licence to the user, or takes it away.
func (w *written) change(add bool) client.Request {
	if add {
		return w.assign([]string{w.user}, []string{})
	}
	return w.assign([]string{}, []string{w.user})
}

func (w *written) assign(add, remove []string) client.Request {
	type assignment struct {
		LicenseID     string   `json:"licenseId"`
		UserIDsAdd    []string `json:"userIdsAdd"`
		UserIDsRemove []string `json:"userIdsRemove"`
	}
	body, err := json.Marshal(map[string][]assignment{"assignments": {{w.licence, add, remove}}})
	if err != nil {
		panic(err) // strings always encode
	}
	r := w.t.Call("postLicenseOrganization", nil)
	r.Body = body
	return r
}

// restore puts the licence back to how it was found, whatever the case did and however it ended.
func (w *written) restore() {
	undone := w.t.Undo(w.change(w.held)).OK()
	if !undone {
		// Perhaps the server changes nothing at all.
		e := w.t.Undo(w.t.Call("getLicenseUser", Path{"userId": w.user}))
		undone = e.OK() && slices.Contains(ids(e.JSON().Get("licenses")), w.licence) == w.held
	}
	if w.done != nil {
		w.done(undone)
	}
}
