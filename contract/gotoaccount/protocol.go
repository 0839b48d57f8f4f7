// What holds for every operation: it is there, reading changes nothing, odd requests do not bring it down. And what
// nobody promised: how unknown, repeated and oddly spelled parameters are met.

package gotoaccount

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

var _ = everywhere(operations, func(s *Suite) {
	id := s.Operation.ID
	s.It("is served under "+s.API.BasePath, Covers("GOTO-GEN-01"), func(t *T) {
		e := anyServed(t, id)
		t.On(e).Expect(e, Succeed(), fmt.Sprintf("%s is served for data that exists", id))
	})
	s.It("is there", Covers("GOTO-GEN-02"), func(t *T) {
		e := anyServed(t, id)
		t.On(e).Expect(e, gomega.Not(HaveStatus(404, 405, 501)), fmt.Sprintf("%s has a route", id))
	})
	s.It("changes nothing by being asked", Covers("GOTO-GEN-04"), func(t *T) {
		good := harmless(t, id)
		a, b := served(t, good), served(t, good)
		if content(a) == content(b) {
			return
		}
		c := served(t, good)
		if content(b) == content(c) {
			t.Inconclusive("%s changed once while it was read", a.Asked())
		}
		t.On(a, b, c).Expect(b.JSON(), EqualJSON(a.JSON()), "asking twice gives the same answer twice")
	})
	s.It("survives requests that it cannot serve", Covers("GOTO-GEN-05"), func(t *T) {
		for _, r := range refusals(t, id) {
			if r.e.Status == http.StatusTooManyRequests || r.e.Err == nil && r.e.Status < 500 {
				continue
			}
			if after := t.Try(anExample(t, id)); !after.OK() {
				t.Inconclusive("%s: %s; and then, to a good request: %s", r.e.Asked(), r.e.Answered(), after.Answered())
			}
			t.On(r.e).Expect(r.e, NotCrash(), r.mistake+" is answered, and with a status below 500")
		}
	})
	s.It("tells what it makes of an unknown parameter", Covers("GOTO-GEN-06"), func(t *T) {
		e := tryOdd(t, with(anExample(t, id), "zzz", 1))[0]
		t.Observe("an unknown parameter", against(e, likeness{"ignored", plain(t, id)}))
	})
	s.It("tells how it reads a parameter that is given twice", Covers("GOTO-GEN-07"), func(t *T) {
		good := anExample(t, id)
		name, one, other := twice(t, s)
		requests := []client.Request{with(good, name, one, name, other)}
		if name != "zzz" {
			requests = append(requests, with(good, name, one), with(good, name, other))
		}
		answers := tryOdd(t, requests...)
		same := []likeness{{"as without it", plain(t, id)}}
		for i, e := range answers[1:] {
			same = append(same, likeness{[]string{"the first counts", "the last counts"}[i], e})
		}
		t.Observe(name+" given twice", against(answers[0], same...))
	})
	s.It("tells how it meets odd spellings of a good request", Covers("GOTO-GEN-09"), func(t *T) {
		good := anExample(t, id)
		target := good.Target()
		path, query, _ := strings.Cut(target, "?")
		if query != "" {
			query = "?" + query
		}
		last := strings.LastIndex(path, "/")
		head := good
		head.Method = http.MethodHead
		observe(t, summary, question{"a slash at the end", raw(good, path+"/"+query)}, question{"HEAD", head})
		if id == "getLicense" || id == "scanLicensesByKey" { // one router and one reader of queries serve them all
			observe(t, summary, question{"a doubled slash", raw(good, path[:last]+"/"+path[last:]+query)})
		}
		if id == "scanLicensesByKey" {
			shouted := good
			shouted.Query = slices.Clone(good.Query)
			for i := range shouted.Query {
				shouted.Query[i].Name = strings.ToUpper(shouted.Query[i].Name)
			}
			t.Observe("parameters in capitals", against(tryOdd(t, shouted)[0], likeness{"as in small letters", plain(t, id)}))
		}
	})
	s.It("tells which headers matter under load", Covers("GOTO-GEN-12"), func(t *T) {
		e := plain(t, id)
		if e.Err != nil {
			t.Inconclusive("%s: %s", e.Asked(), e.Answered())
		}
		for _, name := range []string{"Cache-Control", "Content-Encoding", "Connection", "Retry-After"} {
			if v := e.Header.Get(name); v != "" {
				t.Observe(name, v)
			} else {
				t.Observe(name, "absent")
			}
		}
		var others []string
		for name := range e.Header {
			if lower := strings.ToLower(name); name == "Etag" || strings.Contains(lower, "ratelimit") || strings.Contains(lower, "rate-limit") ||
				strings.Contains(lower, "request-id") || strings.Contains(lower, "incident") || strings.Contains(lower, "correlation") || strings.Contains(lower, "trace") {
				others = append(others, name)
			}
		}
		t.Observe("validators, rates and request ids", orNone(slices.Sorted(slices.Values(others))))
	})
})

// anyServed asks for several examples and returns the first answer that is a success, else the last: some of the data
// may have gone. A client that is not admitted cannot tell.
func anyServed(t *T, operation string) (e *client.Exchange) {
	if e = plain(t, operation); e.OK() {
		return e
	}
	for _, example := range examples(t, operation, 3) {
		if e = t.Send(example.request); e.OK() {
			return e
		}
	}
	if e.Status == 401 || e.Status == 403 {
		t.Inconclusive("%s: %s", e.Asked(), e.Answered())
	}
	return e
}

