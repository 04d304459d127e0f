package cwlogs

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// event returns a data message with one event with the given members.
func event(members string) string {
	return `{"messageType":"DATA_MESSAGE","logEvents":[{` + members + `}]}`
}

func TestDocument(t *testing.T) {
	type m = map[string]string
	for name, tt := range map[string]struct {
		in   string
		want Batch
	}{
		"case 73 type is the envelope's": {
			`{"logEvents":[{"messageType":"CONTROL_MESSAGE","message":"{\"messageType\":\"CONTROL_MESSAGE\"}"}],"messageType":"DATA_MESSAGE"}`,
			Batch{Type: DataMessage, Events: []Event{{Message: `{"messageType":"CONTROL_MESSAGE"}`}}},
		},
		"case 73 control whatever the events say": {
			`{"logEvents":[{"messageType":"DATA_MESSAGE","message":"m"}],"messageType":"CONTROL_MESSAGE"}`,
			Batch{Type: ControlMessage, Events: []Event{{Message: "m"}}},
		},
		"case 74 unknown type": {
			`{"messageType":"NEW_MESSAGE","logEvents":[{"message":"m"}]}`,
			Batch{Type: "NEW_MESSAGE", Events: []Event{{Message: "m"}}},
		},
		"case 74 no type": {`{"logEvents":[{"message":"m"}]}`, Batch{Events: []Event{{Message: "m"}}}},
		"case 77 policyLevel, extractedFields": {
			`{"messageType":"DATA_MESSAGE","policyLevel":"ACCOUNT_LEVEL_POLICY","logEvents":[{"extractedFields":{"srcaddr":"10.0.0.1","bytes":"7"},"message":"m"},{"message":"n","extractedFields":{}}]}`,
			Batch{Type: DataMessage, PolicyLevel: "ACCOUNT_LEVEL_POLICY", Events: []Event{
				{Message: "m", ExtractedFields: m{"srcaddr": "10.0.0.1", "bytes": "7"}}, {Message: "n", ExtractedFields: m{}}}},
		},
		"case 80 centralised logs": {
			event(`"message":"m","extractedFields":{"@aws.account":"001607371330","@aws.region":"eu-west-1"}`),
			Batch{Type: DataMessage, Events: []Event{{Message: "m",
				ExtractedFields: m{"@aws.account": "001607371330", "@aws.region": "eu-west-1"}}}},
		},
		"extracted fields that are no strings": {
			event(`"extractedFields":{"n":12.50,"t":true,"o":{ "a" : [1] },"z":null}`),
			Batch{Type: DataMessage, Events: []Event{{
				ExtractedFields: m{"n": "12.50", "t": "true", "o": `{ "a" : [1] }`, "z": ""}}}},
		},
		"cases 51, 83 vended record": {
			`{"message":"` + line2 + `"}`,
			Batch{Type: DataMessage, Events: []Event{{Message: line2}}},
		},
		"vended record with other keys": {
			`{"account":"1","message":"a\tb","tags":{"message":"no"}}`,
			Batch{Type: DataMessage, Events: []Event{{Message: "a\tb"}}},
		},
		"message beside a type is unknown": {`{"message":"m","messageType":"T"}`, Batch{Type: "T"}},
		"message that is no string":        {`{"message":{"a":"b"}}`, Batch{}},
		"case 84 stream name is opaque":    {`{"logStream":"nat-1/ü [x] -accept"}`, Batch{LogStream: "nat-1/ü [x] -accept"}},
		"case 85 messages of JSON":         {event(`"message":"{\"srcaddr\":\"10.0.0.1\",\"n\":[1]}"`), Batch{Type: DataMessage, Events: []Event{{Message: `{"srcaddr":"10.0.0.1","n":[1]}`}}}},
		"case 86 null message":             {event(`"id":null,"timestamp":null,"message":null`), Batch{Type: DataMessage, Events: []Event{{}}}},
		"case 86 no events":                {`{"messageType":"DATA_MESSAGE","logEvents":[]}`, Batch{Type: DataMessage, Events: []Event{}}},
		"case 86 null events":              {`{"messageType":"DATA_MESSAGE","logEvents":null}`, Batch{Type: DataMessage}},
		"case 86 null event":               {`{"messageType":"DATA_MESSAGE","logEvents":[null]}`, Batch{Type: DataMessage, Events: []Event{{}}}},
		"keys in any order, spaces, unknown": {
			` { "logEvents" : [ { "message":"m" , "ingestionTime":5,"timestamp" : 7 ,"x":{"a":[{}]}, "id":"i" } ] , "extra":[[],"]",{"}":null}] , "owner":"o","messageType":"DATA_MESSAGE" } `,
			Batch{Type: DataMessage, Owner: "o", Events: []Event{{ID: "i", Timestamp: 7, Message: "m"}}},
		},
		"member after the usual three": {
			event(`"id":"i","timestamp":1432826855000,"message":"m","more":{}`),
			Batch{Type: DataMessage, Events: []Event{{ID: "i", Timestamp: 1432826855000, Message: "m"}}},
		},
		"escapes":               {event(`"message":"\"\\\/\b\f\n\r\t\u0041\u00E9\u20ac"`), Batch{Type: DataMessage, Events: []Event{{Message: "\"\\/\b\f\n\r\tAé€"}}}},
		"surrogates":            {event(`"message":"\ud83d\ude00"`), Batch{Type: DataMessage, Events: []Event{{Message: "😀"}}}},
		"half surrogates":       {event(`"message":"\ud83d-\ude00\ud83dx\ud83d\ud83d\ude00"`), Batch{Type: DataMessage, Events: []Event{{Message: "\ufffd-\ufffd\ufffdx\ufffd😀"}}}},
		"escaped names":         {`{"\u006fwner":"o"}`, Batch{Owner: "o"}},
		"names in another case": {`{"OWNER":"o","loggroup":"g"}`, Batch{Owner: "o", LogGroup: "g"}},
		"timestamps": {
			`{"logEvents":[{"timestamp":-9223372036854775808},{"timestamp":9223372036854775807},{"timestamp":0},{"timestamp":-0}]}`,
			Batch{Events: []Event{{Timestamp: -1 << 63}, {Timestamp: 1<<63 - 1}, {}, {}}},
		},
		"values that are no strings": {
			`{"messageType":"DATA_MESSAGE","owner":123456789012,"logGroup":true,"logStream":["s"],"policyLevel":{"a":null},` +
				`"subscriptionFilters":["a",2,null],"logEvents":[{"id":37912345678901234567890,"message":{"srcaddr":"10.0.0.1"}}]}`,
			Batch{Type: DataMessage, Owner: "123456789012", LogGroup: "true", LogStream: `["s"]`, PolicyLevel: `{"a":null}`,
				SubscriptionFilters: []string{"a", "2", ""}, Events: []Event{{ID: "37912345678901234567890", Message: `{"srcaddr":"10.0.0.1"}`}}},
		},
		"type that is no string": {`{"messageType":1,"message":"m"}`, Batch{Type: "1"}},
		"one filter":             {`{"subscriptionFilters":"a"}`, Batch{SubscriptionFilters: []string{"a"}}},
		"timestamps that are no integers": {
			`{"logEvents":[{"timestamp":"1432826855000"},{"timestamp":1432826855000.00},{"timestamp":"-7.0"}]}`,
			Batch{Events: []Event{{Timestamp: 1432826855000}, {Timestamp: 1432826855000}, {Timestamp: -7}}},
		},
		"filters": {`{"subscriptionFilters":["a","b","c"]}`, Batch{SubscriptionFilters: []string{"a", "b", "c"}}},
		"as deep as may be": {
			`{"x":` + strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1) + `,"owner":"o"}`,
			Batch{Owner: "o"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			agree(t, &d, tt.in)
			got, err := all(t, &d, []byte(tt.in))
			require.NoError(t, err)
			assert.Equal(t, []*Batch{&tt.want}, got)
		})
	}
}

