// The journal of a write: what would undo it, on disk before the write is sent, gone once it is undone. Whatever becomes
// of this process in between, harness target restore can put things back.

package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"harness/contract"
	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/exact"
	"harness/internal/fixture"
	"harness/internal/place"
	"harness/internal/target"
	"harness/specs"
)

// noted is what a journal holds.
type noted struct {
	Target  string    `json:"target"` // its name
	File    string    `json:"file"`   // of the target, which holds the credentials
	URL     string    `json:"url"`
	API     string    `json:"api"`
	User    string    `json:"user"`
	License string    `json:"license"`
	Held    bool      `json:"held"` // whether the user held the licence before
	Since   time.Time `json:"since"`
}

// state says how the licence was found.
func (n noted) state() string {
	if n.Held {
		return exact.Printable(fmt.Sprintf("user %s held licence %s", n.User, n.License))
	}
	return exact.Printable(fmt.Sprintf("user %s did not hold licence %s", n.User, n.License))
}

// journalFolders are the places where a journal may stand: the state folder of this user, that of the run, and the
// folder for temporary files, where nothing else can be written.
func journalFolders(d door, out string) []string {
	var all []string
	if state, ok := d.env("XDG_STATE_HOME"); ok && filepath.IsAbs(state) {
		all = append(all, filepath.Join(state, "harness"))
	} else if home, ok := d.env("HOME"); ok && filepath.IsAbs(home) {
		all = append(all, filepath.Join(home, ".local", "state", "harness"))
	}
	if out != "" {
		all = append(all, out)
	}
	// Anybody may have made a folder of that name among the temporary files, and a journal names the file of a target.
	temporary := filepath.Join(os.TempDir(), "harness-"+strconv.Itoa(os.Getuid()))
	if info, err := os.Lstat(temporary); errors.Is(err, os.ErrNotExist) || err == nil && info.IsDir() && (info.Mode().Perm()&0o077 == 0 || runtime.GOOS == "windows") {
		all = append(all, temporary)
	}
	return all
}

// journalName is the same for every write of the same licence to the same user of the same server.
func journalName(n noted) string {
	sum := sha256.Sum256([]byte(n.URL + "\n" + n.User + "\n" + n.License))
	return "write-" + hex.EncodeToString(sum[:6]) + ".json"
}

// journal keeps account of the writes of a run.
type journal struct {
	folders []string // nil notes nothing down: what is written dies with this process
	target  *target.Target

	mu      sync.Mutex
	written *evidence.Written // nil before the first
}

// begin is a contract.Environment's Journal.
func (j *journal) begin(c contract.Change) (done func(undone bool), err error) {
	file := ""
	if j.folders != nil {
		full, err := filepath.Abs(j.target.File)
		if err != nil {
			return nil, err
		}
		n := noted{Target: j.target.Name, File: full, URL: j.target.APIs[c.API].URL, API: c.API, User: c.User, License: c.License, Held: c.Held, Since: time.Now().UTC()}
		if file, err = j.note(n); err != nil {
			return nil, err
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.written == nil {
		j.written = &evidence.Written{API: c.API, User: c.User, License: c.License}
	}
	j.written.Cases++
	return func(undone bool) {
		j.mu.Lock()
		defer j.mu.Unlock()
		if undone && file != "" {
			undone = os.Remove(file) == nil // one that stays asks for what is done already, which harms nobody
		}
		if undone {
			j.written.Undone++
		} else {
			j.written.Journal = file
		}
	}, nil
}

// note writes a journal in the first folder that takes it.
func (j *journal) note(n noted) (file string, err error) {
	text, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return "", err
	}
	name := journalName(n)
	for _, folder := range j.folders {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			return "", fmt.Errorf("an earlier run did not undo its change; harness target restore %s does", filepath.Join(folder, name))
		}
	}
	var failed error
	for _, folder := range j.folders {
		err := os.MkdirAll(folder, 0o700)
		if err == nil {
			file = filepath.Join(folder, name)
			if err = writeWhole(file, append(text, '\n')); err == nil {
				return file, nil
			}
		}
		failed = cmp.Or(failed, err)
	}
	return "", fmt.Errorf("what would undo it cannot be noted down: %w", failed)
}

// leftJournals lists the journals of a target's servers that were left behind.
func leftJournals(folders []string, t *target.Target) (files []string, left []noted) {
	for _, folder := range folders {
		found, err := filepath.Glob(filepath.Join(folder, "write-*.json"))
		if err != nil {
			continue // a folder whose name is no pattern holds none of ours
		}
		for _, file := range found {
			n, err := readJournal(file)
			if err == nil && t.APIs[n.API] != nil && t.APIs[n.API].URL == n.URL && !slices.Contains(files, file) {
				files, left = append(files, file), append(left, n)
			}
		}
	}
	return files, left
}

