package firehose_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"sync"
	"time"

	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

// Lines are packed into records and records into calls.
func Example() {
	server, err := firehosetest.Start(nil) // in production: config.LoadDefaultConfig
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx := context.Background()

	b := firehose.NewBatcher(server.Client(), "flow-logs", nil)
	for range 1000 {
		if err := b.AddString(ctx, "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"); err != nil {
			log.Fatal(err)
		}
	}
	if err := b.Flush(ctx); err != nil {
		log.Fatal(err)
	}
	st := b.Stats()
	fmt.Printf("%d lines, %d bytes in %d records and %d call, billed as %d bytes\n", st.Lines, st.Bytes, st.Records, st.Calls, st.BilledBytes)
	// Output: 1000 lines, 115000 bytes in 2 records and 1 call, billed as 117760 bytes
}

// The error holds the lines that cannot be delivered.
func ExampleDeliveryError() {
	server, err := firehosetest.Start(&firehosetest.Options{
		Faults: firehosetest.Faults{OnRecord: func(_ *firehosetest.Call, position int, _ []byte) string {
			if position == 1 {
				return firehosetest.CodeServiceUnavailable
			}
			return ""
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx := context.Background()

	b := firehose.NewBatcher(server.Client(), "flow-logs", &firehose.Options{RecordBytes: 8, MaxAttempts: 1})
	for _, line := range []string{"one", "two", "three", "four"} {
		if err := b.AddString(ctx, line); err != nil {
			log.Fatal(err)
		}
	}
	err = b.Flush(ctx)
	fmt.Println(err)
	if failed, ok := errors.AsType[*firehose.DeliveryError](err); ok {
		for _, r := range failed.Failed {
			fmt.Printf("%q: %s %s\n", r.Data, r.Code, r.Message)
		}
	}
	fmt.Println(b.Stats().Lines, "lines delivered")
	// Output:
	// firehose: stream flow-logs: 1 line in 1 record not delivered: given up after 1 attempt: api error ServiceUnavailableException: Slow down.
	// "three\n": ServiceUnavailableException Slow down.
	// 3 lines delivered
}

// A Lambda function keeps one second before its deadline for its answer.
func ExampleOptions() {
	server, err := firehosetest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	server.SetDown(true) // an outage that does not end
	ctx, cancel := context.WithTimeout(context.Background(), 1200*time.Millisecond)
	defer cancel()

	b := firehose.NewBatcher(server.Client(), "flow-logs", &firehose.Options{Reserve: time.Second})
	if err := b.AddString(ctx, "one"); err != nil {
		log.Fatal(err)
	}
	err = b.Flush(ctx)
	fmt.Println(errors.Is(err, context.DeadlineExceeded), ctx.Err())
	// Output: true <nil>
}

// Several goroutines add lines. When the program is told to stop, they finish, and Close
// sends the lines that are still held.
func ExampleProducer() {
	server, err := firehosetest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	signalled, terminate := context.WithCancel(context.Background()) // in a program: signal.NotifyContext(ctx, syscall.SIGTERM)

	p := firehose.NewProducer(server.Client(), "flow-logs", &firehose.ProducerOptions{
		MaxAge:   500 * time.Millisecond,
		OnFailed: func(e *firehose.DeliveryError) { log.Print(e) }, // or keep e.Failed
	})
	var workers sync.WaitGroup
	for worker := range 4 {
		workers.Go(func() {
			for i := 0; signalled.Err() == nil; i++ {
				if err := p.AddString(context.Background(), fmt.Sprintf("worker %d, line %d", worker, i)); err != nil {
					log.Print(err)
					return
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	time.AfterFunc(20*time.Millisecond, terminate)
	<-signalled.Done()
	workers.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second) // how long the stop may take
	defer cancel()
	if err := p.Close(ctx); err != nil {
		log.Print(err)
	}
	delivered := bytes.Count(server.Data("flow-logs"), []byte("\n"))
	fmt.Println(delivered > 0, int64(delivered) == p.Stats().Lines)
	// Output: true true
}
