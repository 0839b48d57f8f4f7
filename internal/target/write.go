// Writing a target so that it reads back the same.

package target

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Write writes a target as a file that Load reads back to the same target. Values that the target took from variables
// are written as variables; all others are written out, secrets too: who may read the file is the caller's business.
func Write(w io.Writer, t *Target) error {
	doc := yaml.MapSlice{}
	add(&doc, "name", literal(t.Name))
	if len(t.APIs) > 0 {
		doc = append(doc, yaml.MapItem{Key: "apis", Value: writeAPIs(t)})
	}
	if e := t.Embedded; e != nil {
		block := yaml.MapSlice{}
		add(&block, "licenses", e.Licenses)
		add(&block, "users", e.Users)
		add(&block, "seed", e.Seed)
		addList(&block, "faults", literals(e.Faults))
		addList(&block, "variants", literals(e.Variants))
		if e.Latency != 0 {
			add(&block, "latency", e.Latency.String())
		}
		doc = append(doc, yaml.MapItem{Key: "embedded", Value: block})
	}
	addBlock(&doc, "limits", writeLimits(t.Limits))
	var writes yaml.MapSlice
	add(&writes, "allow", t.Writes.Allow)
	add(&writes, "user", literal(t.Writes.User))
	add(&writes, "license", literal(t.Writes.License))
	addBlock(&doc, "writes", writes)
	addBlock(&doc, "fixtures", writeFixtures(t.Fixtures))
	var excluded yaml.MapSlice
	for _, api := range slices.Sorted(maps.Keys(t.Excluded)) {
		var block yaml.MapSlice
		for _, operation := range slices.Sorted(maps.Keys(t.Excluded[api])) {
			add(&block, operation, literal(t.Excluded[api][operation]))
		}
		addBlock(&excluded, api, block)
	}
	addBlock(&doc, "excluded", excluded)
	var tls yaml.MapSlice
	add(&tls, "ca", literal(t.TLS.CA))
	add(&tls, "insecure", t.TLS.Insecure)
	addBlock(&doc, "tls", tls)
	var b strings.Builder
	emit(&b, doc, "")
	_, err := io.WriteString(w, b.String())
	return err
}

// emit writes a mapping. Every text but the plainest is quoted as in JSON, which is YAML too: go-yaml's own writer
// loses tabs.
func emit(b *strings.Builder, block yaml.MapSlice, indent string) {
	for _, item := range block {
		fmt.Fprintf(b, "%s%s:", indent, scalar(item.Key))
		switch value := item.Value.(type) {
		case yaml.MapSlice:
			if len(value) == 0 {
				b.WriteString(" {}\n")
			} else {
				b.WriteString("\n")
				emit(b, value, indent+"  ")
			}
		case []string:
			emitList(b, value)
		case []int64:
			emitList(b, value)
		default:
			b.WriteString(" " + scalar(value) + "\n")
		}
	}
}

func emitList[V any](b *strings.Builder, values []V) {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = scalar(value)
	}
	b.WriteString(" [" + strings.Join(texts, ", ") + "]\n")
}

var plainest = regexp.MustCompile(`^(https?://)?[A-Za-z][A-Za-z0-9_./-]*(:[0-9]+)?$`)

// words are texts that one YAML or another takes for a boolean or for nothing.
var words = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

func scalar(value any) string {
	text, isText := value.(string)
	if !isText || plainest.MatchString(text) && !slices.Contains(words, strings.ToLower(text)) {
		return fmt.Sprint(value)
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

func writeAPIs(t *Target) yaml.MapSlice {
	var all yaml.MapSlice
	for _, name := range APINames() {
		api, ok := t.APIs[name]
		if !ok {
			continue
		}
		block := yaml.MapSlice{}
		add(&block, "url", literal(api.URL))
		credentials := yaml.MapSlice{}
		for _, credential := range slices.Sorted(maps.Keys(api.Credentials)) {
			credentials = append(credentials, yaml.MapItem{Key: credential, Value: writeCredential(api.Credentials[credential])})
		}
		addBlock(&block, "credentials", credentials)
		all = append(all, yaml.MapItem{Key: name, Value: block})
	}
	return all
}

func writeCredential(c Credential) yaml.MapSlice {
	var values yaml.MapSlice
	for _, place := range c.places() {
		if text, ok := c.written[place]; ok {
			add(&values, place, text.source())
		} else {
			add(&values, place, literal(c.value(place)))
		}
	}
	if c.Kind() == "bearer" {
		return values
	}
	return yaml.MapSlice{{Key: c.Kind(), Value: values}}
}

func writeLimits(l Limits) yaml.MapSlice {
	var block yaml.MapSlice
	add(&block, "rate", l.Rate.String())
	add(&block, "concurrency", l.Concurrency)
	if l.Timeout != 0 {
		add(&block, "timeout", l.Timeout.String())
	}
	if l.Load != nil {
		block = append(block, yaml.MapItem{Key: "load", Value: yaml.MapSlice{
			{Key: "rate", Value: l.Load.Rate.String()}, {Key: "duration", Value: l.Load.Duration.String()},
		}})
	}
	return block
}

func writeFixtures(f Fixtures) yaml.MapSlice {
	var all, g, c yaml.MapSlice
	addList(&g, "licenseKeys", f.GoToAccount.LicenseKeys)
	addList(&g, "accountKeys", f.GoToAccount.AccountKeys)
	addList(&g, "userKeys", f.GoToAccount.UserKeys)
	addBlock(&all, "gotoaccount", g)
	addList(&c, "roleIds", literals(f.GenesysCloud.RoleIDs))
	addList(&c, "licenseIds", literals(f.GenesysCloud.LicenseIDs))
	addList(&c, "userIds", literals(f.GenesysCloud.UserIDs))
	addBlock(&all, "genesyscloud", c)
	return all
}

// add adds a value unless it is the zero one, which is what a missing key means.
func add[V comparable](block *yaml.MapSlice, name string, value V) {
	var zero V
	if value != zero {
		*block = append(*block, yaml.MapItem{Key: name, Value: value})
	}
}

func addList[V any](block *yaml.MapSlice, name string, values []V) {
	if len(values) > 0 {
		*block = append(*block, yaml.MapItem{Key: name, Value: values})
	}
}

func addBlock(block *yaml.MapSlice, name string, value yaml.MapSlice) {
	if len(value) > 0 {
		*block = append(*block, yaml.MapItem{Key: name, Value: value})
	}
}

// literal writes a text so that no part of it is taken for a variable.
func literal(text string) string { return strings.ReplaceAll(text, "$", "$$") }

func literals(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = literal(text)
	}
	return out
}
