package cwlogs

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
)

// lines returns n version 2 flow log lines with the distribution of a real log:
// few internal hosts, skewed peers and ports, and some of everything else.
func lines(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	peers := rand.NewZipf(r, 1.2, 8, 20_000)
	ports := []int{443, 443, 443, 80, 53, 22, 3306, 5432, 8080, 123}
	out := make([]string, n)
	for i := range out {
		start := 1700000000 + i/40
		end := start + 10 + r.IntN(50)
		if r.IntN(50) == 0 {
			out[i] = fmt.Sprintf("2 123456789010 eni-1235b8ca123456789 - - - - - - - %d %d - NODATA", start, end)
			continue
		}
		p := peers.Uint64()
		host := fmt.Sprintf("10.0.%d.%d", r.IntN(4), 4+r.IntN(60))
		peer := fmt.Sprintf("%d.%d.%d.%d", 3+p*7919%220, p*104729%256, p*1299709%256, 1+p*15485863%254)
		from, to := 32768+r.IntN(28000), ports[r.IntN(len(ports))]
		if r.IntN(2) == 0 {
			host, peer, from, to = peer, host, to, from
		}
		packets := 1 + int(r.ExpFloat64()*20)
		action := "ACCEPT"
		if r.IntN(10) == 0 {
			action = "REJECT"
		}
		out[i] = fmt.Sprintf("2 123456789010 eni-1235b8ca123456789 %s %s %d %d %d %d %d %d %d %s OK",
			host, peer, from, to, []int{6, 6, 6, 6, 17}[r.IntN(5)], packets, packets*(40+r.IntN(1400)), start, end, action)
	}
	return out
}

// payload returns a subscription document with n flow log lines, as AWS writes
// it.
func payload(t testing.TB, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`{"messageType":"DATA_MESSAGE","owner":"123456789010","logGroup":"vpc-flow-logs",` +
		`"logStream":"eni-1235b8ca123456789-all","subscriptionFilters":["vpc-flow-logs-to-firehose"],"logEvents":[`)
	r := rand.New(rand.NewPCG(3, 4))
	id := uint64(1)
	for i, line := range lines(n) {
		if i > 0 {
			b.WriteByte(',')
		}
		id += 1 + r.Uint64N(9)
		message, err := json.Marshal(line)
		require.NoError(t, err)
		fmt.Fprintf(&b, `{"id":"37912345678901234567890123456789012%021d","timestamp":%d,"message":%s}`,
			id, int64(1700000000+i/40)*1000, message)
	}
	b.WriteString(`]}`)
	return b.String()
}

// lambdaEvent wraps text as CloudWatch Logs does for a Lambda destination.
func lambdaEvent(t testing.TB, text string) (e events.CloudwatchLogsEvent) {
	e.AWSLogs.Data = base64.StdEncoding.EncodeToString(zip(t, text))
	return e
}

// floor is the work that every decoder has to do: base64 and gzip decoding with
// github.com/klauspost/compress, into existing buffers.
type floor struct {
	raw, text []byte
	src       bytes.Reader
	gz        gzip.Reader
}

func (f *floor) run(data []byte) error {
	n, err := base64.StdEncoding.Decode(f.raw, data)
	if err != nil {
		return err
	}
	f.src.Reset(f.raw[:n])
	if err := f.gz.Reset(&f.src); err != nil {
		return err
	}
	if _, err = io.ReadFull(&f.gz, f.text); err != nil {
		return err
	}
	if _, err = f.gz.Read(f.raw); err != io.EOF { // checks the trailer
		return fmt.Errorf("at the end: %w", err)
	}
	return nil
}

// BenchmarkLambda decodes a payload of 5,000 version 2 lines. Parse is that of
// aws-lambda-go, and Floor the work of every decoder. Ratio runs the three in
// turn, so that they run under the same load, and reports medians:
//
//	parse/ours   how many times faster than Parse; should be at least 5
//	ours/budget  time relative to 1.15 x Floor plus 0.4 ms per MB of text;
//	             should be at most 1
func BenchmarkLambda(b *testing.B) {
	text := payload(b, 5000)
	e := lambdaEvent(b, text)
	var d Decoder
	ours := func() {
		n := 0
		for batch, err := range d.DecodeLambda(e) {
			if err != nil {
				b.Fatal(err)
			}
			n += len(batch.Events)
		}
		if n != 5000 {
			b.Fatal(n)
		}
	}
	parse := func() {
		data, err := e.AWSLogs.Parse()
		if err != nil || len(data.LogEvents) != 5000 {
			b.Fatal(len(data.LogEvents), err)
		}
	}
	data := []byte(e.AWSLogs.Data)
	f := floor{raw: make([]byte, len(data)), text: make([]byte, len(text))}
	least := func() {
		if err := f.run(data); err != nil {
			b.Fatal(err)
		}
	}
	runs := []struct {
		name string
		run  func()
	}{{"Decoder", ours}, {"Parse", parse}, {"Floor", least}}
	for _, r := range runs {
		b.Run(r.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r.run()
			}
		})
	}
	b.Run("Ratio", func(b *testing.B) {
		times := make([][]float64, len(runs))
		for b.Loop() {
			for i, r := range runs {
				from := time.Now()
				r.run()
				times[i] = append(times[i], time.Since(from).Seconds()*1000)
			}
		}
		for i := range times {
			slices.Sort(times[i])
		}
		median := func(i int) float64 { return times[i][len(times[i])/2] }
		budget := 1.15*median(2) + 0.4*float64(len(text))/1e6
		b.ReportMetric(median(0), "ours-ms")
		b.ReportMetric(median(1), "parse-ms")
		b.ReportMetric(median(2), "floor-ms")
		b.ReportMetric(median(1)/median(0), "parse/ours")
		b.ReportMetric(median(0)/budget, "ours/budget")
	})
}

// BenchmarkPlain measures plain JSON: the scanner, and a copy of the text.
func BenchmarkPlain(b *testing.B) {
	flow := payload(b, 5000)
	for name, text := range map[string]string{
		"flow":    flow,
		"escaped": strings.ReplaceAll(flow, " ", `\t`),
		"indent":  indentText(flow),
	} {
		b.Run(name, func(b *testing.B) {
			data := []byte(text)
			var d Decoder
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for _, err := range d.Decode(data) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
