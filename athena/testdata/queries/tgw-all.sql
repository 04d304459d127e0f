-- SourcePorts: Which source ports have the most flows?
SELECT "srcport", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND "srcport" IS NOT NULL
  AND (contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS)))
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 50;

-- OutboundPorts: To which ports of others does our side open the most connections? Our addresses are those in the given CIDRs. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none. Protocols without ports, such as ICMP, have port 0.
SELECT "dstport", "protocol", count(*) AS "cnt"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS)))
  AND NOT (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS)))
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
GROUP BY "dstport", "protocol"
ORDER BY "cnt" DESC, "dstport", "protocol"
LIMIT 50;

-- TopTalkers: Which conversations have the most bytes? Each direction is one conversation.
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 50;

-- PortScans: Which sources try many ports of one destination? Many means at least 100 different ports. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none.
SELECT "srcaddr", "dstaddr", count(DISTINCT "dstport") AS "ports", count(*) AS "flows"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
GROUP BY "srcaddr", "dstaddr"
HAVING count(DISTINCT "dstport") >= 100
ORDER BY "ports" DESC, "srcaddr", "dstaddr"
LIMIT 50;

-- NewPorts: Which destination ports are new? New means first used since 2026-01-02 00:00 UTC, within the time that is read. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none.
SELECT "dstport", "protocol", min("start") AS "first_start", count(*) AS "flows"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
GROUP BY "dstport", "protocol"
HAVING min("start") >= 1767312000
ORDER BY "flows" DESC, "dstport", "protocol"
LIMIT 50;

-- LogStatus: How many records have data, how many say that there was none, and how many say that some were skipped? Their status is OK, NODATA or SKIPDATA.
SELECT count_if("log_status" = 'OK') AS "ok", count_if("log_status" = 'NODATA') AS "nodata", count_if("log_status" = 'SKIPDATA') AS "skipdata", count(*) AS "records"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000;

-- NewDestinations: To which new addresses of others does our side open connections? Our addresses are those in the given CIDRs. New means first used since 2026-01-02 00:00 UTC, within the time that is read. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none.
SELECT "dstaddr", min("start") AS "first_start", count(*) AS "flows"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND (contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS)))
  AND NOT (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS)))
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
  AND "dstaddr" NOT IN ('-', '')
GROUP BY "dstaddr"
HAVING min("start") >= 1767312000
ORDER BY "flows" DESC, "dstaddr"
LIMIT 50;

