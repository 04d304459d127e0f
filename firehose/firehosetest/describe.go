package firehosetest

import (
	"cmp"
	"fmt"
	"net/http"
)

// describe serves DescribeDeliveryStream.
func (s *Server) describe(w http.ResponseWriter, _ *http.Request, body []byte) error {
	var in struct{ DeliveryStreamName *string }
	if err := unmarshal(body, &in); err != nil {
		return err
	}
	var v violations
	checkName(&v, in.DeliveryStreamName)
	if err := v.err(); err != nil {
		return err
	}
	st := s.stream(*in.DeliveryStreamName)
	if st == nil {
		return errorf(CodeResourceNotFound, "Firehose %s under account %s not found.", *in.DeliveryStreamName, s.opts.Account)
	}
	return writeJSON(w, map[string]any{"DeliveryStreamDescription": s.description(st)})
}

// description returns a stream as DescribeDeliveryStream describes it: the
// required members and those that Stream configures.
func (s *Server) description(st *stream) map[string]any {
	compression := "GZIP"
	if st.Uncompressed {
		compression = "UNCOMPRESSED"
	}
	destination := map[string]any{
		"RoleARN":                 fmt.Sprintf("arn:aws:iam::%s:role/firehose", s.opts.Account),
		"BucketARN":               "arn:aws:s3:::" + cmp.Or(st.Bucket, "bucket"),
		"Prefix":                  st.Prefix,
		"ErrorOutputPrefix":       st.ErrorPrefix,
		"BufferingHints":          map[string]any{"SizeInMBs": max(1, st.BufferBytes>>20), "IntervalInSeconds": int(st.BufferInterval.Seconds())},
		"CompressionFormat":       compression,
		"EncryptionConfiguration": map[string]any{"NoEncryptionConfig": "NoEncryption"},
		"S3BackupMode":            "Disabled",
		"CustomTimeZone":          cmp.Or(st.TimeZone, "UTC"),
		"FileExtension":           st.Extension,
	}
	return map[string]any{
		"DeliveryStreamName":   st.Name,
		"DeliveryStreamARN":    fmt.Sprintf("arn:aws:firehose:%s:%s:deliverystream/%s", s.opts.Region, s.opts.Account, st.Name),
		"DeliveryStreamStatus": "ACTIVE",
		"DeliveryStreamType":   "DirectPut",
		"VersionId":            "1",
		"CreateTimestamp":      float64(st.created.UnixMilli()) / 1000,
		"HasMoreDestinations":  false,
		"Destinations": []any{map[string]any{
			"DestinationId":                    "destinationId-000000000001",
			"ExtendedS3DestinationDescription": destination,
		}},
	}
}
