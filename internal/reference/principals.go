// Principals: who may ask what, and what a target file needs to know to be one of them.

package reference

import "fmt"

// permission is a set of what a token permits.
type permission uint8

const (
	grantAdd    permission = 1 << iota // authorization:grant:add
	licenseView                        // authorization:license:view
)

// String names the permissions as the API does.
func (p permission) String() string {
	switch p {
	case grantAdd:
		return "authorization:grant:add"
	case licenseView:
		return "authorization:license:view"
	}
	return "authorization:grant:add, authorization:license:view"
}

// Principals is everything that a target file for this server holds: credentials for both APIs, and what the documents leave a
// caller to know beforehand. It is the same for the same seed.
type Principals struct {
	ClientName, ClientSecret string // headers of the account service

	OAuthClientID, OAuthClientSecret string // for client_credentials at TokenPath; both permissions
	TokenPath                        string // the token endpoint, on the same listener
	Granter                          string // a bearer token with authorization:grant:add only
	Viewer                           string // a bearer token with authorization:license:view only
	Bare                             string // a bearer token without any permission

	RoleIDs                 []string // role ids that postLicenseInfer knows
	WriteUser, WriteLicense string   // postLicenseOrganization may be tried on these; the user does not hold the licence at the start, and is "" where there are no users
	EmptyAccount, EmptyUser int64    // an account and a user of the account service without any licence
}

func newPrincipals(seed uint64, d *directory) Principals {
	secret := func(kind uint64) string {
		return fmt.Sprintf("%016x%016x", spread(seed, kind, 0), spread(seed, kind, 1))
	}
	writeUser := "" // of an organisation without users
	if len(d.users) > 0 {
		writeUser = d.users[len(d.users)-1].id
	}
	return Principals{
		ClientName:        "reference",
		ClientSecret:      secret(0x60),
		OAuthClientID:     "reference-client",
		OAuthClientSecret: secret(0x61),
		TokenPath:         tokenPath,
		Granter:           secret(0x62),
		Viewer:            secret(0x63),
		Bare:              secret(0x64),
		RoleIDs:           d.roles,
		WriteUser:         writeUser,
		WriteLicense:      reservedLicence,
		EmptyAccount:      accountKey(seed, emptyAccount),
		EmptyUser:         userKey(seed, emptyUser),
	}
}

// Principals returns the credentials and names that a target file needs.
func (s *Server) Principals() Principals { return s.principals }