-- RegularCallers: Which sources open connections to the same destination and port at even intervals? Programs that call home do this. Intervals are even if there are at least 10 and their standard deviation is at most a tenth of their mean. Without tcp-flags a connection that stays open looks the same. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none.
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "intervals", CAST(round(avg("gap")) AS bigint) AS "seconds"
FROM (
SELECT "srcaddr", "dstaddr", "dstport", "protocol", "at" - lag("at") OVER (PARTITION BY "srcaddr", "dstaddr", "dstport", "protocol" ORDER BY "at") AS "gap"
FROM (
SELECT DISTINCT "start" AS "at", "srcaddr", "dstaddr", "dstport", "protocol"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND "dstport" IS NOT NULL
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
LIMIT 50;

-- BytesPerHour: How many bytes does each hour have? The hour is that of the start of the flow, in UTC. The latest hours come first.
SELECT "hour", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM (
SELECT date_trunc('hour', CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(3))) AS "hour", "packets", "bytes"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
)
WHERE "hour" IS NOT NULL
GROUP BY "hour"
ORDER BY "hour" DESC
LIMIT 50;

-- CrossZoneBytes: How many bytes go from one Availability Zone to another? AWS bills data transfer between zones in both directions.
SELECT "from_zone", "to_zone", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM (
SELECT CASE WHEN (contains('10.0.0.0/24', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/64', TRY_CAST("srcaddr" AS IPADDRESS))) THEN 'use1-az1' WHEN contains('10.0.1.0/24', TRY_CAST("srcaddr" AS IPADDRESS)) THEN 'use1-az2' END AS "from_zone", CASE WHEN (contains('10.0.0.0/24', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/64', TRY_CAST("dstaddr" AS IPADDRESS))) THEN 'use1-az1' WHEN contains('10.0.1.0/24', TRY_CAST("dstaddr" AS IPADDRESS)) THEN 'use1-az2' END AS "to_zone", "packets", "bytes"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
)
WHERE "from_zone" <> "to_zone"
  AND "from_zone" IS NOT NULL
  AND "to_zone" IS NOT NULL
GROUP BY "from_zone", "to_zone"
ORDER BY "total_bytes" DESC, "from_zone", "to_zone"
LIMIT 50;

-- LostPackets: How many packets does each attachment of a transit gateway lose, and why?
SELECT "tgw_attachment_id", COALESCE(sum("packets_lost_no_route"), 0) AS "no_route", COALESCE(sum("packets_lost_blackhole"), 0) AS "blackhole", COALESCE(sum("packets_lost_mtu_exceeded"), 0) AS "mtu_exceeded", COALESCE(sum("packets_lost_ttl_expired"), 0) AS "ttl_expired", COALESCE(sum("packets_lost_no_route"), 0) + COALESCE(sum("packets_lost_blackhole"), 0) + COALESCE(sum("packets_lost_mtu_exceeded"), 0) + COALESCE(sum("packets_lost_ttl_expired"), 0) AS "lost"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND "tgw_attachment_id" NOT IN ('-', '')
GROUP BY "tgw_attachment_id"
HAVING COALESCE(sum("packets_lost_no_route"), 0) + COALESCE(sum("packets_lost_blackhole"), 0) + COALESCE(sum("packets_lost_mtu_exceeded"), 0) + COALESCE(sum("packets_lost_ttl_expired"), 0) > 0
ORDER BY "lost" DESC, "tgw_attachment_id"
LIMIT 50;

-- VpcFlowLogsAdminPortTraffic: Which addresses send the most bytes from administrative ports? An address that sends from such a port serves it. AWS does not say which ports it means; these are 2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000.
SELECT "srcaddr", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND "srcport" IN (2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000)
  AND "srcaddr" NOT IN ('-', '')
GROUP BY "srcaddr"
ORDER BY "total_bytes" DESC, "srcaddr"
LIMIT 50;

-- VpcFlowLogsIPv4Traffic: How many flows, packets and bytes of IPv4 traffic are there?
SELECT count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND "type" = 'IPv4';

-- VpcFlowLogsIPv6Traffic: How many flows, packets and bytes of IPv6 traffic are there?
SELECT count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND "type" = 'IPv6';

-- VpcFlowLogsSshRdpTraffic: Which flows are from or to the ports of SSH and RDP, 22 and 3389?
SELECT "srcaddr", "dstaddr", "srcport", "dstport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND ("srcport" IN (22, 3389) OR "dstport" IN (22, 3389))
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "srcport" IS NOT NULL
  AND "dstport" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "srcport", "dstport"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "srcport", "dstport"
LIMIT 50;

-- VpcFlowLogsTopTalkers: Which addresses send and receive the most bytes? Each flow counts for both of its addresses.
SELECT "side"."ip", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
CROSS JOIN UNNEST(ARRAY["srcaddr", "dstaddr"]) AS "side" ("ip")
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND "side"."ip" NOT IN ('-', '')
GROUP BY "side"."ip"
ORDER BY "total_bytes" DESC, "side"."ip"
LIMIT 50;

-- VpcFlowLogsTopTCPTraffic: Which TCP traffic does one source send, or every source if none is given?
SELECT "srcaddr", "dstaddr", "dstport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND TRY_CAST("srcaddr" AS IPADDRESS) = IPADDRESS '10.0.0.5'
  AND "protocol" = 6
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport"
LIMIT 50;

-- VpcFlowLogsTotalBytesTransferred: Which pairs of source and destination have the most bytes?
SELECT "srcaddr", "dstaddr", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
GROUP BY "srcaddr", "dstaddr"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr"
LIMIT 50;

-- VpcFlowLogsTrafficFrmSrcAddr: Which traffic does one source send, or every source if none is given?
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND TRY_CAST("srcaddr" AS IPADDRESS) = IPADDRESS '10.0.0.5'
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 50;

-- VpcFlowLogsTrafficToDstAddr: Which traffic goes to one destination, or to every destination if none is given?
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND ((contains('10.0.0.0/16', TRY_CAST("srcaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("srcaddr" AS IPADDRESS))) OR (contains('10.0.0.0/16', TRY_CAST("dstaddr" AS IPADDRESS)) OR contains('2001:db8::/32', TRY_CAST("dstaddr" AS IPADDRESS))))
  AND TRY_CAST("dstaddr" AS IPADDRESS) = IPADDRESS '2001:db8::1'
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 50;

