// The proof of the suites: how many faults put in on purpose they catch, and how often they cry wolf.

package report

import (
	"encoding/json"
	"fmt"

	"harness/reports"
)

// Score is how the suites fared on the reference server with every fault, one at a time, and as every allowed variant.
type Score struct {
	Date        string `json:"date"` // of the release that was tried, YYYY-MM-DD
	Faults      int    `json:"faults"`
	Killed      int    `json:"killed"`      // caught by exactly the requirements that the fault breaks
	Inexact     int    `json:"inexact"`     // caught, by others as well or instead
	Survived    int    `json:"survived"`    // not caught
	Variants    int    `json:"variants"`    // conforming servers unlike the reference
	FalseAlarms int    `json:"falseAlarms"` // variants on which a requirement failed that they keep
}

func (s Score) String() string {
	return fmt.Sprintf("%d of %d seeded faults caught, %d by exactly the requirements they break; false alarms on %d of %d allowed variants (%s)",
		s.Killed+s.Inexact, s.Faults, s.Killed, s.FalseAlarms, s.Variants, s.Date)
}

// SuiteScore is the score of the suites in this program, nil when nobody has taken it.
func SuiteScore() *Score {
	var s Score
	if err := json.Unmarshal(reports.Mutants, &s); err != nil || s.Faults == 0 {
		return nil
	}
	return &s
}
