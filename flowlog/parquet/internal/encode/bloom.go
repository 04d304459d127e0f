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

// bloomBits is the number of bits of a bloom filter for each value. With 10
// bits, about 1 % of the lookups are false positives.
const bloomBits = 10

// addBloom sets c.Bloom to a bloom filter of the texts of the dictionary.
func (c *Chunk) addBloom(d *pack.Dictionary) error {
	// Some readers accept only a power of two.
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
