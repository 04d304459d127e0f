package flowlog

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"sync"
)

// sampleLines is the number of lines that a benchmark reads, too many for the branch
// predictor to memorize.
const sampleLines = 100_000

// sample generates realistic logs: a few accounts, 200 interfaces and 50,000 addresses whose
// frequencies follow Zipf's law. One record in 10 is rejected, one in 33 is IPv6, and one in
// 250 is NODATA or SKIPDATA. With distinct, every record has its own addresses.
type sample struct {
	*rand.Rand
	enis, addrs *rand.Zipf
	distinct    bool
	ipv6        float64
	nodata      float64
}

func newSample(seed uint64) *sample {
	r := rand.New(rand.NewPCG(seed, 1))
	return &sample{
		Rand:   r,
		enis:   rand.NewZipf(r, 1.2, 4, 199),
		addrs:  rand.NewZipf(r, 1.1, 20, 49_999),
		ipv6:   0.03,
		nodata: 0.004,
	}
}

// mix returns a hash of n, so that an index always gives the same address.
func mix(n uint64) uint64 {
	n = (n ^ n>>31) * 0x7fb5d329728ea185
	n = (n ^ n>>27) * 0x81dadef4bc2dd44d
	return n ^ n>>33
}

func (s *sample) addr(inside, v6 bool) netip.Addr {
	n := mix(s.addrs.Uint64() + 1)
	if s.distinct {
		n = s.Uint64()
	}
	if v6 {
		b := [16]byte{0x20, 0x01, 0x0d, 0xb8, byte(n), byte(n >> 8)}
		for i := 8; i < 16; i++ {
			b[i] = byte(n >> (i * 7 % 56))
		}
		return netip.AddrFrom16(b)
	}
	if inside {
		return netip.AddrFrom4([4]byte{10, 0, byte(n % 16), byte(n >> 8)})
	}
	return netip.AddrFrom4([4]byte{byte(n%200 + 11), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
}

// values returns the values of one record, indexed by field.
func (s *sample) values(version int) map[Field]string {
	eni := s.enis.Uint64()
	start := 1_700_000_000 + s.IntN(86_400)
	m := map[Field]string{
		FieldVersion:     strconv.Itoa(version),
		FieldAccountID:   []string{"123456789010", "001607371330", "210987654321"}[eni%3],
		FieldInterfaceID: fmt.Sprintf("eni-%017x", mix(eni)>>1&0xfffffffffffffff),
		FieldStart:       strconv.Itoa(start),
		FieldEnd:         strconv.Itoa(start + s.IntN(60)),
		FieldLogStatus:   "OK",
	}
	for f := range Fields() {
		if f > FieldLogStatus && f.VPC() {
			m[f] = "-"
		}
	}
	m[FieldVPCID] = fmt.Sprintf("vpc-%017x", mix(eni%3+1000)>>4)
	m[FieldSubnetID] = fmt.Sprintf("subnet-%017x", mix(eni%9+2000)>>4)
	m[FieldRegion], m[FieldAZID] = "eu-west-1", "euw1-az"+strconv.Itoa(int(eni%3+1))
	if p := s.Float64(); p < s.nodata {
		m[FieldLogStatus] = "NODATA"
		if p < s.nodata/4 {
			m[FieldLogStatus] = "SKIPDATA"
		}
		for _, f := range []Field{FieldSrcAddr, FieldDstAddr, FieldSrcPort, FieldDstPort, FieldProtocol, FieldPackets, FieldBytes, FieldAction} {
			m[f] = "-"
		}
		return m
	}
	v6 := s.Float64() < s.ipv6
	egress := s.IntN(2) == 0
	src, dst := s.addr(egress, v6), s.addr(!egress, v6)
	service := []string{"443", "443", "443", "80", "53", "22", "3389", "5432", "123", "8080"}[s.IntN(10)]
	ephemeral := strconv.Itoa(1024 + s.IntN(64_512))
	m[FieldSrcAddr], m[FieldDstAddr] = src.String(), dst.String()
	m[FieldSrcPort], m[FieldDstPort] = ephemeral, service
	if s.IntN(2) == 0 {
		m[FieldSrcPort], m[FieldDstPort] = service, ephemeral
	}
	m[FieldProtocol], m[FieldTCPFlags] = "6", []string{"2", "3", "18", "19", "0"}[s.IntN(5)]
	switch p := s.IntN(100); {
	case p < 12:
		m[FieldProtocol], m[FieldTCPFlags] = "17", "0"
	case p < 14:
		m[FieldProtocol], m[FieldSrcPort], m[FieldDstPort], m[FieldTCPFlags] = "1", "0", "0", "0"
	}
	packets := 1 + s.IntN(1<<s.IntN(16))
	m[FieldPackets], m[FieldBytes] = strconv.Itoa(packets), strconv.Itoa(packets*(40+s.IntN(1460)))
	m[FieldAction] = "ACCEPT"
	if s.IntN(10) == 0 {
		m[FieldAction] = "REJECT"
	}
	m[FieldInstanceID] = fmt.Sprintf("i-%017x", mix(eni+3000)>>4)
	m[FieldType] = "IPv4"
	if v6 {
		m[FieldType] = "IPv6"
	}
	m[FieldPktSrcAddr], m[FieldPktDstAddr] = m[FieldSrcAddr], m[FieldDstAddr]
	m[FieldFlowDirection] = "ingress"
	if egress {
		m[FieldFlowDirection] = "egress"
		m[FieldTrafficPath] = strconv.Itoa(1 + s.IntN(8))
		if s.IntN(4) == 0 {
			m[FieldPktDstAWSService] = []string{"S3", "DYNAMODB", "AMAZON", "EC2"}[s.IntN(4)]
		}
	} else if s.IntN(4) == 0 {
		m[FieldPktSrcAWSService] = []string{"S3", "DYNAMODB", "AMAZON", "EC2"}[s.IntN(4)]
	}
	return m
}

// lines returns n lines of a format.
func (s *sample) lines(f *Format, n int) []string {
	version := 2
	for field := range f.FieldSet().All() {
		version = max(version, field.Version())
	}
	out := make([]string, n)
	var b []byte
	for i := range out {
		m := s.values(version)
		b = b[:0]
		for j, field := range f.fields {
			if j > 0 {
				b = append(b, ' ')
			}
			v := m[field]
			if v == "" {
				v = "-"
			}
			b = append(b, v...)
		}
		out[i] = string(b)
	}
	return out
}

// dataSet is a named sample, generated once.
type dataSet struct {
	name   string
	format *Format
	lines  []string
	text   string // the lines, each with its newline
}

var v5 = mustFormat(vpcFields(5))

// dataSets returns the logs for benchmarks, and smallDataSets shorter ones for tests.
var (
	dataSets      = sync.OnceValue(func() []dataSet { return makeDataSets(sampleLines) })
	smallDataSets = sync.OnceValue(func() []dataSet { return makeDataSets(5000) })
)

func makeDataSets(n int) []dataSet {
	make := func(name string, f *Format, change func(*sample)) dataSet {
		s := newSample(uint64(len(name)))
		if change != nil {
			change(s)
		}
		lines := s.lines(f, n)
		return dataSet{name, f, lines, strings.Join(lines, "\n") + "\n"}
	}
	return []dataSet{
		make("v2", V2, nil),
		make("v5", v5, nil),
		make("v2distinct", V2, func(s *sample) { s.distinct = true }),
		make("v2ipv6", V2, func(s *sample) { s.ipv6, s.nodata = 1, 0 }),
		make("v2nodata", V2, func(s *sample) { s.nodata = 1 }),
	}
}
