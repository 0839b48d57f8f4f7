// Paces that cannot be played are refused, and others are played faster or longer than their file has them.

package load

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Check says what is wrong with a pace, in the words of a file; nil when it can be played.
func (p Pace) Check() error {
	switch p.Kind {
	case "closed":
		if p.Workers < 1 {
			return fmt.Errorf("%d workers in a closed model send nothing", p.Workers)
		}
	case "stages":
		if len(p.Stages) == 0 {
			return errors.New("no stages; a stage has a rate and a duration")
		}
		for _, stage := range p.Stages {
			if stage.Duration <= 0 {
				return fmt.Errorf("a stage that lasts %s sends nothing", stage.Duration)
			}
		}
		return checkRate(p.Highest())
	default:
		if err := checkRate(p.Rate); err != nil {
			return err
		}
	}
	if p.Duration <= 0 {
		return fmt.Errorf("a duration of %s sends nothing", p.Duration)
	}
	switch p.Kind {
	case "spike", "sine", "breakpoint":
		if err := checkRate(p.Peak); err != nil {
			return err
		}
		if p.Peak < p.Rate {
			return fmt.Errorf("the peak of %g/s lies below the rate of %g/s", p.Peak, p.Rate)
		}
	}
	switch p.Kind {
	case "spike":
		if p.Period <= 0 || p.Period >= p.Duration {
			return fmt.Errorf("a spike of %s in %s; its period is how long the peak lasts, shorter than the whole", p.Period, p.Duration)
		}
	case "sine":
		if p.Period <= 0 {
			return fmt.Errorf("a sine with a period of %s", p.Period)
		}
		if p.Peak > 2*p.Rate {
			return fmt.Errorf("a sine around %g/s up to %g/s would fall below 0; its peak is at most twice its rate", p.Rate, p.Peak)
		}
	}
	return nil
}

// With is the pace at another rate, for another time, or both; 0 leaves either as it is. The shape stays: the highest
// rate of stages, spike and sine grows or shrinks to the one given, and the rest with it. Of a breakpoint search the
// rate is where it begins, and the duration that of one step.
func (p Pace) With(rate float64, duration time.Duration) (Pace, error) {
	p.Stages = slices.Clone(p.Stages)
	if rate != 0 {
		switch p.Kind {
		case "closed":
			return p, errors.New("a closed model has no rate: a request is due when the one before it is answered\nhint: --workers says how many are in flight")
		case "breakpoint":
			p.Rate, p.Peak = rate, max(p.Peak, rate)
		default:
			by := rate / p.Highest()
			p.Rate, p.Peak = p.Rate*by, p.Peak*by
			for i := range p.Stages {
				p.Stages[i].Rate *= by
			}
		}
	}
	if duration != 0 {
		by := float64(duration) / float64(p.Length())
		switch p.Kind {
		case "stages":
			for i := range p.Stages {
				p.Stages[i].Duration = time.Duration(float64(p.Stages[i].Duration) * by)
			}
		case "breakpoint":
			p.Duration = duration
		default:
			p.Period = time.Duration(float64(p.Period) * by)
			p.Duration = duration
		}
	}
	return p, p.Check()
}
