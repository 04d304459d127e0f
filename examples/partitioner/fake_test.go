package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsathena "github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/stretchr/testify/require"
)

// fake is a local Athena with one workgroup and the partitions of one table. It has
// the protocol and the limits of the service.
type fake struct {
	*httptest.Server
	mu         sync.Mutex
	statements []string
	partitions []string // as in SHOW PARTITIONS
	queries    map[string]*execution
	refuse     string // message with which the next StartQueryExecution is refused
	fail       string // reason for which the next query fails
	pageRows   int    // rows of a page of results
	polls      int    // that a query takes

}

type execution struct {
	state, reason string
	polls         int
	rows          []string
}

func newFake(t *testing.T) *fake {
	f := &fake{queries: make(map[string]*execution), pageRows: 1000}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

// client returns a client of the SDK for the fake.
func (f *fake) client() *awsathena.Client {
	return awsathena.New(awsathena.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(f.URL),
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
	})
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()

	var in struct {
		QueryString, WorkGroup, QueryExecutionID, NextToken string
		QueryExecutionContext                               struct{ Database string }
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	if err != nil {
		f.invalid(w, err.Error())
		return
	}
	switch op := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AmazonAthena."); op {
	case "StartQueryExecution":
		switch {
		case f.refuse != "":
			msg := f.refuse
			f.refuse = ""
			f.invalid(w, msg)
		case in.WorkGroup != "flow-logs":
			f.invalid(w, "WorkGroup is not found")
		case in.QueryExecutionContext.Database != "logs":
			f.invalid(w, "Database is not found")
		case in.QueryString == "" || len(in.QueryString) > 262144:
			f.invalid(w, "queryString failed to satisfy constraint: Member must have length less than or equal to 262144")
		case strings.Contains(in.QueryString, ";"):
			f.invalid(w, "Only one sql statement is allowed")
		default:
			f.answer(w, map[string]any{"QueryExecutionId": f.begin(in.QueryString)})
		}
	case "GetQueryExecution":
		q := f.queries[in.QueryExecutionID]
		if q == nil {
			f.invalid(w, "QueryExecution was not found")
			return
		}
		state := q.state
		if q.polls > 0 {
			q.polls--
			state = "RUNNING"
		}
		f.answer(w, map[string]any{"QueryExecution": map[string]any{
			"QueryExecutionId": in.QueryExecutionID, "Status": map[string]any{"State": state, "StateChangeReason": q.reason},
		}})
	case "GetQueryResults":
		q := f.queries[in.QueryExecutionID]
		at, _ := strconv.Atoi(in.NextToken)
		end := min(at+f.pageRows, len(q.rows))
		var rows []any
		for _, v := range q.rows[at:end] {
			rows = append(rows, map[string]any{"Data": []any{map[string]any{"VarCharValue": v}}})
		}
		out := map[string]any{"ResultSet": map[string]any{"Rows": rows}}
		if end < len(q.rows) {
			out["NextToken"] = strconv.Itoa(end)
		}
		f.answer(w, out)
	default:
		f.invalid(w, "unknown operation "+op)
	}
}

func (f *fake) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(v)
}

func (f *fake) invalid(w http.ResponseWriter, msg string) {
	w.Header().Set("X-Amzn-Errortype", "InvalidRequestException")
	w.WriteHeader(http.StatusBadRequest)
	f.answer(w, map[string]any{"__type": "InvalidRequestException", "Message": msg})
}

var (
	clause = regexp.MustCompile(`PARTITION \(([^)]*)\)`)
	value  = regexp.MustCompile("`([^`]*)`='([^']*)'")
)

// begin runs a statement against the catalog.
func (f *fake) begin(sql string) string {
	id := "query-" + strconv.Itoa(len(f.statements)+1)
	f.statements = append(f.statements, sql)
	q := &execution{state: "SUCCEEDED", polls: f.polls}
	f.queries[id] = q
	if f.fail != "" {
		q.state, q.reason = "FAILED", f.fail
		f.fail = ""
		return id
	}
	var named []string
	for _, m := range clause.FindAllStringSubmatch(sql, -1) {
		var row []string
		for _, kv := range value.FindAllStringSubmatch(m[1], -1) {
			row = append(row, kv[1]+"="+strings.ReplaceAll(kv[2], "/", "%2F"))
		}
		named = append(named, strings.Join(row, "/"))
	}
	switch {
	case strings.Contains(sql, " ADD IF NOT EXISTS "):
		for _, n := range named {
			if !slices.Contains(f.partitions, n) {
				f.partitions = append(f.partitions, n)
			}
		}
	case strings.Contains(sql, " DROP IF EXISTS "):
		f.partitions = slices.DeleteFunc(f.partitions, func(p string) bool { return slices.Contains(named, p) })
	case strings.HasPrefix(sql, "SHOW PARTITIONS "):
		q.rows = slices.Clone(f.partitions)
	default:
		q.state, q.reason = "FAILED", "mismatched input"
	}
	return id
}

// ran returns the statements since the last call.
func (f *fake) ran(t *testing.T) []string {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.statements
	f.statements = nil
	require.LessOrEqual(t, len(s), 1000)
	return s
}
