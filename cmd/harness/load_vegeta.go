// --vegeta FILE: every request in vegeta's own encoding, for its tools.

package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// waiting is how many requests wait for the disk at most; more of them are dropped, and counted. Those who send never
// wait: their lateness would look like the server's.
const waiting = 1 << 15

// vegetaFile writes requests as vegeta does. Times run from the schedule, so a percentile of vegeta report is one of
// response time. The warm-up is left out.
type vegetaFile struct {
	name    string
	file    *os.File
	queue   chan vegeta.Result
	writing sync.WaitGroup
	dropped atomic.Int64
	written int64
	err     error // the first of writing
}

func newVegetaFile(name string) (*vegetaFile, error) {
	// URLs hold keys of accounts and users, so only the owner may read it.
	file, err := createOwn(name)
	if err != nil {
		return nil, fmt.Errorf("--vegeta %s cannot be written: %w", name, err)
	}
	v := &vegetaFile{name: name, file: file, queue: make(chan vegeta.Result, waiting)}
	v.writing.Go(v.write)
	return v, nil
}

func (v *vegetaFile) write() {
	buffer := bufio.NewWriterSize(v.file, 256<<10)
	encode := vegeta.NewEncoder(buffer)
	for r := range v.queue {
		if v.err != nil {
			continue
		}
		if v.err = encode.Encode(&r); v.err == nil {
			v.written++
		}
	}
	if v.err == nil {
		v.err = buffer.Flush()
	}
}

// add takes a request, from any goroutine, and never waits.
func (v *vegetaFile) add(r vegeta.Result) {
	select {
	case v.queue <- r:
	default:
		v.dropped.Add(1)
	}
}

// close writes what waits. No request may be added any more.
func (v *vegetaFile) close() (written, dropped int64, err error) {
	close(v.queue)
	v.writing.Wait()
	return v.written, v.dropped.Load(), errors.Join(v.err, v.file.Close())
}
