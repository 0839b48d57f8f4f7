// Writing and reading the stream.

package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
)

// Sink takes records as they come, from any goroutine. Nil records nothing.
type Sink func(Record)

// Writer writes each record as a line, at once, so that a run that is cut short is readable up to its last line.
type Writer struct {
	mu  sync.Mutex
	w   io.Writer
	err error
}

// NewWriter returns a Writer on w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write is a Sink. The first error stays and is told by Err; later records are dropped.
func (w *Writer) Write(r Record) {
	line, err := encode(r)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return
	}
	if err != nil {
		w.err = err
		return
	}
	_, w.err = w.w.Write(line)
}

// Err is the first error of writing.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func encode(r Record) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // URLs stay readable
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Run is a whole run, read back or kept in memory.
type Run struct {
	Header    Header
	Fixtures  []Fixture
	Exchanges []Exchange
	Outcomes  []Outcome
	Loads     []Load
	Ticks     []Tick
	Searches  []Search
	Footer    *Footer // nil for a run that was cut short
}

// Add takes a record into the run. It is not safe for concurrent use; Recorder is.
func (r *Run) Add(record Record) {
	switch {
	case record.Header != nil:
		r.Header = *record.Header
	case record.Fixture != nil:
		r.Fixtures = append(r.Fixtures, *record.Fixture)
	case record.Exchange != nil:
		r.Exchanges = append(r.Exchanges, *record.Exchange)
	case record.Outcome != nil:
		r.Outcomes = append(r.Outcomes, *record.Outcome)
	case record.Load != nil:
		r.Loads = append(r.Loads, *record.Load)
	case record.Tick != nil:
		r.Ticks = append(r.Ticks, *record.Tick)
	case record.Search != nil:
		r.Searches = append(r.Searches, *record.Search)
	case record.Footer != nil:
		r.Footer = record.Footer
	}
}

// Records hands out what the run holds as records, in an order that reads back as the same run.
func (r *Run) Records(yield func(Record) bool) {
	more := yield(Record{Header: &r.Header})
	for i := 0; more && i < len(r.Fixtures); i++ {
		more = yield(Record{Fixture: &r.Fixtures[i]})
	}
	for i := 0; more && i < len(r.Exchanges); i++ {
		more = yield(Record{Exchange: &r.Exchanges[i]})
	}
	for i := 0; more && i < len(r.Outcomes); i++ {
		more = yield(Record{Outcome: &r.Outcomes[i]})
	}
	for i := 0; more && i < len(r.Loads); i++ {
		more = yield(Record{Load: &r.Loads[i]})
	}
	for i := 0; more && i < len(r.Ticks); i++ {
		more = yield(Record{Tick: &r.Ticks[i]})
	}
	for i := 0; more && i < len(r.Searches); i++ {
		more = yield(Record{Search: &r.Searches[i]})
	}
	if more && r.Footer != nil {
		yield(Record{Footer: r.Footer})
	}
}

// Exchange returns the exchange of that id, nil if the run has none.
func (r *Run) Exchange(id string) *Exchange {
	for i := range r.Exchanges {
		if r.Exchanges[i].ID == id {
			return &r.Exchanges[i]
		}
	}
	return nil
}

// Recorder keeps a run in memory. The zero value is ready.
type Recorder struct {
	mu  sync.Mutex
	run Run
}

// Write is a Sink.
func (r *Recorder) Write(record Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.run.Add(record)
}

// Run returns what was recorded so far.
func (r *Recorder) Run() *Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := r.run
	return &run
}

// Tee hands each record to every sink.
func Tee(sinks ...Sink) Sink {
	return func(r Record) {
		for _, sink := range sinks {
			if sink != nil {
				sink(r)
			}
		}
	}
}

// Read reads a run back. A last line that is cut in the middle is left out, and the run has no footer: it was cut
// short. Any other line that is no record is an error that names its line.
func Read(r io.Reader) (*Run, error) {
	run := &Run{}
	lines := bufio.NewReader(r)
	for n, more := 1, true; more; {
		var batch []*line
		var err error
		if batch, more, err = next(lines); err != nil {
			return nil, err
		}
		decode(batch)
		for _, l := range batch {
			if l.err != nil && l.cut && n > 1 {
				break
			}
			if l.err != nil {
				return nil, fmt.Errorf("line %d is no evidence record: %w", n, l.err)
			}
			if err := opens(n, l.record); err != nil {
				return nil, err
			}
			run.Add(l.record)
			n++
		}
	}
	if run.Header.Schema == 0 {
		return nil, errors.New("no header: this is no evidence of a run")
	}
	return run, nil
}

// line is one line of a stream on its way to a record.
type line struct {
	text   []byte
	cut    bool // it has no end: nothing comes behind it
	record Record
	err    error
}

// batchSize is how many lines are read before they are decoded: enough for every processor, and little beside a run.
const batchSize = 256

// next reads the next lines; more is false when they are the last.
func next(lines *bufio.Reader) (batch []*line, more bool, err error) {
	for len(batch) < batchSize {
		text, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, false, err
		}
		if len(text) > 0 {
			batch = append(batch, &line{text: text, cut: err != nil})
		}
		if err != nil {
			return batch, false, nil
		}
	}
	return batch, true, nil
}

// decode decodes lines side by side: that is what reading a run costs.
func decode(batch []*line) {
	var at atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(batch)) {
		workers.Go(func() {
			for i := at.Add(1) - 1; i < int64(len(batch)); i = at.Add(1) - 1 {
				batch[i].err = json.Unmarshal(batch[i].text, &batch[i].record)
				batch[i].text = nil
			}
		})
	}
	workers.Wait()
}

// opens says what is wrong with the first line, if this is it.
func opens(n int, first Record) error {
	switch {
	case n > 1:
		return nil
	case first.Header == nil:
		return errors.New("line 1 is no header: this is no evidence of a run")
	case first.Header.Schema > Schema:
		return fmt.Errorf("evidence of schema %d; this harness reads up to %d", first.Header.Schema, Schema)
	}
	return nil
}
