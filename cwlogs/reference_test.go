package cwlogs

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reference decodes text as the package comment says, with encoding/json only. It
// returns the Batches before the first error.
func reference(text string) ([]*Batch, error) {
	var batches []*Batch
	dec := json.NewDecoder(strings.NewReader(text))
	for {
		var raw json.RawMessage
		switch err := dec.Decode(&raw); {
		case err == io.EOF && len(batches) == 0:
			return nil, errors.New("empty")
		case err == io.EOF:
			return batches, nil
		case err != nil:
			return batches, err
		}
		b, err := referenceDocument(raw)
		if err != nil {
			return batches, err
		}
		batches = append(batches, b)
	}
}

func referenceDocument(raw json.RawMessage) (*Batch, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("invalid UTF-8")
	}
	fields, err := members(raw, "messageType", "owner", "logGroup", "logStream",
		"subscriptionFilters", "policyLevel", "logEvents", "message")
	if err != nil {
		return nil, err
	}
	b := new(Batch)
	for key, into := range map[string]*string{
		"messageType": (*string)(&b.Type), "owner": &b.Owner, "logGroup": &b.LogGroup,
		"logStream": &b.LogStream, "policyLevel": &b.PolicyLevel,
	} {
		*into = referenceText(fields[key])
	}
	switch v := fields["subscriptionFilters"]; {
	case len(v) > 0 && v[0] == '[':
		var filters []json.RawMessage
		if err := json.Unmarshal(v, &filters); err != nil {
			return nil, err
		}
		b.SubscriptionFilters = []string{}
		for _, f := range filters {
			b.SubscriptionFilters = append(b.SubscriptionFilters, referenceText(f))
		}
	case len(v) > 0 && string(v) != "null":
		b.SubscriptionFilters = []string{referenceText(v)}
	}
	var list []json.RawMessage
	if v, ok := fields["logEvents"]; ok {
		if err := json.Unmarshal(v, &list); err != nil {
			return nil, err
		}
	}
	var message *string
	if v := fields["message"]; len(v) > 0 && v[0] == '"' {
		if err := json.Unmarshal(v, &message); err != nil {
			return nil, err
		}
	}
	if list == nil {
		if v := fields["messageType"]; message != nil && (v == nil || string(v) == "null") {
			b.Type, b.Events = DataMessage, []Event{{Message: *message}}
		}
		return b, nil
	}
	b.Events = make([]Event, len(list))
	for i, v := range list {
		if string(v) == "null" {
			continue
		}
		if err := referenceEvent(v, &b.Events[i]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func referenceEvent(raw json.RawMessage, e *Event) error {
	fields, err := members(raw, "id", "timestamp", "message", "extractedFields")
	if err != nil {
		return err
	}
	e.ID, e.Message = referenceText(fields["id"]), referenceText(fields["message"])
	if v := fields["timestamp"]; v != nil && string(v) != "null" {
		text := regexp.MustCompile(`\.0+$`).ReplaceAllString(referenceText(v), "")
		if e.Timestamp, err = strconv.ParseInt(text, 10, 64); err != nil {
			return err
		}
	}
	v, ok := fields["extractedFields"]
	if !ok || string(v) == "null" {
		return nil
	}
	extracted, err := members(v)
	if err != nil {
		return err
	}
	e.ExtractedFields = map[string]string{}
	for key, v := range extracted {
		e.ExtractedFields[key] = referenceText(v)
	}
	return nil
}

// referenceText returns the value of a string, "" for null or a missing value,
// and the JSON text of any other value.
func referenceText(v json.RawMessage) (s string) {
	if len(v) == 0 || string(v) == "null" {
		return ""
	}
	if v[0] == '"' {
		if err := json.Unmarshal(v, &s); err != nil {
			panic(err) // it was checked with the document
		}
		return s
	}
	return string(v)
}

// members returns the members of an object with known names, each of which may
// occur once. Without known names it returns all members.
func members(raw json.RawMessage, known ...string) (map[string]json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not an object")
	}
	out := map[string]json.RawMessage{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key := t.(string)
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return nil, err
		}
		if len(known) > 0 {
			i := slices.Index(known, key)
			if i < 0 {
				i = slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, key) })
			}
			if i < 0 {
				continue
			}
			key = known[i]
		}
		if _, ok := out[key]; ok {
			return nil, errors.New("duplicate")
		}
		out[key] = v
	}
	return out, nil
}

