//go:build unix

// The class of a fault: what kind of promise it breaks.

package main

import "path"

// classes says which requirements make which class. A fault belongs to the first class that holds any requirement it
// breaks: what shows in one answer by its shape comes after what wants several requests or credentials, and what is
// left is about the state that several answers agree on.
var classes = []struct {
	name     string
	says     string
	patterns []string
}{
	{"concurrency", "answers to simultaneous requests", []string{"*-LOAD-*"}},
	{"permissions", "who may, and with which credentials", []string{"*-AUTH-*", "GC-PERM-*"}},
	{"shape", "types, members, status and content type of one answer", []string{
		"*-DOC-*", "G*-GEN-01", "GOTO-GEN-02", "GOTO-GEN-03", "GC-GEN-02", "GC-ERR-01", "GOTO-KEY-01", "GOTO-KEY-02", "GOTO-KEY-03",
		"GOTO-LIC-0[1-5]", "GOTO-LIC-09", "GOTO-LIC-10", "GOTO-LIC-13", "GOTO-GET-01", "GOTO-LUSR-01", "GOTO-PROD-01", "GOTO-ENT-01",
		"GOTO-ENTB-01", "GOTO-BATCH-05", "GC-DEF-01", "GC-DEF-04", "GC-TOG-01", "GC-TOG-04", "GC-PAGE-05", "GC-PAGE-06", "GC-INF-01",
		"GC-BUSR-01", "GC-ORG-01",
	}},
	{"bounds", "what is too many, too large, malformed or unknown", []string{
		"GOTO-GEN-05", "*-ERR-*", "GOTO-KEY-07", "GOTO-BATCH-0[346]", "GOTO-GET-03", "GOTO-ACCT-0[45]", "GOTO-USER-04", "GOTO-ENTB-03",
		"GOTO-SCAN-KEY-0[1-5]", "GOTO-SCAN-ATTR-11", "GC-DEF-05", "GC-USR-04", "GC-PAGE-0[12]", "GC-INF-02", "GC-INF-06", "GC-BUSR-03",
	}},
	{"ranges", "bounds, order and pages of a walk", []string{"GOTO-SCAN-KEY-*", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ROLE-03", "GC-PAGE-*"}},
	{"filters", "which licences a query selects, and what it trims", []string{
		"GOTO-FIND-*", "GOTO-SCAN-ATTR-*", "GOTO-SCAN-ROLE-*", "GOTO-ACCT-0[6-9]", "GOTO-ACCT-1[0-5]", "GOTO-ACCTATTR-*", "GOTO-USER-0[5-7]",
		"GOTO-ROUTE-*",
	}},
	{"batches", "lists of several, against one by one", []string{
		"GOTO-BATCH-*", "GOTO-ENTB-*", "GOTO-ACCT-*", "GOTO-USER-*", "GC-BUSR-*", "GC-INF-03",
	}},
	{"state", "answers that have to agree with each other, and writes", []string{"*"}},
}

// classOf is the class of a fault that breaks these requirements.
func classOf(breaks []string) string {
	for _, c := range classes {
		for _, pattern := range c.patterns {
			for _, id := range breaks {
				if ok, _ := path.Match(pattern, id); ok { // the patterns are well-formed, and a test says so
					return c.name
				}
			}
		}
	}
	return classes[len(classes)-1].name
}
