// Faults of the Genesys licence API.

package reference

// Names of faults. The table below says what each one does.
const (
	// every operation
	InferMissing             = "infer-missing"
	TogglePostEmpty          = "toggle-post-empty"
	NoPermissionIsAnonymous  = "no-permission-is-anonymous"
	DefinitionsAnonymous     = "definitions-anonymous"
	AnyBearer                = "any-bearer"
	PermAll                  = "perm-all"
	PermViewUnknown          = "perm-view-unknown"
	PermBatchUnchecked       = "perm-batch-unchecked"
	PermDefinitionsUnchecked = "perm-definitions-unchecked"
	PermViewWrites           = "perm-view-writes"
	PermWriteNeedsMore       = "perm-write-needs-more"
	PermTogglesNeedGrant     = "perm-toggles-need-grant"
	PermInferNeedsGrant      = "perm-infer-needs-grant"
	PermListNeedsView        = "perm-list-needs-view"
	ErrorStatus500           = "error-status-500"
	ErrorHtml                = "error-html"
	ErrorWithoutCode         = "error-without-code"
	MalformedBody500         = "malformed-body-500"
	MalformedBodyAccepted    = "malformed-body-accepted"
	ContentTypeUnchecked     = "content-type-unchecked"
	GenesysCrosstalk         = "genesys-crosstalk"

	// definitions
	DefinitionsEnvelope        = "definitions-envelope"
	DefinitionsPage25          = "definitions-page-25"
	DefinitionsDuplicated      = "definitions-duplicated"
	DefinitionFirst            = "definition-first"
	DefinitionArray            = "definition-array"
	DefinitionsSummary         = "definitions-summary"
	DefinitionPermissionsArray = "definition-permissions-array"
	DefinitionUnknownEmpty     = "definition-unknown-empty"
	DefinitionOddId500         = "definition-odd-id-500"

	// toggles
	ToggleUnknown404    = "toggle-unknown-404"
	ToggleUnknownFalse  = "toggle-unknown-false"
	ToggleStringTrue    = "toggle-string-true"
	ToggleEchoCached    = "toggle-echo-cached"
	ToggleEchoEncoded   = "toggle-echo-encoded"
	ToggleFlips         = "toggle-flips"
	TogglePost204       = "toggle-post-204"
	TogglePostNeedsBody = "toggle-post-needs-body"

	// getLicenseUser
	UserSelf              = "user-self"
	UserDuplicateLicences = "user-duplicate-licences"
	UserForeignLicence    = "user-foreign-licence"
	UserUnknownEmpty      = "user-unknown-empty"

	// getLicenseUsers
	ListingStale       = "listing-stale"
	PageDefault100     = "page-default-100"
	PageZeroBased      = "page-zero-based"
	PageSizeIgnored    = "page-size-ignored"
	PagePlusOne        = "page-plus-one"
	PageNumberIgnored  = "page-number-ignored"
	PageOffset         = "page-offset"
	PageTotalLength    = "page-total-length"
	PageCountWrong     = "page-count-wrong"
	PageDropsLast      = "page-drops-last"
	PageBareArray      = "page-bare-array"
	PageFloatNumbers   = "page-float-numbers"
	PageLicenceObjects = "page-licence-objects"
	PageClamp          = "page-clamp"

	// postLicenseInfer
	InferObjects    = "infer-objects"
	InferMap        = "infer-map"
	InferNoBody500  = "infer-no-body-500"
	InferDuplicates = "infer-duplicates"
	InferRoleIds    = "infer-role-ids"
	InferCoerces    = "infer-coerces"
	InferAssigns    = "infer-assigns"

	// postLicenseUsers
	BatchUsersArray           = "batch-users-array"
	BatchUsersStrings         = "batch-users-strings"
	BatchUsersAll             = "batch-users-all"
	BatchUsersPositions       = "batch-users-positions"
	BatchUsersDropsUnlicensed = "batch-users-drops-unlicensed"
	BatchUsersSwapped         = "batch-users-swapped"
	BatchUsersMutates         = "batch-users-mutates"
	BatchUsersCap25           = "batch-users-cap-25"

	// postLicenseOrganization
	OrganizationObject       = "organization-object"
	OrganizationEmpty        = "organization-empty"
	OrganizationForeignPair  = "organization-foreign-pair"
	OrganizationNoop         = "organization-noop"
	OrganizationKeepsRemoved = "organization-keeps-removed"
	OrganizationSecondAdd500 = "organization-second-add-500"
	OrganizationDuplicates   = "organization-duplicates"
)

