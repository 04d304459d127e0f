package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/examples/internal/lambdakit"
	"github.com/vpcflow/vpcflow/examples/internal/s3event"
	"github.com/vpcflow/vpcflow/flowlog"
)

// partitioner handles the events of one table.
type partitioner struct {
	table  *athena.Table
	expire time.Duration // age at which partitions are dropped; 0 means never
	run    runner
	list   listObjectsV2APIClient
	log    *slog.Logger
	now    func() time.Time

	turn  chan struct{}             // serializes overlapping events, so that they share added
	added map[athena.Partition]bool // partitions that this process has added
}

// maxRemembered is the size at which added is cleared. A partition may then be
// added again, which has no effect.
const maxRemembered = 100_000

// fromEnvironment returns the function with the settings of the environment, but
// without clients.
func fromEnvironment(env func(string) string) (*partitioner, error) {
	p := &partitioner{
		table: &athena.Table{
			Database:     env("DATABASE"),
			Name:         env("TABLE"),
			Location:     env("LOCATION"),
			Layout:       athena.Firehose,
			Prefix:       env("PREFIX"),
			ServiceKey:   env("SERVICE_KEY"),
			Partitioning: athena.Explicit,
			Format:       flowlog.V2, // partitions do not depend on it
		},
		now:   time.Now,
		turn:  make(chan struct{}, 1),
		added: make(map[athena.Partition]bool),
	}
	p.run.database, p.run.workgroup = p.table.Database, env("WORKGROUP")
	if s := env("LAYOUT"); s != "" {
		if err := p.table.Layout.UnmarshalText([]byte(s)); err != nil {
			return nil, fmt.Errorf("LAYOUT: %w", err)
		}
	}
	if p.table.Database == "" || p.run.workgroup == "" {
		return nil, errors.New("DATABASE and WORKGROUP must be set")
	}
	if _, err := p.table.ShowPartitions(); err != nil {
		return nil, err
	}
	if s := env("EXPIRES_AFTER_DAYS"); s != "" {
		days, err := strconv.ParseUint(s, 10, 16)
		if err != nil || days == 0 {
			return nil, fmt.Errorf("EXPIRES_AFTER_DAYS: %q must be a number of days from 1 to 65535", s)
		}
		p.expire = time.Duration(days) * 24 * time.Hour
	}
	return p, nil
}

// result is the result of an event.
type result struct {
	Added   int `json:"added"`
	Dropped int `json:"dropped"`
	Skipped int `json:"skipped"` // keys or partitions that do not belong to the table
}

// handle handles an event. The response to an event of a queue names the failed
// messages. Any other response is a result.
func (p *partitioner) handle(ctx context.Context, event json.RawMessage) (any, error) {
	inner, cancel := lambdakit.WithReserve(ctx, time.Second)
	defer cancel()
	var res result
	var rejected int64
	answer, err := p.dispatch(inner, event, &res, &rejected)
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.Int("added", res.Added), slog.Int("dropped", res.Dropped), slog.Int("skipped", res.Skipped),
	}
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
		rejected = max(rejected, 1)
	}
	attrs = append(attrs, lambdakit.Metrics(
		lambdakit.Metric{Name: lambdakit.Partitions, Value: int64(res.Added + res.Dropped)},
		lambdakit.Metric{Name: lambdakit.RejectedPayloads, Value: rejected},
	)...)
	p.log.LogAttrs(ctx, level, "invocation", attrs...)
	if answer == nil && err == nil {
		answer = res
	}
	return answer, err
}

func (p *partitioner) dispatch(ctx context.Context, event json.RawMessage, res *result, rejected *int64) (any, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	var kind struct {
		DetailType string `json:"detail-type"`
	}
	if json.Unmarshal(event, &kind) == nil && kind.DetailType == "Scheduled Event" {
		return nil, p.daily(ctx, res)
	}
	e, err := s3event.Read(event)
	if err != nil {
		return nil, err
	}
	var all []s3event.Object
	for _, m := range e.Messages {
		if m.Err != nil {
			*rejected++
			p.log.ErrorContext(ctx, "not understood", "message", m.ID, "error", m.Err)
		}
		all = append(all, m.Objects...)
	}
	// One statement adds the partitions of all messages, so if it fails, all
	// messages with objects fail.
	err = p.add(ctx, res, all...)
	errs := make([]error, len(e.Messages))
	for i, m := range e.Messages {
		if len(m.Objects) > 0 && err != nil {
			errs[i] = err
			*rejected++
		}
	}
	return e.Answer(errs, nil)
}

// add adds the partitions of the objects, unless this process has added them.
func (p *partitioner) add(ctx context.Context, res *result, objects ...s3event.Object) error {
	var parts []athena.Partition
	var keys []string // one key of each partition
	for _, o := range objects {
		log := p.log.With("bucket", o.Bucket, "key", o.Key)
		if !o.Created() {
			res.Skipped++
			log.InfoContext(ctx, "skipped", "event", o.Event, "why", "no object was created")
			continue
		}
		if !strings.HasPrefix(p.table.Location, "s3://"+o.Bucket+"/") {
			res.Skipped++
			log.WarnContext(ctx, "skipped", "why", "not the table's bucket")
			continue
		}
		part, err := p.table.Partition(o.Key)
		if err != nil {
			res.Skipped++
			log.WarnContext(ctx, "skipped", "error", err)
			continue
		}
		if !p.added[part] && !slices.Contains(parts, part) {
			parts, keys = append(parts, part), append(keys, o.Key)
		}
	}
	if err := p.addPartitions(ctx, res, parts); err != nil {
		for _, key := range keys {
			p.failed(ctx, err, "key", key)
		}
		return err
	}
	return nil
}

// failed logs an error with the id of its query, if it has one.
func (p *partitioner) failed(ctx context.Context, err error, args ...any) {
	if q, ok := errors.AsType[*queryError](err); ok {
		args = append(args, "query_id", q.id)
	}
	p.log.ErrorContext(ctx, "failed", append(args, "error", err)...)
}

// addPartitions adds partitions, with several in one statement.
func (p *partitioner) addPartitions(ctx context.Context, res *result, parts []athena.Partition) error {
	statements, err := p.table.AddPartitions(parts...)
	if err != nil {
		return err
	}
	for _, sql := range statements {
		if _, err := p.run.exec(ctx, sql); err != nil {
			return fmt.Errorf("add partitions: %w", err)
		}
	}
	if len(p.added) > maxRemembered {
		clear(p.added)
	}
	for _, part := range parts {
		p.added[part] = true
	}
	res.Added += len(parts)
	return nil
}
