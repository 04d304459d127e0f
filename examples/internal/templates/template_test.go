package templates

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// resourceStart matches the first line of a resource.
var resourceStart = regexp.MustCompile(`(?m)^  [A-Za-z]+:\n`)

// texts returns the text of each template by its path.
func texts(t *testing.T) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, pattern := range []string{"../../*.yaml", "../../*/template.yaml"} {
		paths, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			out[path] = string(text)
		}
	}
	require.Len(t, out, 7)
	return out
}

// resources returns the text of each resource of a template.
func resources(t *testing.T, template string) []string {
	t.Helper()
	_, text, ok := strings.Cut(template, "\nResources:\n")
	require.True(t, ok)
	text, _, _ = strings.Cut(text, "\nOutputs:\n")
	var out []string
	at := resourceStart.FindAllStringIndex(text, -1)
	for i := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		out = append(out, text[at[i][0]:end])
	}
	return out
}

// TestKeys checks that log groups, buckets and workgroups take a KMS key, that the
// template has the parameter for it, and that the default is a key of AWS.
func TestKeys(t *testing.T) {
	encrypted := map[string]string{ // by resource type
		"AWS::Logs::LogGroup":    "KmsKeyId: !If [HasLogKey, !Ref LogKmsKeyArn, !Ref AWS::NoValue]\n",
		"AWS::S3::Bucket":        "KMSMasterKeyID: !If [HasKey, !Ref KmsKeyArn, !Ref AWS::NoValue]\n",
		"AWS::Athena::WorkGroup": "KmsKey: !If [HasKey, !Ref KmsKeyArn, !Ref AWS::NoValue]\n",
	}
	for path, text := range texts(t) {
		found := 0
		for _, r := range resources(t, text) {
			for kind, property := range encrypted {
				if strings.Contains(r, "    Type: "+kind+"\n") {
					assert.Contains(t, r, property, path)
					found++
				}
			}
		}
		assert.Positive(t, found, path)
		for condition, parameter := range map[string]string{"HasKey": "KmsKeyArn", "HasLogKey": "LogKmsKeyArn"} {
			if !strings.Contains(text, "!Ref "+parameter+",") {
				continue
			}
			assert.Contains(t, text, "\n  "+parameter+":\n    Type: String\n    Default: ''\n", path)
			assert.Contains(t, text, "\n  "+condition+": !Not [!Equals [!Ref "+parameter+", '']]\n", path)
		}
	}
	// The key policy that the log groups need.
	page, err := os.ReadFile("../../DEPLOY.md")
	require.NoError(t, err)
	_, policy, ok := strings.Cut(string(page), "```json\n")
	require.True(t, ok)
	policy, _, _ = strings.Cut(policy, "```")
	var statements []struct{ Sid, Effect string }
	require.NoError(t, json.Unmarshal([]byte(policy), &statements))
	assert.Len(t, statements, 3)
}

// published are metrics that AWS publishes, by namespace, with the type of the
// resources that have them.
var published = map[string]struct {
	resource string
	metrics  []string
}{
	"AWS/Lambda":   {"AWS::Lambda::Function", []string{"Errors", "Throttles", "Duration", "Invocations", "ConcurrentExecutions", "AsyncEventsDropped", "AsyncEventAge", "DestinationDeliveryFailures"}},
	"AWS/Firehose": {"AWS::KinesisFirehose::DeliveryStream", []string{"DeliveryToS3.DataFreshness", "DeliveryToS3.Success", "IncomingBytes", "IncomingRecords", "ThrottledRecords"}},
	"AWS/Events":   {"AWS::Events::Rule", []string{"TriggeredRules", "Invocations", "FailedInvocations"}},
	"AWS/Logs":     {"AWS::Logs::SubscriptionFilter", []string{"DeliveryErrors", "DeliveryThrottling", "ForwardedLogEvents"}},
}

