package engines

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// metastore is Hive's metastore in a process of its own, with its tables in
// memory. Spark makes tables in it from the literal DDL and Trino reads the
// same tables, as the Glue catalog stands between Athena's two languages.
type metastore struct {
	*process
	Port    int
	Classes string
}

const hiveSite = `<configuration>
  <property><name>javax.jdo.option.ConnectionURL</name><value>jdbc:derby:memory:metastore;create=true</value></property>
  <property><name>datanucleus.schema.autoCreateAll</name><value>true</value></property>
  <property><name>hive.metastore.schema.verification</name><value>false</value></property>
  <property><name>hive.metastore.warehouse.dir</name><value>s3://warehouse/</value></property>
  <property><name>hive.exec.scratchdir</name><value>%[1]s</value></property>
  <property><name>fs.s3.impl</name><value>FolderS3</value></property>
  <property><name>vpcflow.s3.folder</name><value>%[2]s</value></property>
</configuration>
`

// startMetastore starts a metastore for which s3://bucket/key is the file
// folder/bucket/key.
func startMetastore(t testing.TB, folder string) *metastore {
	t.Helper()
	classes := filepath.Join(need(t, "metastore"), "classes")
	jars, err := filepath.Glob(filepath.Join(need(t, "python"), "lib", "python3*", "site-packages", "pyspark", "jars"))
	require.NoError(t, err)
	require.Len(t, jars, 1)
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "warehouse"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "hive-site.xml"), fmt.Appendf(nil, hiveSite, filepath.Join(dir, "scratch"), folder), 0o644))
	port := freePort(t)
	cmd := java17(t, "-Xmx512m",
		"--add-opens=java.base/java.net=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED",
		"-Dderby.stream.error.file="+filepath.Join(dir, "derby.log"),
		"-cp", dir+":"+classes+":"+filepath.Join(jars[0], "*"), "Metastore", fmt.Sprint(port))
	cmd.Dir = dir
	m := &metastore{start(t, "metastore", cmd), port, classes}
	m.ready(t, 60*time.Second, func() error { return dial(port) })
	return m
}