// A ¶ marks the offset of the error. It is removed from the input.
func TestDocumentRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		in    string
		msg   string
		cause error
	}{
		"empty":                     {"¶", "no document", io.ErrUnexpectedEOF},
		"white space":               {" \n¶", "no document", io.ErrUnexpectedEOF},
		"array":                     {`¶[{"messageType":"DATA_MESSAGE"}]`, `expected an object, found '['`, nil},
		"HTML":                      {"\n¶<html><body>503</body></html>", `expected an object, found '<'`, nil},
		"plain line":                {"¶" + line1, `expected an object, found '2'`, nil},
		"null":                      {"¶null", `expected an object, found 'n'`, nil},
		"second document":           {dataDoc + "¶]", `document 2,`, nil},
		"comma between":             {dataDoc + "¶," + dataDoc, `expected an object, found ','`, nil},
		"byte order mark":           {"¶\ufeff{}", `expected an object`, nil},
		"no comma":                  {`{"owner":"o"¶"logGroup":"g"}`, "expected a comma or '}'", nil},
		"trailing comma":            {`{"owner":"o",¶}`, "expected a name, found '}'", nil},
		"no colon":                  {`{"owner" ¶"o"}`, "", nil},
		"name without quotes":       {`{¶owner:"o"}`, "expected a name", nil},
		"no value":                  {`{"x":¶}`, "expected a value, found '}'", nil},
		"events an object":          {`{"logEvents":¶{}}`, `"logEvents": expected an array, found '{'`, nil},
		"event a string":            {`{"logEvents":[¶"m"]}`, `"event": expected an object, found '"'`, nil},
		"timestamp a date":          {event(`"timestamp":¶"2015-05-28T15:27:35Z"`), `"timestamp": expected a 64-bit integer, found '"'`, strconv.ErrSyntax},
		"timestamp an object":       {event(`"timestamp":¶{}`), "expected a 64-bit integer, found '{'", strconv.ErrSyntax},
		"timestamp a fraction":      {event(`"timestamp":¶7.5`), "expected a 64-bit integer", strconv.ErrSyntax},
		"timestamp an exponent":     {event(`"timestamp":¶7e3`), "expected a 64-bit integer", strconv.ErrSyntax},
		"timestamp out of range":    {event(`"timestamp":¶9223372036854775808`), "expected a 64-bit integer", strconv.ErrRange},
		"timestamp far out":         {event(`"timestamp":¶-` + strings.Repeat("9", 400)), "expected a 64-bit integer", strconv.ErrRange},
		"timestamp 0x":              {event(`"timestamp":0¶x1`), "", nil},
		"timestamp zero in front":   {event(`"timestamp":0¶1432826855000`), "", nil},
		"fields an array":           {event(`"extractedFields":¶["a"]`), "expected an object", nil},
		"fields with bad value":     {event(`"extractedFields":{"a":tru¶x}`), "", nil},
		"unknown is not JSON":       {`{"x":{"a":[1,¶}]}}`, "invalid character '}'", nil},
		"brackets crossed":          {`{"x":[{¶]}}`, "", nil},
		"bad literal":               {`{"x":tr¶eu}`, "invalid character 'e'", nil},
		"duplicate type":            {`{"messageType":"CONTROL_MESSAGE",¶"messageType":"DATA_MESSAGE"}`, `duplicate name "messageType"`, nil},
		"duplicate events":          {`{"logEvents":[],¶"logEvents":[]}`, "duplicate name", nil},
		"duplicate in another case": {`{"logEvents":[],¶"logevents":null}`, "duplicate name", nil},
		"duplicate message":         {event(`"id":"1","timestamp":1432826855000,"message":"a",¶"message":"b"`), "duplicate name", nil},
		"duplicate field":           {event(`"extractedFields":{"a":"1",¶"\u0061":"2"}`), `duplicate name "a"`, nil},
		"invalid UTF-8":             {event(`"message":"abc¶` + "\xff" + `def"`), "invalid UTF-8", nil},
		"UTF-8 cut by the quote":    {event(`"message":"¶` + "\xe2\x82" + `"`), "invalid UTF-8", nil},
		"surrogate in UTF-8":        {event(`"message":"¶` + "\xed\xa0\x80" + `"`), "invalid UTF-8", nil},
		"invalid UTF-8 skipped":     {`{"x":["¶` + "\xc0\x80" + `"]}`, "invalid UTF-8", nil},
		"control character":         {event(`"message":"a¶` + "\n" + `b"`), "control character", nil},
		"NUL":                       {event(`"message":"12345678¶` + "\x00" + `b"`), "control character", nil},
		"escape of nothing":         {event(`"message":"a¶\qb"`), "invalid escape", nil},
		"escape of few digits":      {event(`"message":"a¶\u12"`), "invalid escape", nil},
		"too deep": {
			`{"x":` + strings.Repeat("[", maxDepth-1) + "¶[" + strings.Repeat("]", maxDepth) + `}`, "nested more than 10000 deep", nil},
		"too deep in an event": {event(`"x":` + strings.Repeat(`{"a":`, maxDepth-3) + "¶[1]" + strings.Repeat("}", maxDepth-3)), "nested", nil},
		"deep and cut":         {`{"x":` + strings.Repeat(`[`, maxDepth-1) + "¶" + strings.Repeat("[", 1_000_000), "nested", nil},
		"after a good one":     {dataDoc + controlDoc + event(`"timestamp":¶"x"`), "document 3,", strconv.ErrSyntax},
	} {
		t.Run(name, func(t *testing.T) {
			before, after, ok := strings.Cut(tt.in, "¶")
			require.True(t, ok)
			var d Decoder
			agree(t, &d, before+after)
			got, err := all(t, &d, []byte(before+after))
			var de *DecodeError
			require.ErrorAs(t, err, &de)
			assert.Equal(t, StageJSON, de.Stage)
			assert.Equal(t, len(before), int(de.Offset), "%v", err)
			assert.Len(t, got, de.Document-1)
			assert.ErrorContains(t, err, tt.msg)
			assert.Contains(t, err.Error(), fmt.Sprintf("cwlogs: json: document %d, offset %d: ", de.Document, de.Offset))
			require.ErrorIs(t, err, ErrFormat)
			assert.NotErrorIs(t, err, ErrTooLarge)
			if tt.cause != nil {
				assert.ErrorIs(t, err, tt.cause)
			} else {
				assert.NotErrorIs(t, err, io.ErrUnexpectedEOF)
			}
			assert.Less(t, len(err.Error()), 300)
		})
	}
}

