-- S3, create
CREATE TABLE `logs`.`flows` (
  `version` int,
  `account_id` string,
  `interface_id` string,
  `srcaddr` string,
  `dstaddr` string,
  `srcport` int,
  `dstport` int,
  `protocol` int,
  `packets` bigint,
  `bytes` bigint,
  `start` timestamp,
  `end` timestamp,
  `action` string,
  `log_status` string,
  `vpc_id` string,
  `subnet_id` string,
  `instance_id` string,
  `tcp_flags` int,
  `type` string,
  `pkt_srcaddr` string,
  `pkt_dstaddr` string,
  `region` string,
  `az_id` string,
  `sublocation_type` string,
  `sublocation_id` string,
  `pkt_src_aws_service` string,
  `pkt_dst_aws_service` string,
  `flow_direction` string,
  `traffic_path` int
)
PARTITIONED BY (day(`start`))
LOCATION 's3://amzn-s3-demo-bucket/iceberg/'
TBLPROPERTIES (
  'table_type' = 'ICEBERG',
  'format' = 'parquet',
  'write_compression' = 'zstd'
);

-- S3, create as
CREATE TABLE "logs"."flows"
WITH (
  table_type = 'ICEBERG',
  is_external = false,
  format = 'PARQUET',
  write_compression = 'ZSTD',
  location = 's3://amzn-s3-demo-bucket/iceberg/',
  partitioning = ARRAY['day(start)']
) AS
SELECT
  "version" AS "version",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("vpc_id", '-'), '') AS "vpc_id",
  NULLIF(NULLIF("subnet_id", '-'), '') AS "subnet_id",
  NULLIF(NULLIF("instance_id", '-'), '') AS "instance_id",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  NULLIF(NULLIF("pkt_srcaddr", '-'), '') AS "pkt_srcaddr",
  NULLIF(NULLIF("pkt_dstaddr", '-'), '') AS "pkt_dstaddr",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("az_id", '-'), '') AS "az_id",
  NULLIF(NULLIF("sublocation_type", '-'), '') AS "sublocation_type",
  NULLIF(NULLIF("sublocation_id", '-'), '') AS "sublocation_id",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  "traffic_path" AS "traffic_path"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/07/23';

-- S3, drop
DROP TABLE IF EXISTS `logs`.`flows`;

-- S3, merge
MERGE INTO "logs"."flows" AS "t"
USING (
SELECT DISTINCT
  "version" AS "version",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("vpc_id", '-'), '') AS "vpc_id",
  NULLIF(NULLIF("subnet_id", '-'), '') AS "subnet_id",
  NULLIF(NULLIF("instance_id", '-'), '') AS "instance_id",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  NULLIF(NULLIF("pkt_srcaddr", '-'), '') AS "pkt_srcaddr",
  NULLIF(NULLIF("pkt_dstaddr", '-'), '') AS "pkt_dstaddr",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("az_id", '-'), '') AS "az_id",
  NULLIF(NULLIF("sublocation_type", '-'), '') AS "sublocation_type",
  NULLIF(NULLIF("sublocation_id", '-'), '') AS "sublocation_id",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  "traffic_path" AS "traffic_path"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/01/23'
) AS "s"
ON (COALESCE("t"."start", TIMESTAMP '1970-01-01 00:00:00') = COALESCE("s"."start", TIMESTAMP '1970-01-01 00:00:00')
  AND "t"."start" IS NOT DISTINCT FROM "s"."start"
  AND "t"."version" IS NOT DISTINCT FROM "s"."version"
  AND COALESCE("t"."account_id", '-') = COALESCE("s"."account_id", '-')
  AND COALESCE("t"."interface_id", '-') = COALESCE("s"."interface_id", '-')
  AND COALESCE("t"."srcaddr", '-') = COALESCE("s"."srcaddr", '-')
  AND COALESCE("t"."dstaddr", '-') = COALESCE("s"."dstaddr", '-')
  AND "t"."srcport" IS NOT DISTINCT FROM "s"."srcport"
  AND "t"."dstport" IS NOT DISTINCT FROM "s"."dstport"
  AND "t"."protocol" IS NOT DISTINCT FROM "s"."protocol"
  AND "t"."packets" IS NOT DISTINCT FROM "s"."packets"
  AND "t"."bytes" IS NOT DISTINCT FROM "s"."bytes"
  AND "t"."end" IS NOT DISTINCT FROM "s"."end"
  AND COALESCE("t"."action", '-') = COALESCE("s"."action", '-')
  AND COALESCE("t"."log_status", '-') = COALESCE("s"."log_status", '-')
  AND COALESCE("t"."vpc_id", '-') = COALESCE("s"."vpc_id", '-')
  AND COALESCE("t"."subnet_id", '-') = COALESCE("s"."subnet_id", '-')
  AND COALESCE("t"."instance_id", '-') = COALESCE("s"."instance_id", '-')
  AND "t"."tcp_flags" IS NOT DISTINCT FROM "s"."tcp_flags"
  AND COALESCE("t"."type", '-') = COALESCE("s"."type", '-')
  AND COALESCE("t"."pkt_srcaddr", '-') = COALESCE("s"."pkt_srcaddr", '-')
  AND COALESCE("t"."pkt_dstaddr", '-') = COALESCE("s"."pkt_dstaddr", '-')
  AND COALESCE("t"."region", '-') = COALESCE("s"."region", '-')
  AND COALESCE("t"."az_id", '-') = COALESCE("s"."az_id", '-')
  AND COALESCE("t"."sublocation_type", '-') = COALESCE("s"."sublocation_type", '-')
  AND COALESCE("t"."sublocation_id", '-') = COALESCE("s"."sublocation_id", '-')
  AND COALESCE("t"."pkt_src_aws_service", '-') = COALESCE("s"."pkt_src_aws_service", '-')
  AND COALESCE("t"."pkt_dst_aws_service", '-') = COALESCE("s"."pkt_dst_aws_service", '-')
  AND COALESCE("t"."flow_direction", '-') = COALESCE("s"."flow_direction", '-')
  AND "t"."traffic_path" IS NOT DISTINCT FROM "s"."traffic_path")
