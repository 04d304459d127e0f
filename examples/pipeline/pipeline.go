package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

// stream is the name of the delivery stream.
const stream = "flow-logs"

// Names in the output directory.
const (
	objectsDir  = "objects"
	parquetFile = "flowlogs.parquet"
)

// pipeline runs the stages. The report is nil if the run failed before there was
// anything to report.
func (o *options) pipeline(ctx context.Context) (_ *report, err error) {
	began := time.Now()
	src, err := newSource(o)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "pipeline-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()

	// Build the forwarder while reading the log.
	type built struct {
		path string
		err  error
	}
	buildCtx, stopBuild := context.WithCancel(ctx)
	done := make(chan built, 1)
	go func() {
		path, err := o.build(buildCtx, temp)
		done <- built{path, err}
	}()
	err = src.inspect(ctx, o)
	if err != nil {
		stopBuild()
	}
	o.stage.set("building the forwarder, which takes a minute the first time", 0, 0)
	function := <-done
	stopBuild()
	if err = cmp.Or(err, function.err); err != nil {
		return nil, err
	}

	dir, err := o.outDir(temp)
	if err != nil {
		return nil, err
	}
	r := &report{source: src, dir: o.out}
	objects := filepath.Join(dir, objectsDir)
	if err := o.forward(ctx, src, function.path, objects, r); err != nil {
		return nil, err
	}
	s3, err := listObjects(objects)
	if err != nil {
		return nil, err
	}
	r.Objects, r.objectBytes = len(s3.keys), s3.bytes
	o.stage.set("comparing the objects with the log", 0, 0)
	if err := r.checkObjects(ctx, src, s3); err != nil {
		return r.ifCounted(), err
	}
	if err := r.checkCounts(); err != nil {
		return nil, err
	}
	if err := o.answer(ctx, src, s3, filepath.Join(dir, parquetFile), r); err != nil {
		return nil, err
	}
	r.took = time.Since(began)
	return r, nil
}

// outDir returns the directory for the objects and the Parquet file. It must not
// have those of an earlier run, because they would be counted.
func (o *options) outDir(temp string) (string, error) {
	if o.out == "" {
		return temp, nil
	}
	if err := os.MkdirAll(o.out, 0o777); err != nil {
		return "", cli.PathError(o.out, err)
	}
	for _, name := range []string{objectsDir, parquetFile} {
		if _, err := os.Lstat(filepath.Join(o.out, name)); err == nil {
			return "", fmt.Errorf("%s: exists already, from an earlier run", cli.Quote(filepath.Join(o.out, name)))
		}
	}
	return o.out, nil
}

// newFirehose starts a Firehose that delivers to a directory.
func (o *options) newFirehose(dir string) (*firehosetest.Server, error) {
	return firehosetest.Start(&firehosetest.Options{
		Streams: []firehosetest.Stream{{Name: stream, Dir: dir}},
		Faults:  firehosetest.Faults{RecordRate: o.faults, CallRate: o.faults, Seed: 1},
	})
}
