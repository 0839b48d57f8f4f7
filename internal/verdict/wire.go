// An exchange in words: what was asked, and what came back.

package verdict

import (
	"fmt"
	"net/http"
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
