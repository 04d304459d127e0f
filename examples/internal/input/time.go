package input

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/athena"
)

// inTime reports whether the time of an object, or of a folder whose key ends in a
// slash, overlaps the time between Since and Until.
func (s *Source) inTime(key string) bool {
	if s.Since.IsZero() && s.Until.IsZero() {
		return true
	}
	from, to, ok := span(key)
	return !ok || (s.Until.IsZero() || from.Before(s.Until)) && (s.Since.IsZero() || to.After(s.Since))
}

// bounded reports whether all objects of a folder are in time, so that they can be
// listed together.
func (s *Source) bounded(folder string) bool {
	if s.Since.IsZero() && s.Until.IsZero() {
		return true
	}
	from, to, ok := span(folder)
	return ok && (s.Until.IsZero() || !to.After(s.Until)) && (s.Since.IsZero() || !from.Before(s.Since))
}

// span returns the time of an object or a folder. It is the time in the name, if AWS
// wrote the object, or else in the folders.
func span(key string) (from, to time.Time, ok bool) {
	if !strings.HasSuffix(key, "/") {
		if o, err := athena.ParseKey(key); err == nil && (o.FlowLog != "" || o.DeliveryStream != "") {
			return o.Time, o.Time.Add(time.Second), true
		}
		key = path.Dir(key) + "/"
	}
	return folderSpan(key)
}

// dated matches a year, month, day and hour, or fewer of them, at the end of the key
// of a folder: 2026/11/22/05/, year=2026/month=11/, dt=2026-11-22/,
// 2026-11-22-05/.
var dated = regexp.MustCompile(`(?:^|/|=)([0-9]{4})(?:[/-](?:month=)?([0-9]{2})(?:[/-](?:day=)?([0-9]{2})(?:[/-](?:hour=|hr=)?([0-9]{2}))?)?)?/$`)

func folderSpan(folder string) (from, to time.Time, ok bool) {
	m := dated.FindStringSubmatch(folder)
	if m == nil {
		return from, to, false
	}
	var n [4]int
	for i, s := range m[1:] {
		n[i], _ = strconv.Atoi(s)
	}
	year, month, day, hour := n[0], max(n[1], 1), max(n[2], 1), n[3]
	from = time.Date(year, time.Month(month), day, hour, 0, 0, 0, time.UTC)
	if year < 2000 || year > 2100 || month > 12 || day != from.Day() || hour > 23 {
		return from, to, false
	}
	switch {
	case m[4] != "":
		to = from.Add(time.Hour)
	case m[3] != "":
		to = from.AddDate(0, 0, 1)
	case m[2] != "":
		to = from.AddDate(0, 1, 0)
	default:
		to = from.AddDate(1, 0, 0)
	}
	return from, to, true
}
