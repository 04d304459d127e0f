package flowlog

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStatsAdd(t *testing.T) {
	s := Stats{Lines: 1, Records: 2, NoData: 3, SkipData: 4, OtherStatus: 5, Bad: 6, Bytes: 7}
	s.Add(Stats{Lines: 10, Records: 20, NoData: 30, SkipData: 40, OtherStatus: 50, Bad: 60, Bytes: 70})
	assert.Equal(t, Stats{Lines: 11, Records: 22, NoData: 33, SkipData: 44, OtherStatus: 55, Bad: 66, Bytes: 77}, s)
}

func TestStatsAddRecord(t *testing.T) {
	var s Stats
	for _, status := range []LogStatus{OK, NoData, SkipData, SkipData, "INCOMPLETEDATA", ""} {
		s.AddRecord(&Record{LogStatus: status})
	}
	assert.Equal(t, Stats{Records: 6, NoData: 1, SkipData: 2, OtherStatus: 1}, s)
}
