package athena

import (
	"slices"
	"strings"
)

// columnKind is what a partition column holds.
type columnKind uint8

const (
	timeColumn columnKind = iota
	accountColumn
	regionColumn
	fixedColumn // one value, named by the layout
)

// partitionColumn is a partition column. All are strings.
type partitionColumn struct {
	name    string
	kind    columnKind
	pattern pattern // of a timeColumn
	value   string  // of a fixedColumn
	hive    bool    // its folder is name=value
}

// step is a part of a path: literal text or the value of a column.
type step struct {
	literal string
	col     int
	isCol   bool
}

// plan is the layout of one table. Statements, projection, keys and conditions
// are all derived from its steps.
type plan struct {
	bucket   string            // "s3://bucket/"
	location string            // the folder of the CREATE statement
	steps    []step            // the path of a partition below the bucket, ends in a slash
	cols     []partitionColumn // in the order of the path
	fine     unit              // how finely the path names the time
	hive     bool              // below location, every folder is name=value
}

// awsLogs is the folder below which AWS delivers.
const awsLogs = "AWSLogs"

// layoutSteps returns the steps and columns of a layout below its root.
func (t *Table) layoutSteps() ([]step, []partitionColumn, error) {
	switch t.Layout {
	case Firehose:
		prefix := t.Prefix
		if prefix == "" {
			prefix = defaultPrefix
		}
		return parsePrefix(prefix)
	case S3Daily:
		return s3Steps(false, "!{timestamp:yyyy/MM/dd}/", "")
	case S3Hourly:
		return s3Steps(false, "!{timestamp:yyyy/MM/dd/HH}/", "")
	case S3HiveDaily:
		return s3Steps(true, "year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/", t.ServiceKey)
	case S3HiveHourly:
		return s3Steps(true, "year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/", t.ServiceKey)
	}
	return nil, nil, nil
}

// serviceKeys are the two names that AWS's pages give the service's folder in
// the Hive-compatible layouts: the page on VPC flow logs and the page on transit
// gateways.
var serviceKeys = []string{"aws-service", "service"}

// s3Steps returns the steps of a layout that AWS delivers, below AWSLogs/.
func s3Steps(hive bool, timePrefix, serviceKey string) ([]step, []partitionColumn, error) {
	cols := []partitionColumn{{name: "accid", kind: accountColumn}, {name: "region", kind: regionColumn}}
	steps := []step{{isCol: true, col: 0}, {literal: "/vpcflowlogs/"}, {isCol: true, col: 1}, {literal: "/"}}
	if hive {
		if serviceKey == "" {
			serviceKey = serviceKeys[0]
		}
		cols = []partitionColumn{
			{name: "aws-account-id", kind: accountColumn, hive: true},
			{name: serviceKey, kind: fixedColumn, value: "vpcflowlogs", hive: true},
			{name: "aws-region", kind: regionColumn, hive: true},
		}
		steps = nil
		for i, c := range cols {
			steps = append(steps, step{literal: c.name + "="}, step{isCol: true, col: i}, step{literal: "/"})
		}
	}
	more, timeCols, err := parsePrefix(timePrefix)
	if err != nil {
		return nil, nil, err
	}
	for i := range more {
		if more[i].isCol {
			more[i].col += len(cols)
		}
	}
	return append(steps, more...), append(cols, timeCols...), nil
}

// plan compiles the table's layout. The location must have been checked.
func (t *Table) plan() (*plan, error) {
	rest := strings.TrimPrefix(t.Location, "s3://")
	bucket, folder, _ := strings.Cut(rest, "/")
	p := &plan{bucket: "s3://" + bucket + "/", location: t.Location}
	if t.Layout != Firehose && t.Prefix != "" {
		return nil, broken(ErrLayout, "prefix", t.Prefix, "is for the Firehose layout only")
	}
	if t.ServiceKey != "" && !(slices.Contains(serviceKeys, t.ServiceKey) && (t.Layout == S3HiveDaily || t.Layout == S3HiveHourly)) {
		return nil, broken(ErrLayout, "service key", t.ServiceKey, "must be aws-service or service, and is for the Hive-compatible layouts only")
	}
	if t.Layout == Unpartitioned {
		return p, nil
	}
	if t.Layout.s3() {
		root, err := awsRoot(t.Location, folder)
		if err != nil {
			return nil, err
		}
		folder = root
	}
	steps, cols, err := t.layoutSteps()
	if err != nil {
		return nil, err
	}
	if folder != "" {
		steps = append([]step{{literal: folder}}, steps...)
	}
	if t.Columns == ArticleNames && len(cols) == 1 && cols[0].name == "datehour" {
		cols[0].name = "ingestdatetime"
	}
	p.steps, p.cols = joined(steps), cols
	for _, c := range cols {
		if c.kind == timeColumn {
			p.fine, _ = c.pattern.last()
		}
	}
	p.root()
	return p, nil
}

// awsRoot returns the folder that ends in AWSLogs/, or in the folder of an
// organization below it. A location inside the layout is an error: a query would
// find one day or nothing.
func awsRoot(location, folder string) (string, error) {
	segments := strings.Split(strings.TrimSuffix(folder, "/"), "/")
	i := slices.Index(segments, awsLogs)
	switch {
	case folder == "":
		return awsLogs + "/", nil
	case i < 0:
		return folder + awsLogs + "/", nil
	case i == len(segments)-1, i == len(segments)-2 && orgID.MatchString(segments[i+1]):
		return folder, nil
	}
	return "", broken(ErrLocation, "location", location, "must be the folder that holds AWSLogs/, or AWSLogs/ or an organization's folder in it, not one inside the layout")
}

// root sets the location of the CREATE statement, which is the folder above the
// first column, and whether all folders below it are name=value.
func (p *plan) root() {
	var head strings.Builder
	i := 0
	for ; !p.steps[i].isCol; i++ {
		head.WriteString(p.steps[i].literal)
	}
	path := head.String()
	end := strings.LastIndexByte(path, '/') + 1
	p.location = p.bucket + path[:end]
	p.hive = path[end:] == p.cols[0].name+"="
	for ; i < len(p.steps); i++ {
		s := p.steps[i]
		if s.isCol {
			p.hive = p.hive && p.cols[s.col].hive
			continue
		}
		want := "/"
		if i+1 < len(p.steps) {
			want = "/" + p.cols[p.steps[i+1].col].name + "="
		}
		p.hive = p.hive && s.literal == want
	}
}

// joined joins neighbouring literals.
func joined(steps []step) []step {
	var out []step
	for _, s := range steps {
		if n := len(out); !s.isCol && n > 0 && !out[n-1].isCol {
			out[n-1].literal += s.literal
			continue
		}
		out = append(out, s)
	}
	return out
}

// path returns the path of a partition with a value for each column.
func (p *plan) path(value func(c *partitionColumn) string) string {
	var b strings.Builder
	b.WriteString(p.bucket)
	for _, s := range p.steps {
		if s.isCol {
			b.WriteString(value(&p.cols[s.col]))
		} else {
			b.WriteString(s.literal)
		}
	}
	return b.String()
}