WHEN NOT MATCHED THEN INSERT ("version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path")
VALUES ("s"."version", "s"."account_id", "s"."interface_id", "s"."srcaddr", "s"."dstaddr", "s"."srcport", "s"."dstport", "s"."protocol", "s"."packets", "s"."bytes", "s"."start", "s"."end", "s"."action", "s"."log_status", "s"."vpc_id", "s"."subnet_id", "s"."instance_id", "s"."tcp_flags", "s"."type", "s"."pkt_srcaddr", "s"."pkt_dstaddr", "s"."region", "s"."az_id", "s"."sublocation_type", "s"."sublocation_id", "s"."pkt_src_aws_service", "s"."pkt_dst_aws_service", "s"."flow_direction", "s"."traffic_path");

-- S3 Tables, create
CREATE TABLE `logs`.`flows` (
  `version` int,
  `account_id` string,
  `interface_id` string,
  `srcaddr` string,
  `dstaddr` string,
  `srcport` int,
  `dstport` int,
  `protocol` int,
  `packets` bigint,
  `bytes` bigint,
  `start` timestamp,
  `end` timestamp,
  `action` string,
  `log_status` string,
  `vpc_id` string,
  `subnet_id` string,
  `instance_id` string,
  `tcp_flags` int,
  `type` string,
  `pkt_srcaddr` string,
  `pkt_dstaddr` string,
  `region` string,
  `az_id` string,
  `sublocation_type` string,
  `sublocation_id` string,
  `pkt_src_aws_service` string,
  `pkt_dst_aws_service` string,
  `flow_direction` string,
  `traffic_path` int
)
PARTITIONED BY (day(`start`))
TBLPROPERTIES (
  'table_type' = 'ICEBERG'
);

-- S3 Tables, create as
CREATE TABLE "s3tablescatalog/amzn-s3-demo-table-bucket"."logs"."flows"
WITH (
  format = 'PARQUET',
  partitioning = ARRAY['day(start)']
) AS
SELECT
  "version" AS "version",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("vpc_id", '-'), '') AS "vpc_id",
  NULLIF(NULLIF("subnet_id", '-'), '') AS "subnet_id",
  NULLIF(NULLIF("instance_id", '-'), '') AS "instance_id",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  NULLIF(NULLIF("pkt_srcaddr", '-'), '') AS "pkt_srcaddr",
  NULLIF(NULLIF("pkt_dstaddr", '-'), '') AS "pkt_dstaddr",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("az_id", '-'), '') AS "az_id",
  NULLIF(NULLIF("sublocation_type", '-'), '') AS "sublocation_type",
  NULLIF(NULLIF("sublocation_id", '-'), '') AS "sublocation_id",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  "traffic_path" AS "traffic_path"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/07/23';

