package answer

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// maxBaseline is the maximum size of the file of ReadBaseline, in bytes.
const maxBaseline = 256 << 20

// ReadBaseline reads an earlier answer, written with WriteJSON. The error has the
// name of the file.
func ReadBaseline(path string) (*Answer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, cli.PathError(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBaseline+1))
	if err == nil && len(data) > maxBaseline {
		err = errors.New("too large to be an answer of ports -json")
	}
	a := new(Answer)
	if err == nil {
		err = json.Unmarshal(data, a)
		if err != nil {
			err = fmt.Errorf("not an answer of ports -json: %w", err)
		}
	}
	switch {
	case err != nil:
	case a.Version > Version:
		err = fmt.Errorf("the answer has version %d, want %d", a.Version, Version)
	case a.Ports == nil:
		err = errors.New("not an answer of ports -json: no list of ports")
	}
	if err != nil {
		return nil, cli.PathError(path, err)
	}
	return a, nil
}

// comparable returns an error if an earlier answer cannot be compared with an answer
// of the Counter. Both must have the same question and groups, and all rows.
func (c *Counter) comparable(earlier *Answer) error {
	o := &c.options
	switch {
	case o.Question != earlier.Question || o.Rejected != earlier.Rejected:
		return fmt.Errorf("the baseline is about %s ports", earlier.question())
	case o.By != earlier.By:
		return fmt.Errorf("the baseline is by %v, not by %v", earlier.By, o.By)
	case earlier.PortsMore > 0:
		return errors.New("the baseline does not have all rows; write it without -top")
	case earlier.Rest.Count > 0:
		return errors.New("the baseline does not have all rows, because there were too many")
	case c.groups.rest.Count > 0:
		return errors.New("the answer has too many rows to compare it with the baseline")
	}
	return nil
}

// compare marks rows that an earlier answer does not have as new, and puts them
// first. It lists rows that only the earlier answer has in Gone. It returns the
// number of new rows.
func (a *Answer) compare(earlier *Answer) (news int) {
	a.Baseline = &Span{earlier.First, earlier.Last}
	before := make(map[Key]bool, len(earlier.Ports))
	for i := range earlier.Ports {
		before[earlier.Ports[i].Key] = true
	}
	now := make(map[Key]bool, len(a.Ports))
	for i := range a.Ports {
		r := &a.Ports[i]
		now[r.Key] = true
		isNew := !before[r.Key]
		r.New = &isNew
		if isNew {
			news++
		}
	}
	slices.SortStableFunc(a.Ports, func(x, y Row) int { return cmp.Compare(order(x), order(y)) })
	a.Gone = []Key{}
	for i := range earlier.Ports {
		if k := earlier.Ports[i].Key; !now[k] {
			a.Gone = append(a.Gone, k)
		}
	}
	return news
}

func order(r Row) int {
	if r.IsNew() {
		return 0
	}
	return 1
}

// IsNew reports whether the row is marked as new.
func (r *Row) IsNew() bool { return r.New != nil && *r.New }

// question describes the question of the answer.
func (a *Answer) question() string {
	if a.Rejected {
		return "rejected " + a.Question.String()
	}
	return a.Question.String()
}
