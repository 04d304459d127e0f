package s3event

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Events of the services, without irrelevant keys.
const (
	direct      = `{"Records":[{"eventVersion":"2.5","eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"s3SchemaVersion":"1.0","bucket":{"name":"logs","arn":"arn:aws:s3:::logs"},"object":{"key":"year%3D2026/a+b.log.gz","size":1,"versionId":"v1"}}}]}`
	removed     = `{"Records":[{"eventSource":"aws:s3","eventName":"ObjectRemoved:Delete","s3":{"bucket":{"name":"logs"},"object":{"key":"x"}}}]}`
	test        = `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01T00:00:00.000Z","Bucket":"logs"}`
	eventBridge = `{"version":"0","detail-type":"Object Created","source":"aws.s3","detail":{"version":"0","bucket":{"name":"logs"},"object":{"key":"year=2026/a b.log.gz","size":1,"version-id":"v1"},"reason":"PutObject"}}`
	tasks       = `{"invocationSchemaVersion":"1.0","invocationId":"YXNk","job":{"id":"j"},"tasks":[{"taskId":"t1","s3Key":"year%3D2026/a+b.log.gz","s3VersionId":"v1","s3BucketArn":"arn:aws:s3:::logs"}]}`
	tasks2      = `{"invocationSchemaVersion":"2.0","invocationId":"YXNk","job":{"id":"j","userArguments":{"a":"b"}},"tasks":[{"taskId":"t1","s3Key":"year%3D2026/a+b.log.gz","s3VersionId":"v1","s3Bucket":"logs"}]}`
	schedule    = `{"version":"0","detail-type":"Scheduled Event","source":"aws.events","detail":{}}`
)

func quoted(t *testing.T, s string) string {
	b, err := json.Marshal(s)
	require.NoError(t, err)
	return string(b)
}

func sns(t *testing.T, message string) string {
	return `{"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","Sns":{"Type":"Notification","MessageId":"m","Message":` + quoted(t, message) + `}}]}`
}

func notification(t *testing.T, message string) string {
	return `{"Type":"Notification","MessageId":"m","TopicArn":"arn","Message":` + quoted(t, message) + `,"Signature":"s"}`
}

func sqs(t *testing.T, bodies ...string) string {
	var records []string
	for i, b := range bodies {
		records = append(records, fmt.Sprintf(`{"messageId":"m%d","receiptHandle":"r","body":%s,"attributes":{},"eventSource":"aws:sqs","eventSourceARN":"arn"}`, i, quoted(t, b)))
	}
	return `{"Records":[` + strings.Join(records, ",") + `]}`
}

func failed(event string) string {
	return `{"version":"1.0","requestContext":{"condition":"RetriesExhausted"},"requestPayload":` + event + `,"responsePayload":{"errorMessage":"x"}}`
}

