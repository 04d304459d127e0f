package flowlog

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// codes are numbers with and without a name.
var codes = []int32{math.MinInt32, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255, math.MaxInt32}

func TestCodes(t *testing.T) {
	for _, n := range codes {
		path, status := TrafficPath(n), EncryptionStatus(n)
		for _, v := range []struct {
			value interface {
				fmt.Stringer
				encoding.TextMarshaler
				encoding.TextAppender
			}
			fresh func() (encoding.TextUnmarshaler, any)
			names []string
		}{
			{path, func() (encoding.TextUnmarshaler, any) { p := new(TrafficPath); return p, p }, trafficPaths},
			{status, func() (encoding.TextUnmarshaler, any) { p := new(EncryptionStatus); return p, p }, encryptionStatuses},
		} {
			t.Run(fmt.Sprintf("%T %d", v.value, n), func(t *testing.T) {
				want := strconv.Itoa(int(n))
				if n >= 0 && int(n) < len(v.names) && v.names[n] != "" {
					want = v.names[n]
				}
				assert.Equal(t, want, v.value.String())
				text, err := v.value.MarshalText()
				require.NoError(t, err)
				assert.Equal(t, want, string(text))
				text, err = v.value.AppendText([]byte("x"))
				require.NoError(t, err)
				assert.Equal(t, "x"+want, string(text))

				for _, s := range []string{want, strconv.Itoa(int(n))} {
					u, p := v.fresh()
					require.NoError(t, u.UnmarshalText([]byte(s)))
					assert.EqualValues(t, fmt.Sprint(v.value), fmt.Sprint(p))
				}
				data, err := json.Marshal(v.value)
				require.NoError(t, err)
				assert.Equal(t, strconv.Itoa(int(n)), string(data))
				for _, s := range []string{string(data), strconv.Quote(want)} {
					_, p := v.fresh()
					require.NoError(t, json.Unmarshal([]byte(s), p))
					assert.Equal(t, fmt.Sprint(v.value), fmt.Sprint(p))
				}
			})
		}
	}
}

// TestCodeConstants checks the constants against AWS's numbers.
func TestCodeConstants(t *testing.T) {
	for i, p := range []TrafficPath{
		PathSameVPC, PathInternetOrEndpoint, PathVirtualPrivateGateway, PathIntraRegionPeering,
		PathInterRegionPeering, PathLocalOrWavelengthZone, PathGatewayEndpoint, PathInternetGateway,
	} {
		assert.EqualValues(t, i+1, p)
	}
	for i, s := range []EncryptionStatus{NotEncrypted, NitroEncrypted, ApplicationEncrypted, BothEncrypted} {
		assert.EqualValues(t, i, s)
	}
	assert.Equal(t, "internet-gateway", PathInternetGateway.String())
	assert.Equal(t, "nitro", NitroEncrypted.String())
	assert.Equal(t, "0", TrafficPath(0).String(), "path 0 does not exist")
}

func TestCodeErrors(t *testing.T) {
	for s, cause := range map[string]error{
		"": strconv.ErrSyntax, "nowhere": strconv.ErrSyntax, "+1": strconv.ErrSyntax, "1.0": strconv.ErrSyntax, "2147483648": strconv.ErrRange,
	} {
		t.Run(s, func(t *testing.T) {
			p, e := PathSameVPC, NitroEncrypted
			errPath, errStatus := p.UnmarshalText([]byte(s)), e.UnmarshalText([]byte(s))
			assert.ErrorIs(t, errPath, cause)
			assert.ErrorIs(t, errStatus, cause)
			assert.Equal(t, PathSameVPC, p)
			assert.Equal(t, NitroEncrypted, e)
			var pe *ParseError
			require.ErrorAs(t, errPath, &pe)
			assert.Equal(t, FieldTrafficPath, pe.Field)
			require.ErrorAs(t, errStatus, &pe)
			assert.Equal(t, FieldEncryptionStatus, pe.Field)
		})
	}
}

// TestOpenTexts checks that actions, statuses and directions accept any text.
func TestOpenTexts(t *testing.T) {
	for _, word := range []string{"ACCEPT", "REJECT", "OK", "NODATA", "SKIPDATA", "ingress", "egress", "SHADOW", ""} {
		t.Run(word, func(t *testing.T) {
			type all struct {
				A Action
				S LogStatus
				D FlowDirection
			}
			want := all{Action(word), LogStatus(word), FlowDirection(word)}
			assert.Equal(t, word, want.A.String())
			assert.Equal(t, word, want.S.String())
			assert.Equal(t, word, want.D.String())
			data, err := json.Marshal(want)
			require.NoError(t, err)
			assert.JSONEq(t, fmt.Sprintf(`{"A":%q,"S":%q,"D":%q}`, word, word, word), string(data))
			var got all
			require.NoError(t, json.Unmarshal(data, &got))
			assert.Equal(t, want, got)
		})
	}
}
