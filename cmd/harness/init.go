// harness init: the files that somebody needs to test a system of their own.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"harness/internal/known"
	"harness/internal/nearest"
	"harness/internal/target"
	"harness/pipelines"
	"harness/specs"
)

// initFlags are the flags of harness init as they were given.
type initFlags struct {
	name, pipeline, from    string
	apis, urls, credentials []string
}

// noPipeline is the choice of somebody who runs harness by hand, or in a pipeline of another kind.
const noPipeline = "none"

func newInit(d door) *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use:   "init",
		Short: "Write the files that a system of yours needs to be tested",
		Long: `init writes a target file, an empty list of known failures and, if wanted, the file of a pipeline, into the folder
that it is run in, which had best be the root of a repository. On a terminal it asks for what no flag says; elsewhere
--url is all that must be given. It never asks for a secret: the files name variables of the environment. A file that
is there already is never touched: a list of known failures stays, and for another nothing is written at all.`,
		Example: `harness init
harness init --url gotoaccount=https://accounts.staging.example --pipeline gitlab
harness init --url genesyscloud=https://api.mypurecloud.ie --pipeline github --from owner/harness@v1`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return initialise(c.Context(), d, f) },
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.apis, "api", nil, "test this `API`: "+strings.Join(specs.Names, ", ")+"; those that --url names, without it")
	flags.StringArrayVar(&f.urls, "url", nil, "where an API is: `API=URL`, or the URL alone where there is one API; ${NAME} for a variable")
	flags.StringArrayVar(&f.credentials, "credential", nil, "how an API knows its callers, `API=KIND`: "+strings.Join(kindsOfCredential, ", ")+
		" (default headers for "+specs.Names[0]+", oauth2 for "+specs.Names[1]+")")
	choiceFlag(c, &f.pipeline, "pipeline", "", "the `SYSTEM` that runs pipelines", pipelineNames())
	flags.StringVar(&f.from, "from", "", "the `SOURCE` that the pipeline gets harness from: OWNER/REPOSITORY@VERSION for github, an image for gitlab")
	flags.StringVar(&f.name, "name", "staging", "`NAME` of the target, and of its file")
	return c
}

func pipelineNames() []string {
	var names []string
	for _, k := range pipelines.Kinds {
		names = append(names, k.Name)
	}
	return append(names, noPipeline)
}

// plan is what init has been told, and is about to write.
type plan struct {
	Name     string
	File     string
	APIs     []*planned
	pipeline *pipelines.Kind // nil for none
	from     string
}

// planned is one API of a target.
type planned struct {
	Name, Prefix, BasePath string
	URL, Kind, TokenURL    string
	Permissions            bool   // whether there are operations that want some
	Operation              string // one of them, for an example
}

func initialise(ctx context.Context, d door, f initFlags) error {
	var q *questions
	if file, ok := d.stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		q = newQuestions(ctx, d)
	}
	p, err := f.plan(q)
	if err != nil {
		return err
	}
	files, err := p.files()
	if err != nil {
		return err
	}
	// One list serves every target of a repository: that of an earlier one stays.
	keeps := exists(known.File)
	if keeps {
		files = slices.DeleteFunc(files, func(f begun) bool { return f.name == known.File })
	}
	if err := writeAll(files); err != nil {
		return err
	}
	if keeps {
		fmt.Fprintf(d.stdout, "left as it is: %s\n", known.File)
	}
	p.tell(d.stdout, files)
	return nil
}

