// Disguises: requests that some servers take for others, and token URLs that are no such thing.

package client

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"harness/specs"
)

// overrides are headers that make some servers take a request for another method or another path than its own, and
// overridingQuery the names, in lower case, that do so in a query.
var (
	overrides       = []string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override", "X-Original-Url", "X-Rewrite-Url"}
	overridingQuery = []string{"_method", "x-http-method-override", "x-http-method", "x-method-override"}
)

// disguised says why the headers of a request make it another one, "" when they do not.
func disguised(h http.Header) string {
	for _, name := range overrides {
		if len(h[name]) > 0 {
			return name + " would make it another request"
		}
	}
	return ""
}

// documents are those that the program carries: whatever an operation of one of them is, it is no token endpoint.
var documents = sync.OnceValue(func() (all []*specs.API) {
	for _, name := range specs.Names {
		if api, err := specs.Embedded(name); err == nil { // a test of specs has them all
			all = append(all, api)
		}
	}
	return all
})

// noTokenURL says why a URL is not one to fetch tokens from, "" when it may be: a POST to it would call an operation.
func noTokenURL(tokenURL string) string {
	at, err := url.Parse(tokenURL)
	if err != nil {
		return "" // it cannot be sent either
	}
	for _, spelling := range spellings(at.EscapedPath()) {
		tidy := strings.ToLower(tidied(spelling))
		for i := range tidy {
			if tidy[i] != '/' {
				continue
			}
			for _, api := range documents() {
				below := strings.TrimPrefix(tidy[i:], strings.ToLower(api.BasePath))
				if op := api.Match(http.MethodPost, below, at.Query()); op != nil {
					return fmt.Sprintf("the token URL of a credential is %s of %s, which gives no tokens", op.ID, api.Name)
				}
			}
		}
	}
	return ""
}

// dotted says whether a segment of a path could lead a server elsewhere that decodes and tidies it.
func dotted(segment string) bool {
	if strings.IndexByte(segment, '.') < 0 && strings.IndexByte(segment, '%') < 0 {
		return false
	}
	for _, spelling := range spellings(segment) {
		for part := range strings.FieldsFuncSeq(pathParameter.ReplaceAllString(spelling, ""), func(c rune) bool { return c == '/' || c == '\\' }) {
			if part == "." || part == ".." {
				return true
			}
		}
	}
	return false
}
