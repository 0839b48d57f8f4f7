// What a kind of hostile server is, and the table of all of them.

// Package hostile serves answers that nobody should send: connections that break, frames that lie, bodies without end,
// certificates of yesterday. Each Kind is one way to misbehave, on a real listener, so that whatever calls an API can
// be shown to come back from all of them with the right verdict, in time and in bounded memory. It imports nothing of
// ours: the handler that it misbehaves in front of is handed in.
package hostile

import (
	"fmt"
	"net"
	"slices"
)

// Kind is one way in which a server misbehaves.
type Kind struct {
	Name    string
	Group   string // what breaks: connection, framing, content, status, throttling, tls
	Summary string // one line, from the caller's side

	// Exactly one of these four is set.
	nowhere  string                    // a URL that leads to no server at all
	refuse   bool                      // nobody listens any more
	accept   func(*Server, net.Conn)   // misbehaves before a request is read; knows no Spare and no Every
	answer   func(*conversation)       // misbehaves once a request is read; the connection ends when it returns
	twist    func(*answer)             // spoils a right answer, which then goes out well framed
	security func(*authority) security // of a server that speaks TLS; nil for one that does not
}

// Groups lists the groups in the order of the table.
var Groups = []string{"connection", "framing", "content", "status", "throttling", "tls"}

// Kinds returns every kind, group by group.
func Kinds() []Kind {
	var all []Kind
	for i, kinds := range [][]Kind{connectionKinds, framingKinds, contentKinds, statusKinds, throttlingKinds, tlsKinds} {
		for _, k := range kinds {
			k.Group = Groups[i]
			all = append(all, k)
		}
	}
	return all
}

// Names lists the names of every kind in the order of Kinds.
func Names() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// Named returns the kind of that name.
func Named(name string) (Kind, error) {
	all := Kinds()
	i := slices.IndexFunc(all, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, fmt.Errorf("no kind of hostile server %q", name)
	}
	return all[i], nil
}
