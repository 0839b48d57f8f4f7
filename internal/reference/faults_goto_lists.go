// Faults of the account service: lists of accounts and users, find, users of a licence, products and entitlements.

package reference

// Names of faults. The table below says what each one does.
const (
	// getLicenses
	AccountForeignLicenses       = "account-foreign-licenses"
	AccountFirstOnly             = "account-first-only"
	AccountLimit10               = "account-limit-10"
	AccountLimit100              = "account-limit-100"
	AccountDropsDisabled         = "account-drops-disabled"
	AccountDropsSeatless         = "account-drops-seatless"
	AccountDuplicates            = "account-duplicates"
	AccountKeysLimit99           = "account-keys-limit-99"
	AccountKeysUnlimited         = "account-keys-unlimited"
	RolesIgnored                 = "roles-ignored"
	RolesFirstOnly               = "roles-first-only"
	RolesLastOnly                = "roles-last-only"
	RolesAnd                     = "roles-and"
	RolesSubstring               = "roles-substring"
	RolesTrimsArray              = "roles-trims-array"
	RolesDefaultFilter           = "roles-default-filter"
	UnknownRoleAll               = "unknown-role-all"
	IncludeUsersDrops            = "include-users-drops"
	IncludeUsersRemaining        = "include-users-remaining"
	IncludeUsersFirst            = "include-users-first"
	IncludeUsersIgnored          = "include-users-ignored"
	IncludeUsersComplement       = "include-users-complement"
	IncludeUsersIgnoredWithRoles = "include-users-ignored-with-roles"

	// findLicenses
	FilterIgnored          = "filter-ignored"
	FilterCrossAccount     = "filter-cross-account"
	FilterFirstMatch       = "filter-first-match"
	FilterStarLiteral      = "filter-star-literal"
	FilterStarPlus         = "filter-star-plus"
	FilterTrailingStarOnly = "filter-trailing-star-only"
	FilterUnanchored       = "filter-unanchored"
	FilterFirstPair        = "filter-first-pair"
	FilterLastPair         = "filter-last-pair"
	FilterOr               = "filter-or"
	FilterForbiddenWorks   = "filter-forbidden-works"
	FilterForbiddenIgnored = "filter-forbidden-ignored"
	FilterMixedApplied     = "filter-mixed-applied"
	FilterPrefix           = "filter-prefix"
	FilterContains         = "filter-contains"
	FilterRegex            = "filter-regex"
	FilterLike             = "filter-like"
	FilterEmptyAll         = "filter-empty-all"
	FilterSecondEquals     = "filter-second-equals"
	FilterPlusLiteral      = "filter-plus-literal"

	// attribute search within an account
	AccountAttributeIgnored = "account-attribute-ignored"

	// getUserLicenses
	UserAccount           = "user-account"
	UserFirstAccount      = "user-first-account"
	UserEnabledOnly       = "user-enabled-only"
	UserFirstOnly         = "user-first-only"
	UserDuplicates        = "user-duplicates"
	UserKeysLimit99       = "user-keys-limit-99"
	UserKeysUnlimited     = "user-keys-unlimited"
	UserRolesIgnored      = "user-roles-ignored"
	UserIncludeIntersects = "user-include-intersects"
	UserJoin              = "user-join"

	// getLicenseUsers
	LicenseUsersObjects  = "license-users-objects"
	LicenseUsersEnvelope = "license-users-envelope"
	LicenseUsersStale    = "license-users-stale"
	LicenseUsersExtra    = "license-users-extra"
	LicenseUsersCap100   = "license-users-cap-100"
	LicenseUsersCap1000  = "license-users-cap-1000"
	LicenseUsersNone404  = "license-users-none-404"
	LicenseUsersNoneNull = "license-users-none-null"

	// getLicenseProducts
	ProductsObjects    = "products-objects"
	ProductsMap        = "products-map"
	ProductsDuplicated = "products-duplicated"
	ProductsUnentitled = "products-unentitled"

	// getLicenseEntitlements
	EntitlementsPairs       = "entitlements-pairs"
	EntitlementsString      = "entitlements-string"
	EntitlementsMerged      = "entitlements-merged"
	EntitlementsStringified = "entitlements-stringified"
	EntitlementsUnstable    = "entitlements-unstable"

	// getLicenseEntitlementsByKeys
	EntitlementBatchMap        = "entitlement-batch-map"
	EntitlementBatchFloatKeys  = "entitlement-batch-float-keys"
	EntitlementBatchShift      = "entitlement-batch-shift"
	EntitlementBatchDuplicates = "entitlement-batch-duplicates"
	EntitlementBatchForeign    = "entitlement-batch-foreign"
	EntitlementBatchLimit99    = "entitlement-batch-limit-99"
	EntitlementBatchUnlimited  = "entitlement-batch-unlimited"
	EntitlementBatchFirstKey   = "entitlement-batch-first-key"
)

