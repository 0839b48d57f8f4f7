// Variants: conforming servers that are unlike the reference, as values.

package reference

import (
	"fmt"
	"slices"
	"strings"
)

// Variant is one way to keep every MUST and yet be another server: where the documents are silent it chooses otherwise.
type Variant struct {
	Name    string   // kebab-case, unique: html-errors
	API     string   // gotoaccount or genesyscloud; "" means that it shows on both
	Summary string   // what a client sees, in one line
	Departs []string // ids of the SHOULD requirements that it departs from; most depart from none
}

// Names of the variants that change how answers travel, whatever is in them.
const (
	GzipWhenAccepted   = "gzip-when-accepted"
	ChunkedAnswers     = "chunked-answers"
	ConnectionClosed   = "connection-closed"
	SlowAnswers        = "slow-answers"
	ThrottledNow       = "throttled-now-and-then"
	UnavailableNow     = "unavailable-now-and-then"
	TokenThrottled     = "token-throttled"
	TokensShortLived   = "tokens-short-lived"
	VolatileHeaders    = "volatile-headers"
	HeaderNamesLower   = "header-names-lower"
	CharsetNamed       = "charset-named"
	ContentTypeUpper   = "content-type-upper"
	CorrelationAbsent  = "correlation-absent"
	TrailingSlash      = "trailing-slash"
	HeadAnswered       = "head-answered"
	WhiteSpace         = "white-space"
	MembersReversed    = "members-reversed"
	StringsEscaped     = "strings-escaped"
	NumbersRespelled   = "numbers-respelled"
	SetsShuffled       = "sets-shuffled"
	ExtraMembers       = "extra-members"
	OptionalAbsent     = "optional-absent"
	EntitlementsBeside = "entitlements-beside-key"
	EntitlementsKeyed  = "entitlements-keyed-by-text"
	BatchUsersIds      = "batch-users-ids"
)

// Names of the variants that refuse in another way, or in other cases.
const (
	IncidentErrors       = "incident-errors"
	CodeErrors           = "code-errors"
	TerseErrors          = "terse-errors"
	DescribedErrors      = "described-errors"
	ProblemErrors        = "problem-errors"
	PlainTextErrors      = "plain-text-errors"
	HTMLErrors           = "html-errors"
	EmptyErrors          = "empty-errors"
	MalformedKey404      = "malformed-key-404"
	NegativeKey400       = "negative-key-400"
	KeysLenient          = "keys-lenient"
	WrongCredentials403  = "wrong-credentials-403"
	UnknownKey404        = "unknown-key-404"
	UnknownOwner404      = "unknown-owner-404"
	LiteralsAsWritten    = "literals-as-written"
	UnknownRole404       = "unknown-role-404"
	UnknownProductEmpty  = "unknown-product-empty"
	UnknownParameter400  = "unknown-parameter-400"
	RepeatedParameter400 = "repeated-parameter-400"
	BooleansLowerCase    = "booleans-lower-case"
	InvertedRange400     = "inverted-range-400"
	AccountAttribute400  = "account-attribute-400"
	StandardUnscannable  = "standard-unscannable"
	BodyRequired         = "body-required"
	OddID400             = "odd-id-400"
	PagePastEnd404       = "page-past-end-404"
	InferUnknown404      = "infer-unknown-404"
)

// Names of the variants that read a request otherwise, or answer it in another order or in other portions.
const (
	RepeatedParameterLast = "repeated-parameter-last"
	BatchFalseSingle      = "batch-false-single"
	EmptyElementsPassed   = "empty-elements-passed"
	CaseInsensitive       = "case-insensitive"
	UnsearchableEmpty     = "unsearchable-empty"
	CustomUnfindable      = "custom-unfindable"
	KeysTruncated         = "keys-truncated"
	CountClamped          = "count-clamped"
	CountBelowDefault     = "count-below-default"
	ShortPages7           = "short-pages-7"
	ShortPagesHalf        = "short-pages-half"
	ListsAscending        = "lists-ascending"
	ListsDescending       = "lists-descending"
	ListsAsAsked          = "lists-as-asked"
	DuplicatesTwice       = "duplicates-twice"
	UsersReversed         = "users-reversed"
	PageMaximum25         = "page-maximum-25"
	PageSizeClamped       = "page-size-clamped"
)

