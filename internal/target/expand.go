// Variables of the environment inside a text: ${NAME} and $NAME; $$ is one dollar.

package target

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Part is a stretch of text as it stands, or the name of a variable.
type Part struct {
	Text     string
	Variable bool

	value string // of the variable, once resolved
}

// Text is a value with its variables still unresolved.
type Text []Part

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)

// parseText takes a text apart. A dollar that begins no variable stands for itself.
func parseText(text string) (Text, error) {
	var parts Text
	literal := func(s string) {
		if n := len(parts); n > 0 && !parts[n-1].Variable {
			parts[n-1].Text += s
		} else if s != "" {
			parts = append(parts, Part{Text: s})
		}
	}
	for {
		before, after, ok := strings.Cut(text, "$")
		literal(before)
		if !ok {
			return parts, nil
		}
		switch {
		case strings.HasPrefix(after, "$"):
			literal("$")
			text = after[1:]
		case strings.HasPrefix(after, "{"):
			name, rest, closed := strings.Cut(after[1:], "}")
			if !closed {
				return nil, errors.New("${ without }; a variable is written ${NAME}, a dollar $$")
			}
			if variable.FindString(name) != name || name == "" {
				return nil, fmt.Errorf("${%s} names no variable; a variable is written ${NAME}, a dollar $$", name)
			}
			parts = append(parts, Part{Text: name, Variable: true})
			text = rest
		default:
			name := variable.FindString(after)
			if name == "" {
				literal("$")
			} else {
				parts = append(parts, Part{Text: name, Variable: true})
			}
			text = after[len(name):]
		}
	}
}

// Variables lists the variables in the order they stand.
func (t Text) Variables() []string {
	var names []string
	for _, part := range t {
		if part.Variable {
			names = append(names, part.Text)
		}
	}
	return names
}

// String writes the text for a reader: a variable as $NAME, or ${NAME} where a letter follows it.
func (t Text) String() string {
	var b strings.Builder
	for i, part := range t {
		switch {
		case !part.Variable:
			b.WriteString(part.Text)
		case i+1 < len(t):
			b.WriteString("${" + part.Text + "}")
		default:
			b.WriteString("$" + part.Text)
		}
	}
	return b.String()
}

// source writes the text as files do, so that parseText reads the same.
func (t Text) source() string {
	var b strings.Builder
	for _, part := range t {
		if part.Variable {
			b.WriteString("${" + part.Text + "}")
		} else {
			b.WriteString(strings.ReplaceAll(part.Text, "$", "$$"))
		}
	}
	return b.String()
}

// resolve puts the values of the variables in. unset says, for each variable without a value, why: a variable that is
// set to nothing counts as unset, since that is how a pipeline hands over a secret it does not have.
func (t Text) resolve(env func(string) (string, bool)) (value string, unset []string) {
	var b strings.Builder
	for i, part := range t {
		if !part.Variable {
			b.WriteString(part.Text)
			continue
		}
		v, ok := env(part.Text)
		switch {
		case !ok:
			unset = append(unset, "$"+part.Text+" is not set")
		case v == "":
			unset = append(unset, "$"+part.Text+" is empty")
		}
		t[i].value = v
		b.WriteString(v)
	}
	return b.String(), unset
}
