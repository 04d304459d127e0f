package athena

import (
	"bytes"
	"encoding/json"
	"strings"
)

// glueTable is the TableInput of the Glue API. See
// https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html.
type glueTable struct {
	Name              string
	TableType         string
	Parameters        map[string]string
	PartitionKeys     []glueColumn
	StorageDescriptor glueStorage
}

type glueColumn struct{ Name, Type string }

type glueStorage struct {
	Columns      []glueColumn
	Location     string
	InputFormat  string
	OutputFormat string
	SerdeInfo    glueSerde
}

type glueSerde struct {
	SerializationLibrary string
	Parameters           map[string]string
}

// Glue returns the table as the TableInput of the Glue API, in indented JSON:
// for aws glue create-table --table-input, for AWS::Glue::Table in a
// CloudFormation template, and for Terraform's aws_glue_catalog_table. It is the
// table that Create makes. A TableInput does not contain the database.
//
// The location template of a projected table contains "${" and the name of a column.
// Escape it where Fn::Sub in CloudFormation or a string in Terraform would replace it.
//
// For an Iceberg table Glue returns a *RuleError: such a table has metadata in S3, which
// a TableInput does not describe. Use Create.
//
// See https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html.
func (t *Table) Glue() ([]byte, error) {
	c, err := t.check()
	if err != nil {
		return nil, err
	}
	if t.iceberg() {
		return nil, broken(ErrLayout, "storage", t.Storage.String(), "must not be iceberg: such a table has metadata in S3, which a TableInput does not describe; use Create")
	}
	props, err := c.properties()
	if err != nil {
		return nil, err
	}
	columns, err := c.ddlColumns()
	if err != nil {
		return nil, err
	}
	f := c.fileFormat()
	table := glueTable{
		Name:          strings.ToLower(t.Name),
		TableType:     "EXTERNAL_TABLE",
		Parameters:    map[string]string{"EXTERNAL": "TRUE"},
		PartitionKeys: []glueColumn{},
		StorageDescriptor: glueStorage{
			Location:     c.plan.location,
			InputFormat:  f.input,
			OutputFormat: f.output,
			SerdeInfo:    glueSerde{f.serde, make(map[string]string)},
		},
	}
	for _, p := range props {
		table.Parameters[p[0]] = p[1]
	}
	for _, col := range columns {
		table.StorageDescriptor.Columns = append(table.StorageDescriptor.Columns, glueColumn{col[0], col[1]})
	}
	for _, col := range c.plan.cols {
		table.PartitionKeys = append(table.PartitionKeys, glueColumn{col.name, "string"})
	}
	for _, p := range f.props {
		table.StorageDescriptor.SerdeInfo.Parameters[p[0]] = p[1]
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(table); err != nil {
		return nil, broken(ErrFormat, "table", t.Name, "must be text that JSON can hold: "+err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
