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
  AND "action" = 'ACCEPT'
  AND "destinationport" > 0
  AND "destinationport" <= "sourceport"
GROUP BY "destinationport", "protocol"
ORDER BY "cnt" DESC, "destinationport", "protocol"
LIMIT 10;

-- drop
DROP TABLE IF EXISTS `vpc_flow_logs`;