var targetName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// plan reads the flags, and asks for what they do not say; q is nil where nobody can be asked.
func (f initFlags) plan(q *questions) (*plan, error) {
	if !targetName.MatchString(f.name) {
		return nil, fmt.Errorf("--name %q: letters, digits, dots and dashes are meant: it names a file as well", f.name)
	}
	p := &plan{Name: f.name, File: f.name + ".yaml"}
	if strings.EqualFold(p.File, known.File) {
		return nil, fmt.Errorf("--name %q: %s is the list of known failures, which stands beside a target; another name is meant", f.name, known.File)
	}
	urls, err := f.perAPI("--url", f.urls, func(string) bool { return true })
	if err != nil {
		return nil, err
	}
	kinds, err := f.perAPI("--credential", f.credentials, func(text string) bool { return !slices.Contains(kindsOfCredential, text) })
	if err != nil {
		return nil, err
	}
	names, err := f.chosen(urls, q)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		a, err := plannedAPI(name)
		if err != nil {
			return nil, err
		}
		if err := a.place(urls[name], q); err != nil {
			return nil, err
		}
		if err := a.known(kinds[name], q); err != nil {
			return nil, err
		}
		p.APIs = append(p.APIs, a)
	}
	return p, p.choosePipeline(f.pipeline, f.from, q)
}

// perAPI reads values of the form API=VALUE. A value alone is that of the one API that was chosen, or of every one
// where alone is false for it.
func (f initFlags) perAPI(flag string, values []string, alone func(string) bool) (map[string]string, error) {
	all := map[string]string{}
	for _, text := range values {
		name, value, ok := strings.Cut(text, "=")
		if _, known := specs.Prefix[name]; ok && known {
			all[name] = value
			continue
		}
		if ok && !strings.ContainsAny(name, ":/$") {
			return nil, nearest.Error("API", name, specs.Names, "")
		}
		of := f.apis
		if !alone(text) {
			of = specs.Names
		} else if len(of) != 1 {
			return nil, fmt.Errorf("%s %q: of which API?\nhint: %s %s=%s", flag, text, flag, specs.Names[0], text)
		}
		for _, name := range of {
			all[name] = text
		}
	}
	return all, nil
}

// chosen are the APIs to test: those named, or those with a URL, or those that somebody answers.
func (f initFlags) chosen(urls map[string]string, q *questions) ([]string, error) {
	if err := knownAPIs(f.apis); err != nil {
		return nil, err
	}
	var names []string
	for _, name := range specs.Names {
		if slices.Contains(f.apis, name) || urls[name] != "" {
			names = append(names, name)
		}
	}
	switch {
	case len(names) > 0:
		return names, nil
	case q == nil:
		return nil, fmt.Errorf("init is to know where an API is\nhint: --url %s=https://accounts.staging.example, for both APIs twice", specs.Names[0])
	}
	both := "both"
	answer, err := q.choose("Which API?", append(slices.Clone(specs.Names), both), both)
	if err != nil || answer == both {
		return specs.Names, err
	}
	return []string{answer}, nil
}

func plannedAPI(name string) (*planned, error) {
	api, err := specs.Embedded(name)
	if err != nil {
		return nil, fault{err}
	}
	prefix, basePath := target.Spelling(name)
	return &planned{Name: name, Prefix: prefix, BasePath: basePath, Permissions: suggested(api) != nil, Operation: api.Operations[0].ID}, nil
}

// Permissions says whether the target has an API with operations that want some.
func (p *plan) Permissions() bool {
	return slices.ContainsFunc(p.APIs, func(a *planned) bool { return a.Permissions })
}

// kindsOfCredential are those that a target file can have.
var kindsOfCredential = []string{"headers", "bearer", "oauth2"}

func credentialKinds() []string {
	all := slices.Clone(kindsOfCredential)
	for _, api := range specs.Names {
		for _, kind := range kindsOfCredential {
			all = append(all, api+"="+kind)
		}
	}
	return all
}

// place says where the API is.
func (a *planned) place(url string, q *questions) error {
	check := func(url string) error {
		if variable.MatchString(url) {
			return nil
		}
		if flaw := target.URLFlaw(url); flaw != "" {
			return fmt.Errorf("the URL of %s %s\nhint: https://accounts.staging.example, or ${NAME} for a variable", a.Name, flaw)
		}
		return nil
	}
	if url == "" && q == nil {
		return fmt.Errorf("init is to know where %s is\nhint: --url %s=https://accounts.staging.example", a.Name, a.Name)
	}
	var err error
	if url == "" {
		url, err = q.ask(fmt.Sprintf("Where is %s, without %s?", a.Name, a.BasePath), "${"+a.Prefix+"_URL}", check)
	} else {
		err = check(url)
	}
	a.URL = quoted(strings.TrimSuffix(strings.TrimSuffix(url, "/"), a.BasePath))
	return err
}

