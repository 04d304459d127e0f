-- create
CREATE EXTERNAL TABLE IF NOT EXISTS `vpc_flow_logs` (
  `version` int,
  `account` string,
  `interfaceid` string,
  `sourceaddress` string,
  `destinationaddress` string,
  `sourceport` int,
  `destinationport` int,
  `protocol` int,
  `packets` bigint,
  `bytes` bigint,
  `starttime` bigint,
  `endtime` bigint,
  `action` string,
  `logstatus` string
)
PARTITIONED BY (
  `ingestdatetime` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES (
  'input.regex' = '^\\s*(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)(?:\\s.*)?$'
)
STORED AS TEXTFILE
LOCATION 's3://amzn-s3-demo-bucket/';

-- add partitions
ALTER TABLE `vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`ingestdatetime`='2026/01/01/00') LOCATION 's3://amzn-s3-demo-bucket/2026/01/01/00/' PARTITION (`ingestdatetime`='2026/01/01/01') LOCATION 's3://amzn-s3-demo-bucket/2026/01/01/01/';

-- create, projected
CREATE EXTERNAL TABLE IF NOT EXISTS `vpc_flow_logs` (
  `version` int,
  `account` string,
  `interfaceid` string,
  `sourceaddress` string,
  `destinationaddress` string,
  `sourceport` int,
  `destinationport` int,
  `protocol` int,
  `packets` bigint,
  `bytes` bigint,
  `starttime` bigint,
  `endtime` bigint,
  `action` string,
  `logstatus` string
)
PARTITIONED BY (
  `ingestdatetime` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES (
  'input.regex' = '^\\s*(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)(?:\\s.*)?$'
)
STORED AS TEXTFILE
LOCATION 's3://amzn-s3-demo-bucket/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.ingestdatetime.type' = 'date',
  'projection.ingestdatetime.format' = 'yyyy/MM/dd/HH',
  'projection.ingestdatetime.range' = '2026/01/01/00,NOW',
  'projection.ingestdatetime.interval' = '1',
  'projection.ingestdatetime.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/${ingestdatetime}/'
);

-- create, Parquet
CREATE EXTERNAL TABLE IF NOT EXISTS `vpc_flow_logs` (
  `version` int,
  `account` string,
  `interfaceid` string,
  `sourceaddress` string,
  `destinationaddress` string,
  `sourceport` int,
  `destinationport` int,
  `protocol` int,
  `packets` bigint,
  `bytes` bigint,
  `starttime` bigint,
  `endtime` bigint,
  `action` string,
  `logstatus` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
WITH SERDEPROPERTIES (
  'parquet.column.index.access' = 'true'
)
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/';

-- query SourcePorts
SELECT "sourceport", count(*) AS "cnt"
FROM "vpc_flow_logs"
WHERE "sourceport" IS NOT NULL
GROUP BY "sourceport"
ORDER BY "cnt" DESC, "sourceport"
LIMIT 10;

-- query OutboundPorts
SELECT "destinationport", "protocol", count(*) AS "cnt"
FROM "vpc_flow_logs"
WHERE (contains('10.0.0.0/8', TRY_CAST("sourceaddress" AS IPADDRESS)) OR contains('172.16.0.0/12', TRY_CAST("sourceaddress" AS IPADDRESS)) OR contains('192.168.0.0/16', TRY_CAST("sourceaddress" AS IPADDRESS)) OR contains('100.64.0.0/10', TRY_CAST("sourceaddress" AS IPADDRESS)) OR contains('fc00::/7', TRY_CAST("sourceaddress" AS IPADDRESS)))
  AND NOT (contains('10.0.0.0/8', TRY_CAST("destinationaddress" AS IPADDRESS)) OR contains('172.16.0.0/12', TRY_CAST("destinationaddress" AS IPADDRESS)) OR contains('192.168.0.0/16', TRY_CAST("destinationaddress" AS IPADDRESS)) OR contains('100.64.0.0/10', TRY_CAST("destinationaddress" AS IPADDRESS)) OR contains('fc00::/7', TRY_CAST("destinationaddress" AS IPADDRESS)))
  AND COALESCE(NULLIF(NULLIF("action", '-'), ''), 'ACCEPT') = 'ACCEPT'
  AND "destinationport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("logstatus", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "destinationport" <= COALESCE("sourceport", "destinationport")
GROUP BY "destinationport", "protocol"
ORDER BY "cnt" DESC, "destinationport", "protocol"
LIMIT 10;

-- query RejectedPorts
SELECT "destinationport", "protocol", count(*) AS "flows", count(DISTINCT NULLIF(NULLIF("sourceaddress", '-'), '')) AS "sources"
FROM "vpc_flow_logs"
WHERE "action" = 'REJECT'
  AND "destinationport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "destinationport", "protocol"
ORDER BY "flows" DESC, "destinationport", "protocol"
LIMIT 10;

-- query TopTalkers
SELECT "sourceaddress", "destinationaddress", "destinationport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "sourceaddress" NOT IN ('-', '')
  AND "destinationaddress" NOT IN ('-', '')
  AND "destinationport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "sourceaddress", "destinationaddress", "destinationport", "protocol"
ORDER BY "total_bytes" DESC, "sourceaddress", "destinationaddress", "destinationport", "protocol"
LIMIT 10;

-- query PortScans
SELECT "sourceaddress", "destinationaddress", count(DISTINCT "destinationport") AS "ports", count(*) AS "flows", count_if("action" = 'REJECT') AS "rejected"
FROM "vpc_flow_logs"
WHERE "destinationport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("logstatus", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "destinationport" <= COALESCE("sourceport", "destinationport")
  AND "sourceaddress" NOT IN ('-', '')
  AND "destinationaddress" NOT IN ('-', '')
GROUP BY "sourceaddress", "destinationaddress"
HAVING count(DISTINCT "destinationport") >= 20
ORDER BY "ports" DESC, "sourceaddress", "destinationaddress"
LIMIT 10;

-- query NewPorts
SELECT "destinationport", "protocol", min("starttime") AS "first_start", count(*) AS "flows"
FROM "vpc_flow_logs"
WHERE "destinationport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("logstatus", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "destinationport" <= COALESCE("sourceport", "destinationport")
  AND COALESCE(NULLIF(NULLIF("action", '-'), ''), 'ACCEPT') = 'ACCEPT'
GROUP BY "destinationport", "protocol"
HAVING min("starttime") >= to_unixtime(current_timestamp - INTERVAL '7' DAY)
ORDER BY "flows" DESC, "destinationport", "protocol"
LIMIT 10;

-- query LogStatus
SELECT NULLIF(NULLIF("interfaceid", '-'), '') AS "interfaceid", count_if("logstatus" = 'OK') AS "ok", count_if("logstatus" = 'NODATA') AS "nodata", count_if("logstatus" = 'SKIPDATA') AS "skipdata", count(*) AS "records"
FROM "vpc_flow_logs"
GROUP BY NULLIF(NULLIF("interfaceid", '-'), '')
ORDER BY "skipdata" DESC, "nodata" DESC, "interfaceid"
LIMIT 10;

-- query NewDestinations
SELECT "destinationaddress", min("starttime") AS "first_start", count(*) AS "flows"
FROM "vpc_flow_logs"
WHERE (contains('10.0.0.0/8', TRY_CAST("sourceaddress" AS IPADDRESS)) OR contains('172.16.0.0/12', TRY_CAST("sourceaddress" AS IPADDRESS)) OR contains('192.168.0.0/16', TRY_CAST("sourceaddress" AS IPADDRESS)) OR contains('100.64.0.0/10', TRY_CAST("sourceaddress" AS IPADDRESS)) OR contains('fc00::/7', TRY_CAST("sourceaddress" AS IPADDRESS)))
  AND NOT (contains('10.0.0.0/8', TRY_CAST("destinationaddress" AS IPADDRESS)) OR contains('172.16.0.0/12', TRY_CAST("destinationaddress" AS IPADDRESS)) OR contains('192.168.0.0/16', TRY_CAST("destinationaddress" AS IPADDRESS)) OR contains('100.64.0.0/10', TRY_CAST("destinationaddress" AS IPADDRESS)) OR contains('fc00::/7', TRY_CAST("destinationaddress" AS IPADDRESS)))
  AND "destinationport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("logstatus", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "destinationport" <= COALESCE("sourceport", "destinationport")
  AND COALESCE(NULLIF(NULLIF("action", '-'), ''), 'ACCEPT') = 'ACCEPT'
  AND "destinationaddress" NOT IN ('-', '')
GROUP BY "destinationaddress"
HAVING min("starttime") >= to_unixtime(current_timestamp - INTERVAL '7' DAY)
ORDER BY "flows" DESC, "destinationaddress"
LIMIT 10;

-- query RegularCallers
SELECT "sourceaddress", "destinationaddress", "destinationport", "protocol", count(*) AS "intervals", CAST(round(avg("gap")) AS bigint) AS "seconds"
FROM (
SELECT "sourceaddress", "destinationaddress", "destinationport", "protocol", "at" - lag("at") OVER (PARTITION BY "sourceaddress", "destinationaddress", "destinationport", "protocol" ORDER BY "at") AS "gap"
FROM (
SELECT DISTINCT "starttime" AS "at", "sourceaddress", "destinationaddress", "destinationport", "protocol"
FROM "vpc_flow_logs"
WHERE "destinationport" IS NOT NULL
  AND "protocol" IS NOT NULL
  AND COALESCE("logstatus", '') NOT IN ('NODATA', 'SKIPDATA')
  AND "destinationport" <= COALESCE("sourceport", "destinationport")
  AND "sourceaddress" NOT IN ('-', '')
  AND "destinationaddress" NOT IN ('-', '')
)
)
WHERE "gap" IS NOT NULL
GROUP BY "sourceaddress", "destinationaddress", "destinationport", "protocol"
HAVING count(*) >= 10 AND stddev_pop("gap") <= avg("gap") / 10
ORDER BY "intervals" DESC, "sourceaddress", "destinationaddress", "destinationport", "protocol"
LIMIT 10;

-- query BytesPerHour
SELECT "hour", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM (
SELECT date_trunc('hour', CAST(at_timezone(from_unixtime(IF("starttime" >= 100000000000, "starttime" / 1e3, "starttime")), 'UTC') AS timestamp(3))) AS "hour", "packets", "bytes"
FROM "vpc_flow_logs"
)
WHERE "hour" IS NOT NULL
GROUP BY "hour"
ORDER BY "hour" DESC
LIMIT 10;

-- query VpcFlowLogsAcceptedTraffic
SELECT "sourceaddress", "destinationaddress", "destinationport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "action" = 'ACCEPT'
  AND "protocol" = 6
  AND "sourceaddress" NOT IN ('-', '')
  AND "destinationaddress" NOT IN ('-', '')
  AND "destinationport" IS NOT NULL
GROUP BY "sourceaddress", "destinationaddress", "destinationport"
ORDER BY "total_bytes" DESC, "sourceaddress", "destinationaddress", "destinationport"
LIMIT 10;

-- query VpcFlowLogsAdminPortTraffic
SELECT "sourceaddress", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "sourceport" IN (2082, 2083, 2086, 2087, 7001, 7002, 8006, 8080, 8443, 8834, 8888, 9090, 9443, 10000)
  AND "sourceaddress" NOT IN ('-', '')
GROUP BY "sourceaddress"
ORDER BY "total_bytes" DESC, "sourceaddress"
LIMIT 10;

-- query VpcFlowLogsIPv4Traffic
SELECT count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "sourceaddress" NOT IN ('-', '')
  AND "sourceaddress" NOT LIKE '%:%';

-- query VpcFlowLogsIPv6Traffic
SELECT count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "sourceaddress" NOT IN ('-', '')
  AND "sourceaddress" LIKE '%:%';

-- query VpcFlowLogsRejectedTCPTraffic
SELECT "sourceaddress", "destinationaddress", "destinationport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "action" = 'REJECT'
  AND "protocol" = 6
  AND "sourceaddress" NOT IN ('-', '')
  AND "destinationaddress" NOT IN ('-', '')
  AND "destinationport" IS NOT NULL
GROUP BY "sourceaddress", "destinationaddress", "destinationport"
ORDER BY "total_bytes" DESC, "sourceaddress", "destinationaddress", "destinationport"
LIMIT 10;

-- query VpcFlowLogsRejectedTraffic
SELECT "sourceaddress", "destinationaddress", "destinationport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "action" = 'REJECT'
  AND "sourceaddress" NOT IN ('-', '')
  AND "destinationaddress" NOT IN ('-', '')
  AND "destinationport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "sourceaddress", "destinationaddress", "destinationport", "protocol"
ORDER BY "total_bytes" DESC, "sourceaddress", "destinationaddress", "destinationport", "protocol"
LIMIT 10;

-- query VpcFlowLogsSshRdpTraffic
SELECT "sourceaddress", "destinationaddress", "sourceport", "destinationport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE ("sourceport" IN (22, 3389) OR "destinationport" IN (22, 3389))
  AND "sourceaddress" NOT IN ('-', '')
  AND "destinationaddress" NOT IN ('-', '')
  AND "sourceport" IS NOT NULL
  AND "destinationport" IS NOT NULL
GROUP BY "sourceaddress", "destinationaddress", "sourceport", "destinationport"
ORDER BY "total_bytes" DESC, "sourceaddress", "destinationaddress", "sourceport", "destinationport"
LIMIT 10;

-- query VpcFlowLogsTopTalkers
SELECT "side"."ip", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
CROSS JOIN UNNEST(ARRAY["sourceaddress", "destinationaddress"]) AS "side" ("ip")
WHERE "side"."ip" NOT IN ('-', '')
GROUP BY "side"."ip"
ORDER BY "total_bytes" DESC, "side"."ip"
LIMIT 10;

-- query VpcFlowLogsTopTCPTraffic
SELECT "sourceaddress", "destinationaddress", "destinationport", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "protocol" = 6
  AND "sourceaddress" NOT IN ('-', '')
  AND "destinationaddress" NOT IN ('-', '')
  AND "destinationport" IS NOT NULL
GROUP BY "sourceaddress", "destinationaddress", "destinationport"
ORDER BY "total_bytes" DESC, "sourceaddress", "destinationaddress", "destinationport"
LIMIT 10;

-- query VpcFlowLogsTotalBytesTransferred
SELECT "sourceaddress", "destinationaddress", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "sourceaddress" NOT IN ('-', '')
  AND "destinationaddress" NOT IN ('-', '')
GROUP BY "sourceaddress", "destinationaddress"
ORDER BY "total_bytes" DESC, "sourceaddress", "destinationaddress"
LIMIT 10;

-- query VpcFlowLogsTrafficFrmSrcAddr
SELECT "sourceaddress", "destinationaddress", "destinationport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "sourceaddress" NOT IN ('-', '')
  AND "destinationaddress" NOT IN ('-', '')
  AND "destinationport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "sourceaddress", "destinationaddress", "destinationport", "protocol"
ORDER BY "total_bytes" DESC, "sourceaddress", "destinationaddress", "destinationport", "protocol"
LIMIT 10;

-- query VpcFlowLogsTrafficToDstAddr
SELECT "sourceaddress", "destinationaddress", "destinationport", "protocol", count(*) AS "flows", sum("packets") AS "total_packets", sum("bytes") AS "total_bytes"
FROM "vpc_flow_logs"
WHERE "sourceaddress" NOT IN ('-', '')
  AND "destinationaddress" NOT IN ('-', '')
  AND "destinationport" IS NOT NULL
  AND "protocol" IS NOT NULL
GROUP BY "sourceaddress", "destinationaddress", "destinationport", "protocol"
ORDER BY "total_bytes" DESC, "sourceaddress", "destinationaddress", "destinationport", "protocol"
LIMIT 10;

-- drop
DROP TABLE IF EXISTS `vpc_flow_logs`;

