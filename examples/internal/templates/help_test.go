package templates

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/runtimeapi"
)

// variable matches a line of the environment of a function in a template.
var variable = regexp.MustCompile(`(?m)^          ([A-Z_]+): `)

// TestHelp checks that a function that is started outside Lambda says what it is, and that
// its help has every variable that its template sets.
func TestHelp(t *testing.T) {
	for name, variables := range map[string]int{"forwarder": 1, "transform": 0, "partitioner": 8, "toparquet": 2} {
		t.Run(name, func(t *testing.T) {
			path, err := runtimeapi.Build(t.Context(), t.TempDir(), "github.com/vpcflow/vpcflow/examples/"+name)
			require.NoError(t, err)
			start := func(args ...string) (code int, stdout, stderr string) {
				var out, errs bytes.Buffer
				cmd := exec.CommandContext(t.Context(), path, args...)
				cmd.Stdout, cmd.Stderr = &out, &errs
				err := cmd.Run()
				if exit, ok := errors.AsType[*exec.ExitError](err); ok {
					code, err = exit.ExitCode(), nil
				}
				require.NoError(t, err)
				return code, out.String(), errs.String()
			}
			for _, flag := range []string{"-h", "--help"} {
				code, help, errs := start(flag)
				assert.Zero(t, code)
				assert.Empty(t, errs)
				assert.Contains(t, help, "Lambda function")
				assert.Contains(t, help, "examples/DEPLOY.md")
				template, err := os.ReadFile("../../" + name + "/template.yaml")
				require.NoError(t, err)
				set := variable.FindAllStringSubmatch(string(template), -1)
				assert.Len(t, set, variables)
				for _, v := range set {
					assert.Contains(t, help, v[1])
				}
				for line := range strings.Lines(help) {
					assert.LessOrEqual(t, len(line), 81, line)
				}
			}
			if name == "toparquet" {
				return // also a command
			}
			for _, args := range [][]string{nil, {"x.log"}} {
				code, out, errs := start(args...)
				assert.Equal(t, 2, code)
				assert.Empty(t, out)
				assert.Equal(t, name+": this is a Lambda function, not a command; -h explains it, and examples/DEPLOY.md deploys it\n", errs)
			}
		})
	}
}
