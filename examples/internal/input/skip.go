package input

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// reason is the reason for skipping a file, an object or a folder.
type reason uint8

const (
	_ reason = iota
	isEmpty
	hidden
	marker
	foreign
	notRegular
	outOfTime
	otherJSON
	reasons // their number
)

// reasonTexts describe the reasons, after a count.
var reasonTexts = [reasons]string{
	isEmpty:    "empty",
	hidden:     "hidden",
	marker:     "written to test permissions",
	foreign:    "of other services",
	notRegular: "not regular files",
	outOfTime:  "outside the time",
	otherJSON:  "JSON that is not a log",
}

func firstOf(a, b reason) reason {
	if a != 0 {
		return a
	}
	return b
}

// skipped counts skipped files, objects and folders.
type skipped struct {
	mu sync.Mutex
	n  [reasons]int64
}

func (s *skipped) add(why reason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n[why]++
}

// Skipped returns the number of files, objects and folders skipped so far, and the
// reasons, such as "3 empty, 12 of other services".
func (s *Source) Skipped() (int64, string) {
	s.skipped.mu.Lock()
	defer s.skipped.mu.Unlock()
	var total int64
	var parts []string
	for why, n := range s.skipped.n {
		if n > 0 {
			total += n
			parts = append(parts, fmt.Sprintf("%s %s", cli.Count(n), reasonTexts[why]))
		}
	}
	return total, strings.Join(parts, ", ")
}

// skipError is the error of Open for a file that it skips.
type skipError struct{ why reason }

func (e *skipError) Error() string { return "input: skipped: " + reasonTexts[e.why] }

// isHidden reports whether a name is hidden, such as .DS_Store, _SUCCESS and
// _temporary.
func isHidden(name string) bool {
	return strings.IndexAny(name, "._") == 0 || strings.HasSuffix(name, "_$folder$")
}

// markerNames are the names of objects with which AWS services test their write
// permission.
var markerNames = []string{"aws-logs-write-test", "ELBAccessLogTestFile", "ConfigWritabilityCheckFile", "S3-access-log-test"}

func isMarker(name string) bool {
	return slices.Contains(markerNames, name)
}

// service matches the name of the service in a key, such as CloudTrail in
// AWSLogs/123456789012/CloudTrail/. It also matches the Hive-compatible layout, and
// the id of an organization before the account.
var service = regexp.MustCompile(`(?:^|/)AWSLogs/(?:o-[a-z0-9]+/)?(?:[0-9]{12}|(?:aws-)?account-id=[0-9]{12})/(?:(?:aws-)?service=)?([^/]+)/`)

// otherService reports whether a key is below AWSLogs and of a service other than
// flow logs.
func otherService(key string) bool {
	m := service.FindStringSubmatch(key)
	return m != nil && m[1] != "vpcflowlogs"
}
