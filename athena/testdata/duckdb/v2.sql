-- view over text
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  TRY_CAST(NULLIF("version", '-') AS INTEGER) AS "version",
  "account_id" AS "account_id",
  "interface_id" AS "interface_id",
  "srcaddr" AS "srcaddr",
  "dstaddr" AS "dstaddr",
  TRY_CAST(NULLIF("srcport", '-') AS INTEGER) AS "srcport",
  TRY_CAST(NULLIF("dstport", '-') AS INTEGER) AS "dstport",
  TRY_CAST(NULLIF("protocol", '-') AS INTEGER) AS "protocol",
  TRY_CAST(NULLIF("packets", '-') AS BIGINT) AS "packets",
  TRY_CAST(NULLIF("bytes", '-') AS BIGINT) AS "bytes",
  TRY_CAST(NULLIF("start", '-') AS BIGINT) AS "start",
  TRY_CAST(NULLIF("end", '-') AS BIGINT) AS "end",
  "action" AS "action",
  "log_status" AS "log_status",
  CASE
    WHEN regexp_full_match("srcaddr", '[0-9]+([.][0-9]+){3}') THEN '4:' || printf('%02x%02x%02x%02x', TRY_CAST(split_part("srcaddr", '.', 1) AS UTINYINT), TRY_CAST(split_part("srcaddr", '.', 2) AS UTINYINT), TRY_CAST(split_part("srcaddr", '.', 3) AS UTINYINT), TRY_CAST(split_part("srcaddr", '.', 4) AS UTINYINT))
    WHEN regexp_full_match("srcaddr", '([0-9A-Fa-f]{0,4}:){2,8}[0-9A-Fa-f]{0,4}') THEN '6:' || NULLIF(regexp_extract(regexp_replace(replace(':' || replace(lower("srcaddr"), '::', repeat(':', 9 - length(regexp_replace("srcaddr", '[^:]', '', 'g')))), ':', ':0000'), ':[0-9a-f]*([0-9a-f]{4})', '\1', 'g'), '^[0-9a-f]{32}$'), '')
  END AS "srcaddr_hex",
  CASE
    WHEN regexp_full_match("dstaddr", '[0-9]+([.][0-9]+){3}') THEN '4:' || printf('%02x%02x%02x%02x', TRY_CAST(split_part("dstaddr", '.', 1) AS UTINYINT), TRY_CAST(split_part("dstaddr", '.', 2) AS UTINYINT), TRY_CAST(split_part("dstaddr", '.', 3) AS UTINYINT), TRY_CAST(split_part("dstaddr", '.', 4) AS UTINYINT))
    WHEN regexp_full_match("dstaddr", '([0-9A-Fa-f]{0,4}:){2,8}[0-9A-Fa-f]{0,4}') THEN '6:' || NULLIF(regexp_extract(regexp_replace(replace(':' || replace(lower("dstaddr"), '::', repeat(':', 9 - length(regexp_replace("dstaddr", '[^:]', '', 'g')))), ':', ':0000'), ':[0-9a-f]*([0-9a-f]{4})', '\1', 'g'), '^[0-9a-f]{32}$'), '')
  END AS "dstaddr_hex",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "accid",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 2) AS "region",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 3) AS "datehour"
FROM read_csv(
  's3://amzn-s3-demo-bucket/prefix/AWSLogs/*/vpcflowlogs/*/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  columns = {'version': 'VARCHAR', 'account_id': 'VARCHAR', 'interface_id': 'VARCHAR', 'srcaddr': 'VARCHAR', 'dstaddr': 'VARCHAR', 'srcport': 'VARCHAR', 'dstport': 'VARCHAR', 'protocol': 'VARCHAR', 'packets': 'VARCHAR', 'bytes': 'VARCHAR', 'start': 'VARCHAR', 'end': 'VARCHAR', 'action': 'VARCHAR', 'log_status': 'VARCHAR'},
  auto_detect = false,
  header = false,
  skip = 1,
  delim = ' ',
  quote = '',
  escape = '',
  null_padding = true,
  strict_mode = false,
  filename = 'the file',
  hive_partitioning = false
);

