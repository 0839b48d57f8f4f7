// getLicenseEntitlementsByKeys: GET /licenses/{licenseKeys}/products/{productName}?batch=true. The document names no
// member of its answer, so their names are learnt from what comes.

package gotoaccount

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

const entitlementBatch = "getLicenseEntitlementsByKeys"

var _ = describe(entitlementBatch, func(s *Suite) {
	s.It("shows for each licence what the request for it alone shows", Covers("GOTO-ENTB-01"), func(t *T) {
		known := crawledHolders(t)
		t.Need(len(known) > 0, "licences that share a product")
		for _, product := range first(sortedNames(known), 4) {
			keys := first(known[product], 5)
			e := t.OK(batchOf(t, product, keys))
			for _, key := range keys {
				rounded, _ := entries(e, []int64{throughDouble(key)})
				if !slices.Contains(keys, throughDouble(key)) {
					t.On(e).If("keys go through a double", []int64{throughDouble(key)}).
						Expect(keysOf(rounded), HaveKeys(), fmt.Sprintf("the entry of licence %d names it digit for digit", key))
				}
			}
			eachIsOwn(t, e, product, keys)
		}
	})
	s.It("leaves entitlements with their licence when another one lacks the product", Covers("GOTO-ENTB-01", "GOTO-ENTB-02"), func(t *T) {
		product, keys := holders(t, 3)
		asked := slices.Insert(slices.Clone(keys), 1, without(t, product))
		e := t.Send(odd(batchOf(t, product, asked)))
		if e.OK() { // refusing the whole is sane as well
			eachIsOwn(t, e, product, asked)
		}
	})
	s.It("lists each licence that has the product once, whatever another lacks", Covers("GOTO-ENTB-02"), func(t *T) {
		product, keys := holders(t, 3)
		e := t.Send(odd(batchOf(t, product, slices.Insert(slices.Clone(keys), 1, without(t, product)))))
		if e.OK() {
			listed, _ := entries(e, keys)
			t.On(e).Expect(keysOf(listed), HaveKeySet(keys...), "each licence that has the product is listed once")
		}
	})
	s.It("lists no licence that was not asked for", Covers("GOTO-ENTB-02"), func(t *T) {
		product, keys := holders(t, 5)
		asked := []int64{keys[0], keys[len(keys)-1]}
		e := t.OK(batchOf(t, product, asked))
		listed, _ := entries(e, asked)
		t.On(e).Expect(keysOf(listed), HaveKeySet(asked...), "each licence that was asked for is listed once")
		t.On(e).Expect(len(e.JSON().Items), gomega.Equal(len(asked)), "nothing but what was asked for is listed")
	})
	batchLaw(s, batch{
		noun: "licences", rows: batchRows{union: "GOTO-ENTB-02", limit: "GOTO-ENTB-03", beyond: "GOTO-ENTB-03"},
		keys: func(t *T, n int) []int64 { _, keys := mostHolders(t, n); return keys },
		holds: func(t *T, key int64) []int64 {
			product, _ := mostHolders(t, 1)
			if entitlements(t, key, product).Kind == exact.Absent {
				return nil
			}
			return []int64{key}
		},
		request: func(t *T, list string) client.Request {
			product, _ := mostHolders(t, 1)
			return t.Call(entitlementBatch, Path{"licenseKeys": list, "productName": product}, "batch", true)
		},
		lists: func(e *client.Exchange, asked []int64) []int64 { listed, _ := entries(e, asked); return keysOf(listed) },
		serves: func(e *client.Exchange, asked []int64) []int64 {
			listed, _ := entries(e, asked)
			return sorted(keysOf(listed))
		},
	})
	s.It("answers one key with an array of one", Covers("GOTO-ENTB-04"), func(t *T) {
		product, keys := holders(t, 1)
		e := t.OK(batchOf(t, product, keys[:1]))
		t.On(e).Expect(e.JSON(), BeKind(exact.Array), "with batch=true a single key is a batch as well")
		t.On(e).Expect(len(e.JSON().Items), gomega.BeNumerically(">=", 1), "one key is answered with one entry")
	})
	s.It("gives no batch answer without batch=true", Covers("GOTO-ENTB-04"), func(t *T) {
		product, keys := holders(t, 2)
		e := t.Send(odd(t.Call("getLicenseEntitlements", Path{"licenseKey": join(keys), "productName": product})))
		listed, _ := entries(e, keys)
		t.On(e).If("batch=true is not needed", 2).Expect(len(listed), gomega.BeNumerically("<", 2), "a list of keys without batch=true is no batch")
	})
	s.It("tells what a batch makes of keys that it has nothing for", Covers("GOTO-ENTB-05"), func(t *T) {
		product, keys := holders(t, 2)
		lacking, a, b := without(t, product), strconv.FormatInt(keys[0], 10), strconv.FormatInt(keys[1], 10)
		ask := func(list, product string) client.Request {
			return t.Call(entitlementBatch, Path{"licenseKeys": list, "productName": product}, "batch", true)
		}
		questions := []string{
			"licence without the product beside one with it", "licence without the product alone", "unknown product",
			"unused key beside a used one", "one key twice", "empty element", "malformed element",
		}
		answers := tryOdd(t,
			ask(join([]int64{keys[0], lacking}), product), ask(join([]int64{lacking}), product), ask(a, "no-such-product"),
			ask(join([]int64{keys[0], unused(t)}), product), ask(a+","+a, product), ask(a+",,"+b, product), ask(a+",abc,"+b, product),
			batchOf(t, product, keys),
		)
		for i, e := range answers[:len(answers)-1] {
			t.Observe(questions[i], sized(e))
		}
		whole := answers[len(answers)-1]
		listed, shape := entries(whole, keys)
		t.Observe("shape of an entry", shape)
		t.Observe("order of the answer", order(keysOf(listed), keys))
	})
})

