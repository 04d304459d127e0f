package engines

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "github.com/trinodb/trino-go-client/trino" // registers the driver
)

// trinoReleases are those that bracket Athena's engine version 3, which names
// none: the last for Java 17 and the newest the registry has.
var trinoReleases = []struct {
	release, java int
	flags         []string
	settings      string
	iceberg       bool // its connector for Iceberg is to be had
}{
	{435, 17, nil, "fs.hadoop.enabled=false\n", false},
	{483, 25, []string{"--add-modules=jdk.incubator.vector"}, "", true},
}

// trino is a Trino server over a metastore and an S3 server, with Athena's
// projection properties switched on.
type trino struct {
	*process
	url string
	db  *sql.DB
}

// startTrino starts a release over tables of which one is given.
func startTrino(t testing.TB, i int, m *metastore, s *s3Server, table *flowTable) *trino {
	t.Helper()
	r := trinoReleases[i]
	name := fmt.Sprintf("trino%d", r.release)
	mayLeaveOut(t, name)
	java := jdk(t, r.java)
	require.NotEmpty(t, java, "no JDK %d, so %s was not installed: JAVA%[1]d_HOME tells install where one is; VPCFLOW_WITHOUT=%[2]s leaves it out", r.java, name)
	dir, etc, port := need(t, name), t.TempDir(), freePort(t)
	require.NoError(t, os.Mkdir(filepath.Join(etc, "catalog"), 0o755))
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(etc, name), []byte(text), 0o644))
	}
	plugins, settings := filepath.Join(dir, "plugin"), r.settings
	iceberg := r.iceberg && !without("iceberg")
	if iceberg {
		// Both plug-ins in one folder, and each catalog passes the tables of the
		// other on, as the Glue catalog holds both.
		plugins = filepath.Join(etc, "plugin")
		require.NoError(t, os.Mkdir(plugins, 0o755))
		require.NoError(t, os.Symlink(filepath.Join(dir, "plugin", "hive"), filepath.Join(plugins, "hive")))
		require.NoError(t, os.Symlink(filepath.Join(need(t, "iceberg"), name), filepath.Join(plugins, "iceberg")))
		settings += "hive.iceberg-catalog-name=iceberg\n"
	}
	write("config.properties", fmt.Sprintf(`coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port=%[1]d
discovery.uri=http://127.0.0.1:%[1]d
node.environment=test
node.id=test
node.bind-ip=127.0.0.1
node.internal-address=127.0.0.1
plugin.dir=%[2]s
catalog.config-dir=%[3]s
`, port, plugins, filepath.Join(etc, "catalog")))
	write("log.properties", "io.trino=WARN\nio.airlift=WARN\nBootstrap=WARN\n")
	common := fmt.Sprintf(`hive.metastore.uri=thrift://127.0.0.1:%d
hive.metastore.thrift.client.connect-timeout=1m
hive.metastore.thrift.client.read-timeout=1m
fs.native-s3.enabled=true
s3.endpoint=%s
s3.region=%s
s3.path-style-access=true
s3.aws-access-key=%s
s3.aws-secret-key=%s
`, m.Port, s.URL, s3Region, s3Key, s3Secret)
	write("catalog/hive.properties", `connector.name=hive
hive.metastore=thrift
hive.security=allow-all
hive.non-managed-table-writes-enabled=true
hive.partition-projection-enabled=true
`+common+settings)
	if iceberg {
		write("catalog/iceberg.properties", "connector.name=iceberg\niceberg.catalog.type=hive_metastore\niceberg.security=allow_all\niceberg.hive-catalog-name=hive\n"+common)
	}
	// As with the other engines: over tables this small, compiling well takes
	// longer than running what was compiled. Without the second compiler the JVM
	// sets aside 48 MB for code, and the code of some hundred queries is more.
	args := append([]string{"-Xmx1500m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=256m", "-Djdk.attach.allowAttachSelf=true",
		"-Dconfig=" + filepath.Join(etc, "config.properties"), "-Dlog.levels-file=" + filepath.Join(etc, "log.properties")}, r.flags...)
	cmd := exec.Command(java, append(args, "-cp", filepath.Join(dir, "classes")+":"+filepath.Join(dir, "lib", "*"),
		"TrinoServer", fmt.Sprint(r.release))...)
	cmd.Dir = t.TempDir()
	k := &trino{process: start(t, name, cmd), url: fmt.Sprintf("127.0.0.1:%d", port)}
	k.ready(t, 2*time.Minute, func() error {
		answer, err := http.Get("http://" + k.url + "/v1/info")
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		var info struct{ Starting bool }
		if err := json.NewDecoder(answer.Body).Decode(&info); err != nil || info.Starting {
			return errors.Join(errors.New("starting"), err)
		}
		return nil
	})
	k.db = k.open(t, "")
	// It says it has started some time before it has a node for the tables.
	k.ready(t, time.Minute, func() error {
		_, err := k.try(t, `SELECT "$path" FROM `+table.sql()+" LIMIT 1")
		return err
	})
	return k
}

// open returns connections with session properties, "name=value" with commas.
func (k *trino) open(t testing.TB, session string) *sql.DB { return k.openCatalog(t, "hive", session) }

// openCatalog returns connections to another catalog.
func (k *trino) openCatalog(t testing.TB, catalog, session string) *sql.DB {
	t.Helper()
	q := url.Values{"catalog": {catalog}, "schema": {"flows"}}
	if session != "" {
		q.Set("session_properties", session)
	}
	db, err := sql.Open("trino", "http://test@"+k.url+"?"+q.Encode())
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// try runs a statement and returns its rows as text, null where NULL.
func (k *trino) try(t testing.TB, statement string) ([][]string, error) {
	return query(t, k.db, statement)
}

// run runs a statement that must succeed.
func (k *trino) run(t testing.TB, statement string) [][]string {
	t.Helper()
	rows, err := k.try(t, statement)
	require.NoError(t, err, statement)
	return rows
}

func query(t testing.TB, db *sql.DB, statement string) ([][]string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out [][]string
	for rows.Next() {
		values := make([]any, len(names))
		into := make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := make([]string, len(values))
		for i, v := range values {
			switch v := v.(type) {
			case nil:
				row[i] = null
			case time.Time:
				row[i] = v.UTC().Format("2006-01-02 15:04:05.000")
			default:
				row[i] = fmt.Sprint(v)
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}
