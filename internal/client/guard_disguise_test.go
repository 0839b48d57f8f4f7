// A token URL is a way past the list of operations, so it may be none of them.

package client

import "testing"

func TestATokenURLIsNoOperation(t *testing.T) {
	for tokenURL, allowed := range map[string]bool{
		"https://login.mypurecloud.com/oauth/token":                           true,
		"http://127.0.0.1:8080/v2/oauth/token":                                true,
		"https://h/api/v2/license/organization":                               false,
		"https://h/stage/api/v2/license/organization":                         false,
		"https://h/api/v2/license/ORGANIZATION/":                              false,
		"https://h/api/v2/license/organi%7Aation":                             false,
		"https://h/api/v2/license/oauth/../organization":                      false,
		"https://h/api/v2/license/infer":                                      false,
		"https://h/api/v2/license/toggles/token":                              false,
		"https://h/oauth/token/..;/../api//v2/license/users":                  false,
		"https://h/oauth/token%2F..%2F..%2Fapi%2Fv2%2Flicense%2Forganization": false,
	} {
		if reason := noTokenURL(tokenURL); (reason == "") != allowed {
			t.Errorf("%s: %q, allowed is %v", tokenURL, reason, allowed)
		}
	}
}
