// The Genesys licence API: routes, tokens and permissions, bodies, and how an answer or an ErrorBody is written.

package reference

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// mostBody is the largest body that is read, in bytes; above it the answer is 413.
const mostBody = 512000

// errand is one request to the licence API, taken apart.
type errand struct {
	r             *http.Request
	correlation   string // ININ-Correlation-Id of the answer
	operation     string // the operationId
	name, rawName string // the id in the path, decoded and as it came
	body          []byte // nil when there is none, or it is null
}

// failure is an answer that is an error: the status and code of an ErrorBody.
type failure struct {
	status        int
	code, message string
}

func fail(status int, code, format string, args ...any) *failure {
	return &failure{status, code, fmt.Sprintf(format, args...)}
}

// genesysRoute is one operation: any of the permissions in needs is enough, and zero means none is needed.
type genesysRoute struct {
	operation string
	needs     permission
	takesBody bool
	handle    func(*Server, *errand) ([]byte, *failure)
}

// genesysRoutes are the nine operations by method and path; * is an id.
var genesysRoutes = map[string]map[string]genesysRoute{
	"definitions":   {http.MethodGet: {"getLicenseDefinitions", grantAdd | licenseView, false, (*Server).getLicenseDefinitions}},
	"definitions/*": {http.MethodGet: {"getLicenseDefinition", grantAdd | licenseView, false, (*Server).getLicenseDefinition}},
	"toggles/*": {
		http.MethodGet:  {"getLicenseToggle", 0, false, (*Server).getLicenseToggle},
		http.MethodPost: {"postLicenseToggle", 0, false, (*Server).postLicenseToggle},
	},
	"users": {
		http.MethodGet:  {"getLicenseUsers", 0, false, (*Server).getLicenseUsersPage},
		http.MethodPost: {"postLicenseUsers", grantAdd | licenseView, true, (*Server).postLicenseUsers},
	},
	"users/*":      {http.MethodGet: {"getLicenseUser", grantAdd | licenseView, false, (*Server).getLicenseUser}},
	"infer":        {http.MethodPost: {"postLicenseInfer", 0, true, (*Server).postLicenseInfer}},
	"organization": {http.MethodPost: {"postLicenseOrganization", grantAdd, true, (*Server).postLicenseOrganization}},
}

// serveGenesys answers one request: who asks comes first, then whether it is permitted, then what is in it.
func (s *Server) serveGenesys(w http.ResponseWriter, r *http.Request, number uint64, path string) {
	e := &errand{r: r, correlation: uuid(s.chance(number))}
	w.Header().Set("ININ-Correlation-Id", e.correlation)
	methods, known := e.route(path)
	if s.has(InferMissing) && path == "infer" {
		known = false
	}
	route, allowed := methods[r.Method]
	e.operation = route.operation
	permissions, failed := s.identify(e, route)
	switch {
	case failed != nil:
	case !known:
		failed = fail(http.StatusNotFound, "not.found", "The requested resource does not exist.")
	case !allowed:
		w.Header().Set("Allow", strings.Join(slices.Sorted(keysOf(methods)), ", "))
		failed = fail(http.StatusMethodNotAllowed, "method.not.allowed", "The method is not allowed on this resource.")
	default:
		failed = s.permit(route, permissions)
	}
	if failed == nil && route.takesBody {
		failed = s.readBody(w, e)
	}
	var body []byte
	if failed == nil {
		body, failed = route.handle(s, e)
	}
	switch {
	case failed != nil:
		s.writeFailure(w, e, failed)
	case s.has(TogglePost204) && e.operation == "postLicenseToggle":
		w.WriteHeader(http.StatusNoContent)
	default:
		write(w, http.StatusOK, "application/json", body)
	}
}

