package answer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"

	"github.com/vpcflow/vpcflow/examples/internal/cli"
	"github.com/vpcflow/vpcflow/flowlog/traffic"
)

// Names are names of addresses, interfaces and instances. A nil *Names has none.
type Names struct {
	given      traffic.Networks // from CSV files
	ranges     traffic.Networks // from ip-ranges.json
	addrs      traffic.Networks // from network interfaces
	interfaces map[string]traffic.Interface
	instances  map[string]string
}

// ReadFile adds the names in a file: CSV with addresses or prefixes and names,
// ip-ranges.json of AWS, or the output of describe-network-interfaces. It detects the
// kind of the file by its content. The error has the name of the file.
func (n *Names) ReadFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return cli.PathError(path, err)
	}
	defer f.Close()
	if err := n.read(f); err != nil {
		return cli.PathError(path, err)
	}
	return nil
}

func (n *Names) read(r io.Reader) error {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(64 << 10)
	if err != nil && err != io.EOF {
		return err
	}
	switch text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n"); {
	case len(text) == 0:
		return errors.New("no names: the file is empty")
	case text[0] != '{' && text[0] != '[':
		return addTo(&n.given, b, traffic.ReadNames)
	case bytes.Contains(text, []byte(`"ip_prefix"`)), bytes.Contains(text, []byte(`"ipv6_prefix"`)), bytes.Contains(text, []byte(`"syncToken"`)):
		return addTo(&n.ranges, b, traffic.ReadAWSRanges)
	}
	all, err := traffic.ReadInterfaces(b)
	if err != nil {
		return fmt.Errorf("not CSV, ip-ranges.json or network interfaces: %w", err)
	}
	n.addrs.AddAll(all.Networks())
	if n.interfaces == nil {
		n.interfaces, n.instances = make(map[string]traffic.Interface), make(map[string]string)
	}
	for i := range all.All() {
		n.interfaces[i.ID] = i
		if i.InstanceID != "" {
			n.instances[i.InstanceID] = i.Name
		}
	}
	return nil
}

func addTo(to *traffic.Networks, r io.Reader, read func(io.Reader) (*traffic.Networks, error)) error {
	all, err := read(r)
	if err == nil {
		to.AddAll(all)
	}
	return err
}

// addr returns the name of an address, or "" if it has none. Names from CSV files come
// before those of AWS.
func (n *Names) addr(a netip.Addr) string {
	if n == nil {
		return ""
	}
	for _, networks := range []*traffic.Networks{&n.given, &n.addrs, &n.ranges} {
		if name, ok := networks.Name(a); ok {
			return name
		}
	}
	return ""
}

// id returns the name of an interface or instance, or "" if it has none.
func (n *Names) id(id string) string {
	if n == nil {
		return ""
	}
	name := n.instances[id]
	if name == "" {
		name = n.interfaces[id].Name
	}
	if name == id {
		return ""
	}
	return name
}

// instanceOf returns the instance of an interface, or "" if it is unknown.
func (n *Names) instanceOf(iface string) string {
	if n == nil {
		return ""
	}
	return n.interfaces[iface].InstanceID
}

// isNAT reports whether an interface belongs to a NAT gateway.
func (n *Names) isNAT(iface string) bool { return n != nil && n.interfaces[iface].Type == natGateway }
