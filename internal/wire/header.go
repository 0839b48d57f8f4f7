// The header of a request, written out: each time, or once for all requests that carry the same map.

package wire

import (
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"
)

// headerSays is what a request's header says of the exchange.
type headerSays struct {
	agent, encoding bool // it names a User-Agent, an Accept-Encoding or Range
	close           bool // the connection ends after it
}

// appendHeader writes the lines of a header.
func appendHeader(out []byte, header http.Header) ([]byte, headerSays, error) {
	var says headerSays
	for name, values := range header {
		switch name {
		case "Host", "Content-Length", "Transfer-Encoding", "Trailer":
			continue // the request's own members say these
		case "User-Agent":
			says.agent = true
			if len(values) == 0 || values[0] == "" {
				continue
			}
		case "Accept-Encoding", "Range":
			says.encoding = true
		case "Connection":
			for _, v := range values {
				if hasToken(v, "close") {
					says.close = true
				}
			}
		}
		if !isToken(name) {
			return out, says, fmt.Errorf("wire: header name %s is no token", excerpt(name))
		}
		for _, value := range values {
			out = append(append(out, name...), ": "...)
			from := len(out)
			out = append(out, value...)
			if control(out[from:]) >= 0 {
				// The value is not shown: it may be a credential.
				return out, says, fmt.Errorf("wire: the value of header %s holds a control character", name)
			}
			out = append(out, "\r\n"...)
		}
	}
	return out, says, nil
}

// block is a header map written out. It keeps the map, so that no other one comes to stand at its place in memory.
type block struct {
	header http.Header
	lines  []byte
	says   headerSays
}

// mostBlocks bounds how many maps are kept; callers that share maps have few.
const mostBlocks = 32

// blocks are the maps that were sent lately.
type blocks struct {
	known atomic.Pointer[[]*block]
	mu    sync.Mutex // of those who add one
}

// of is the block of a map.
func (b *blocks) of(header http.Header) (*block, error) {
	at := identity(header)
	if known := b.known.Load(); known != nil {
		for _, one := range *known {
			if identity(one.header) == at {
				return one, nil
			}
		}
	}
	one := &block{header: header}
	var err error
	if one.lines, one.says, err = appendHeader(nil, header); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	list := []*block{one}
	if known := b.known.Load(); known != nil {
		list = append(list, (*known)[:min(len(*known), mostBlocks-1)]...)
	}
	b.known.Store(&list)
	return one, nil
}

// identity is which map it is, not what it holds.
func identity(header http.Header) uintptr { return reflect.ValueOf(header).Pointer() }

// hostLine is the Host line of a host that was checked.
type hostLine struct {
	host string
	line []byte
}

// appendHost writes the line of the Host header. One connection mostly sees one host.
func (p *pool) appendHost(out []byte, req *http.Request) ([]byte, error) {
	host := req.Host
	if host == "" {
		host = req.URL.Host
	}
	if known := p.host.Load(); known != nil && known.host == host {
		return append(out, known.line...), nil
	}
	line, err := appendHost([]byte("Host: "), host)
	if err != nil {
		return out, err
	}
	line = append(line, "\r\n"...)
	p.host.Store(&hostLine{host, line})
	return append(out, line...), nil
}

// appendHost writes the Host header's value.
func appendHost(out []byte, host string) ([]byte, error) {
	zone := false
	for i := 0; i < len(host); i++ {
		c := host[i]
		switch {
		case c <= ' ' || c >= 0x7f:
			return out, fmt.Errorf("wire: host %s; it is sent as it stands, so write it in ASCII (punycode)", excerpt(host))
		case c == '/' || c == '?' || c == '#' || c == '@' || c == '\\':
			return out, fmt.Errorf("wire: host %s holds %q", excerpt(host), c)
		case c == '%': // the zone of an IPv6 address is this machine's own
			zone = true
		case c == ']':
			zone = false
		}
		if !zone {
			out = append(out, c)
		}
	}
	return out, nil
}
