package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vpcflow/vpcflow/athena"
)

// listObjectsV2APIClient is the operation of S3 that the function uses.
type listObjectsV2APIClient interface {
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
}

var _ listObjectsV2APIClient = (*s3.Client)(nil)

// daily adds partitions whose events were lost, and drops expired partitions. It
// does each even if the other fails.
func (p *partitioner) daily(ctx context.Context, res *result) error {
	var limit time.Time
	if p.expire > 0 {
		limit = p.now().Add(-p.expire)
	}
	there := make(map[athena.Partition]bool) // partitions of the table
	var expired []athena.Partition
	show, err := p.table.ShowPartitions()
	if err == nil {
		err = p.run.rows(ctx, show, func(row string) {
			part, err := p.table.ParsePartition(row)
			switch {
			case err != nil:
				res.Skipped++
				p.log.WarnContext(ctx, "skipped", "partition", row, "error", err)
			case p.table.PartitionEnd(part).After(limit):
				there[part] = true
			default:
				expired = append(expired, part)
			}
		})
	}
	if err != nil {
		err = fmt.Errorf("list partitions: %w", err)
		p.failed(ctx, err)
		return err
	}
	dropErr, addErr := p.drop(ctx, res, expired), p.reconcile(ctx, res, there, limit)
	for _, err := range []error{dropErr, addErr} {
		if err != nil {
			p.failed(ctx, err)
		}
	}
	return errors.Join(dropErr, addErr)
}

func (p *partitioner) drop(ctx context.Context, res *result, expired []athena.Partition) error {
	statements, err := p.table.DropPartitions(expired...)
	if err != nil {
		return err
	}
	for _, part := range expired {
		delete(p.added, part) // a late object can add it again
	}
	for _, sql := range statements {
		if _, err := p.run.exec(ctx, sql); err != nil {
			return fmt.Errorf("drop partitions: %w", err)
		}
	}
	res.Dropped = len(expired)
	return nil
}

// reconciled is the number of partitions that reconcile adds at a time.
const reconciled = 1000

// reconcile adds the partitions that have objects in the bucket, end after limit,
// and are not in there, the partitions of the table. It lists folders, down to
// those of partitions.
func (p *partitioner) reconcile(ctx context.Context, res *result, there map[athena.Partition]bool, limit time.Time) error {
	var missing []athena.Partition
	flush := func() error {
		err := p.addPartitions(ctx, res, missing)
		missing = nil
		return err
	}
	bucket, root, _ := strings.Cut(strings.TrimPrefix(p.table.Location, "s3://"), "/")
	folders := []string{root}
	for len(folders) > 0 {
		folder := folders[len(folders)-1]
		folders = folders[:len(folders)-1]
		pages := s3.NewListObjectsV2Paginator(p.list, &s3.ListObjectsV2Input{
			Bucket: &bucket, Prefix: aws.String(folder), Delimiter: aws.String("/"),
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return fmt.Errorf("list s3://%s/%s: %w", bucket, folder, err)
			}
			for _, c := range page.CommonPrefixes {
				below := aws.ToString(c.Prefix)
				part, err := p.table.Partition(below + "x") // the key of any object in the folder
				switch {
				case err != nil:
					folders = append(folders, below)
				case !there[part] && p.table.PartitionEnd(part).After(limit):
					there[part] = true
					missing = append(missing, part)
				}
			}
			if len(missing) >= reconciled {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}
