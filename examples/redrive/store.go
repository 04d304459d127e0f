package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
)

// doneFolder is the name of the folder for objects that were sent.
const doneFolder = "redriven"

// restSuffix is the end of the name of an object with lines that were not accepted.
const restSuffix = ".rest"

// store is a place with objects.
type store interface {
	list(ctx context.Context, name string) ([]string, error)
	read(ctx context.Context, name string) ([]byte, error)
	rest(ctx context.Context, name string, data []byte) (string, error) // writes a new object for the rest of an object, and returns its name
	done(ctx context.Context, name string) error                        // moves the object to doneFolder
	show(name string) string                                            // for messages
}

// readAll reads an object of up to maxBytes.
func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err == nil && len(data) > maxBytes {
		err = fmt.Errorf("more than %d bytes", maxBytes)
	}
	return data, err
}

// pipe is standard input.
type pipe struct{ io.Reader }

func (pipe) list(context.Context, string) ([]string, error) { return []string{"-"}, nil }
func (p pipe) read(context.Context, string) ([]byte, error) { return readAll(p.Reader) }
func (pipe) done(context.Context, string) error             { return nil }
func (pipe) show(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// rest writes a file in the current folder. It does not replace the file of an earlier
// run, whose lines may be nowhere else.
func (pipe) rest(_ context.Context, _ string, data []byte) (string, error) {
	for i := 1; ; i++ {
		name := fmt.Sprintf("redrive-%d.rest", i)
		if err := create(name, data); !errors.Is(err, fs.ErrExist) {
			return name, err
		}
	}
}

// files are the files of this machine.
type files struct{}

func (files) show(name string) string { return name }

func (files) list(_ context.Context, root string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return cli.PathError(path, err)
		case e.IsDir() && e.Name() == doneFolder:
			return fs.SkipDir
		case e.Type().IsRegular() && !strings.HasPrefix(e.Name(), "."):
			names = append(names, path)
		case path == root && !e.IsDir():
			return fmt.Errorf("%s: not a regular file", path)
		}
		return nil
	})
	return names, err
}

func (files) read(_ context.Context, name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, cli.PathError(name, err)
	}
	defer f.Close()
	return readAll(f)
}

func (files) rest(_ context.Context, name string, data []byte) (string, error) {
	name += restSuffix
	return name, create(name, data)
}

// create writes a new file.
func create(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return cli.PathError(name, err)
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// done moves a file. It does not replace a file with the same name.
func (files) done(_ context.Context, name string) error {
	folder := filepath.Join(filepath.Dir(name), doneFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	base := filepath.Join(folder, filepath.Base(name))
	for i, target := 1, base; ; i, target = i+1, base+"."+strconv.Itoa(i) {
		err := os.Link(name, target)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		return os.Remove(name)
	}
}

// bucketStore is a bucket of S3.
type bucketStore struct {
	client *s3.Client
	bucket string
}

func (b *bucketStore) show(key string) string { return "s3://" + b.bucket + "/" + key }

func (b *bucketStore) list(ctx context.Context, prefix string) ([]string, error) {
	var keys []string
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.show(prefix), err)
		}
		for _, o := range page.Contents {
			key := aws.ToString(o.Key)
			below := strings.HasSuffix(prefix, "/") || prefix == "" || key == prefix
			if below && !strings.HasPrefix(key, doneFolder+"/") && !strings.HasSuffix(key, "/") {
				keys = append(keys, key)
			}
		}
	}
	if len(keys) == 0 && prefix != "" && !strings.HasSuffix(prefix, "/") {
		return nil, fmt.Errorf("%s: no such object; a prefix ends in a slash", b.show(prefix))
	}
	return keys, nil
}

func (b *bucketStore) read(ctx context.Context, key string) ([]byte, error) {
	o, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	defer o.Body.Close()
	return readAll(o.Body)
}

func (b *bucketStore) rest(ctx context.Context, key string, data []byte) (string, error) {
	key += restSuffix
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.bucket, Key: &key, Body: bytes.NewReader(data)})
	return key, err
}

func (b *bucketStore) done(ctx context.Context, key string) error {
	_, err := b.client.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket:     &b.bucket,
		Key:        aws.String(doneFolder + "/" + key),
		CopySource: aws.String(b.bucket + "/" + strings.NewReplacer("%2F", "/", "+", "%20").Replace(url.QueryEscape(key))),
	})
	if err != nil {
		return err
	}
	_, err = b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.bucket, Key: &key})
	return err
}
