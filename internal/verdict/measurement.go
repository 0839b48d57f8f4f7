// What a load run measured, as its reader sees it.

package verdict

// Measurement is how one operation fared in one scenario. Times are in seconds.
type Measurement struct {
	Scenario   string  `json:"scenario"`
	API        string  `json:"api"`
	Operation  string  `json:"operation"` // "*" for the whole scenario
	Verdict    string  `json:"verdict"`   // pass, fail or invalid: the generator was the bottleneck, and the figures are not the server's
	Reason     string  `json:"reason,omitempty"`
	Due        int64   `json:"due"`      // requests that the schedule wanted
	Sent       int64   `json:"sent"`     // those that left
	Answered   int64   `json:"answered"` // those that got an answer of whatever status
	Errors     int64   `json:"errors"`
	Throttled  int64   `json:"throttled"`
	Validated  int64   `json:"validated"`
	Violations int64   `json:"violations"`
	Seconds    float64 `json:"seconds"`
	// ResponseTime runs from the moment a request was due, ServiceTime from the moment it left; Lag lies between.
	ResponseTime Quantiles `json:"responseTime"`
	ServiceTime  Quantiles `json:"serviceTime"`
	Lag          Quantiles `json:"lag"`
}

// Quantiles of a distribution of times, in seconds, to three digits; exact counts stand behind them.
type Quantiles struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99.9"`
	Max  float64 `json:"max"`
}
