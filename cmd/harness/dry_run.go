// What a contract run would send, without sending it.

package main

import (
	"fmt"
	"slices"
)

// dryRun lists the cases that would run by operation, with what calling the operation does and whether the target
// allows it. How many requests they take depends on the data, which nobody has looked at.
func dryRun(d door, s session) error {
	cases, err := s.cases()
	if err != nil {
		return err
	}
	where := "the embedded reference server"
	if s.target.Embedded == nil {
		where = "target " + s.target.Name
	}
	fmt.Fprintf(d.stdout, "%d cases on %s would be run; nothing was sent\n\n", len(cases), where)
	w := table(d)
	for _, api := range s.apis {
		fmt.Fprintf(w, "%s\n", api.Name)
		for _, op := range api.Operations {
			count := 0
			var requirements []string
			for _, c := range cases {
				if c.API == api.Name && c.Operation == op.ID {
					count++
					requirements = append(requirements, c.Requirements...)
				}
			}
			if count == 0 {
				continue
			}
			slices.Sort(requirements)
			note := ""
			if !op.ReadOnly() {
				note = "writes: not allowed by the target, so not sent"
				if s.target.Writes.Allow {
					note = fmt.Sprintf("writes, on user %s and licence %s only; undone", s.target.Writes.User, s.target.Writes.License)
				} else if s.target.Embedded != nil {
					note = "writes, on the embedded server only; undone"
				}
			}
			fmt.Fprintf(w, "  %s\t%s %s%s\t%d cases, %d requirements\t%s\n", op.ID, op.Method, api.BasePath, op.Template(), count, len(slices.Compact(requirements)), note)
		}
	}
	return w.Flush()
}
