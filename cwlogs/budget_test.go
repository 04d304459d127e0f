package cwlogs

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// live returns the bytes on the heap that are reachable from the result of f.
func live(f func() any) int64 {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	v := f()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(v)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}

// filled returns head, repetitions of item, and tail, n bytes in all. If item has
// a verb of fmt, it gets the number of the repetition.
func filled(n int, head, item, tail string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := 0; ; i++ {
		next := item
		if strings.Contains(item, "%") {
			next = fmt.Sprintf(item, i)
		}
		if b.Len()+len(next)+len(tail) > n {
			break
		}
		b.WriteString(next)
	}
	return b.String() + tail
}

// dense returns texts of at most n bytes whose Batches would take many times the
// memory of the text.
func dense(n int) map[string]string {
	const data = `{"messageType":"DATA_MESSAGE","logEvents":[{}`
	return map[string]string{
		"empty events":           filled(n, data, `,{}`, `]}`),
		"null events":            filled(n, data, `,null`, `]}`),
		"empty messages":         filled(n, data, `,{"message":""}`, `]}`),
		"few large, many empty":  filled(n, data+strings.Repeat(`,{"message":"`+strings.Repeat("x", 100)+`"}`, 64), `,{}`, `]}`),
		"empty extracted fields": filled(n, data, `,{"extractedFields":{}}`, `]}`),
		"one extracted field":    filled(n, data, `,{"extractedFields":{"":0}}`, `]}`),
		"nine extracted fields":  filled(n, data, `,{"extractedFields":{"":0,"1":1,"2":1,"3":1,"4":1,"5":1,"6":1,"7":1,"8":1}}`, `]}`),
		"many extracted fields":  filled(n, `{"logEvents":[{"extractedFields":{"":0`, `,"%x":0`, `}}]}`),
		"filters":                filled(n, `{"subscriptionFilters":[""`, `,""`, `]}`),
		"documents":              filled(n, ``, `{}`, ``),
		"vended documents":       filled(n, ``, `{"message":""}`, ``),
		"documents with filters": filled(n, ``, `{"subscriptionFilters":["",""]}`, ``),
		"documents with events":  filled(n, ``, `{"logEvents":[{}]}`, ``),
		"documents of 65 events": filled(n, ``, `{"logEvents":[`+strings.Repeat("{},", 64)+`{}]}`, ``),
		"escapes":                filled(n, `{"logEvents":[{}`, `,{"message":"\n","id":"\t"}`, `]}`),
		"escaped names":          filled(n, `{`, `"\u%04d%[1]d":1,`, `"a":1}`),
		"escapes, long and short": filled(n, `{"logEvents":[{}`, `,{"message":"\n"},{"message":"`+
			strings.Repeat("x", 300<<10)+`\n"}`, `]}`),
		"unknown value":  filled(n, `{"x":[0`, `,{}`, `],"logEvents":[{}]}`),
		"repeated names": filled(n, `{"x":0`, `,"x":0`, `}`),
	}
}

// The Batches of a text within MaxBytes take at most twice MaxBytes; see
// Decoder.MaxBytes.
func TestMaxBytesOfBatches(t *testing.T) {
	const limit = 2 << 20
	for name, text := range dense(limit) {
		t.Run(name, func(t *testing.T) {
			data := zip(t, text)
			d := Decoder{MaxBytes: limit}
			_, _ = all(t, &d, data) // fills the Decoder's buffers
			var err error
			batches := make([]*Batch, 0, limit)
			var taken int64
			held := live(func() any {
				taken = allocated(func() {
					for b, e := range d.Decode(data) {
						if err = e; b != nil {
							batches = append(batches, b)
						}
					}
				})
				return batches
			})
			if err != nil {
				require.ErrorIs(t, err, ErrTooLarge)
				assert.NotErrorIs(t, err, ErrFormat)
			}
			assert.LessOrEqual(t, held, int64(3*limit))
			assert.Less(t, taken, int64(8*limit), "including garbage")
		})
	}
}

// Usual payloads reach the limit on the text before the limit on the Batches.
func TestMaxBytesOfUsualBatches(t *testing.T) {
	const limit = 2 << 20
	const id = `"id":"37912345678901234567890123456789012%021d","timestamp":1432826855000,`
	head := dataDoc[:strings.Index(dataDoc, "{\"id\"")]
	for name, text := range map[string]string{
		"flow logs":        filled(limit, head+`{}`, `,{`+id+`"message":"`+line1+`"}`, `]}`),
		"short messages":   filled(limit, head+`{}`, `,{`+id+`"message":"m"}`, `]}`),
		"JSON messages":    filled(limit, head+`{}`, `,{`+id+`"message":"{\"a\":\"b\",\"c\":\"d\"}"}`, `]}`),
		"extracted fields": filled(limit, head+`{}`, `,{`+id+`"message":"`+line1+`","extractedFields":{`+extractedLine1+`}}`, `]}`),
		"vended":           filled(limit, ``, `{"message":"`+line1+` %d"}`, ``),
		"small documents":  filled(limit, ``, strings.Replace(controlDoc, "Firehose", "%d", 1), ``),
	} {
		t.Run(name, func(t *testing.T) {
			d := Decoder{MaxBytes: limit}
			_, err := all(t, &d, []byte(text))
			assert.NoError(t, err)
		})
	}
}

// extractedLine1 is the extractedFields of line1 with the filter pattern of AWS's
// examples.
const extractedLine1 = `"version":"2","account_id":"123456789010","interface_id":"eni-1235b8ca123456789",` +
	`"srcaddr":"172.31.16.139","dstaddr":"172.31.16.21","srcport":"20641","dstport":"22","protocol":"6","packets":"20",` +
	`"bytes":"4249","start":"1418530010","end":"1418530070","action":"ACCEPT","log_status":"OK"`
