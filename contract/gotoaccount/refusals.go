// Requests that no server can serve, of every operation. They are sent once, and several promises are held against
// what comes back.

package gotoaccount

import (
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
)

// refusal is a mistake and the answer to it.
type refusal struct {
	mistake string // small and stable
	kind    mistakeKind
	e       *client.Exchange
}

type mistakeKind int

const (
	malformedKey       mistakeKind = iota // a key in the path that is no integer
	unknownKey                            // a key that nothing has
	hugeKey                               // an integer that no 64 bits hold
	malformedParameter                    // a parameter that is not what its schema says
	stranger                              // no credential, or one that nobody was given
)

// marker stands in a made-up secret, so that an answer which repeats it is seen.
const marker = "echo-7b1f0c5e9d"

// refusals sends every mistake that an operation can be asked with; it is a bracketed read.
func refusals(t *T, operation string) []refusal {
	all := mistakes(t, operation)
	return Read(t, "refusals of "+operation, func() ([]refusal, string) {
		var requests []client.Request
		for _, m := range all {
			requests = append(requests, m.request)
		}
		var refused []refusal
		var statuses []string
		for i, e := range t.TryAll(requests...) {
			refused = append(refused, refusal{all[i].text, all[i].kind, e})
			statuses = append(statuses, summary(e))
		}
		return refused, strings.Join(statuses, ",")
	})
}

// mistake is a request changed in one place so that it cannot be served.
type mistake struct {
	text    string
	kind    mistakeKind
	request client.Request
}

func mistakes(t *T, operation string) []mistake {
	op := t.Operation(operation)
	good := anExample(t, operation)
	var all []mistake
	add := func(kind mistakeKind, text string, r client.Request) { all = append(all, mistake{text, kind, r}) }

	if parameter := keyParameter(good); parameter != "" {
		key, _, _ := strings.Cut(good.Path[parameter], ",")
		for _, m := range []struct {
			kind      mistakeKind
			text, key string
			usual     bool // asked of every operation; the others of one, since one parser reads all keys
		}{
			{malformedKey, "abc", "abc", true}, {malformedKey, "a key and letters", key + "abc", true}, {malformedKey, "NUL", "\x00", true},
			{malformedKey, "1.5", "1.5", false}, {malformedKey, "1e3", "1e3", false}, {malformedKey, "0x10", "0x10", false},
			{hugeKey, "2^63", "9223372036854775808", true}, {hugeKey, "2^64 and a key that exists", beyond64(key), true},
			{hugeKey, "2^64+1", "18446744073709551617", false}, {hugeKey, "forty digits", strings.Repeat("7", 40), false},
		} {
			if m.usual || op.ID == "getLicense" {
				add(m.kind, m.text+" for a key", odd(keyed(good, parameter, m.key)))
			}
		}
		if op.Batch == nil && parameter == "licenseKey" {
			if unusedKey, ok := goods(t).Unused(); ok {
				add(unknownKey, "unused key", keyed(good, parameter, fmt.Sprint(unusedKey)))
			}
		}
	}
	if op.Scan != nil {
		r, _ := op.Range(op.Scan.Limit)
		for _, m := range []struct{ text, name, value string }{
			{"letters for " + op.Scan.Limit, op.Scan.Limit, "abc"},
			{fmt.Sprintf("%s=%d", op.Scan.Limit, r.Max+1), op.Scan.Limit, fmt.Sprint(r.Max + 1)},
			{"letters for " + op.Scan.Lower, op.Scan.Lower, "abc"},
			{"letters for " + op.Scan.LowerInclusive, op.Scan.LowerInclusive, "banana"},
		} {
			add(malformedParameter, m.text, odd(replaced(good, m.name, m.value)))
		}
	}
	if a := op.Attribute; a != nil {
		add(malformedParameter, "a bare word for "+a.Value, odd(replaced(good, a.Value, "premium")))
		if limit := op.Parameter(a.Name).Schema.Value.MaxLength; limit != nil {
			add(malformedParameter, fmt.Sprintf("%d characters for %s", *limit+1, a.Name), odd(replaced(good, a.Name, strings.Repeat("x", int(*limit)+1))))
		}
	}
	if f := op.Find; f != nil {
		for _, name := range first(f.Unsearchable, 1) {
			add(malformedParameter, name+" in "+f.Parameter, odd(replaced(good, f.Parameter, name+"=1")))
		}
		add(malformedParameter, "no pair in "+f.Parameter, odd(replaced(good, f.Parameter, "name")))
	}
	for _, f := range op.Filters {
		if f.Drops == "elements" {
			add(malformedParameter, "letters for "+f.Parameter, odd(replaced(good, f.Parameter, "abc")))
		}
	}
	add(malformedParameter, "a broken escape", odd(raw(good, rawWith(good, "zzz=%zz"))))
	add(stranger, "no credential", as(good, client.Nobody))
	if t.Client().Has(client.Wrong) {
		add(stranger, "made-up credential", as(good, client.Wrong))
	}
	if names := credentialHeaders(t); len(names) > 0 {
		last := names[len(names)-1]
		add(stranger, "made-up "+last, header(good, last, marker))
	}
	return all
}

