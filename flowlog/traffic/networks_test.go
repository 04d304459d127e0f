package traffic_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// names lists the content of n as "prefix=name".
func names(n *traffic.Networks) (all []string) {
	for p, name := range n.All() {
		all = append(all, fmt.Sprintf("%v=%s", p, name))
	}
	return all
}

func nameOf(n *traffic.Networks, addr string) string {
	name, _ := n.Name(netip.MustParseAddr(addr))
	return name
}

func TestNetworks(t *testing.T) {
	n := traffic.NewNetworks(netip.MustParsePrefix("10.0.0.7/8"), netip.Prefix{})
	n.Add(netip.MustParsePrefix("10.1.0.0/16"), "db")
	n.Add(netip.MustParsePrefix("::ffff:10.2.0.0/112"), "web")
	n.Add(netip.MustParsePrefix("10.1.0.0/16"), "database")
	n.Add(netip.MustParsePrefix("2001:db8::/32"), "six")
	assert.Equal(t, []string{"10.0.0.0/8=", "10.1.0.0/16=database", "10.2.0.0/16=web", "2001:db8::/32=six"}, names(n))
	assert.Equal(t, 4, n.Len())
	for a, want := range map[string]string{"10.1.2.3": "database", "10.2.2.3": "web", "::ffff:10.1.2.3": "database", "2001:db8::1%eth0": "six"} {
		assert.Equal(t, want, nameOf(n, a), a)
		assert.True(t, n.Contains(netip.MustParseAddr(a)), a)
	}
	assert.True(t, n.Contains(netip.MustParseAddr("10.9.9.9")))
	_, ok := n.Name(netip.MustParseAddr("10.9.9.9"))
	assert.False(t, ok, "a prefix without a name")
	assert.False(t, n.Contains(netip.MustParseAddr("11.0.0.1")))
	assert.False(t, n.Contains(netip.Addr{}))

	m := traffic.NewNetworks(netip.MustParsePrefix("192.0.2.0/24"))
	m.AddAll(n)
	assert.Equal(t, 5, m.Len())

	var none *traffic.Networks
	assert.False(t, none.Contains(netip.MustParseAddr("10.0.0.1")))
	_, ok = none.Name(netip.MustParseAddr("10.0.0.1"))
	assert.False(t, ok)
	assert.Zero(t, none.Len())
	assert.Empty(t, names(none))
}

const ipRanges = `{
  "syncToken": "1",
  "createDate": "2026-11-20-00-00-00",
  "prefixes": [
    {"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2", "service": "S3", "network_border_group": "ap-northeast-2"},
    {"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2", "service": "AMAZON", "network_border_group": "ap-northeast-2"},
    {"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2", "service": "EC2", "network_border_group": "ap-northeast-2"},
    {"ip_prefix": "52.94.0.0/22", "region": "us-east-1", "service": "AMAZON"},
    {"ip_prefix": "52.94.1.0/24", "region": "us-east-1", "service": "DYNAMODB"},
    {"ip_prefix": "120.52.22.96/27", "region": "GLOBAL", "service": "CLOUDFRONT_ORIGIN_FACING"},
    {"ip_prefix": "120.52.22.96/27", "region": "GLOBAL", "service": "CLOUDFRONT"},
    {"ip_prefix": "120.52.39.128/27", "region": "GLOBAL", "service": "CLOUDFRONT"}
  ],
  "ipv6_prefixes": [
    {"ipv6_prefix": "2600:1f69:7400::/40", "region": "mx-central-1", "service": "AMAZON"},
    {"ipv6_prefix": "2600:1f69:7400::/40", "region": "mx-central-1", "service": "EC2"}
  ]
}`