// variable is a URL that stands in a variable.
var variable = regexp.MustCompile(`^\$\{[A-Za-z_][A-Za-z0-9_]*\}$`)

// genesysHost is a host of Genesys Cloud, whose tokens come from login in the place of api.
var genesysHost = regexp.MustCompile(`^https://api\.(.*pure\.cloud|mypurecloud\.[a-z.]+)$`)

// known says how the API knows its callers.
func (a *planned) known(kind string, q *questions) error {
	if kind == "" {
		kind = "headers"
		if a.Permissions {
			kind = "oauth2"
		}
		if q != nil {
			var err error
			if kind, err = q.choose(fmt.Sprintf("How does %s know its callers?", a.Name), kindsOfCredential, kind); err != nil {
				return err
			}
		}
	}
	if !slices.Contains(kindsOfCredential, kind) {
		return nearest.Error("kind of credential", kind, kindsOfCredential, "")
	}
	a.Kind = kind
	a.TokenURL = quoted("${" + a.Prefix + "_TOKEN_URL}")
	if m := genesysHost.FindStringSubmatch(a.URL); m != nil {
		a.TokenURL = "https://login." + m[1] + "/oauth/token"
	}
	return nil
}

// quoted is a value as YAML takes it.
func quoted(text string) string {
	if strings.ContainsAny(text, "${}[]&*!|>'\"%@`,# ") {
		return fmt.Sprintf("%q", text)
	}
	return text
}

// choosePipeline says what runs harness, and where that gets it from.
func (p *plan) choosePipeline(name, from string, q *questions) error {
	names := pipelineNames()
	if name == "" {
		name = noPipeline
		if q != nil {
			var err error
			if name, err = q.choose("Which pipeline runs it?", names, likelyPipeline()); err != nil {
				return err
			}
		}
	}
	i := slices.Index(names, name)
	switch {
	case i < 0:
		return nearest.Error("pipeline", name, names, "")
	case name == noPipeline && from != "":
		return errors.New("--from says where a pipeline gets harness, and there is none\nhint: --pipeline, one of " + strings.Join(names, ", "))
	case name == noPipeline:
		return nil
	}
	p.pipeline = &pipelines.Kinds[i]
	standard := p.pipeline.Default
	if p.pipeline.Name == "github" && exists("action.yml") && exists("cmd/harness") {
		standard = "./" // this is the repository of harness itself
	}
	switch {
	case from != "" || p.pipeline.From == "":
	case q != nil:
		var err error
		p.from, err = q.ask("Where does it get harness from: "+p.pipeline.From+"?", standard, p.pipeline.CheckFrom)
		return err
	case standard == "":
		return fmt.Errorf("a pipeline of %s is to know where harness comes from\nhint: --from is %s", p.pipeline.Name, p.pipeline.From)
	default:
		from = standard
	}
	p.from = from
	if err := p.pipeline.CheckFrom(from); err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	return nil
}

// likelyPipeline is the system that the folder seems to be used with.
func likelyPipeline() string {
	for _, k := range pipelines.Kinds {
		first, _, _ := strings.Cut(k.File, "/")
		if exists(first) {
			return k.Name
		}
	}
	return noPipeline
}

