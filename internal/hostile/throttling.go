// Servers that want nobody, or nobody now.

package hostile

import "time"

var throttlingKinds = []Kind{
	{Name: "unauthorized-storm", Summary: "401 for every request", twist: func(a *answer) {
		a.say("401 Unauthorized", jsonType, []byte(`{"message":"who are you"}`))
		a.header.Set("WWW-Authenticate", `Basic realm="try another one"`)
	}},
	{Name: "proxy-wants-credentials", Summary: "407, as a proxy would say it", twist: func(a *answer) {
		a.say("407 Proxy Authentication Required", jsonType, []byte(`{}`))
		a.header.Set("Proxy-Authenticate", "Basic")
	}},
	{Name: "throttled-storm", Summary: "429 for every request, without Retry-After", twist: throttled("")},
	{Name: "unavailable-storm", Summary: "503 for every request", twist: func(a *answer) {
		a.say("503 Service Unavailable", jsonType, []byte(`{}`))
	}},
	{Name: "retry-after-year", Summary: "429, and Retry-After is a year", twist: throttled("31536000")},
	{Name: "retry-after-date-far", Summary: "429, and Retry-After is a date in the year 9999", twist: throttled(
		time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Format("Mon, 02 Jan 2006 15:04:05 GMT"))},
	{Name: "retry-after-negative", Summary: "429, and Retry-After is -1", twist: throttled("-1")},
	{Name: "retry-after-no-number", Summary: "429, and Retry-After is a word", twist: throttled("soon")},
	{Name: "retry-after-beyond-64-bits", Summary: "429, and Retry-After needs more than 64 bits", twist: throttled("99999999999999999999999")},
	{Name: "retry-after-zero", Summary: "429 for ever, and Retry-After is always 0", twist: throttled("0")},
	{Name: "retry-after-always-2s", Summary: "429 for ever, and always two seconds more", twist: throttled("2")},
}

func throttled(retryAfter string) func(*answer) {
	return func(a *answer) {
		a.say("429 Too Many Requests", jsonType, []byte(`{"message":"not now"}`))
		if retryAfter != "" {
			a.header.Set("Retry-After", retryAfter)
		}
	}
}
