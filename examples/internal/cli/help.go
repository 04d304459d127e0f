package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The layout of the help text, in characters.
const (
	helpWidth  = 80
	flagIndent = 2
	flagColumn = 18 // where the description of a flag starts
)

// help writes the help to Stdout.
func (c *Command) help() error {
	var b strings.Builder
	wrap(&b, c.Purpose, 0)
	fmt.Fprintf(&b, "\nusage: %s\n", strings.TrimRight(c.Name+" [flags] "+c.Args, " "))
	for i, e := range c.Examples {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "  %s\n", e)
	}
	if c.Reads != "" {
		b.WriteString("\n")
		wrap(&b, c.Reads, 0)
	}
	b.WriteString("\n")
	c.flags.VisitAll(func(f *flag.Flag) { writeFlag(&b, f) })
	_, err := io.WriteString(c.Stdout, b.String())
	return err
}

// writeFlag writes a flag with its description and default.
func writeFlag(b *strings.Builder, f *flag.Flag) {
	arg, usage := flag.UnquoteUsage(f)
	if isBool(f) {
		arg = ""
	}
	head := strings.TrimRight(strings.Repeat(" ", flagIndent)+"-"+f.Name+" "+arg, " ")
	if !isBool(f) && f.DefValue != "" && f.DefValue != "0" && f.DefValue != "0s" {
		usage += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	b.WriteString(head)
	if pad := flagColumn - utf8.RuneCountInString(head); pad > 1 {
		b.WriteString(strings.Repeat(" ", pad))
	} else {
		b.WriteString("\n" + strings.Repeat(" ", flagColumn))
	}
	wrap(b, usage, flagColumn)
}

// isBool reports whether a flag takes no value.
func isBool(f *flag.Flag) bool {
	v, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && v.IsBoolFlag()
}

// wrap writes text in lines of up to helpWidth characters. It indents all lines
// but the first.
func wrap(b *strings.Builder, text string, indent int) {
	at := indent
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteString(" ")
			at++
		}
		b.WriteString(word)
		at += n
	}
	b.WriteString("\n")
}
