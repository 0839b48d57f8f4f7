// Permissions: the matrix of operations and callers, both directions. Who may call what is read off the document.

package genesyscloud

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/specs"
)

// caller is a credential with exactly these permissions.
type caller struct {
	credential string
	holds      []string
}

var callers = []caller{
	{granter, []string{"authorization:grant:add"}},
	{viewer, []string{"authorization:license:view"}},
	{bare, nil},
}

func (c caller) String() string {
	if len(c.holds) == 0 {
		return "a caller without permissions"
	}
	return "a caller who holds only " + c.holds[0]
}

// may says whether the caller holds any one of the permissions; none are needed where none are named.
func (c caller) may(p *specs.Permissions) bool {
	return len(p.AnyOf) == 0 || slices.ContainsFunc(p.AnyOf, func(name string) bool { return slices.Contains(c.holds, name) })
}

var _ = describeEach(operations, func(s *Suite) {
	p := s.Operation.Permissions
	if p == nil {
		return
	}
	writes := !s.Operation.ReadOnly()
	for _, c := range callers {
		switch may := c.may(p); {
		case len(p.AnyOf) == 0 && c.credential == bare:
			s.It("serves "+c.String(), Covers("GC-PERM-05"), func(t *T) { admitted(t, s.Operation.ID, c) })
		case len(p.AnyOf) == 0:
			// Whoever is served without permissions is served with some.
		case may && writes:
			s.It("serves "+c.String(), Covers("GC-PERM-04"), func(t *T) { admittedToWrite(t, c) })
		case may:
			s.It("serves "+c.String(), Covers("GC-PERM-01"), func(t *T) { admitted(t, s.Operation.ID, c) })
		case writes:
			s.It("refuses "+c.String(), Covers("GC-PERM-03"), func(t *T) { barredFromWriting(t, c) })
		default:
			s.It("refuses "+c.String(), Covers("GC-PERM-02"), func(t *T) { barred(t, s.Operation.ID, c) })
		}
	}
})

var _ = describeEach([]string{"getLicenseUsers", "getLicenseUser"}, func(s *Suite) {
	s.It("may show everybody in the list what the single read protects", Covers("GC-PERM-06"), func(t *T) {
		answers := t.SendAll(as(request(t, "getLicenseUsers"), bare), as(valid(t, "getLicenseUser"), bare))
		t.Observe("list, without permissions", fmt.Sprint(answers[0].Status))
		t.Observe("single user, without permissions", fmt.Sprint(answers[1].Status))
	})
})

// call sends a request as a caller whose token is accepted, after the same request as the default caller, who was
// served: then only the permission differs.
func call(t *T, operation string, c caller) *client.Exchange {
	r := valid(t, operation)
	alive(t, c)
	control := Read(t, operation+" as default", func() (*client.Exchange, string) {
		e := t.Send(r)
		return e, fmt.Sprint(e.OK())
	})
	if !control.OK() {
		t.Inconclusive("the default credential is not served either: %s: %s", control.Asked(), control.Answered())
	}
	return t.Send(as(r, c.credential))
}

// alive ends the case when the caller's token is not accepted by an operation that needs no permission: that says
// nothing about permissions.
func alive(t *T, c caller) {
	r := as(request(t, permissionless(t)), c.credential)
	if e := Read(t, "token of "+c.credential, func() (*client.Exchange, string) {
		e := t.Send(r)
		return e, fmt.Sprint(e.Status == http.StatusUnauthorized)
	}); e.Status == http.StatusUnauthorized {
		t.NotExercised("the token of %s is accepted nowhere (%s): configure a valid one", c.credential, e.Asked())
	}
}

// permissionless is an operation that anybody with a token may call.
func permissionless(t *T) string {
	for _, op := range t.Client().API().Operations {
		if p := op.Permissions; p != nil && len(p.AnyOf) == 0 && op.Method == http.MethodGet {
			return op.ID
		}
	}
	t.NotExercised("the document has no operation without permissions to try a token on")
	return ""
}

func admitted(t *T, operation string, c caller) {
	e := call(t, operation, c)
	t.On(e).Expect(e, Succeed(), fmt.Sprintf("%s may call %s", c, operation))
}

func barred(t *T, operation string, c caller) {
	refused(t, call(t, operation, c), operation, c)
}

// refused breaks the case unless the caller was turned away with nothing in hand. That it is 403 is how the platform
// has it, not what the document says.
func refused(t *T, e *client.Exchange, operation string, c caller) {
	t.On(e).Expect(e, BeRejected(), fmt.Sprintf("%s may not call %s", c, operation))
	tells := slices.ContainsFunc(e.JSON().Names(), func(name string) bool { return name == "licenses" || name == "permissions" })
	t.On(e).Expect(tells, gomega.BeFalse(), "a refusal tells nothing about licences")
	if e.Status != http.StatusForbidden {
		t.Observe("status of a refusal for want of a permission", fmt.Sprint(e.Status))
	}
}

func admittedToWrite(t *T, c caller) {
	alive(t, c)
	w := writing(t)
	defer w.restore()
	e := t.Send(as(w.change(!w.held), c.credential))
	t.On(e).Expect(e, Succeed(), fmt.Sprintf("%s may call postLicenseOrganization", c))
}

func barredFromWriting(t *T, c caller) {
	alive(t, c)
	w := writing(t)
	defer w.restore()
	e := t.Send(as(w.change(!w.held), c.credential))
	refused(t, e, "postLicenseOrganization", c)
	after, seen := w.look()
	t.On(e, seen).Expect(set(after), HaveTextSet(set(w.before)...), "a refused change changes nothing")
}
