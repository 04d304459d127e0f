package layout

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/aws/aws-lambda-go/events"
	awsfirehose "github.com/aws/aws-sdk-go-v2/service/firehose"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/cwlogs"
	"github.com/vpcflow/vpcflow/cwlogs/cwlogstest"
	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/flowlogtest"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// The public API, as users compile against it. A change here is a change for
// every user: it belongs in the changelog.

// flowlog
var (
	_ func(string) (flowlog.Field, error)                    = flowlog.ParseField
	_ func() iter.Seq[flowlog.Field]                         = flowlog.Fields
	_ func(flowlog.Field) string                             = flowlog.Field.String
	_ func(flowlog.Field) string                             = flowlog.Field.Column
	_ func(flowlog.Field) flowlog.Type                       = flowlog.Field.Type
	_ func(flowlog.Field) int                                = flowlog.Field.Version
	_                                                        = [...]flowlog.Type{flowlog.TypeInt32, flowlog.TypeInt64, flowlog.TypeString}
	_ func(flowlog.FieldSet, flowlog.Field) bool             = flowlog.FieldSet.Has
	_ func(flowlog.FieldSet, flowlog.Field) flowlog.FieldSet = flowlog.FieldSet.With
	_ func(flowlog.FieldSet) iter.Seq[flowlog.Field]         = flowlog.FieldSet.All

	_ func(string) (flowlog.Record, error)                = flowlog.Parse
	_ func(*flowlog.Record) string                        = (*flowlog.Record).String
	_ func(*flowlog.Record, flowlog.Field) bool           = (*flowlog.Record).Has
	_ func(*flowlog.Record) bool                          = (*flowlog.Record).HasFlow
	_ func(*flowlog.Record, flowlog.Field) string         = (*flowlog.Record).Value
	_ func(*flowlog.Record, []byte, flowlog.Field) []byte = (*flowlog.Record).AppendValue
	_ func(*flowlog.Record, flowlog.Field) (int64, bool)  = (*flowlog.Record).Int
	_ func(*flowlog.Record) ([]byte, error)               = (*flowlog.Record).MarshalJSON
	_ func(*flowlog.Record, []byte) error                 = (*flowlog.Record).UnmarshalJSON
	_ func(*flowlog.Record, []byte) []byte                = (*flowlog.Record).AppendJSON
	_ func(*flowlog.Record) slog.Value                    = (*flowlog.Record).LogValue
	_ func(flowlog.Timestamp) time.Time                   = flowlog.Timestamp.Time
	_                                                     = [...]flowlog.LogStatus{flowlog.OK, flowlog.NoData, flowlog.SkipData}
	_                                                     = [...]flowlog.Action{flowlog.Accept, flowlog.Reject}

	_                                                               = [...]*flowlog.Format{flowlog.V2, flowlog.TransitGateway}
	_ func(int) (*flowlog.Format, error)                            = flowlog.FormatOf
	_ func(string) (*flowlog.Format, error)                         = flowlog.ParseFormat
	_ func(...flowlog.Field) (*flowlog.Format, error)               = flowlog.NewFormat
	_ func(*flowlog.Format) []flowlog.Field                         = (*flowlog.Format).Fields
	_ func(*flowlog.Format) []string                                = (*flowlog.Format).Names
	_ func(*flowlog.Format) string                                  = (*flowlog.Format).String
	_ func(*flowlog.Format) string                                  = (*flowlog.Format).Header
	_ func(*flowlog.Format, *flowlog.Record, string) error          = (*flowlog.Format).Decode
	_ func(*flowlog.Format, []byte, *flowlog.Record) []byte         = (*flowlog.Format).Append
	_ func(*flowlog.Format, *flowlog.Record, string) (string, bool) = (*flowlog.Format).Value
	_ func(*flowlog.Format, []byte, *flowlog.Record) []byte         = (*flowlog.Format).AppendJSON
	_ func(*flowlog.Format) ([]byte, error)                         = (*flowlog.Format).MarshalText
	_ func(*flowlog.Format, []byte) error                           = (*flowlog.Format).UnmarshalText

	_ func(io.Reader, *flowlog.Format) *flowlog.Reader        = flowlog.NewReader
	_ func(*flowlog.Reader, *flowlog.Record) error            = (*flowlog.Reader).Read
	_ func(*flowlog.Reader) iter.Seq2[*flowlog.Record, error] = (*flowlog.Reader).All
	_ func(*flowlog.Reader) *flowlog.Format                   = (*flowlog.Reader).Format
	_ func(*flowlog.Reader) flowlog.Stats                     = (*flowlog.Reader).Stats
	_ func(*flowlog.Reader, io.Reader, *flowlog.Format)       = (*flowlog.Reader).Reset

	_                                              = flowlog.Stats{Lines: int64(1), Records: int64(1), NoData: int64(1), SkipData: int64(1), OtherStatus: int64(1), Bad: int64(1), Bytes: int64(1)}
	_ func(*flowlog.Stats, flowlog.Stats)          = (*flowlog.Stats).Add
	_ func(string) (string, error)                 = flowlog.UnescapeTag
	_ error                                        = &flowlog.ParseError{Line: int(1), Column: int(1), Field: flowlog.FieldVersion, Value: "", Err: error(nil)}
	_                                              = [...]error{flowlog.ErrFieldCount, flowlog.ErrUnknownField, flowlog.ErrLineTooLong, flowlog.ErrFormat}
	_ func(*flowlog.Format, int, uint64) io.Reader = flowlogtest.NewReader
)