// TestMetrics checks that each metric of the dashboard and of the alarms is one
// that a function of the article emits, or AWS publishes for its resources.
func TestMetrics(t *testing.T) {
	text := texts(t)[article]
	emitted := make(map[string]bool)
	metric := regexp.MustCompile(`lambdakit\.Metric\{Name: lambdakit\.(\w+),`)
	constant := regexp.MustCompile(`(?m)^\t(\w+) += "(\w+)"`)
	source, err := os.ReadFile("../lambdakit/metrics.go")
	require.NoError(t, err)
	names := make(map[string]string) // the name of a metric by that of its constant
	for _, m := range constant.FindAllStringSubmatch(string(source), -1) {
		names[m[1]] = m[2]
	}
	for _, function := range []string{"forwarder", "toparquet", "partitioner"} {
		files, err := filepath.Glob("../../" + function + "/*.go")
		require.NoError(t, err)
		before := len(emitted)
		for _, file := range files {
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, m := range metric.FindAllStringSubmatch(string(source), -1) {
				require.NotEmpty(t, names[m[1]], m[1])
				emitted[names[m[1]]] = true
			}
		}
		assert.Greater(t, len(emitted), before, function)
	}
	check := func(namespace, name string) {
		t.Helper()
		if namespace == names["Namespace"] {
			assert.Contains(t, emitted, name)
			return
		}
		p, ok := published[namespace]
		require.True(t, ok, namespace)
		assert.Contains(t, p.metrics, name)
		assert.Contains(t, text, "    Type: "+p.resource+"\n")
	}

	alarms := regexp.MustCompile(`Namespace: (\S+)\n +MetricName: (\S+)\n`).FindAllStringSubmatch(text, -1)
	require.NotEmpty(t, alarms)
	for _, m := range alarms {
		check(m[1], m[2])
	}

	_, body, ok := strings.Cut(text, "      DashboardBody: !Sub |\n")
	require.True(t, ok)
	end := regexp.MustCompile(`(?m)^ {0,7}\S`).FindStringIndex(body)
	require.NotNil(t, end)
	body = regexp.MustCompile(`\$\{[\w.:]+\}`).ReplaceAllString(body[:end[0]], "x")
	var dashboard struct {
		Widgets []struct {
			Type                string
			X, Y, Width, Height int
			Properties          struct {
				Title, View, Region, Stat string
				Stacked                   bool
				Period                    int
				Metrics                   [][]any
			}
		}
	}
	d := json.NewDecoder(strings.NewReader(body))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&dashboard))
	require.NotEmpty(t, dashboard.Widgets)
	search := regexp.MustCompile(`^SEARCH\('\{([\w/]+),(\w+)\} MetricName=(.*?)', '\w+', \d+\)$`)
	quoted := regexp.MustCompile(`"([\w.]+)"`)
	for _, w := range dashboard.Widgets {
		assert.True(t, w.X >= 0 && w.X+w.Width <= 24 && w.Width > 0 && w.Height > 0, "%+v", w)
		require.NotEmpty(t, w.Properties.Metrics, w.Properties.Title)
		var namespace, name string // a dot repeats the value of the metric before
		for _, m := range w.Properties.Metrics {
			if options, ok := m[0].(map[string]any); ok {
				s := search.FindStringSubmatch(options["expression"].(string))
				require.NotNil(t, s, options)
				found := quoted.FindAllStringSubmatch(s[3], -1)
				require.NotEmpty(t, found, s[3])
				for _, q := range found {
					check(s[1], q[1])
				}
				continue
			}
			if m[0] != "." {
				namespace = m[0].(string)
			}
			if m[1] != "." {
				name = m[1].(string)
			}
			check(namespace, name)
		}
	}
	assert.True(t, slices.IsSorted(slices.Collect(func(yield func(int) bool) {
		for _, w := range dashboard.Widgets {
			if !yield(w.Y) {
				return
			}
		}
	})), "widgets from top to bottom")
}
