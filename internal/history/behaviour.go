// What the server was seen to do, beside what its document says.

package history

// Behaviour is what an operation was seen to answer, held beside what its document says. A thing with Count 0 is
// documented and was never seen. Lists are sorted and never nil. HEAD and OPTIONS are left out: the documents say
// nothing of them.
type Behaviour struct {
	API       string  `json:"api"`
	Operation string  `json:"operation"`
	Answers   int     `json:"answers"`
	Successes int     `json:"successes"` // those of 2xx; members, values and headers are of these alone
	Statuses  []Seen  `json:"statuses"`  // a range such as 4XX or default stands only while nothing in it was seen
	Members   []Seen  `json:"members"`   // JSON pointers; * for indexes, and for names that are data
	Values    []Value `json:"values"`    // of members that take few values
	Headers   []Seen  `json:"headers"`   // names; those of the connection rather than of the answer are left out
	// Seconds is how long successful answers took, in the order of the run: a sample of at most 100, spread evenly.
	Seconds []float64 `json:"seconds"`
}

// Seen is one thing, whether the document speaks of it, and how many answers showed it.
type Seen struct {
	Name       string `json:"name"`
	Documented bool   `json:"documented"`
	Count      int    `json:"count"`
}

// Value is one value of a member.
type Value struct {
	Member     string `json:"member"` // JSON pointer, as in Members
	Value      string `json:"value"`
	Documented bool   `json:"documented"` // the document lists it
	Count      int    `json:"count"`      // answers
}
