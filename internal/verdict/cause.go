// What went wrong, as a short word that is the same from run to run: the fingerprint of a cause.

package verdict

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"harness/internal/evidence"
)

// causeDigits is how many hexadecimal digits a fingerprint has: few enough to be copied, and enough that two causes of
// one requirement do not meet.
const causeDigits = 10

// allowed is what a departure expects; a failure that a case reports says something of its own.
const allowed = "an answer that the document allows"

// Causes lists the fingerprints of what went wrong, the one that stands for the finding first; none unless the promise
// is broken.
//
// A fingerprint is made of the requirement, the operation and the kind of failure: its message, and the status of the
// answer that it is about. All that belongs to the data of the day is left out of the message: what stands in quotes,
// ranges in brackets, every word that holds a digit, an equals sign, a star or an underscore, indexes in JSON pointers,
// and how many places more there are. So hosts, keys, ids, roles, names, values and counts have no say, nor have seeds
// and times.
//
// What the document says stands before what a case says, because every answer is held against the document, and a case
// may lack the data it needs in the next run. Departures come in the order of their fingerprints, since the exchanges
// that show them come in any; cases come in their own.
func (f Finding) Causes() []string {
	if f.Verdict != Fail && f.Verdict != Flaky {
		return nil
	}
	var departures, cases []string
	for _, failure := range f.Failures {
		of := &cases
		if failure.Expected == allowed {
			of = &departures
		}
		if mark := fingerprint(f.Requirement, f.Operation, status(failure), undated(failure)); !slices.Contains(*of, mark) {
			*of = append(*of, mark)
		}
	}
	slices.Sort(departures)
	return append(departures, cases...)
}

func fingerprint(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:causeDigits]
}

// answered finds the status in what a failure got: "404, 65 bytes: …", "200 application/json, …", "200 with 10 licences".
var answered = regexp.MustCompile(`^([1-5][0-9]{2})(?:, [0-9]|, no body| with | [a-z]+/)`)

func status(f evidence.Failure) string {
	if m := answered.FindStringSubmatch(f.Got); m != nil {
		return m[1]
	}
	return ""
}

var (
	elsewhere = regexp.MustCompile(` \(and in (one|[0-9]+) more places?\)$`)
	quoted    = regexp.MustCompile("\"(?:\\\\.|[^\"\\\\])*\"|`[^`]*`")
	bracketed = regexp.MustCompile(`[\[(][^\[\]()]*…[^\[\]()]*[\])]`)
	dated     = regexp.MustCompile(`[0-9=*_#]`)
)

// undated is a failure's message without what belongs to the data of the day.
func undated(f evidence.Failure) string {
	message := elsewhere.ReplaceAllString(firstLine(f.Message), "")
	message = quoted.ReplaceAllString(message, "#")
	message = bracketed.ReplaceAllString(message, "#")
	var words []string
	for word := range strings.FieldsSeq(message) {
		switch {
		case strings.HasPrefix(word, "/"):
			word = blank(strings.TrimSuffix(word, ":"))
		case dated.MatchString(word):
			word = "#"
		}
		// However many values stand in a row.
		if word != "#" || len(words) == 0 || words[len(words)-1] != "#" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}
