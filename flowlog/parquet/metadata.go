package parquet

import (
	"runtime/debug"
	"strings"
	"sync"
)

// module is the path of the library's module in the build information.
const module = "github.com/vpcflow/vpcflow"

// Keys of the file's metadata. The counts are those of flowlog.Stats, as decimal
// numbers.
const (
	keyFormat   = "vpcflow.format"   // the format string, such as "${version} ${srcaddr}"
	keyVersion  = "vpcflow.version"  // the version of the library that wrote the file
	keyLines    = "vpcflow.lines"    // lines of the source
	keyRecords  = "vpcflow.records"  // records, which are the rows of the file
	keyNoData   = "vpcflow.nodata"   // rows with log-status NODATA
	keySkipData = "vpcflow.skipdata" // rows with log-status SKIPDATA
	keyBad      = "vpcflow.bad"      // lines that are not in the file
	keyBytes    = "vpcflow.bytes"    // bytes of text of the source
)

// libraryVersion returns the version of this module in the running program,
// such as "1.2.3", or "0.0.0" if the program does not record it. It must have
// the form of a version: some readers parse created_by, and ignore the
// statistics of a file if they cannot.
var libraryVersion = sync.OnceValue(func() string {
	version := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Path == module {
			version = info.Main.Version
		}
		for _, m := range info.Deps {
			if m.Path == module {
				version = m.Version
			}
		}
	}
	if version = strings.TrimPrefix(version, "v"); version == "" || version[0] < '0' || version[0] > '9' {
		return "0.0.0"
	}
	return version
})

// createdBy returns the created_by text of the footer.
func createdBy() string { return module + " version " + libraryVersion() + " (build 0)" }
