package flowlog_test

import (
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"

	"github.com/vpcflow/vpcflow/flowlog"
)

// This file holds the API of the package. A change here breaks its users.
var (
	_ func(string) (flowlog.Field, error)                    = flowlog.ParseField
	_ func() iter.Seq[flowlog.Field]                         = flowlog.Fields
	_ func(flowlog.Field) string                             = flowlog.Field.String
	_ func(flowlog.Field) string                             = flowlog.Field.Column
	_ func(flowlog.Field) flowlog.Type                       = flowlog.Field.Type
	_ func(flowlog.Field) int                                = flowlog.Field.Version
	_ func(flowlog.FieldSet, flowlog.Field) bool             = flowlog.FieldSet.Has
	_ func(flowlog.FieldSet, flowlog.Field) flowlog.FieldSet = flowlog.FieldSet.With
	_ func(flowlog.FieldSet) iter.Seq[flowlog.Field]         = flowlog.FieldSet.All
	_ func(string) (flowlog.Record, error)                   = flowlog.Parse
	_ func(*flowlog.Record) string                           = (*flowlog.Record).String
	_ func(*flowlog.Record, flowlog.Field) bool              = (*flowlog.Record).Has
	_ func(*flowlog.Record) bool                             = (*flowlog.Record).HasFlow
	_ func(*flowlog.Record, flowlog.Field) string            = (*flowlog.Record).Value
	_ func(*flowlog.Record, flowlog.Field) (string, bool)    = (*flowlog.Record).Lookup
	_ func(*flowlog.Record, []byte, flowlog.Field) []byte    = (*flowlog.Record).AppendValue
	_ func(*flowlog.Record, flowlog.Field) (int64, bool)     = (*flowlog.Record).Int
	_ func(*flowlog.Record, []byte) []byte                   = (*flowlog.Record).AppendJSON
	_ *flowlog.Format                                        = flowlog.V2
	_ *flowlog.Format                                        = flowlog.TransitGateway
	_ func(int) (*flowlog.Format, error)                     = flowlog.FormatOf
	_ func(string) (*flowlog.Format, error)                  = flowlog.ParseFormat
	_ func(...flowlog.Field) (*flowlog.Format, error)        = flowlog.NewFormat
	_ func(*flowlog.Format) []flowlog.Field                  = (*flowlog.Format).Fields
	_ func(*flowlog.Format) []string                         = (*flowlog.Format).Names
	_ func(*flowlog.Format) string                           = (*flowlog.Format).String
	_ func(*flowlog.Format) string                           = (*flowlog.Format).Header
	_ func(*flowlog.Format, *flowlog.Record, string) error   = (*flowlog.Format).Decode
	_ func(*flowlog.Format, []byte, *flowlog.Record) []byte  = (*flowlog.Format).Append
	_ func(*flowlog.Format, []byte, *flowlog.Record) []byte  = (*flowlog.Format).AppendJSON
	_ func(*flowlog.Format, []byte, *flowlog.Record) []byte  = (*flowlog.Format).AppendCSV

	_ func(*flowlog.Format, *flowlog.Record, string) (string, bool) = (*flowlog.Format).Value

	_ func(io.Reader, *flowlog.Format) *flowlog.Reader        = flowlog.NewReader
	_ func(*flowlog.Reader, *flowlog.Record) error            = (*flowlog.Reader).Read
	_ func(*flowlog.Reader) iter.Seq2[*flowlog.Record, error] = (*flowlog.Reader).All
	_ func(*flowlog.Reader) *flowlog.Format                   = (*flowlog.Reader).Format
	_ func(*flowlog.Reader) flowlog.Stats                     = (*flowlog.Reader).Stats
	_ func(*flowlog.Reader, io.Reader, *flowlog.Format)       = (*flowlog.Reader).Reset
	_ func(string) (string, error)                            = flowlog.UnescapeTag
	_                                                         = []error{flowlog.ErrFieldCount, flowlog.ErrUnknownField, flowlog.ErrLineTooLong, flowlog.ErrFormat, flowlog.ErrOtherLog, flowlog.ErrMessage, &flowlog.ParseError{}}
	_                                                         = flowlog.Stats{Lines: int64(0), Records: int64(0), NoData: int64(0), SkipData: int64(0), OtherStatus: int64(0), Bad: int64(0), Bytes: int64(0)}
	_                                                         = flowlog.ParseError{Line: int(0), Column: int(0), Field: flowlog.FieldEnd, Value: "", Err: error(nil)}
	_                                                         = []flowlog.Type{flowlog.TypeInt32, flowlog.TypeInt64, flowlog.TypeString}
	_                                                         = map[flowlog.Record]flowlog.FieldSet{} // both are comparable
)

// text is the interface of types with a text form.
type text interface {
	fmt.Stringer
	encoding.TextMarshaler
	encoding.TextAppender
}

var (
	_ = []text{flowlog.Field(0), flowlog.V2, flowlog.TCP, flowlog.SYN, flowlog.PathSameVPC, flowlog.NotEncrypted,
		flowlog.Timestamp(0)}
	_ = []encoding.TextUnmarshaler{new(flowlog.Field), new(flowlog.Format), new(flowlog.Protocol), new(flowlog.TCPFlags), new(flowlog.TrafficPath),
		new(flowlog.EncryptionStatus), new(flowlog.Timestamp)}
	_ = []json.Marshaler{flowlog.Record{}, &flowlog.Record{}, flowlog.TCP, flowlog.SYN, flowlog.PathSameVPC, flowlog.NotEncrypted, flowlog.Timestamp(0)}
	_ = []json.Unmarshaler{new(flowlog.Record), new(flowlog.Protocol), new(flowlog.TCPFlags), new(flowlog.TrafficPath), new(flowlog.EncryptionStatus), new(flowlog.Timestamp)}
	_ = []slog.LogValuer{flowlog.Record{}, &flowlog.Record{}}
)
