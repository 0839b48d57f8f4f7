// Reading a file that a person names: what is wrong with the file as a whole.

package place

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Read reads a file that a person named; kind says what it should have been ("target file"), hint where there is a way
// out when there is none, "" for no hint.
func Read(kind, file, hint string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err == nil {
		return data, nil
	}
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if hint != "" {
			hint = "\nhint: " + hint
		}
		return nil, fmt.Errorf("no %s %s%s", kind, file, hint)
	case errors.Is(err, syscall.EISDIR):
		return nil, fmt.Errorf("%s is a folder; a %s is meant", file, kind)
	case errors.As(err, &path):
		err = path.Err
	}
	return nil, fmt.Errorf("%s %s: %w", kind, file, err)
}
