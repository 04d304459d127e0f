-- SourcePorts: Which source ports have the most flows?
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "srcport" IS NOT NULL
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 10;

-- OutboundPorts: To which ports of others does our side open the most connections? Our addresses are the private ones. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none. Protocols without ports, such as ICMP, have port 0.
SELECT "dstport", "protocol", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE (contains('10.0.0.0/8', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('172.16.0.0/12', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('192.168.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('100.64.0.0/10', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('fc00::/7', TRY_CAST("srcaddr" AS IPADDRESS)))
  AND NOT (contains('10.0.0.0/8', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('172.16.0.0/12', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('192.168.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('100.64.0.0/10', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('fc00::/7', TRY_CAST("dstaddr" AS IPADDRESS)))
  AND COALESCE(NULLIF(NULLIF("action", '-'), ''), 'ACCEPT') = 'ACCEPT'
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
GROUP BY "dstport", "protocol"
ORDER BY "cnt" DESC, "dstport", "protocol"
LIMIT 10;

-- RejectedPorts: At which destination ports were the most flows rejected, and from how many sources?
SELECT "dstport", "protocol", count(*) AS "flows", count(DISTINCT NULLIF(NULLIF("srcaddr", '-'), '')) AS "sources"
FROM "logs"."vpc_flow_logs"
WHERE "action" = 'REJECT'
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "dstport", "protocol"
ORDER BY "flows" DESC, "dstport", "protocol"
LIMIT 10;

-- TopTalkers: Which conversations have the most bytes? Each direction is one conversation.
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 10;

-- PortScans: Which sources try many ports of one destination? Many means at least 20 different ports. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none.
SELECT "srcaddr", "dstaddr", count(DISTINCT "dstport") AS "ports", count(*) AS "flows", count_if("action" = 'REJECT') AS "rejected"
FROM "logs"."vpc_flow_logs"
WHERE "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
GROUP BY "srcaddr", "dstaddr"
HAVING count(DISTINCT "dstport") >= 20
ORDER BY "ports" DESC, "srcaddr", "dstaddr"
LIMIT 10;

-- NewPorts: Which destination ports are new? New means first used in the seven days before the query runs, within the time that is read. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none.
SELECT "dstport", "protocol", min("start") AS "first_start", count(*) AS "flows"
FROM "logs"."vpc_flow_logs"
WHERE "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
  AND COALESCE(NULLIF(NULLIF("action", '-'), ''), 'ACCEPT') = 'ACCEPT'
GROUP BY "dstport", "protocol"
HAVING min("start") >= to_unixtime(current_timestamp - INTERVAL '7' DAY)
ORDER BY "flows" DESC, "dstport", "protocol"
LIMIT 10;

-- LogStatus: How many records have data, how many say that there was none, and how many say that some were skipped? Their status is OK, NODATA or SKIPDATA. The interfaces that skipped most come first. Records that name no interface are the group NULL.
SELECT NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id", count_if("log_status" = 'OK') AS "ok", count_if("log_status" = 'NODATA') AS "nodata", count_if("log_status" = 'SKIPDATA') AS "skipdata", count(*) AS "records"
FROM "logs"."vpc_flow_logs"
GROUP BY NULLIF(NULLIF("interface_id", '-'), '')
ORDER BY "skipdata" DESC, "nodata" DESC, "interface_id"
LIMIT 10;

-- NewDestinations: To which new addresses of others does our side open connections? Our addresses are the private ones. New means first used in the seven days before the query runs, within the time that is read. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none.
SELECT "dstaddr", min("start") AS "first_start", count(*) AS "flows"
FROM "logs"."vpc_flow_logs"
WHERE (contains('10.0.0.0/8', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('172.16.0.0/12', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('192.168.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('100.64.0.0/10', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('fc00::/7', TRY_CAST("srcaddr" AS IPADDRESS)))
  AND NOT (contains('10.0.0.0/8', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('172.16.0.0/12', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('192.168.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('100.64.0.0/10', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('fc00::/7', TRY_CAST("dstaddr" AS IPADDRESS)))
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
  AND COALESCE(NULLIF(NULLIF("action", '-'), ''), 'ACCEPT') = 'ACCEPT'
  AND "dstaddr" NOT IN ('-', '')
GROUP BY "dstaddr"
HAVING min("start") >= to_unixtime(current_timestamp - INTERVAL '7' DAY)
ORDER BY "flows" DESC, "dstaddr"
LIMIT 10;

-- RegularCallers: Which sources open connections to the same destination and port at even intervals? Programs that call home do this. Intervals are even if there are at least 10 and their standard deviation is at most a tenth of their mean. Without tcp-flags a connection that stays open looks the same. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none.
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "intervals", CAST(round(avg("gap")) AS bigint) AS "seconds"
FROM (
SELECT "srcaddr", "dstaddr", "dstport", "protocol", "at" - lag("at") OVER (PARTITION BY "srcaddr", "dstaddr", "dstport", "protocol" ORDER BY "at") AS "gap"
FROM (
SELECT DISTINCT "start" AS "at", "srcaddr", "dstaddr", "dstport", "protocol"
FROM "logs"."vpc_flow_logs"
WHERE "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
)
)
WHERE "gap" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
HAVING count(*) >= 10 AND stddev_pop("gap") <= avg("gap") / 10
ORDER BY "intervals" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 10;

-- BytesPerHour: How many bytes does each hour have? The hour is that of the start of the flow, in UTC. The latest hours come first.
SELECT "hour", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM (
SELECT date_trunc('hour', CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(3))) AS "hour", "packets", "bytes"
FROM "logs"."vpc_flow_logs"
)
WHERE "hour" IS NOT NULL
GROUP BY "hour"
ORDER BY "hour" DESC
LIMIT 10;

-- VpcFlowLogsAcceptedTraffic: Which TCP connections did security groups and network ACLs allow?
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

-- VpcFlowLogsAdminPortTraffic: Which addresses send the most bytes from administrative ports? An address that sends from such a port serves it. AWS does not say which ports it means; these are 2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000.
SELECT "srcaddr", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcport" IN (2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000)
  AND "srcaddr" NOT IN ('-', '')
GROUP BY "srcaddr"
ORDER BY "total_bytes" DESC, "srcaddr"
LIMIT 10;

-- VpcFlowLogsIPv4Traffic: How many flows, packets and bytes of IPv4 traffic are there?
SELECT count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "srcaddr" NOT LIKE '%:%';

-- VpcFlowLogsIPv6Traffic: How many flows, packets and bytes of IPv6 traffic are there?
SELECT count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "srcaddr" LIKE '%:%';

-- VpcFlowLogsRejectedTCPTraffic: Which TCP connections did security groups or network ACLs reject?
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

-- VpcFlowLogsRejectedTraffic: Which traffic did security groups or network ACLs reject?
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

-- VpcFlowLogsSshRdpTraffic: Which flows are from or to the ports of SSH and RDP, 22 and 3389?
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

-- VpcFlowLogsTopTalkers: Which addresses send and receive the most bytes? Each flow counts for both of its addresses.
SELECT "side"."ip", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
CROSS JOIN UNNEST(ARRAY["srcaddr", "dstaddr"]) AS "side" ("ip")
WHERE "side"."ip" NOT IN ('-', '')
GROUP BY "side"."ip"
ORDER BY "total_bytes" DESC, "side"."ip"
LIMIT 10;

-- VpcFlowLogsTopTCPTraffic: Which TCP traffic does one source send, or every source if none is given?
SELECT "srcaddr", "dstaddr", "dstport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "protocol" = 6
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport"
LIMIT 10;

-- VpcFlowLogsTotalBytesTransferred: Which pairs of source and destination have the most bytes?
SELECT "srcaddr", "dstaddr", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
GROUP BY "srcaddr", "dstaddr"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr"
LIMIT 10;

-- VpcFlowLogsTrafficFrmSrcAddr: Which traffic does one source send, or every source if none is given?
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 10;

-- VpcFlowLogsTrafficToDstAddr: Which traffic goes to one destination, or to every destination if none is given?
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 10;

