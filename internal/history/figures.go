// Figures: times and counts of two runs, told apart by a test and not by the eye.

package history

// Figure is one thing that was measured in a run: a sample of a distribution, or a count out of a total.
type Figure struct {
	Scenario  string // "" for the answers of a contract run
	API       string
	Operation string // "*" for a whole scenario
	Name      string // such as "service time"
	Unit      string
	Samples   []float64 // of a distribution, in any order; such as the p99 of each second
	Count     int64     // of those that have Total: how many of so many
	Total     int64     // 0 for a figure with samples
	Invalid   string    // why the figure is not the server's; "" when it is
}
