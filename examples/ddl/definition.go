package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcflow/vpcflow/athena"
)

// checkOutput returns an error if the flags select more than one kind of output.
func (c *command) checkOutput() error {
	n := 0
	for _, b := range []bool{c.json, c.glue, c.terraform, c.cloudformation} {
		if b {
			n++
		}
	}
	table := c.glue || c.terraform || c.cloudformation
	others := c.keys || c.view != "" || c.parquet != "" || c.iceberg != ""
	switch {
	case n > 1:
		return errors.New("-json, -glue, -terraform and -cloudformation exclude each other")
	case table && (others || len(c.queries) > 0):
		return errors.New("-glue, -terraform and -cloudformation print only the table, and exclude -keys, -view, -parquet, -iceberg and -queries")
	case c.params.Dialect == athena.DuckDB && (table || others):
		return errors.New("-dialect duckdb prints a view and -queries: leave out -glue, -terraform, -cloudformation, -keys, -view, -parquet and -iceberg")
	case c.params.Dialect != athena.DuckDB && c.folder != "":
		return errors.New("-folder is for -dialect duckdb")
	case table && !c.glue && c.table.Database == "":
		return errors.New("-terraform and -cloudformation need -database")
	}
	return nil
}

// definition returns the table as -glue, -cloudformation or -terraform print it,
// or nil without these flags.
func (c *command) definition() ([]byte, error) {
	if !c.glue && !c.terraform && !c.cloudformation {
		return nil, nil
	}
	text, err := c.table.Glue()
	if err != nil {
		return nil, err
	}
	switch {
	case c.cloudformation:
		return indented(map[string]any{
			"AWSTemplateFormatVersion": "2010-09-09",
			"Resources": map[string]any{"FlowLogs": map[string]any{
				"Type": "AWS::Glue::Table",
				"Properties": map[string]any{
					"CatalogId":    map[string]string{"Ref": "AWS::AccountId"},
					"DatabaseName": strings.ToLower(c.table.Database),
					"TableInput":   json.RawMessage(text),
				},
			}},
		})
	case c.terraform:
		return terraform(strings.ToLower(c.table.Database), text)
	}
	return append(text, '\n'), nil
}

// column is a column of a TableInput.
type column struct{ Name, Type string }

// terraform returns a TableInput as a Terraform resource. See
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/glue_catalog_table.
func terraform(database string, tableInput []byte) ([]byte, error) {
	var t struct {
		Name, TableType   string
		Parameters        map[string]string
		PartitionKeys     []column
		StorageDescriptor struct {
			Columns                             []column
			Location, InputFormat, OutputFormat string
			SerdeInfo                           struct {
				SerializationLibrary string
				Parameters           map[string]string
			}
		}
	}
	if err := json.Unmarshal(tableInput, &t); err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	s := t.StorageDescriptor
	var w hcl
	w.open(`resource "aws_glue_catalog_table" ` + hclString(t.Name))
	w.set("database_name", database)
	w.set("name", t.Name)
	w.set("table_type", t.TableType)
	w.object("parameters", t.Parameters)
	w.columns("partition_keys", t.PartitionKeys)
	w.open("storage_descriptor")
	w.set("location", s.Location)
	w.set("input_format", s.InputFormat)
	w.set("output_format", s.OutputFormat)
	w.open("ser_de_info")
	w.set("serialization_library", s.SerdeInfo.SerializationLibrary)
	w.object("parameters", s.SerdeInfo.Parameters)
	w.close()
	w.columns("columns", s.Columns)
	w.close()
	w.close()
	return w.text, nil
}

// hcl writes the configuration language of Terraform.
type hcl struct {
	text  []byte
	depth int // of the current block
}

func (w *hcl) line(s string) {
	w.text = fmt.Appendf(w.text, "%s%s\n", strings.Repeat("  ", w.depth), s)
}

// open begins a block.
func (w *hcl) open(head string) {
	w.line(head + " {")
	w.depth++
}

// close ends a block or an object.
func (w *hcl) close() {
	w.depth--
	w.line("}")
}

func (w *hcl) set(name, value string) { w.line(name + " = " + hclString(value)) }

func (w *hcl) object(name string, values map[string]string) {
	w.open(name + " =")
	for _, key := range slices.Sorted(maps.Keys(values)) {
		w.set(hclString(key), values[key])
	}
	w.close()
}

func (w *hcl) columns(block string, columns []column) {
	for _, c := range columns {
		w.open(block)
		w.set("name", c.Name)
		w.set("type", c.Type)
		w.close()
	}
}

// hclString quotes a string. It escapes ${ and %{, which begin a template.
func hclString(s string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(s))
}
