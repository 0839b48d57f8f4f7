//go:build unix

// The examples that every tool is given: requests for data that exists on the server, with the answers of a clean one.

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"harness/internal/target"
)

// example is one request of an operation by its parameters, and the answer of a clean server.
type example struct {
	api, operation, name string
	parameters           map[string]any // by name: strings, booleans, json.Number, or lists of these
	body                 any
	status               int
	answer               any // as the clean server gave it; nil for none
}

// licence is what the examples need to know of a licence.
type licence struct {
	Key        json.Number   `json:"key"`
	AccountKey json.Number   `json:"accountkey"`
	Seats      json.Number   `json:"seats"`
	Roles      []string      `json:"roles"`
	UserKeys   []json.Number `json:"userkeys"`
	Name       string        `json:"name"`
	Tier       any           `json:"tier"`
}

// asker reads from a clean server.
type asker struct {
	ctx         context.Context
	url         string
	credentials credentials
}

// exchange sends a request and returns the answer, whose body the caller closes.
func (a asker) exchange(api, method, path string, body any) (*http.Response, error) {
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(a.ctx, method, a.url+path, content)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range a.credentials.header(api) {
		req.Header.Set(h[0], h[1])
	}
	return http.DefaultClient.Do(req)
}

// send sends a request and returns status and body.
func (a asker) send(api, method, path string, body any) (int, []byte, error) {
	resp, err := a.exchange(api, method, path, body)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, data, err
}

// read asks for a path that must be served and decodes it.
func (a asker) read(api, path string, into any) error {
	status, data, err := a.send(api, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s: %d %s", path, status, data)
	}
	return json.Unmarshal(data, into)
}

// licences walks over all of them.
func (a asker) licences() ([]licence, error) {
	var all []licence
	for path := "/v2/licenses?count=100"; ; {
		var page []licence
		if err := a.read("gotoaccount", path, &page); err != nil {
			return nil, err
		}
		if len(page) == 0 {
			return all, nil
		}
		all = append(all, page...)
		path = "/v2/licenses?count=100&startInclusive=false&startKey=" + page[len(page)-1].Key.String()
	}
}

// small says whether a key survives a tool that keeps numbers as doubles and writes them in its own way.
func small(key json.Number) bool {
	n, err := strconv.ParseInt(key.String(), 10, 64)
	return err == nil && math.Abs(float64(n)) < 1<<53
}

// found are values that exist, chosen so that the requests make sense together.
type found struct {
	one, other, unlimited, large licence
	account, second              json.Number
	user, mate                   json.Number
	role, product, tier          string
}

func (a asker) find() (found, error) {
	all, err := a.licences()
	if err != nil {
		return found{}, err
	}
	var f found
	perAccount := map[json.Number]int{}
	for _, l := range all {
		perAccount[l.AccountKey]++
	}
	for _, l := range all {
		_, tiered := l.Tier.(string)
		var products []string
		switch {
		case f.unlimited.Key == "" && l.Seats == "":
			f.unlimited = l
		case f.large.Key == "" && !small(l.Key) && len(l.UserKeys) > 0:
			f.large = l
		}
		if !small(l.Key) || len(l.UserKeys) == 0 || len(l.Roles) == 0 {
			continue
		}
		if err := a.read("gotoaccount", "/v2/licenses/"+l.Key.String()+"/products", &products); err != nil {
			return found{}, err
		}
		if len(products) == 0 {
			continue
		}
		switch {
		case f.one.Key == "" && tiered && perAccount[l.AccountKey] > 1:
			f.one, f.product, f.tier = l, products[0], l.Tier.(string)
			f.account, f.user, f.role = l.AccountKey, l.UserKeys[0], l.Roles[0]
		case f.other.Key == "":
			f.other = l
			f.second, f.mate = l.AccountKey, l.UserKeys[0]
		}
	}
	if f.one.Key == "" || f.other.Key == "" || f.unlimited.Key == "" || f.large.Key == "" {
		return found{}, fmt.Errorf("the clean server has no licences for the examples: %+v", f)
	}
	return f, nil
}

