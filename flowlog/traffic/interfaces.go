package traffic

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"iter"
	"maps"
	"net/netip"
	"slices"
)

// Interface is a network interface as the EC2 API describes it.
type Interface struct {
	ID             string          // such as "eni-0123456789abcdef0"
	Name           string          // the first of these that is not empty: tag Name, description, instance id, id
	Description    string          // may be empty
	Type           string          // such as "interface" or "nat_gateway"
	InstanceID     string          // such as "i-0123456789abcdef0"; empty if the interface is not attached to an instance
	VPCID          string          // such as "vpc-0123456789abcdef0"
	SubnetID       string          // such as "subnet-0123456789abcdef0"
	SecurityGroups []SecurityGroup // in AWS's order
	Private        []netip.Addr    // private IPv4 addresses, the primary one first
	Public         []netip.Addr    // public, carrier and customer-owned IPv4 addresses
	IPv6           []netip.Addr    // IPv6 addresses
	Prefixes       []netip.Prefix  // prefixes delegated to the interface
}

// SecurityGroup is a security group of an interface.
type SecurityGroup struct{ ID, Name string }

// Addrs returns an iterator over all addresses of the interface: private, public and IPv6.
func (i Interface) Addrs() iter.Seq[netip.Addr] {
	return func(yield func(netip.Addr) bool) {
		for _, list := range [][]netip.Addr{i.Private, i.Public, i.IPv6} {
			for _, a := range list {
				if !yield(a) {
					return
				}
			}
		}
	}
}

// Interfaces is a set of network interfaces that is indexed by id and by address. It does
// not change and is safe for concurrent use. A nil *Interfaces is empty.
type Interfaces struct {
	byID   map[string]Interface
	byAddr map[netip.Addr]string // id of the interface with the address
}

// Get returns the interface with the given id. It reports false if there is none. The
// slices of the result are shared; do not change them.
func (n *Interfaces) Get(id string) (Interface, bool) {
	if n == nil {
		return Interface{}, false
	}
	i, ok := n.byID[id]
	return i, ok
}

// Find returns the interface with the given address. It reports false if there is none.
// If interfaces of different VPCs have the same private address, it returns the last one
// that was read.
func (n *Interfaces) Find(a netip.Addr) (Interface, bool) {
	if n == nil {
		return Interface{}, false
	}
	return n.Get(n.byAddr[a.Unmap()])
}

// Len returns the number of interfaces.
func (n *Interfaces) Len() int {
	if n == nil {
		return 0
	}
	return len(n.byID)
}

// All returns an iterator over the interfaces, sorted by id.
func (n *Interfaces) All() iter.Seq[Interface] {
	return func(yield func(Interface) bool) {
		if n == nil {
			return
		}
		for _, id := range slices.Sorted(maps.Keys(n.byID)) {
			if !yield(n.byID[id]) {
				return
			}
		}
	}
}

// Networks returns all addresses and delegated prefixes with the names of their
// interfaces. The result can also be used as Classifier.Ours. The caller owns it.
func (n *Interfaces) Networks() *Networks {
	all := new(Networks)
	for i := range n.All() {
		for _, p := range i.Prefixes {
			all.Add(p, i.Name)
		}
		for a := range i.Addrs() {
			all.Add(netip.PrefixFrom(a, a.BitLen()), i.Name)
		}
	}
	return all
}

// description is the EC2 API's description of an interface.
type description struct {
	ID          string `json:"NetworkInterfaceId"`
	Description string
	Type        string `json:"InterfaceType"`
	VPCID       string `json:"VpcId"`
	SubnetID    string `json:"SubnetId"`
	Attachment  struct {
		InstanceID string `json:"InstanceId"`
	}
	Groups []struct {
		ID   string `json:"GroupId"`
		Name string `json:"GroupName"`
	}
	TagSet      []struct{ Key, Value string }
	Private     string `json:"PrivateIpAddress"`
	Association association
	Privates    []struct {
		Addr        string `json:"PrivateIpAddress"`
		Primary     bool
		Association association
	} `json:"PrivateIpAddresses"`
	IPv6s []struct {
		Addr string `json:"Ipv6Address"`
	} `json:"Ipv6Addresses"`
	IPv4Prefixes []struct {
		Prefix string `json:"Ipv4Prefix"`
	} `json:"Ipv4Prefixes"`
	IPv6Prefixes []struct {
		Prefix string `json:"Ipv6Prefix"`
	} `json:"Ipv6Prefixes"`
}

// association holds the public addresses of a private address.
type association struct {
	Public        string `json:"PublicIp"`
	Carrier       string `json:"CarrierIp"`
	CustomerOwned string `json:"CustomerOwnedIp"`
}

