package firehosetest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The limits of the service.
// https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
const (
	maxRecordBytes  = 1000 << 10
	maxBatchBytes   = 4 << 20
	maxBatchRecords = 500
	// maxBody is the largest body of a request. 500 records of the largest size would
	// be 683 MB. AWS answers large requests with 413, but does not document the size.
	maxBody = 32 << 20
)

const (
	targetPrefix = "Firehose_20150804."
	contentType  = "application/x-amz-json-1.1"
)

// ServeHTTP serves the JSON 1.1 protocol. It does not check signatures, and signing times
// only with Options.CheckDates.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.init()
	if s.opts.CheckDates {
		if err := s.checkDate(w, r); err != nil {
			writeError(w, err)
			return
		}
	}
	operation, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	var handle func(http.ResponseWriter, *http.Request, []byte) error
	switch operation {
	case "PutRecord":
		handle = s.putRecord
	case "PutRecordBatch":
		handle = s.putRecordBatch
	case "DescribeDeliveryStream":
		handle = s.describe
	}
	if r.Method != http.MethodPost || !ok || handle == nil {
		writeError(w, errorf(CodeUnknownOperation, ""))
		return
	}
	body, release, err := s.readBody(w, r)
	defer release()
	if err == nil {
		err = handle(w, r, body)
	}
	if err != nil {
		writeError(w, err)
	}
}

// readBody reads the body of a request into a buffer. After release the next request
// reuses the buffer.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) (body []byte, release func(), err error) {
	p, _ := s.bodies.Get().(*[]byte)
	if p == nil {
		p = new([]byte)
	}
	buf := bytes.NewBuffer((*p)[:0])
	release = func() {
		*p = buf.Bytes()[:0]
		s.bodies.Put(p)
	}
	if n := r.ContentLength; n > 0 && n <= maxBody {
		buf.Grow(int(n) + bytes.MinRead)
	}
	_, err = buf.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooBig := errors.AsType[*http.MaxBytesError](err); tooBig {
		return nil, release, errorf(codeRequestEntityTooBig, "")
	}
	if err != nil {
		return nil, release, errorf(CodeSerialization, "")
	}
	return buf.Bytes(), release, nil
}

// wireRecord is a record of a request, in which Data is base64. Data is nil if the record
// has none, which is not the same as empty Data.
type wireRecord struct{ Data []byte }

func (s *Server) putRecord(w http.ResponseWriter, r *http.Request, body []byte) error {
	var in struct {
		DeliveryStreamName *string
		Record             *wireRecord
	}
	if err := unmarshal(body, &in); err != nil {
		return err
	}
	var v violations
	checkName(&v, in.DeliveryStreamName)
	if in.Record == nil {
		v.add("null", "record", "Member must not be null")
	} else {
		checkData(&v, in.Record.Data, "record.data")
	}
	if err := v.err(); err != nil {
		return err
	}
	ids, refused, err := s.put(r, "PutRecord", *in.DeliveryStreamName, [][]byte{in.Record.Data})
	if err != nil {
		return err
	}
	if refused != nil && refused[0].code != "" {
		return errorf(refused[0].code, "%s", refused[0].message)
	}
	return writeJSON(w, map[string]any{"Encrypted": false, "RecordId": ids[0]})
}

func (s *Server) putRecordBatch(w http.ResponseWriter, r *http.Request, body []byte) error {
	var in struct {
		DeliveryStreamName *string
		Records            []wireRecord
	}
	if err := unmarshal(body, &in); err != nil {
		return err
	}
	var v violations
	checkName(&v, in.DeliveryStreamName)
	switch n := len(in.Records); {
	case in.Records == nil:
		v.add("null", "records", "Member must not be null")
	case n == 0:
		v.add("'[]'", "records", "Member must have length greater than or equal to 1")
	case n > maxBatchRecords:
		v.add(fmt.Sprintf("'[%d records]'", n), "records", fmt.Sprintf("Member must have length less than or equal to %d", maxBatchRecords))
	}
	records := make([][]byte, len(in.Records))
	total := 0
	for i := range in.Records {
		records[i] = in.Records[i].Data
		total += len(records[i])
		checkData(&v, records[i], "records."+strconv.Itoa(i+1)+".member.data")
	}
	if err := v.err(); err != nil {
		return err
	}
	if total > maxBatchBytes {
		return errorf(CodeInvalidArgument, "Records size exceeds 4 MB limit")
	}
	ids, refused, err := s.put(r, "PutRecordBatch", *in.DeliveryStreamName, records)
	if err != nil {
		return err
	}
	type entry struct {
		ErrorCode    string `json:",omitempty"`
		ErrorMessage string `json:",omitempty"`
		RecordID     string `json:"RecordId,omitempty"`
	}
	out := struct {
		Encrypted        bool
		FailedPutCount   int
		RequestResponses []entry
	}{RequestResponses: make([]entry, len(records))}
	for i := range records {
		if refused != nil && refused[i].code != "" {
			out.FailedPutCount++
			out.RequestResponses[i] = entry{ErrorCode: refused[i].code, ErrorMessage: refused[i].message}
			continue
		}
		out.RequestResponses[i].RecordID = ids[i]
	}
	return writeJSON(w, out)
}