// eachIsOwn holds every entry of a batch against the request for its licence alone.
func eachIsOwn(t *T, e *client.Exchange, product string, asked []int64) {
	listed, _ := entries(e, asked)
	for _, entry := range listed {
		own := entitlements(t, entry.key, product)
		if own.Kind != exact.Object || entry.shows(own) || stringified(own, entry.like(own)) != "" {
			continue // without the product, or shown alone in a way that is told elsewhere
		}
		a := t.On(e)
		for _, other := range asked {
			if v := entitlements(t, other, product); other != entry.key && v.Kind != exact.Absent && entry.shows(v) {
				a = a.If("the entitlements are those of licence "+strconv.FormatInt(other, 10), entry.rest)
				break
			}
		}
		a.Expect(entry.rest, EqualJSON(own), fmt.Sprintf("the entry of licence %d shows its own entitlements in %q", entry.key, product))
	}
}

// entry is one element of a batch of entitlements: the key that it names, and what it holds beside it.
type entry struct {
	key  int64
	rest value
}

// shows says whether the entry shows these entitlements, on its own level or under one member.
func (e entry) shows(own value) bool {
	return exact.Equal(e.rest, own) || slices.ContainsFunc(e.rest.Members, func(m exact.Member) bool { return exact.Equal(m.Value, own) })
}

// like is the part of the entry that has the members of these entitlements: one nested object, or all of it.
func (e entry) like(own value) value {
	for _, m := range e.rest.Members {
		if m.Value.Kind == exact.Object && len(own.Members) > 0 && slices.Equal(slices.Sorted(slices.Values(m.Value.Names())), slices.Sorted(slices.Values(own.Names()))) {
			return m.Value
		}
	}
	return e.rest
}

func keysOf(list []entry) []int64 {
	all := []int64{}
	for _, entry := range list {
		all = append(all, entry.key)
	}
	return all
}