// ReadInterfaces reads the JSON output of "aws ec2 describe-network-interfaces". The input
// may have several documents, one after the other, as when pages are fetched one by one. A
// document may also be a list of interfaces or a single interface, as
// "--query NetworkInterfaces" and jq print them. If an interface occurs more than once, the
// last description is used.
//
// The error is a *ParseError, or wraps the error of r. It wraps ErrFormat if the input does
// not describe interfaces, and ErrTooLarge if the input has more than MaxInput bytes. An
// empty list of interfaces is not an error.
//
// See https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html.
func ReadInterfaces(r io.Reader) (*Interfaces, error) {
	data, err := readAll(r)
	if err != nil {
		return nil, err
	}
	n := &Interfaces{byID: make(map[string]Interface), byAddr: make(map[netip.Addr]string)}
	dec := json.NewDecoder(bytes.NewReader(data))
	documents := 0
	for ; ; documents++ {
		var doc json.RawMessage
		if err := dec.Decode(&doc); err == io.EOF {
			break
		} else if err != nil {
			return nil, jsonError(data, dec.InputOffset(), err)
		}
		start := dec.InputOffset() - int64(len(doc))
		all, err := descriptions(doc)
		if err != nil {
			return nil, jsonError(data, start, err)
		}
		if all == nil {
			return nil, &ParseError{Line: lineAt(data, start), Err: wrap(ErrFormat, "no network interfaces")}
		}
		for i := range all {
			if err := n.add(&all[i]); err != nil {
				pe := &ParseError{Value: clip(err.value), Err: err.cause}
				if at := bytes.Index(doc, []byte(err.value)); at >= 0 && err.value != "" {
					pe.Line = lineAt(data, start+int64(at))
				}
				return nil, pe
			}
		}
	}
	if documents == 0 {
		return nil, &ParseError{Err: wrap(ErrFormat, "no network interfaces")}
	}
	return n, nil
}

// descriptions returns the interfaces of a document, or nil if the document does not
// describe interfaces.
func descriptions(doc json.RawMessage) ([]description, error) {
	if doc[0] == '[' {
		all := []description{}
		return all, json.Unmarshal(doc, &all)
	}
	var one struct {
		description
		NetworkInterfaces []description
	}
	if err := json.Unmarshal(doc, &one); err != nil {
		return nil, err
	}
	if one.ID != "" {
		return []description{one.description}, nil
	}
	return one.NetworkInterfaces, nil
}

// badValue is an invalid value of a description.
type badValue struct {
	value string
	cause error
}

// add adds the interface that d describes.
func (n *Interfaces) add(d *description) *badValue {
	if d.ID == "" {
		return &badValue{d.Description, wrap(ErrFormat, "an interface without an id")}
	}
	i := Interface{
		ID: d.ID, Description: d.Description, Type: d.Type,
		InstanceID: d.Attachment.InstanceID, VPCID: d.VPCID, SubnetID: d.SubnetID,
	}
	for _, t := range d.TagSet {
		if t.Key == "Name" {
			i.Name = t.Value
		}
	}
	i.Name = cmp.Or(i.Name, d.Description, i.InstanceID, i.ID)
	for _, g := range d.Groups {
		i.SecurityGroups = append(i.SecurityGroups, SecurityGroup{g.ID, g.Name})
	}

	var bad *badValue
	addr := func(list *[]netip.Addr, text string) {
		a, err := netip.ParseAddr(text)
		if text == "" || slices.Contains(*list, a) {
			return
		}
		if err != nil {
			bad = &badValue{text, ErrAddr}
			return
		}
		*list = append(*list, a.Unmap())
	}
	public := func(a association) {
		addr(&i.Public, a.Public)
		addr(&i.Public, a.Carrier)
		addr(&i.Public, a.CustomerOwned)
	}
	prefix := func(text string) {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			bad = &badValue{text, ErrAddr}
			return
		}
		i.Prefixes = append(i.Prefixes, canonical(p))
	}
	addr(&i.Private, d.Private)
	public(d.Association)
	for _, p := range d.Privates {
		addr(&i.Private, p.Addr)
		public(p.Association)
	}
	for _, a := range d.IPv6s {
		addr(&i.IPv6, a.Addr)
	}
	for _, p := range d.IPv4Prefixes {
		prefix(p.Prefix)
	}
	for _, p := range d.IPv6Prefixes {
		prefix(p.Prefix)
	}
	if bad != nil {
		return bad
	}
	for a := range n.byID[i.ID].Addrs() {
		if n.byAddr[a] == i.ID {
			delete(n.byAddr, a) // it is in the description before
		}
	}
	n.byID[i.ID] = i
	for a := range i.Addrs() {
		n.byAddr[a] = i.ID
	}
	return nil
}
