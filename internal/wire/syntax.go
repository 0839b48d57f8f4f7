// What HTTP/1.1 allows where: tokens, field values, the bytes of a request target.

package wire

import "encoding/binary"

// tokenByte holds the bytes of a token (RFC 9110, 5.6.2), of which methods and field names are made.
var tokenByte = byteSet("!#$%&'*+-.^_`|~")

// pathByte holds the bytes that url.URL.EscapedPath leaves as they are.
var pathByte = byteSet("-_.~$&+,/:;=@")

func byteSet(marks string) (set [256]bool) {
	for c := '0'; c <= '9'; c++ {
		set[c] = true
	}
	for c := 'a'; c <= 'z'; c++ {
		set[c], set[c-'a'+'A'] = true, true
	}
	for _, c := range []byte(marks) {
		set[c] = true
	}
	return set
}

func all[T string | []byte](b T, set *[256]bool) bool {
	for i := 0; i < len(b); i++ {
		if !set[b[i]] {
			return false
		}
	}
	return true
}

func isToken[T string | []byte](b T) bool { return len(b) > 0 && all(b, &tokenByte) }

// control is the place of the first byte that no field value may hold: a control character other than tab. -1 is none.
// Eight bytes are looked at together; only where one of them is suspect, each.
func control(b []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		low := (w - 0x20*ones) &^ w & highs
		del := w ^ 0x7f*ones
		del = (del - ones) &^ del & highs
		if low|del == 0 {
			continue
		}
		for j := i; j < i+8; j++ {
			if isControl(b[j]) {
				return j
			}
		}
	}
	for ; i < len(b); i++ {
		if isControl(b[i]) {
			return i
		}
	}
	return -1
}

func isControl(c byte) bool { return c < 0x20 && c != '\t' || c == 0x7f }

// trim takes blanks off both ends of a field value.
func trim(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isBlank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// equalFold compares with a name in lower case, letters of ASCII alone.
func equalFold[T string | []byte](b T, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i := 0; i < len(b); i++ {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// hasToken says whether a list of tokens with commas between names this one (in lower case).
func hasToken[T string | []byte](list T, lower string) bool {
	for start, i := 0, 0; i <= len(list); i++ {
		if i < len(list) && list[i] != ',' {
			continue
		}
		from, to := start, i
		for from < to && isBlank(list[from]) {
			from++
		}
		for to > from && isBlank(list[to-1]) {
			to--
		}
		if equalFold(list[from:to], lower) {
			return true
		}
		start = i + 1
	}
	return false
}
