package main

import (
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// resource returns the lines of a resource of the template, without indentation.
func resource(t *testing.T, name string) []string {
	t.Helper()
	template, err := os.ReadFile("template.yaml")
	require.NoError(t, err)
	_, text, ok := strings.Cut(string(template), "\n  "+name+":\n")
	require.True(t, ok, name)
	var lines []string
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "    ") {
			break
		}
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// case 124: the role allows only what the function does. The test compares all of
// it, so that no action, resource or condition changes unnoticed.
func TestLeastPrivilege(t *testing.T) {
	assert.Equal(t, []string{
		"Type: AWS::IAM::Role",
		"Properties:",
		"AssumeRolePolicyDocument:",
		"Version: '2012-10-17'",
		"Statement:",
		"- Effect: Allow",
		"Principal:",
		"Service: lambda.amazonaws.com",
		"Action: sts:AssumeRole",
		"Policies:",
		"- PolicyName: converter",
		"PolicyDocument:",
		"Version: '2012-10-17'",
		"Statement:",
		// The calls of lambda.go: GetObject of sources and PutObject of targets.
		"- Effect: Allow",
		"Action: s3:GetObject",
		"Resource: !Sub ['arn:${AWS::Partition}:s3:::${Logs}/${SourcePrefix}*', {Logs: !If [NewBucket, !Ref Bucket, !Ref ExistingBucket]}]",
		"- Effect: Allow",
		"Action: s3:PutObject",
		"Resource: !Sub ['arn:${AWS::Partition}:s3:::${Logs}/${TargetPrefix}*', {Logs: !If [NewBucket, !Ref Bucket, !Ref ExistingBucket]}]",
		"# For Lambda, which keeps events that failed all retries.",
		"- Effect: Allow",
		"Action: sqs:SendMessage",
		"Resource: !GetAtt FailedEvents.Arn",
		"- Effect: Allow",
		"Action:",
		"- logs:CreateLogStream",
		"- logs:PutLogEvents",
		"Resource: !GetAtt ConverterLogGroup.Arn",
		"- !If",
		"- HasKey",
		"- Effect: Allow",
		"Action:",
		"- kms:Decrypt",
		"- kms:GenerateDataKey",
		"Resource: !Ref KmsKeyArn",
		"- !Ref AWS::NoValue",
	}, resource(t, "ConverterRole"))

	// One rule of this account may invoke the function.
	assert.Equal(t, []string{
		"Type: AWS::Lambda::Permission",
		"Properties:",
		"Action: lambda:InvokeFunction",
		"FunctionName: !Ref Converter",
		"Principal: events.amazonaws.com",
		"SourceArn: !GetAtt Lines.Arn",
		"SourceAccount: !Ref AWS::AccountId",
	}, resource(t, "LinesPermission"))

	template, err := os.ReadFile("template.yaml")
	require.NoError(t, err)
	for kind, n := range map[string]int{"AWS::IAM::": 1, "AWS::Lambda::Permission": 1, "AWS::S3::BucketPolicy": 1, "AWS::SQS::QueuePolicy": 1, "Effect: Deny": 2, "Principal: '*'": 2, "PolicyArns": 0, "PermissionsBoundary": 0} {
		assert.Equal(t, n, strings.Count(string(template), kind), kind)
	}
}

// The rule of EventBridge matches the sources, and not the targets.
func TestEvents(t *testing.T) {
	rule := resource(t, "Lines")
	i := slices.Index(rule, "object:")
	require.Positive(t, i)
	assert.Equal(t, []string{
		"key:",
		"- wildcard: !Sub ${SourcePrefix}*.gz",
		"Targets:",
		"- Id: converter",
		"Arn: !GetAtt Converter.Arn",
	}, rule[i+1:])
	assert.Contains(t, resource(t, "Bucket"), "EventBridgeEnabled: true")
}

// The function writes the Parquet file to /tmp, which has 512 MiB by default.
func TestTemporaryStorage(t *testing.T) {
	function := strings.Join(resource(t, "Converter"), "\n")
	assert.Contains(t, function, "EphemeralStorage:\nSize: !Ref TemporaryStorage\n")
	assert.Equal(t, []string{"Type: Number", "Default: 2048", "MinValue: 512", "MaxValue: 10240"}, resource(t, "TemporaryStorage")[:4])
}

// The template sets the variables that the function reads.
func TestTemplateEnvironment(t *testing.T) {
	template, err := os.ReadFile("template.yaml")
	require.NoError(t, err)
	_, variables, _ := strings.Cut(string(template), "        Variables:\n")
	variables, _, _ = strings.Cut(variables, "      LoggingConfig:")
	var set, read []string
	for _, m := range regexp.MustCompile(`(?m)^          ([A-Z_]+): `).FindAllStringSubmatch(variables, -1) {
		set = append(set, m[1])
	}
	_, err = fromEnvironment(func(name string) string { read = append(read, name); return "" }, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	assert.ElementsMatch(t, read, set)
}
