// Unpacking a body that was asked for in gzip.

package wire

import (
	"bytes"
	"compress/gzip"
	"io"
)

// unpacker is kept with an exchange: its window and tables are large.
type unpacker struct {
	reader gzip.Reader
	source bytes.Reader
	out    []byte
}

// unpack replaces the body by what it unpacks to, and takes the headers out that spoke of the packed one, as net/http does.
func (x *exchange) unpack() error {
	u := &x.gzip
	u.source.Reset(x.body)
	if err := u.reader.Reset(&u.source); err != nil {
		return malformed("its body is not the gzip that its Content-Encoding says: %v", err)
	}
	u.out = u.out[:0]
	for {
		if len(u.out) == cap(u.out) {
			u.out = grow(u.out, max(4<<10, 4*len(x.body)))[:len(u.out)]
		}
		n, err := u.reader.Read(u.out[len(u.out):cap(u.out)])
		u.out = u.out[:len(u.out)+n]
		if int64(len(u.out)) > x.t.opts.BodyLimit {
			return tooLong("its body unpacks to more than %d bytes", x.t.opts.BodyLimit)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return malformed("its body is not the gzip that its Content-Encoding says: %v", err)
		}
	}
	x.body, x.unpacked = u.out, true
	if x.t.opts.Headers == nil { // else the map is shared, and says what came
		delete(x.header, "Content-Encoding")
		delete(x.header, "Content-Length")
	}
	return nil
}