func TestReadAWSRanges(t *testing.T) {
	n, err := traffic.ReadAWSRanges(strings.NewReader(ipRanges))
	require.NoError(t, err)
	assert.Equal(t, []string{
		"3.5.140.0/22=S3 ap-northeast-2", "52.94.0.0/22=AMAZON us-east-1", "52.94.1.0/24=DYNAMODB us-east-1",
		"120.52.22.96/27=CLOUDFRONT_ORIGIN_FACING GLOBAL", "120.52.39.128/27=CLOUDFRONT GLOBAL",
		"2600:1f69:7400::/40=EC2 mx-central-1",
	}, names(n))
	assert.Equal(t, "DYNAMODB us-east-1", nameOf(n, "52.94.1.9"))

	for text, want := range map[string]string{
		"":                    "traffic: line 1: invalid format: unexpected end of JSON input",
		"{\n\n\"a\" 1}":       "traffic: line 3: invalid format: invalid character '1' after object key",
		"{}":                  "traffic: invalid format: no prefixes of AWS",
		`{"prefixes":[]}`:     "traffic: invalid format: no prefixes of AWS",
		"{\"prefixes\":\n[3]": "traffic: line 2: invalid format: unexpected end of JSON input",
		"{\"prefixes\":[\n{\"ip_prefix\":\"3.5.140.0/99\",\"service\":\"S3\"}]}": `traffic: line 2: "3.5.140.0/99": not an IP address or prefix`,
		`{"prefixes":[{"ip_prefix":"3.5.140.0/22"}]}`:                            `traffic: line 1: "3.5.140.0/22": no name`,
		`{"prefixes":[{"service":"S3"}]}`:                                        `traffic: not an IP address or prefix`,
	} {
		_, err := traffic.ReadAWSRanges(strings.NewReader(text))
		assert.EqualError(t, err, want, text)
	}
}

func TestReadNames(t *testing.T) {
	n, err := traffic.ReadNames(strings.NewReader("\ufeffAddress, Name\r\n# comment, with \"quote\r\n\r\n 10.0.0.0/16 , production \r\n" +
		"10.0.3.7,\"build server, old\",more\n2001:db8:1::/48,six\n::ffff:192.0.2.1,mapped\n10.0.3.7,\"build \"\"server\"\"\"\n# another\n,\n"))
	require.NoError(t, err)
	assert.Equal(t, []string{"10.0.0.0/16=production", "10.0.3.7/32=build \"server\"", "192.0.2.1/32=mapped", "2001:db8:1::/48=six"}, names(n))

	n, err = traffic.ReadNames(strings.NewReader(""))
	require.NoError(t, err)
	assert.Zero(t, n.Len())

	for text, want := range map[string]string{
		"10.0.0.1,a\n10.0.0,b\n":        `traffic: line 2: "10.0.0": not an IP address or prefix`,
		"10.0.0,b\n":                    `traffic: line 1: "10.0.0": not an IP address or prefix`,
		"address,name\nserver,10.0.0.1": `traffic: line 2: "server": not an IP address or prefix`,
		"server,10.0.0.1":               `traffic: line 1: "server": not an IP address or prefix`,
		"address,name\nip,name\n":       `traffic: line 2: "ip": not an IP address or prefix`,
		"10.0.0.1\n":                    `traffic: line 1: "10.0.0.1": no name`,
		"# x\n\n10.0.0.1, \n":           `traffic: line 3: "10.0.0.1": no name`,
		"10.0.0.1,a\n\n10.0.0.2,\"b\n":  `traffic: line 3: invalid format: extraneous or missing " in quoted-field`,
		ipRanges:                        `traffic: line 1: "{": not an IP address or prefix`,
		strings.Repeat("x", 100):        `traffic: line 1: "` + strings.Repeat("x", 64) + `": not an IP address or prefix`,
	} {
		_, err := traffic.ReadNames(strings.NewReader(text))
		assert.EqualError(t, err, want, text)
		_, ok := errors.AsType[*traffic.ParseError](err)
		assert.True(t, ok)
	}
}

