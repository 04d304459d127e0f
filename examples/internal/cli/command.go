// Package cli holds what the commands of the examples share: flags and help,
// formats and CIDRs, messages and exit codes, signals, tables, progress.
//
// A command builds a [Command], defines its flags on it, and calls
// [Command.Parse]:
//
//	func main() {
//		cli.Main(func(ctx context.Context) int {
//			return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
//		})
//	}
package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// Exit codes.
const (
	OK          = 0
	Failed      = 1   // the command failed, or failed in part
	Usage       = 2   // invalid flags or arguments
	Interrupted = 130 // SIGINT or SIGTERM
)

// Main runs a command and exits with the code it returns. The first SIGINT or
// SIGTERM cancels the context. The second ends the process at once.
func Main(run func(ctx context.Context) int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx))
}

// A Command is the name, the help and the flags of a command.
type Command struct {
	Name     string   // as typed, such as "ports"
	Purpose  string   // what the command does, in one or two sentences
	Args     string   // the arguments after the flags, such as "[PATH ...]"; empty if there are none
	Examples []string // complete command lines
	Reads    string   // what the command reads and writes
	Stdout   io.Writer
	Stderr   io.Writer

	flags flag.FlagSet
}

// Flags returns the flag set on which to define the flags of the command.
func (c *Command) Flags() *flag.FlagSet { return &c.flags }

// Parse parses the flags and returns the other arguments. Flags may come after
// arguments. "--" ends the flags. For -h, Parse writes the help to Stdout and
// returns [flag.ErrHelp], or the error of writing.
func (c *Command) Parse(args []string) ([]string, error) {
	c.flags.Init(c.Name, flag.ContinueOnError)
	c.flags.SetOutput(io.Discard)
	c.flags.Usage = func() {}
	var rest []string
	for {
		if err := c.flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				err = cmp.Or(c.help(), flag.ErrHelp)
			}
			return nil, err
		}
		left := c.flags.Args()
		read := len(args) - len(left)
		if len(left) == 0 || read > 0 && args[read-1] == "--" {
			rest = append(rest, left...)
			break
		}
		rest, args = append(rest, left[0]), left[1:]
	}
	if c.Args == "" && len(rest) > 0 {
		return nil, fmt.Errorf("unexpected argument %q", rest[0])
	}
	return rest, nil
}

// Given reports whether a flag was set on the command line.
func (c *Command) Given(name string) bool {
	given := false
	c.flags.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// BadUsage writes an error of Parse, or another error of the flags or arguments,
// and returns the exit code. For [flag.ErrHelp] it writes nothing and returns OK.
func (c *Command) BadUsage(err error) int {
	if errors.Is(err, flag.ErrHelp) {
		return OK
	}
	c.Error(err)
	return Usage
}

// Exit writes the error of the run, if any, and returns the exit code. The code is
// Interrupted if the context is done, and Failed for any other error.
func (c *Command) Exit(ctx context.Context, err error) int {
	switch {
	case ctx.Err() != nil:
		c.Print("interrupted")
		return Interrupted
	case err != nil:
		c.Error(err)
		return Failed
	}
	return OK
}

// Error writes an error to Stderr as one line.
func (c *Command) Error(err error) {
	if text, ok := strings.CutPrefix(err.Error(), c.Name+": "); ok {
		c.Print(text)
		return
	}
	c.Print(err.Error())
}

// Warn writes a warning to Stderr.
func (c *Command) Warn(format string, args ...any) {
	c.Print("warning: " + fmt.Sprintf(format, args...))
}

// Print writes text to Stderr as one line that begins with the name of the
// command. It escapes characters that are not printable.
func (c *Command) Print(text string) {
	text = strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "; ")
	fmt.Fprintf(c.Stderr, "%s: %s\n", c.Name, Printable(text))
}
