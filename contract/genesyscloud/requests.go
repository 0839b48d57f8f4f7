// Well-formed requests of every operation, about things that exist.

package genesyscloud

import (
	"encoding/json"
	"fmt"
	"slices"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
)

// valid is a request that the API promises to serve. The case is not exercised where the target has nothing to ask
// for, or does not allow writing.
func valid(t *T, operation string) client.Request {
	switch operation {
	case "getLicenseDefinition":
		t.Need(len(definitionIDs(t)) > 0, "a licence definition in the organisation")
	case "getLicenseUser", "postLicenseUsers":
		t.Need(len(goods(t).Users) > 0, "a user in the organisation")
	case "postLicenseInfer":
		needRoles(t, 1)
	}
	return request(t, operation)
}

// request is a request in the right form, about the document's example where the target has nothing to ask for.
func request(t *T, operation string) client.Request {
	switch operation {
	case "getLicenseDefinition":
		return t.Call(operation, Path{"licenseId": first(definitionIDs(t), example(t, operation, "licenseId"))})
	case "getLicenseToggle", "postLicenseToggle":
		return t.Call(operation, Path{"featureName": example(t, operation, "featureName")})
	case "getLicenseUser":
		return t.Call(operation, Path{"userId": first(userIDs(goods(t).Users), example(t, operation, "userId"))})
	case "postLicenseUsers":
		return post(t, operation, first(userIDs(goods(t).Users), example(t, "getLicenseUser", "userId")))
	case "postLicenseInfer":
		return post(t, operation, asked(t)[:min(1, len(asked(t)))]...)
	case "postLicenseOrganization":
		needWrites(t)
		r := t.Call(operation, nil)
		r.Body = []byte(`{"assignments":[]}`)
		return r
	}
	return t.Call(operation, nil)
}

// proven is a request that was seen to be served. A negative case changes one thing in it.
func proven(t *T, operation string) client.Request {
	r := request(t, operation)
	Read(t, "proof of "+operation, func() (string, string) { t.OK(r); return "", "" })
	return r
}

// post writes a request whose body is a list of ids.
func post(t *T, operation string, list ...string) client.Request {
	r := t.Call(operation, nil)
	body, err := json.Marshal(append([]string{}, list...))
	if err != nil {
		panic(err) // strings always encode
	}
	r.Body = body
	return r
}

// with sends a request's body as it stands there.
func with(r client.Request, body string) client.Request {
	r.Body = []byte(body)
	return r
}

// as sends a request with another credential.
func as(r client.Request, credential string) client.Request {
	r.Credential = credential
	return r
}

// needWrites ends the case unless the target has set a user and a licence aside for writing.
func needWrites(t *T) {
	if !t.Environment().Writes.Allow {
		t.NotExercised("writes are not allowed by the target: set writes.allow, with a user and a licence set aside for them")
	}
}

// needRoles ends the case unless the target names that many roles: the API lists none.
func needRoles(t *T, n int) {
	what := "the id of a role"
	if n > 1 {
		what = fmt.Sprintf("the ids of %d roles", n)
	}
	t.Need(len(goods(t).RoleIDs) >= n, "%s, which the API does not list: name them under fixtures.genesyscloud.roleIds", what)
}

// asked are the roles that cases infer licences from; untouched are those left to the case that looks for what
// inferring does beside answering, because a server may do it only the first time. A single role is both.
func asked(t *T) []string { return goods(t).RoleIDs[:(len(goods(t).RoleIDs)+1)/2] }

func untouched(t *T) []string { return goods(t).RoleIDs[len(goods(t).RoleIDs)/2:] }

// definitionIDs says which definitions to ask for: those listed, or else those that users were seen to hold.
func definitionIDs(t *T) []string {
	if len(goods(t).Definitions) > 0 {
		return goods(t).Definitions
	}
	return held(t)
}

// held are the licences that are known from elsewhere than the list of definitions.
func held(t *T) []string {
	all := slices.Clone(goods(t).LicenceIDs)
	for _, u := range goods(t).Users {
		all = append(all, u.Licences...)
	}
	return set(all)
}

// example is the document's own example of a path parameter.
func example(t *T, operation, parameter string) string {
	if p := t.Operation(operation).Parameter(parameter); p != nil && p.Example != nil {
		return fmt.Sprint(p.Example)
	}
	return "example"
}

func first(list []string, otherwise string) string {
	if len(list) > 0 {
		return list[0]
	}
	return otherwise
}

// uuid invents an id that nobody has.
func uuid(t *T) string {
	a, b := t.Rand.Uint64(), t.Rand.Uint64()
	a, b = a&^0xf000|0x4000, b&^(3<<62)|1<<63
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xffff, a&0xffff, b>>48, b&0xffffffffffff)
}

// served sends a request that must be answered with success: it is the positive promise of its operation. A default
// credential that lacks the permission says nothing of the API.
func served(t *T, requests ...client.Request) []*client.Exchange {
	answers := t.SendAll(requests...)
	for _, e := range answers {
		if p := e.Request.Operation.Permissions; e.Status == 403 && p != nil && len(p.AnyOf) > 0 {
			t.NotExercised("the default credential holds none of %v", p.AnyOf)
		}
		t.On(e).Expect(e, Succeed(), "a well-formed request is served")
	}
	return answers
}

// said is an answer in a few words that stay the same from run to run: the status, and what came with a success.
func said(e *client.Exchange) string {
	switch {
	case e.Err != nil:
		return "no answer"
	case e.OK():
		return fmt.Sprintf("%d %s", e.Status, form(e.JSON()))
	}
	return fmt.Sprint(e.Status)
}

// form is a value in a word or two.
func form(v exact.Value) string {
	if v.Kind == exact.Array && len(v.Items) == 0 || v.Kind == exact.Object && len(v.Members) == 0 {
		return "empty " + v.Kind.String()
	}
	return v.Kind.String()
}
