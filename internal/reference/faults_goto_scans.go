// Faults of the account service: the three scans, and answers under load.

package reference

// Names of faults. The table below says what each one does.
const (
	// all scans
	DefaultCount100       = "default-count-100"
	DefaultCount25        = "default-count-25"
	CountPlusOne          = "count-plus-one"
	CountLimit99          = "count-limit-99"
	CountUncapped         = "count-uncapped"
	CountZeroAll          = "count-zero-all"
	CountNegativeAll      = "count-negative-all"
	StartExclusiveDefault = "start-exclusive-default"
	StartInclusiveIgnored = "start-inclusive-ignored"
	EndHalfOpen           = "end-half-open"
	EndInclusiveIgnored   = "end-inclusive-ignored"
	InclusiveFlagsSwapped = "inclusive-flags-swapped"
	EndIgnoredWithStart   = "end-ignored-with-start"
	BoundsSwapped         = "bounds-swapped"
	StartIgnoredBeyondEnd = "start-ignored-beyond-end"
	EqualBoundsInclusive  = "equal-bounds-inclusive"
	FloatBounds           = "float-bounds"
	BigBoundsRefused      = "big-bounds-refused"
	UnknownStart404       = "unknown-start-404"
	EndOverflow           = "end-overflow"
	PastEnd404            = "past-end-404"
	WrapAround            = "wrap-around"
	OrderLexicographic    = "order-lexicographic"
	OrderDescending       = "order-descending"
	OrderHash             = "order-hash"
	LimitBeforeSort       = "limit-before-sort"
	PageBoundaryDrops     = "page-boundary-drops"
	ScanHidesDisabled     = "scan-hides-disabled"
	SharedCursor          = "shared-cursor"
	Crosstalk             = "crosstalk"
	CrosstalkRare         = "crosstalk-rare"

	// scanLicensesByKey
	KeyStartInclusiveIgnored = "key-start-inclusive-ignored"
	KeyDefaultCount100       = "key-default-count-100"

	// scanLicensesByAttribute
	AttributeIgnored               = "attribute-ignored"
	AttributeFirstPageOnly         = "attribute-first-page-only"
	AttributeQuotesLiteral         = "attribute-quotes-literal"
	AttributeBareString            = "attribute-bare-string"
	AttributeBareAll               = "attribute-bare-all"
	AttributeStringly              = "attribute-stringly"
	AttributeWildcard              = "attribute-wildcard"
	AttributePrefix                = "attribute-prefix"
	AttributeRangeIgnored          = "attribute-range-ignored"
	AttributeDefaultCount100       = "attribute-default-count-100"
	AttributeStartInclusiveIgnored = "attribute-start-inclusive-ignored"
	AttributeEndHalfOpen           = "attribute-end-half-open"
	AttributeCountUncapped         = "attribute-count-uncapped"
	AttributeLimitThenFilter       = "attribute-limit-then-filter"
	AttributeHalfAll               = "attribute-half-all"
	AttributeUnknown400            = "attribute-unknown-400"
	AttributeUnknownAll            = "attribute-unknown-all"
	AttributeNameLimit63           = "attribute-name-limit-63"
	AttributeName500               = "attribute-name-500"
	AttributeProductIgnored        = "attribute-product-ignored"
	AttributeAnyProduct            = "attribute-any-product"

	// scanLicensesByRole
	RoleIgnored               = "role-ignored"
	RoleFirstOnly             = "role-first-only"
	RoleLimitThenFilter       = "role-limit-then-filter"
	RoleRangeIgnored          = "role-range-ignored"
	RoleDefaultCount100       = "role-default-count-100"
	RoleStartInclusiveIgnored = "role-start-inclusive-ignored"
	RoleEndHalfOpen           = "role-end-half-open"
	RoleCountUncapped         = "role-count-uncapped"
	RoleScanSubstring         = "role-scan-substring"
	RoleScanUnknownAll        = "role-scan-unknown-all"
	RoleHidesDisabled         = "role-hides-disabled"
	RoleEmptyAll              = "role-empty-all"
)

