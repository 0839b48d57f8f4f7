// Reads that bracket a case, because the data may move while it runs: what a case compares against is read before
// it, and read again after it when the case is about to fail. Only what both reads agree on is held against the API.

package contract

import "github.com/zeebo/xxh3"

// read is one bracketed read of a try.
type read struct {
	again       func() (any, string)
	fingerprint xxh3.Uint128
}

// memo is a read that an earlier case has made already.
type memo struct {
	value       any
	fingerprint xxh3.Uint128 // a hash of it: the text may be as long as the data
	size        int          // bytes of the answers that it was made of
}

// Read returns what the target holds under a name: the list of an account, a window of keys, a page. The function
// reads it and returns the value with a fingerprint that differs when the data does. The first try of a case takes
// what an earlier case has read; a try that confirms a failure reads afresh, and once more when it is over.
func Read[V any](t *T, name string, fetch func() (V, string)) V {
	if r, ok := t.reads[name]; ok && r != nil {
		if m, ok := t.env.remembered(t.c.API, name); ok {
			return m.value.(V)
		}
	}
	// Cases that run side by side and want the same read wait for the one that makes it.
	defer t.env.reading(t.c.API + " " + name)()
	if t.try == 1 {
		if m, ok := t.env.remembered(t.c.API, name); ok {
			t.reads[name] = &read{again: boxed(fetch), fingerprint: m.fingerprint}
			return m.value.(V)
		}
	}
	before := t.received
	value, text := fetch()
	fingerprint := xxh3.HashString128(text)
	t.env.remember(t.c.API, name, memo{value, fingerprint, t.received - before})
	t.reads[name] = &read{again: boxed(fetch), fingerprint: fingerprint}
	return value
}

func boxed[V any](fetch func() (V, string)) func() (any, string) {
	return func() (any, string) { return fetch() }
}

// moved reads everything again that the try compared against and names what is no longer the same.
func (t *T) moved() (names []string) {
	for name, r := range t.reads {
		before := t.received
		value, text := r.again()
		fingerprint := xxh3.HashString128(text)
		t.env.remember(t.c.API, name, memo{value, fingerprint, t.received - before})
		if fingerprint != r.fingerprint {
			names = append(names, name)
		}
	}
	return names
}
