package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vpcflow/vpcflow/athena"
	"github.com/vpcflow/vpcflow/flowlog"
)

// partitioner handles the events of one table.
type partitioner struct {
	table  *athena.Table
	expire time.Duration // 0: a schedule is an error
	run    runner
	log    *slog.Logger
	now    func() time.Time

	// Events that overlap in one process take turns: the second then finds what
	// the first has added.
	turn  chan struct{}
	added map[athena.Partition]bool // by this process
}

// maxRemembered bounds what a process remembers to have added. Forgetting costs
// a statement that changes nothing.
const maxRemembered = 100_000

// fromEnvironment returns the function that the environment describes, without
// its clients.
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
			return nil, fmt.Errorf("EXPIRES_AFTER_DAYS: %q is no number of days from 1 to 65535", s)
		}
		p.expire = time.Duration(days) * 24 * time.Hour
	}
	return p, nil
}

// result is what an event came to.
type result struct {
	Added   int `json:"added"`
	Dropped int `json:"dropped"`
	Skipped int `json:"skipped"` // keys, or partitions, that are none of the table's
}

// handle handles one event of any of the kinds.
func (p *partitioner) handle(ctx context.Context, event json.RawMessage) (res result, err error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadlineCause(ctx, deadline.Add(-time.Second), errors.New("a second is left of the function's time"))
		defer cancel()
	}
	var kind struct {
		Records    []json.RawMessage
		DetailType string `json:"detail-type"`
		Event      string // of the notification with which S3 tries a new configuration
	}
	if err := json.Unmarshal(event, &kind); err != nil {
		return res, fmt.Errorf("event: %w", err)
	}
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return res, context.Cause(ctx)
	}
	defer func() {
		p.log.Info("event", "added", res.Added, "dropped", res.Dropped, "skipped", res.Skipped, "error", err)
	}()
	switch {
	case kind.Event == "s3:TestEvent":
		return res, nil
	case kind.DetailType == "Scheduled Event":
		return res, p.drop(ctx, &res)
	case kind.DetailType == "Object Created":
		var e struct {
			Detail struct {
				Bucket struct{ Name string }
				Object struct{ Key string }
			}
		}
		if err := json.Unmarshal(event, &e); err != nil {
			return res, fmt.Errorf("event: %w", err)
		}
		return res, p.add(ctx, &res, object{e.Detail.Bucket.Name, e.Detail.Object.Key})
	case kind.Records != nil:
		var e events.S3Event
		if err := json.Unmarshal(event, &e); err != nil {
			return res, fmt.Errorf("event: %w", err)
		}
		var all []object
		for _, r := range e.Records {
			// Queues and topics have Records as well. To skip theirs would be to
			// lose the objects named in them.
			if r.S3.Bucket.Name == "" {
				return res, errors.New("event: a record is not of S3; those of queues and topics are not unpacked")
			}
			all = append(all, object{r.S3.Bucket.Name, r.S3.Object.URLDecodedKey})
		}
		return res, p.add(ctx, &res, all...)
	}
	return res, errors.New("event: neither of S3 nor of a schedule")
}

// object is where an object appeared.
type object struct{ bucket, key string }

// add adds the partitions of objects that this process has not added yet.
func (p *partitioner) add(ctx context.Context, res *result, objects ...object) error {
	var parts []athena.Partition
	for _, o := range objects {
		if !strings.HasPrefix(p.table.Location, "s3://"+o.bucket+"/") {
			res.Skipped++
			p.log.Warn("skipped", "bucket", o.bucket, "key", o.key, "error", "not the table's bucket")
			continue
		}
		part, err := p.table.Partition(o.key)
		if err != nil {
			res.Skipped++
			p.log.Warn("skipped", "key", o.key, "error", err)
			continue
		}
		if !p.added[part] {
			parts = append(parts, part)
		}
	}
	statements, err := p.table.AddPartitions(parts...)
	if err != nil {
		return err
	}
	for _, sql := range statements {
		if _, err := p.run.exec(ctx, sql); err != nil {
			return fmt.Errorf("adding partitions: %w", err)
		}
	}
	if len(p.added) > maxRemembered {
		clear(p.added)
	}
	for _, part := range parts {
		if !p.added[part] {
			p.added[part] = true
			res.Added++
		}
	}
	return nil
}

// drop drops the partitions whose time ended long enough ago.
func (p *partitioner) drop(ctx context.Context, res *result) error {
	if p.expire == 0 {
		return errors.New("EXPIRES_AFTER_DAYS is not set, so nothing expires")
	}
	show, err := p.table.ShowPartitions()
	if err != nil {
		return err
	}
	limit := p.now().Add(-p.expire)
	var expired []athena.Partition
	err = p.run.rows(ctx, show, func(row string) {
		part, err := p.table.ParsePartition(row)
		switch {
		case err != nil:
			res.Skipped++
			p.log.Warn("skipped", "partition", row, "error", err)
		case !p.table.PartitionEnd(part).After(limit):
			expired = append(expired, part)
		}
	})
	if err != nil {
		return fmt.Errorf("listing partitions: %w", err)
	}
	statements, err := p.table.DropPartitions(expired...)
	if err != nil {
		return err
	}
	for _, sql := range statements {
		if _, err := p.run.exec(ctx, sql); err != nil {
			return fmt.Errorf("dropping partitions: %w", err)
		}
	}
	res.Dropped = len(expired)
	for _, part := range expired {
		delete(p.added, part) // a late object adds it again
	}
	return nil
}
