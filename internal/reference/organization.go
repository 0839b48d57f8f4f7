// postLicenseOrganization: the one operation that changes anything.

package reference

import (
	"encoding/json"
	"net/http"
	"slices"
)

// assignment is one LicenseAssignmentRequest. All its members are required, which pointers tell from empty.
type assignment struct {
	LicenseID     *string    `json:"licenseId"`
	UserIDsAdd    *[]*string `json:"userIdsAdd"`
	UserIDsRemove *[]*string `json:"userIdsRemove"`
}

// update is one change of one user.
type update struct {
	user, licence string
	add           bool
}

// postLicenseOrganization makes every assignment of the body, or none when the body is not as it should be. Assigning what is
// assigned, and taking away what is not, changes nothing and is no error.
func (s *Server) postLicenseOrganization(e *errand) ([]byte, *failure) {
	updates, failed := parseAssignments(e.body)
	if failed != nil {
		return nil, failed
	}
	s.directory.mu.Lock()
	defer s.directory.mu.Unlock()
	b := []byte{'['}
	listed := 0
	for _, u := range updates {
		result, failed := s.apply(u)
		if failed != nil {
			return nil, failed
		}
		if s.has(OrganizationEmpty) {
			continue
		}
		if listed++; listed > 1 {
			b = append(b, ',')
		}
		b = appendStatus(b, u.user, u.licence, result)
	}
	if s.has(OrganizationForeignPair) && listed > 0 {
		b = appendStatus(append(b, ','), s.directory.users[0].id, neededFirst, "success")
	}
	b = append(b, ']')
	if s.has(OrganizationObject) {
		b = append(append([]byte(`{"statuses":`), b...), '}')
	}
	return b, nil
}

// appendStatus writes a LicenseUpdateStatus.
func appendStatus(b []byte, user, licence, result string) []byte {
	return appendMembers(b, []member{{"userId", quote(user)}, {"licenseId", quote(licence)}, {"result", quote(result)}})
}

// apply makes one update and says how it went. The directory is locked.
func (s *Server) apply(u update) (result string, failed *failure) {
	holder := s.directory.byUser[u.user]
	switch {
	case s.directory.byID[u.licence] == nil:
		return "failure: no such license", nil
	case holder == nil:
		return "failure: no such user", nil
	case s.has(OrganizationNoop), s.has(OrganizationKeepsRemoved) && !u.add:
		return "success", nil
	case s.has(OrganizationSecondAdd500) && u.add && holder.has(u.licence):
		return "", fail(http.StatusInternalServerError, "internal.server.error", "The server encountered an unexpected condition.")
	case u.add && (!holder.has(u.licence) || s.has(OrganizationDuplicates)):
		holder.licences = append(slices.Clone(holder.licences), u.licence)
	case !u.add:
		// A copy, because an answer being written may still hold the old list.
		holder.licences = slices.DeleteFunc(slices.Clone(holder.licences), func(l string) bool { return l == u.licence })
	}
	return "success", nil
}

// parseAssignments reads a LicenseBatchAssignmentRequest into updates, each pair of user and licence once. A pair that is both to be
// added and to be removed is an error: nobody could say what was meant.
func parseAssignments(body []byte) ([]update, *failure) {
	malformed := func(format string, args ...any) ([]update, *failure) {
		return nil, fail(http.StatusBadRequest, "invalid.value", format, args...)
	}
	if body == nil {
		return malformed("The request has no body.")
	}
	var request struct {
		Assignments *[]*assignment `json:"assignments"`
	}
	if err := json.Unmarshal(body, &request); err != nil || request.Assignments == nil {
		return malformed("The body is an object with assignments.")
	}
	var updates []update
	adds := make(map[update]bool) // by pair, with add left out
	for i, a := range *request.Assignments {
		if a == nil || a.LicenseID == nil || a.UserIDsAdd == nil || a.UserIDsRemove == nil {
			return malformed("Assignment %d lacks licenseId, userIdsAdd or userIdsRemove.", i)
		}
		for _, list := range []struct {
			users []*string
			add   bool
		}{{*a.UserIDsAdd, true}, {*a.UserIDsRemove, false}} {
			for _, user := range list.users {
				if user == nil {
					return malformed("Assignment %d names a user that is null.", i)
				}
				pair := update{user: *user, licence: *a.LicenseID}
				added, seen := adds[pair]
				if seen && added != list.add {
					return malformed("Assignment %d both adds and removes a user.", i)
				}
				if !seen {
					adds[pair] = list.add
					updates = append(updates, update{*user, *a.LicenseID, list.add})
				}
			}
		}
	}
	return updates, nil
}
