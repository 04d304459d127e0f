package answer

import (
	"encoding/json"
	"io"
)

// plain is Answer without its methods.
type plain Answer

// document is the JSON of an Answer: the rows are under the name of the
// question.
type document struct {
	*plain
	Outbound *[]Row `json:"outbound_ports,omitempty"`
	Inbound  *[]Row `json:"inbound_ports,omitempty"`
	Internal *[]Row `json:"internal_ports,omitempty"`
}

// rows returns where the rows are, nil for a question without rows.
func (d *document) rows() **[]Row {
	return []**[]Row{&d.Outbound, &d.Inbound, &d.Internal, nil}[d.plain.Question]
}

// MarshalJSON returns the JSON that "ports -json" prints.
func (a *Answer) MarshalJSON() ([]byte, error) { return json.Marshal(a.document()) }

func (a *Answer) document() *document {
	d := &document{plain: (*plain)(a)}
	if rows := d.rows(); rows != nil {
		*rows = &a.Ports
	}
	return d
}

// UnmarshalJSON takes what MarshalJSON returns.
func (a *Answer) UnmarshalJSON(data []byte) error {
	*a = Answer{}
	d := document{plain: (*plain)(a)}
	if err := json.Unmarshal(data, &d); err != nil {
		return err
	}
	if rows := d.rows(); rows != nil && *rows != nil {
		a.Ports = **rows
	}
	return nil
}

// WriteJSON writes the answer as one JSON object.
func (a *Answer) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(a.document()) // not a, whose text would be checked once more
}