// flowlog/traffic
var (
	_ func(...netip.Prefix) *traffic.Networks                                                        = traffic.NewNetworks
	_ func(*traffic.Networks, netip.Prefix, string)                                                  = (*traffic.Networks).Add
	_ func(*traffic.Networks, netip.Addr) bool                                                       = (*traffic.Networks).Contains
	_ func(*traffic.Networks, netip.Addr) (string, bool)                                             = (*traffic.Networks).Name
	_ func() *traffic.Networks                                                                       = traffic.Private
	_ func(io.Reader) (*traffic.Networks, error)                                                     = traffic.ReadAWSRanges
	_ func(io.Reader) (*traffic.Networks, error)                                                     = traffic.ReadNames
	_ func(io.Reader) (*traffic.Interfaces, error)                                                   = traffic.ReadInterfaces
	_                                                                                                = [...]traffic.Direction{traffic.DirectionUnknown, traffic.Outbound, traffic.Inbound, traffic.Internal, traffic.External}
	_                                                                                                = [...]traffic.Evidence{traffic.NoEvidence, traffic.PortNumbers, traffic.TCPFlags}
	_                                                                                                = traffic.Service{Port: uint16(1), Protocol: flowlog.TCP}
	_ func(traffic.Service) string                                                                   = traffic.Service.String
	_                                                                                                = traffic.Flow{Client: netip.Addr{}, Server: netip.Addr{}, ClientPort: uint16(1), ServerPort: uint16(1), Protocol: flowlog.TCP, Direction: traffic.Outbound, FromClient: true, Opening: true, Evidence: traffic.TCPFlags}
	_ func(traffic.Flow) traffic.Service                                                             = traffic.Flow.Service
	_                                                                                                = traffic.Classifier{Ours: (*traffic.Networks)(nil), PacketAddrs: true}
	_ func(*traffic.Classifier, *flowlog.Record) (traffic.Flow, bool)                                = (*traffic.Classifier).Classify
	_                                                                                                = traffic.Totals{Records: int64(1), Openings: int64(1), Accepted: int64(1), Rejected: int64(1), Packets: int64(1), Bytes: int64(1), First: flowlog.Timestamp(1), Last: flowlog.Timestamp(1)}
	_ func(*traffic.Totals, *flowlog.Record, traffic.Flow)                                           = (*traffic.Totals).Add
	_ func(*traffic.Totals, traffic.Totals)                                                          = (*traffic.Totals).Merge
	_ map[traffic.Service]*traffic.Totals                                                            = traffic.Tally[traffic.Service]{}
	_ func(traffic.Tally[string], string, *flowlog.Record, traffic.Flow)                             = traffic.Tally[string].Add
	_ func(traffic.Tally[string], traffic.Tally[string])                                             = traffic.Tally[string].Merge
	_ func(traffic.Tally[string], int, func(a, b traffic.Entry[string]) int) []traffic.Entry[string] = traffic.Tally[string].Top
	_                                                                                                = traffic.Entry[string]{Key: "", Totals: traffic.Totals{}}
)

