// The words that generated licences are made of: plans, roles, products and custom attributes, as they occur in the field.

package reference

import (
	"fmt"
	"strings"
)

// plan is what a licence was sold as: the licences of one plan share name, sku, products and roles.
type plan struct {
	name, sku string
	products  []string
	roles     [][]string // the sets of roles that licences of this plan have
}

// plans have names that a careless filter confuses: prefixes of each other, and characters that SQL or regular expressions take
// for wildcards, each beside a name that such a wildcard would match.
var plans = []plan{
	{"Jive", "JIVE-STD", []string{"jive"}, [][]string{{"ROLE_JIVE_USER"}}},
	{"Jive Basic", "JIVE-BAS", []string{"jive"}, [][]string{{"ROLE_JIVE_USER"}, {"ROLE_JIVE_USER", "ROLE_EXT_ADMIN"}}},
	{"Jive Pro", "JIVE-PRO", []string{"jive"}, [][]string{{"ROLE_JIVE_USER", "ROLE_JIVE_ADMIN"}, {"ROLE_JIVE_ADMIN"}}},
	{"Jive_Pro", "JIVE_PRO", []string{"jive", "g2m"}, [][]string{{"ROLE_JIVE_USER", "ROLE_G2M_ORGANIZER"}}},
	{"GoToMeeting", "G2M", []string{"g2m"}, [][]string{{"ROLE_G2M_ORGANIZER"}, {"ROLE_G2M"}}},
	{"GoToMeeting Pro", "G2M-PRO", []string{"g2m"}, [][]string{{"ROLE_G2M_ORGANIZER"}, {"ROLE_EXT_ADMIN", "ROLE_G2M_ORGANIZER"}}},
	{"GoToMeeting v1.5", "G2M-1.5", []string{"g2m"}, [][]string{{"ROLE_G2M"}}},
	{"GoToMeeting v1x5", "G2M-1X5", []string{"g2m"}, [][]string{{"ROLE_G2M_ORGANIZER"}}},
	{"GoToWebinar 100", "G2W-100", []string{"g2w"}, [][]string{{"ROLE_G2W_ORGANIZER"}}},
	{"100% Talk", "TALK%100", []string{"jive", "g2w"}, [][]string{{"ROLE_JIVE_USER", "ROLE_G2W_ORGANIZER"}}},
	{"1000 Talk", "TALK-1000", []string{"jive"}, [][]string{{"ROLE_JIVE_USER"}}},
	{"GoToTraining", "G2T", []string{"g2t"}, [][]string{{"ROLE_G2T_ORGANIZER"}}},
	{"Meeting + Webinar", "G2MW", []string{"g2m", "g2w"}, [][]string{{"ROLE_G2M_ORGANIZER", "ROLE_G2W_ORGANIZER"}}},
	{"Contact Centre (EU)", "CCAAS-EU", []string{"ccaas", "jive"}, [][]string{{"ROLE_JIVE_USER", "ROLE_JIVE_ADMIN", "ROLE_EXT_ADMIN"}}},
	{"GoToConnect Büro", "G2C", []string{"g2c"}, [][]string{{"ROLE_JIVE_ADMIN", "ROLE_EXT_ADMIN"}}},
	{"GoTo Resolve", "RESOLVE", []string{"gotoresolve"}, [][]string{{"ROLE_GOTORESOLVE_ORGANIZER"}, {"ROLE_GOTORESOLVE_ORGANIZER", "ROLE_EXT_ADMIN"}}},
}

// rareRole is held by three licences at most, so that a scan for it must filter before it limits.
const rareRole = "ROLE_CCAAS_SUPERVISOR"

var (
	channels     = []string{"online", "offline"}
	servicetypes = []string{"paid", "trial"}
	kinds        = []string{"named", "concurrent"}
	tiers        = []string{`"premium"`, `"basic"`, `"enterprise"`, `"premium plus"`}
)

// variants is how many different entitlements each product comes with.
const variants = 3

// entitlementsOf returns the entitlements of a product in one of its variants. They are schemaless, so they hold every JSON type; some
// members are shared by products, and one differs in every product.
func entitlementsOf(product string, variant int) []member {
	own := []member{
		{"maxmeetings", fmt.Sprint([...]int{100, 250, 10}[variant])},
		{"recordingenabled", fmt.Sprint(variant != 1)},
		{"edition", quote(product + "-" + string(rune('a'+variant)))},
	}
	switch product {
	case "jive", "ccaas":
		return append(own,
			member{"transcriptsprovisioned", "false"},
			member{"quota", fmt.Sprint(int64(9007199254740993) + int64(variant)*2)},
			member{"limits", fmt.Sprintf(`{"lines":%d,"ratio":0.1,"regions":["eu","us"],"nested":{"serial":9223372036854775%d}}`, 5+variant, 801+variant*2)},
			member{"note", "null"})
	case "g2m", "g2w":
		return append(own,
			member{"maxattendees", fmt.Sprint(100 * (variant + 1))},
			member{"ratio", [...]string{"0.1", "0.30000000000000004", "12.50"}[variant]},
			member{"features", `["polls","chat",{"breakouts":true}]`})
	}
	return append(own, member{"transcriptsprovisioned", "true"})
}

// longestName is a custom attribute name of exactly 64 characters, the most that is allowed.
var longestName = "contractreference" + strings.Repeat("x", 64-len("contractreference")-2) + "id"

// oddAttributes are custom attributes that few licences have. Together they show every JSON type, and the pairs that are equal as text
// but not as JSON. Each occurs on every period-th licence.
var oddAttributes = []struct {
	period int
	member
}{
	{41, member{"maxattendees", "100"}},
	{43, member{"maxattendees", `"100"`}},
	{47, member{"pilot", "true"}},
	{53, member{"pilot", `"true"`}},
	{59, member{"serial", "9007199254740993"}},
	{61, member{"serial", "9007199254740992"}},
	{67, member{"serial", "123456789012345678901234567890"}},
	{37, member{"discount", "0.1"}},
	{71, member{"discount", "0.10000000000000001"}},
	{73, member{"retired", "null"}},
	{31, member{"contact", `{"name":"J\u00fcrgen \"Jay\" Meyer","phones":["+49 30 1","+49 30 2"],"vip":false,"id":9007199254740995}`}},
	{79, member{"labels", `["eu","pilot",7,null]`}},
	{83, member{"labels", "[]"}},
	{89, member{longestName, `"CR-64"`}},
	{97, member{"pilot", "false"}},
	{101, member{"motto", `"say \"hé\" \\ tab\there"`}},
}
