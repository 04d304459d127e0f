package parquet

import (
	"runtime/debug"
	"strings"
	"sync"
)

// module is the path under which the library's version is found.
const module = "github.com/vpcflow/vpcflow"

// Keys of a file's metadata. The counts are decimal numbers of flowlog.Stats.
const (
	keyFormat   = "vpcflow.format"   // the format string, "${version} ${srcaddr}"
	keyVersion  = "vpcflow.version"  // version of the library that wrote the file
	keyLines    = "vpcflow.lines"    // lines of the source
	keyRecords  = "vpcflow.records"  // records, which is the number of rows
	keyNoData   = "vpcflow.nodata"   // rows with log-status NODATA
	keySkipData = "vpcflow.skipdata" // rows with log-status SKIPDATA
	keyBad      = "vpcflow.bad"      // lines that are not in the file because they did not parse
	keyBytes    = "vpcflow.bytes"    // bytes of text of the source
)

// libraryVersion returns the version of this module in the program that runs,
// without the leading v, and 0.0.0 where it is not recorded. Readers parse the
// created-by text and distrust statistics if they cannot, so it must look like
// a version.
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

// createdBy is what the footer says about the writer.
func createdBy() string { return module + " version " + libraryVersion() + " (build 0)" }
