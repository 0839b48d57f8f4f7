// Faults of the account service: protocol, keys, licence objects, and reading licences by key.

package reference

// Names of faults. The table below says what each one does.
const (
	// every operation
	UserListsUnversioned            = "user-lists-unversioned"
	EntitlementBatchMissing         = "entitlement-batch-missing"
	ContentTypeHtml                 = "content-type-html"
	TrailingValue                   = "trailing-value"
	Utf16Body                       = "utf16-body"
	GetConsumes                     = "get-consumes"
	MalformedKey500                 = "malformed-key-500"
	MalformedCountDrops             = "malformed-count-drops"
	ProductsRefuseCredentials       = "products-refuse-credentials"
	AuthHoleBatch                   = "auth-hole-batch"
	AuthHoleAttributeScan           = "auth-hole-attribute-scan"
	UnauthorizedWithData            = "unauthorized-with-data"
	ClientSecretUnchecked           = "client-secret-unchecked"
	ExistenceOracle                 = "existence-oracle"
	MissingLicenseNull              = "missing-license-null"
	MissingLicenseDefault           = "missing-license-default"
	MissingLicenseUsersEmpty        = "missing-license-users-empty"
	MissingLicenseProductsEmpty     = "missing-license-products-empty"
	MissingLicenseEntitlementsEmpty = "missing-license-entitlements-empty"
	PrefixParse                     = "prefix-parse"
	ErrorAs200                      = "error-as-200"
	ErrorWithLicences               = "error-with-licences"
	StackTrace                      = "stack-trace"
	SecretEchoed                    = "secret-echoed"

	// keys
	FloatKeys           = "float-keys"
	FloatLookup         = "float-lookup"
	AccountFloatLookup  = "account-float-lookup"
	UserFloatLookup     = "user-float-lookup"
	StringKeys          = "string-keys"
	UserKeysAsStrings   = "user-keys-as-strings"
	WrapKeys            = "wrap-keys"
	KeyExponent         = "key-exponent"
	KeyFraction         = "key-fraction"
	AccountKeyString    = "account-key-string"
	ScanOmitsAccountKey = "scan-omits-account-key"
	AccountKeyDrifts    = "account-key-drifts"
	RoleJoinDuplicates  = "role-join-duplicates"

	// licence
	CamelAccountKey          = "camel-account-key"
	UserkeysDropped          = "userkeys-dropped"
	RolesJoined              = "roles-joined"
	RolesNull                = "roles-null"
	UserkeysNull             = "userkeys-null"
	UserkeysMap              = "userkeys-map"
	SeatsString              = "seats-string"
	SeatsFraction            = "seats-fraction"
	UnlimitedMinusOne        = "unlimited-minus-one"
	RemainingString          = "remaining-string"
	RemainingAssigned        = "remaining-assigned"
	RemainingIsSeats         = "remaining-is-seats"
	RemainingBehind          = "remaining-behind"
	RemainingNegative        = "remaining-negative"
	EnabledString            = "enabled-string"
	EnabledNumber            = "enabled-number"
	NameObject               = "name-object"
	WeightedLetter           = "weighted-letter"
	BatchOmitsCustom         = "batch-omits-custom"
	ScanOmitsCustom          = "scan-omits-custom"
	ScanStringifiesCustom    = "scan-stringifies-custom"
	LongAttributeName        = "long-attribute-name"
	BatchOmitsUserkeys       = "batch-omits-userkeys"
	ScanStale                = "scan-stale"
	AccountRoundsNumbers     = "account-rounds-numbers"
	RolesDuplicated          = "roles-duplicated"
	UserkeysDuplicated       = "userkeys-duplicated"
	EntitlementsRoundNumbers = "entitlements-round-numbers"

	// getLicense
	GetArray          = "get-array"
	GetFirstOfAccount = "get-first-of-account"
	CommaFirstKey     = "comma-first-key"

	// getLicensesByKeys
	BatchSingleObject = "batch-single-object"
	BatchFirstOnly    = "batch-first-only"
	BatchLastDropped  = "batch-last-dropped"
	BatchLimit99      = "batch-limit-99"
	BatchUrlCut       = "batch-url-cut"
	BatchUnlimited    = "batch-unlimited"
	BatchTruncates    = "batch-truncates"
	BatchRange        = "batch-range"
	BatchAnyValue     = "batch-any-value"
	BatchAllOrEmpty   = "batch-all-or-empty"
	BatchStale        = "batch-stale"
)

