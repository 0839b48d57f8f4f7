// Feeds of Genesys Cloud: batches of users, and numbered pages of them.

package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"

	"harness/internal/client"
	"harness/internal/schema"
	"harness/specs"
)

// ownGenesys is what gotoOwn is, for the other API.
const ownGenesys = "GC-LOAD-01"

// usersFeed asks for several users at once, in the body.
type usersFeed struct {
	op        *Operation
	target    string
	sizes     []int
	chance    *rand.Rand
	draw      draw[string]
	names     int             // column of the names of the answer's members
	exist     map[string]bool // users met: what tells an id from any other name
	expecting func(*Ask, *Answer) []specs.Departure
}

// users makes a feed of batches of users.
func (c *composer) users(step *Step, op *Operation) (Feed, error) {
	f := &usersFeed{op: op, target: client.Request{Operation: op.Operation}.Target(), chance: c.chance(), names: op.column("/*#"), exist: map[string]bool{}}
	for _, u := range c.set.Genesyscloud.Users {
		if u.ID != "" && !f.exist[u.ID] {
			f.exist[u.ID] = true
			f.draw.all = append(f.draw.all, u.ID)
		}
	}
	if len(f.draw.all) == 0 {
		return nil, lacking("a user in the organisation, and no page held one")
	}
	f.sizes = c.sizes(step, usualSizes, len(f.draw.all), "users")
	f.expecting = f.expect
	return f, nil
}

// Next fills the next request.
func (f *usersFeed) Next(a *Ask) {
	ids := slices.Clone(f.draw.take(f.sizes[f.chance.IntN(len(f.sizes))], f.chance))
	body, err := json.Marshal(ids)
	if err != nil {
		body = []byte("[]") // texts can always be written
	}
	slices.Sort(ids) // the request has them in the order of chance
	a.Operation, a.Target, a.Body, a.Size, a.Session, a.Expect = f.op, f.target, body, len(ids), ids, f.expecting
}

// expect finds users that were not asked for. The document does not say what the members of the answer are called, so a
// name that is no user's says nothing.
func (f *usersFeed) expect(a *Ask, answer *Answer) []specs.Departure {
	if !answer.Allowed || answer.Status/100 != 2 {
		return nil
	}
	asked := a.Session.([]string)
	strangers, example := 0, ""
	for _, v := range answer.Columns[f.names].Values {
		_, own := slices.BinarySearchFunc(asked, v.Text, compareText)
		if own || !f.exist[string(v.Text)] {
			continue
		}
		if strangers++; strangers == 1 {
			example = string(v.Text)
		}
	}
	if strangers == 0 {
		return nil
	}
	return foreign(nil, "GC-BUSR-07", ownGenesys, "", strangers, fmt.Sprintf("user %s, who was not asked for", example))
}

// compareText compares a text with one that need not be copied for it.
func compareText(a string, b []byte) int {
	switch {
	case a == string(b):
		return 0
	case a < string(b):
		return -1
	}
	return 1
}

// pagesFeed goes through numbered pages.
type pagesFeed struct {
	op     *Operation
	sizes  []int
	chance *rand.Rand
	items  int // column of the items; rows are counted
	total  int
	number int
	known  int64 // users in all, as discovery was told; -1 for not

	mu        sync.Mutex
	free      []*turner
	expecting func(*Ask, *Answer) []specs.Departure
	returning func(*Ask, *Answer)
}

// turner turns pages of one size.
type turner struct {
	size, number int
	each         int // items on the first page: a server may have a greatest size of its own
}

func (c *composer) pages(step *Step, op *Operation) (Feed, error) {
	g := &c.set.Genesyscloud
	if len(g.Users) == 0 {
		return nil, lacking("a user in the organisation, and no page held one")
	}
	f := &pagesFeed{op: op, chance: c.chance(), sizes: step.Sizes, known: g.Total}
	if len(f.sizes) == 0 {
		f.sizes = []int{25, 100}
	}
	f.items = op.column("/" + op.Pages.Items + "/*/id")
	f.total, f.number = op.column("/"+op.Pages.Total), op.column("/"+op.Pages.Number)
	f.expecting, f.returning = f.expect, f.back
	return f, nil
}

// Next fills the next request. What is due while every turner waits for an answer is asked by another, which begins at
// the first page as well.
func (f *pagesFeed) Next(a *Ask) {
	f.mu.Lock()
	if len(f.free) == 0 {
		f.free = append(f.free, &turner{number: 1})
	}
	t := f.free[0]
	f.free = slices.Delete(f.free, 0, 1)
	f.mu.Unlock()
	if t.number == 1 {
		t.size = f.sizes[f.chance.IntN(len(f.sizes))]
	}
	text := append(append(append([]byte(f.op.Path), '?'), f.op.Pages.Size...), '=')
	text = strconv.AppendInt(text, int64(t.size), 10)
	text = append(append(append(text, '&'), f.op.Pages.Number...), '=')
	text = strconv.AppendInt(text, int64(t.number), 10)
	a.Operation, a.Target, a.Size, a.Session = f.op, string(text), t.size, t
	a.Expect, a.Back = f.expecting, f.returning
}

// expect finds too many users, and a page that says it is another.
func (f *pagesFeed) expect(a *Ask, answer *Answer) (found []specs.Departure) {
	if !answer.Allowed || answer.Status/100 != 2 {
		return nil
	}
	t := a.Session.(*turner)
	if rows := answer.Columns[f.items].Rows; rows > t.size {
		found = append(found, specs.Departure{Requirement: "GC-PAGE-02", Pointer: "/" + f.op.Pages.Items, Count: 1, Message: fmt.Sprintf("%d users on a page of %d", rows, t.size)})
	}
	if n, told := single(&answer.Columns[f.number]); told && n != int64(t.number) {
		found = append(found, specs.Departure{Requirement: ownGenesys, Pointer: "/" + f.op.Pages.Number, Count: 1, Message: fmt.Sprintf("page %d, asked for page %d", n, t.number)})
	}
	return found
}

// single is the integer of a column that has one.
func single(c *schema.Column) (n int64, ok bool) {
	if len(c.Values) != 1 || !c.Values[0].Integer {
		return 0, false
	}
	return c.Values[0].Int, true
}

// back turns the page, and begins again behind the last one: what a server says to a page past the end is not asked
// here.
func (f *pagesFeed) back(a *Ask, answer *Answer) {
	t := a.Session.(*turner)
	switch {
	case answer.Allowed && answer.Status/100 == 2:
		rows := answer.Columns[f.items].Rows
		if t.number == 1 {
			t.each = rows
		}
		total, told := single(&answer.Columns[f.total])
		switch {
		case rows == 0, told && int64(t.number)*int64(t.each) >= total, !told && rows < t.each, !told && rows < t.size && t.number == 1:
			t.number = 1
		default:
			t.number++
		}
	case answer.Status != 0:
		t.number = 1
	}
	f.mu.Lock()
	f.free = append(f.free, t)
	f.mu.Unlock()
}

// sameText says whether a value is a text, in whatever case: whether that matters the documents do not say.
func sameText(v *schema.Value, want []byte) bool { return bytes.EqualFold(v.Text, want) }
