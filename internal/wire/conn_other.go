//go:build !unix

// Where descriptors cannot be read without waiting, every step is a call of its own.

package wire

import "errors"

const descriptorIO = false

var errNoDescriptor = errors.ErrUnsupported

func readNow(uintptr, []byte) (int, error)  { return 0, errNoDescriptor }
func writeNow(uintptr, []byte) (int, error) { return 0, errNoDescriptor }
func wouldBlock(error) bool                 { return false }