// flowlog/parquet
var (
	_                                                                                                  = parquet.Options{Compression: parquet.Zstd, RowGroupRows: int(1), Workers: int(1), Sort: true}
	_ func(io.Writer, *flowlog.Format, *parquet.Options) *parquet.Writer                               = parquet.NewWriter
	_ func(*parquet.Writer, *flowlog.Record) error                                                     = (*parquet.Writer).Write
	_ func(*parquet.Writer) error                                                                      = (*parquet.Writer).Flush
	_ func(*parquet.Writer) error                                                                      = (*parquet.Writer).Close
	_ func(io.ReaderAt, int64, *parquet.ReaderOptions) (*parquet.Reader, error)                        = parquet.NewReader
	_ func(*parquet.Reader, int) ([]*parquet.Reader, error)                                            = (*parquet.Reader).Split
	_ func(*parquet.Reader) *flowlog.Format                                                            = (*parquet.Reader).Format
	_ func(*parquet.Reader, *flowlog.Record) error                                                     = (*parquet.Reader).Read
	_ func(*parquet.Reader) iter.Seq2[*flowlog.Record, error]                                          = (*parquet.Reader).All
	_ func(*parquet.Reader) error                                                                      = (*parquet.Reader).Close
	_ func(*parquet.Writer, context.Context, io.Reader, *parquet.AppendOptions) (flowlog.Stats, error) = (*parquet.Writer).Append
	_ func(context.Context, io.Writer, io.Reader, *parquet.ConvertOptions) (flowlog.Stats, error)      = parquet.Convert
	_                                                                                                  = parquet.ConvertOptions{Options: parquet.Options{}, AppendOptions: parquet.AppendOptions{Format: flowlog.V2, OnBad: func(*flowlog.ParseError) error { return nil }, OnProgress: func(flowlog.Stats) {}}}
)

// cwlogs
var (
	_                                                                                                               = cwlogs.Batch{Type: cwlogs.DataMessage, Owner: "", LogGroup: "", LogStream: "", SubscriptionFilters: []string{}, PolicyLevel: "", Events: []cwlogs.Event{}}
	_                                                                                                               = cwlogs.Event{ID: "", Timestamp: int64(1), Message: "", ExtractedFields: map[string]string{}}
	_                                                                                                               = [...]cwlogs.MessageType{cwlogs.DataMessage, cwlogs.ControlMessage}
	_ func(*cwlogs.Event) time.Time                                                                                 = (*cwlogs.Event).Time
	_                                                                                                               = cwlogs.Decoder{MaxBytes: int64(1)}
	_ func(*cwlogs.Decoder, []byte) iter.Seq2[*cwlogs.Batch, error]                                                 = (*cwlogs.Decoder).Decode
	_ func(*cwlogs.Decoder, events.CloudwatchLogsEvent) iter.Seq2[*cwlogs.Batch, error]                             = (*cwlogs.Decoder).DecodeLambda
	_ func(events.KinesisFirehoseEvent, func(*cwlogs.Batch, []byte) ([]byte, error)) events.KinesisFirehoseResponse = cwlogs.Transform
	_                                                                                                               = [...]error{cwlogs.ErrTooLarge, cwlogs.ErrFormat}

	_ func(*cwlogs.Batch) []byte                         = cwlogstest.Document
	_ func(*cwlogs.Batch) events.CloudwatchLogsEvent     = cwlogstest.LambdaEvent
	_ func(...*cwlogs.Batch) events.KinesisEvent         = cwlogstest.KinesisEvent
	_ func(...*cwlogs.Batch) events.KinesisFirehoseEvent = cwlogstest.FirehoseEvent
	_ func() *cwlogs.Batch                               = cwlogstest.ControlMessage
)

