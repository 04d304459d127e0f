-- SourcePorts: The source ports with the most flows, as the article asks.
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- OutboundPorts: The destination ports of the connections that our side opens to others. Inferred: the source is in the private ranges and the destination is not; a flow is taken as opened by its source where the destination port is not above the source port, because clients use high ports; no tcp-flags would say it. Flows without ports, such as ICMP, are left out.
SELECT "dstport", "protocol", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE (contains('10.0.0.0/8', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('172.16.0.0/12', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('192.168.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('100.64.0.0/10', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('fc00::/7', TRY_CAST("srcaddr" AS IPADDRESS)))
  AND NOT (contains('10.0.0.0/8', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('172.16.0.0/12', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('192.168.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('100.64.0.0/10', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('fc00::/7', TRY_CAST("dstaddr" AS IPADDRESS)))
  AND "action" = 'ACCEPT'
  AND "protocol" IS NOT NULL AND "dstport" > 0 AND "dstport" <= "srcport"
GROUP BY "dstport", "protocol"
ORDER BY "cnt" DESC, "dstport", "protocol"
LIMIT 10;

-- RejectedPorts: The destination ports at which the most flows were rejected, and by how many sources.
SELECT "dstport", "protocol", count(*) AS "flows", count(DISTINCT NULLIF(NULLIF("srcaddr", '-'), '')) AS "sources"
FROM "logs"."vpc_flow_logs"
WHERE "action" = 'REJECT'
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "dstport", "protocol"
ORDER BY "flows" DESC, "dstport", "protocol"
LIMIT 10;

-- TopTalkers: The conversations with the most bytes, one direction each.
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 10;

-- PortScans: The sources that try at least 20 different ports of one destination. Inferred: a flow is taken as opened by its source where the destination port is not above the source port, because clients use high ports; no tcp-flags would say it.
SELECT "srcaddr", "dstaddr", count(DISTINCT "dstport") AS "ports", count(*) AS "flows", count_if("action" = 'REJECT') AS "rejected"
FROM "logs"."vpc_flow_logs"
WHERE "protocol" IS NOT NULL AND "dstport" > 0 AND "dstport" <= "srcport"
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
GROUP BY "srcaddr", "dstaddr"
HAVING count(DISTINCT "dstport") >= 20
ORDER BY "ports" DESC, "srcaddr", "dstaddr"
LIMIT 10;

-- NewPorts: The destination ports that were first used since seven days before the query runs and not before, within the time that is read. Inferred: a flow is taken as opened by its source where the destination port is not above the source port, because clients use high ports; no tcp-flags would say it.
SELECT "dstport", "protocol", min("start") AS "first_start", count(*) AS "flows"
FROM "logs"."vpc_flow_logs"
WHERE "protocol" IS NOT NULL AND "dstport" > 0 AND "dstport" <= "srcport"
  AND "action" = 'ACCEPT'
GROUP BY "dstport", "protocol"
HAVING min("start") >= to_unixtime(current_timestamp - INTERVAL '7' DAY)
ORDER BY "flows" DESC, "dstport", "protocol"
LIMIT 10;

-- LogStatus: How many records carry data, say that there was none (NODATA), or say that some were skipped (SKIPDATA), by interface, those that lost most first. Records that name no interface are the group NULL.
SELECT NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id", count_if("log_status" = 'OK') AS "ok", count_if("log_status" = 'NODATA') AS "nodata", count_if("log_status" = 'SKIPDATA') AS "skipdata", count(*) AS "records"
FROM "logs"."vpc_flow_logs"
GROUP BY NULLIF(NULLIF("interface_id", '-'), '')
ORDER BY "skipdata" DESC, "nodata" DESC, "interface_id"
LIMIT 10;

-- VpcFlowLogsAcceptedTraffic: The TCP connections that security groups and network ACLs allowed.
SELECT "srcaddr", "dstaddr", "dstport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "action" = 'ACCEPT'
  AND "protocol" = 6
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport"
LIMIT 10;

-- VpcFlowLogsAdminPortTraffic: The addresses that send the most bytes from administrative ports, that is, that serve them. AWS does not say which ports it means; these are (2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000).
SELECT "srcaddr", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcport" IN (2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000)
  AND "srcaddr" NOT IN ('-', '')
GROUP BY "srcaddr"
ORDER BY "total_bytes" DESC, "srcaddr"
LIMIT 10;

-- VpcFlowLogsIPv4Traffic: The flows, packets and bytes of IPv4 traffic.
SELECT count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "srcaddr" NOT LIKE '%:%';

-- VpcFlowLogsIPv6Traffic: The flows, packets and bytes of IPv6 traffic.
SELECT count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "srcaddr" LIKE '%:%';

-- VpcFlowLogsRejectedTCPTraffic: The TCP connections that security groups or network ACLs rejected.
SELECT "srcaddr", "dstaddr", "dstport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "action" = 'REJECT'
  AND "protocol" = 6
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport"
LIMIT 10;

-- VpcFlowLogsRejectedTraffic: The traffic that security groups or network ACLs rejected.
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "action" = 'REJECT'
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 10;

-- VpcFlowLogsSshRdpTraffic: SSH and RDP traffic: flows from or to ports 22 and 3389.
SELECT "srcaddr", "dstaddr", "srcport", "dstport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE ("srcport" IN (22, 3389) OR "dstport" IN (22, 3389))
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "srcport" IS NOT NULL
  AND "dstport" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "srcport", "dstport"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "srcport", "dstport"
LIMIT 10;

-- VpcFlowLogsTopTalkers: The addresses with the most bytes, sent or received.
SELECT "side"."ip", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
CROSS JOIN UNNEST(ARRAY["srcaddr", "dstaddr"]) AS "side" ("ip")
WHERE "side"."ip" NOT IN ('-', '')
GROUP BY "side"."ip"
ORDER BY "total_bytes" DESC, "side"."ip"
LIMIT 10;

-- VpcFlowLogsTopTCPTraffic: The TCP traffic of one source, or of every source if none is given.
SELECT "srcaddr", "dstaddr", "dstport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "protocol" = 6
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport"
LIMIT 10;

-- VpcFlowLogsTotalBytesTransferred: The pairs of source and destination with the most bytes.
SELECT "srcaddr", "dstaddr", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
GROUP BY "srcaddr", "dstaddr"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr"
LIMIT 10;

-- VpcFlowLogsTrafficFrmSrcAddr: The traffic of one source, or of every source if none is given.
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 10;

-- VpcFlowLogsTrafficToDstAddr: The traffic to one destination, or to every destination if none is given.
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 10;

