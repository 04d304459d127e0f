package cwlogs

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkFastPaths compares each fast path of the scanner with the code that
// replaces it. The two run in turn, and the shortest time of each counts. gain is
// how many times faster the fast path is.
func BenchmarkFastPaths(b *testing.B) {
	text := payload(b, 5000)
	slow := strings.ReplaceAll(text, `{"id"`, `{ "id"`) // usual does not match the space
	scan := func(text string) func() {
		d := new(Decoder)
		return func() {
			s := scanner{text: text, d: d, budget: d.newBudget(), last: -1}
			if s.document() == nil {
				b.Fatal(s.err)
			}
		}
	}
	const digits = "1432826855000,"
	message, id := line1+`"}`, dataBatch.Events[0].ID+`","`
	n, sum := 0, int64(0) // keep the results, so that no call is optimized away
	for _, bb := range []struct {
		name       string
		fast, slow func()
	}{
		{"usual", scan(text), scan(slow)},
		{"digits13", func() {
			for range 5000 {
				v, _ := digits13(digits)
				sum += v
			}
		}, func() {
			for range 5000 {
				v, _ := strconv.ParseInt(digits[:13], 10, 64)
				sum += v
			}
		}},
		{"plainLen", func() {
			for range 5000 {
				n += plainLen(message) + plainLen(id)
			}
		}, func() {
			for range 5000 {
				n += plainEnd(message, 0) + plainEnd(id, 0)
			}
		}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			least := [2]time.Duration{time.Hour, time.Hour}
			for b.Loop() {
				for i, run := range []func(){bb.fast, bb.slow} {
					from := time.Now()
					run()
					least[i] = min(least[i], time.Since(from))
				}
			}
			b.ReportMetric(least[0].Seconds()*1e6, "fast-µs")
			b.ReportMetric(least[1].Seconds()*1e6, "slow-µs")
			b.ReportMetric(float64(least[1])/float64(least[0]), "gain")
		})
	}
	if n == 0 || sum == 0 {
		b.Fatal("nothing measured")
	}
}