-- S3 Tables, drop
DROP TABLE IF EXISTS `logs`.`flows`;

-- S3 Tables, merge
MERGE INTO "s3tablescatalog/amzn-s3-demo-table-bucket"."logs"."flows" AS "t"
USING (
SELECT DISTINCT
  "version" AS "version",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("vpc_id", '-'), '') AS "vpc_id",
  NULLIF(NULLIF("subnet_id", '-'), '') AS "subnet_id",
  NULLIF(NULLIF("instance_id", '-'), '') AS "instance_id",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  NULLIF(NULLIF("pkt_srcaddr", '-'), '') AS "pkt_srcaddr",
  NULLIF(NULLIF("pkt_dstaddr", '-'), '') AS "pkt_dstaddr",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("az_id", '-'), '') AS "az_id",
  NULLIF(NULLIF("sublocation_type", '-'), '') AS "sublocation_type",
  NULLIF(NULLIF("sublocation_id", '-'), '') AS "sublocation_id",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  "traffic_path" AS "traffic_path"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/01/23'
) AS "s"
ON (COALESCE("t"."start", TIMESTAMP '1970-01-01 00:00:00') = COALESCE("s"."start", TIMESTAMP '1970-01-01 00:00:00')
  AND "t"."start" IS NOT DISTINCT FROM "s"."start"
  AND "t"."version" IS NOT DISTINCT FROM "s"."version"
  AND COALESCE("t"."account_id", '-') = COALESCE("s"."account_id", '-')
  AND COALESCE("t"."interface_id", '-') = COALESCE("s"."interface_id", '-')
  AND COALESCE("t"."srcaddr", '-') = COALESCE("s"."srcaddr", '-')
  AND COALESCE("t"."dstaddr", '-') = COALESCE("s"."dstaddr", '-')
  AND "t"."srcport" IS NOT DISTINCT FROM "s"."srcport"
  AND "t"."dstport" IS NOT DISTINCT FROM "s"."dstport"
  AND "t"."protocol" IS NOT DISTINCT FROM "s"."protocol"
  AND "t"."packets" IS NOT DISTINCT FROM "s"."packets"
  AND "t"."bytes" IS NOT DISTINCT FROM "s"."bytes"
  AND "t"."end" IS NOT DISTINCT FROM "s"."end"
  AND COALESCE("t"."action", '-') = COALESCE("s"."action", '-')
  AND COALESCE("t"."log_status", '-') = COALESCE("s"."log_status", '-')
  AND COALESCE("t"."vpc_id", '-') = COALESCE("s"."vpc_id", '-')
  AND COALESCE("t"."subnet_id", '-') = COALESCE("s"."subnet_id", '-')
  AND COALESCE("t"."instance_id", '-') = COALESCE("s"."instance_id", '-')
  AND "t"."tcp_flags" IS NOT DISTINCT FROM "s"."tcp_flags"
  AND COALESCE("t"."type", '-') = COALESCE("s"."type", '-')
  AND COALESCE("t"."pkt_srcaddr", '-') = COALESCE("s"."pkt_srcaddr", '-')
  AND COALESCE("t"."pkt_dstaddr", '-') = COALESCE("s"."pkt_dstaddr", '-')
  AND COALESCE("t"."region", '-') = COALESCE("s"."region", '-')
  AND COALESCE("t"."az_id", '-') = COALESCE("s"."az_id", '-')
  AND COALESCE("t"."sublocation_type", '-') = COALESCE("s"."sublocation_type", '-')
  AND COALESCE("t"."sublocation_id", '-') = COALESCE("s"."sublocation_id", '-')
  AND COALESCE("t"."pkt_src_aws_service", '-') = COALESCE("s"."pkt_src_aws_service", '-')
  AND COALESCE("t"."pkt_dst_aws_service", '-') = COALESCE("s"."pkt_dst_aws_service", '-')
  AND COALESCE("t"."flow_direction", '-') = COALESCE("s"."flow_direction", '-')
  AND "t"."traffic_path" IS NOT DISTINCT FROM "s"."traffic_path")