// warnOfJournals tells of changes that earlier runs on the target left behind.
func warnOfJournals(d door, folders []string, t *target.Target) {
	files, left := leftJournals(folders, t)
	for i, n := range left {
		fmt.Fprintf(d.stderr, "harness: warning: a run of %s did not undo what it wrote; before it, %s\nhint: harness target restore %s\n",
			n.Since.Format(time.DateTime), n.state(), files[i])
	}
}

func readJournal(file string) (n noted, err error) {
	text, err := place.Read("journal", file, "harness contract names those that are left")
	if err != nil {
		return n, err
	}
	if err := json.Unmarshal(text, &n); err != nil {
		return n, fmt.Errorf("%s is no journal: %w", file, err)
	}
	if n.API == "" || n.User == "" || n.License == "" || n.URL == "" {
		return n, fmt.Errorf("%s is no journal: it names no api, url, user and license", file)
	}
	return n, nil
}

func restoreCommand(d door) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "restore JOURNAL",
		Short: "Undo the write of a run that was killed before it could",
		Long: `restore puts the licence of the user whom a run may write to back to how that run found it. A run notes that in a
journal before it writes, and removes the journal once it has undone the write; one that is left behind is named when
the next run on the same target begins.`,
		Example: "harness target restore reports/latest/write-1f33e00025.json",
		Args:    arguments(1, "one journal", "harness contract names those that are left"),
		RunE:    func(c *cobra.Command, args []string) error { return restore(c.Context(), d, args[0], file) },
	}
	targetFlag(c, &file, "target `FILE`; without it the one that the run had")
	return c
}

// restore undoes what a journal tells of.
func restore(ctx context.Context, d door, file, targetFile string) error {
	n, err := readJournal(file)
	if err != nil {
		return err
	}
	t, err := open(d, cmp.Or(targetFile, n.File))
	if err != nil {
		return err
	}
	if t.APIs[n.API] == nil || t.APIs[n.API].URL != n.URL {
		return fmt.Errorf("the journal is about %s, which target %s does not lead to\nhint: name the file of target %s with --target", n.URL, t.Name, n.Target)
	}
	api, err := specs.Embedded(n.API)
	if err != nil {
		return fault{err}
	}
	c, err := client.New(client.Options{API: api, Target: t, Version: tool().Version})
	if err != nil {
		return err
	}
	defer c.Close()
	held, err := licensed(ctx, c, n)
	if err != nil {
		return err
	}
	if held == n.Held {
		fmt.Fprintf(d.stdout, "nothing to restore: %s, and still so\n", n.state())
		return os.Remove(file)
	}
	change := map[string]any{"licenseId": n.License, "userIdsAdd": []string{}, "userIdsRemove": []string{n.User}}
	if n.Held {
		change["userIdsAdd"], change["userIdsRemove"] = []string{n.User}, []string{}
	}
	body, err := json.Marshal(map[string]any{"assignments": []any{change}})
	if err != nil {
		return fault{err}
	}
	e := c.Send(ctx, client.Request{Operation: api.Operation("postLicenseOrganization"), Body: body})
	if errors.Is(e.Err, client.ErrRefused) {
		return e.Err // the target's file allows it no more
	}
	for pause := 50 * time.Millisecond; e.OK() && held != n.Held && pause < 10*time.Second; pause *= 2 {
		if held, err = licensed(ctx, c, n); err != nil {
			return err
		}
		if held != n.Held {
			time.Sleep(pause) // the document does not say when a change can be seen
		}
	}
	if held != n.Held {
		fmt.Fprintf(d.stdout, "not restored: %s; %s\n", n.state(), c.Redact(e.Answered()))
		return exit{exitNotJudged}
	}
	fmt.Fprintf(d.stdout, "restored: it is again so that %s\n", n.state())
	return os.Remove(file)
}

// licensed asks whether the user of a journal holds the licence now.
func licensed(ctx context.Context, c *client.Client, n noted) (bool, error) {
	e := c.Send(ctx, client.Request{Operation: c.API().Operation("getLicenseUser"), Path: map[string]string{"userId": n.User}})
	switch {
	case !e.OK():
		return false, &fixture.Unreachable{API: n.API, URL: n.URL, Answered: e.Err == nil, Detail: e.Answered()}
	case len(e.Departures) > 0:
		// A page to sign in, say. Who took it for a user without licences would think that nothing is left to undo.
		return false, &fixture.Unreachable{API: n.API, URL: n.URL, Answered: true, Detail: exact.Printable(c.Redact(e.Departures[0].String()))}
	}
	return slices.Contains(fixture.IDs(e.JSON().Get("licenses")), n.License), nil
}
