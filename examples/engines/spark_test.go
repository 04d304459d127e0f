package engines

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// sparkSQL is Spark with Hive support.
type sparkSQL struct{ *talker }

// startSpark starts Spark over a metastore and the folder of the S3 server.
func startSpark(t testing.TB, m *metastore, folder string) sparkSQL {
	t.Helper()
	args := []string{fmt.Sprint(m.Port), folder, m.Classes}
	if !without("iceberg") {
		jars, err := filepath.Glob(filepath.Join(need(t, "iceberg"), "spark", "*.jar"))
		require.NoError(t, err)
		require.Len(t, jars, 1)
		args = append(args, jars[0])
	}
	cmd := pythonCommand(t, "spark.py", args...)
	cmd.Dir = t.TempDir()
	java := jdk(t, 17)
	cmd.Env = append(cmd.Env, "SPARK_LOCAL_IP=127.0.0.1", "JAVA_HOME="+java[:len(java)-len("/bin/java")])
	return sparkSQL{talk(t, "spark", cmd)}
}

// try runs a statement.
func (s sparkSQL) try(t testing.TB, statement string) ([][]*string, error) {
	t.Helper()
	var answer struct {
		Error string
		Rows  [][]*string
	}
	s.ask(t, statement, &answer)
	if answer.Error != "" {
		return nil, fmt.Errorf("spark: %.2000s\n%s", answer.Error, statement)
	}
	return answer.Rows, nil
}

// run runs a statement that must succeed.
func (s sparkSQL) run(t testing.TB, statement string) [][]*string {
	t.Helper()
	rows, err := s.try(t, statement)
	require.NoError(t, err)
	return rows
}