// A document that is truncated at any byte is io.ErrUnexpectedEOF.
func TestDocumentCut(t *testing.T) {
	doc := ` {"owner" : null, "x":[1, {"a":true, "b":"\u00e9é"}, -1.5e3],"messageType":"DATA_\u004dESSAGE\ud83d\ude00",` +
		`"subscriptionFilters":["é", null],"logEvents":[{"id":"1","timestamp":1432826855000,"message":"m"},` +
		`{"timestamp":-12,"extractedFields":{"a":"\\","b":false,"c":{}}}]}`
	var d Decoder
	_, err := all(t, &d, []byte(doc))
	require.NoError(t, err)
	for cut := range len(doc) {
		agree(t, &d, doc[:cut])
		got, err := all(t, &d, []byte(controlDoc+doc[:cut]))
		assert.Equal(t, []*Batch{controlBatch}, got)
		if strings.TrimSpace(doc[:cut]) == "" {
			assert.NoError(t, err)
			continue
		}
		var de *DecodeError
		require.ErrorAs(t, err, &de, "%d", cut)
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d: %v", cut, err)
		assert.Equal(t, 2, de.Document)
	}
}

// An error repeats little of its input, and escapes it.
func TestErrorQuotesLittle(t *testing.T) {
	name := strings.Repeat("\\n", 1000)
	var d Decoder
	_, err := all(t, &d, []byte(event(`"extractedFields":{"`+name+`":1,"`+name+`":2}`)))
	require.ErrorIs(t, err, ErrFormat)
	assert.Less(t, len(err.Error()), 250)
	assert.NotContains(t, err.Error(), "\n")
}