-- view over parquet
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "version" AS "version",
  "account_id" AS "account_id",
  "interface_id" AS "interface_id",
  "srcaddr" AS "srcaddr",
  "dstaddr" AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  "start" AS "start",
  "end" AS "end",
  "action" AS "action",
  "log_status" AS "log_status",
  CASE
    WHEN regexp_full_match("srcaddr", '[0-9]+([.][0-9]+){3}') THEN '4:' || printf('%02x%02x%02x%02x', TRY_CAST(split_part("srcaddr", '.', 1) AS UTINYINT), TRY_CAST(split_part("srcaddr", '.', 2) AS UTINYINT), TRY_CAST(split_part("srcaddr", '.', 3) AS UTINYINT), TRY_CAST(split_part("srcaddr", '.', 4) AS UTINYINT))
    WHEN regexp_full_match("srcaddr", '([0-9A-Fa-f]{0,4}:){2,8}[0-9A-Fa-f]{0,4}') THEN '6:' || NULLIF(regexp_extract(regexp_replace(replace(':' || replace(lower("srcaddr"), '::', repeat(':', 9 - length(regexp_replace("srcaddr", '[^:]', '', 'g')))), ':', ':0000'), ':[0-9a-f]*([0-9a-f]{4})', '\1', 'g'), '^[0-9a-f]{32}$'), '')
  END AS "srcaddr_hex",
  CASE
    WHEN regexp_full_match("dstaddr", '[0-9]+([.][0-9]+){3}') THEN '4:' || printf('%02x%02x%02x%02x', TRY_CAST(split_part("dstaddr", '.', 1) AS UTINYINT), TRY_CAST(split_part("dstaddr", '.', 2) AS UTINYINT), TRY_CAST(split_part("dstaddr", '.', 3) AS UTINYINT), TRY_CAST(split_part("dstaddr", '.', 4) AS UTINYINT))
    WHEN regexp_full_match("dstaddr", '([0-9A-Fa-f]{0,4}:){2,8}[0-9A-Fa-f]{0,4}') THEN '6:' || NULLIF(regexp_extract(regexp_replace(replace(':' || replace(lower("dstaddr"), '::', repeat(':', 9 - length(regexp_replace("dstaddr", '[^:]', '', 'g')))), ':', ':0000'), ':[0-9a-f]*([0-9a-f]{4})', '\1', 'g'), '^[0-9a-f]{32}$'), '')
  END AS "dstaddr_hex",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "accid",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 2) AS "region",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 3) AS "datehour"
FROM read_parquet(
  's3://amzn-s3-demo-bucket/prefix/AWSLogs/*/vpcflowlogs/*/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- SourcePorts: Which source ports have the most flows?
SELECT "srcport", count(*) AS "cnt"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND "srcport" IS NOT NULL
  AND regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)')
GROUP BY "srcport"
ORDER BY "cnt" DESC, "srcport"
LIMIT 50;

-- OutboundPorts: To which ports of others does our side open the most connections? Our addresses are those in the given CIDRs. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none. Protocols without ports, such as ICMP, have port 0.
SELECT "dstport", "protocol", count(*) AS "cnt"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)')
  AND NOT regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)')
  AND COALESCE(NULLIF(NULLIF("action", '-'), ''), 'ACCEPT') = 'ACCEPT'
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
GROUP BY "dstport", "protocol"
ORDER BY "cnt" DESC, "dstport", "protocol"
LIMIT 50;

-- RejectedPorts: At which destination ports were the most flows rejected, and from how many sources?
SELECT "dstport", "protocol", count(*) AS "flows", count(DISTINCT NULLIF(NULLIF("srcaddr", '-'), '')) AS "sources"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "action" = 'REJECT'
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "dstport", "protocol"
ORDER BY "flows" DESC, "dstport", "protocol"
LIMIT 50;

-- TopTalkers: Which conversations have the most bytes? Each direction is one conversation.
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 50;

-- PortScans: Which sources try many ports of one destination? Many means at least 100 different ports. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none.
SELECT "srcaddr", "dstaddr", count(DISTINCT "dstport") AS "ports", count(*) AS "flows", count_if("action" = 'REJECT') AS "rejected"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
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
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
  AND COALESCE(NULLIF(NULLIF("action", '-'), ''), 'ACCEPT') = 'ACCEPT'
GROUP BY "dstport", "protocol"
HAVING min("start") >= 1767312000
ORDER BY "flows" DESC, "dstport", "protocol"
LIMIT 50;

-- LogStatus: How many records have data, how many say that there was none, and how many say that some were skipped? Their status is OK, NODATA or SKIPDATA. The interfaces that skipped most come first. Records that name no interface are the group NULL.
SELECT NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id", count_if("log_status" = 'OK') AS "ok", count_if("log_status" = 'NODATA') AS "nodata", count_if("log_status" = 'SKIPDATA') AS "skipdata", count(*) AS "records"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
GROUP BY NULLIF(NULLIF("interface_id", '-'), '')
ORDER BY "skipdata" DESC, "nodata" DESC, "interface_id"
LIMIT 50;

-- NewDestinations: To which new addresses of others does our side open connections? Our addresses are those in the given CIDRs. New means first used since 2026-01-02 00:00 UTC, within the time that is read. The log has no flags that show who opened a connection: the client is the end with the higher port, or the source if the ports are equal or the protocol has none.
SELECT "dstaddr", min("start") AS "first_start", count(*) AS "flows"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)')
  AND NOT regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("log_status", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "dstport" <= COALESCE("srcport", "dstport")
  AND COALESCE(NULLIF(NULLIF("action", '-'), ''), 'ACCEPT') = 'ACCEPT'
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
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
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
SELECT date_trunc('hour', epoch_ms(IF("start" >= 100000000000, "start", "start" * 1000))) AS "hour", "packets", "bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
)
WHERE "hour" IS NOT NULL
GROUP BY "hour"
ORDER BY "hour" DESC
LIMIT 50;

