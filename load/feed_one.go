// Feeds of one thing at a time: a licence, what hangs on it, a definition, a user.

package load

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
	"harness/specs"
)

// oneFeed asks for one thing, drawn by chance out of those that are there.
type oneFeed struct {
	op     *Operation
	things []thing
	chance *rand.Rand
	expect func(*Ask, *Answer) []specs.Departure // nil where an answer does not tell what it is of
}

// thing is one thing to ask for.
type thing struct {
	target string
	key    int64  // what the answer shows, where that is a key
	id     []byte // … where it is a text
	owner  int64  // the account of a licence; 0 for unknown
}

// Next fills the next request.
func (f *oneFeed) Next(a *Ask) {
	one := &f.things[f.chance.IntN(len(f.things))]
	a.Operation, a.Target, a.Session, a.Expect = f.op, one.target, one, f.expect
}

// oneKind lists the things that an operation can be asked for, and says what their answers must hold.
type oneKind func(*composer, *Operation) ([]thing, func(*Ask, *Answer) []specs.Departure, error)

// singles are the operations that ask for one thing, by API and id.
var singles = map[string]oneKind{
	"gotoaccount getLicense": func(c *composer, op *Operation) ([]thing, func(*Ask, *Answer) []specs.Departure, error) {
		things, err := c.licences(op)
		return things, echoedLicence(op.column("/key"), op.column("/accountkey")), err
	},
	"gotoaccount getLicenseUsers": func(c *composer, op *Operation) ([]thing, func(*Ask, *Answer) []specs.Departure, error) {
		things, err := c.licences(op)
		return things, nil, err
	},
	"gotoaccount getLicenseProducts": func(c *composer, op *Operation) ([]thing, func(*Ask, *Answer) []specs.Departure, error) {
		things, err := c.licences(op)
		return things, nil, err
	},
	"gotoaccount getLicenseEntitlements": func(c *composer, op *Operation) (things []thing, expect func(*Ask, *Answer) []specs.Departure, err error) {
		for _, e := range c.set.Gotoaccount.Entitlements {
			if e.Value.Kind == exact.Object {
				path := map[string]string{"licenseKey": strconv.FormatInt(e.Key, 10), "productName": e.Product}
				things = append(things, thing{target: client.Request{Operation: op.Operation, Path: path}.Target()})
			}
		}
		if len(things) == 0 {
			err = lacking("a licence with a product, and discovery met none")
		}
		return things, nil, err
	},
	"gotoaccount findLicenses": func(c *composer, op *Operation) (things []thing, expect func(*Ask, *Answer) []specs.Departure, err error) {
		for _, l := range c.set.Gotoaccount.Licences {
			v := l.Value.Get("name")
			if v.Kind != exact.String || len(v.Text) < 2 || strings.ContainsAny(v.Text, `,=*\"'`) || l.Account == 0 {
				continue
			}
			path := map[string]string{"accountKey": strconv.FormatInt(l.Account, 10)}
			query := client.Query(op.Find.Parameter, "name="+v.Text)
			things = append(things, thing{target: client.Request{Operation: op.Operation, Path: path, Query: query}.Target(), owner: l.Account})
		}
		if len(things) == 0 {
			err = lacking("a licence with a name, and discovery met none")
		}
		return things, ofAccount(op.column("/*/accountkey")), err
	},
	"genesyscloud getLicenseDefinitions": func(_ *composer, op *Operation) ([]thing, func(*Ask, *Answer) []specs.Departure, error) {
		return []thing{{target: op.Path}}, nil, nil
	},
	"genesyscloud getLicenseDefinition": func(c *composer, op *Operation) (things []thing, expect func(*Ask, *Answer) []specs.Departure, err error) {
		for _, id := range c.set.Genesyscloud.Definitions {
			things = append(things, thing{target: client.Request{Operation: op.Operation, Path: map[string]string{"licenseId": id}}.Target(), id: []byte(id)})
		}
		if len(things) == 0 {
			err = lacking("a licence definition, and the organisation lists none")
		}
		return things, echoedID(op.column("/id"), "GC-DEF-02"), err
	},
	"genesyscloud getLicenseUser": func(c *composer, op *Operation) (things []thing, expect func(*Ask, *Answer) []specs.Departure, err error) {
		for _, u := range c.set.Genesyscloud.Users {
			things = append(things, thing{target: client.Request{Operation: op.Operation, Path: map[string]string{"userId": u.ID}}.Target(), id: []byte(u.ID)})
		}
		if len(things) == 0 {
			err = lacking("a user in the organisation, and no page held one")
		}
		return things, echoedID(op.column("/id"), "GC-USR-01"), err
	},
}

