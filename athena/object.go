package athena

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Object is the information in the key of a delivered object.
type Object struct {
	Key     string  // the key, decoded
	Layout  Layout  // Firehose or one of the S3 layouts
	Storage Storage // Parquet for names that end in .parquet or .parquet.gz, otherwise Text

	Prefix         string // the part before AWSLogs/ or before the time
	Organization   string // such as o-exampleorgid; "" if the key has none
	Account        string // "" for Firehose
	Region         string // "" for Firehose
	FlowLog        string // such as fl-1234abcd; "" if the name is not AWS's
	DeliveryStream string // Firehose's stream and version, "" if the name is not Firehose's

	Time      time.Time // of the object's name if it has one, else of its folder; UTC
	Partition Partition // of a table with this layout
}

// ParseKey parses the S3 key of a delivered object. It accepts the keys of every S3
// layout, with or without a prefix and an organization, in every partition of AWS, of
// text and Parquet. It also accepts the keys of Firehose under the default prefix, and
// under any other prefix if the object has a name in Firehose's style. The Partition of
// a Firehose object is that of the default prefix; Table.Partition uses the prefix of a
// table.
//
// S3 event notifications encode keys. A key with a percent sign is decoded, and any
// other key is used unchanged.
//
// A key that fits no layout is a *RuleError that wraps ErrKey.
//
// See https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html and
// https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html.
func ParseKey(key string) (Object, error) {
	if len(key) > maxKey {
		return Object{}, broken(ErrKey, "key", key, "must not be longer than a key of S3")
	}
	key = decodeKey(key)
	o := Object{Key: key}
	dir, name := key[:strings.LastIndexByte(key, '/')+1], key[strings.LastIndexByte(key, '/')+1:]
	if name == "" {
		return Object{}, broken(ErrKey, "key", key, "must name an object, not a folder")
	}
	if strings.HasSuffix(name, ".parquet") || strings.HasSuffix(name, ".parquet.gz") {
		o.Storage = Parquet
	}
	if o.parseS3(dir, name) || o.parseFirehose(dir, name) {
		return o, nil
	}
	return Object{}, broken(ErrKey, "key", key, "must be of a layout in which flow logs are delivered")
}

// maxKey is the length of the longest S3 key, 1,024 bytes, with every byte
// encoded.
const maxKey = 3 * 1024

// decodeKey decodes a key as S3 event notifications encode it.
func decodeKey(key string) string {
	if strings.Contains(key, "%") {
		if s, err := url.QueryUnescape(key); err == nil {
			return s
		}
	}
	return strings.Clone(key)
}

var (
	s3Name = regexp.MustCompile(`^[0-9]{12}_vpcflowlogs_[a-z0-9-]+_(fl-[0-9a-z]+)_([0-9]{8}T[0-9]{4}Z)_[^/]+$`)
	// Firehose's version is left out in the examples of some pages.
	firehoseName = regexp.MustCompile(`^([a-zA-Z0-9_.-]+?)-([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{2})-[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?:\.[a-zA-Z0-9.]+)?$`)
)

// parseS3 reads a key below AWSLogs/.
func (o *Object) parseS3(dir, name string) bool {
	const mark = awsLogs + "/"
	for at := 0; ; {
		i := strings.Index(dir[at:], mark)
		if i < 0 {
			return false
		}
		start := at + i
		at = start + len(mark)
		if start > 0 && dir[start-1] != '/' {
			continue
		}
		rest, org := dir[at:], ""
		if id, after, ok := strings.Cut(rest, "/"); ok && orgID.MatchString(id) {
			rest, org = after, id
		}
		for _, t := range s3Tables {
			m, ok := t.matchSteps(rest)
			if !ok {
				continue
			}
			o.Layout, o.Prefix, o.Organization = t.layout, dir[:start], org
			o.Account, o.Region, o.Partition = m.account, m.region, Partition{m.account, m.region, m.time}
			o.Time = m.time
			if n := s3Name.FindStringSubmatch(name); n != nil {
				if when, err := time.Parse("20060102T1504Z", n[2]); err == nil {
					o.FlowLog, o.Time = n[1], when
				}
			}
			return true
		}
	}
}

// parseFirehose reads a key that Firehose wrote.
func (o *Object) parseFirehose(dir, name string) bool {
	const folder = len("2006/01/02/15/")
	var m match
	timed := false
	if len(dir) >= folder {
		if at, ok := firehoseTable.matchSteps(dir[len(dir)-folder:]); ok {
			m, timed = at, true
			o.Prefix = dir[:len(dir)-folder]
		}
	}
	n := firehoseName.FindStringSubmatch(name)
	if n == nil && !timed {
		return false
	}
	o.Layout, o.Time = Firehose, m.time
	if n != nil {
		when, err := time.Parse("2006-01-02-15-04-05", n[2])
		if err != nil {
			return timed
		}
		o.DeliveryStream, o.Time = n[1], when
		if !timed {
			o.Prefix, m.time = dir, truncate(when, hour)
		}
	}
	o.Partition.Time = m.time
	return true
}

