package answer

// portNames are the usual services on common ports. A name is a guess: the log does
// not have the service.
var portNames = map[uint16]string{
	20: "ftp-data", 21: "ftp", 22: "ssh", 23: "telnet", 25: "smtp", 53: "domain", 67: "dhcp", 80: "http",
	88: "kerberos", 110: "pop3", 123: "ntp", 135: "msrpc", 143: "imap", 161: "snmp", 389: "ldap", 443: "https",
	445: "smb", 465: "smtps", 500: "isakmp", 514: "syslog", 587: "submission", 636: "ldaps", 853: "dns-tls",
	873: "rsync", 989: "ftps-data", 990: "ftps", 993: "imaps", 995: "pop3s", 1194: "openvpn", 1433: "mssql",
	1521: "oracle", 2049: "nfs", 2181: "zookeeper", 2379: "etcd", 3128: "proxy", 3306: "mysql", 3389: "rdp",
	4317: "otlp", 4500: "ipsec-nat", 5432: "postgresql", 5439: "redshift", 5671: "amqps", 5672: "amqp",
	5900: "vnc", 5985: "winrm", 6379: "redis", 6443: "kubernetes", 8080: "http-alt", 8443: "https-alt",
	8883: "mqtts", 9092: "kafka", 9094: "kafka-tls", 9200: "opensearch", 9418: "git", 11211: "memcached",
	27017: "mongodb", 51820: "wireguard",
}

// PortName returns the name of the usual service on a port, or "" if there is none.
func PortName(port uint16) string { return portNames[port] }