const interfaces = `{
    "NetworkInterfaces": [
        {
            "Association": {"IpOwnerId": "123456789012", "PublicDnsName": "x", "PublicIp": "203.0.113.10"},
            "Attachment": {"AttachmentId": "eni-attach-1", "DeviceIndex": 0, "InstanceId": "i-0abc", "Status": "attached"},
            "AvailabilityZone": "eu-west-1a",
            "Description": "",
            "Groups": [{"GroupName": "web", "GroupId": "sg-1"}, {"GroupName": "ssh", "GroupId": "sg-2"}],
            "InterfaceType": "interface",
            "Ipv6Addresses": [{"Ipv6Address": "2001:db8:1::10", "IsPrimaryIpv6": false}],
            "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.9.0/28"}],
            "NetworkInterfaceId": "eni-1",
            "PrivateIpAddress": "10.0.1.10",
            "PrivateIpAddresses": [
                {"Association": {"PublicIp": "203.0.113.10"}, "Primary": true, "PrivateIpAddress": "10.0.1.10"},
                {"Association": {"PublicIp": "203.0.113.11"}, "Primary": false, "PrivateIpAddress": "10.0.1.11"}
            ],
            "SubnetId": "subnet-1",
            "TagSet": [{"Key": "team", "Value": "x"}, {"Key": "Name", "Value": "front"}],
            "VpcId": "vpc-1"
        }
    ],
    "NextToken": "more"
}
{
    "NetworkInterfaces": [
        {"NetworkInterfaceId": "eni-2", "Description": "Interface for NAT Gateway nat-1", "InterfaceType": "nat_gateway", "PrivateIpAddress": "10.0.0.220", "TagSet": []},
        {"NetworkInterfaceId": "eni-3", "PrivateIpAddress": "10.0.1.12", "Attachment": {"InstanceId": "i-3"}}
    ]
}
[{"NetworkInterfaceId": "eni-4"}]
{"NetworkInterfaceId": "eni-5", "Ipv6Prefixes": [{"Ipv6Prefix": "2001:db8:2::/80"}]}
`