// variables are those that the files name: what is no secret, what is one, and what the target can do without.
func (p *plan) variables() (plain, secret, optional []string) {
	for _, a := range p.APIs {
		for _, url := range []string{a.URL, a.TokenURL} {
			name, is := strings.CutPrefix(strings.Trim(url, `"`), "${")
			if is && (url == a.URL || a.Kind == "oauth2") {
				plain = append(plain, strings.TrimSuffix(name, "}"))
			}
		}
		switch a.Kind {
		case "headers":
			secret = append(secret, a.Prefix+"_CLIENT_NAME", a.Prefix+"_CLIENT_SECRET")
		case "bearer":
			secret = append(secret, a.Prefix+"_TOKEN")
		default:
			secret = append(secret, a.Prefix+"_CLIENT_ID", a.Prefix+"_CLIENT_SECRET")
		}
		if a.Permissions {
			optional = append(optional, a.Prefix+"_TOKEN_GRANTER", a.Prefix+"_TOKEN_VIEWER", a.Prefix+"_TOKEN_BARE")
		}
	}
	slices.Sort(plain)
	return slices.Compact(plain), secret, optional
}

// tell says what was written, and what to do next.
func (p *plan) tell(w io.Writer, files []begun) {
	fmt.Fprintln(w, "written:")
	for _, f := range files {
		fmt.Fprintf(w, "  %-30s  %s\n", f.name, f.what)
	}
	plain, secret, optional := p.variables()
	fmt.Fprintf(w, "\nnext:\n  export %s=…\n", strings.Join(slices.Concat(plain, secret), "=… "))
	fmt.Fprintf(w, "  harness target check %s\n", p.File)
	fmt.Fprintf(w, "  harness contract --target %s --out reports/latest\n", p.File)
	if len(optional) > 0 {
		fmt.Fprintf(w, "\nwith more credentials more is judged: %s\n", strings.Join(optional, ", "))
	}
	if p.pipeline == nil {
		return
	}
	fmt.Fprintf(w, "\nthe pipeline wants the same variables; its file says where they are kept\n")
	if file := files[len(files)-1].name; file != p.pipeline.File {
		fmt.Fprintf(w, "%s is there already and stays; %s runs once %s\n", p.pipeline.File, file, p.pipeline.Join)
	}
}

// begun is a file that init writes.
type begun struct {
	name, what string
	text       []byte
}

// writeAll writes every file or none. One that is there already is in the way of all of them.
func writeAll(files []begun) error {
	var taken []string
	for _, f := range files {
		if _, err := os.Lstat(f.name); !errors.Is(err, fs.ErrNotExist) {
			taken = append(taken, f.name)
		}
	}
	if len(taken) > 0 {
		return fmt.Errorf("there already: %s; nothing was written\nhint: move it away, or name another target with --name", strings.Join(taken, ", "))
	}
	for i, f := range files {
		err := os.MkdirAll(filepath.Dir(f.name), 0o755)
		if err == nil {
			err = writeWhole(f.name, f.text)
		}
		if err != nil {
			for _, done := range files[:i] {
				_ = os.Remove(done.name) // the error that led here is worth more
			}
			return err
		}
	}
	return nil
}

// files are the texts of all that is to be written.
func (p *plan) files() ([]begun, error) {
	targetText, err := p.draw("target.yaml")
	if err != nil {
		return nil, err
	}
	knownText, err := p.draw("known-failures.yaml")
	if err != nil {
		return nil, err
	}
	files := []begun{
		{p.File, "where the APIs are, and as whom they are asked", targetText},
		{known.File, "failures that somebody accepted: none yet", knownText},
	}
	if p.pipeline == nil {
		return files, nil
	}
	plain, secret, optional := p.variables()
	text, err := p.pipeline.Make(pipelines.Settings{Target: p.File, Known: known.File, Secrets: secret, Variables: plain, Optional: optional, From: p.from})
	if err != nil {
		return nil, fault{err}
	}
	name := filepath.FromSlash(p.pipeline.File)
	if p.pipeline.Beside != "" && exists(name) {
		name = filepath.FromSlash(p.pipeline.Beside)
	}
	return append(files, begun{name, "a quick look at every change, the whole every night", []byte(text)}), nil
}