func (c *composer) one(_ *Step, op *Operation) (Feed, error) {
	things, expect, err := singles[op.API.Name+" "+op.ID](c, op)
	if err != nil {
		return nil, err
	}
	return &oneFeed{op: op, things: slices.Clip(things), chance: c.chance(), expect: expect}, nil
}

// licences are all that were met.
func (c *composer) licences(op *Operation) (things []thing, err error) {
	for _, l := range c.set.Gotoaccount.Licences {
		things = append(things, thing{target: client.Request{Operation: op.Operation, Path: ofLicence(l)}.Target(), key: l.Key, owner: l.Account})
	}
	if len(things) == 0 {
		err = lacking("a licence, and no scan page held one")
	}
	return things, err
}

func ofLicence(l fixture.Licence) map[string]string {
	return map[string]string{"licenseKey": strconv.FormatInt(l.Key, 10)}
}

// echoedLicence finds another licence than the one asked for, and one that changed its account, which none ever does.
func echoedLicence(key, account int) func(*Ask, *Answer) []specs.Departure {
	return func(a *Ask, answer *Answer) (found []specs.Departure) {
		if !answer.Allowed || answer.Status/100 != 2 {
			return nil
		}
		asked := a.Session.(*thing)
		if got, ok := single(&answer.Columns[key]); ok && got != asked.key {
			return foreign(nil, "GOTO-GET-01", gotoOwn, "/key", 1, fmt.Sprintf("licence %d, asked for %d", got, asked.key))
		}
		if got, ok := single(&answer.Columns[account]); ok && asked.owner != 0 && got != asked.owner {
			found = append(found, specs.Departure{
				Requirement: "GOTO-KEY-10", Pointer: "/accountkey", Count: 1, Message: fmt.Sprintf("licence %d shows account %d, and showed %d before", asked.key, got, asked.owner),
			})
		}
		return found
	}
}

// ofAccount finds licences of another account than the one asked for.
func ofAccount(account int) func(*Ask, *Answer) []specs.Departure {
	return func(a *Ask, answer *Answer) []specs.Departure {
		if !answer.Allowed || answer.Status/100 != 2 {
			return nil
		}
		asked, strangers, first := a.Session.(*thing), 0, 0
		for i := range answer.Columns[account].Values {
			if v := &answer.Columns[account].Values[i]; v.Int != asked.owner {
				if strangers++; strangers == 1 {
					first = v.Row
				}
			}
		}
		if strangers == 0 {
			return nil
		}
		return foreign(nil, "GOTO-FIND-01", gotoOwn, fmt.Sprintf("/%d/accountkey", first), strangers, fmt.Sprintf("a licence of another account than %d", asked.owner))
	}
}

// echoedID finds another thing than the one asked for, where the answer says what it is.
func echoedID(id int, requirement string) func(*Ask, *Answer) []specs.Departure {
	return func(a *Ask, answer *Answer) []specs.Departure {
		if !answer.Allowed || answer.Status/100 != 2 || len(answer.Columns[id].Values) != 1 {
			return nil
		}
		asked, got := a.Session.(*thing), &answer.Columns[id].Values[0]
		if sameText(got, asked.id) {
			return nil
		}
		return foreign(nil, requirement, ownGenesys, "/id", 1, fmt.Sprintf("%s, asked for %s", got.Text, asked.id))
	}
}
