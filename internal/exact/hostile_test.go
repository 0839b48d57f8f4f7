package exact

import (
	"strings"
	"testing"
	"time"
)

func TestDepthIsBounded(t *testing.T) {
	nested := func(n int) []byte { return []byte(strings.Repeat(`{"a":[`, n/2) + strings.Repeat("]}", n/2)) }
	if _, flaws := Read(nested(MaxDepth)); len(flaws) > 0 {
		t.Errorf("%d levels: %v", MaxDepth, flaws)
	}
	if v, flaws := Read(nested(MaxDepth + 2)); v.Kind != Absent || len(flaws) != 1 || flaws[0].Error() != "the JSON is more than 1000 levels deep" {
		t.Errorf("%d levels: %v, %v", MaxDepth+2, v.Kind, flaws)
	}
	// As many brackets as would take more stack than a program has.
	if _, flaws := Read([]byte(strings.Repeat("[", 10<<20))); len(flaws) != 1 || !flaws[0].Fatal {
		t.Errorf("%d flaws", len(flaws))
	}
}

func TestAnExponentOfAMillionDigitsTakesNoTime(t *testing.T) {
	started := time.Now()
	huge := "1e" + strings.Repeat("9", 1_000_000)
	if !Equal(Of("["+huge+"]"), Of("[ "+huge+" ]")) || Equal(Of(huge), Of("2"+huge[1:])) {
		t.Error("numbers that are spelled alike differ, or others do not")
	}
	if took := time.Since(started); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"plain text, Grüße, 許諾": "plain text, Grüße, 許諾",
		"\x1b[2Jcleared":        `\x1b[2Jcleared`,
		"two\r\nlines\tand NUL": `two\r\nlines\tand NUL`,
		"nul\x00":               `nul\x00`,
		"C1 \u009b2J":           `C1 \u009b2J`,
		"turned \u202e round":   `turned \u202e round`,
		"no UTF-8 \xff":         `no UTF-8 \xff`,
	} {
		if got := Printable(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