// put applies the faults to a valid call and takes its records.
func (s *Server) put(r *http.Request, operation, name string, records [][]byte) ([]string, []refusal, error) {
	st := s.stream(name)
	if st == nil {
		return nil, nil, errorf(CodeResourceNotFound, "Firehose %s not found under account %s.", name, s.opts.Account)
	}
	if st.FromLogsOnly {
		return nil, nil, errorf(CodeInvalidSource, "Only requests from CloudWatch Logs are supported when CloudWatch Logs decompression is enabled.")
	}
	c := &Call{Operation: operation, Stream: name, Records: len(records)}
	for _, data := range records {
		c.Bytes += len(data)
	}
	s.mu.Lock()
	s.calls++
	c.Number = s.calls
	first := s.nextID
	s.nextID += int64(len(records))
	s.mu.Unlock()
	ids := make([]string, len(records))
	for i := range ids {
		ids[i] = recordID(first + int64(i))
	}

	s.faultMu.Lock()
	f := s.pick(c)
	refused := s.refusals(c, &f, records)
	s.faultMu.Unlock()

	st.count(func(n *Stats) { n.Calls++ })
	taken := 0
	if f.Accept {
		taken = st.take(s, c, records, refused, ids)
	}
	answered := s.wait(r.Context(), f.Delay) && f.answers()
	if f.serves() && answered {
		if !f.Accept {
			st.take(s, c, records, refused, ids)
		}
		return ids, refused, nil
	}
	st.count(func(n *Stats) {
		n.RefusedCalls++
		n.Unanswered += int64(taken)
		if !f.Accept {
			n.RefusedRecords += int64(len(records))
		}
	})
	if f.Hang {
		select {
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
	}
	if !answered {
		return nil, nil, errNoAnswer
	}
	e := errorf(f.Code, "%s", f.Message)
	e.status = cmp.Or(f.Status, e.status)
	return nil, nil, e
}

// wait delays a call, at most until the Server is closed. It reports whether the
// client is still connected.
func (s *Server) wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.ctx.Done():
	case <-ctx.Done():
		return false
	}
	return true
}

// errNoAnswer makes writeError break the connection.
var errNoAnswer = errors.New("no answer")

// writeError answers with an error, or breaks the connection.
func writeError(w http.ResponseWriter, err error) {
	if errors.Is(err, errNoAnswer) {
		reset(w)
		return
	}
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		e = errorf(CodeInternalFailure, "%s", err)
	}
	out := map[string]string{"__type": e.code}
	if e.message != "" {
		out["message"] = e.message
	}
	body, err := json.Marshal(out)
	if err != nil {
		panic(err) // strings always marshal
	}
	write(w, e.status, body)
}

// reset breaks the connection, with a TCP reset where that is possible.
func reset(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // makes Close send a reset
		}
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler) // net/http closes the connection without an answer
}

func writeJSON(w http.ResponseWriter, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, body)
	return nil
}

func write(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Amzn-Requestid", uuid())
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone
}

// unmarshal decodes the body of a request.
func unmarshal(body []byte, v any) error {
	if err := json.Unmarshal(body, v); err != nil {
		return errorf(CodeSerialization, "")
	}
	return nil
}

func checkName(v *violations, name *string) {
	switch {
	case name == nil:
		v.add("null", "deliveryStreamName", "Member must not be null")
		return
	case *name == "":
		v.add("''", "deliveryStreamName", "Member must have length greater than or equal to 1")
	case len(*name) > 64:
		v.add("'"+*name+"'", "deliveryStreamName", "Member must have length less than or equal to 64")
	}
	if !nameRE.MatchString(*name) {
		v.add("'"+*name+"'", "deliveryStreamName", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
	}
}

func checkData(v *violations, data []byte, member string) {
	if data == nil {
		v.add("null", member, "Member must not be null")
		return
	}
	if n := len(data); n > maxRecordBytes {
		v.add(fmt.Sprintf("'java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]'", n, n), member, fmt.Sprintf("Member must have length less than or equal to %d", maxRecordBytes))
	}
}

// recordID returns the id of the nth record. Like the service's ids it is opaque,
// unique and long.
func recordID(n int64) string {
	var b [30]byte
	for i := range 8 {
		b[29-i] = byte(n >> (8 * i))
	}
	return base64.RawURLEncoding.EncodeToString(b[:])
}
