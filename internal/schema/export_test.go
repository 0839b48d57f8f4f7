// What tests look at beyond the verdict.

package schema

import "harness/specs"

// Passes says whether the pass alone finds an answer fine; Check is not asked.
func (o *Operation) Passes(a specs.Answer, r *Reading) bool {
	m, ok := o.judged(a)
	return ok && o.passes(a, m, r)
}
