// What follows from the fixtures alone, worked out once for a run however many cases ask.

package contract

// Derive returns what a function makes of the fixtures, under a name that stands for it alone. The value is shared by
// all cases of the API: leave it as it is.
func Derive[V any](t *T, name string, work func() V) V {
	defer t.env.reading(t.c.API + " derived " + name)()
	if m, ok := t.env.remembered(t.c.API, "derived "+name); ok {
		return m.value.(V)
	}
	value := work()
	t.env.remember(t.c.API, "derived "+name, memo{value: value})
	return value
}