// agree compares the Decoder with the reference: they return the same Batches, and
// both an error or neither.
func agree(t *testing.T, d *Decoder, text string) {
	t.Helper()
	want, wantErr := reference(text)
	got, err := all(t, d, []byte(text))
	require.Equal(t, wantErr == nil, err == nil, "reference: %v\nours: %v\n%q", wantErr, err, text)
	require.Equal(t, want, got, "%q", text)
	if err != nil {
		de, ok := errors.AsType[*DecodeError](err)
		require.True(t, ok)
		require.ErrorIs(t, err, ErrFormat)
		require.Equal(t, len(got)+1, de.Document)
		require.GreaterOrEqual(t, de.Offset, int64(0))
		require.LessOrEqual(t, de.Offset, int64(len(text)))
	}
}

// texts are the seeds of the fuzz tests and of the mutations.
func texts() []string {
	out := []string{
		dataDoc, controlDoc, controlDoc + dataDoc, dataDoc + "\n" + dataDoc, "", " ", "{}", "{}{}", "null", "[]", "0",
		`{"message":"` + line1 + `"}{"message":"` + line2 + `"}`,
		`{"logEvents":[{"extractedFields":{"a":"1","b":null,"c":2.50,"d":{"e":[1,{}]},"\u0066":true}}]}`,
		`{"logEvents":[null,{},{"message":null,"id":null,"timestamp":null,"extractedFields":null}],"owner":null}`,
		`{"LOGEVENTS":[{"Message":"x","meſſage":"y"}],"logevents":null}`,
		`{"a":{"b":[1,2,{"c":"d\"}"}],"e":"\\"},"b":[],"c":-1.5e+7,"d":true,"messageType":"DATA_MESSAGE"}`,
		`{"message":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00\ud83d\ud83d\ude00\udc00x\ud800"}`,
		`{"message":"é€😀` + "\u007f\u2028" + `"}`,
		`{"logEvents":[{"id":"1","timestamp":-0,"message":"a"},{"timestamp":9223372036854775807},{"timestamp":-9223372036854775808}]}`,
		`{"logEvents":[{"id":"1","timestamp":1432826855000,"message":"a","timestamp":1}]}`,
		`{"logEvents":[{"id":"1","timestamp":0432826855000,"message":"a"}]}`,
		`{"logEvents":[{"timestamp":1.0}]}`, `{"logEvents":[{"timestamp":1e3}]}`, `{"logEvents":[{"timestamp":"1"}]}`,
		`{"subscriptionFilters":["a",null,"b"],"policyLevel":"ACCOUNT_LEVEL_POLICY"}`,
		`{"logEvents":[{"id":12,"timestamp":"7","message":{"a":[1]}},{"id":true,"timestamp":7.00,"message":-1.5e3}],"owner":123}`,
		`{"subscriptionFilters":"f","messageType":1,"policyLevel":[]}`, `{"subscriptionFilters":[1,{}]}`,
		`{"message":{"a":1}}`, `{"message":1,"messageType":"X"}`, `{"message":"m","logEvents":[]}`,
	}
	return append(out, indentText(dataDoc), indentText(out[12]))
}

func indentText(s string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(s), " ", "\t"); err != nil {
		panic(err)
	}
	return b.String()
}

func TestReference(t *testing.T) {
	var d Decoder
	for _, text := range texts() {
		agree(t, &d, text)
	}
	got, err := reference(controlDoc + dataDoc)
	require.NoError(t, err)
	assert.Equal(t, []*Batch{controlBatch, dataBatch}, got)
}

// Every run of the tests compares thousands of mutations of the texts: pieces
// changed, repeated, removed and combined.
func TestReferenceMutated(t *testing.T) {
	seeds := texts()
	pieces := []string{"{", "}", "[", "]", ",", ":", `"`, `\`, "null", "true", "-", "0", "1e9", " ", "\n", "\x00", "\x1f",
		"\xff", "é", `\u12`, `\ud83d`, `"message":"m"`, `"id":1`, `"logEvents":[]`, `"messageType":"T",`, `{"a":1}`, dataDoc}
	r := rand.New(rand.NewPCG(5, 6))
	var d Decoder
	accepted := 0
	for range 20_000 {
		text := seeds[r.IntN(len(seeds))]
		for range 1 + r.IntN(3) {
			at := r.IntN(len(text) + 1)
			end := min(len(text), at+r.IntN(4))
			piece := ""
			if r.IntN(3) > 0 {
				piece = pieces[r.IntN(len(pieces))]
			}
			text = text[:at] + piece + text[end:]
		}
		agree(t, &d, text)
		if _, err := reference(text); err == nil {
			accepted++
		}
	}
	assert.Greater(t, accepted, 1000, "the mutations are too wild to test anything")
}

func FuzzDecode(f *testing.F) {
	for _, text := range texts() {
		f.Add(text)
	}
	var d Decoder
	f.Fuzz(func(t *testing.T, text string) {
		if strings.HasPrefix(text, "\x1f") {
			return // gzip has a target of its own
		}
		agree(t, &d, text)
	})
}
