// Rates as they are written, and how high they may be.

package load

import (
	"fmt"
	"strconv"
	"strings"
)

// MostRate is the highest rate that a scenario may ask for, requests a second: far above what one machine sends, and
// far below where a schedule loses its nanoseconds.
const MostRate = 1e6

// ParseRate reads 500/s, 300/m or 1000/h, in requests a second. A rate is not negative; whether 0 will do is for the
// caller to say.
func ParseRate(text string) (float64, error) {
	digits, unit, _ := strings.Cut(text, "/")
	seconds := map[string]float64{"s": 1, "m": 60, "h": 3600}[strings.TrimSpace(unit)]
	number, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	switch {
	case err != nil || seconds == 0 || number != number:
		return 0, fmt.Errorf("%q is no rate\nhint: write a number and a unit: 500/s, 300/m, 1000/h", text)
	case number < 0:
		return 0, fmt.Errorf("%q is negative", text)
	case number/seconds > MostRate:
		return 0, fmt.Errorf("%q is above %.0f/s, the highest rate there is", text, MostRate)
	}
	return number / seconds, nil
}

// checkRate refuses a rate that sends nothing, or more than anybody can.
func checkRate(rate float64) error {
	switch {
	case !(rate > 0):
		return fmt.Errorf("a rate of %g/s sends nothing", rate)
	case rate > MostRate:
		return fmt.Errorf("%g/s is above %.0f/s, the highest rate there is", rate, MostRate)
	}
	return nil
}
