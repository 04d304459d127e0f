package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/flowlog"
)

// statement is what is printed.
type statement struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	SQL         string `json:"sql"`
}

// script collects statements up to the first that breaks a rule.
type script struct {
	all []statement
	err error
}

func (s *script) add(name string) func(sql string, err error) {
	return func(sql string, err error) {
		s.all = append(s.all, statement{Name: name, SQL: sql})
		if s.err == nil {
			s.err = err
		}
	}
}

// print writes the statements that the flags ask for, all of them or none.
func (c *command) print(in io.Reader, out, errs io.Writer) error {
	if err := c.setFormat(in, errs); err != nil {
		return err
	}
	if c.explicit {
		c.table.Partitioning = athena.Explicit
	}
	c.params.Accounts, c.params.Regions = c.table.Accounts, c.table.Regions
	var s script
	s.add("create")(c.table.Create())
	if c.keys {
		added, err := c.partitions(in, errs)
		if err != nil {
			return err
		}
		for _, sql := range added {
			s.add("add partitions")(sql, nil)
		}
	} else if sql, err := c.table.Repair(); err == nil {
		s.add("repair")(sql, nil)
	}
	if c.view != "" {
		s.add("view")(c.table.View(c.view))
	}
	if c.parquet != "" {
		dst := athena.Table{
			Database: c.table.Database, Name: c.table.Name + "_parquet", Location: c.parquet,
			Format: c.table.Format, Storage: athena.Parquet, Columns: c.table.Columns,
		}
		s.add("copy")(dst.CreateAs(&c.table, nil))
	}
	if s.err != nil {
		return s.err
	}
	questions, err := c.questions()
	if err != nil {
		return err
	}
	return c.write(out, append(s.all, questions...))
}

// questions returns those asked for.
func (c *command) questions() ([]statement, error) {
	if c.queries == "" {
		return nil, nil
	}
	if c.queries != "all" {
		c.params.Names = strings.Split(c.queries, ",")
	}
	questions, err := c.table.Queries(c.params)
	if err != nil {
		return nil, err
	}
	out := make([]statement, len(questions))
	for i, q := range questions {
		out[i] = statement(q)
	}
	return out, nil
}

func (c *command) write(out io.Writer, all []statement) error {
	w := bufio.NewWriter(out)
	if c.json {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(all); err != nil {
			return err
		}
		return w.Flush()
	}
	for i, s := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		title := s.Name
		if s.Description != "" {
			title += ": " + s.Description
		}
		fmt.Fprintf(w, "-- %s\n%s;\n", title, s.SQL)
	}
	return w.Flush()
}

// setFormat reads the format. Names it does not know become columns, and a
// warning.
func (c *command) setFormat(in io.Reader, errs io.Writer) (err error) {
	s := c.format
	if s == "-" {
		if c.keys {
			return errors.New("-format - and -keys both read standard input")
		}
		if s, err = bufio.NewReader(io.LimitReader(in, 1<<20)).ReadString('\n'); err != nil && err != io.EOF {
			return err
		}
	}
	var version int
	switch n, _ := fmt.Sscanf(s, "v%d", &version); {
	case s == "tgw":
		c.table.Format = flowlog.TransitGateway
		return nil
	case n == 1 && s == fmt.Sprintf("v%d", version):
		c.table.Format, err = flowlog.FormatOf(version)
		return err
	}
	c.table.Format, err = flowlog.ParseFormat(s)
	if errors.Is(err, flowlog.ErrUnknownField) {
		fmt.Fprintf(errs, "ddl: warning: %v\n", err)
		return nil
	}
	return err
}

// partitions reads keys and returns the statements that add their partitions.
// Keys outside the layout are skipped with a warning.
func (c *command) partitions(in io.Reader, errs io.Writer) ([]string, error) {
	var parts []athena.Partition
	seen := make(map[athena.Partition]bool)
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		p, err := c.table.Partition(key(lines.Text()))
		var rule *athena.RuleError
		if errors.As(err, &rule) && errors.Is(err, athena.ErrKey) {
			fmt.Fprintf(errs, "ddl: skipped: %v\n", err)
			continue
		}
		if err != nil {
			return nil, err
		}
		if !seen[p] {
			seen[p] = true
			parts = append(parts, p)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	return c.table.AddPartitions(parts...)
}

// listed is a line of aws s3 ls --recursive.
var listed = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\d+ (.+)$`)

// key returns the key in a line of aws s3 ls --recursive, or the line itself.
func key(line string) string {
	if m := listed.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return line
}