// keysOf yields the keys of a map.
func keysOf[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// route finds the path among the routes. The path is split before it is decoded, so an id may hold %2F.
func (e *errand) route(path string) (methods map[string]genesysRoute, known bool) {
	collection, id, hasID := strings.Cut(path, "/")
	if !hasID {
		methods, known = genesysRoutes[collection]
		return methods, known
	}
	decoded, err := url.PathUnescape(id)
	if err != nil || id == "" || strings.Contains(id, "/") {
		return nil, false
	}
	e.name, e.rawName = decoded, id
	methods, known = genesysRoutes[collection+"/*"]
	return methods, known
}

// identify reads the bearer token. What needs no permission needs a token all the same.
func (s *Server) identify(e *errand, route genesysRoute) (permission, *failure) {
	scheme, token, _ := strings.Cut(e.r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	switch {
	case s.has(NoPermissionIsAnonymous) && route.operation != "" && route.needs == 0,
		s.has(DefinitionsAnonymous) && route.operation == "getLicenseDefinitions":
		return grantAdd | licenseView, nil
	case !strings.EqualFold(scheme, "Bearer") || token == "":
		return 0, fail(http.StatusUnauthorized, "authentication.required", "No authentication bearer token specified in authorization header.")
	}
	permissions, ok := s.tokens.permits(token)
	if !ok && s.has(AnyBearer) {
		return grantAdd | licenseView, nil
	}
	if !ok {
		return 0, fail(http.StatusUnauthorized, "bad.credentials", "Invalid login credentials.")
	}
	return permissions, nil
}

// permit holds what a token permits against what the operation needs: any of the permissions is enough.
func (s *Server) permit(route genesysRoute, held permission) *failure {
	op := route.operation
	needs := route.needs
	switch {
	case s.has(PermViewUnknown):
		held &^= licenseView
	case s.has(PermBatchUnchecked) && op == "postLicenseUsers", s.has(PermDefinitionsUnchecked) && op == "getLicenseDefinitions":
		needs = 0
	case s.has(PermViewWrites) && op == "postLicenseOrganization":
		needs |= licenseView
	case s.has(PermTogglesNeedGrant) && strings.HasSuffix(op, "Toggle"), s.has(PermInferNeedsGrant) && op == "postLicenseInfer":
		needs = grantAdd
	case s.has(PermListNeedsView) && op == "getLicenseUsers":
		needs = licenseView
	}
	all := s.has(PermAll) || s.has(PermWriteNeedsMore) && op == "postLicenseOrganization"
	if all && needs != 0 && held != grantAdd|licenseView || needs != 0 && held&needs == 0 {
		return fail(http.StatusForbidden, "missing.any.permissions", "Unable to perform the requested action. You must have at least one of the following permissions assigned: [%s]", needs)
	}
	return nil
}

// readBody reads a body that must be JSON if there is one. An empty body and null both mean that there is none.
func (s *Server) readBody(w http.ResponseWriter, e *errand) *failure {
	body, err := io.ReadAll(io.LimitReader(e.r.Body, mostBody+1))
	if err != nil {
		return fail(http.StatusBadRequest, "bad.request", "The request could not be read.")
	}
	if len(body) > mostBody {
		w.Header().Set("Connection", "close") // the rest of the body is not worth reading
		return fail(http.StatusRequestEntityTooLarge, "request.entity.too.large", "The request is over the size limit. Maximum bytes: %d", mostBody)
	}
	text := strings.TrimSpace(string(body))
	if text == "" {
		return nil
	}
	mediaType, _, err := mime.ParseMediaType(e.r.Header.Get("Content-Type"))
	if (err != nil || mediaType != "application/json") && !s.has(ContentTypeUnchecked) {
		return fail(http.StatusUnsupportedMediaType, "unsupported.media.type", "The content type is not supported: application/json is.")
	}
	if !json.Valid(body) {
		switch {
		case s.has(MalformedBody500):
			return fail(http.StatusInternalServerError, "internal.server.error", "The server encountered an unexpected condition.")
		case s.has(MalformedBodyAccepted):
			return nil
		}
		return fail(http.StatusBadRequest, "bad.request", "The request body is not JSON.")
	}
	if text != "null" {
		e.body = body
	}
	return nil
}

// strings reads a body that is an array of strings; without a body there are none.
func (s *Server) strings(e *errand) ([]string, *failure) {
	if e.body == nil && s.varies(BodyRequired) {
		return nil, fail(http.StatusBadRequest, "bad.request", "The request has no body.")
	}
	if e.body == nil {
		return nil, nil
	}
	var elements []*string
	if err := json.Unmarshal(e.body, &elements); err != nil || slices.Contains(elements, nil) {
		if s.has(InferCoerces) && e.operation == "postLicenseInfer" {
			return nil, nil
		}
		return nil, fail(http.StatusBadRequest, "invalid.value", "The body is an array of strings.")
	}
	list := make([]string, len(elements))
	for i, element := range elements {
		list[i] = *element
	}
	return list, nil
}

// writeFailure writes an ErrorBody. Its status is the status of the answer, its contextId the correlation id.
func (s *Server) writeFailure(w http.ResponseWriter, e *errand, f *failure) {
	if s.has(ErrorHtml) {
		write(w, f.status, "text/html", []byte("<html><body><h1>Something went wrong</h1></body></html>"))
		return
	}
	status := f.status
	if s.has(ErrorStatus500) {
		status = http.StatusInternalServerError
	}
	b := append([]byte(`{"message":`), quote(f.message)...)
	if !s.has(ErrorWithoutCode) {
		b = append(append(b, `,"code":`...), quote(f.code)...)
	}
	b = strconv.AppendInt(append(b, `,"status":`...), int64(status), 10)
	b = append(append(b, `,"contextId":`...), quote(e.correlation)...)
	write(w, f.status, "application/json", append(b, `,"messageParams":{},"details":[],"errors":[]}`...))
}
