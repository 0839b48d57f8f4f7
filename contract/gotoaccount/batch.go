// A list of keys in a path keeps one law, whatever the keys are of. It is written once and asked of each: licences,
// accounts, users, and the entitlements of licences.

package gotoaccount

import (
	"fmt"
	"slices"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/fixture"
)

// batch is an operation that takes a list of keys.
type batch struct {
	noun string // what the keys are of, in the plural
	rows batchRows
	// keys returns at most n distinct keys, each of which the operation answers with something of its own.
	keys func(t *T, n int) []int64
	// holds reads which licences one key alone stands for; it is a bracketed read.
	holds func(t *T, key int64) []int64
	// request asks for a list as it is written, commas included.
	request func(t *T, list string) client.Request
	// lists returns the keys of the licences that an answer to a list lists, in its order and as often as they come.
	lists func(e *client.Exchange, asked []int64) []int64
	// serves returns those of the asked keys that the answer serves beyond doubt.
	serves func(e *client.Exchange, asked []int64) []int64
}

// batchRows are the requirements behind the rows of the law; "" leaves a row out.
type batchRows struct {
	union  string // several keys yield what each yields alone
	once   string // a key named twice is not listed twice
	limit  string // as many keys as the document allows are served
	beyond string // of one more, not all are served
	refuse string // … and the request is refused rather than cut
}

// unionSizes are the lengths of the lists that are held against their keys alone.
var unionSizes = []int{2, 5, 17}

// batchLaw registers the rows of the law on the suite of an operation.
func batchLaw(s *Suite, b batch) {
	limit := s.Operation.Batch.Limit
	row := func(id, text string, body func(t *T)) {
		if id != "" {
			s.It(text, Covers(id), body)
		}
	}
	row(b.rows.union, "yields for several "+b.noun+" what each of them yields alone", b.union)
	row(b.rows.once, "lists no licence twice when one of the "+b.noun+" is named twice", b.once)
	if limit == 0 {
		return // the document sets none
	}
	row(b.rows.limit, fmt.Sprintf("serves %d %s in one request", limit, b.noun), func(t *T) { b.full(t, limit) })
	row(b.rows.beyond, fmt.Sprintf("never serves %d %s in one request", limit+1, b.noun), func(t *T) {
		asked := b.need(t, limit+1)
		e := t.Send(b.request(t, join(asked)))
		if e.OK() {
			t.On(e).If("the limit is not enforced", limit+1).Expect(len(b.serves(e, asked)), gomega.BeNumerically("<=", limit),
				fmt.Sprintf("of %d %s at most %d are served", limit+1, b.noun, limit))
		}
	})
	row(b.rows.refuse, fmt.Sprintf("refuses %d %s rather than losing one in silence", limit+1, b.noun), func(t *T) {
		e := t.Send(b.request(t, join(b.need(t, limit+1))))
		t.On(e).Expect(e, BeRejected(), fmt.Sprintf("a list of %d %s is refused, neither served nor cut to %d", limit+1, b.noun, limit))
	})
}

// need returns n keys, and ends the case when the target has fewer.
func (b batch) need(t *T, n int) []int64 {
	keys := b.keys(t, n)
	t.Need(len(keys) >= n, "%d %s that can be told apart in one answer (%d met)", n, b.noun, len(keys))
	return keys[:n]
}

// union holds lists of several lengths against their keys alone.
func (b batch) union(t *T) {
	keys := b.keys(t, slices.Max(unionSizes))
	t.Need(len(keys) >= slices.Min(unionSizes), "%d %s (%d met)", slices.Min(unionSizes), b.noun, len(keys))
	alone := map[int64][]int64{}
	for _, key := range keys {
		alone[key] = b.holds(t, key)
	}
	of := func(keys []int64) (all []int64) {
		for _, key := range keys {
			all = append(all, alone[key]...)
		}
		return sorted(all)
	}
	var lists [][]int64
	var requests []client.Request
	for _, n := range unionSizes {
		if n <= len(keys) {
			lists = append(lists, keys[:n])
			requests = append(requests, b.request(t, join(keys[:n])))
		}
	}
	for i, e := range t.OKAll(requests...) {
		list := lists[i]
		got := sorted(b.lists(e, list))
		t.On(e).
			If("only the first of the list is used", of(list[:1])).
			If("only the last of the list is used", of(list[len(list)-1:])).
			If("the last of the list is lost", of(list[:len(list)-1])).
			Expect(got, HaveKeySet(of(list)...), fmt.Sprintf("%d %s yield what each of them yields alone", len(list), b.noun))
	}
}