// Names of the variants that hold other data.
const (
	DataGrows          = "data-grows"
	DataChanges        = "data-changes"
	NoLicences         = "no-licences"
	ThreeLicences      = "three-licences"
	NoCustomAttributes = "no-custom-attributes"
	NobodyAssigned     = "nobody-assigned"
	SmallKeys          = "small-keys"
	UnlimitedOnly      = "unlimited-only"
	UnlimitedAbsent    = "unlimited-absent"
	WeightedAbsent     = "weighted-absent"
	UsersAbsent        = "users-absent"
	NoUsers            = "no-users"
)

// conforming is every variant. A departure from a SHOULD stands beside the variant that makes it.
var conforming = []Variant{
	// how answers travel
	{GzipWhenAccepted, "", "answers are compressed when the request accepts it", nil},
	{ChunkedAnswers, "", "answers come in chunks, without Content-Length", nil},
	{ConnectionClosed, "", "every answer closes its connection", nil},
	{SlowAnswers, "", "every answer takes 20 ms longer", nil},
	{ThrottledNow, "", "every 20th request is answered 429 with Retry-After", nil},
	{UnavailableNow, "", "every 50th request is answered 503", nil},
	{TokenThrottled, genesysAPI, "the first token is refused with 400, because too many were asked for", nil},
	{TokensShortLived, genesysAPI, "a token lives for 3 seconds", nil},
	{VolatileHeaders, "", "ETag, Server-Timing, request ids and cookies are others in every answer", nil},
	{HeaderNamesLower, "", "names of headers are lower case", nil},
	{CharsetNamed, "", "Content-Type names the charset", nil},
	{ContentTypeUpper, "", "Content-Type is spelled Application/JSON", nil},
	{CorrelationAbsent, genesysAPI, "no answer has a correlation id", nil},
	{TrailingSlash, "", "a slash at the end of a path is passed over", nil},
	{HeadAnswered, "", "HEAD is answered as GET is, without the body", nil},
	{WhiteSpace, "", "JSON is indented, with line breaks around it", nil},
	{MembersReversed, "", "members of objects come in the opposite order", nil},
	{StringsEscaped, "", "every character of a string is written as an escape", nil},
	{NumbersRespelled, accountAPI, "scans and batches spell numbers of custom attributes and entitlements otherwise: 1e2 for 100", nil},
	{SetsShuffled, "", "what is a set comes in another order each time: roles, users, definitions, licences", nil},
	{ExtraMembers, "", "objects have members that no document names, and licences attributes that all of them have", nil},
	{OptionalAbsent, "", "members that may be absent are absent", nil},
	{EntitlementsBeside, accountAPI, "in a batch the members of the entitlements stand beside the licence key", nil},
	{EntitlementsKeyed, accountAPI, "in a batch of entitlements the licence key is a string", nil},
	{BatchUsersIds, genesysAPI, "a batch of users shows licences as ids", nil},
	// refusals
	{IncidentErrors, accountAPI, "an error is {incidentId, errors}", nil},
	{CodeErrors, accountAPI, "an error is {code, uri}", nil},
	{TerseErrors, accountAPI, "an error is {int_err_code, msg}", nil},
	{DescribedErrors, accountAPI, "an error is {errorCode, description, incident}", nil},
	{ProblemErrors, accountAPI, "an error is application/problem+json", nil},
	{PlainTextErrors, accountAPI, "an error is plain text", nil},
	{HTMLErrors, accountAPI, "an error is a page of HTML", nil},
	{EmptyErrors, accountAPI, "an error has no body; 401 has WWW-Authenticate", nil},
	{MalformedKey404, accountAPI, "a key that is no integer is 404", nil},
	{NegativeKey400, accountAPI, "a negative key is refused", nil},
	{KeysLenient, accountAPI, "a key may have a plus, leading zeros or spaces around it", nil},
	{WrongCredentials403, accountAPI, "wrong credentials are 403; none are 401", nil},
	{UnknownKey404, "", "one unknown key or user in a batch is 404 for all of it", nil},
	{UnknownOwner404, accountAPI, "one account or user without licences in a list is 404 for all of it", nil},
	{LiteralsAsWritten, accountAPI, "a literal finds what is spelled alike: an escape finds nothing", nil},
	{UnknownRole404, accountAPI, "a role that no licence has is 404", nil},
	{UnknownProductEmpty, accountAPI, "entitlements of a product that a licence does not have are {}", nil},
	{UnknownParameter400, accountAPI, "a parameter that no operation has is refused", nil},
	{RepeatedParameter400, accountAPI, "a parameter that is given twice is refused", nil},
	{BooleansLowerCase, accountAPI, "True and FALSE are refused", nil},
	{InvertedRange400, accountAPI, "a range that cannot hold a key is refused", nil},
	{AccountAttribute400, accountAPI, "name and value are refused on lists of accounts", nil},
	{StandardUnscannable, accountAPI, "a scan by an attribute that is not custom is refused", nil},
	{BodyRequired, genesysAPI, "a request without its body is refused, though the body is optional", nil},
	{OddID400, genesysAPI, "an id that no licence or user could have is 400", nil},
	{PagePastEnd404, genesysAPI, "a page past the end is 404", nil},
	{InferUnknown404, genesysAPI, "an unknown role is 404", nil},
	// reading, order and portions
	{RepeatedParameterLast, accountAPI, "of a repeated parameter the last counts", nil},
	{BatchFalseSingle, accountAPI, "batch=false asks for one licence", nil},
	{EmptyElementsPassed, accountAPI, "empty elements of a list of keys are passed over", nil},
	{CaseInsensitive, accountAPI, "roles, patterns and attribute values match in any case", nil},
	{UnsearchableEmpty, accountAPI, "a search for what cannot be searched finds nothing, instead of being refused", nil},
	{CustomUnfindable, accountAPI, "a filter finds nothing by custom attributes", nil},
	{KeysTruncated, accountAPI, "of more than 100 keys the first 100 count", []string{"GOTO-BATCH-04"}},
	{CountClamped, accountAPI, "a count above 100 counts as 100", nil},
	{CountBelowDefault, accountAPI, "a count below 1 counts as none given", []string{"GOTO-SCAN-KEY-04"}},
	{ShortPages7, accountAPI, "a page of a scan holds 7 licences at most", nil},
	{ShortPagesHalf, accountAPI, "a page of a scan holds half of count", nil},
	{ListsAscending, accountAPI, "lists and batches ascend by key", nil},
	{ListsDescending, accountAPI, "lists and batches descend by key", nil},
	{ListsAsAsked, accountAPI, "lists and batches come in the order of the request", nil},
	{DuplicatesTwice, accountAPI, "a key that is twice in a batch is answered twice", nil},
	{UsersReversed, accountAPI, "users of a licence come in another order than its userkeys", nil},
	{PageMaximum25, genesysAPI, "a page holds 25 users at most, whatever was asked for", nil},
	{PageSizeClamped, genesysAPI, "a pageSize above 100 counts as 100", nil},
	// data
	{DataGrows, "", "every 50 requests there is a new licence and a new user", nil},
	{DataChanges, "", "every 60 requests some licences lose a user or get one back, on both APIs", nil},
	{NoLicences, accountAPI, "there are no licences", nil},
	{ThreeLicences, accountAPI, "there are three licences", nil},
	{NoCustomAttributes, accountAPI, "no licence has custom attributes", nil},
	{NobodyAssigned, accountAPI, "no licence has users", nil},
	{SmallKeys, accountAPI, "all keys are below 2^53", nil},
	{UnlimitedOnly, accountAPI, "all licences are unlimited", nil},
	{UnlimitedAbsent, accountAPI, "unlimited licences show neither seats nor remaining", nil},
	{WeightedAbsent, accountAPI, "only weighted licences show the member weighted", nil},
	{UsersAbsent, accountAPI, "weighted licences do not show the member users", nil},
	{NoUsers, genesysAPI, "the organisation has no users", nil},
}

// Variants returns every variant once, grouped by what is unlike. The caller may change the slice, not the lists in it.
func Variants() []Variant { return slices.Clone(conforming) }

// VariantNamed returns the variant of that name. The error for an unknown one lists the nearest names.
func VariantNamed(name string) (Variant, error) {
	names := make([]string, len(conforming))
	for i, v := range conforming {
		if v.Name == name {
			return v, nil
		}
		names[i] = v.Name
	}
	return Variant{}, fmt.Errorf("no variant %q; the nearest are [%s]", name, strings.Join(nearest(name, names, 3), " "))
}

// varies reports whether a variant is on. It stands at the line that chooses otherwise, and costs nothing on the reference itself.
func (s *Server) varies(variant string) bool { return len(s.variants) > 0 && s.variants[variant] }