// examples lists them, operation by operation, and has the clean server answer each.
func (a asker) examples(t *target.Target, operations map[string]operation) ([]example, error) {
	f, err := a.find()
	if err != nil {
		return nil, err
	}
	type p = map[string]any
	number := func(n int) json.Number { return json.Number(strconv.Itoa(n)) }
	keys := func(k ...json.Number) []any {
		list := make([]any, len(k))
		for i := range k {
			list[i] = k[i]
		}
		return list
	}
	one, roles := f.one.Key, []any{f.role}
	literal := strconv.Quote(f.tier)
	filter := "name=" + firstWord(f.one.Name) + "*"
	list := []example{
		{operation: "getLicense", name: "one", parameters: p{"licenseKey": one}},
		{operation: "getLicense", name: "unlimited", parameters: p{"licenseKey": f.unlimited.Key}},
		{operation: "getLicense", name: "large", parameters: p{"licenseKey": f.large.Key}},
		{operation: "getLicenses", name: "one", parameters: p{"accountKeys": keys(f.account)}},
		{operation: "getLicenses", name: "two", parameters: p{"accountKeys": keys(f.account, f.second)}},
		{operation: "getLicenses", name: "roles", parameters: p{"accountKeys": keys(f.account), "roles": roles}},
		{operation: "getLicenses", name: "users", parameters: p{"accountKeys": keys(f.account), "includeUsers": keys(f.user)}},
		{operation: "getUserLicenses", name: "one", parameters: p{"userKeys": keys(f.user)}},
		{operation: "getUserLicenses", name: "two", parameters: p{"userKeys": keys(f.user, f.mate)}},
		{operation: "getUserLicenses", name: "roles", parameters: p{"userKeys": keys(f.user), "roles": roles, "includeUsers": keys(f.user)}},
		{operation: "getLicenseUsers", name: "one", parameters: p{"licenseKey": one}},
		{operation: "getLicenseProducts", name: "one", parameters: p{"licenseKey": one}},
		{operation: "getLicenseEntitlements", name: "one", parameters: p{"licenseKey": one, "productName": f.product}},
		{operation: "getLicensesByKeys", name: "two", parameters: p{"licenseKeys": keys(one, f.other.Key), "batch": true}},
		{operation: "getLicensesByKeys", name: "one", parameters: p{"licenseKeys": keys(one), "batch": true}},
		{operation: "getLicenseEntitlementsByKeys", name: "two",
			parameters: p{"licenseKeys": keys(one, f.other.Key), "productName": f.product, "batch": true}},
		{operation: "findLicenses", name: "name", parameters: p{"accountKey": f.account, "filter": filter}},
		{operation: "scanAccountLicensesByAttribute", name: "tier", parameters: p{"accountKey": f.account, "name": "tier", "value": literal}},
		{operation: "scanLicensesByKey", name: "plain", parameters: p{}},
		{operation: "scanLicensesByKey", name: "count", parameters: p{"count": number(3)}},
		{operation: "scanLicensesByKey", name: "after", parameters: p{"startKey": one, "startInclusive": false, "count": number(3)}},
		{operation: "scanLicensesByKey", name: "before", parameters: p{"endKey": one, "endInclusive": false, "count": number(3)}},
		{operation: "scanLicensesByAttribute", name: "tier", parameters: p{"name": "tier", "value": literal, "count": number(3)}},
		{operation: "scanLicensesByAttribute", name: "from", parameters: p{"name": "tier", "value": literal, "startKey": one, "count": number(3)}},
		{operation: "scanLicensesByRole", name: "role", parameters: p{"role": f.role, "count": number(3)}},
		{operation: "scanLicensesByRole", name: "from", parameters: p{"role": f.role, "startKey": one, "count": number(3)}},
	}
	for i := range list {
		list[i].api = "gotoaccount"
	}
	account := len(list)
	users := []any{t.Writes.User}
	roleIDs := []any{}
	for _, id := range t.Fixtures.GenesysCloud.RoleIDs[:3] {
		roleIDs = append(roleIDs, id)
	}
	assignment := p{"licenseId": t.Writes.License, "userIdsAdd": users, "userIdsRemove": []any{}}
	list = append(list,
		example{operation: "getLicenseDefinitions", name: "all", parameters: p{}},
		example{operation: "getLicenseDefinition", name: "one", parameters: p{"licenseId": t.Writes.License}},
		example{operation: "getLicenseDefinition", name: "unknown", parameters: p{"licenseId": "no-such-licence"}, status: 404},
		example{operation: "getLicenseToggle", name: "one", parameters: p{"featureName": "speech-analytics"}},
		example{operation: "postLicenseToggle", name: "one", parameters: p{"featureName": "speech-analytics"}},
		example{operation: "getLicenseUsers", name: "plain", parameters: p{}},
		example{operation: "getLicenseUsers", name: "second", parameters: p{"pageSize": number(10), "pageNumber": number(2)}},
		example{operation: "postLicenseUsers", name: "one", parameters: p{}, body: users},
		example{operation: "getLicenseUser", name: "one", parameters: p{"userId": t.Writes.User}},
		example{operation: "getLicenseUser", name: "unknown", parameters: p{"userId": "00000000-0000-4000-8000-000000000000"}, status: 404},
		example{operation: "postLicenseInfer", name: "three", parameters: p{}, body: roleIDs},
		example{operation: "postLicenseOrganization", name: "add", parameters: p{}, body: p{"assignments": []any{assignment}}},
	)
	for i := range list {
		e := &list[i]
		if i >= account {
			e.api = "genesyscloud"
		}
		op, ok := operations[e.api+" "+e.operation]
		if !ok {
			return nil, fmt.Errorf("no operation %s for the example %s", e.operation, e.name)
		}
		status, data, err := a.send(op.api, op.method, op.base+op.path(e.parameters), e.body)
		if err != nil {
			return nil, err
		}
		if want := max(e.status, http.StatusOK); status != want {
			return nil, fmt.Errorf("example %s of %s: %d, not %d: %.200s", e.name, e.operation, status, want, data)
		}
		e.status = status
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		if err := decoder.Decode(&e.answer); err != nil {
			return nil, fmt.Errorf("example %s of %s: %w", e.name, e.operation, err)
		}
	}
	return list, nil
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// spelled is a value of a parameter as it stands in a request.
func spelled(value any) string {
	if list, ok := value.([]any); ok {
		parts := make([]string, len(list))
		for i, v := range list {
			parts[i] = url.PathEscape(spelled(v))
		}
		return strings.Join(parts, ",")
	}
	return fmt.Sprint(value)
}