-- CrossZoneBytes: How many bytes go from one Availability Zone to another? AWS bills data transfer between zones in both directions. Without flow-direction a flow between two interfaces that are both logged counts twice.
SELECT "from_zone", "to_zone", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM (
SELECT CASE WHEN regexp_matches("srcaddr_hex", '^(4:0a0000|6:20010db800000000)') THEN 'use1-az1' WHEN regexp_matches("srcaddr_hex", '^(4:0a0001)') THEN 'use1-az2' END AS "from_zone", CASE WHEN regexp_matches("dstaddr_hex", '^(4:0a0000|6:20010db800000000)') THEN 'use1-az1' WHEN regexp_matches("dstaddr_hex", '^(4:0a0001)') THEN 'use1-az2' END AS "to_zone", "packets", "bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
)
WHERE "from_zone" <> "to_zone"
  AND "from_zone" IS NOT NULL
  AND "to_zone" IS NOT NULL
GROUP BY "from_zone", "to_zone"
ORDER BY "total_bytes" DESC, "from_zone", "to_zone"
LIMIT 50;

-- VpcFlowLogsAcceptedTraffic: Which TCP connections did security groups and network ACLs allow?
SELECT "srcaddr", "dstaddr", "dstport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "action" = 'ACCEPT'
  AND "protocol" = 6
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport"
LIMIT 50;

-- VpcFlowLogsAdminPortTraffic: Which addresses send the most bytes from administrative ports? An address that sends from such a port serves it. AWS does not say which ports it means; these are 2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000.
SELECT "srcaddr", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "srcport" IN (2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000)
  AND "srcaddr" NOT IN ('-', '')
GROUP BY "srcaddr"
ORDER BY "total_bytes" DESC, "srcaddr"
LIMIT 50;

-- VpcFlowLogsIPv4Traffic: How many flows, packets and bytes of IPv4 traffic are there?
SELECT count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "srcaddr" NOT IN ('-', '')
  AND "srcaddr" NOT LIKE '%:%';

-- VpcFlowLogsIPv6Traffic: How many flows, packets and bytes of IPv6 traffic are there?
SELECT count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "srcaddr" NOT IN ('-', '')
  AND "srcaddr" LIKE '%:%';

-- VpcFlowLogsRejectedTCPTraffic: Which TCP connections did security groups or network ACLs reject?
SELECT "srcaddr", "dstaddr", "dstport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "action" = 'REJECT'
  AND "protocol" = 6
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport"
LIMIT 50;

-- VpcFlowLogsRejectedTraffic: Which traffic did security groups or network ACLs reject?
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "action" = 'REJECT'
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 50;

-- VpcFlowLogsSshRdpTraffic: Which flows are from or to the ports of SSH and RDP, 22 and 3389?
SELECT "srcaddr", "dstaddr", "srcport", "dstport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
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
FROM "vpc_flow_logs"
CROSS JOIN UNNEST(ARRAY["srcaddr", "dstaddr"]) AS "side" ("ip")
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "side"."ip" NOT IN ('-', '')
GROUP BY "side"."ip"
ORDER BY "total_bytes" DESC, "side"."ip"
LIMIT 50;

-- VpcFlowLogsTopTCPTraffic: Which TCP traffic does one source send, or every source if none is given?
SELECT "srcaddr", "dstaddr", "dstport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "srcaddr_hex" = '4:0a000005'
  AND "protocol" = 6
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport"
LIMIT 50;

-- VpcFlowLogsTotalBytesTransferred: Which pairs of source and destination have the most bytes?
SELECT "srcaddr", "dstaddr", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
GROUP BY "srcaddr", "dstaddr"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr"
LIMIT 50;

-- VpcFlowLogsTrafficFrmSrcAddr: Which traffic does one source send, or every source if none is given?
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "srcaddr_hex" = '4:0a000005'
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 50;

-- VpcFlowLogsTrafficToDstAddr: Which traffic goes to one destination, or to every destination if none is given?
SELECT "srcaddr", "dstaddr", "dstport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/05' AND '2026/01/02/05'
  AND "accid" IN ('123456789012')
  AND "start" >= 1767243600
  AND "start" < 1767330000
  AND (regexp_matches("srcaddr_hex", '^(4:0a00|6:20010db8)') OR regexp_matches("dstaddr_hex", '^(4:0a00|6:20010db8)'))
  AND "dstaddr_hex" = '6:20010db8000000000000000000000001'
  AND "srcaddr" NOT IN ('-', '')
  AND "dstaddr" NOT IN ('-', '')
  AND "dstport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "srcaddr", "dstaddr", "dstport", "protocol"
ORDER BY "total_bytes" DESC, "srcaddr", "dstaddr", "dstport", "protocol"
LIMIT 50;

