package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/flowlog"
)

// statement is a statement to print.
type statement struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	SQL         string `json:"sql,omitempty"`
}

// script collects statements, and the first error.
type script struct {
	all []statement
	err error
}

// add returns a function that adds a statement or its error.
func (s *script) add(name string) func(sql string, err error) {
	return func(sql string, err error) {
		s.all = append(s.all, statement{Name: name, SQL: sql})
		if s.err == nil {
			s.err = err
		}
	}
}

// list writes the names of the questions.
func (c *command) list() error {
	if c.json {
		var all []statement
		for _, q := range athena.Questions() {
			all = append(all, statement{Name: q.Name, Description: q.Description})
		}
		text, err := indented(all)
		if err != nil {
			return err
		}
		_, err = c.Stdout.Write(text)
		return err
	}
	table := cli.NewTable("query", "question")
	for _, q := range athena.Questions() {
		table.Row(q.Name, q.Description)
	}
	_, err := table.WriteTo(c.Stdout)
	return err
}

// print writes the output that the flags select. After an error it writes nothing.
func (c *command) print() error {
	if len(c.queries) == 1 && c.queries[0] == "list" {
		return c.list()
	}
	if err := c.setFormat(); err != nil {
		return err
	}
	if c.explicit {
		c.table.Partitioning = athena.Explicit
	}
	if c.folder != "" && c.table.Location == "" {
		c.table.Location = "s3://folder/" // -folder stands for it
	}
	c.params.Accounts, c.params.Regions = c.table.Accounts, c.table.Regions
	text, err := c.definition()
	if err != nil {
		return err
	}
	if text == nil {
		all, err := c.statements()
		if err != nil {
			return err
		}
		if text, err = c.render(all); err != nil {
			return err
		}
	}
	c.warnOfMany()
	_, err = c.Stdout.Write(text)
	return err
}

// statements returns the statements that the flags select.
func (c *command) statements() ([]statement, error) {
	var s script
	if c.params.Dialect == athena.DuckDB {
		s.add("view")(c.table.DuckDBView(c.folder))
	} else {
		s.add("create")(c.table.Create())
	}
	if c.keys {
		added, err := c.partitions()
		if err != nil {
			return nil, err
		}
		for _, sql := range added {
			s.add("add partitions")(sql, nil)
		}
	} else if sql, err := c.table.Repair(); err == nil && c.params.Dialect == athena.Athena {
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
	if c.iceberg != "" {
		c.addIceberg(&s)
	}
	if s.err != nil || len(c.queries) == 0 {
		return s.all, s.err
	}
	if len(c.queries) > 1 || c.queries[0] != "all" {
		c.params.Names = c.queries
	}
	questions, err := c.table.Queries(c.params)
	for _, q := range questions {
		s.all = append(s.all, statement(q))
	}
	return s.all, err
}

// addIceberg adds an Iceberg table and the statements that fill it.
func (c *command) addIceberg(s *script) {
	dst := athena.Table{
		Database: c.table.Database, Name: c.table.Name + "_iceberg", Location: c.iceberg,
		Format: c.table.Format, Storage: athena.Iceberg, Columns: c.table.Columns,
	}
	if strings.HasPrefix(c.iceberg, "s3tablescatalog/") {
		dst.Location, dst.Catalog = "", c.iceberg
	}
	s.add("create iceberg")(dst.Create())
	merges, err := dst.MergeFrom(&c.table, &athena.WriteOptions{From: c.params.From, To: c.params.To})
	if err != nil {
		s.add("merge")("", err)
	}
	for _, sql := range merges {
		s.add("merge")(sql, nil)
	}
}

// render returns statements as text or as JSON.
func (c *command) render(all []statement) ([]byte, error) {
	if c.json {
		return indented(all)
	}
	var b []byte
	for i, s := range all {
		if i > 0 {
			b = append(b, '\n')
		}
		title := s.Name
		if s.Description != "" {
			title += ": " + s.Description
		}
		b = fmt.Appendf(b, "-- %s\n%s;\n", title, s.SQL)
	}
	return b, nil
}

// setFormat parses -format. Unknown names become columns, with a warning.
func (c *command) setFormat() (err error) {
	s := c.format
	if s == "-" {
		if c.keys {
			return errors.New("-format - and -keys both read standard input")
		}
		if s, err = bufio.NewReader(io.LimitReader(c.in, 1<<20)).ReadString('\n'); err != nil && err != io.EOF {
			return fmt.Errorf("standard input: %w", err)
		}
	}
	c.table.Format, err = cli.ParseFormat(s)
	if errors.Is(err, flowlog.ErrUnknownField) {
		c.Warn("-format: %v", err)
		return nil
	}
	return err
}

// manyPartitions is the number of computed partitions above which there is a
// warning, because Athena lists a folder for each.
const manyPartitions = 10_000

// warnOfMany writes a warning if a query without a time would list very many
// folders.
func (c *command) warnOfMany() {
	n := c.table.ProjectedPartitions(time.Now())
	if c.params.Dialect != athena.Athena || !c.table.Since.IsZero() || n <= manyPartitions {
		return
	}
	more := ""
	if !c.params.From.IsZero() {
		more = "; -from bounds only the queries that ddl prints"
	}
	c.Warn("without -since the table has %s, and a query without a time lists a folder for each: set -since to the first day of the log%s",
		cli.Counted(int64(n), "partition"), more)
}

// indented returns v as indented JSON.
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return b.Bytes(), err
}