var gotoObjectFaults = []Fault{
	// every operation
	{UserListsUnversioned, accountAPI, "lists of users are served at the root instead of under /v2", []string{"GOTO-GEN-01", "GOTO-GEN-02", "GOTO-USER-04"}},
	{EntitlementBatchMissing, accountAPI, "the batch of entitlements has no route", []string{"GOTO-GEN-01", "GOTO-GEN-02"}},
	{ContentTypeHtml, accountAPI, "products are JSON that calls itself text/html", []string{"GOTO-GEN-03"}},
	{TrailingValue, accountAPI, "after the users of a licence a second JSON value follows", []string{"GOTO-GEN-03"}},
	{Utf16Body, accountAPI, "products are written in UTF-16", []string{"GOTO-GEN-03"}},
	{GetConsumes, accountAPI, "reading a licence takes one of its seats", []string{"GOTO-GEN-04"}},
	{MalformedKey500, accountAPI, "a key that is no integer is a fault of the server", []string{"GOTO-GEN-05", "GOTO-ERR-02"}},
	{MalformedCountDrops, accountAPI, "a count that is no integer is answered by closing the connection", []string{"GOTO-GEN-05"}},
	{ProductsRefuseCredentials, accountAPI, "valid credentials are refused on products", []string{"GOTO-AUTH-01"}},
	{AuthHoleBatch, accountAPI, "the batch of licences asks for no credentials", []string{"GOTO-AUTH-02", "GOTO-AUTH-03"}},
	{AuthHoleAttributeScan, accountAPI, "the scan by attribute asks for no credentials", []string{"GOTO-AUTH-02", "GOTO-AUTH-03"}},
	{UnauthorizedWithData, accountAPI, "a request without credentials is refused, with the licence in the refusal", []string{"GOTO-AUTH-02", "GOTO-AUTH-04", "GOTO-ERR-03"}},
	{ClientSecretUnchecked, accountAPI, "any ClientSecret will do", []string{"GOTO-AUTH-03"}},
	{ExistenceOracle, accountAPI, "without credentials an unknown key is 404 and a known one 401", []string{"GOTO-AUTH-04"}},
	{MissingLicenseNull, accountAPI, "an unknown licence is null with 200", []string{"GOTO-ERR-01", "GOTO-LIC-01"}},
	{MissingLicenseDefault, accountAPI, "an unknown licence is an empty one with 200", []string{"GOTO-ERR-01", "GOTO-KEY-05"}},
	{MissingLicenseUsersEmpty, accountAPI, "an unknown licence has no users, with 200", []string{"GOTO-ERR-01"}},
	{MissingLicenseProductsEmpty, accountAPI, "an unknown licence has no products, with 200", []string{"GOTO-ERR-01"}},
	{MissingLicenseEntitlementsEmpty, accountAPI, "an unknown licence has empty entitlements, with 200", []string{"GOTO-ERR-01"}},
	{PrefixParse, accountAPI, "a key ends where its digits end, so 12abc is 12 and A,B is A", []string{"GOTO-ERR-02", "GOTO-GET-03"}},
	{ErrorAs200, accountAPI, "an unknown licence is an error object with 200", []string{"GOTO-ERR-01", "GOTO-ERR-03", "GOTO-LIC-01"}},
	{ErrorWithLicences, accountAPI, "a count out of bounds is refused, with licences in the refusal", []string{"GOTO-ERR-03"}},
	{StackTrace, accountAPI, "refusals show where in the server they were raised", []string{"GOTO-ERR-06"}},
	{SecretEchoed, accountAPI, "refusals repeat the credentials", []string{"GOTO-ERR-06"}},
	// keys
	{FloatKeys, accountAPI, "keys go through a double on their way out", []string{"GOTO-ACCT-02", "GOTO-ACCT-12", "GOTO-BATCH-01", "GOTO-BATCH-02", "GOTO-BATCH-05", "GOTO-GEN-01", "GOTO-GEN-02", "GOTO-GET-01", "GOTO-KEY-04", "GOTO-KEY-09", "GOTO-KEY-10", "GOTO-LUSR-04", "GOTO-LUSR-05", "GOTO-SCAN-ATTR-02", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ATTR-08", "GOTO-SCAN-KEY-07", "GOTO-SCAN-KEY-10", "GOTO-SCAN-KEY-11", "GOTO-SCAN-KEY-12", "GOTO-SCAN-KEY-13", "GOTO-SCAN-KEY-22", "GOTO-SCAN-ROLE-02", "GOTO-SCAN-ROLE-03", "GOTO-SCAN-ROLE-06"}},
	{FloatLookup, accountAPI, "keys go through a double on their way in", []string{"GOTO-KEY-05", "GOTO-KEY-06", "GOTO-KEY-09", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-KEY-10", "GOTO-SCAN-KEY-17", "GOTO-SCAN-ROLE-03"}},
	{AccountFloatLookup, accountAPI, "account keys go through a double on their way in", []string{"GOTO-KEY-06"}},
	{UserFloatLookup, accountAPI, "user keys go through a double on their way in", []string{"GOTO-KEY-06"}},
	{StringKeys, accountAPI, "licence and user keys are JSON strings", []string{"GOTO-KEY-01", "GOTO-KEY-02"}},
	{UserKeysAsStrings, accountAPI, "the users of a licence are JSON strings", []string{"GOTO-KEY-02"}},
	{WrapKeys, accountAPI, "keys beyond 64 bits wrap around", []string{"GOTO-KEY-07"}},
	{KeyExponent, accountAPI, "keys are written with an exponent", []string{"GOTO-KEY-01", "GOTO-KEY-02"}},
	{KeyFraction, accountAPI, "keys are written with a fraction", []string{"GOTO-KEY-01", "GOTO-KEY-02"}},
	{AccountKeyString, accountAPI, "account keys are JSON strings", []string{"GOTO-KEY-03"}},
	{ScanOmitsAccountKey, accountAPI, "scans leave the account out", []string{"GOTO-KEY-03", "GOTO-LIC-01", "GOTO-LIC-14"}},
	{AccountKeyDrifts, accountAPI, "every eighth read of a licence shows another account", []string{"GOTO-KEY-10"}},
	{RoleJoinDuplicates, accountAPI, "a licence comes once for each of the roles asked for", []string{"GOTO-KEY-09"}},
	// licence
	{CamelAccountKey, accountAPI, "accountkey is spelled accountKey", []string{"GOTO-LIC-01", "GOTO-KEY-03"}},
	{UserkeysDropped, accountAPI, "userkeys is absent when nobody is assigned", []string{"GOTO-LIC-01", "GOTO-LIC-03"}},
	{RolesJoined, accountAPI, "roles is one comma-separated string", []string{"GOTO-LIC-02"}},
	{RolesNull, accountAPI, "roles is null when there are none", []string{"GOTO-LIC-02"}},
	{UserkeysNull, accountAPI, "userkeys is null when nobody is assigned", []string{"GOTO-LIC-03"}},
	{UserkeysMap, accountAPI, "userkeys is an object", []string{"GOTO-LIC-03"}},
	{SeatsString, accountAPI, "seats is a string", []string{"GOTO-LIC-04"}},
	{SeatsFraction, accountAPI, "seats is written with a fraction", []string{"GOTO-LIC-04"}},
	{UnlimitedMinusOne, accountAPI, "unlimited seats are -1", []string{"GOTO-LIC-04"}},
	{RemainingString, accountAPI, "remaining is a string", []string{"GOTO-LIC-05"}},
	{RemainingAssigned, accountAPI, "remaining is how many seats are taken", []string{"GOTO-LIC-06"}},
	{RemainingIsSeats, accountAPI, "remaining is the number of seats", []string{"GOTO-LIC-06"}},
	{RemainingBehind, accountAPI, "remaining does not know the last assignment", []string{"GOTO-LIC-06"}},
	{RemainingNegative, accountAPI, "a full licence has minus one remaining", []string{"GOTO-LIC-06", "GOTO-LIC-07"}},
	{EnabledString, accountAPI, "enabled is a string", []string{"GOTO-LIC-09"}},
	{EnabledNumber, accountAPI, "enabled is 1 or 0", []string{"GOTO-LIC-09"}},
	{NameObject, accountAPI, "name is an object", []string{"GOTO-LIC-10"}},
	{WeightedLetter, accountAPI, "weighted is Y or N", []string{"GOTO-LIC-10"}},
	{BatchOmitsCustom, accountAPI, "a batch leaves custom attributes out", []string{"GOTO-LIC-12", "GOTO-LIC-14", "GOTO-BATCH-14"}},
	{ScanOmitsCustom, accountAPI, "scans leave custom attributes out", []string{"GOTO-LIC-12", "GOTO-LIC-14"}},
	{ScanStringifiesCustom, accountAPI, "scans show nested custom attributes as strings", []string{"GOTO-LIC-12", "GOTO-LIC-14", "GOTO-SCAN-ATTR-02"}},
	{LongAttributeName, accountAPI, "an attribute has a name of 65 characters", []string{"GOTO-LIC-13"}},
	{BatchOmitsUserkeys, accountAPI, "a batch leaves userkeys out", []string{"GOTO-LIC-14", "GOTO-BATCH-14", "GOTO-LIC-01", "GOTO-LIC-03"}},
	{ScanStale, accountAPI, "scans show an older description", []string{"GOTO-LIC-14"}},
	{AccountRoundsNumbers, accountAPI, "lists of accounts round the numbers in custom attributes", []string{"GOTO-LIC-12", "GOTO-LIC-14", "GOTO-LIC-19"}},
	{RolesDuplicated, accountAPI, "a role is listed twice", []string{"GOTO-LIC-15"}},
	{UserkeysDuplicated, accountAPI, "a user is listed twice", []string{"GOTO-LIC-15"}},
	{EntitlementsRoundNumbers, accountAPI, "a batch of entitlements rounds numbers", []string{"GOTO-ENTB-01", "GOTO-LIC-19"}},
	// getLicense
	{GetArray, accountAPI, "one licence comes in an array", []string{"GOTO-GET-01", "GOTO-LIC-01"}},
	{GetFirstOfAccount, accountAPI, "a licence is answered with the first of its account", []string{"GOTO-GET-01", "GOTO-KEY-04"}},
	{CommaFirstKey, accountAPI, "a list without batch=true is answered with its first licence", []string{"GOTO-GET-03"}},
	// getLicensesByKeys
	{BatchSingleObject, accountAPI, "a batch of one is an object", []string{"GOTO-BATCH-05", "GOTO-ENTB-01", "GOTO-ENTB-04", "GOTO-GEN-03"}},
	{BatchFirstOnly, accountAPI, "a batch holds its first licence only", []string{"GOTO-BATCH-01", "GOTO-BATCH-02"}},
	{BatchLastDropped, accountAPI, "a batch loses its last licence", []string{"GOTO-BATCH-01", "GOTO-BATCH-02"}},
	{BatchLimit99, accountAPI, "a batch of 100 is refused", []string{"GOTO-BATCH-02"}},
	{BatchUrlCut, accountAPI, "what a batch asks for beyond 1024 characters is lost", []string{"GOTO-BATCH-02", "GOTO-BATCH-04"}},
	{BatchUnlimited, accountAPI, "any number of keys is served", []string{"GOTO-BATCH-03", "GOTO-BATCH-04", "GOTO-ACCT-05", "GOTO-USER-04", "GOTO-ENTB-03"}},
	{BatchTruncates, accountAPI, "of 101 keys the first 100 are served without a word", []string{"GOTO-BATCH-04"}},
	{BatchRange, accountAPI, "a batch holds all licences between its lowest and highest key", []string{"GOTO-BATCH-07", "GOTO-KEY-05"}},
	{BatchAnyValue, accountAPI, "batch=false is a batch", []string{"GOTO-BATCH-06"}},
	{BatchAllOrEmpty, accountAPI, "one unknown key empties the batch", []string{"GOTO-BATCH-14"}},
	{BatchStale, accountAPI, "a batch shows an older description", []string{"GOTO-BATCH-14", "GOTO-LIC-14"}},
}
