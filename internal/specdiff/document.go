// A document to compare: where it is read from, and which API it describes.

package specdiff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing/fstest"

	"harness/internal/nearest"
	"harness/specs"
)

// documentFile is what a document is called in a folder; its requirements stand beside it.
const documentFile = "openapi.yaml"

// Document is one document, loaded.
type Document struct {
	Name string // as it was asked for
	File string // for places: where its lines can be looked at
	API  *specs.API

	lifted []byte // as specs.Lifted returns it
	index  *index

	catalogue []promise // nil where no requirements stand beside the document
}

// Sources says in one line what Open takes.
const Sources = "a file, a folder that holds openapi.yaml and requirements, embedded:API, or git:REV:PATH"

// Open reads a document. Its name is a file, a folder that holds openapi.yaml and perhaps requirements/*.yaml,
// embedded:API or just the name of an API for what the program carries, or git:REV:PATH for a file or folder as it
// stands in a revision of the repository around the working folder.
func Open(ctx context.Context, name string) (*Document, error) {
	if api, ok := strings.CutPrefix(name, "embedded:"); ok || slices.Contains(specs.Names, name) {
		if !slices.Contains(specs.Names, api) {
			return nil, nearest.Error("API", api, specs.Names, "")
		}
		folder, err := fs.Sub(specs.Files, api)
		if err != nil {
			return nil, err
		}
		return read(name, path.Join("specs", api), folder)
	}
	if object, ok := strings.CutPrefix(name, "git:"); ok {
		return fromGit(ctx, name, object)
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, missing(name)
	case err != nil:
		return nil, err
	case info.IsDir():
		return read(name, name, os.DirFS(name))
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return parse(name, name, data)
}

// missing is the error for a name that nothing has, with the API that was perhaps meant.
func missing(name string) error {
	text := fmt.Sprintf("no document %s: %s is meant", name, Sources)
	if api := nearest.Name(name, specs.Names); api != "" && filepath.Base(name) == name && filepath.Ext(name) == "" {
		text += "; did you mean " + api + "?"
	}
	return errors.New(text)
}

// read reads a folder; prefix is what it is called in places.
func read(name, prefix string, folder fs.FS) (*Document, error) {
	data, err := fs.ReadFile(folder, documentFile)
	if err != nil {
		return nil, fmt.Errorf("%s holds no %s", name, documentFile)
	}
	d, err := parse(name, path.Join(filepath.ToSlash(prefix), documentFile), data)
	if err != nil {
		return nil, err
	}
	if err := d.readPromises(folder, path.Clean(filepath.ToSlash(prefix))); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

// fromGit reads REV:PATH of the repository around the working folder.
func fromGit(ctx context.Context, name, object string) (*Document, error) {
	revision, file, ok := strings.Cut(object, ":")
	if !ok || revision == "" || file == "" || strings.HasPrefix(revision, "-") {
		return nil, fmt.Errorf("%s is not git:REV:PATH, such as git:main:specs/genesyscloud", name)
	}
	kind, err := git(ctx, "cat-file", "-t", object)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if strings.TrimSpace(string(kind)) != "tree" {
		data, err := git(ctx, "cat-file", "blob", object)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return parse(name, object, data)
	}
	listed, err := git(ctx, "ls-tree", "-r", "--full-tree", "--name-only", object)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	folder := fstest.MapFS{}
	for _, entry := range strings.Split(strings.TrimSpace(string(listed)), "\n") {
		if entry != documentFile && !strings.HasPrefix(entry, "requirements/") {
			continue
		}
		data, err := git(ctx, "cat-file", "blob", strings.TrimSuffix(object, "/")+"/"+entry)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		folder[entry] = &fstest.MapFile{Data: data}
	}
	return read(name, object, folder)
}

// git runs one command that only reads.
func git(ctx context.Context, args ...string) ([]byte, error) {
	var out, complaint bytes.Buffer
	c := exec.CommandContext(ctx, "git", args...)
	c.Stdout, c.Stderr = &out, &complaint
	if err := c.Run(); err != nil {
		if text := strings.TrimSpace(complaint.String()); text != "" {
			err = errors.New(strings.TrimPrefix(text, "fatal: "))
		}
		return nil, fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
	}
	return out.Bytes(), nil
}

// parse loads a document and finds out which API it describes.
func parse(name, file string, data []byte) (*Document, error) {
	api, err := specs.Load("", file, data)
	if err != nil {
		return nil, err
	}
	if api.Name, err = described(api); err != nil {
		return nil, err
	}
	for _, op := range api.Operations {
		op.API = api.Name
	}
	d := &Document{Name: name, File: file, API: api}
	if d.lifted, err = specs.Lifted(data); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if d.index, err = newIndex(data, d.lifted); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return d, nil
}

// known is every operation of the embedded documents: the names of their APIs, by identity.
var known = sync.OnceValues(func() (map[string]string, error) {
	operations := map[string]string{}
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			return nil, err
		}
		for _, op := range api.Operations {
			operations[identity(op.Method, op.Path, op.Selects)] = name
		}
	}
	return operations, nil
})

// described is the API whose embedded document shares the most operations with one, "" where none shares any.
func described(api *specs.API) (string, error) {
	operations, err := known()
	if err != nil {
		return "", err
	}
	shared := map[string]int{}
	best := ""
	for _, op := range api.Operations {
		if name := operations[identity(op.Method, op.Path, op.Selects)]; name != "" {
			if shared[name]++; shared[name] > shared[best] {
				best = name
			}
		}
	}
	return best, nil
}

// describe names the API of a document in an error.
func (d *Document) describe() string {
	if d.API.Name == "" {
		return fmt.Sprintf("%q", d.API.Title)
	}
	return d.API.Name
}

func (d *Document) side() Side {
	return Side{d.File, d.API.Title, d.API.Version, d.API.Digest}
}
