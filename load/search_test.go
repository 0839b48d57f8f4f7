// The search finds where a server gives out, in few steps, and is not fooled by luck.

package load_test

import (
	"math/rand/v2"
	"testing"

	"harness/load"
)

func TestSearchFindsTheLimit(t *testing.T) {
	for _, limit := range []float64{3, 49, 50, 130, 999, 5000, 19999, 20000, 1e6} {
		s := &load.Search{From: 50, To: 20000}
		steps := 0
		for {
			rate, _, more := s.Next()
			if !more {
				break
			}
			steps++
			s.Note(rate, rate <= limit)
		}
		f := s.Found()
		if steps > 16 || f.Holds > limit || f.Fails != 0 && f.Fails <= limit || f.Holds > 0 && f.Confirmed < 2 && steps < 16 {
			t.Errorf("limit %g: %+v after %d steps", limit, f, steps)
		}
		if limit <= 20000 && f.Holds < min(limit, 20000)/1.2-1 {
			t.Errorf("limit %g: %+v is too low, after %d steps", limit, f, steps)
		}
	}
}

func TestSearchIsNotFooledByLuck(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		s := &load.Search{From: 100, To: 10000}
		for {
			rate, _, more := s.Next()
			if !more {
				break
			}
			// Above 1000/s the server holds one time in three.
			s.Note(rate, rate <= 1000 || chance.IntN(3) == 0)
		}
		if f := s.Found(); f.Holds > 2500 && f.Confirmed == 2 && f.Fails > 0 && f.Fails < f.Holds {
			t.Errorf("%+v", f)
		}
	}
}