func TestReadInterfaces(t *testing.T) {
	n, err := traffic.ReadInterfaces(strings.NewReader(interfaces))
	require.NoError(t, err)
	assert.Equal(t, 5, n.Len())
	first, ok := n.Get("eni-1")
	require.True(t, ok)
	assert.Equal(t, traffic.Interface{
		ID: "eni-1", Name: "front", Type: "interface", InstanceID: "i-0abc", VPCID: "vpc-1", SubnetID: "subnet-1",
		SecurityGroups: []traffic.SecurityGroup{{ID: "sg-1", Name: "web"}, {ID: "sg-2", Name: "ssh"}},
		Private:        []netip.Addr{netip.MustParseAddr("10.0.1.10"), netip.MustParseAddr("10.0.1.11")},
		Public:         []netip.Addr{netip.MustParseAddr("203.0.113.10"), netip.MustParseAddr("203.0.113.11")},
		IPv6:           []netip.Addr{netip.MustParseAddr("2001:db8:1::10")},
		Prefixes:       []netip.Prefix{netip.MustParsePrefix("10.0.9.0/28")},
	}, first)
	var got []string
	for i := range n.All() {
		got = append(got, i.ID+"="+i.Name)
	}
	assert.Equal(t, []string{"eni-1=front", "eni-2=Interface for NAT Gateway nat-1", "eni-3=i-3", "eni-4=eni-4", "eni-5=eni-5"}, got)

	for _, a := range []string{"10.0.1.10", "10.0.1.11", "203.0.113.11", "2001:db8:1::10", "::ffff:203.0.113.10"} {
		i, ok := n.Find(netip.MustParseAddr(a))
		assert.True(t, ok, a)
		assert.Equal(t, "eni-1", i.ID)
		assert.Equal(t, "front", nameOf(n.Networks(), a))
	}
	assert.Equal(t, "front", nameOf(n.Networks(), "10.0.9.3"))
	assert.Equal(t, "eni-5", nameOf(n.Networks(), "2001:db8:2::77"))
	_, ok = n.Find(netip.MustParseAddr("10.0.1.99"))
	assert.False(t, ok)
	_, ok = n.Get("eni-99")
	assert.False(t, ok)

	again, err := traffic.ReadInterfaces(strings.NewReader(interfaces + `{"NetworkInterfaceId": "eni-1", "PrivateIpAddress": "10.0.1.11"}`))
	require.NoError(t, err)
	_, ok = again.Find(netip.MustParseAddr("10.0.1.10"))
	assert.False(t, ok, "the last description does not have it")
	_, ok = again.Find(netip.MustParseAddr("10.0.1.11"))
	assert.True(t, ok)

	var none *traffic.Interfaces
	_, ok = none.Find(netip.MustParseAddr("10.0.1.10"))
	assert.False(t, ok)
	assert.Zero(t, none.Len())
	assert.Zero(t, none.Networks().Len())

	empty, err := traffic.ReadInterfaces(strings.NewReader(`{"NetworkInterfaces": []}`))
	require.NoError(t, err)
	assert.Zero(t, empty.Len())

	for text, want := range map[string]string{
		"":                   "traffic: invalid format: no network interfaces",
		"{}":                 "traffic: line 1: invalid format: no network interfaces",
		ipRanges:             "traffic: line 1: invalid format: no network interfaces",
		"10.0.0.1,a":         "traffic: line 1: invalid format: json: cannot unmarshal number into Go value of type struct",
		"\n[\n{]":            "traffic: line 3: invalid format: invalid character ']' looking for beginning of object key string",
		"[\n\n":              "traffic: line 3: invalid format: unexpected EOF",
		interfaces + "\n\nx": "traffic: line 35: invalid format: invalid character 'x' looking for beginning of value",
		"[{}]":               "traffic: invalid format: an interface without an id",
		"\n[\n{\"NetworkInterfaceId\":\n\"eni-1\",\n\"PrivateIpAddress\":\"10.0\"}]": `traffic: line 5: "10.0": not an IP address or prefix`,
		"[{\"NetworkInterfaceId\":3}]": "traffic: line 1: invalid format: json: cannot unmarshal number into Go struct field",
	} {
		_, err := traffic.ReadInterfaces(strings.NewReader(text))
		assert.ErrorContains(t, err, want, text)
		_, ok := errors.AsType[*traffic.ParseError](err)
		assert.True(t, ok)
	}
}

func TestReadErrors(t *testing.T) {
	cause := errors.New("cause")
	for _, read := range []func(io.Reader) error{
		func(r io.Reader) error { _, err := traffic.ReadAWSRanges(r); return err },
		func(r io.Reader) error { _, err := traffic.ReadNames(r); return err },
		func(r io.Reader) error { _, err := traffic.ReadInterfaces(r); return err },
	} {
		err := read(iotest.ErrReader(cause))
		assert.ErrorIs(t, err, cause)
		assert.EqualError(t, err, "traffic: read: cause")
	}
}

// FuzzRead writes what was read as CSV and reads it again.
func FuzzRead(f *testing.F) {
	for _, s := range []string{ipRanges, interfaces, "10.0.0.0/8,a\n", "", "[", "{\"prefixes\":[{}]}", "[{\"NetworkInterfaceId\":\"a\",\"Ipv6Addresses\":[{}]}]", "[null]", "null"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		check := func(n *traffic.Networks, err error) {
			if err != nil {
				assert.Nil(t, n)
				assert.True(t, strings.HasPrefix(err.Error(), "traffic: "))
				return
			}
			for p, name := range n.All() {
				assert.True(t, n.Contains(p.Addr()))
				assert.NotEmpty(t, name)
			}
		}
		check(traffic.ReadNames(bytes.NewReader(data)))
		check(traffic.ReadAWSRanges(bytes.NewReader(data)))
		i, err := traffic.ReadInterfaces(bytes.NewReader(data))
		if err == nil {
			check(i.Networks(), nil)
		}
	})
}