// rawWith is a request's path and query with one more parameter, letter for letter.
func rawWith(r client.Request, pair string) string {
	return r.Target() + string("?&"[min(len(r.Query), 1)]) + pair
}

// keyParameter names the path parameter that holds keys, "" when the operation has none.
func keyParameter(r client.Request) string {
	for _, name := range []string{"licenseKey", "licenseKeys", "accountKey", "accountKeys", "userKeys"} {
		if _, ok := r.Path[name]; ok {
			return name
		}
	}
	return ""
}

// keyed is a request with something else for its keys.
func keyed(r client.Request, parameter, text string) client.Request {
	path := map[string]string{}
	for name, value := range r.Path {
		path[name] = value
	}
	path[parameter] = text
	r.Path = path
	return r
}

// replaced is a request with one query parameter changed or added.
func replaced(r client.Request, name, text string) client.Request {
	query := slices.DeleteFunc(slices.Clone(r.Query), func(p client.Pair) bool { return p.Name == name })
	r.Query = append(query, client.Pair{Name: name, Value: text})
	return r
}

// header is a request with one header changed; no value takes it away.
func header(r client.Request, name string, values ...string) client.Request {
	h := http.Header{}
	for key, list := range r.Header {
		h[key] = list
	}
	h[name] = values
	r.Header = h
	return r
}

// beyond64 is the key that wraps round to this one when it is read modulo 2^64.
func beyond64(key string) string {
	n, ok := new(big.Int).SetString(key, 10)
	if !ok {
		return "18446744073709551616"
	}
	return n.Add(n, new(big.Int).Lsh(big.NewInt(1), 64)).String()
}

// carriesData says whether an answer shows licences or what hangs on them: an object with members that licences have,
// a bare list of keys, or one of products.
func carriesData(t *T, e *client.Exchange) bool {
	v := e.JSON()
	if v.Kind == exact.Array && len(v.Items) > 0 {
		known := []string{}
		for _, names := range goods(t).Products {
			known = append(known, names...)
		}
		isData := func(item value) bool {
			return item.Kind == exact.Number || item.Kind == exact.String && slices.Contains(known, item.Text)
		}
		if !slices.ContainsFunc(v.Items, func(item value) bool { return !isData(item) }) {
			return true
		}
	}
	return holdsLicence(v)
}

func holdsLicence(v value) bool {
	known := 0
	for _, name := range []string{"accountkey", "userkeys", "seats", "remaining", "roles", "enabled", "servicetype"} {
		if v.Has(name) {
			known++
		}
	}
	if known >= 3 {
		return true
	}
	for _, item := range v.Items {
		if holdsLicence(item) {
			return true
		}
	}
	for _, m := range v.Members {
		if holdsLicence(m.Value) {
			return true
		}
	}
	return false
}

// looksLikeError says whether a body is an error object of a kind that is in use.
func looksLikeError(v value) bool {
	if v.Kind != exact.Object || v.Has("key") || v.Has("accountkey") {
		return false
	}
	return v.Has("errorCode") || v.Has("error") || v.Has("incident") || v.Has("incidentId") || v.Has("int_err_code") ||
		v.Has("errors") || v.Has("code") && v.Has("message")
}
