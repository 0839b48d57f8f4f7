// harness serve: the reference server for others to use, and the servers that misbehave in front of it.

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"harness/internal/hostile"
	"harness/internal/nearest"
	"harness/internal/reference"
	"harness/internal/target"
)

func newServe(d door) *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve both APIs from memory, keeping or breaking promises",
		Long: `serve runs the reference server: both APIs on one listener, in memory. It keeps every promise of the documents;
each --fault makes it break some on purpose (harness list faults), each --variant makes it another server that keeps
them all the same (harness list variants). It prints one line when it is ready, and stops on Ctrl-C. With
--target-out it writes a target file with a working credential for every principal.

--hostile puts a server in front that no caller should meet: it resets connections, sends bodies without end, lies
about lengths (harness list hostile). --spare and --every say from which request on, and how often.

With --attached it stops when standard input ends, so that it never outlives the program that started it.`,
		Example: `harness serve --fault start-inclusive-ignored --target-out local.yaml
harness contract --target local.yaml
harness serve --hostile reset-in-body --every 10 --target-out local.yaml`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return serve(c.Context(), d, f) },
	}
	o, flags := &f.reference, c.Flags()
	flags.StringVar(&f.address, "addr", "127.0.0.1:0", "`ADDRESS` to listen on; port 0 picks a free one")
	flags.StringVar(&f.targetOut, "target-out", "", "write a target `FILE` for this server")
	flags.BoolVar(&f.attached, "attached", false, "stop when standard input ends; Ctrl-C is left to whoever holds its other end")
	flags.StringVar(&f.hostile, "hostile", "", "misbehave in this `WAY`")
	flags.IntVar(&f.spare, "spare", 0, "with --hostile: `NUMBER` of requests that are answered rightly before the first one that is not")
	flags.IntVar(&f.every, "every", 1, "with --hostile: misbehave on one request in this `NUMBER`")
	flags.StringArrayVar(&o.Faults, "fault", nil, "break the promises of this `FAULT`; several may be given")
	flags.StringArrayVar(&o.Variants, "variant", nil, "be unlike the reference, and yet conform: this `VARIANT`; several may be given")
	flags.IntVar(&o.Licenses, "licenses", reference.DefaultLicenses, "`NUMBER` of licences of the account service, up to 1000000")
	flags.IntVar(&o.Users, "users", reference.DefaultUsers, "`NUMBER` of users of the Genesys organisation")
	flags.Uint64Var(&o.Seed, "seed", 0, "`SEED` of the data")
	flags.DurationVar(&o.Latency, "latency", 0, "`TIME` to wait before each answer: 50ms")
	return c
}

// serveFlags are the flags of harness serve as they were given.
type serveFlags struct {
	reference                   reference.Options
	address, targetOut, hostile string
	spare, every                int
	attached                    bool
}

func serve(ctx context.Context, d door, f serveFlags) error {
	if err := checkServe(f); err != nil {
		return err
	}
	s, err := f.listen()
	if err != nil {
		return err
	}
	defer s.close()
	if f.targetOut != "" {
		if err := f.writeTarget(s); err != nil {
			return err
		}
	}
	fmt.Fprintln(d.stdout, f.line(s.url))
	if f.attached {
		// A terminal hands Ctrl-C to every process of the foreground; whoever started this one says when it ends.
		signal.Ignore(os.Interrupt)
		<-ended(ctx, d.stdin)
		return nil
	}
	<-ctx.Done()
	return nil
}

// ended is closed when a stream has come to its end, or ctx to its.
func ended(ctx context.Context, r io.Reader) <-chan struct{} {
	done := make(chan struct{})
	var once sync.Once
	end := func() { once.Do(func() { close(done) }) }
	context.AfterFunc(ctx, end)
	go func() {
		_, _ = io.Copy(io.Discard, r) // however it ends, it has ended
		end()
	}()
	return done
}

// listen starts the server that the flags ask for.
func (f serveFlags) listen() (*serving, error) {
	if f.hostile == "" {
		return listen(f.address, f.reference)
	}
	kind, err := hostile.Named(f.hostile)
	if err != nil {
		return nil, nearest.Error("kind of hostile server", f.hostile, hostile.Names(), "harness list hostile")
	}
	return listenHostile(f.address, kind, hostile.Options{Spare: f.spare, Every: f.every}, f.reference)
}

// line says what is served, and where.
func (f serveFlags) line(url string) string {
	line := fmt.Sprintf("harness: reference server on %s, %d licences, %d users", url, f.reference.Licenses, f.reference.Users)
	if f.hostile != "" {
		line += ", hostile " + f.hostile
	}
	if len(f.reference.Faults) > 0 {
		line += ", fault " + strings.Join(f.reference.Faults, " and ")
	}
	if len(f.reference.Variants) > 0 {
		line += ", variant " + strings.Join(f.reference.Variants, " and ")
	}
	if f.targetOut != "" {
		line += ", target file " + f.targetOut
	}
	return line
}

// writeTarget writes the file of a target that leads to the server, beside it the certificate that it asks to trust.
func (f serveFlags) writeTarget(s *serving) error {
	t := s.target("local")
	if s.authority != nil {
		beside := f.targetOut + ".pem"
		if err := writeWhole(beside, s.authority); err != nil {
			return err
		}
		full, err := filepath.Abs(beside)
		if err != nil {
			return err
		}
		t.TLS.CA = full
	}
	return writeTarget(f.targetOut, t)
}

func checkServe(f serveFlags) error {
	o := f.reference
	switch {
	case f.hostile == "" && (f.spare != 0 || f.every != 1):
		return errors.New("--spare and --every say when --hostile misbehaves\nhint: harness list hostile")
	case f.spare < 0 || f.every < 1:
		return fmt.Errorf("--spare %d --every %d: at least 0 and 1 are meant", f.spare, f.every)
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
	if err := temporary.Sync(); err != nil {
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