// All events are decoded, and their memory is in proportion to the text, whatever
// the estimate of their number.
func TestEventsEstimate(t *testing.T) {
	few, many := strings.Repeat(`{"message":"abc"},`, fewEvents), strings.Repeat(`{"message":"abc"},`, 5000)
	large := `{"message":"` + strings.Repeat("x", 1<<20) + `"},`
	doc := func(events string) string {
		return `{"logEvents":[` + strings.TrimSuffix(events, ",") + `]}`
	}
	for name, tt := range map[string]struct {
		text  string
		times int64 // the text's size
	}{
		"one":                       {doc(`{},`), 1000},
		"as many as the buffer has": {doc(few), 100},
		"one more":                  {doc(few + `{},`), 100},
		"many":                      {doc(many), 20},
		"few small, then large":     {doc(few + few + large), 4},
		"large, then many small":    {doc(few + large + few + many + many + many), 4},
		"text after":                {doc(few+`{},`) + `{"x":"` + strings.Repeat("x", 2<<20) + `"}`, 4},
		"many documents":            {strings.Repeat(doc(few+few), 500), 20},
		"large and small in turn":   {strings.Repeat(doc(many)+doc(few+`{},`), 10), 20},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := reference(tt.text)
			require.NoError(t, err)
			var d Decoder
			var got []*Batch
			size := allocated(func() { got, err = all(t, &d, []byte(tt.text)) })
			require.NoError(t, err)
			assert.Equal(t, want, got)
			for _, b := range got {
				assert.LessOrEqual(t, cap(b.Events), len(b.Events)*5/4+1)
			}
			assert.Less(t, size, tt.times*int64(len(tt.text)))
		})
	}
}