var gotoScanFaults = []Fault{
	// all scans
	{DefaultCount100, accountAPI, "without count, 100 licences come", []string{"GOTO-SCAN-KEY-01", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ROLE-03"}},
	{DefaultCount25, accountAPI, "without count, 25 licences come", []string{"GOTO-SCAN-KEY-01", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ROLE-03"}},
	{CountPlusOne, accountAPI, "one licence more than count comes", []string{"GOTO-SCAN-KEY-01", "GOTO-SCAN-KEY-02", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ROLE-03"}},
	{CountLimit99, accountAPI, "a count of 100 is refused", []string{"GOTO-SCAN-KEY-02", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ROLE-03"}},
	{CountUncapped, accountAPI, "a count beyond 100 is honoured", []string{"GOTO-SCAN-KEY-03", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ROLE-03"}},
	{CountZeroAll, accountAPI, "a count of 0 is no limit", []string{"GOTO-SCAN-KEY-04"}},
	{CountNegativeAll, accountAPI, "a negative count is no limit", []string{"GOTO-SCAN-KEY-04"}},
	{StartExclusiveDefault, accountAPI, "a lower bound leaves itself out unless told otherwise", []string{"GOTO-SCAN-ATTR-07", "GOTO-SCAN-KEY-06", "GOTO-SCAN-KEY-08", "GOTO-SCAN-KEY-10", "GOTO-SCAN-ROLE-03"}},
	{StartInclusiveIgnored, accountAPI, "startInclusive=false changes nothing", []string{"GOTO-SCAN-ATTR-07", "GOTO-SCAN-KEY-07", "GOTO-SCAN-KEY-10", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-16", "GOTO-SCAN-ROLE-03"}},
	{EndHalfOpen, accountAPI, "an upper bound leaves itself out unless told otherwise", []string{"GOTO-SCAN-ATTR-07", "GOTO-SCAN-KEY-08", "GOTO-SCAN-KEY-10", "GOTO-SCAN-ROLE-03"}},
	{EndInclusiveIgnored, accountAPI, "endInclusive=false changes nothing", []string{"GOTO-SCAN-KEY-09", "GOTO-SCAN-KEY-10", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-16", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ROLE-03"}},
	{InclusiveFlagsSwapped, accountAPI, "startInclusive speaks of the end and endInclusive of the start", []string{"GOTO-SCAN-ATTR-07", "GOTO-SCAN-KEY-07", "GOTO-SCAN-KEY-09", "GOTO-SCAN-KEY-10", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-17", "GOTO-SCAN-ROLE-03"}},
	{EndIgnoredWithStart, accountAPI, "an upper bound counts only when there is no lower one", []string{"GOTO-KEY-05", "GOTO-SCAN-ATTR-02", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-KEY-06", "GOTO-SCAN-KEY-07", "GOTO-SCAN-KEY-08", "GOTO-SCAN-KEY-09", "GOTO-SCAN-KEY-10", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-15", "GOTO-SCAN-KEY-16", "GOTO-SCAN-KEY-17", "GOTO-SCAN-KEY-18", "GOTO-SCAN-ROLE-03"}},
	{BoundsSwapped, accountAPI, "bounds in the wrong order are put right", []string{"GOTO-SCAN-KEY-15", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ROLE-03"}},
	{StartIgnoredBeyondEnd, accountAPI, "a lower bound beyond the upper one is passed over", []string{"GOTO-SCAN-KEY-15", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ROLE-03"}},
	{EqualBoundsInclusive, accountAPI, "equal bounds hold their licence though they exclude it", []string{"GOTO-SCAN-KEY-16", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ROLE-03"}},
	{FloatBounds, accountAPI, "bounds are compared as doubles", []string{"GOTO-KEY-05", "GOTO-KEY-09", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-KEY-10", "GOTO-SCAN-KEY-17", "GOTO-SCAN-ROLE-03"}},
	{BigBoundsRefused, accountAPI, "a bound above 2^53 is refused", []string{"GOTO-ACCT-02", "GOTO-SCAN-ATTR-03", "GOTO-SCAN-ATTR-05", "GOTO-SCAN-KEY-08", "GOTO-SCAN-KEY-22"}},
	{UnknownStart404, accountAPI, "a lower bound that is no licence is not found", []string{"GOTO-KEY-05", "GOTO-KEY-09", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-18", "GOTO-SCAN-KEY-19"}},
	{EndOverflow, accountAPI, "the largest upper bound holds nothing", []string{"GOTO-SCAN-KEY-18"}},
	{PastEnd404, accountAPI, "past the last licence is not found", []string{"GOTO-SCAN-KEY-19"}},
	{WrapAround, accountAPI, "past the last licence the scan begins again", []string{"GOTO-SCAN-KEY-19"}},
	{OrderLexicographic, accountAPI, "keys ascend as text", []string{"GOTO-SCAN-KEY-11", "GOTO-SCAN-KEY-12", "GOTO-SCAN-KEY-13"}},
	{OrderDescending, accountAPI, "keys of a page descend", []string{"GOTO-SCAN-KEY-11", "GOTO-SCAN-KEY-13"}},
	{OrderHash, accountAPI, "keys of a page come in no order", []string{"GOTO-SCAN-KEY-11", "GOTO-SCAN-KEY-13"}},
	{LimitBeforeSort, accountAPI, "any licences of the range are taken and then sorted", []string{"GOTO-SCAN-KEY-12", "GOTO-SCAN-KEY-13"}},
	{PageBoundaryDrops, accountAPI, "an exclusive lower bound leaves out the next licence too", []string{"GOTO-SCAN-ATTR-07", "GOTO-SCAN-KEY-07", "GOTO-SCAN-KEY-10", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-17", "GOTO-SCAN-ROLE-02", "GOTO-SCAN-ROLE-03"}},
	{ScanHidesDisabled, accountAPI, "scans have no disabled licences", []string{"GOTO-SCAN-KEY-22", "GOTO-ACCT-02"}},
	{SharedCursor, accountAPI, "scans at the same time share their place", []string{"GOTO-LOAD-02"}},
	{Crosstalk, accountAPI, "one in sixteen of simultaneous answers belongs to another request", []string{"GOTO-LOAD-01"}},
	{CrosstalkRare, accountAPI, "one in ten thousand answers belongs to another request of the same operation", []string{"GOTO-LOAD-01"}},
	// scanLicensesByKey
	{KeyStartInclusiveIgnored, accountAPI, "startInclusive=false changes nothing in the scan by key", []string{"GOTO-SCAN-KEY-07", "GOTO-SCAN-KEY-10", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-16"}},
	{KeyDefaultCount100, accountAPI, "without count, 100 licences come in the scan by key", []string{"GOTO-SCAN-KEY-01"}},
	// scanLicensesByAttribute
	{AttributeIgnored, accountAPI, "the scan by attribute is a scan by key", []string{"GOTO-ROUTE-02", "GOTO-SCAN-ATTR-01", "GOTO-SCAN-ATTR-02", "GOTO-SCAN-ATTR-04", "GOTO-SCAN-ATTR-05", "GOTO-SCAN-ATTR-06", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ATTR-09", "GOTO-SCAN-ATTR-10", "GOTO-SCAN-ATTR-11", "GOTO-SCAN-ATTR-13", "GOTO-SCAN-KEY-12", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-18"}},
	{AttributeFirstPageOnly, accountAPI, "the scan by attribute looks at the first 100 licences of the range", []string{"GOTO-SCAN-ATTR-02", "GOTO-SCAN-ATTR-08"}},
	{AttributeQuotesLiteral, accountAPI, "the quotes of a literal belong to the value", []string{"GOTO-ACCTATTR-01", "GOTO-SCAN-ATTR-02", "GOTO-SCAN-ATTR-03", "GOTO-SCAN-ATTR-05", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ATTR-08", "GOTO-SCAN-KEY-12", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-18"}},
	{AttributeBareString, accountAPI, "a bare word is taken for a string", []string{"GOTO-SCAN-ATTR-04"}},
	{AttributeBareAll, accountAPI, "a bare word filters nothing", []string{"GOTO-SCAN-ATTR-04"}},
	{AttributeStringly, accountAPI, `100 is the same as "100"`, []string{"GOTO-SCAN-ATTR-02", "GOTO-SCAN-ATTR-05"}},
	{AttributeWildcard, accountAPI, "a star in a value is a wildcard", []string{"GOTO-SCAN-ATTR-06"}},
	{AttributePrefix, accountAPI, "the start of a value is enough in the scan by attribute", []string{"GOTO-SCAN-ATTR-06"}},
	{AttributeRangeIgnored, accountAPI, "bounds are passed over in the scan by attribute", []string{"GOTO-KEY-05", "GOTO-KEY-09", "GOTO-SCAN-ATTR-02", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-18"}},
	{AttributeDefaultCount100, accountAPI, "without count, 100 licences come in the scan by attribute", []string{"GOTO-SCAN-ATTR-07"}},
	{AttributeStartInclusiveIgnored, accountAPI, "startInclusive=false changes nothing in the scan by attribute", []string{"GOTO-SCAN-ATTR-07", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14"}},
	{AttributeEndHalfOpen, accountAPI, "an upper bound leaves itself out in the scan by attribute unless told otherwise", []string{"GOTO-SCAN-ATTR-07"}},
	{AttributeCountUncapped, accountAPI, "a count beyond 100 is honoured in the scan by attribute", []string{"GOTO-SCAN-ATTR-07"}},
	{AttributeLimitThenFilter, accountAPI, "scans take count licences and filter them then", []string{"GOTO-SCAN-ATTR-02", "GOTO-SCAN-ATTR-08", "GOTO-SCAN-KEY-13", "GOTO-SCAN-ROLE-02", "GOTO-SCAN-ROLE-03"}},
	{AttributeHalfAll, accountAPI, "a name without a value filters nothing", []string{"GOTO-SCAN-ATTR-09"}},
	{AttributeUnknown400, accountAPI, "a name that no licence has is refused", []string{"GOTO-SCAN-ATTR-11"}},
	{AttributeUnknownAll, accountAPI, "a name that no licence has filters nothing", []string{"GOTO-SCAN-ATTR-10"}},
	{AttributeNameLimit63, accountAPI, "a name of 64 characters is refused", []string{"GOTO-SCAN-ATTR-11"}},
	{AttributeName500, accountAPI, "a name of 65 characters is a fault of the server", []string{"GOTO-SCAN-ATTR-11", "GOTO-GEN-05"}},
	{AttributeProductIgnored, accountAPI, "product is passed over, and the attribute looked for in the licence", []string{"GOTO-SCAN-ATTR-13"}},
	{AttributeAnyProduct, accountAPI, "an entitlement of any product matches", []string{"GOTO-SCAN-ATTR-13"}},
	// scanLicensesByRole
	{RoleIgnored, accountAPI, "the scan by role is a scan by key", []string{"GOTO-ROUTE-02", "GOTO-SCAN-KEY-12", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-18", "GOTO-SCAN-ROLE-01", "GOTO-SCAN-ROLE-03", "GOTO-SCAN-ROLE-04", "GOTO-SCAN-ROLE-05", "GOTO-SCAN-ROLE-06", "GOTO-SCAN-ROLE-07"}},
	{RoleFirstOnly, accountAPI, "only the first role of a licence counts", []string{"GOTO-SCAN-ROLE-02", "GOTO-SCAN-ROLE-03", "GOTO-SCAN-ROLE-06"}},
	{RoleLimitThenFilter, accountAPI, "the scan by role takes count licences and filters them then", []string{"GOTO-SCAN-KEY-13", "GOTO-SCAN-ROLE-02", "GOTO-SCAN-ROLE-03"}},
	{RoleRangeIgnored, accountAPI, "bounds are passed over in the scan by role", []string{"GOTO-KEY-05", "GOTO-KEY-09", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-18", "GOTO-SCAN-ROLE-02", "GOTO-SCAN-ROLE-03", "GOTO-SCAN-ROLE-06"}},
	{RoleDefaultCount100, accountAPI, "without count, 100 licences come in the scan by role", []string{"GOTO-SCAN-ROLE-03"}},
	{RoleStartInclusiveIgnored, accountAPI, "startInclusive=false changes nothing in the scan by role", []string{"GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-ROLE-03"}},
	{RoleEndHalfOpen, accountAPI, "an upper bound leaves itself out in the scan by role unless told otherwise", []string{"GOTO-SCAN-ROLE-03"}},
	{RoleCountUncapped, accountAPI, "a count beyond 100 is honoured in the scan by role", []string{"GOTO-SCAN-ROLE-03"}},
	{RoleScanSubstring, accountAPI, "part of a role name is enough in the scan by role", []string{"GOTO-SCAN-ROLE-04"}},
	{RoleScanUnknownAll, accountAPI, "a role that nobody has filters nothing in the scan by role", []string{"GOTO-SCAN-ROLE-04", "GOTO-SCAN-ROLE-05"}},
	{RoleHidesDisabled, accountAPI, "the scan by role has no disabled licences", []string{"GOTO-SCAN-KEY-12", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-14", "GOTO-SCAN-KEY-18", "GOTO-SCAN-ROLE-02", "GOTO-SCAN-ROLE-03", "GOTO-SCAN-ROLE-06"}},
	{RoleEmptyAll, accountAPI, "an empty role filters nothing", []string{"GOTO-SCAN-ROLE-07"}},
}
