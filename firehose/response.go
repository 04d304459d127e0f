package firehose

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/smithy-go"
)

// checkResponse returns an error if the answer does not match the number of records sent.
func checkResponse(out *firehose.PutRecordBatchOutput, sent int) error {
	if out == nil {
		return fmt.Errorf("%w: no response and no error", ErrResponse)
	}
	entries, counted := len(out.RequestResponses), int(aws.ToInt32(out.FailedPutCount))
	if entries == 0 && out.FailedPutCount != nil && counted == 0 {
		return nil // the service does not answer like this, but test clients do
	}
	if entries != sent {
		return fmt.Errorf("%w: %d entries for %s", ErrResponse, entries, count(sent, "record"))
	}
	if failures, silent := failures(out); counted > failures+silent {
		return fmt.Errorf("%w: %s counted, %d found", ErrResponse, count(counted, "failure"), failures)
	}
	return nil
}

// failures returns the number of entries with an error code, and the number of entries
// with neither a code nor a record id.
func failures(out *firehose.PutRecordBatchOutput) (refused, silent int) {
	for i := range out.RequestResponses {
		entry := &out.RequestResponses[i]
		switch {
		case aws.ToString(entry.ErrorCode) != "":
			refused++
		case aws.ToString(entry.RecordId) == "":
			silent++
		}
	}
	return refused, silent
}

// settle applies the answer to the records of a call. A record whose entry has neither an
// error code nor a record id is sent again. It counts as ambiguous, unless the answer
// counts all such entries as failures.
func (q *batch) settle(out *firehose.PutRecordBatchOutput, st *Stats) error {
	failures, silent := failures(out)
	silence := code{retriable: true, ambiguous: true, meaning: "the answer does not say whether it was accepted"}
	if int(aws.ToInt32(out.FailedPutCount)) == failures+silent {
		silence = code{retriable: true, meaning: "refused without a code"}
	}
	kept := q.records[:0]
	for i, r := range q.records {
		var entry types.PutRecordBatchResponseEntry
		if i < len(out.RequestResponses) {
			entry = out.RequestResponses[i]
		}
		c := silence
		switch {
		case aws.ToString(entry.ErrorCode) != "":
			c, _ = lookup(*entry.ErrorCode)
		case aws.ToString(entry.RecordId) != "" || len(out.RequestResponses) == 0:
			st.Lines += int64(r.lines)
			st.Records++
			st.Bytes += int64(r.size())
			st.BilledBytes += billed(r.size())
			continue
		}
		r.fail(c, aws.ToString(entry.ErrorMessage), st)
		if c.retriable {
			kept = append(kept, r)
		} else {
			q.lost = append(q.lost, r)
		}
	}
	q.records = kept
	if len(kept) == 0 {
		return nil
	}
	return refusal(&kept[0])
}

// fail sets the error of each record of a call.
func (q *batch) fail(c code, message string, st *Stats) {
	for i := range q.records {
		q.records[i].fail(c, message, st)
	}
}

// fail sets the error of a record.
func (r *record) fail(c code, message string, st *Stats) {
	r.code, r.message = c.name, cmp.Or(message, c.meaning)
	if c.ambiguous {
		st.Ambiguous++
		st.AmbiguousLines += int64(r.lines)
	}
}

// refusal returns the error of a record that was refused in an answer.
func refusal(r *record) error {
	if r.code == "" {
		return fmt.Errorf("%w: %s", ErrResponse, r.message)
	}
	return &smithy.GenericAPIError{Code: r.code, Message: r.message, Fault: smithy.FaultServer}
}

// maxResponseBytes is the largest body of an answer that is read. The largest that the
// service sends, 500 entries with a text each, has about 200 KB.
const maxResponseBytes = 4 << 20

// limitedClient is an HTTP client that reads the body of each answer before it returns.
// The SDK closes the body of the request when the client returns. If the request was not
// sent completely, the connection is then closed, and an answer that came early could not
// be read any more. A body of more than maxResponseBytes fails with ErrResponse.
type limitedClient struct{ firehose.HTTPClient }

func (c limitedClient) Do(r *http.Request) (*http.Response, error) {
	resp, err := c.HTTPClient.Do(r)
	if resp == nil || resp.Body == nil {
		return resp, err
	}
	defer resp.Body.Close()
	data, readErr := io.ReadAll(io.LimitReader(resp.Body, maxResponseBytes+1))
	if len(data) > maxResponseBytes {
		readErr = fmt.Errorf("%w: more than %d bytes", ErrResponse, maxResponseBytes)
	}
	resp.Body = &readBody{bytes.NewReader(data), readErr}
	return resp, err
}

// readBody is a body that was read.
type readBody struct {
	data *bytes.Reader
	err  error // after the data; nil is io.EOF
}

func (b *readBody) Read(p []byte) (int, error) {
	if b.data.Len() == 0 && b.err != nil {
		return 0, b.err
	}
	return b.data.Read(p)
}

func (b *readBody) Close() error { return nil }