WHEN NOT MATCHED THEN INSERT ("version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path")
VALUES ("s"."version", "s"."account_id", "s"."interface_id", "s"."srcaddr", "s"."dstaddr", "s"."srcport", "s"."dstport", "s"."protocol", "s"."packets", "s"."bytes", "s"."start", "s"."end", "s"."action", "s"."log_status", "s"."vpc_id", "s"."subnet_id", "s"."instance_id", "s"."tcp_flags", "s"."type", "s"."pkt_srcaddr", "s"."pkt_dstaddr", "s"."region", "s"."az_id", "s"."sublocation_type", "s"."sublocation_id", "s"."pkt_src_aws_service", "s"."pkt_dst_aws_service", "s"."flow_direction", "s"."traffic_path");

-- hourly, create
CREATE TABLE `logs`.`flows` (
  `version` int,
  `account_id` string,
  `interface_id` string,
  `srcaddr` string,
  `dstaddr` string,
  `srcport` int,
  `dstport` int,
  `protocol` int,
  `packets` bigint,
  `bytes` bigint,
  `start` timestamp,
  `end` timestamp,
  `action` string,
  `log_status` string,
  `vpc_id` string,
  `subnet_id` string,
  `instance_id` string,
  `tcp_flags` int,
  `type` string,
  `pkt_srcaddr` string,
  `pkt_dstaddr` string,
  `region` string,
  `az_id` string,
  `sublocation_type` string,
  `sublocation_id` string,
  `pkt_src_aws_service` string,
  `pkt_dst_aws_service` string,
  `flow_direction` string,
  `traffic_path` int
)
PARTITIONED BY (hour(`start`))
LOCATION 's3://amzn-s3-demo-bucket/iceberg/'
TBLPROPERTIES (
  'table_type' = 'ICEBERG',
  'format' = 'parquet',
  'write_compression' = 'zstd'
);

-- hourly, insert
INSERT INTO "logs"."flows" ("version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path")
SELECT
  "version" AS "version",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("vpc_id", '-'), '') AS "vpc_id",
  NULLIF(NULLIF("subnet_id", '-'), '') AS "subnet_id",
  NULLIF(NULLIF("instance_id", '-'), '') AS "instance_id",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  NULLIF(NULLIF("pkt_srcaddr", '-'), '') AS "pkt_srcaddr",
  NULLIF(NULLIF("pkt_dstaddr", '-'), '') AS "pkt_dstaddr",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("az_id", '-'), '') AS "az_id",
  NULLIF(NULLIF("sublocation_type", '-'), '') AS "sublocation_type",
  NULLIF(NULLIF("sublocation_id", '-'), '') AS "sublocation_id",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  "traffic_path" AS "traffic_path"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/03/01';

-- hourly, insert
INSERT INTO "logs"."flows" ("version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path")
SELECT
  "version" AS "version",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("vpc_id", '-'), '') AS "vpc_id",
  NULLIF(NULLIF("subnet_id", '-'), '') AS "subnet_id",
  NULLIF(NULLIF("instance_id", '-'), '') AS "instance_id",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  NULLIF(NULLIF("pkt_srcaddr", '-'), '') AS "pkt_srcaddr",
  NULLIF(NULLIF("pkt_dstaddr", '-'), '') AS "pkt_dstaddr",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("az_id", '-'), '') AS "az_id",
  NULLIF(NULLIF("sublocation_type", '-'), '') AS "sublocation_type",
  NULLIF(NULLIF("sublocation_id", '-'), '') AS "sublocation_id",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  "traffic_path" AS "traffic_path"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/03/02' AND '2026/01/04/23';

-- merge Parquet
MERGE INTO "logs"."flows" AS "t"
USING (
SELECT DISTINCT
  "version" AS "version",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("vpc_id", '-'), '') AS "vpc_id",
  NULLIF(NULLIF("subnet_id", '-'), '') AS "subnet_id",
  NULLIF(NULLIF("instance_id", '-'), '') AS "instance_id",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  NULLIF(NULLIF("pkt_srcaddr", '-'), '') AS "pkt_srcaddr",
  NULLIF(NULLIF("pkt_dstaddr", '-'), '') AS "pkt_dstaddr",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("az_id", '-'), '') AS "az_id",
  NULLIF(NULLIF("sublocation_type", '-'), '') AS "sublocation_type",
  NULLIF(NULLIF("sublocation_id", '-'), '') AS "sublocation_id",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  "traffic_path" AS "traffic_path"
