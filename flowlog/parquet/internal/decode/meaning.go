package decode

import (
	"math/big"
	"strconv"
	"time"
)

// String returns the name that the Parquet format has for m.
func (m Meaning) String() string {
	return [...]string{"INTEGER", "DECIMAL", "DATE", "TIME", "TIMESTAMP"}[m]
}

// Seconds converts a Timestamp of the column to whole Unix seconds, rounding down.
func (l *Leaf) Seconds(v int64) int64 {
	if l.ticks == 0 {
		return v
	}
	s := v / l.ticks
	if v%l.ticks < 0 {
		s--
	}
	return s
}

// Text returns a number of the column as text: decimals without trailing zeros, dates and
// times in ISO 8601.
func (l *Leaf) Text(v int64) string {
	switch l.Meaning {
	case Decimal:
		return decimalText(big.NewInt(v), l.Scale)
	case Date:
		return time.Unix(0, 0).UTC().AddDate(0, 0, int(v)).Format(time.DateOnly)
	case TimeOfDay, Timestamp:
		layout := "2006-01-02T15:04:05.999999999Z"
		if l.Meaning == TimeOfDay {
			layout = "15:04:05.999999999"
		}
		s := l.Seconds(v)
		t := time.Unix(s, 0)
		if l.ticks > 0 {
			t = time.Unix(s, (v-s*l.ticks)*(1e9/l.ticks))
		}
		return t.UTC().Format(layout)
	}
	if l.unsigned {
		return strconv.FormatUint(uint64(v), 10)
	}
	return strconv.FormatInt(v, 10)
}

// bytesText is Text for a Decimal stored as bytes, in two's complement.
func (l *Leaf) bytesText(s string) string {
	v := new(big.Int).SetBytes([]byte(s))
	if len(s) > 0 && s[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(s))))
	}
	return decimalText(v, l.Scale)
}

// maxDecimal is the maximum size in bytes of a Decimal that is converted to text. Real
// ones are smaller.
const maxDecimal = 64

// decimalText returns v as text with scale digits after the point, without trailing zeros.
func decimalText(v *big.Int, scale int) string {
	r := new(big.Rat).SetFrac(v, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
	text := r.FloatString(scale)
	if scale > 0 {
		for text[len(text)-1] == '0' {
			text = text[:len(text)-1]
		}
		if text[len(text)-1] == '.' {
			text = text[:len(text)-1]
		}
	}
	return text
}
