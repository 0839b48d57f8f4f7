// Licence definitions and toggles of the Genesys API.

package reference

import (
	"net/http"
	"net/url"
)

func (s *Server) getLicenseDefinitions(*errand) ([]byte, *failure) {
	definitions := s.directory.definitions
	switch {
	case s.has(DefinitionsPage25):
		definitions = definitions[:25]
	case s.has(DefinitionsDuplicated):
		definitions = append(definitions[:len(definitions):len(definitions)], definitions[0])
	}
	b := []byte{'['}
	for i, d := range definitions {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendDefinition(b, d, s.has(DefinitionsSummary))
	}
	b = append(b, ']')
	if s.has(DefinitionsEnvelope) {
		b = append(append([]byte(`{"entities":`), b...), '}')
	}
	return b, nil
}

func (s *Server) getLicenseDefinition(e *errand) ([]byte, *failure) {
	d := s.directory.byID[e.name]
	switch {
	case s.has(DefinitionOddId500) && url.PathEscape(e.name) != e.name:
		return nil, fail(http.StatusInternalServerError, "internal.server.error", "The server encountered an unexpected condition.")
	case s.has(DefinitionUnknownEmpty) && d == nil:
		return []byte("{}"), nil
	case s.has(DefinitionFirst) && d != nil:
		d = s.directory.definitions[0]
	}
	if d == nil && s.varies(OddID400) && url.PathEscape(e.name) != e.name {
		return nil, fail(http.StatusBadRequest, "invalid.value", "No license definition can have this id.")
	}
	if d == nil {
		return nil, fail(http.StatusNotFound, "not.found", "The requested license definition does not exist.")
	}
	b := s.appendDefinition(nil, d, false)
	if s.has(DefinitionArray) {
		b = append(append([]byte{'['}, b...), ']')
	}
	return b, nil
}

// appendDefinition writes a LicenseDefinition with everything it comprises.
func (s *Server) appendDefinition(b []byte, d *definition, summary bool) []byte {
	b = appendString(append(b, `{"id":`...), d.id)
	b = appendString(append(b, `,"description":`...), d.description)
	switch {
	case summary:
	case s.has(DefinitionPermissionsArray):
		b = appendStrings(append(b, `,"permissions":`...), d.permissions)
	default:
		b = append(appendStrings(append(b, `,"permissions":{"ids":`...), d.permissions), '}')
	}
	b = append(b, `,"prerequisites":[`...)
	for i, id := range d.prerequisites {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(b, `{"id":`...), id)
		b = append(appendString(append(b, `,"selfUri":`...), definitionURI(id)), '}')
	}
	b = append(b, `],"comprises":[`...)
	for i, part := range d.comprises {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendDefinition(b, part, summary)
	}
	b = append(b, `],"selfUri":`...)
	return append(appendString(b, definitionURI(d.id)), '}')
}

func definitionURI(id string) string { return "/api/v2/license/definitions/" + url.PathEscape(id) }

// getLicenseToggle answers that any toggle is on: toggles are deprecated, and always on.
func (s *Server) getLicenseToggle(e *errand) ([]byte, *failure) {
	on := true
	set, wasSet := s.mischief.toggles.Load(e.name)
	switch {
	case s.has(ToggleFlips) && wasSet:
		on = set.(bool)
	case s.has(ToggleUnknownFalse):
		on = wasSet
	case s.has(ToggleUnknown404) && !wasSet:
		return nil, fail(http.StatusNotFound, "not.found", "The requested toggle does not exist.")
	}
	return s.toggle(e, on), nil
}

// postLicenseToggle has no effect and needs no body: it answers what a read would.
func (s *Server) postLicenseToggle(e *errand) ([]byte, *failure) {
	switch {
	case s.has(ToggleFlips):
		set, wasSet := s.mischief.toggles.Load(e.name)
		s.mischief.toggles.Store(e.name, wasSet && !set.(bool))
	case s.has(ToggleUnknownFalse), s.has(ToggleUnknown404):
		s.mischief.toggles.Store(e.name, true)
	case s.has(TogglePostEmpty):
		return nil, nil
	case s.has(TogglePostNeedsBody) && e.r.ContentLength == 0:
		return nil, fail(http.StatusBadRequest, "bad.request", "The request has no body.")
	}
	return s.toggle(e, true), nil
}

// toggle writes a LicenseOrgToggle under the name that was asked for, decoded.
func (s *Server) toggle(e *errand, on bool) []byte {
	name := e.name
	if s.has(ToggleEchoCached) {
		s.mischief.firstToggle.CompareAndSwap(nil, &name)
		name = *s.mischief.firstToggle.Load()
	}
	if s.has(ToggleEchoEncoded) {
		name = e.rawName
	}
	b := appendString([]byte(`{"featureName":`), name)
	switch {
	case s.has(ToggleStringTrue):
		return append(b, `,"enabled":"true"}`...)
	case on:
		return append(b, `,"enabled":true}`...)
	}
	return append(b, `,"enabled":false}`...)
}
