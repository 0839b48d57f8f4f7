// The exchange as the evidence keeps it: bodies cut, secrets named instead of told.

package client

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"harness/internal/evidence"
)

// What the evidence keeps of an answer, in bytes: its body, and its headers, names and values together. Once a client
// has kept keptInAll, twice what a run on a well-behaved target leaves behind, later answers keep less, so that no
// server decides how much memory and disk a run takes.
const (
	keptBody, keptHeaders   = 64 << 10, 16 << 10
	shortBody, shortHeaders = 2 << 10, 1 << 10
	keptInAll               = 32 << 20
)

// record writes the exchange into the evidence. sent are the headers of its last try, nil when there was none.
func (c *Client) record(e *Exchange, sent http.Header) {
	r := e.Request
	kept := &evidence.Exchange{
		ID: e.ID, API: c.api.Name, Case: r.Case, Credential: credentialName(r),
		Request: evidence.Request{URL: c.redactor.altered(c.redactor.text(e.URL)), Header: c.shownHeaders(r, sent), Body: c.requestBody(r.Body)},
		Started: e.Started, Seconds: e.Seconds, Tries: e.Tries,
	}
	if r.Operation != nil {
		kept.Operation, kept.Request.Method = r.Operation.ID, cmp.Or(r.Method, r.Operation.Method)
	}
	if op := c.operation(r); op != nil {
		kept.Operation = op.ID // what it was to the server: departures belong there
	}
	if e.Err != nil {
		kept.Error = e.Err.Error()
	} else {
		kept.Response = c.response(e)
	}
	for _, d := range e.Departures {
		kept.Departures = append(kept.Departures, evidence.Departure{
			Requirement: d.Requirement, Pointer: c.Redact(d.Pointer), Message: c.Redact(d.Message), Count: d.Count,
		})
	}
	if len(kept.Departures) > 0 {
		kept.Curl = c.Curl(e)
	}
	if c.noBodies {
		withoutBodies(kept)
	}
	c.sink(evidence.Record{Exchange: kept})
}

// withoutBodies leaves the bodies out, and the line that would send one again.
func withoutBodies(kept *evidence.Exchange) {
	if kept.Request.Body != "" {
		kept.Request.Body, kept.Curl = "", ""
	}
	if r := kept.Response; r != nil && r.Size > 0 {
		r.Body, r.Base64, r.Truncated = "", false, true
	}
}

// shownHeaders are the headers as sent; those of the credential as the file writes them, all others redacted by value.
func (c *Client) shownHeaders(r Request, sent http.Header) map[string][]string {
	if sent == nil {
		return nil
	}
	shown := c.headersText(sent, keptHeaders)
	for name, text := range c.credentials[credentialName(r)].shown {
		if sentAs := http.CanonicalHeaderKey(name); !overridden(r, sentAs) {
			delete(shown, sentAs)
			shown[name] = []string{text.String()}
		}
	}
	return shown
}

// headersText are headers as the evidence keeps them. What has no room in so many bytes is left out, in the order of
// the names, and "…" says how many there were.
func (c *Client) headersText(h http.Header, room int) map[string][]string {
	text, left := map[string][]string{}, 0
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			if room -= len(name); room <= 0 {
				left++
				continue
			}
			kept, cut := c.redactor.cut([]byte(value), room)
			room -= len(kept)
			if cut {
				kept = strings.ToValidUTF8(kept, "") + fmt.Sprintf(" … (%d bytes in all)", len(value))
			}
			text[name] = append(text[name], kept)
		}
	}
	if left > 0 {
		text["…"] = []string{fmt.Sprintf("%d more", left)}
	}
	return text
}

func (c *Client) requestBody(body []byte) string {
	text, base, truncated := c.body(body, keptBody)
	if base {
		return text
	}
	text = c.redactor.altered(text)
	if truncated {
		text += fmt.Sprintf(" … (%d bytes in all)", len(body))
	}
	return text
}

func (c *Client) response(e *Exchange) *evidence.Response {
	limit, room := keptBody, keptHeaders
	if c.kept.Load() > keptInAll {
		limit, room = shortBody, shortHeaders
	}
	text, base, truncated := c.body(e.Body, limit)
	r := &evidence.Response{
		Status: e.Status, Header: c.headersText(e.Header, room), Body: text, Base64: base, Truncated: truncated, Size: len(e.Body),
	}
	size := len(text)
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(value)
		}
	}
	c.kept.Add(int64(size))
	return r
}

// body redacts and cuts a body, between two characters where it is text and in base64 where it is none.
func (c *Client) body(body []byte, limit int) (text string, base, truncated bool) {
	text, truncated = c.redactor.cut(body, limit)
	if !utf8.Valid(body) {
		return base64.StdEncoding.EncodeToString([]byte(text)), true, truncated
	}
	for truncated && len(text) > 0 && !utf8.ValidString(text[max(0, len(text)-utf8.UTFMax):]) {
		last, size := utf8.DecodeLastRuneInString(text)
		if last != utf8.RuneError || size != 1 {
			break
		}
		text = text[:len(text)-1]
	}
	return text, false, truncated
}
