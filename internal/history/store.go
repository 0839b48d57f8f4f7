// The folder of stored runs: how a run is laid down, found again, and how its evidence is dropped.

package history

import (
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"harness/internal/evidence"
)

// EvidenceFile is a stored run's evidence, compressed; ReportFile the judgement on it as it was when it was stored.
const (
	EvidenceFile = "run.jsonl.gz"
	ReportFile   = "report.json"
	summaryFile  = "summary.json"
	unfinished   = ".storing-" // folders being written
)

// Stored is one run in a store.
type Stored struct {
	Summary
	Folder   string `json:"folder"`
	Evidence bool   `json:"evidence"` // it still has its evidence
}

// Skipped is a folder in a store that holds no run which can be read.
type Skipped struct {
	Folder string `json:"folder"`
	Reason string `json:"reason"`
}

// RunIdentity is the id of a run: of what it was and when it began, and so the same however often it is judged.
func RunIdentity(h evidence.Header) (string, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:4]), nil
}

// Folder is where a run lies in a store, from its root: target, then date, APIs, verdict and id.
func (s Summary) Folder() string {
	word := strings.ReplaceAll(s.Verdict.String(), " ", "-")
	if s.CutShort {
		word = "cut-short"
	}
	apis := strings.Join(s.Selection.APIs, "+")
	if apis == "" {
		apis = "none"
	}
	name := fmt.Sprintf("%s-%s-%s-%s", s.Started.UTC().Format("2006-01-02T15-04-05Z"), apis, word, s.ID)
	return filepath.Join(folderName(s.Target), name)
}

// folderName writes a target's name as one folder: letters, digits, dot, dash and underscore stand for themselves,
// other bytes as %XX. A long one is cut, and its digest says which it was.
func folderName(target string) string {
	var b strings.Builder
	for i, c := range []byte(target) {
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' && i > 0
		if plain {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	name := b.String()
	if longest := 100; len(name) > longest {
		sum := sha256.Sum256([]byte(target))
		name = name[:longest] + "-" + hex.EncodeToString(sum[:4])
	}
	return name
}

// Add lays a run down in a store, which it makes when there is none, and returns the run's folder. The folder appears
// whole or not at all. A run that is stored already is replaced: it may have been judged anew. evidence writes the
// stream; nil leaves it out.
func Add(dir string, s Summary, report []byte, evidence func(io.Writer) error) (folder string, err error) {
	target := filepath.Join(dir, folderName(s.Target))
	if err := os.MkdirAll(target, 0o755); err != nil {
		return "", fmt.Errorf("the store cannot be written: %w", err)
	}
	temporary, err := os.MkdirTemp(target, unfinished)
	if err != nil {
		return "", fmt.Errorf("the store cannot be written: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("the store cannot be written: %w", err), os.RemoveAll(temporary))
		}
	}()
	if err := os.Chmod(temporary, 0o755); err != nil {
		return "", err
	}
	summary, err := s.write()
	if err != nil {
		return "", err
	}
	// Answers may hold personal data, so only the owner may read what quotes them.
	if err := os.WriteFile(filepath.Join(temporary, ReportFile), report, 0o600); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(temporary, summaryFile), summary, 0o600); err != nil {
		return "", err
	}
	if evidence != nil {
		if err := compress(filepath.Join(temporary, EvidenceFile), evidence); err != nil {
			return "", err
		}
	}
	earlier, err := filepath.Glob(filepath.Join(target, "*-"+s.ID))
	if err != nil {
		return "", err
	}
	// The earlier one is only deleted when the new one is there.
	for i, folder := range earlier {
		aside := fmt.Sprintf("%s-%d", temporary, i)
		if err := os.Rename(folder, aside); err != nil {
			return "", err
		}
		earlier[i] = aside
	}
	folder = filepath.Join(dir, s.Folder())
	if err := os.Rename(temporary, folder); err != nil {
		return "", err
	}
	for _, aside := range earlier {
		if err := os.RemoveAll(aside); err != nil {
			return "", err
		}
	}
	return folder, nil
}

func compress(file string, write func(io.Writer) error) (err error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if err := write(z); err != nil {
		return err
	}
	return z.Close()
}

// Index lists the runs of a store, the oldest first, and the folders in it that hold no run. The error is that of a
// store which cannot be read at all.
func Index(dir string) ([]Stored, []Skipped, error) {
	targets, err := folders(dir)
	if err != nil {
		var path *fs.PathError
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, nil, fmt.Errorf("no store at %s\nhint: harness contract --store %s begins one", dir, dir)
		case errors.As(err, &path):
			err = path.Err
		}
		return nil, nil, fmt.Errorf("no store at %s: %w", dir, err)
	}
	runs, skipped := []Stored{}, []Skipped{}
	for _, target := range targets {
		if strings.HasPrefix(target, ".") {
			continue // of version control, and of the desktop
		}
		names, err := folders(filepath.Join(dir, target))
		if err != nil {
			skipped = append(skipped, Skipped{filepath.Join(dir, target), err.Error()})
			continue
		}
		for _, name := range names {
			folder := filepath.Join(dir, target, name)
			if run, err := read(folder, target); err != nil {
				skipped = append(skipped, Skipped{folder, err.Error()})
			} else {
				runs = append(runs, run)
			}
		}
	}
	slices.SortStableFunc(runs, func(a, b Stored) int { return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID)) })
	return runs, skipped, nil
}

// folders lists the names of the folders in a folder, sorted.
func folders(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

func read(folder, target string) (Stored, error) {
	name := filepath.Base(folder)
	if strings.HasPrefix(name, unfinished) {
		return Stored{}, errors.New("a run is being stored here, or its storing was broken off")
	}
	data, err := os.ReadFile(filepath.Join(folder, summaryFile))
	if errors.Is(err, os.ErrNotExist) {
		return Stored{}, errors.New("no run: there is no " + summaryFile)
	}
	if err != nil {
		return Stored{}, err
	}
	s, err := readSummary(data)
	if err != nil {
		return Stored{}, err
	}
	if folderName(s.Target) != target || !strings.HasSuffix(name, "-"+s.ID) {
		return Stored{}, fmt.Errorf("it lies where another run belongs: %s is of %s", summaryFile, s.Folder())
	}
	_, err = os.Stat(filepath.Join(folder, EvidenceFile))
	return Stored{Summary: s, Folder: folder, Evidence: err == nil}, nil
}

// Droppable lists the runs whose evidence may go: those older than age, but for three of each target and API: the newest
// whole run, the newest whole run with nothing broken, and the newest with something broken. Reports and summaries always
// stay.
func Droppable(runs []Stored, age time.Duration, now time.Time) []Stored {
	kept := map[string]bool{}
	var drop []Stored
	for _, run := range slices.Backward(runs) {
		keep := false
		for _, a := range run.APIs {
			whole, of := !run.CutShort && run.Selection.Whole(), run.Target+"\x00"+a.API
			for kind, is := range map[string]bool{"whole": whole, "green": whole && len(a.Broken) == 0, "broken": len(a.Broken) > 0} {
				keep = is && first(kept, of+"\x00"+kind) || keep
			}
		}
		if run.Evidence && !keep && now.Sub(run.Started) > age {
			drop = append(drop, run)
		}
	}
	slices.Reverse(drop)
	return drop
}

// first says whether a key is new, and takes it in.
func first(seen map[string]bool, key string) bool {
	fresh := !seen[key]
	seen[key] = true
	return fresh
}

// DropEvidence deletes the evidence of a stored run.
func DropEvidence(run Stored) error {
	return os.Remove(filepath.Join(run.Folder, EvidenceFile))
}