var gotoListFaults = []Fault{
	// getLicenses
	{AccountForeignLicenses, accountAPI, "the list of an account holds a licence of another", []string{"GOTO-ACCT-01", "GOTO-ACCT-03"}},
	{AccountFirstOnly, accountAPI, "only the first account is listed", []string{"GOTO-ACCT-03", "GOTO-ACCT-04"}},
	{AccountLimit10, accountAPI, "the list of an account ends after 10 licences", []string{"GOTO-ACCT-02"}},
	{AccountLimit100, accountAPI, "the list of an account ends after 100 licences", []string{"GOTO-ACCT-02"}},
	{AccountDropsDisabled, accountAPI, "the list of an account has no disabled licences", []string{"GOTO-ACCT-02"}},
	{AccountDropsSeatless, accountAPI, "the list of an account has no licences without seats", []string{"GOTO-ACCT-02"}},
	{AccountDuplicates, accountAPI, "an account asked for twice is listed twice", []string{"GOTO-ACCT-18"}},
	{AccountKeysLimit99, accountAPI, "a list of 100 accounts is refused", []string{"GOTO-ACCT-04"}},
	{AccountKeysUnlimited, accountAPI, "any number of accounts is listed", []string{"GOTO-ACCT-05"}},
	{RolesIgnored, accountAPI, "the list of an account is not filtered by roles", []string{"GOTO-ACCT-06", "GOTO-ACCT-07", "GOTO-ACCT-08", "GOTO-ACCT-10", "GOTO-SCAN-ROLE-06"}},
	{RolesFirstOnly, accountAPI, "only the first role asked for counts", []string{"GOTO-ACCT-07", "GOTO-USER-05"}},
	{RolesLastOnly, accountAPI, "only the last role asked for counts", []string{"GOTO-ACCT-07", "GOTO-USER-05"}},
	{RolesAnd, accountAPI, "a licence must have all the roles asked for", []string{"GOTO-ACCT-07", "GOTO-USER-05"}},
	{RolesSubstring, accountAPI, "part of a role name is enough", []string{"GOTO-ACCT-07", "GOTO-ACCT-08", "GOTO-SCAN-ROLE-04", "GOTO-USER-05"}},
	{RolesTrimsArray, accountAPI, "roles trims the roles shown instead of choosing licences", []string{"GOTO-ACCT-06", "GOTO-ACCT-07", "GOTO-ACCT-08", "GOTO-ACCT-10", "GOTO-SCAN-ROLE-06"}},
	{RolesDefaultFilter, accountAPI, "without roles, licences that grant none are left out", []string{"GOTO-ACCT-02", "GOTO-ACCT-09"}},
	{UnknownRoleAll, accountAPI, "a role that nobody has filters nothing", []string{"GOTO-ACCT-08", "GOTO-ACCT-10", "GOTO-SCAN-ROLE-04", "GOTO-SCAN-ROLE-05", "GOTO-USER-05"}},
	{IncludeUsersDrops, accountAPI, "includeUsers drops licences without such a user", []string{"GOTO-ACCT-13", "GOTO-USER-06"}},
	{IncludeUsersRemaining, accountAPI, "includeUsers changes remaining", []string{"GOTO-ACCT-14", "GOTO-USER-06"}},
	{IncludeUsersFirst, accountAPI, "only the first user of includeUsers counts", []string{"GOTO-ACCT-12", "GOTO-USER-06"}},
	{IncludeUsersIgnored, accountAPI, "includeUsers trims nothing", []string{"GOTO-ACCT-12", "GOTO-USER-06"}},
	{IncludeUsersComplement, accountAPI, "includeUsers keeps the users that were not asked for", []string{"GOTO-ACCT-12", "GOTO-USER-06"}},
	{IncludeUsersIgnoredWithRoles, accountAPI, "includeUsers trims nothing when roles are given", []string{"GOTO-ACCT-15", "GOTO-USER-06"}},
	// findLicenses
	{FilterIgnored, accountAPI, "filter filters nothing", []string{"GOTO-FIND-01", "GOTO-FIND-02", "GOTO-FIND-03", "GOTO-FIND-04", "GOTO-FIND-05", "GOTO-FIND-08", "GOTO-FIND-09"}},
	{FilterCrossAccount, accountAPI, "filter finds licences of other accounts", []string{"GOTO-FIND-01", "GOTO-FIND-02"}},
	{FilterFirstMatch, accountAPI, "filter finds one licence only", []string{"GOTO-FIND-02", "GOTO-FIND-03", "GOTO-FIND-04", "GOTO-FIND-05"}},
	{FilterStarLiteral, accountAPI, "a star stands for itself", []string{"GOTO-FIND-03", "GOTO-FIND-04"}},
	{FilterStarPlus, accountAPI, "a star stands for one character at least", []string{"GOTO-FIND-03", "GOTO-FIND-04"}},
	{FilterTrailingStarOnly, accountAPI, "a star counts at the end of a value only", []string{"GOTO-FIND-04"}},
	{FilterUnanchored, accountAPI, "a value with stars may match any part of an attribute", []string{"GOTO-FIND-03", "GOTO-FIND-04"}},
	{FilterFirstPair, accountAPI, "of several pairs the first counts", []string{"GOTO-FIND-05"}},
	{FilterLastPair, accountAPI, "of several pairs the last counts", []string{"GOTO-FIND-05"}},
	{FilterOr, accountAPI, "one of several pairs is enough", []string{"GOTO-FIND-05"}},
	{FilterForbiddenWorks, accountAPI, "an attribute that cannot be searched can", []string{"GOTO-FIND-06"}},
	{FilterForbiddenIgnored, accountAPI, "an attribute that cannot be searched is passed over, and everything found", []string{"GOTO-FIND-06"}},
	{FilterMixedApplied, accountAPI, "an attribute that cannot be searched can, beside one that may be", []string{"GOTO-FIND-07"}},
	{FilterPrefix, accountAPI, "the start of a value is enough", []string{"GOTO-FIND-08"}},
	{FilterContains, accountAPI, "any part of a value is enough", []string{"GOTO-FIND-08"}},
	{FilterRegex, accountAPI, "a value is a regular expression", []string{"GOTO-FIND-09"}},
	{FilterLike, accountAPI, "percent and underscore are wildcards too", []string{"GOTO-FIND-09"}},
	{FilterEmptyAll, accountAPI, "an empty filter finds everything", []string{"GOTO-FIND-11"}},
	{FilterSecondEquals, accountAPI, "a raw second equals sign ends the filter", []string{"GOTO-FIND-14"}},
	{FilterPlusLiteral, accountAPI, "a plus is no space", []string{"GOTO-FIND-14"}},
	// attribute search within an account
	{AccountAttributeIgnored, accountAPI, "name and value filter nothing within an account", []string{"GOTO-ACCTATTR-01"}},
	// getUserLicenses
	{UserAccount, accountAPI, "a user is answered with all licences of the account", []string{"GOTO-LUSR-03", "GOTO-USER-01", "GOTO-USER-02"}},
	{UserFirstAccount, accountAPI, "only licences of a user's first account are listed", []string{"GOTO-LUSR-03", "GOTO-USER-02"}},
	{UserEnabledOnly, accountAPI, "disabled licences of a user are not listed", []string{"GOTO-USER-02", "GOTO-LUSR-03"}},
	{UserFirstOnly, accountAPI, "only the first user is listed", []string{"GOTO-USER-03", "GOTO-USER-04"}},
	{UserDuplicates, accountAPI, "a licence that two users share is listed twice", []string{"GOTO-USER-03"}},
	{UserKeysLimit99, accountAPI, "a list of 100 users is refused", []string{"GOTO-USER-04"}},
	{UserKeysUnlimited, accountAPI, "any number of users is listed", []string{"GOTO-USER-04"}},
	{UserRolesIgnored, accountAPI, "the list of a user is not filtered by roles", []string{"GOTO-USER-05"}},
	{UserIncludeIntersects, accountAPI, "includeUsers shows nobody but the users in the path", []string{"GOTO-USER-06"}},
	{UserJoin, accountAPI, "userkeys shows the users in the path only", []string{"GOTO-USER-07", "GOTO-LIC-14"}},
	// getLicenseUsers
	{LicenseUsersObjects, accountAPI, "the users of a licence are objects", []string{"GOTO-KEY-02"}},
	{LicenseUsersEnvelope, accountAPI, "the users of a licence come in an envelope", []string{"GOTO-LUSR-01"}},
	{LicenseUsersStale, accountAPI, "the users of a licence are one assignment behind", []string{"GOTO-LUSR-02", "GOTO-LUSR-03", "GOTO-LUSR-05"}},
	{LicenseUsersExtra, accountAPI, "the users of a licence hold one whose assignment was taken away", []string{"GOTO-LUSR-02", "GOTO-LUSR-03"}},
	{LicenseUsersCap100, accountAPI, "the users of a licence end after 100", []string{"GOTO-LUSR-02", "GOTO-LUSR-05"}},
	{LicenseUsersCap1000, accountAPI, "the users of a licence end after 1000", []string{"GOTO-LUSR-02", "GOTO-LUSR-05"}},
	{LicenseUsersNone404, accountAPI, "a licence without users has no list of them", []string{"GOTO-LUSR-04"}},
	{LicenseUsersNoneNull, accountAPI, "a licence without users has null for a list", []string{"GOTO-LUSR-01", "GOTO-LUSR-04"}},
	// getLicenseProducts
	{ProductsObjects, accountAPI, "products are objects", []string{"GOTO-PROD-01"}},
	{ProductsMap, accountAPI, "products are a map to their entitlements", []string{"GOTO-PROD-01"}},
	{ProductsDuplicated, accountAPI, "a product is listed twice", []string{"GOTO-PROD-02"}},
	{ProductsUnentitled, accountAPI, "a product is listed that has no entitlements", []string{"GOTO-PROD-02"}},
	// getLicenseEntitlements
	{EntitlementsPairs, accountAPI, "entitlements are an array of names and values", []string{"GOTO-ENT-01"}},
	{EntitlementsString, accountAPI, "entitlements are a string that holds JSON", []string{"GOTO-ENT-01"}},
	{EntitlementsMerged, accountAPI, "every product shows the entitlements of all", []string{"GOTO-ENT-03"}},
	{EntitlementsStringified, accountAPI, "nested entitlements of one licence are strings that hold JSON", []string{"GOTO-ENT-02"}},
	{EntitlementsUnstable, accountAPI, "every second read of entitlements shows one member fewer", []string{"GOTO-ENT-06"}},
	// getLicenseEntitlementsByKeys
	{EntitlementBatchMap, accountAPI, "a batch of entitlements is a map", []string{"GOTO-ENTB-01", "GOTO-ENTB-02", "GOTO-ENTB-04"}},
	{EntitlementBatchFloatKeys, accountAPI, "keys in a batch of entitlements go through a double", []string{"GOTO-ENTB-01", "GOTO-ENTB-02"}},
	{EntitlementBatchShift, accountAPI, "after a licence without the product, entitlements stand under the wrong key", []string{"GOTO-ENTB-01", "GOTO-ENTB-02", "GOTO-ENTB-03"}},
	{EntitlementBatchDuplicates, accountAPI, "a batch of entitlements lists its first licence twice", []string{"GOTO-ENTB-02"}},
	{EntitlementBatchForeign, accountAPI, "a batch of entitlements holds a licence that was not asked for", []string{"GOTO-ENTB-02"}},
	{EntitlementBatchLimit99, accountAPI, "a batch of 100 entitlements is refused", []string{"GOTO-ENTB-03"}},
	{EntitlementBatchUnlimited, accountAPI, "entitlements of any number of licences are served", []string{"GOTO-ENTB-03"}},
	{EntitlementBatchFirstKey, accountAPI, "a list without batch=true is answered with the first entitlements", []string{"GOTO-ERR-02"}},
}
