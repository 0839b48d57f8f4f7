//go:build unix

// Reading and writing a descriptor without waiting.

package wire

import (
	"io"
	"os"
	"syscall"
)

// descriptorIO says that readNow and writeNow work on this system.
const descriptorIO = true

// readNow reads what is there. wouldBlock(err) when that is nothing; io.EOF at the end.
func readNow(fd uintptr, b []byte) (int, error) {
	for {
		n, err := syscall.Read(int(fd), b)
		switch {
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return 0, err
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

// writeNow writes what the system takes. wouldBlock(err) when that was not all.
func writeNow(fd uintptr, b []byte) (int, error) {
	total := 0
	for total < len(b) {
		n, err := syscall.Write(int(fd), b[total:])
		switch {
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return total, err
		case err != nil:
			return total, os.NewSyscallError("write", err)
		default:
			total += n
		}
	}
	return total, nil
}

// wouldBlock compares with EAGAIN alone: on every system of ours it is the same number as EWOULDBLOCK.
func wouldBlock(err error) bool { return err == syscall.EAGAIN }
