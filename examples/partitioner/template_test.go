package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbered cases are listed in flowlog/testdata/cases.md.

// case 124: the role allows only what the function does. It has no managed policy,
// no wildcard but for the objects of the function's bucket, and no action of Athena
// that the code does not call. The SDK finds the endpoint.
func TestLeastPrivilege(t *testing.T) {
	template, err := os.ReadFile("template.yaml")
	require.NoError(t, err)
	text := string(template)
	assert.NotContains(t, text, "FullAccess")
	assert.NotContains(t, text, "ManagedPolicyArns")
	_, role, ok := strings.Cut(text, "\n  PartitionerRole:\n")
	require.True(t, ok)
	role, _, ok = strings.Cut(role, "\n  Objects:\n")
	require.True(t, ok)
	assert.NotContains(t, role, ":*")
	assert.Equal(t, 1, strings.Count(role, "/*"), "the results, and no other object")
	assert.Contains(t, role, "Resource: !Sub ${Results.Arn}/*")
	assert.NotContains(t, role, "'*'")
	assert.Equal(t, 2, strings.Count(text, "Effect: Deny"), "a bucket and a queue take TLS only")

	var operations []string
	for _, m := range regexp.MustCompile(`athena:(\w+)\n`).FindAllStringSubmatch(text, -1) {
		operations = append(operations, m[1])
	}
	code, err := os.ReadFile("runner.go")
	require.NoError(t, err)
	for _, op := range operations {
		assert.Contains(t, string(code), "\t\t"+op+"(context.Context")
	}
	assert.Len(t, operations, 3)
	assert.NotContains(t, string(code), "amazonaws.com")
}

// TestTemplateEnvironment checks that the template sets the variables that the
// function reads.
func TestTemplateEnvironment(t *testing.T) {
	template, err := os.ReadFile("template.yaml")
	require.NoError(t, err)
	_, variables, ok := strings.Cut(string(template), "        Variables:\n")
	require.True(t, ok)
	variables, _, ok = strings.Cut(variables, "      LoggingConfig:")
	require.True(t, ok)
	set := make(map[string]string)
	for _, m := range regexp.MustCompile(`(?m)^          ([A-Z_]+): `).FindAllStringSubmatch(variables, -1) {
		set[m[1]] = ""
	}
	read := make(map[string]string)
	_, err = fromEnvironment(func(name string) string {
		read[name] = ""
		return environment(nil)(name)
	})
	require.NoError(t, err)
	assert.Equal(t, read, set)
}
