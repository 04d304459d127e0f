// Package page renders an answer as a single HTML file that needs no network and no
// other file. It shows everything without its script, which only sorts, filters and
// copies.
//
// The size of the page is limited for any answer. Values of logs are truncated and
// escaped, so that they cannot change its structure.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// Write writes the page for an answer, with queries for its views.
func Write(w io.Writer, a *answer.Answer, queries []Query) error {
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	css := pageCSS + steps()
	var b bytes.Buffer
	for scale := 1; b.Len() == 0 || b.Len() >= maxPage && scale <= maxPorts; scale *= 2 {
		v := newView(a, queries, scale)
		v.Style, v.Script = template.CSS(css), template.JS(pageJS)
		v.Policy = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", hash(css), hash(pageJS))
		b.Reset()
		if err := t.Execute(&b, v); err != nil {
			return fmt.Errorf("page: %w", err)
		}
	}
	_, err = w.Write(b.Bytes())
	return err
}

// hash returns the source expression of a style or a script for a Content Security
// Policy.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// steps returns CSS classes for the lengths of bars and the shades of cells. The
// policy does not allow style attributes.
func steps() string {
	var b strings.Builder
	for i := range 101 {
		fmt.Fprintf(&b, ".w%d{width:%d%%}.h%d{height:%d%%}", i, i, i, i)
	}
	for i := range 11 {
		fmt.Fprintf(&b, ".s%d{--s:%d%%}", i, 5*i)
	}
	return b.String()
}