// keyTable is a layout without a bucket.
type keyTable struct {
	layout Layout
	steps  []step
	cols   []partitionColumn
}

var (
	s3Tables      = newKeyTables(S3HiveHourly, S3HiveDaily, S3Hourly, S3Daily)
	firehoseTable = newKeyTables(Firehose)[0]
)

// newKeyTables compiles layouts, the Hive-compatible ones with both names of
// the service's folder.
func newKeyTables(layouts ...Layout) []keyTable {
	var out []keyTable
	for _, l := range layouts {
		keys := []string{""}
		if l == S3HiveDaily || l == S3HiveHourly {
			keys = serviceKeys
		}
		for _, key := range keys {
			t := Table{Layout: l, ServiceKey: key}
			steps, cols, err := t.layoutSteps()
			if err != nil {
				panic(err) // the layouts are this package's own
			}
			out = append(out, keyTable{l, steps, cols})
		}
	}
	return out
}

// matchSteps reads all of a folder.
func (t *keyTable) matchSteps(dir string) (match, bool) {
	m, n, ok := matchPath(t.steps, t.cols, dir)
	return m, ok && n == len(dir)
}

// match is what a path says.
type match struct {
	account, region string
	parts           [numUnits]int
	time            time.Time
}

// matchPath reads the steps at the start of a path and returns how many bytes
// they took.
func matchPath(steps []step, cols []partitionColumn, path string) (match, int, bool) {
	m := match{parts: [numUnits]int{month: 1, day: 1}}
	at := 0
	for _, s := range steps {
		n := len(s.literal)
		if s.isCol {
			n = m.column(&cols[s.col], path[at:])
		} else if !strings.HasPrefix(path[at:], s.literal) {
			n = -1
		}
		if n < 0 {
			return m, 0, false
		}
		at += n
	}
	p, ok := m.partition()
	m.time = p.Time
	return m, at, ok
}

// column reads the value of a column at the start of s and returns its length,
// or -1 if there is none.
func (m *match) column(c *partitionColumn, s string) int {
	if c.kind == timeColumn {
		return c.pattern.parse(s, &m.parts)
	}
	v, _, _ := strings.Cut(s, "/")
	switch {
	case c.kind == accountColumn && accountID.MatchString(v):
		m.account = strings.Clone(v)
	case c.kind == regionColumn && regionName.MatchString(v):
		m.region = strings.Clone(v)
	case c.kind == fixedColumn && v == c.value:
	default:
		return -1
	}
	return len(v)
}

// partition returns the partition of the parts. It reports false for a date
// that does not exist.
func (m *match) partition() (Partition, bool) {
	p := &m.parts
	p[month], p[day] = max(p[month], 1), max(p[day], 1)
	t := time.Date(p[year], time.Month(p[month]), p[day], p[hour], 0, 0, 0, time.UTC)
	return Partition{m.account, m.region, t}, t.Day() == p[day] && checkTime(ErrKey, "", t) == nil
}

// Partition returns the partition of an object in the bucket of the table, according to
// the location, layout and prefix of the table. The key may be encoded as in S3 event
// notifications; it is decoded only if the key itself is in no partition. For a key
// outside the layout the error is a *RuleError that wraps ErrKey.
func (t *Table) Partition(key string) (Partition, error) {
	c, err := t.check()
	if err != nil {
		return Partition{}, err
	}
	if len(c.plan.cols) == 0 {
		return Partition{}, broken(ErrLayout, "layout", t.Layout.String(), "has no partitions")
	}
	if p, ok := c.partitionOf(key); ok {
		return p, nil
	}
	// Unlike in ParseKey, a plus sign can be told from a blank here: the location
	// has one or the other.
	if decoded, err := url.QueryUnescape(key); err == nil && decoded != key {
		if p, ok := c.partitionOf(decoded); ok {
			return p, nil
		}
	}
	return Partition{}, broken(ErrKey, "key", key, "must lie in a partition of the table's layout")
}

// partitionOf reads a key that is not encoded.
func (c *checked) partitionOf(key string) (Partition, bool) {
	m, n, ok := matchPath(c.plan.steps, c.plan.cols, key)
	if !ok || n == len(key) {
		return Partition{}, false
	}
	return m.partition()
}