func TestRead(t *testing.T) {
	object := func(event string) []Object {
		return []Object{{Bucket: "logs", Key: "year=2026/a b.log.gz", Event: event}}
	}
	for name, c := range map[string]struct {
		raw   string
		id    string
		event string
	}{
		"direct":                    {direct, "", "ObjectCreated:Put"},
		"topic":                     {sns(t, direct), "", "ObjectCreated:Put"},
		"queue":                     {sqs(t, direct), "m0", "ObjectCreated:Put"},
		"topic in queue":            {sqs(t, notification(t, direct)), "m0", "ObjectCreated:Put"},
		"EventBridge":               {eventBridge, "", "Object Created"},
		"EventBridge in queue":      {sqs(t, eventBridge), "m0", "Object Created"},
		"EventBridge in topic":      {sns(t, eventBridge), "", "Object Created"},
		"batch":                     {tasks, "t1", batchTask},
		"batch 2.0":                 {tasks2, "t1", batchTask},
		"on failure":                {failed(direct), "", "ObjectCreated:Put"},
		"on failure in queue":       {sqs(t, failed(eventBridge)), "m0", "Object Created"},
		"queue on failure in queue": {sqs(t, failed(sqs(t, direct))), "m0", "ObjectCreated:Put"},
		"another server":            {strings.Replace(direct, "aws:s3", "minio:s3", 1), "", "ObjectCreated:Put"},
		"prefixed name":             {strings.Replace(direct, "ObjectCreated", "s3:ObjectCreated", 1), "", "ObjectCreated:Put"},
	} {
		e, err := Read([]byte(c.raw))
		require.NoError(t, err, name)
		assert.Equal(t, []Message{{ID: c.id, Objects: object(c.event)}}, e.Messages, name)
		assert.True(t, e.Messages[0].Objects[0].Created(), name)
		assert.False(t, e.Test, name)
	}
	for _, name := range []string{"ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated", "ObjectRestore:Post", "ObjectRestore:Completed", "ObjectTagging:Put", "LifecycleExpiration:Delete", "ReducedRedundancyLostObject"} {
		e, err := Read([]byte(strings.Replace(removed, "ObjectRemoved:Delete", name, 1)))
		require.NoError(t, err)
		assert.Equal(t, []Object{{Bucket: "logs", Key: "x", Event: name}}, e.Messages[0].Objects)
		assert.False(t, e.Messages[0].Objects[0].Created(), name)
	}
	e, err := Read([]byte(strings.Replace(eventBridge, "Object Created", "Object Restore Completed", 1)))
	require.NoError(t, err)
	assert.False(t, e.Messages[0].Objects[0].Created())
}

func TestReadTestEvent(t *testing.T) {
	for _, raw := range []string{test, sns(t, test), sqs(t, test), sqs(t, notification(t, test), test)} {
		e, err := Read([]byte(raw))
		require.NoError(t, err, raw)
		assert.True(t, e.Test, raw)
		for _, m := range e.Messages {
			assert.NoError(t, m.Err)
			assert.Empty(t, m.Objects)
		}
	}
	e, err := Read([]byte(sqs(t, test, direct)))
	require.NoError(t, err)
	assert.False(t, e.Test)
}

// A part that is not understood is an error, and the other objects are read.
func TestReadErrors(t *testing.T) {
	deep := direct
	for range maxDepth + 1 {
		deep = notification(t, deep)
	}
	bad := map[string]string{
		"no JSON": "x", "null": "null", "nothing": "{}", "a list": "[]", "text": `"x"`, "no records": `{"Records":[]}`, "null records": `{"Records":null}`,
		"Kinesis":         `{"Records":[{"eventSource":"aws:kinesis","kinesis":{"data":"eA=="}}]}`,
		"DynamoDB":        `{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{}}]}`,
		"subscription":    `{"awslogs":{"data":"x"}}`,
		"schedule":        schedule,
		"another service": `{"detail-type":"Object Created","source":"example.store","detail":{"bucket":{"name":"b"},"object":{"key":"k"}}}`,
		"detail":          `{"detail-type":"Object Created","source":"aws.s3","detail":1}`,
		"no detail":       `{"detail-type":"Object Created","source":"aws.s3"}`,
		"no bucket":       `{"detail-type":"Object Created","source":"aws.s3","detail":{"object":{"key":"k"}}}`,
		"no key":          strings.Replace(removed, `"key":"x"`, `"size":1`, 1),
		"no event name":   strings.Replace(removed, `"eventName":"ObjectRemoved:Delete",`, "", 1),
		"bad encoding":    strings.Replace(removed, `"key":"x"`, `"key":"%zz"`, 1),
		"record":          `{"Records":[1]}`,
		"confirmation":    `{"Type":"SubscriptionConfirmation","Message":"You have chosen to subscribe","SubscribeURL":"https://example.com"}`,
		"deep":            deep,
	}
	for name, raw := range bad {
		_, err := Read([]byte(raw))
		assert.ErrorIs(t, err, ErrEvent, name)
		_, err = Read([]byte(sns(t, raw)))
		assert.ErrorIs(t, err, ErrEvent, name)

		e, err := Read([]byte(sqs(t, raw, direct)))
		require.NoError(t, err, name)
		assert.ErrorIs(t, e.Messages[0].Err, ErrEvent, name)
		assert.NoError(t, e.Messages[1].Err, name)
		assert.Len(t, e.Messages[1].Objects, 1, name)
		assert.False(t, e.Test, name)
	}
	for _, raw := range []string{
		`{"invocationSchemaVersion":"1.0","invocationId":"i","tasks":[]}`,
		`{"invocationSchemaVersion":"1.0","tasks":[{"taskId":"t","s3Key":"k","s3BucketArn":"arn:aws:s3:::b"}]}`,
		`{"invocationSchemaVersion":"1.0","invocationId":"i","tasks":[{"s3Key":"k","s3BucketArn":"arn:aws:s3:::b"}]}`,
		`{"Records":[{"eventSource":"aws:sqs","body":1}]}`,
	} {
		e, err := Read([]byte(raw))
		if err == nil {
			err = e.Messages[0].Err
		}
		assert.ErrorIs(t, err, ErrEvent, raw)
	}

	// One record among others.
	e, err := Read([]byte(strings.Replace(direct, `"Records":[`, `"Records":[{"eventSource":"aws:other"},`, 1)))
	require.NoError(t, err)
	assert.Len(t, e.Messages[0].Objects, 1)
	assert.ErrorIs(t, e.Messages[0].Err, ErrEvent)
	_, err = e.Answer([]error{nil}, nil)
	assert.ErrorIs(t, err, ErrEvent)
}