var genesysFaults = []Fault{
	// every operation
	{InferMissing, genesysAPI, "inferring licences has no route", []string{"GC-GEN-01", "GC-INF-01"}},
	{TogglePostEmpty, genesysAPI, "setting a toggle answers 200 without a body", []string{"GC-GEN-02", "GC-TOG-04"}},
	{NoPermissionIsAnonymous, genesysAPI, "what needs no permission needs no token", []string{"GC-AUTH-01", "GC-AUTH-02"}},
	{DefinitionsAnonymous, genesysAPI, "the definitions need no token", []string{"GC-AUTH-01", "GC-AUTH-02", "GC-PERM-02"}},
	{AnyBearer, genesysAPI, "any token will do", []string{"GC-AUTH-02"}},
	{PermAll, genesysAPI, "one of two permissions is not enough", []string{"GC-PERM-01", "GC-PERM-04"}},
	{PermViewUnknown, genesysAPI, "authorization:license:view permits nothing", []string{"GC-PERM-01"}},
	{PermBatchUnchecked, genesysAPI, "the batch of users needs no permission", []string{"GC-PERM-02"}},
	{PermDefinitionsUnchecked, genesysAPI, "the definitions need no permission", []string{"GC-PERM-02"}},
	{PermViewWrites, genesysAPI, "authorization:license:view permits assigning licences", []string{"GC-PERM-03"}},
	{PermWriteNeedsMore, genesysAPI, "authorization:grant:add is not enough to assign licences", []string{"GC-PERM-04"}},
	{PermTogglesNeedGrant, genesysAPI, "toggles need authorization:grant:add", []string{"GC-PERM-05"}},
	{PermInferNeedsGrant, genesysAPI, "inferring licences needs authorization:grant:add", []string{"GC-PERM-05"}},
	{PermListNeedsView, genesysAPI, "the list of users needs authorization:license:view", []string{"GC-PERM-05"}},
	{ErrorStatus500, genesysAPI, "the status in an error is not the status of the answer", []string{"GC-ERR-01"}},
	{ErrorHtml, genesysAPI, "errors are HTML", []string{"GC-ERR-01"}},
	{ErrorWithoutCode, genesysAPI, "errors have no code", []string{"GC-ERR-01"}},
	{MalformedBody500, genesysAPI, "a body that is no JSON is a fault of the server", []string{"GC-ERR-02"}},
	{MalformedBodyAccepted, genesysAPI, "a body that is no JSON is taken for none", []string{"GC-ERR-02"}},
	{ContentTypeUnchecked, genesysAPI, "a body of any type is read as JSON", []string{"GC-ERR-02"}},
	{GenesysCrosstalk, genesysAPI, "one in sixteen of simultaneous answers belongs to another request", []string{"GC-LOAD-01"}},
	// definitions
	{DefinitionsEnvelope, genesysAPI, "the definitions come in an envelope", []string{"GC-DEF-01"}},
	{DefinitionsPage25, genesysAPI, "only 25 definitions are listed", []string{"GC-DEF-01", "GC-DEF-03"}},
	{DefinitionsDuplicated, genesysAPI, "a definition is listed twice", []string{"GC-DEF-03"}},
	{DefinitionFirst, genesysAPI, "every definition is answered with the first", []string{"GC-DEF-02", "GC-DEF-03"}},
	{DefinitionArray, genesysAPI, "one definition comes in an array", []string{"GC-DEF-02", "GC-DEF-04"}},
	{DefinitionsSummary, genesysAPI, "the list of definitions leaves permissions out", []string{"GC-DEF-03"}},
	{DefinitionPermissionsArray, genesysAPI, "the permissions of a definition are an array", []string{"GC-DEF-04", "GC-DOC-getLicenseUser"}},
	{DefinitionUnknownEmpty, genesysAPI, "an unknown definition is empty, with 200", []string{"GC-DEF-05"}},
	{DefinitionOddId500, genesysAPI, "an id that must be percent-encoded is a fault of the server", []string{"GC-DEF-05"}},
	// toggles
	{ToggleUnknown404, genesysAPI, "a toggle that nobody set is not found", []string{"GC-GEN-01", "GC-TOG-01"}},
	{ToggleUnknownFalse, genesysAPI, "a toggle that nobody set is off", []string{"GC-TOG-01"}},
	{ToggleStringTrue, genesysAPI, `a toggle is the string "true"`, []string{"GC-TOG-01", "GC-TOG-04"}},
	{ToggleEchoCached, genesysAPI, "a toggle bears the name that was first asked for", []string{"GC-TOG-02"}},
	{ToggleEchoEncoded, genesysAPI, "a toggle bears its name as it was encoded", []string{"GC-TOG-02"}},
	{ToggleFlips, genesysAPI, "setting a toggle flips it", []string{"GC-TOG-01", "GC-TOG-03"}},
	{TogglePost204, genesysAPI, "setting a toggle answers 204", []string{"GC-DOC-postLicenseToggle", "GC-TOG-04"}},
	{TogglePostNeedsBody, genesysAPI, "setting a toggle needs a body", []string{"GC-TOG-04"}},
	// getLicenseUser
	{UserSelf, genesysAPI, "every user is answered with the first", []string{"GC-USR-01"}},
	{UserDuplicateLicences, genesysAPI, "a licence of a user is listed twice", []string{"GC-USR-01"}},
	{UserForeignLicence, genesysAPI, "a user has a licence that is not defined", []string{"GC-USR-03", "GC-USR-02"}},
	{UserUnknownEmpty, genesysAPI, "an unknown user has no licences, with 200", []string{"GC-USR-04"}},
	// getLicenseUsers
	{ListingStale, genesysAPI, "the list shows the licences of a user one behind", []string{"GC-USR-02"}},
	{PageDefault100, genesysAPI, "without pageSize, 100 users come", []string{"GC-PAGE-01"}},
	{PageZeroBased, genesysAPI, "pages are counted from 0", []string{"GC-PAGE-01", "GC-PAGE-10", "GC-PAGE-04"}},
	{PageSizeIgnored, genesysAPI, "every page has 25 users", []string{"GC-PAGE-02"}},
	{PagePlusOne, genesysAPI, "one user more than pageSize comes", []string{"GC-PAGE-01", "GC-PAGE-02", "GC-PAGE-03", "GC-PAGE-04"}},
	{PageNumberIgnored, genesysAPI, "every page is the first", []string{"GC-PAGE-03", "GC-PAGE-04", "GC-PAGE-07", "GC-PAGE-10"}},
	{PageOffset, genesysAPI, "pageNumber counts users, not pages", []string{"GC-PAGE-03", "GC-PAGE-04", "GC-PAGE-10"}},
	{PageTotalLength, genesysAPI, "total is how many users are on the page", []string{"GC-PAGE-04", "GC-PAGE-07"}},
	{PageCountWrong, genesysAPI, "pageCount leaves out the last page", []string{"GC-PAGE-04"}},
	{PageDropsLast, genesysAPI, "the last page comes without its last user", []string{"GC-PAGE-04"}},
	{PageBareArray, genesysAPI, "a page is a bare array", []string{"GC-PAGE-05"}},
	{PageFloatNumbers, genesysAPI, "numbers of a page are written with a fraction", []string{"GC-PAGE-05"}},
	{PageLicenceObjects, genesysAPI, "licences of a page are objects", []string{"GC-PAGE-06"}},
	{PageClamp, genesysAPI, "past the last page, the last comes again", []string{"GC-PAGE-07"}},
	// postLicenseInfer
	{InferObjects, genesysAPI, "inferred licences are objects", []string{"GC-INF-01"}},
	{InferMap, genesysAPI, "inferred licences are a map from role to licences", []string{"GC-INF-01"}},
	{InferNoBody500, genesysAPI, "inferring without a body is a fault of the server", []string{"GC-INF-02"}},
	{InferDuplicates, genesysAPI, "a licence is inferred once for each role", []string{"GC-INF-03"}},
	{InferRoleIds, genesysAPI, "inferring answers the roles themselves", []string{"GC-INF-03", "GC-INF-04"}},
	{InferCoerces, genesysAPI, "anything is taken for a list of roles", []string{"GC-INF-06"}},
	{InferAssigns, genesysAPI, "inferring assigns what it infers", []string{"GC-INF-07", "GC-GEN-04"}},
	// postLicenseUsers
	{BatchUsersArray, genesysAPI, "the batch of users is an array", []string{"GC-BUSR-01"}},
	{BatchUsersStrings, genesysAPI, "the batch of users maps to strings", []string{"GC-BUSR-02"}},
	{BatchUsersAll, genesysAPI, "without a body, the batch holds every user", []string{"GC-BUSR-03"}},
	{BatchUsersPositions, genesysAPI, "the batch of users is keyed by position", []string{"GC-BUSR-07"}},
	{BatchUsersDropsUnlicensed, genesysAPI, "the batch leaves out users without licences", []string{"GC-BUSR-07"}},
	{BatchUsersSwapped, genesysAPI, "the batch shows each user the licences of the next", []string{"GC-BUSR-02", "GC-BUSR-06"}},
	{BatchUsersMutates, genesysAPI, "reading a batch takes a licence from its first user", []string{"GC-BUSR-05", "GC-GEN-04"}},
	{BatchUsersCap25, genesysAPI, "the batch ends after 25 users", []string{"GC-BUSR-06", "GC-BUSR-07"}},
	// postLicenseOrganization
	{OrganizationObject, genesysAPI, "statuses of assignments come in an object", []string{"GC-ORG-01"}},
	{OrganizationEmpty, genesysAPI, "assignments are made and no status told", []string{"GC-ORG-01", "GC-ORG-02"}},
	{OrganizationForeignPair, genesysAPI, "the statuses name an assignment that was not asked for", []string{"GC-ORG-02"}},
	{OrganizationNoop, genesysAPI, "assignments are reported and not made", []string{"GC-ORG-03"}},
	{OrganizationKeepsRemoved, genesysAPI, "licences are added and never taken away", []string{"GC-ORG-03"}},
	{OrganizationSecondAdd500, genesysAPI, "assigning what is assigned is a fault of the server", []string{"GC-ORG-04"}},
	{OrganizationDuplicates, genesysAPI, "assigning what is assigned assigns it twice", []string{"GC-ORG-04", "GC-USR-01"}},
}
