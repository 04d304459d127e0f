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

// resource returns the lines of one resource of the template, without their
// indentation.
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

// case 124: the role may do what the function does and no more. It is compared
// whole, so that no action, resource or condition changes unseen.
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
		"- PolicyName: convert",
		"PolicyDocument:",
		"Version: '2012-10-17'",
		"Statement:",
		// GetObject of the sources and PutObject of the targets: what lambda.go calls.
		"- Effect: Allow",
		"Action: s3:GetObject",
		"Resource: !Sub arn:${AWS::Partition}:s3:::${BucketName}/${SourcePrefix}*",
		"- Effect: Allow",
		"Action: s3:PutObject",
		"Resource: !Sub arn:${AWS::Partition}:s3:::${BucketName}/${TargetPrefix}*",
		// For Lambda itself, which does both in the function's name.
		"- Effect: Allow",
		"Action: sqs:SendMessage",
		"Resource: !GetAtt FailedEvents.Arn",
		"- Effect: Allow",
		"Action:",
		"- logs:CreateLogStream",
		"- logs:PutLogEvents",
		"Resource: !GetAtt ConverterLogGroup.Arn",
	}, resource(t, "ConverterRole"))

	// The bucket of this name may call the function, and of this account only: S3
	// names are everyone's.
	assert.Equal(t, []string{
		"Type: AWS::Lambda::Permission",
		"Properties:",
		"Action: lambda:InvokeFunction",
		"FunctionName: !Ref Converter",
		"Principal: s3.amazonaws.com",
		"SourceArn: !Sub arn:${AWS::Partition}:s3:::${BucketName}",
		"SourceAccount: !Ref AWS::AccountId",
	}, resource(t, "NotificationPermission"))

	template, err := os.ReadFile("template.yaml")
	require.NoError(t, err)
	for kind, n := range map[string]int{"AWS::IAM::": 1, "AWS::Lambda::Permission": 1, "AWS::S3::BucketPolicy": 0, "AWS::SQS::QueuePolicy": 0, "PolicyArns": 0, "PermissionsBoundary": 0} {
		assert.Equal(t, n, strings.Count(string(template), kind), kind)
	}
}

// S3 sends no events of what the function writes.
func TestNotification(t *testing.T) {
	bucket := resource(t, "Bucket")
	i := slices.Index(bucket, "LambdaConfigurations:")
	require.Positive(t, i)
	assert.Equal(t, []string{
		"- Event: s3:ObjectCreated:*",
		"Function: !GetAtt Converter.Arn",
		"Filter:",
		"S3Key:",
		"Rules:",
		"- Name: prefix",
		"Value: !Ref SourcePrefix",
		"- Name: suffix",
		"Value: .gz",
	}, bucket[i+1:])
}

// The Parquet file lies in /tmp before it is sent, which has 512 MiB otherwise.
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
