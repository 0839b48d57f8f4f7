// Who may ask: the service knows its clients by two headers, and tells a stranger nothing.

package gotoaccount

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
)

var _ = everywhere(operations, func(s *Suite) {
	id := s.Operation.ID
	s.It("admits a client with valid credentials", Covers("GOTO-AUTH-01"), func(t *T) {
		e := plain(t, id)
		if !e.Judgeable() {
			t.Inconclusive("%s: %s", e.Asked(), e.Answered())
		}
		t.On(e).Expect(e, gomega.Not(HaveStatus(401, 403)), "valid credentials are admitted")
	})
	s.It("answers 401 without credentials, and shows nothing", Covers("GOTO-AUTH-02"), func(t *T) {
		for _, r := range refusals(t, id) {
			if r.mistake == "no credential" && r.e.Judgeable() {
				t.On(r.e).Expect(r.e, HaveStatus(401), "a request without credentials is not answered")
				t.On(r.e).Expect(carriesData(t, r.e), gomega.BeFalse(), "a refusal shows no data")
				return
			}
		}
		t.Inconclusive("no answer to a request without credentials")
	})
	s.It("refuses credentials that nobody was given", Covers("GOTO-AUTH-03"), func(t *T) {
		tried := false
		for _, r := range refusals(t, id) {
			if r.kind == stranger && r.mistake != "no credential" && r.e.Judgeable() {
				tried = true
				t.On(r.e).Expect(r.e, HaveStatus(401, 403), "a "+r.mistake+" is refused")
			}
		}
		t.Need(tried, "a default credential of which a wrong one can be made")
	})
	s.It("tells what becomes of a client that leaves one of its headers out", Covers("GOTO-AUTH-05"), func(t *T) {
		names := credentialHeaders(t)
		t.Need(len(names) > 1, "a default credential made of the headers that the document names")
		last := names[len(names)-1]
		observe(t, summary, question{"without " + last, header(anExample(t, id), last)})
	})
	s.It("tells whether another client sees the same", Covers("GOTO-AUTH-06"), func(t *T) {
		others := slices.DeleteFunc(t.Client().Credentials(), func(name string) bool { return name == client.Default })
		t.Need(len(others) > 0, "a second credential beside default that may see other data")
		for _, name := range others {
			t.Observe("as "+name, against(t.Try(as(anExample(t, id), name)), likeness{"the same", plain(t, id)}))
		}
	})
})

var _ = everywhere([]string{"getLicense", "getLicenses"}, func(s *Suite) {
	s.It("shows a stranger no difference between a key that exists and one that does not", Covers("GOTO-AUTH-04"), func(t *T) {
		good := as(anExample(t, s.Operation.ID), client.Nobody)
		parameter := keyParameter(good)
		free := unused(t)
		if parameter == "accountKeys" {
			free = unusedAccount(t)
		}
		answers := t.SendAll(good, keyed(good, parameter, join([]int64{free})))
		t.On(answers...).Expect(answers[1].Status, gomega.Equal(answers[0].Status), "a stranger gets the same status whether or not the key exists")
		t.On(answers...).Expect(errorShape(answers[1]), gomega.Equal(errorShape(answers[0])), "a stranger gets the same kind of body whether or not the key exists")
	})
})

// unusedAccount is a key next to an account's that no account met has.
func unusedAccount(t *T) int64 {
	known := goods(t).AccountKeys()
	for _, a := range known {
		if free := a - 1; !slices.Contains(known, free) {
			return free
		}
	}
	t.NotExercised("needs an account")
	return 0
}

// credentialHeaders names the headers in which the document has credentials travel, none when the target's default
// credential travels otherwise: then a request without any of them is admitted all the same.
func credentialHeaders(t *T) []string {
	var all []string
	schemes := t.Client().API().Doc.Components.SecuritySchemes
	for _, name := range slices.Sorted(maps.Keys(schemes)) {
		if scheme := schemes[name].Value; scheme.Type == "apiKey" && scheme.In == openapi3.ParameterInHeader {
			all = append(all, scheme.Name)
		}
	}
	good := anExample(t, "scanLicensesByKey")
	for _, name := range all {
		good = header(good, name)
	}
	return Read(t, "headers of the default credential", func() ([]string, string) {
		if len(all) == 0 || t.Send(good).OK() {
			return nil, ""
		}
		return all, "headers"
	})
}