// once names a key twice.
func (b batch) once(t *T) {
	keys := b.need(t, 1)
	e := t.Send(b.request(t, join([]int64{keys[0], keys[0]})))
	if !e.OK() {
		t.Inconclusive("a key named twice is refused: %s", e.Answered())
	}
	got := b.lists(e, keys[:1])
	if len(got) > len(sorted(got)) {
		alone := b.lists(t.Send(b.request(t, join(keys[:1]))), keys[:1])
		if len(alone) > len(sorted(alone)) {
			t.Inconclusive("%s: a licence is listed twice though its key is named once", e.Asked())
		}
	}
	t.On(e).Expect(got, HaveKeySet(sorted(got)...), "what is named twice is listed once")
}

// full asks for as many keys as the document allows. A key that the answer does not serve beyond doubt is asked for
// alone: its licences may have gone, or be shared with others meanwhile.
func (b batch) full(t *T, limit int) {
	asked := b.need(t, limit)
	e := t.Send(b.request(t, join(asked)))
	t.On(e).Expect(e, Succeed(), fmt.Sprintf("%d %s are no more than the document allows", limit, b.noun))
	listed := b.lists(e, asked)
	var lost []int64
	for _, key := range apart(asked, b.serves(e, asked)) {
		if len(apart(b.holds(t, key), listed)) > 0 {
			lost = append(lost, key)
		}
	}
	t.On(e).Expect(lost, HaveKeys(), fmt.Sprintf("each of %d %s is served", limit, b.noun))
}

// licenceKeys lists the keys of an answer that is made of licences.
func licenceKeys(e *client.Exchange, _ []int64) []int64 { return keys(e) }

// apart lists what is not in another list.
func apart(list, other []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(list), func(k int64) bool { return slices.Contains(other, k) })
}

// ofAccounts and ofUsers are the lists of accounts and users; the rows are named where they are registered.
func ofAccounts(rows batchRows) batch {
	return batch{
		noun: "accounts", rows: rows, lists: licenceKeys,
		keys:    func(t *T, n int) []int64 { all := goods(t).AccountKeys(); return all[:min(n, len(all))] },
		holds:   func(t *T, key int64) []int64 { return fixture.Keys(account(t, key)) },
		request: func(t *T, list string) client.Request { return t.Call("getLicenses", Path{"accountKeys": list}) },
		serves: func(e *client.Exchange, asked []int64) (served []int64) {
			for _, l := range licences(e) {
				if slices.Contains(asked, l.Account) && !slices.Contains(served, l.Account) {
					served = append(served, l.Account)
				}
			}
			return served
		},
	}
}

func ofUsers(rows batchRows) batch {
	return batch{
		noun: "users", rows: rows, lists: licenceKeys, keys: apartUsers,
		holds:   func(t *T, key int64) []int64 { return fixture.Keys(user(t, key)) },
		request: func(t *T, list string) client.Request { return t.Call("getUserLicenses", Path{"userKeys": list}) },
		// A licence that only one of the asked users has was served for the sake of that one.
		serves: func(e *client.Exchange, asked []int64) (served []int64) {
			for _, l := range licences(e) {
				own := slices.DeleteFunc(slices.Clone(asked), func(u int64) bool { return !l.HasUser(u) })
				if len(own) == 1 && !slices.Contains(served, own[0]) {
					served = append(served, own[0])
				}
			}
			return served
		},
	}
}

// apartUsers returns at most n users, each with a licence that none of the others has.
func apartUsers(t *T, n int) (chosen []int64) {
	taken := map[int64]bool{} // users of the licences that tell the chosen ones apart
	for _, l := range goods(t).Licences {
		if len(chosen) == n {
			break
		}
		if slices.ContainsFunc(l.Users, func(u int64) bool { return slices.Contains(chosen, u) }) {
			continue
		}
		free := slices.IndexFunc(l.Users, func(u int64) bool { return !taken[u] })
		if free < 0 || len(l.Users) > 100 { // a licence with very many users would leave none for the others
			continue
		}
		chosen = append(chosen, l.Users[free])
		for _, u := range l.Users {
			taken[u] = true
		}
	}
	return chosen
}