FROM "logs"."vpc_flow_logs"
) AS "s"
ON (COALESCE("t"."start", TIMESTAMP '1970-01-01 00:00:00') = COALESCE("s"."start", TIMESTAMP '1970-01-01 00:00:00')
  AND "t"."start" IS NOT DISTINCT FROM "s"."start"
  AND "t"."version" IS NOT DISTINCT FROM "s"."version"
  AND COALESCE("t"."account_id", '-') = COALESCE("s"."account_id", '-')
  AND COALESCE("t"."interface_id", '-') = COALESCE("s"."interface_id", '-')
  AND COALESCE("t"."srcaddr", '-') = COALESCE("s"."srcaddr", '-')
  AND COALESCE("t"."dstaddr", '-') = COALESCE("s"."dstaddr", '-')
  AND "t"."srcport" IS NOT DISTINCT FROM "s"."srcport"
  AND "t"."dstport" IS NOT DISTINCT FROM "s"."dstport"
  AND "t"."protocol" IS NOT DISTINCT FROM "s"."protocol"
  AND "t"."packets" IS NOT DISTINCT FROM "s"."packets"
  AND "t"."bytes" IS NOT DISTINCT FROM "s"."bytes"
  AND "t"."end" IS NOT DISTINCT FROM "s"."end"
  AND COALESCE("t"."action", '-') = COALESCE("s"."action", '-')
  AND COALESCE("t"."log_status", '-') = COALESCE("s"."log_status", '-')
  AND COALESCE("t"."vpc_id", '-') = COALESCE("s"."vpc_id", '-')
  AND COALESCE("t"."subnet_id", '-') = COALESCE("s"."subnet_id", '-')
  AND COALESCE("t"."instance_id", '-') = COALESCE("s"."instance_id", '-')
  AND "t"."tcp_flags" IS NOT DISTINCT FROM "s"."tcp_flags"
  AND COALESCE("t"."type", '-') = COALESCE("s"."type", '-')
  AND COALESCE("t"."pkt_srcaddr", '-') = COALESCE("s"."pkt_srcaddr", '-')
  AND COALESCE("t"."pkt_dstaddr", '-') = COALESCE("s"."pkt_dstaddr", '-')
  AND COALESCE("t"."region", '-') = COALESCE("s"."region", '-')
  AND COALESCE("t"."az_id", '-') = COALESCE("s"."az_id", '-')
  AND COALESCE("t"."sublocation_type", '-') = COALESCE("s"."sublocation_type", '-')
  AND COALESCE("t"."sublocation_id", '-') = COALESCE("s"."sublocation_id", '-')
  AND COALESCE("t"."pkt_src_aws_service", '-') = COALESCE("s"."pkt_src_aws_service", '-')
  AND COALESCE("t"."pkt_dst_aws_service", '-') = COALESCE("s"."pkt_dst_aws_service", '-')
  AND COALESCE("t"."flow_direction", '-') = COALESCE("s"."flow_direction", '-')
  AND "t"."traffic_path" IS NOT DISTINCT FROM "s"."traffic_path")
WHEN NOT MATCHED THEN INSERT ("version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path")
VALUES ("s"."version", "s"."account_id", "s"."interface_id", "s"."srcaddr", "s"."dstaddr", "s"."srcport", "s"."dstport", "s"."protocol", "s"."packets", "s"."bytes", "s"."start", "s"."end", "s"."action", "s"."log_status", "s"."vpc_id", "s"."subnet_id", "s"."instance_id", "s"."tcp_flags", "s"."type", "s"."pkt_srcaddr", "s"."pkt_dstaddr", "s"."region", "s"."az_id", "s"."sublocation_type", "s"."sublocation_id", "s"."pkt_src_aws_service", "s"."pkt_dst_aws_service", "s"."flow_direction", "s"."traffic_path");

