// What must never be shown, and the names that stand in its place.

package target

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Secret is a value that must not be shown, and the name of the variable that stands in its place: the one that the
// file took it from, or one made of API, credential and place.
type Secret struct {
	Value string
	Name  string // without the dollar
}

// secretPlace says by its name which header holds a secret. A client's name is none: it may well be a word of the API.
var secretPlace = regexp.MustCompile(`(?i)secret|token|authorization|password|key|cookie|bearer`)

func isSecret(place string) bool { return place != PlaceTokenURL && secretPlace.MatchString(place) }

// Secrets lists every secret value of the target with its name; longer values first, so that one which holds another
// is replaced as a whole.
func (t *Target) Secrets() []Secret {
	seen := map[string]bool{}
	var secrets []Secret
	add := func(value, name string) {
		if value != "" && !seen[value] {
			seen[value] = true
			secrets = append(secrets, Secret{Value: value, Name: name})
		}
	}
	for _, api := range slices.Sorted(maps.Keys(t.APIs)) {
		credentials := t.APIs[api].Credentials
		for _, name := range slices.Sorted(maps.Keys(credentials)) {
			c := credentials[name]
			for _, place := range c.places() {
				if !isSecret(place) {
					continue
				}
				text := t.Shown(api, name, place)
				if len(text) == 1 {
					add(c.value(place), text[0].Text)
					continue
				}
				add(c.value(place), variableName(api, name, place))
				for _, part := range text {
					if part.Variable {
						add(part.value, part.Text)
					}
				}
			}
		}
	}
	slices.SortStableFunc(secrets, func(a, b Secret) int { return cmp.Compare(len(b.Value), len(a.Value)) })
	return secrets
}

// Shown is the value at a place of a credential as it may be shown: the text of the file with its variables, or, where
// the file writes it out, a variable of its own. Places are names of headers, PlaceBearer, PlaceClientID, ….
func (t *Target) Shown(api, credential, place string) Text {
	if a := t.APIs[api]; a != nil {
		if text, ok := a.Credentials[credential].written[place]; ok {
			return text
		}
	}
	return Text{{Text: variableName(api, credential, place), Variable: true}}
}

// variableName makes a name such as GOTO_CLIENT_SECRET or GENESYS_VIEWER_TOKEN.
func variableName(api, credential, place string) string {
	words := []string{prefixOf(api)}
	if credential != "default" {
		words = append(words, upperSnake(credential))
	}
	if place == PlaceBearer {
		place = "token"
	}
	return strings.Join(append(words, upperSnake(place)), "_")
}

// upperSnake writes ClientName as CLIENT_NAME, clientID as CLIENT_ID and x-api-key as X_API_KEY.
func upperSnake(name string) string {
	var b strings.Builder
	var last rune
	for _, c := range name {
		switch {
		case c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c):
			c = '_'
		case unicode.IsUpper(c) && (unicode.IsLower(last) || unicode.IsDigit(last)):
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(c))
		last = c
	}
	return b.String()
}