func TestAnswer(t *testing.T) {
	boom := errors.New("boom")
	answer := func(raw string, errs ...error) (string, error) {
		e, err := Read([]byte(raw))
		require.NoError(t, err)
		v, err := e.Answer(errs, func(err error) bool { return errors.Is(err, boom) })
		b, jsonErr := json.Marshal(v)
		require.NoError(t, jsonErr)
		return string(b), err
	}
	got, err := answer(direct, nil)
	require.NoError(t, err)
	assert.Equal(t, "null", got)
	_, err = answer(direct, boom)
	assert.ErrorIs(t, err, boom)

	got, err = answer(sqs(t, direct, direct), nil, nil)
	require.NoError(t, err)
	assert.JSONEq(t, `{"batchItemFailures":[]}`, got)
	got, err = answer(sqs(t, direct, "x", direct), nil, nil, boom)
	require.NoError(t, err)
	assert.JSONEq(t, `{"batchItemFailures":[{"itemIdentifier":"m1"},{"itemIdentifier":"m2"}]}`, got)
	_, err = answer(sqs(t, direct, "x"), boom, nil)
	assert.ErrorIs(t, err, boom)
	assert.ErrorIs(t, err, ErrEvent)

	const result = `{"invocationSchemaVersion":%q,"treatMissingKeysAs":"TemporaryFailure","invocationId":"YXNk","results":[{"taskId":"t1","resultCode":%q,"resultString":%q}]}`
	got, err = answer(tasks, nil)
	require.NoError(t, err)
	assert.JSONEq(t, fmt.Sprintf(result, "1.0", "Succeeded", ""), got)
	got, err = answer(tasks2, boom)
	require.NoError(t, err)
	assert.JSONEq(t, fmt.Sprintf(result, "2.0", "PermanentFailure", "boom"), got)
	got, err = answer(tasks, errors.New("SlowDown"))
	require.NoError(t, err)
	assert.JSONEq(t, fmt.Sprintf(result, "1.0", "TemporaryFailure", "SlowDown"), got)
	got, err = answer(strings.Replace(tasks, "%3D", "%zz", 1), nil)
	require.NoError(t, err)
	assert.Contains(t, got, "PermanentFailure")
}
