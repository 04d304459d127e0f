package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strconv"

	"github.com/vpcflow/vpcflow/flowlog"
	"github.com/vpcflow/vpcflow/flowlog/parquet"
)

// do is the library's side, one job in a process:
//
//	convert GROUPROWS WORKERS SORT LOG FILE
//	count PREFIX FILE
func do(args []string) error {
	switch {
	case len(args) == 6 && args[0] == "convert":
		groupRows, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		workers, err := strconv.Atoi(args[2])
		if err != nil {
			return err
		}
		return convert(&parquet.ConvertOptions{Options: parquet.Options{
			RowGroupRows: groupRows, Workers: workers, Sort: args[3] == "true",
		}}, args[4], args[5])
	case len(args) == 3 && args[0] == "count":
		prefix, err := netip.ParsePrefix(args[1])
		if err != nil {
			return err
		}
		return count(prefix, args[2])
	}
	return fmt.Errorf("what is %q?", args)
}

func convert(opts *parquet.ConvertOptions, log, path string) error {
	src, err := os.Open(log)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := parquet.Convert(context.Background(), dst, src, opts); err != nil {
		return err
	}
	return dst.Close()
}

// count prints the number of flows and of ports: flows by destination port
// whose source is in the prefix, through a Reader of one column that passes over
// the rows whose address is not.
func count(prefix netip.Prefix, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	r, err := parquet.NewReader(file, info.Size(), &parquet.ReaderOptions{
		Fields: flowlog.FieldSetOf(flowlog.FieldDstPort),
		Within: map[flowlog.Field][]netip.Prefix{flowlog.FieldSrcAddr: {prefix}},
	})
	if err != nil {
		return err
	}
	defer r.Close()
	var counts [1 << 16]int
	flows, ports := 0, 0
	for rec, err := range r.All() {
		if err != nil {
			return err
		}
		if rec.Has(flowlog.FieldDstPort) {
			if flows++; counts[rec.DstPort] == 0 {
				ports++
			}
			counts[rec.DstPort]++
		}
	}
	fmt.Println(flows, ports)
	return nil
}