// entries takes a batch apart: the entries that name one of the asked keys, and the shape that they have. The key
// stands in the member that holds an asked key most often, or is itself the name of the only member.
func entries(e *client.Exchange, asked []int64) (list []entry, shape string) {
	is := func(v value) bool { key, ok := fixture.Key(v); return ok && slices.Contains(asked, key) }
	count, name := map[string]int{}, ""
	for _, item := range e.JSON().Items {
		for _, m := range item.Members {
			if is(m.Value) {
				if count[m.Name]++; count[m.Name] > count[name] {
					name = m.Name
				}
			}
		}
	}
	for _, item := range e.JSON().Items {
		if v := item.Get(name); name != "" && is(v) {
			key, _ := fixture.Key(v)
			list = append(list, entry{key, leave(item, name)})
			shape = fmt.Sprintf("%s is the key as a %s, beside %d other members", name, v.Kind, len(item.Members)-1)
			continue
		}
		if len(item.Members) == 1 && is(value{Kind: exact.String, Text: item.Members[0].Name}) {
			key, _ := fixture.Key(value{Kind: exact.String, Text: item.Members[0].Name})
			list = append(list, entry{key, item.Members[0].Value})
			shape = "the key is the name of the only member"
		}
	}
	return list, shape
}

// entriesOf takes the answer to a request apart, which says itself what it asked for.
func entriesOf(e *client.Exchange) []entry {
	var asked []int64
	for text := range strings.SplitSeq(e.Request.Path["licenseKeys"], ",") {
		if key, err := strconv.ParseInt(text, 10, 64); err == nil {
			asked = append(asked, key)
		}
	}
	list, _ := entries(e, asked)
	return list
}

// leave is an object without one of its members.
func leave(v value, name string) value {
	v.Members = slices.DeleteFunc(slices.Clone(v.Members), func(m exact.Member) bool { return m.Name == name })
	return v
}

func batchOf(t *T, product string, keys []int64) client.Request {
	return t.Call(entitlementBatch, Path{"licenseKeys": join(keys), "productName": product}, "batch", true)
}

// holders returns the product that most licences were seen to have, and at least n of these, ending the case when
// there are fewer; they may be more.
func holders(t *T, n int) (product string, keys []int64) {
	product, keys = mostHolders(t, n)
	t.Need(len(keys) >= n, "%d licences that share a product (%d met)", n, len(keys))
	return product, keys[:n]
}

// mostHolders returns the product that most of the crawled licences have, and at most n licences that have it. Those
// crawled come first; more are found by asking for batches, which are small enough to say nothing of their limit.
func mostHolders(t *T, n int) (product string, keys []int64) {
	product, crawled := commonProduct(t)
	if product == "" || len(crawled) >= n {
		return product, first(crawled, n)
	}
	all := Read(t, "licences with "+product, func() ([]int64, string) {
		most, few := t.Operation(entitlementBatch).Batch.Limit+1, 40
		found := slices.Clone(crawled)
		for _, w := range slices.Backward(goods(t).Windows) {
			for part := range slices.Chunk(fixture.Keys(w.Licences), few) {
				if len(found) >= most {
					break
				}
				listed, _ := entries(t.Send(odd(batchOf(t, product, part))), part)
				found = append(found, apart(sorted(keysOf(listed)), found)...)
			}
		}
		found = first(found, most)
		return found, join(sorted(found))
	})
	return product, first(all, n)
}

// commonProduct returns the product that most of the crawled licences have, and these licences.
func commonProduct(t *T) (product string, keys []int64) {
	known := crawledHolders(t)
	for _, name := range sortedNames(known) {
		if len(known[name]) > len(keys) {
			product, keys = name, known[name]
		}
	}
	return product, keys
}

// crawledHolders lists, for each product of which discovery has seen entitlements, the licences that have it.
func crawledHolders(t *T) map[string][]int64 {
	have := map[string][]int64{}
	for _, e := range goods(t).Entitlements {
		if e.Value.Kind != exact.Absent && e.Product != "" && !slices.Contains(have[e.Product], e.Key) {
			have[e.Product] = append(have[e.Product], e.Key)
		}
	}
	return have
}

// without returns a licence that does not have a product; it ends the case when every one met has it.
func without(t *T, product string) int64 {
	for _, key := range slices.Sorted(maps.Keys(goods(t).Products)) {
		if !slices.Contains(goods(t).Products[key], product) {
			return key
		}
	}
	t.NotExercised("needs a licence without product %s", product)
	return 0
}
