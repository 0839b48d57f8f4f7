// What a known failure is.

// Package known reads and writes known-failures.yaml: departures that somebody has accepted, each with a reason, an
// owner and a date of expiry, and the quarantine of cases that come out now one way, now the other.
package known

import (
	"fmt"
	"strconv"
	"time"
)

// File is where known failures stand unless somebody says otherwise.
const File = "known-failures.yaml"

// Bounds of what can be accepted. A known failure is a debt with a date; a quarantine is a shorter one, and there is
// room for few, because what comes and goes hides what breaks.
const (
	MostDays           = 90
	MostQuarantineDays = 14
	MostQuarantined    = 10
)

// AnyTarget in place of a target's name means every one.
const AnyTarget = "*"

// Failure is one departure that somebody accepted.
type Failure struct {
	Requirement string `json:"requirement"` // id
	Operation   string `json:"operation"`
	Target      string `json:"target"`          // a target's name, or "*" for every one
	Cause       string `json:"cause,omitempty"` // fingerprint of the cause; "" accepts whatever the cause
	Reason      string `json:"reason"`
	Owner       string `json:"owner"`
	Ticket      string `json:"ticket,omitempty"`
	Added       Date   `json:"added"`
	Expires     Date   `json:"expires"` // the last day on which it holds
	Line        int    `json:"-"`       // in the file, 1-based
}

// Of says whether the failure is one of that target.
func (f Failure) Of(target string) bool { return f.Target == AnyTarget || f.Target == target }

// List is one known-failures.yaml. The zero List accepts nothing.
type List struct {
	File       string // as given; "" for none
	Failures   []Failure
	Quarantine []Failure // flaky cases: they still run, and do not decide
}

// Promise is a requirement that a list may name, and the operations that make it.
type Promise struct {
	Requirement string // one that ends in * stands for every id that begins so, where no other promise has the id
	Operations  []string
	Silent      bool // nothing is promised, so nothing can be broken and accepted
}

// Date is a day, without a time and without a place.
type Date struct{ time.Time }

const dateLayout = time.DateOnly

// Day returns the date of a moment, where the moment is.
func Day(t time.Time) Date {
	return Date{time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)}
}

// Plus returns the date so many days later.
func (d Date) Plus(days int) Date { return Date{d.AddDate(0, 0, days)} }

// Until counts the days to a later date; it is negative for an earlier one.
func (d Date) Until(later Date) int { return int(later.Sub(d.Time).Hours() / 24) }

func (d Date) String() string { return d.Format(dateLayout) }

// MarshalText writes 2026-11-22.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// MarshalJSON writes "2026-11-22", in place of the moment that time.Time would write.
func (d Date) MarshalJSON() ([]byte, error) { return []byte(strconv.Quote(d.String())), nil }

// UnmarshalJSON reads "2026-11-22".
func (d *Date) UnmarshalJSON(data []byte) error {
	text, err := strconv.Unquote(string(data))
	if err != nil {
		return fmt.Errorf("%s is no date; one is written as \"2026-11-22\"", data)
	}
	return d.UnmarshalText([]byte(text))
}

// UnmarshalText reads 2026-11-22.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(dateLayout, string(text))
	if err != nil {
		return fmt.Errorf("%q is no date; one is written as 2026-11-22", text)
	}
	d.Time = t
	return nil
}
