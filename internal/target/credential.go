// Credentials of a target: one kind each, and left out when nobody has set its variables.

package target

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// credential collects one credential while it is read; unset variables are judged at its end.
type credential struct {
	api, name string
	loopback  bool
	made      Credential
	kinds     []string
	variables int      // how many its values hold
	unset     []string // why each one without a value has none
	unsetAt   *token.Token
}

func (c *credential) at(place string) string {
	return fmt.Sprintf("apis.%s.credentials.%s.%s", c.api, c.name, place)
}

func (r *reader) credentials(n ast.Node, api string, into *API) {
	r.each(n, "apis."+api+".credentials", func(name string, at *token.Token, value ast.Node) {
		if slices.Contains(reserved, name) {
			r.fail(at, "every target has it; call yours something else", "credential %q is made by harness itself", name)
			return
		}
		c := &credential{api: api, name: name, loopback: Loopback(into.URL), made: Credential{written: map[string]Text{}}}
		r.mapping(value, "credential "+name,
			key{"headers", func(n ast.Node) { r.headers(n, c) }},
			key{"bearer", func(n ast.Node) {
				c.kinds = append(c.kinds, "bearer")
				c.made.Bearer = r.secretText(n, c, PlaceBearer)
			}},
			key{"oauth2", func(n ast.Node) { r.oauth2(n, c) }},
		)
		if r.err != nil {
			return
		}
		const hint = "a credential is one of headers: {…}, bearer: …, oauth2: {tokenURL, clientID, clientSecret}"
		switch {
		case len(c.kinds) > 1:
			r.fail(at, hint, "credential %q has both %s and %s", name, c.kinds[0], c.kinds[1])
		case len(c.kinds) == 0:
			r.fail(at, hint, "credential %q is empty", name)
		case len(c.unset) == 0:
			r.complete(at, c)
			into.Credentials[name] = c.made
		case name != "default" && len(c.unset) == c.variables:
			r.target.Missing[api+"."+name] = strings.Join(c.unset, ", ")
		default:
			r.unset(c.unsetAt, c.unset)
		}
	})
}

var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

func (r *reader) headers(n ast.Node, c *credential) {
	c.kinds = append(c.kinds, "headers")
	c.made.Headers = map[string]string{}
	r.each(n, c.at("headers"), func(name string, at *token.Token, value ast.Node) {
		if !headerName.MatchString(name) {
			r.fail(at, "", "%q is no name of a header", name)
			return
		}
		c.made.Headers[name] = r.secretText(value, c, name)
	})
}

func (r *reader) oauth2(n ast.Node, c *credential) {
	c.kinds = append(c.kinds, "oauth2")
	o := &OAuth2{}
	c.made.OAuth2 = o
	r.mapping(n, c.at("oauth2"),
		key{"tokenURL", func(n ast.Node) {
			o.TokenURL = r.secretText(n, c, PlaceTokenURL)
			if flaw := URLFlaw(o.TokenURL); flaw != "" && len(c.unset) == 0 {
				r.fail(n.GetToken(), "", "%s %s", c.at("oauth2.tokenURL"), flaw)
			}
		}},
		key{"clientID", func(n ast.Node) { o.ClientID = r.secretText(n, c, PlaceClientID) }},
		key{"clientSecret", func(n ast.Node) { o.ClientSecret = r.secretText(n, c, PlaceClientSecret) }},
	)
}

// secretText reads one value of a credential. A variable without a value is kept for the end of the credential; a
// secret that is written out is worth a warning, unless it opens nothing but this machine.
func (r *reader) secretText(n ast.Node, c *credential, place string) string {
	text, at, ok := r.scalar(n, c.at(place))
	if !ok {
		return ""
	}
	parts, err := parseText(text)
	if err != nil {
		r.fail(at, "", "%s: %s", c.at(place), err)
		return ""
	}
	value, unset := parts.resolve(r.env)
	c.variables += len(parts.Variables())
	if len(unset) > 0 && c.unset == nil {
		c.unsetAt = at
	}
	c.unset = append(c.unset, unset...)
	if strings.ContainsAny(value, "\r\n\x00") {
		r.fail(at, "take the line break off its end", "%s holds a line break, which no header can carry", c.at(place))
		return ""
	}
	if len(parts.Variables()) > 0 {
		c.made.written[place] = parts
	} else if isSecret(place) && value != "" && !c.loopback {
		r.warn(at, fmt.Sprintf("keep it out of the file: ${%s}", variableName(c.api, c.name, place)), "%s is written out", c.at(place))
	}
	return value
}

// complete demands every value of the kind.
func (r *reader) complete(at *token.Token, c *credential) {
	if c.kinds[0] == "headers" && len(c.made.Headers) == 0 {
		r.fail(at, "headers: {ClientName: …, ClientSecret: …}", "credential %q has no headers", c.name)
	}
	if c.kinds[0] == "bearer" && c.made.Bearer == "" {
		r.fail(at, "", "credential %q has an empty bearer", c.name)
	}
	for _, place := range c.made.places() {
		if c.made.value(place) == "" {
			r.fail(at, "", "credential %q has no %s", c.name, place)
		}
	}
}
