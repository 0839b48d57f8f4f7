// Status lines and places that lead astray.

package hostile

import "strings"

var statusKinds = []Kind{
	{Name: "no-content", Summary: "204 where a body is promised", twist: func(a *answer) { a.say("204 No Content", jsonType, nil) }},
	{Name: "not-modified", Summary: "304, though nothing was asked conditionally", twist: func(a *answer) { a.say("304 Not Modified", jsonType, nil) }},
	{Name: "partial-content", Summary: "206 with half of the body, though no range was asked for",
		twist: func(a *answer) {
			a.say("206 Partial Content", jsonType, a.body[:len(a.body)/2])
			a.header.Set("Content-Range", "bytes 0-1/2")
		}},
	{Name: "status-99", Summary: "status 099", twist: func(a *answer) { a.status = "099 Below" }},
	{Name: "status-700", Summary: "status 700", twist: func(a *answer) { a.status = "700 Beyond" }},
	{Name: "status-999", Summary: "status 999", twist: func(a *answer) { a.status = "999 Beyond" }},
	{Name: "status-of-four-digits", Summary: "status 2000", twist: func(a *answer) { a.status = "2000 Fine" }},
	{Name: "reason-1mb", Summary: "a reason phrase of 1 MB", twist: func(a *answer) { a.status = "200 " + strings.Repeat("O", 1<<20) }},
	{Name: "redirect-loop", Summary: "a redirect to the same place, without end",
		twist: func(a *answer) { a.redirect(a.request.URL.RequestURI()) }},
	{Name: "redirect-elsewhere", Summary: "a redirect to another host, which would like the credentials",
		twist: func(a *answer) { a.redirect(a.elsewhere + a.request.URL.RequestURI()) }},
	{Name: "redirect-to-file", Summary: "a redirect to a file of the caller's machine", twist: func(a *answer) { a.redirect("file:///etc/passwd") }},
	{Name: "redirect-to-metadata", Summary: "a redirect to the address where clouds hand out credentials",
		twist: func(a *answer) { a.redirect("http://169.254.169.254/latest/meta-data/iam/security-credentials/") }},
	{Name: "redirect-without-location", Summary: "302 without a Location", twist: func(a *answer) { a.say("302 Found", jsonType, nil) }},
}

// redirect uses 307, which would have the method, the body and the headers sent again.
func (a *answer) redirect(location string) {
	a.say("307 Temporary Redirect", jsonType, nil)
	a.header.Set("Location", location)
}