// firehose
var (
	_ firehose.PutRecordBatchAPIClient                                                             = (*awsfirehose.Client)(nil)
	_                                                                                              = firehose.Options{RecordBytes: int(1), BatchBytes: int(1), BatchRecords: int(1), MaxAttempts: int(1), Backoff: func(int) time.Duration { return 0 }, Concurrency: int(1), Delimiter: []byte{}}
	_ func(firehose.PutRecordBatchAPIClient, string, *firehose.Options) *firehose.Batcher          = firehose.NewBatcher
	_ func(*firehose.Batcher, context.Context, []byte) error                                       = (*firehose.Batcher).Add
	_ func(*firehose.Batcher, context.Context, string) error                                       = (*firehose.Batcher).AddString
	_ func(*firehose.Batcher, context.Context) error                                               = (*firehose.Batcher).Flush
	_ func(*firehose.Batcher) firehose.Stats                                                       = (*firehose.Batcher).Stats
	_                                                                                              = firehose.Stats{Lines: int64(1), Records: int64(1), Calls: int64(1), Bytes: int64(1), BilledBytes: int64(1), Retried: int64(1), Failed: int64(1)}
	_ error                                                                                        = &firehose.DeliveryError{Stream: "", Failed: []firehose.FailedRecord{{Data: []byte{}, Lines: int(1), Code: "", Message: ""}}, Err: error(nil)}
	_                                                                                              = [...]error{firehose.ErrRecordTooLarge, firehose.ErrClosed}
	_                                                                                              = firehose.ProducerOptions{Options: firehose.Options{}, MaxAge: time.Second, QueueBytes: int(1), OnFailed: func(*firehose.DeliveryError) {}}
	_ func(firehose.PutRecordBatchAPIClient, string, *firehose.ProducerOptions) *firehose.Producer = firehose.NewProducer
	_ func(*firehose.Producer, context.Context, []byte) error                                      = (*firehose.Producer).Add
	_ func(*firehose.Producer, context.Context, string) error                                      = (*firehose.Producer).AddString
	_ func(*firehose.Producer, context.Context) error                                              = (*firehose.Producer).Flush
	_ func(*firehose.Producer, context.Context) error                                              = (*firehose.Producer).Close
	_ func(*firehose.Producer) firehose.Stats                                                      = (*firehose.Producer).Stats
	_ http.Handler                                                                                 = (*firehosetest.Server)(nil)
)

// athena
var (
	_                                                                            = athena.Table{Database: "", Name: "", Location: "", Format: flowlog.V2, Storage: athena.Text, Layout: athena.Unpartitioned, Columns: athena.AWSNames}
	_                                                                            = [...]athena.Storage{athena.Text, athena.Regex, athena.Parquet, athena.Iceberg}
	_                                                                            = [...]athena.Naming{athena.AWSNames, athena.ArticleNames}
	_                                                                            = [...]athena.Layout{athena.Unpartitioned, athena.Firehose}
	_ func(*athena.Table) (string, error)                                        = (*athena.Table).Create
	_ func(*athena.Table) (string, error)                                        = (*athena.Table).Drop
	_ func(*athena.Table, ...athena.Partition) ([]string, error)                 = (*athena.Table).AddPartitions
	_ func(*athena.Table, ...athena.Partition) ([]string, error)                 = (*athena.Table).DropPartitions
	_ func(*athena.Table) (string, error)                                        = (*athena.Table).Repair
	_ func(*athena.Table, *athena.Table, *athena.WriteOptions) (string, error)   = (*athena.Table).CreateAs
	_ func(*athena.Table, *athena.Table, *athena.WriteOptions) ([]string, error) = (*athena.Table).InsertFrom
	_ func(*athena.Table, *athena.Table, *athena.WriteOptions) ([]string, error) = (*athena.Table).MergeFrom
	_ func(*athena.Table, *athena.WriteOptions) (string, error)                  = (*athena.Table).Optimize
	_ func(*athena.Table) (string, error)                                        = (*athena.Table).Vacuum
	_ func(*athena.Table) ([]byte, error)                                        = (*athena.Table).Glue
	_ func(*athena.Table, string) (string, error)                                = (*athena.Table).View
	_ func(*athena.Table, athena.Params) ([]athena.Query, error)                 = (*athena.Table).Queries
	_                                                                            = athena.Params{CIDRs: []netip.Prefix{}, From: time.Time{}, To: time.Time{}, Limit: int(1), Source: netip.Addr{}}
	_                                                                            = athena.Query{Name: "", Description: "", SQL: ""}
	_ func(*athena.Table, athena.Partition) (string, error)                      = (*athena.Table).PartitionLocation
	_ func(string) (athena.Object, error)                                        = athena.ParseKey
	_ json.Marshaler                                                             = (*flowlog.Record)(nil)
)
