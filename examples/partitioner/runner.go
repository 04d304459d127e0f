package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsathena "github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// The operations of Athena that the function uses. The client of the SDK
// implements all.
type (
	startQueryExecutionAPIClient interface {
		StartQueryExecution(context.Context, *awsathena.StartQueryExecutionInput, ...func(*awsathena.Options)) (*awsathena.StartQueryExecutionOutput, error)
	}
	getQueryExecutionAPIClient interface {
		GetQueryExecution(context.Context, *awsathena.GetQueryExecutionInput, ...func(*awsathena.Options)) (*awsathena.GetQueryExecutionOutput, error)
	}
	getQueryResultsAPIClient interface {
		GetQueryResults(context.Context, *awsathena.GetQueryResultsInput, ...func(*awsathena.Options)) (*awsathena.GetQueryResultsOutput, error)
	}
)

var (
	_ startQueryExecutionAPIClient = (*awsathena.Client)(nil)
	_ getQueryExecutionAPIClient   = (*awsathena.Client)(nil)
	_ getQueryResultsAPIClient     = (*awsathena.Client)(nil)
)

// runner runs statements and waits for them.
type runner struct {
	start     startQueryExecutionAPIClient
	get       getQueryExecutionAPIClient
	results   getQueryResultsAPIClient
	database  string
	workgroup string
}

// queryError is the error of a query that did not succeed after its start.
type queryError struct {
	id, state, reason string
	err               error // of waiting, if the query has not ended
}

func (e *queryError) Error() string {
	s := "query " + e.id + " " + e.state
	if e.reason != "" {
		s += ": " + e.reason
	}
	if e.err != nil {
		s += ": " + e.err.Error()
	}
	return s
}

func (e *queryError) Unwrap() error { return e.err }

// exec runs a statement, waits for its end, and returns the id of the query.
func (r *runner) exec(ctx context.Context, sql string) (string, error) {
	started, err := r.start.StartQueryExecution(ctx, &awsathena.StartQueryExecutionInput{
		QueryString:           aws.String(sql),
		QueryExecutionContext: &types.QueryExecutionContext{Database: aws.String(r.database)},
		WorkGroup:             aws.String(r.workgroup),
	})
	if err != nil {
		return "", fmt.Errorf("start query: %w", err)
	}
	id := aws.ToString(started.QueryExecutionId)
	const longest = 2 * time.Second
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, longest) {
		out, err := r.get.GetQueryExecution(ctx, &awsathena.GetQueryExecutionInput{QueryExecutionId: &id})
		if err != nil {
			return id, &queryError{id: id, state: "has an unknown state", err: err}
		}
		if out.QueryExecution == nil || out.QueryExecution.Status == nil {
			return id, &queryError{id: id, state: "has no status"}
		}
		switch status := out.QueryExecution.Status; status.State {
		case types.QueryExecutionStateSucceeded:
			return id, nil
		case types.QueryExecutionStateFailed, types.QueryExecutionStateCancelled:
			return id, &queryError{id: id, state: string(status.State), reason: aws.ToString(status.StateChangeReason)}
		}
		select {
		case <-ctx.Done():
			return id, &queryError{id: id, state: "has not ended", err: context.Cause(ctx)}
		case <-time.After(pause):
		}
	}
}

// rows runs a statement and calls row with the first column of each row of the
// result.
func (r *runner) rows(ctx context.Context, sql string, row func(string)) error {
	id, err := r.exec(ctx, sql)
	if err != nil {
		return err
	}
	pages := awsathena.NewGetQueryResultsPaginator(r.results, &awsathena.GetQueryResultsInput{QueryExecutionId: &id})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("results of query %s: %w", id, err)
		}
		if page.ResultSet == nil {
			continue
		}
		for _, v := range page.ResultSet.Rows {
			if len(v.Data) > 0 {
				row(aws.ToString(v.Data[0].VarCharValue))
			}
		}
	}
	return nil
}
