// Parameters of the account service: the query string, keys and lists of keys, booleans and counts, each read strictly.

package reference

import (
	"errors"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	mostKeys     = 100 // keys in one list
	mostCount    = 100
	defaultCount = 10
)

var errRepeated = errors.New("a parameter is given twice")

// query is the parameters of a request. Of a repeated parameter the first counts; unknown ones are passed over.
type query map[string]string

func (q query) get(name string) (value string, given bool) {
	value, given = q[name]
	return value, given
}

// parseQuery takes a query string apart by hand: a semicolon separates nothing, `=` ends a name only once, and + and %20 are both a space.
func (s *Server) parseQuery(raw string) (query, error) {
	q := make(query)
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		if s.has(FilterSecondEquals) && name == "filter" {
			value, _, _ = strings.Cut(value, "=")
		}
		if s.has(FilterPlusLiteral) && name == "filter" {
			value = strings.ReplaceAll(value, "+", "%2B")
		}
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, err
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, err
		}
		_, repeated := q[name]
		switch {
		case repeated && s.varies(RepeatedParameter400):
			return nil, errRepeated
		case !repeated, s.varies(RepeatedParameterLast):
			q[name] = value
		}
	}
	return q, nil
}

// parseKey reads a 64-bit integer in plain decimal: no sign but a minus, no leading zeros, no white space.
func (s *Server) parseKey(text string) (int64, *refusal) {
	if s.has(PrefixParse) {
		text = leadingDigits(text)
	}
	if s.has(WrapKeys) {
		if n, ok := new(big.Int).SetString(text, 10); ok && text == n.String() {
			return int64(n.And(n, new(big.Int).SetUint64(1<<64-1)).Uint64()), nil
		}
	}
	if s.varies(KeysLenient) {
		text = strings.TrimSpace(text)
	}
	key, err := strconv.ParseInt(text, 10, 64)
	if err == nil && s.varies(NegativeKey400) && key < 0 {
		return 0, refuse(http.StatusBadRequest, "InvalidKey", "a key is not negative")
	}
	if err != nil || strconv.FormatInt(key, 10) != text && !s.varies(KeysLenient) {
		if s.varies(MalformedKey404) {
			return 0, refuse(http.StatusNotFound, "NoSuchLicense", "a key is a 64-bit integer in decimal")
		}
		if s.has(MalformedKey500) {
			return 0, refuse(http.StatusInternalServerError, "InternalError", "something went wrong")
		}
		return 0, refuse(http.StatusBadRequest, "InvalidKey", "a key is a 64-bit integer in decimal")
	}
	return key, nil
}

// leadingDigits returns the digits that a text begins with, or the text when it begins with none.
func leadingDigits(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end < 1 {
		return text
	}
	return text[:end]
}

// parseKeys reads the comma-separated keys of an operation, at most mostKeys of them, as they come.
func (s *Server) parseKeys(text string, op operation) ([]int64, *refusal) {
	if s.has(BatchUrlCut) && op == getLicensesByKeys && len(text) > 1024 {
		text = text[:strings.LastIndexByte(text[:1024], ',')]
	}
	parts := strings.Split(text, ",")
	if s.varies(EmptyElementsPassed) && strings.Trim(text, ",") != "" {
		parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	}
	most := mostKeys
	switch {
	case s.varies(KeysTruncated) && len(parts) > most:
		parts = parts[:most]
	case s.has(BatchLimit99) && op == getLicensesByKeys, s.has(AccountKeysLimit99) && op == getLicenses,
		s.has(UserKeysLimit99) && op == getUserLicenses, s.has(EntitlementBatchLimit99) && op == getLicenseEntitlementsByKeys:
		most--
	case s.has(BatchUnlimited), s.has(AccountKeysUnlimited) && op == getLicenses, s.has(UserKeysUnlimited) && op == getUserLicenses,
		s.has(EntitlementBatchUnlimited) && op == getLicenseEntitlementsByKeys:
		most = len(parts)
	case s.has(BatchTruncates) && op == getLicensesByKeys && len(parts) > most:
		parts = parts[:most]
	}
	if len(parts) > most {
		return nil, refuse(http.StatusBadRequest, "TooManyKeys", "%d keys are more than %d", len(parts), most)
	}
	keys := make([]int64, 0, len(parts))
	for _, part := range parts {
		key, refused := s.parseKey(part)
		if refused != nil {
			return nil, refused
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// parseBool reads true or false in any case: clients written in Python send True and False.
func (s *Server) parseBool(q query, name string, otherwise bool) (bool, *refusal) {
	text, given := q.get(name)
	switch {
	case !given:
		return otherwise, nil
	case s.varies(BooleansLowerCase) && text != strings.ToLower(text):
	case strings.EqualFold(text, "true"):
		return true, nil
	case strings.EqualFold(text, "false"):
		return false, nil
	}
	return false, refuse(http.StatusBadRequest, "InvalidBoolean", "%s is true or false", name)
}

// requireBatch refuses a batch whose parameter is anything but true.
func (s *Server) requireBatch(c *call) *refusal {
	if s.has(BatchAnyValue) && c.op == getLicensesByKeys {
		return nil
	}
	batch, refused := s.parseBool(c.query, "batch", false)
	if refused == nil && !batch {
		refused = refuse(http.StatusBadRequest, "InvalidBatch", "batch is true or absent")
	}
	return refused
}

// names reads a comma-separated list of names; given is false when the parameter is absent.
func (q query) names(name string) (names []string, given bool, refused *refusal) {
	text, given := q.get(name)
	if !given {
		return nil, false, nil
	}
	names = strings.Split(text, ",")
	for _, n := range names {
		if n == "" {
			return nil, true, refuse(http.StatusBadRequest, "EmptyName", "%s lists an empty name", name)
		}
	}
	return names, true, nil
}

// parameters are those that some operation of the account service has.
var parameters = strings.Fields("batch roles includeUsers filter name value product role startKey startInclusive endKey endInclusive count")

// unknown returns a parameter that no operation has, or "".
func (q query) unknown() string {
	for name := range q {
		if !slices.Contains(parameters, name) {
			return name
		}
	}
	return ""
}
