package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	awsfirehose "github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/flowlog"
)

// defectiveForwarder forwards all lines. It has a defect, named by its name, for
// lines with the mark.
func defectiveForwarder(name string) {
	lambda.Start(func(ctx context.Context, e events.CloudwatchLogsEvent) error {
		cfg, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return err
		}
		b := firehose.NewBatcher(awsfirehose.NewFromConfig(cfg), os.Getenv("DELIVERY_STREAM_NAME"), nil)
		for batch, err := range new(cwlogs.Decoder).DecodeLambda(e) {
			if err != nil {
				return err
			}
			for _, event := range batch.Events {
				m := event.Message
				marked := strings.Contains(m, mark)
				switch {
				case batch.Type != cwlogs.DataMessage && name != "control":
					continue
				case marked && name == "drop":
					continue
				case marked && name == "fail":
					return errors.New("out of order")
				case marked && name == "exit":
					os.Exit(5)
				case marked && name == "change":
					m = strings.Replace(m, "ACCEPT", "REJECT", 1)
				case marked && name == "double":
					err = b.AddString(ctx, m)
				}
				if err = errors.Join(err, b.AddString(ctx, m)); err != nil {
					return err
				}
			}
		}
		return b.Flush(ctx)
	})
}

// mark is in one line of the log.
const mark = " 10.0.77.77 "

func TestDefectiveForwarder(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	lines := strings.SplitAfter(string(sample(t, flowlog.V2, 400)), "\n")
	lines[122] = "2 123456789010 eni-1" + mark + "52.1.1.1 40000 443 6 1 40 1418530010 1418530070 ACCEPT OK\n"
	file := logFile(t, "the.log", []byte(strings.Join(lines, "")))
	for name, want := range map[string]struct {
		text string
		lost int64
	}{
		"drop":    {"line 123 of " + file + " did not come out: \"2 123456789010 eni-1 10.0.77.77", 1},
		"change":  {"line 123 of " + file + " did not come out: \"2 123456789010 eni-1 10.0.77.77", 1},
		"double":  {"line 123 of " + file + ", which went in 1 times, came out 2 times", 0},
		"control": {"was never sent: \"CWL CONTROL MESSAGE", 0},
		"fail":    {"out of order", 0},
		"exit":    {"exit status 5", 0},
		"sound":   {"payloads and invocations: 2 and 0", 0}, // it writes no log lines
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			require.NoError(t, os.Symlink(self, path))
			res := pipelineWith(t, t.Context(), func(context.Context, string) (string, error) { return path, nil }, "-json", file)
			assert.Equal(t, 1, res.code)
			assert.Contains(t, res.stderr, want.text)
			assert.Equal(t, 1, strings.Count(res.stderr, "\n"), res.stderr)
			if want.lost == 0 {
				assert.Empty(t, res.stdout)
				return
			}
			var r report
			require.NoError(t, json.Unmarshal([]byte(res.stdout), &r))
			assert.Equal(t, want.lost, r.Lost)
		})
	}
}
