// The questions of harness init, for somebody at a terminal.

package main

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"

	"harness/internal/nearest"
)

// questions are asked on standard error and answered on standard input.
type questions struct {
	ctx   context.Context
	w     io.Writer
	lines chan string // closed where the input ends
}

// newQuestions begins to read answers. The reading goes on until the input ends, which nobody can hurry: it ends with
// the program.
func newQuestions(ctx context.Context, d door) *questions {
	q := &questions{ctx: ctx, w: d.stderr, lines: make(chan string)}
	go func() {
		defer close(q.lines)
		for scanner := bufio.NewScanner(d.stdin); scanner.Scan(); {
			select {
			case q.lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return q
}

// ask asks until the answer is one that check lets pass. Enter alone takes the standard, if there is one.
func (q *questions) ask(question, standard string, check func(string) error) (string, error) {
	for {
		fmt.Fprint(q.w, question+" ")
		if standard != "" {
			fmt.Fprintf(q.w, "[%s] ", standard)
		}
		select {
		case <-q.ctx.Done():
			fmt.Fprintln(q.w)
			return "", errors.New("interrupted; nothing was written")
		case line, ok := <-q.lines:
			if !ok {
				fmt.Fprintln(q.w)
				return "", errors.New("the answers ended early; nothing was written")
			}
			answer := strings.TrimSpace(line)
			if answer == "" {
				answer = standard
			}
			if answer == "" {
				continue
			}
			err := check(answer)
			if err == nil {
				return answer, nil
			}
			fmt.Fprintln(q.w, indented(err.Error(), "  "))
		}
	}
}

// choose asks for one of a few words; so much of a word as no other begins with is enough.
func (q *questions) choose(question string, words []string, standard string) (string, error) {
	whole := func(answer string) string {
		var meant []string
		for _, word := range words {
			if word == answer {
				return word
			}
			if strings.HasPrefix(word, strings.ToLower(answer)) {
				meant = append(meant, word)
			}
		}
		if len(meant) == 1 {
			return meant[0]
		}
		return answer
	}
	answer, err := q.ask(question+" "+strings.Join(words, ", "), standard, func(answer string) error {
		if slices.Contains(words, whole(answer)) {
			return nil
		}
		return nearest.Error("choice", answer, words, "")
	})
	return whole(answer), err
}

//go:embed init
var beginnings embed.FS

// draw fills a template in the folder init with what was answered.
func (p *plan) draw(name string) ([]byte, error) {
	t, err := template.ParseFS(beginnings, "init/"+name)
	if err != nil {
		return nil, fault{err}
	}
	var b strings.Builder
	if err := t.Execute(&b, p); err != nil {
		return nil, fault{err}
	}
	return []byte(b.String()), nil
}
