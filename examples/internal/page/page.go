// Package page renders an answer as one HTML file that needs nothing else: no
// network, no other file. Everything in it is shown without its script, which
// only sorts, filters and copies.
//
// Its size is bounded whatever the answer holds, and values of logs are cut and
// escaped: they cannot change its structure.
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

// Write writes the page of an answer, with queries for its views.
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

// hash is how a Content Security Policy names a style or a script.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// steps are classes for the lengths of bars and the shades of cells: the policy
// allows no style attributes.
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
