package answer

import (
	"encoding/json"
	"io"
)

// plain is Answer without its methods.
type plain Answer

// document is the JSON of an Answer. The name of its rows depends on the question.
type document struct {
	*plain
	Outbound *[]Row `json:"outbound_ports,omitempty"`
	Inbound  *[]Row `json:"inbound_ports,omitempty"`
	Internal *[]Row `json:"internal_ports,omitempty"`
}

// rows returns the field for the rows, or nil for a question without rows.
func (d *document) rows() **[]Row {
	return []**[]Row{&d.Outbound, &d.Inbound, &d.Internal, nil}[d.plain.Question]
}

// MarshalJSON implements json.Marshaler. "ports -json" prints this JSON.
func (a *Answer) MarshalJSON() ([]byte, error) { return json.Marshal(a.document()) }

func (a *Answer) document() *document {
	d := &document{plain: (*plain)(a)}
	if rows := d.rows(); rows != nil {
		*rows = &a.Ports
	}
	return d
}

// UnmarshalJSON implements json.Unmarshaler.
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
	return enc.Encode(a.document()) // not a: the encoder would check its text again
}
