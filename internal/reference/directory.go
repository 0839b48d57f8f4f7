// The Genesys organisation: licence definitions, users with their licences, and roles that licences are inferred from.

package reference

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

// directory is what the licence API knows. Definitions and roles are fixed; the licences of users change under mu.
type directory struct {
	definitions []*definition
	byID        map[string]*definition
	roles       []string
	inferred    map[string][]string // role id to licence ids
	mu          sync.RWMutex
	users       []*user
	byUser      map[string]*user
}

// definition describes one kind of licence.
type definition struct {
	id, description string
	permissions     []string
	prerequisites   []string      // ids
	comprises       []*definition // never in a circle: a definition comprises earlier ones
}

// user is a user and the ids of the licences assigned to it, in order.
type user struct {
	id       string
	licences []string
}

func (u *user) has(licence string) bool { return slices.Contains(u.licences, licence) }

// definitionIDs are more than 25, so that a list cut to one page shows. An id after a slash is what the one before it comprises.
var definitionIDs = strings.Fields(`collaborate communicate/collaborate cloudCX1/communicate cloudCX1Digital cloudCX2/cloudCX1
	cloudCX2Digital/cloudCX1Digital cloudCX3/cloudCX2 cloudCX3Digital/cloudCX2Digital cloudCX4/cloudCX3 gcSTAupgrade gcWEMupgrade1
	gcWEMupgrade2/gcWEMupgrade1 gcDigitalAddOn2 gcDigitalAddOn3/gcDigitalAddOn2 gcScreenRecording gcSpeechAnalytics gcWorkforce
	gcGamification gcVoicebot gcDigitalbot gcPredictiveEngagement gcPredictiveRouting gcAgentAssist gcAgentCopilot/gcAgentAssist
	gcSupervisorCopilot gcJourney gcSocial gcOutbound gcIVR gcKnowledge gcByoc gcAppFoundry`)

// neededFirst is the licence that an upgrade needs the user to have.
const neededFirst = "cloudCX1"

// reservedLicence is assigned to nobody at the start, so that the user set aside for writes can be given it.
const reservedLicence = "gcAppFoundry"

func newDirectory(seed uint64, users int) *directory {
	rng := rand.New(rand.NewPCG(seed, 0x6e5))
	d := &directory{byID: make(map[string]*definition), inferred: make(map[string][]string), byUser: make(map[string]*user)}
	for _, text := range definitionIDs {
		id, part, _ := strings.Cut(text, "/")
		def := &definition{id: id, description: "Licence " + id, permissions: permissionsOf(rng)}
		if part != "" {
			def.comprises = append(def.comprises, d.byID[part])
		}
		if strings.Contains(id, "upgrade") {
			def.prerequisites = []string{neededFirst}
		}
		d.definitions = append(d.definitions, def)
		d.byID[id] = def
	}
	for range 12 {
		id := uuid(rng)
		d.roles = append(d.roles, id)
		for i := range 1 + len(d.roles)%3 { // neighbouring roles share licences, so that a union is less than a sum
			d.inferred[id] = append(d.inferred[id], d.definitions[len(d.roles)+i].id)
		}
	}
	for i := range users {
		u := &user{id: uuid(rng)}
		n := [...]int{1, 2, 1, 3, 0, 1, 2}[i%7]
		if i == users-1 {
			n = 1 // the user set aside for writes
		}
		first := rng.IntN(len(d.definitions) - 1)
		for j := range n {
			u.licences = append(u.licences, d.definitions[(first+j*3)%(len(d.definitions)-1)].id)
		}
		d.users = append(d.users, u)
		d.byUser[u.id] = u
	}
	return d
}

// permissionsOf returns 23 or more permission ids, as real definitions have.
func permissionsOf(rng *rand.Rand) []string {
	domains := []string{"quality", "routing", "analytics", "directory", "recording", "outbound", "wfm", "telephony"}
	entities := []string{"evaluation", "queue", "conversationDetail", "user", "segment", "campaign", "schedule", "plugin"}
	actions := []string{"add", "view", "edit", "delete", "search"}
	all := make([]string, 0, len(domains)*len(entities)*len(actions))
	for _, domain := range domains {
		for _, entity := range entities {
			for _, action := range actions {
				all = append(all, domain+":"+entity+":"+action)
			}
		}
	}
	first, n := rng.IntN(len(all)), 23+rng.IntN(20)
	permissions := make([]string, n)
	for i := range n {
		permissions[i] = all[(first+i*7)%len(all)]
	}
	return permissions
}

// uuid is a version 4 UUID from the given randomness.
func uuid(rng *rand.Rand) string {
	a, b := rng.Uint64(), rng.Uint64()
	a = a&^0xf000 | 0x4000
	b = b&^(3<<62) | 1<<63
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xffff, a&0xffff, b>>48, b&0xffffffffffff)
}

// licencesOf returns a copy of a user's licences; ok is false for an unknown user.
func (d *directory) licencesOf(id string) (licences []string, ok bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	u, ok := d.byUser[id]
	if !ok {
		return nil, false
	}
	return slices.Clone(u.licences), true
}

// infer returns the licences that roles ask for, each once, in the order of the definitions. Unknown roles are passed over.
func (d *directory) infer(roles []string) []string {
	var licences []string
	for _, def := range d.definitions {
		for _, role := range roles {
			if slices.Contains(d.inferred[role], def.id) {
				licences = append(licences, def.id)
				break
			}
		}
	}
	return licences
}
