package main

import (
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// case 124: the role may do what the function does and no more.
func TestLeastPrivilege(t *testing.T) {
	template, err := os.ReadFile("template.yaml")
	require.NoError(t, err)
	text := string(template)
	assert.NotContains(t, text, "FullAccess")
	assert.NotContains(t, text, "ManagedPolicyArns")
	assert.NotContains(t, text, "'*'")
	assert.Equal(t, []string{"s3:::${BucketName}/${SourcePrefix}*", "s3:::${BucketName}/${TargetPrefix}*"},
		regexp.MustCompile(`s3:::\S+\*`).FindAllString(text, -1))
	assert.Contains(t, text, "Value: !Ref SourcePrefix", "S3 sends no events of what the function writes")
	assert.Contains(t, text, "Value: .gz")
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
