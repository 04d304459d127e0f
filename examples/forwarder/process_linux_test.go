package main

import (
	"bytes"

	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

// process is the state of the function's process.
type process struct {
	peak, resident int64 // bytes
	descriptors    int
	threads        int64
	cpu            time.Duration
}

// process returns the state of the function's process, the only one with its
// executable.
func (x *fixture) process() process {
	x.t.Helper()
	path, err := build()
	require.NoError(x.t, err)
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	require.NoError(x.t, err)
	var dirs []string
	for _, l := range links {
		if exe, err := os.Readlink(l); err == nil && exe == path {
			dirs = append(dirs, filepath.Dir(l))
		}
	}
	require.Len(x.t, dirs, 1)
	var p process
	status, err := os.ReadFile(dirs[0] + "/status")
	require.NoError(x.t, err)
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmHWM":
			p.peak = n << 10
		case "VmRSS":
			p.resident = n << 10
		case "Threads":
			p.threads = n
		}
	}
	fds, err := os.ReadDir(dirs[0] + "/fd")
	require.NoError(x.t, err)
	p.descriptors = len(fds)
	stat, err := os.ReadFile(dirs[0] + "/stat")
	require.NoError(x.t, err)
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	for _, f := range fields[11:13] { // user and system time in 1/100 s
		n, err := strconv.ParseInt(f, 10, 64)
		require.NoError(x.t, err)
		p.cpu += time.Duration(n) * 10 * time.Millisecond
	}
	return p
}

// Small, dense payloads take no more memory than the smallest function has.
func TestMemoryOfDensePayloads(t *testing.T) {
	const memory = 128 << 20
	x := start(t, time.Minute, fmt.Sprint("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=", memory>>20))
	data := `{"messageType":"DATA_MESSAGE","logEvents":[{}`
	for name, text := range map[string]struct{ head, item, tail string }{
		"empty events":     {data, ",{}", "]}"},
		"null events":      {data, ",null", "]}"},
		"empty messages":   {data, `,{"message":""}`, "]}"},
		"empty maps":       {data, `,{"extractedFields":{}}`, "]}"},
		"empty documents":  {"", "{}", ""},
		"vended documents": {"", `{"message":""}`, ""},
		"escapes":          {data, `,{"message":"\n"}`, "]}"},
		"one long message": {`{"message":"`, "x", `"}`},
	} {
		for _, size := range []int{5 << 20, 15 << 20, 40 << 20} {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, err := z.Write([]byte(text.head))
			require.NoError(t, err)
			block := bytes.Repeat([]byte(text.item), 1<<20/len(text.item))
			for n := 0; n < size; n += len(block) {
				_, err := z.Write(block)
				require.NoError(t, err)
			}
			_, err = z.Write([]byte(text.tail))
			require.NoError(t, err)
			require.NoError(t, z.Close())
			// The process responds, with or without an error.
			began := time.Now()
			_, err = x.Invoke(t.Context(), marshal(t, cwlogstest.LambdaEventOf(b.Bytes())))
			if err != nil {
				assert.Contains(t, err.Error(), "forwarder:", name)
			}
			p := x.process()
			t.Logf("%s, %d MB: %v, peak %d MB, %.100v", name, size>>20, time.Since(began).Round(time.Millisecond), p.peak>>20, err)
			require.Less(t, p.peak, int64(memory), name)
		}
	}
}

// soak is the environment variable for the number of invocations of TestSoak. The
// default is 300.
const soak = "SOAK"

// The process does not grow over many invocations with faults.
func TestSoak(t *testing.T) {
	n := 300
	if s := os.Getenv(soak); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		require.NoError(t, err)
	}
	x := start(t, time.Minute, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256")
	began := time.Now()
	event := lambdaEvent(t, data(numbered(5000, flowLine)...))
	x.must(event)
	t.Logf("first invocation, with the start of the process: %v", time.Since(began).Round(time.Millisecond))
	before := x.process()
	const measured = 20
	for range measured {
		x.must(event)
	}
	after := x.process()
	t.Logf("5,000 lines: %v CPU, %d MB peak", (after.cpu-before.cpu)/measured, after.peak>>20)

	require.NoError(t, x.firehose.SetFaults(firehosetest.Faults{RecordRate: 0.1, CallRate: 0.1, Seed: 1}))
	small := lambdaEvent(t, data(numbered(50, flowLine)...))
	broken := marshal(t, cwlogstest.LambdaEventOf([]byte("broken")))
	var warm process
	for i := range n {
		switch {
		case i%10 == 3:
			x.fail(broken)
		case i%50 == 7:
			x.must(event)
		default:
			x.must(small)
		}
		if i == n/10 {
			warm = x.process()
		}
	}
	end := x.process()
	t.Logf("%d invocations: from %+v to %+v", n, warm, end)
	assert.LessOrEqual(t, end.descriptors, warm.descriptors+2)
	assert.LessOrEqual(t, end.threads, warm.threads+4)
	assert.Less(t, end.resident, warm.resident+16<<20)
}
