// Package pipelines makes the examples in this folder somebody's own: the same file, with a target, its variables, and the
// place that harness comes from.
package pipelines

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

//go:embed github.yml gitlab.yml Jenkinsfile
var examples embed.FS

// Settings are what makes a pipeline somebody's own.
type Settings struct {
	Target    string   // target file, as seen from the root of the repository
	Known     string   // file of known failures, likewise
	Secrets   []string // variables that hold secrets
	Variables []string // variables that hold none
	Optional  []string // secrets that the target can do without
	From      string   // where the pipeline gets harness; what that is depends on the kind, see Kind.From
}

// Kind is a system that runs pipelines.
type Kind struct {
	Name    string
	File    string         // where it looks for the file of a pipeline
	Beside  string         // where to write when that is taken; "" where any name will do
	Join    string         // when Beside is run
	From    string         // what Settings.From names: "" for nothing
	Default string         // what Settings.From is when nobody says; "" wants an answer
	form    *regexp.Regexp // what Settings.From looks like
	example string
	fill    func(Settings) []change
}

// change is a part of an example that becomes another.
type change struct{ from, to string }

// Kinds are those that there is an example for.
var Kinds = []Kind{
	{
		Name: "github", File: ".github/workflows/harness.yml", example: "github.yml", fill: fillGitHub,
		From: "the repository of harness, OWNER/REPOSITORY@VERSION", form: regexp.MustCompile(`^(\./|[\w.-]+/[\w.-]+(/[\w.-]+)*@[\w./-]+)$`),
	},
	{
		Name: "gitlab", File: ".gitlab-ci.yml", Beside: ".gitlab/harness.yml", Join: ".gitlab-ci.yml has a line  include: {local: .gitlab/harness.yml}",
		example: "gitlab.yml", fill: fillGitLab,
		From: "the image of harness, NAME:TAG", Default: "harness:ci", form: regexp.MustCompile(`^[\w.:/@-]+$`),
	},
	{
		Name: "jenkins", File: "Jenkinsfile", Beside: "harness.Jenkinsfile", Join: "a job has it as Script Path",
		example: "Jenkinsfile", fill: fillJenkins,
	},
}

// CheckFrom says what is wrong with the place that harness comes from.
func (k Kind) CheckFrom(from string) error {
	if k.form == nil && from != "" {
		return fmt.Errorf("a pipeline of %s takes harness from the path of its agent, and %q would be another place", k.Name, from)
	}
	if k.form != nil && !k.form.MatchString(from) {
		return fmt.Errorf("%q is not %s", from, k.From)
	}
	return nil
}

// Make is the example of a kind with somebody's settings in it. An example that has lost the part that a setting goes
// to is a fault.
func (k Kind) Make(s Settings) (string, error) {
	data, err := examples.ReadFile(k.example)
	if err != nil {
		return "", err
	}
	text := string(data)
	for _, c := range k.fill(s) {
		if strings.Count(text, c.from) != 1 {
			return "", fmt.Errorf("pipelines/%s holds %q %d times, and once is wanted", k.example, c.from, strings.Count(text, c.from))
		}
		text = strings.Replace(text, c.from, c.to, 1)
	}
	return text, nil
}

func fillGitHub(s Settings) []change {
	var step strings.Builder
	fmt.Fprintf(&step, "        uses: %s\n        with:\n          target: %s\n          known-failures: %s\n", s.From, s.Target, s.Known)
	var env strings.Builder
	env.WriteString("        env:\n")
	for i, name := range slices.Concat(s.Variables, s.Secrets) {
		kind := "vars"
		if i >= len(s.Variables) {
			kind = "secrets"
		}
		fmt.Fprintf(&env, "          %s: ${{ %s.%s }}\n", name, kind, name)
	}
	for _, name := range s.Optional {
		fmt.Fprintf(&env, "          %s: ${{ secrets.%s }} # if there is one\n", name, name)
	}
	return []change{
		{
			"# For .github/workflows/: a quick look at every change, the whole every night. As it stands it tests the embedded\n# reference server; name your target file, and hand its secrets down as variables.\n",
			"# A quick look at every change, the whole every night. Its secrets and variables are kept in the settings of the\n# repository, under Secrets and variables, Actions.\n",
		},
		{"        uses: ./ # from another repository: OWNER/harness@VERSION\n        with:\n          args: --quick\n", step.String() + "          args: --quick\n" + env.String()},
		{"        # with:\n        #   target: staging.yaml\n        #   known-failures: known-failures.yaml\n        # env:\n        #   STAGING_TOKEN: ${{ secrets.STAGING_TOKEN }}\n", ""},
		{"        uses: ./\n", step.String() + env.String()},
	}
}

func fillGitLab(s Settings) []change {
	return []change{
		{
			"# For GitLab, by `include:` or copied: a quick look at every change, the whole on a schedule. As it stands it tests the\n# embedded reference server; name your target file in HARNESS_TARGET, and keep its secrets in masked variables.\n",
			"# A quick look at every change, the whole on a schedule. Under Settings, CI/CD, Variables it wants these, the secrets\n# masked:" + listed(s) + "\n",
		},
		{"    HARNESS_IMAGE: harness:ci\n", "    HARNESS_IMAGE: " + s.From + "\n"},
		{"    HARNESS_TARGET: ''\n", "    HARNESS_TARGET: " + s.Target + "\n"},
		{"    HARNESS_KNOWN_FAILURES: ''\n", "    HARNESS_KNOWN_FAILURES: " + s.Known + "\n"},
	}
}

// listed are the variables, a few a line.
func listed(s Settings) string {
	text, column := "", len("# masked:")
	names := slices.Concat(s.Variables, s.Secrets)
	if len(s.Optional) > 0 {
		names = slices.Concat(names, []string{"and, if there are any,"}, s.Optional)
	}
	for _, name := range names {
		if column+1+len(name) > 110 {
			text, column = text+"\n#", 1
		}
		text, column = text+" "+name, column+1+len(name)
	}
	return text
}

func fillJenkins(s Settings) []change {
	var env strings.Builder
	env.WriteString("    agent any\n    environment { // credentials of the kind Secret text, by their ids\n")
	for _, name := range slices.Concat(s.Variables, s.Secrets) {
		fmt.Fprintf(&env, "        %s = credentials('%s')\n", name, credentialID(name))
	}
	for _, name := range s.Optional {
		fmt.Fprintf(&env, "        // %s = credentials('%s') // if there is one\n", name, credentialID(name))
	}
	env.WriteString("    }\n")
	return []change{
		{
			"// For Jenkins, on an agent with harness on its path: a quick look at every change, the whole every night. As it stands\n// it tests the embedded reference server; give the parameter TARGET your target file, and its secrets as credentials.\n",
			"// On an agent with harness on its path: a quick look at every change, the whole every night.\n",
		},
		{"    agent any\n", env.String()},
		{"name: 'TARGET', defaultValue: ''", "name: 'TARGET', defaultValue: '" + s.Target + "'"},
		{"name: 'KNOWN_FAILURES', defaultValue: ''", "name: 'KNOWN_FAILURES', defaultValue: '" + s.Known + "'"},
	}
}

// credentialID is the id that a secret is asked for by, in the manner of Jenkins.
func credentialID(variable string) string {
	return strings.ToLower(strings.ReplaceAll(variable, "_", "-"))
}
