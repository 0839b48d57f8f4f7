// Package genesyscloud asks the licence API of Genesys Cloud whether it keeps its promises: one file an operation, one
// file a law that crosses operations.
package genesyscloud

import (
	"cmp"
	"slices"
	"strings"

	"harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

const api = "genesyscloud"

// Credentials beside the default one, by what a target promises of them: granter holds authorization:grant:add only,
// viewer authorization:license:view only, bare is authenticated and holds nothing.
const (
	granter = "granter"
	viewer  = "viewer"
	bare    = "bare"
)

// reads are the operations that leave everything as it is, whatever their method.
var reads = []string{
	"getLicenseDefinitions", "getLicenseDefinition", "getLicenseToggle", "getLicenseUsers", "postLicenseUsers",
	"getLicenseUser", "postLicenseInfer",
}

// operations are all of them.
var operations = append([]string{"postLicenseToggle", "postLicenseOrganization"}, reads...)

// describe registers a suite of this API.
func describe(operation string, body func(*contract.Suite)) bool {
	return contract.Describe(api, operation, body)
}

// describeEach registers one suite of each of the operations.
func describeEach(operations []string, body func(*contract.Suite)) bool {
	for _, operation := range operations {
		describe(operation, body)
	}
	return true
}

// goods are the fixtures of this API.
func goods(t *contract.T) *fixture.Genesyscloud { return &t.Fixtures.Genesyscloud }

// pageful is how many users are asked for where a case wants many of them at once.
const pageful = 100

// definitions reads the list of definitions; it is a bracketed read.
func definitions(t *contract.T) []exact.Value {
	return contract.Read(t, "definitions", func() ([]exact.Value, string) {
		list := unordered(exact.Value{Kind: exact.Array, Items: elements(t.OK(t.Call("getLicenseDefinitions", nil)).JSON())})
		return list.Items, list.Canonical()
	})
}

// elements reads a list leniently: one that stands in an envelope is told once, by the check of the document. An
// envelope may hold other arrays beside the entities.
func elements(v exact.Value) []exact.Value {
	if entities := v.Get("entities"); entities.Kind == exact.Array {
		return entities.Items
	}
	for _, m := range v.Members {
		if m.Value.Kind == exact.Array {
			return m.Value.Items
		}
	}
	return v.Items
}

// single reads an object leniently, though it stand in an array.
func single(v exact.Value) exact.Value {
	if v.Kind == exact.Array && len(v.Items) == 1 {
		return v.Items[0]
	}
	return v
}

// user reads the licences of one user; it is a bracketed read.
func user(t *contract.T, id string) fixture.User {
	return contract.Read(t, "user "+id, func() (fixture.User, string) {
		u, _ := alone(t, id)
		return u, holding(u)
	})
}

// alone asks for one user. An answer about somebody else is for the case of the operation itself to tell, and nothing
// to compare with.
func alone(t *contract.T, id string) (fixture.User, *client.Exchange) {
	e := t.OK(t.Call("getLicenseUser", contract.Path{"userId": id}))
	if told := e.JSON().Get("id").Text; told != "" && told != id {
		t.Inconclusive("%s is answered about user %s", e.Asked(), told)
	}
	return fixture.User{ID: id, Licences: ids(e.JSON().Get("licenses"))}, e
}

// listed reads the first page of users; it is a bracketed read.
func listed(t *contract.T) []fixture.User {
	return contract.Read(t, "first page of users", func() ([]fixture.User, string) {
		all, _ := list(t)
		return all, strings.Join(holdings(all), "\n")
	})
}

// list asks for the first page of users, a long one if the server has such pages.
func list(t *contract.T) ([]fixture.User, *client.Exchange) {
	e := t.Send(t.Call("getLicenseUsers", nil, "pageSize", pageful, "pageNumber", 1))
	if !e.OK() {
		e = t.OK(t.Call("getLicenseUsers", nil))
	}
	return users(e), e
}

// users reads the users of a page.
func users(e *client.Exchange) []fixture.User {
	var all []fixture.User
	for _, item := range elements(e.JSON()) {
		all = append(all, fixture.User{ID: item.Get("id").Text, Licences: ids(item.Get("licenses"))})
	}
	return all
}

// ids reads the ids of an array, whether they stand as strings or as objects with an id.
var ids = fixture.IDs

// userIDs lists the ids of users in their order.
func userIDs(all []fixture.User) []string {
	list := make([]string, len(all))
	for i, u := range all {
		list[i] = u.ID
	}
	return list
}

// holding is a user with its licences in one line that is equal for equal users.
func holding(u fixture.User) string { return u.ID + " holds " + strings.Join(set(u.Licences), " ") }

func holdings(all []fixture.User) []string {
	lines := make([]string, len(all))
	for i, u := range all {
		lines[i] = holding(u)
	}
	slices.Sort(lines)
	return lines
}

// set returns texts sorted, each once.
func set(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

// without returns the texts of a list that another does not have.
func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(text string) bool { return slices.Contains(others, text) })
}

// unordered returns a value with the elements of every array sorted: nobody promised their order.
func unordered(v exact.Value) exact.Value {
	v.Items, v.Members = slices.Clone(v.Items), slices.Clone(v.Members)
	for i := range v.Items {
		v.Items[i] = unordered(v.Items[i])
	}
	slices.SortStableFunc(v.Items, func(a, b exact.Value) int { return cmp.Compare(a.Canonical(), b.Canonical()) })
	for i := range v.Members {
		v.Members[i].Value = unordered(v.Members[i].Value)
	}
	return v
}

// spread picks up to n elements of a list, the first, the last, and some evenly between them.
func spread[E any](list []E, n int) []E {
	if len(list) <= n || n < 2 {
		return list[:min(len(list), max(n, 0))]
	}
	var picked []E
	for i := range n {
		picked = append(picked, list[i*(len(list)-1)/(n-1)])
	}
	return picked
}
