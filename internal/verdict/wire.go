// An exchange in words: what was asked, what came back, and the line that asks it again.

package verdict

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"harness/internal/evidence"
	"harness/internal/exact"
)

// asked is the request in one line: method, path and query, and the credential where it is not the default one.
func asked(e *evidence.Exchange) string {
	_, rest, ok := strings.Cut(e.Request.URL, "://")
	target := e.Request.URL
	if at := strings.IndexByte(rest, '/'); ok && at >= 0 {
		target = rest[at:]
	}
	text := e.Request.Method + " " + target
	if e.Credential != "" && e.Credential != "default" {
		text += " as " + e.Credential
	}
	return text
}

// got is the answer in one line: status, content type, and the value that departs or how the body begins.
func got(e *evidence.Exchange, pointer string) string {
	if e.Response == nil {
		return "no answer: " + e.Error
	}
	text := strconv.Itoa(e.Response.Status)
	if contentType := http.Header(e.Response.Header).Get("Content-Type"); contentType != "" {
		text += " " + contentType
	}
	if e.Response.Base64 {
		return fmt.Sprintf("%s, %d bytes that are not UTF-8", text, e.Response.Size)
	}
	if value, _ := exact.Read([]byte(e.Response.Body)); pointer != "" {
		if found, ok := resolve(value, pointer); ok {
			return fmt.Sprintf("%s, %s holds %s", text, pointer, excerpt(found.String()))
		}
	}
	if e.Response.Body == "" {
		return text + ", no body"
	}
	return text + ", " + excerpt(e.Response.Body)
}

// resolve follows a JSON pointer (RFC 6901).
func resolve(v exact.Value, pointer string) (exact.Value, bool) {
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch v.Kind {
		case exact.Array:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v.Items) {
				return exact.Value{}, false
			}
			v = v.Items[i]
		case exact.Object:
			i := slices.IndexFunc(v.Members, func(m exact.Member) bool { return m.Name == name })
			if i < 0 {
				return exact.Value{}, false
			}
			v = v.Members[i].Value
		default:
			return exact.Value{}, false
		}
	}
	return v, true
}

// excerpt is the beginning of a text, on one line.
func excerpt(text string) string {
	const most = 160 // code points: two lines of a terminal
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}

// longest is how long a request body may be and still stand in a line that somebody pastes into a shell.
const longest = 32 << 10

// variable is a secret as the evidence writes it: the name of what held it.
var variable = regexp.MustCompile(`\$[A-Za-z_][A-Za-z0-9_]*`)

// curl is the request as a line for a POSIX shell, "" where no line can be. Secrets stand in the evidence as
// variables, and so they do here.
func curl(r evidence.Request) string {
	if len(r.Body) > longest {
		return ""
	}
	words := []string{"curl", "-s", "-i"}
	switch {
	case r.Method == http.MethodHead:
		words = append(words, "-I")
	case r.Method == http.MethodGet && r.Body == "", r.Method == http.MethodPost && r.Body != "":
	default:
		words = append(words, "-X", r.Method)
	}
	if strings.ContainsAny(r.URL, "[]{}") {
		words = append(words, "--globoff")
	}
	if strings.Contains(r.URL, "/./") || strings.Contains(r.URL, "/../") {
		words = append(words, "--path-as-is")
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if name == "User-Agent" || name == "Accept-Encoding" || name == "Content-Length" {
			continue // curl's own are as good
		}
		for _, value := range r.Header[name] {
			words = append(words, "-H", quote(name+": "+value))
		}
	}
	if r.Body != "" {
		if http.Header(r.Header).Get("Content-Type") == "" {
			words = append(words, "-H", "'Content-Type:'") // curl would say that it is a form
		}
		words = append(words, "--data-raw", literal(r.Body)) // no secret stands in a body
	}
	return strings.Join(append(words, quote(r.URL)), " ")
}

// quote makes one word of a text: single quotes, or double ones where a variable has to be filled in.
func quote(text string) string {
	if !variable.MatchString(text) {
		return literal(text)
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`").Replace(text) + `"`
}

// literal makes one word of a text in which the shell reads nothing.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
