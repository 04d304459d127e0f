package athena

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the length of the longest name in the Glue catalog, in bytes.
const maxName = 255

// checkName checks a name: letters, digits and underscores, at most 255 bytes.
// See https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html.
func checkName(what, s string) error {
	if s == "" {
		return broken(ErrName, what, s, "must not be empty")
	}
	if len(s) > maxName {
		return broken(ErrName, what, s, "must not be longer than 255 bytes")
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return !isWord(r) }); i >= 0 {
		_, n := utf8.DecodeRuneInString(s[i:])
		return broken(ErrName, what, s, "must hold only ASCII letters, digits and underscores, not "+strconv.Quote(s[i:i+n]))
	}
	return nil
}

// isWord reports whether a character may be in a name.
func isWord(r rune) bool {
	return 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9' || r == '_'
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// checkLocation checks a location: a bucket or a folder in it, with a slash at the end.
// Files and patterns are errors, and so are characters that could be part of a pattern,
// a template or a quotation.
// See https://docs.aws.amazon.com/athena/latest/ug/tables-location-format.html.
func checkLocation(what, s string) error {
	rest, ok := strings.CutPrefix(s, "s3://")
	if !ok {
		return broken(ErrLocation, what, s, "must begin with s3://")
	}
	bucket, folder, ok := strings.Cut(rest, "/")
	if !bucketName.MatchString(bucket) || strings.Contains(bucket, "..") {
		return broken(ErrLocation, what, s, "must name a bucket of 3 to 63 lower-case letters, digits, dots and hyphens")
	}
	if !ok || !strings.HasSuffix(rest, "/") {
		return broken(ErrLocation, what, s, "must be a folder and end in a slash")
	}
	if folder == "" {
		return nil
	}
	return checkPath(ErrLocation, what, s, strings.TrimSuffix(folder, "/"))
}

// maxPath bounds the folder of a location: the length of the longest S3 key.
const maxPath = 1024

// checkPath checks a path below a bucket, without the final slash.
func checkPath(kind error, what, whole, path string) error {
	switch {
	case len(path) > maxPath:
		return broken(kind, what, whole, "must not be longer than 1024 bytes")
	case !utf8.ValidString(path):
		return broken(kind, what, whole, "must be valid UTF-8")
	case strings.ContainsAny(path, "*?[]{}"):
		return broken(kind, what, whole, "must not hold the pattern characters * ? [ ] { }")
	case strings.ContainsAny(path, "'\"`\\;"):
		return broken(kind, what, whole, "must not hold quotes, backslashes or semicolons")
	case strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsPrint(r) }):
		return broken(kind, what, whole, "must hold only printable characters")
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return broken(kind, what, whole, "must not hold an empty folder, . or ..")
		}
	}
	return nil
}

var (
	accountID  = regexp.MustCompile(`^[0-9]{12}$`)
	regionName = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+){1,3}-[0-9]{1,2}$`)
	orgID      = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
)

// checkAccount checks an account id: 12 digits.
func checkAccount(kind error, what, s string) error {
	if !accountID.MatchString(s) {
		return broken(kind, what, s, "must be an account id of 12 digits")
	}
	return nil
}

// checkRegion checks a Region code, including those of GovCloud, China and the isolated
// partitions.
func checkRegion(kind error, what, s string) error {
	if !regionName.MatchString(s) {
		return broken(kind, what, s, "must be a Region code such as us-east-1")
	}
	return nil
}
