// Values taken along: which ones, and in what shape they are handed out.

package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Column is every value that one path leads to, in the order of the body. A path is a JSON pointer in which * stands
// for every element of an array or every member of an object, and a last step *# for the names of the members:
//
//	/key             the member of an object
//	/*/key           of each object in an array
//	/*/userkeys/*    each element of the arrays in them
//	/entities/*/id   of each object in the array of a page
//	/*#              the names of a map
type Column struct {
	Values []Value
	Rows   int // how many elements or members the first * of the path stands for, with a value or without
}

// Value is one value of a column. It is valid until the next Check with the same Reading, and as long as the body is.
type Value struct {
	Row     int    // which element or member of the first * it belongs to, from 0
	Int     int64  // an integer that is written as one and fits 64 bits
	Integer bool   // whether it is
	Text    []byte // a string or name decoded, the digits of a number, the JSON text of anything else
}

// step is one place that paths lead through.
type step struct {
	members map[string]*step // by name
	every   *step            // *
	take    int              // as in node
	names   int
	rows    []int
	paths   []string // that lead here or further, for messages
}

// parsePaths lays the paths together in a tree; nil without any.
func parsePaths(paths []string) (*step, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	root := &step{}
	for i, path := range paths {
		if slices.Contains(paths[:i], path) {
			return nil, fmt.Errorf("path %q stands twice", path)
		}
		if !strings.HasPrefix(path, "/") {
			return nil, fmt.Errorf("path %q does not begin with a slash, as in /*/key", path)
		}
		if err := root.add(path, i); err != nil {
			return nil, err
		}
	}
	return root, nil
}

var unescaper = strings.NewReplacer("~1", "/", "~0", "~")

func (s *step) add(path string, column int) error {
	tokens := strings.Split(path[1:], "/")
	starred := false
	for at, token := range tokens {
		s.paths = append(s.paths, path)
		if strings.HasPrefix(token, "*") && !starred {
			s.rows = append(s.rows, column)
			starred = true
		}
		switch {
		case token == "":
			return fmt.Errorf("path %q has an empty step", path)
		case token == "*#" && at == len(tokens)-1:
			s.names = column + 1
			return nil
		case token == "*#":
			return fmt.Errorf("path %q goes on after *#, and a name has nothing below it", path)
		case token == "*" && s.members == nil:
			if s.every == nil {
				s.every = &step{}
			}
			s = s.every
		case token != "*" && s.every == nil:
			name := unescaper.Replace(token)
			if s.members == nil {
				s.members = map[string]*step{}
			}
			if s.members[name] == nil {
				s.members[name] = &step{}
			}
			s = s.members[name]
		default:
			return fmt.Errorf("path %q has %s where another has %s; at one place it is either * or names", path, token, s.alternative())
		}
	}
	s.paths = append(s.paths, path)
	s.take = column + 1
	return nil
}

func (s *step) alternative() string {
	if s.every != nil {
		return "*"
	}
	for name := range s.members {
		return name
	}
	return "nothing"
}

// item is the step of an element, nil where no path goes on.
func (s *step) item() *step {
	if s == nil {
		return nil
	}
	return s.every
}

// member is the step of a member, nil where no path goes on.
func (s *step) member(name string) *step {
	if s == nil {
		return nil
	}
	if next := s.members[name]; next != nil {
		return next
	}
	return s.every
}
