package firehosetest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/firehose"
	"github.com/vpcflow/vpcflow/firehose/firehosetest"
)

func TestBatcherThroughServer(t *testing.T) {
	dir := t.TempDir()
	s, err := firehosetest.Start(&firehosetest.Options{
		Streams: []firehosetest.Stream{{Name: "logs", Dir: dir, Keep: true}},
		Faults:  firehosetest.Faults{RecordRate: 0.2, CallRate: 0.2},
	})
	require.NoError(t, err)
	defer s.Close()
	b := firehose.NewBatcher(s.Client(), "logs", nil)
	var want []byte
	for range 50000 {
		require.NoError(t, b.AddString(t.Context(), "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"))
		want = append(want, "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n"...)
	}
	require.NoError(t, b.Flush(t.Context()))
	require.Equal(t, len(want), len(s.Data("logs")))
	t.Logf("%+v", b.Stats())
	t.Logf("%+v", s.Stats("logs"))
	require.NoError(t, s.Close())
	t.Logf("%+v", s.Stats("logs"))
}
