// harness serve: the reference server, for others to use.

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"harness/internal/reference"
	"harness/internal/target"
)

func newServe(d door) *cobra.Command {
	var o reference.Options
	var address, targetOut string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve both APIs from memory, keeping every promise or breaking some on purpose",
		Long: `serve runs the reference server: both APIs on one listener, in memory. It keeps every promise of the documents;
each --fault makes it break some on purpose (harness list faults), each --variant makes it another server that keeps
them all the same (harness list variants). It prints one line when it is ready, and stops on Ctrl-C.

With --target-out it writes a target file with a working credential for every principal:

    harness serve --fault start-inclusive-ignored --target-out local.yaml
    harness contract --target local.yaml`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return serve(c.Context(), d, address, targetOut, o) },
	}
	f := c.Flags()
	f.StringVar(&address, "addr", "127.0.0.1:0", "address to listen on; port 0 picks a free one")
	f.StringVar(&targetOut, "target-out", "", "write a target file for this server")
	f.StringArrayVar(&o.Faults, "fault", nil, "break the promises of this fault (may be given several times)")
	f.StringArrayVar(&o.Variants, "variant", nil, "be unlike the reference, and yet conform (may be given several times)")
	f.IntVar(&o.Licenses, "licenses", reference.DefaultLicenses, "number of licences of the account service, up to 1000000")
	f.IntVar(&o.Users, "users", reference.DefaultUsers, "number of users of the Genesys organisation")
	f.Uint64Var(&o.Seed, "seed", 0, "seed of the data")
	f.DurationVar(&o.Latency, "latency", 0, "wait this long before each answer")
	return c
}

func serve(ctx context.Context, d door, address, targetOut string, o reference.Options) error {
	if err := checkServe(o); err != nil {
		return err
	}
	s, err := listen(address, o)
	if err != nil {
		return err
	}
	defer s.close()
	if targetOut != "" {
		if err := writeTarget(targetOut, s.target("local")); err != nil {
			return err
		}
	}
	line := fmt.Sprintf("harness: reference server on %s, %d licences, %d users", s.url, o.Licenses, o.Users)
	if len(o.Faults) > 0 {
		line += ", fault " + strings.Join(o.Faults, " and ")
	}
	if len(o.Variants) > 0 {
		line += ", variant " + strings.Join(o.Variants, " and ")
	}
	if targetOut != "" {
		line += ", target file " + targetOut
	}
	fmt.Fprintln(d.stdout, line)
	<-ctx.Done()
	return nil
}

func checkServe(o reference.Options) error {
	switch {
	case o.Licenses < 1 || o.Licenses > 1_000_000:
		return fmt.Errorf("--licenses %d: between 1 and 1000000 can be served", o.Licenses)
	case o.Users < 1:
		return fmt.Errorf("--users %d: at least 1 can be served", o.Users)
	case o.Latency < 0 || o.Latency > time.Minute:
		return fmt.Errorf("--latency %s: between 0 and 1m is meant", o.Latency)
	}
	return nil
}

// writeTarget writes a target file whole or not at all; it holds secrets, so only its owner may read it.
func writeTarget(file string, t *target.Target) error {
	var b bytes.Buffer
	if err := target.Write(&b, t); err != nil {
		return fault{err}
	}
	return writeWhole(file, b.Bytes())
}

// writeWhole writes a file beside its place and moves it there, so that nobody ever sees half of it.
func writeWhole(file string, data []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", file, err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }() // gone already once it is moved
	if _, err := temporary.Write(data); err != nil {
		_ = temporary.Close()
		return fmt.Errorf("cannot write %s: %w", file, err)
	}
	if err := temporary.Close(); err != nil {
		return fmt.Errorf("cannot write %s: %w", file, err)
	}
	if err := os.Rename(temporary.Name(), file); err != nil {
		return fmt.Errorf("cannot write %s: %w", file, err)
	}
	return nil
}
