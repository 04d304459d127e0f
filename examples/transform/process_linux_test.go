package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
)

// peak returns the peak memory in bytes of the only process with the executable.
func peak(t *testing.T, path string) int64 {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	require.NoError(t, err)
	var found []int64
	for _, l := range links {
		if exe, err := os.Readlink(l); err != nil || exe != path {
			continue
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(l), "status"))
		require.NoError(t, err)
		for line := range strings.Lines(string(status)) {
			if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
				require.NoError(t, err)
				found = append(found, n<<10)
			}
		}
	}
	require.Len(t, found, 1)
	return found[0]
}

// TestMemory checks that the process stays within the memory of the function,
// whatever the records are. The payloads are small, and large once decompressed.
func TestMemory(t *testing.T) {
	path, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	require.NoError(t, err)
	event := `{"messageType":"DATA_MESSAGE","logEvents":[{}`
	dense := map[string]struct{ head, item, tail string }{
		"flow log":         {event, `,{"id":"1","timestamp":1,"message":"` + line + `"}`, "]}"},
		"empty events":     {event, ",{}", "]}"},
		"empty messages":   {event, `,{"message":""}`, "]}"},
		"empty maps":       {event, `,{"extractedFields":{}}`, "]}"},
		"vended documents": {"", `{"message":""}`, ""},
		"escapes":          {event, `,{"message":"\n"}`, "]}"},
		"one long message": {`{"message":"`, "x", `"}`},
	}
	const memory = 128 // MB, the minimum
	function := runtimeapi.New(path, &runtimeapi.Options{
		Timeout: time.Minute, Env: []string{fmt.Sprint("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=", memory)},
	})
	t.Cleanup(func() { require.NoError(t, function.Close()) })
	for name, text := range dense {
		for _, size := range []struct{ bytes, records int }{{1 << 20, 30}, {20 << 20, 4}} { // each after decompression
			records := slices.Repeat([][]byte{compressed(t, text.head, text.item, text.tail, size.bytes)}, size.records)
			in, err := json.Marshal(cwlogstest.FirehoseEventOf(records...))
			require.NoError(t, err)
			out, err := function.Invoke(t.Context(), in)
			require.NoError(t, err, name)
			require.LessOrEqual(t, len(out), runtimeapi.MaxSyncPayload, name)
			var res events.KinesisFirehoseResponse
			require.NoError(t, json.Unmarshal(out, &res))
			require.Len(t, res.Records, size.records, name)
			p := peak(t, path)
			t.Logf("%s, %d records of %d MB: peak %d MB, first %s", name, size.records, size.bytes>>20, p>>20, res.Records[0].Result)
			require.Less(t, p, int64(memory<<20), name)
		}
	}
}

// compressed returns the gzip form of a text of about size bytes.
func compressed(t *testing.T, head, item, tail string, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	block := strings.Repeat(item, 1<<20/len(item))
	texts := append([]string{head}, make([]string, size/len(block))...)
	for i := range texts[1:] {
		texts[i+1] = block
	}
	for _, text := range append(texts, tail) {
		_, err := z.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}