// harmless is an example whose data would show if reading took anything: a licence with seats left.
func harmless(t *T, operation string) client.Request {
	if operation == "getLicense" {
		roomy := existing(t, 1, func(l fixture.Licence) bool {
			left, ok := l.Value.Get("remaining").Int64()
			return ok && left > 0
		})
		if len(roomy) > 0 {
			return t.Call(operation, Path{"licenseKey": roomy[0].Key})
		}
	}
	return anExample(t, operation)
}

// twice names a parameter of an operation and two values of it that make a difference, or one that nobody knows.
func twice(t *T, s *Suite) (name string, one, other any) {
	roles, _ := goods(t).Roles()
	switch {
	case s.Operation.Scan != nil:
		return s.Operation.Scan.Limit, 1, 3
	case s.Operation.Batch != nil && s.Operation.Parameter("batch") != nil:
		return "batch", true, false
	case len(s.Operation.Filters) > 0 && len(roles) > 1:
		return "roles", roles[0], roles[1]
	}
	return "zzz", 1, 2
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

var _ = everywhere([]string{"getLicensesByKeys", "getLicenses", "findLicenses", "getUserLicenses", "getLicenseEntitlementsByKeys"}, func(s *Suite) {
	s.It("tells whether %2C separates as a comma does, and whether a space may follow one", Covers("GOTO-GEN-08"), func(t *T) {
		good, list := listed(t, s.Operation.ID)
		plain, encoded, spaced := good.Target(), strings.ReplaceAll(list, ",", "%2C"), strings.ReplaceAll(list, ",", ",%20")
		answers := tryOdd(t, good, raw(good, strings.Replace(plain, list, encoded, 1)), raw(good, strings.Replace(plain, list, spaced, 1)))
		t.Observe("%2C", against(answers[1], likeness{"as a comma", answers[0]}))
		t.Observe("a space after a comma", against(answers[2], likeness{"tolerated", answers[0]}))
	})
})

// listed is a request with a list of two, and how the list stands in it.
func listed(t *T, operation string) (client.Request, string) {
	pair := func(all []int64) string {
		t.Need(len(all) >= 2, "two of what %s lists", operation)
		return join(all[:2])
	}
	switch operation {
	case "getLicenses":
		list := pair(goods(t).AccountKeys())
		return t.Call(operation, Path{"accountKeys": list}), list
	case "getUserLicenses":
		list := pair(goods(t).UserKeys())
		return t.Call(operation, Path{"userKeys": list}), list
	case "findLicenses":
		all := existing(t, 1, func(l fixture.Licence) bool {
			return searchable(t, l) == "name" && l.Value.Get("type").Kind == exact.String
		})
		t.Need(len(all) > 0, "a licence whose name can be searched for as it stands")
		l := all[0]
		r := t.Call(operation, Path{"accountKey": l.Account}, "filter", "name="+l.Value.Get("name").Text+",type="+l.Value.Get("type").Text)
		_, query, _ := strings.Cut(r.Target(), "filter=")
		return r, query
	case entitlementBatch:
		product, keys := holders(t, 2)
		return batchOf(t, product, keys), join(keys)
	}
	list := pair(fixture.Keys(existing(t, 2, anyLicence)))
	return t.Call(operation, Path{"licenseKeys": list}, "batch", true), list
}

// spellings are ways in which clients write booleans.
var spellings = []string{"true", "TRUE", "True", "1", "yes", "", "false", "False", "0", "banana"}

var _ = everywhere(scans, func(s *Suite) {
	s.It("tells how it reads booleans", Covers("GOTO-GEN-10"), func(t *T) {
		w := scanOf(s.Operation.ID).set(t, 3)
		b := bounds{lower: at(w.hits[0]), upper: at(w.hits[2])}
		var asked []string
		var requests []client.Request
		for _, text := range spellings {
			if s.Operation.ID != "scanLicensesByKey" && len(text) < 4 {
				continue // the whole table for one scan; what real clients send for all
			}
			asked = append(asked, text)
			requests = append(requests, with(w.request(b, w.limit()), w.spec.LowerInclusive, text, w.spec.UpperInclusive, text))
		}
		for i, e := range tryOdd(t, requests...) {
			read := func(key int64) string {
				if !e.OK() {
					return summary(e)
				}
				return fmt.Sprint(slices.Contains(keys(e), key))
			}
			t.Observe(fmt.Sprintf("%s=%q", w.spec.LowerInclusive, asked[i]), read(w.hits[0]))
			t.Observe(fmt.Sprintf("%s=%q", w.spec.UpperInclusive, asked[i]), read(w.hits[2]))
		}
	})
})

var _ = everywhere([]string{"getLicensesByKeys", "getLicenseEntitlementsByKeys"}, func(s *Suite) {
	s.It("tells how it reads booleans", Covers("GOTO-GEN-10"), func(t *T) {
		good, _ := listed(t, s.Operation.ID)
		var questions []question
		for _, text := range spellings {
			questions = append(questions, question{fmt.Sprintf("batch=%q", text), replaced(good, "batch", text)})
		}
		observe(t, summary, questions...)
	})
})

var _ = everywhere(ofLicences, func(s *Suite) {
	s.It("tells what it makes of attributeNames, which known clients send", Covers("GOTO-GEN-11"), func(t *T) {
		e := tryOdd(t, with(anExample(t, s.Operation.ID), "attributeNames", "key,userKeys"))[0]
		verdict := against(e, likeness{"ignored", plain(t, s.Operation.ID)})
		if all := licences(e); verdict != "ignored" && e.OK() {
			verdict = "honoured"
			if len(all) > 0 {
				verdict = "honoured, with members " + strings.Join(all[0].Value.Names(), ",")
			} else if e.JSON().Kind == exact.Object {
				verdict = "honoured, with members " + strings.Join(e.JSON().Names(), ",")
			}
		}
		t.Observe("attributeNames=key,userKeys", verdict)
	})
})
