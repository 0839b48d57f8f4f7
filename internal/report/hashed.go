// A report for readers who must not learn whose data it is about: keys and ids give way to hashes.

package report

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
)

// identifier matches what names an account, a user, a licence or an organisation: a number of ten digits and more, and a
// UUID. Dates and counts are shorter.
var identifier = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9]{10,20}`)

// open are members whose text is about the tool and the run, not about anybody's data.
var open = map[string]bool{
	"tool": true, "documents": true, "command": true, "suites": true, "fingerprint": true, "cause": true, "digest": true,
	"started": true, "finished": true, "seed": true, "id": true, "exchanges": true,
}

// Hashed returns the report with every key and id replaced by a hash: k- and eight hexadecimal digits. Within one salt
// the same key has the same hash, so that what belongs together still does; without the salt nobody can tell by trying
// which key it was. Exchanges, which quote whole answers, are left out.
func (r Report) Hashed(salt []byte) (Report, error) {
	r.Exchanges = nil
	text, err := json.Marshal(r)
	if err != nil {
		return Report{}, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // a seed is no float64
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return Report{}, err
	}
	if text, err = json.Marshal(hashed(tree, salt)); err != nil {
		return Report{}, err
	}
	return Read(text)
}

// hashIn puts hashes in the place of keys and ids in a text.
func hashIn(text, salt []byte) []byte {
	return identifier.ReplaceAllFunc(text, func(key []byte) []byte {
		mac := hmac.New(sha256.New, salt)
		mac.Write(key)
		return []byte("k-" + hex.EncodeToString(mac.Sum(nil)[:4]))
	})
}

func hashed(v any, salt []byte) any {
	switch v := v.(type) {
	case string:
		return string(hashIn([]byte(v), salt))
	case []any:
		for i := range v {
			v[i] = hashed(v[i], salt)
		}
	case map[string]any:
		changed := make(map[string]any, len(v))
		for name, value := range v {
			if open[name] {
				changed[name] = value
				continue
			}
			said, _ := hashed(name, salt).(string) // a text stays one
			changed[said] = hashed(value, salt)
		}
		return changed
	}
	return v
}