-- merge by a key
MERGE INTO "logs"."flows" AS "t"
USING (
SELECT "version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path"
FROM (
SELECT "version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path", row_number() OVER (PARTITION BY "start", "srcaddr", "dstport" ORDER BY "version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path") AS "copy"
FROM (
SELECT
  "version" AS "version",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("vpc_id", '-'), '') AS "vpc_id",
  NULLIF(NULLIF("subnet_id", '-'), '') AS "subnet_id",
  NULLIF(NULLIF("instance_id", '-'), '') AS "instance_id",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  NULLIF(NULLIF("pkt_srcaddr", '-'), '') AS "pkt_srcaddr",
  NULLIF(NULLIF("pkt_dstaddr", '-'), '') AS "pkt_dstaddr",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("az_id", '-'), '') AS "az_id",
  NULLIF(NULLIF("sublocation_type", '-'), '') AS "sublocation_type",
  NULLIF(NULLIF("sublocation_id", '-'), '') AS "sublocation_id",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  "traffic_path" AS "traffic_path"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/01/23'
)
)
WHERE "copy" = 1
) AS "s"
ON (COALESCE("t"."start", TIMESTAMP '1970-01-01 00:00:00') = COALESCE("s"."start", TIMESTAMP '1970-01-01 00:00:00')
  AND "t"."start" IS NOT DISTINCT FROM "s"."start"
  AND COALESCE("t"."srcaddr", '-') = COALESCE("s"."srcaddr", '-')
  AND "t"."dstport" IS NOT DISTINCT FROM "s"."dstport")
WHEN NOT MATCHED THEN INSERT ("version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path")
VALUES ("s"."version", "s"."account_id", "s"."interface_id", "s"."srcaddr", "s"."dstaddr", "s"."srcport", "s"."dstport", "s"."protocol", "s"."packets", "s"."bytes", "s"."start", "s"."end", "s"."action", "s"."log_status", "s"."vpc_id", "s"."subnet_id", "s"."instance_id", "s"."tcp_flags", "s"."type", "s"."pkt_srcaddr", "s"."pkt_dstaddr", "s"."region", "s"."az_id", "s"."sublocation_type", "s"."sublocation_id", "s"."pkt_src_aws_service", "s"."pkt_dst_aws_service", "s"."flow_direction", "s"."traffic_path");

-- optimize
OPTIMIZE logs.flows REWRITE DATA USING BIN_PACK;

-- optimize a week
OPTIMIZE logs.flows REWRITE DATA USING BIN_PACK
WHERE "start" >= TIMESTAMP '2026-01-01 00:00:00'
  AND "start" < TIMESTAMP '2026-01-08 00:00:00';

-- vacuum
VACUUM logs.flows;

-- view
CREATE OR REPLACE VIEW "logs"."v" AS
SELECT
  "version" AS "version",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id",
  TRY_CAST("srcaddr" AS IPADDRESS) AS "srcaddr",
  TRY_CAST("dstaddr" AS IPADDRESS) AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  "start" AS "start",
  "end" AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("vpc_id", '-'), '') AS "vpc_id",
  NULLIF(NULLIF("subnet_id", '-'), '') AS "subnet_id",
  NULLIF(NULLIF("instance_id", '-'), '') AS "instance_id",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  TRY_CAST("pkt_srcaddr" AS IPADDRESS) AS "pkt_srcaddr",
  TRY_CAST("pkt_dstaddr" AS IPADDRESS) AS "pkt_dstaddr",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("az_id", '-'), '') AS "az_id",
  NULLIF(NULLIF("sublocation_type", '-'), '') AS "sublocation_type",
  NULLIF(NULLIF("sublocation_id", '-'), '') AS "sublocation_id",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  "traffic_path" AS "traffic_path"
FROM "logs"."flows";

-- unload
UNLOAD (
SELECT
  "version" AS "version",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("interface_id", '-'), '') AS "interface_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(to_unixtime("start") AS bigint) AS "start",
  CAST(to_unixtime("end") AS bigint) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("vpc_id", '-'), '') AS "vpc_id",
  NULLIF(NULLIF("subnet_id", '-'), '') AS "subnet_id",
  NULLIF(NULLIF("instance_id", '-'), '') AS "instance_id",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  NULLIF(NULLIF("pkt_srcaddr", '-'), '') AS "pkt_srcaddr",
  NULLIF(NULLIF("pkt_dstaddr", '-'), '') AS "pkt_dstaddr",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("az_id", '-'), '') AS "az_id",
  NULLIF(NULLIF("sublocation_type", '-'), '') AS "sublocation_type",
  NULLIF(NULLIF("sublocation_id", '-'), '') AS "sublocation_id",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  "traffic_path" AS "traffic_path"
FROM "logs"."flows"
)
TO 's3://amzn-s3-demo-bucket/unload/'
WITH (format = 'PARQUET', compression = 'GZIP');

