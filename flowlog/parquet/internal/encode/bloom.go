package encode

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/bloom/xxhash"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/vpcflow/flowlog/parquet/internal/pack"
)

// bloomBits is how many bits of a bloom filter a value gets: at that, about one
// look-up in a hundred finds a value that is not there.
const bloomBits = 10

// addBloom makes the bloom filter of a chunk from its dictionary.
func (c *Chunk) addBloom(d *pack.Dictionary) error {
	// Some readers take a power of two only.
	blocks := 1 << bits.Len(uint(d.Len()*bloomBits/8/bloom.BlockSize))
	filter := make(bloom.SplitBlockFilter, blocks)
	for n := range uint32(d.Len()) {
		filter.Insert(xxhash.Sum64(d.Text(n)))
	}
	header, err := thrift.Marshal(new(thrift.CompactProtocol), &format.BloomFilterHeader{
		NumBytes:    int32(blocks * bloom.BlockSize),
		Algorithm:   format.BloomFilterAlgorithm{Value: &format.SplitBlockAlgorithm{}},
		Hash:        format.BloomFilterHash{Value: &format.XxHash{}},
		Compression: format.BloomFilterCompression{Value: &format.BloomFilterUncompressed{}},
	})
	if err != nil {
		return fmt.Errorf("parquet: bloom filter: %w", err)
	}
	c.Bloom = header
	for _, block := range filter {
		for _, word := range block {
			c.Bloom = binary.LittleEndian.AppendUint32(c.Bloom, uint32(word))
		}
	}
	return nil
}
