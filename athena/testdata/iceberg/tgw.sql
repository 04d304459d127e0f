-- S3, create
CREATE TABLE `logs`.`flows` (
  `version` int,
  `resource_type` string,
  `account_id` string,
  `tgw_id` string,
  `tgw_attachment_id` string,
  `tgw_src_vpc_account_id` string,
  `tgw_dst_vpc_account_id` string,
  `tgw_src_vpc_id` string,
  `tgw_dst_vpc_id` string,
  `tgw_src_subnet_id` string,
  `tgw_dst_subnet_id` string,
  `tgw_src_eni` string,
  `tgw_dst_eni` string,
  `tgw_src_az_id` string,
  `tgw_dst_az_id` string,
  `tgw_pair_attachment_id` string,
  `srcaddr` string,
  `dstaddr` string,
  `srcport` int,
  `dstport` int,
  `protocol` int,
  `packets` bigint,
  `bytes` bigint,
  `start` timestamp,
  `end` timestamp,
  `log_status` string,
  `type` string,
  `packets_lost_no_route` bigint,
  `packets_lost_blackhole` bigint,
  `packets_lost_mtu_exceeded` bigint,
  `packets_lost_ttl_expired` bigint,
  `tcp_flags` int,
  `region` string,
  `flow_direction` string,
  `pkt_src_aws_service` string,
  `pkt_dst_aws_service` string
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
  NULLIF(NULLIF("resource_type", '-'), '') AS "resource_type",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("tgw_id", '-'), '') AS "tgw_id",
  NULLIF(NULLIF("tgw_attachment_id", '-'), '') AS "tgw_attachment_id",
  NULLIF(NULLIF("tgw_src_vpc_account_id", '-'), '') AS "tgw_src_vpc_account_id",
  NULLIF(NULLIF("tgw_dst_vpc_account_id", '-'), '') AS "tgw_dst_vpc_account_id",
  NULLIF(NULLIF("tgw_src_vpc_id", '-'), '') AS "tgw_src_vpc_id",
  NULLIF(NULLIF("tgw_dst_vpc_id", '-'), '') AS "tgw_dst_vpc_id",
  NULLIF(NULLIF("tgw_src_subnet_id", '-'), '') AS "tgw_src_subnet_id",
  NULLIF(NULLIF("tgw_dst_subnet_id", '-'), '') AS "tgw_dst_subnet_id",
  NULLIF(NULLIF("tgw_src_eni", '-'), '') AS "tgw_src_eni",
  NULLIF(NULLIF("tgw_dst_eni", '-'), '') AS "tgw_dst_eni",
  NULLIF(NULLIF("tgw_src_az_id", '-'), '') AS "tgw_src_az_id",
  NULLIF(NULLIF("tgw_dst_az_id", '-'), '') AS "tgw_dst_az_id",
  NULLIF(NULLIF("tgw_pair_attachment_id", '-'), '') AS "tgw_pair_attachment_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  "packets_lost_no_route" AS "packets_lost_no_route",
  "packets_lost_blackhole" AS "packets_lost_blackhole",
  "packets_lost_mtu_exceeded" AS "packets_lost_mtu_exceeded",
  "packets_lost_ttl_expired" AS "packets_lost_ttl_expired",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/07/23';

-- S3, drop
DROP TABLE IF EXISTS `logs`.`flows`;

-- S3, merge
MERGE INTO "logs"."flows" AS "t"
USING (
SELECT DISTINCT
  "version" AS "version",
  NULLIF(NULLIF("resource_type", '-'), '') AS "resource_type",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("tgw_id", '-'), '') AS "tgw_id",
  NULLIF(NULLIF("tgw_attachment_id", '-'), '') AS "tgw_attachment_id",
  NULLIF(NULLIF("tgw_src_vpc_account_id", '-'), '') AS "tgw_src_vpc_account_id",
  NULLIF(NULLIF("tgw_dst_vpc_account_id", '-'), '') AS "tgw_dst_vpc_account_id",
  NULLIF(NULLIF("tgw_src_vpc_id", '-'), '') AS "tgw_src_vpc_id",
  NULLIF(NULLIF("tgw_dst_vpc_id", '-'), '') AS "tgw_dst_vpc_id",
  NULLIF(NULLIF("tgw_src_subnet_id", '-'), '') AS "tgw_src_subnet_id",
  NULLIF(NULLIF("tgw_dst_subnet_id", '-'), '') AS "tgw_dst_subnet_id",
  NULLIF(NULLIF("tgw_src_eni", '-'), '') AS "tgw_src_eni",
  NULLIF(NULLIF("tgw_dst_eni", '-'), '') AS "tgw_dst_eni",
  NULLIF(NULLIF("tgw_src_az_id", '-'), '') AS "tgw_src_az_id",
  NULLIF(NULLIF("tgw_dst_az_id", '-'), '') AS "tgw_dst_az_id",
  NULLIF(NULLIF("tgw_pair_attachment_id", '-'), '') AS "tgw_pair_attachment_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  "packets_lost_no_route" AS "packets_lost_no_route",
  "packets_lost_blackhole" AS "packets_lost_blackhole",
  "packets_lost_mtu_exceeded" AS "packets_lost_mtu_exceeded",
  "packets_lost_ttl_expired" AS "packets_lost_ttl_expired",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/01/23'
) AS "s"
ON (COALESCE("t"."start", TIMESTAMP '1970-01-01 00:00:00') = COALESCE("s"."start", TIMESTAMP '1970-01-01 00:00:00')
  AND "t"."start" IS NOT DISTINCT FROM "s"."start"
  AND "t"."version" IS NOT DISTINCT FROM "s"."version"
  AND COALESCE("t"."resource_type", '-') = COALESCE("s"."resource_type", '-')
  AND COALESCE("t"."account_id", '-') = COALESCE("s"."account_id", '-')
  AND COALESCE("t"."tgw_id", '-') = COALESCE("s"."tgw_id", '-')
  AND COALESCE("t"."tgw_attachment_id", '-') = COALESCE("s"."tgw_attachment_id", '-')
  AND COALESCE("t"."tgw_src_vpc_account_id", '-') = COALESCE("s"."tgw_src_vpc_account_id", '-')
  AND COALESCE("t"."tgw_dst_vpc_account_id", '-') = COALESCE("s"."tgw_dst_vpc_account_id", '-')
  AND COALESCE("t"."tgw_src_vpc_id", '-') = COALESCE("s"."tgw_src_vpc_id", '-')
  AND COALESCE("t"."tgw_dst_vpc_id", '-') = COALESCE("s"."tgw_dst_vpc_id", '-')
  AND COALESCE("t"."tgw_src_subnet_id", '-') = COALESCE("s"."tgw_src_subnet_id", '-')
  AND COALESCE("t"."tgw_dst_subnet_id", '-') = COALESCE("s"."tgw_dst_subnet_id", '-')
  AND COALESCE("t"."tgw_src_eni", '-') = COALESCE("s"."tgw_src_eni", '-')
  AND COALESCE("t"."tgw_dst_eni", '-') = COALESCE("s"."tgw_dst_eni", '-')
  AND COALESCE("t"."tgw_src_az_id", '-') = COALESCE("s"."tgw_src_az_id", '-')
  AND COALESCE("t"."tgw_dst_az_id", '-') = COALESCE("s"."tgw_dst_az_id", '-')
  AND COALESCE("t"."tgw_pair_attachment_id", '-') = COALESCE("s"."tgw_pair_attachment_id", '-')
  AND COALESCE("t"."srcaddr", '-') = COALESCE("s"."srcaddr", '-')
  AND COALESCE("t"."dstaddr", '-') = COALESCE("s"."dstaddr", '-')
  AND "t"."srcport" IS NOT DISTINCT FROM "s"."srcport"
  AND "t"."dstport" IS NOT DISTINCT FROM "s"."dstport"
  AND "t"."protocol" IS NOT DISTINCT FROM "s"."protocol"
  AND "t"."packets" IS NOT DISTINCT FROM "s"."packets"
  AND "t"."bytes" IS NOT DISTINCT FROM "s"."bytes"
  AND "t"."end" IS NOT DISTINCT FROM "s"."end"
  AND COALESCE("t"."log_status", '-') = COALESCE("s"."log_status", '-')
  AND COALESCE("t"."type", '-') = COALESCE("s"."type", '-')
  AND "t"."packets_lost_no_route" IS NOT DISTINCT FROM "s"."packets_lost_no_route"
  AND "t"."packets_lost_blackhole" IS NOT DISTINCT FROM "s"."packets_lost_blackhole"
  AND "t"."packets_lost_mtu_exceeded" IS NOT DISTINCT FROM "s"."packets_lost_mtu_exceeded"
  AND "t"."packets_lost_ttl_expired" IS NOT DISTINCT FROM "s"."packets_lost_ttl_expired"
  AND "t"."tcp_flags" IS NOT DISTINCT FROM "s"."tcp_flags"
  AND COALESCE("t"."region", '-') = COALESCE("s"."region", '-')
  AND COALESCE("t"."flow_direction", '-') = COALESCE("s"."flow_direction", '-')
  AND COALESCE("t"."pkt_src_aws_service", '-') = COALESCE("s"."pkt_src_aws_service", '-')
  AND COALESCE("t"."pkt_dst_aws_service", '-') = COALESCE("s"."pkt_dst_aws_service", '-'))
WHEN NOT MATCHED THEN INSERT ("version", "resource_type", "account_id", "tgw_id", "tgw_attachment_id", "tgw_src_vpc_account_id", "tgw_dst_vpc_account_id", "tgw_src_vpc_id", "tgw_dst_vpc_id", "tgw_src_subnet_id", "tgw_dst_subnet_id", "tgw_src_eni", "tgw_dst_eni", "tgw_src_az_id", "tgw_dst_az_id", "tgw_pair_attachment_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "log_status", "type", "packets_lost_no_route", "packets_lost_blackhole", "packets_lost_mtu_exceeded", "packets_lost_ttl_expired", "tcp_flags", "region", "flow_direction", "pkt_src_aws_service", "pkt_dst_aws_service")
VALUES ("s"."version", "s"."resource_type", "s"."account_id", "s"."tgw_id", "s"."tgw_attachment_id", "s"."tgw_src_vpc_account_id", "s"."tgw_dst_vpc_account_id", "s"."tgw_src_vpc_id", "s"."tgw_dst_vpc_id", "s"."tgw_src_subnet_id", "s"."tgw_dst_subnet_id", "s"."tgw_src_eni", "s"."tgw_dst_eni", "s"."tgw_src_az_id", "s"."tgw_dst_az_id", "s"."tgw_pair_attachment_id", "s"."srcaddr", "s"."dstaddr", "s"."srcport", "s"."dstport", "s"."protocol", "s"."packets", "s"."bytes", "s"."start", "s"."end", "s"."log_status", "s"."type", "s"."packets_lost_no_route", "s"."packets_lost_blackhole", "s"."packets_lost_mtu_exceeded", "s"."packets_lost_ttl_expired", "s"."tcp_flags", "s"."region", "s"."flow_direction", "s"."pkt_src_aws_service", "s"."pkt_dst_aws_service");

-- S3 Tables, create
CREATE TABLE `logs`.`flows` (
  `version` int,
  `resource_type` string,
  `account_id` string,
  `tgw_id` string,
  `tgw_attachment_id` string,
  `tgw_src_vpc_account_id` string,
  `tgw_dst_vpc_account_id` string,
  `tgw_src_vpc_id` string,
  `tgw_dst_vpc_id` string,
  `tgw_src_subnet_id` string,
  `tgw_dst_subnet_id` string,
  `tgw_src_eni` string,
  `tgw_dst_eni` string,
  `tgw_src_az_id` string,
  `tgw_dst_az_id` string,
  `tgw_pair_attachment_id` string,
  `srcaddr` string,
  `dstaddr` string,
  `srcport` int,
  `dstport` int,
  `protocol` int,
  `packets` bigint,
  `bytes` bigint,
  `start` timestamp,
  `end` timestamp,
  `log_status` string,
  `type` string,
  `packets_lost_no_route` bigint,
  `packets_lost_blackhole` bigint,
  `packets_lost_mtu_exceeded` bigint,
  `packets_lost_ttl_expired` bigint,
  `tcp_flags` int,
  `region` string,
  `flow_direction` string,
  `pkt_src_aws_service` string,
  `pkt_dst_aws_service` string
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
  NULLIF(NULLIF("resource_type", '-'), '') AS "resource_type",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("tgw_id", '-'), '') AS "tgw_id",
  NULLIF(NULLIF("tgw_attachment_id", '-'), '') AS "tgw_attachment_id",
  NULLIF(NULLIF("tgw_src_vpc_account_id", '-'), '') AS "tgw_src_vpc_account_id",
  NULLIF(NULLIF("tgw_dst_vpc_account_id", '-'), '') AS "tgw_dst_vpc_account_id",
  NULLIF(NULLIF("tgw_src_vpc_id", '-'), '') AS "tgw_src_vpc_id",
  NULLIF(NULLIF("tgw_dst_vpc_id", '-'), '') AS "tgw_dst_vpc_id",
  NULLIF(NULLIF("tgw_src_subnet_id", '-'), '') AS "tgw_src_subnet_id",
  NULLIF(NULLIF("tgw_dst_subnet_id", '-'), '') AS "tgw_dst_subnet_id",
  NULLIF(NULLIF("tgw_src_eni", '-'), '') AS "tgw_src_eni",
  NULLIF(NULLIF("tgw_dst_eni", '-'), '') AS "tgw_dst_eni",
  NULLIF(NULLIF("tgw_src_az_id", '-'), '') AS "tgw_src_az_id",
  NULLIF(NULLIF("tgw_dst_az_id", '-'), '') AS "tgw_dst_az_id",
  NULLIF(NULLIF("tgw_pair_attachment_id", '-'), '') AS "tgw_pair_attachment_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  "packets_lost_no_route" AS "packets_lost_no_route",
  "packets_lost_blackhole" AS "packets_lost_blackhole",
  "packets_lost_mtu_exceeded" AS "packets_lost_mtu_exceeded",
  "packets_lost_ttl_expired" AS "packets_lost_ttl_expired",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/07/23';

-- S3 Tables, drop
DROP TABLE IF EXISTS `logs`.`flows`;

-- S3 Tables, merge
MERGE INTO "s3tablescatalog/amzn-s3-demo-table-bucket"."logs"."flows" AS "t"
USING (
SELECT DISTINCT
  "version" AS "version",
  NULLIF(NULLIF("resource_type", '-'), '') AS "resource_type",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("tgw_id", '-'), '') AS "tgw_id",
  NULLIF(NULLIF("tgw_attachment_id", '-'), '') AS "tgw_attachment_id",
  NULLIF(NULLIF("tgw_src_vpc_account_id", '-'), '') AS "tgw_src_vpc_account_id",
  NULLIF(NULLIF("tgw_dst_vpc_account_id", '-'), '') AS "tgw_dst_vpc_account_id",
  NULLIF(NULLIF("tgw_src_vpc_id", '-'), '') AS "tgw_src_vpc_id",
  NULLIF(NULLIF("tgw_dst_vpc_id", '-'), '') AS "tgw_dst_vpc_id",
  NULLIF(NULLIF("tgw_src_subnet_id", '-'), '') AS "tgw_src_subnet_id",
  NULLIF(NULLIF("tgw_dst_subnet_id", '-'), '') AS "tgw_dst_subnet_id",
  NULLIF(NULLIF("tgw_src_eni", '-'), '') AS "tgw_src_eni",
  NULLIF(NULLIF("tgw_dst_eni", '-'), '') AS "tgw_dst_eni",
  NULLIF(NULLIF("tgw_src_az_id", '-'), '') AS "tgw_src_az_id",
  NULLIF(NULLIF("tgw_dst_az_id", '-'), '') AS "tgw_dst_az_id",
  NULLIF(NULLIF("tgw_pair_attachment_id", '-'), '') AS "tgw_pair_attachment_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  "packets_lost_no_route" AS "packets_lost_no_route",
  "packets_lost_blackhole" AS "packets_lost_blackhole",
  "packets_lost_mtu_exceeded" AS "packets_lost_mtu_exceeded",
  "packets_lost_ttl_expired" AS "packets_lost_ttl_expired",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/01/23'
) AS "s"
ON (COALESCE("t"."start", TIMESTAMP '1970-01-01 00:00:00') = COALESCE("s"."start", TIMESTAMP '1970-01-01 00:00:00')
  AND "t"."start" IS NOT DISTINCT FROM "s"."start"
  AND "t"."version" IS NOT DISTINCT FROM "s"."version"
  AND COALESCE("t"."resource_type", '-') = COALESCE("s"."resource_type", '-')
  AND COALESCE("t"."account_id", '-') = COALESCE("s"."account_id", '-')
  AND COALESCE("t"."tgw_id", '-') = COALESCE("s"."tgw_id", '-')
  AND COALESCE("t"."tgw_attachment_id", '-') = COALESCE("s"."tgw_attachment_id", '-')
  AND COALESCE("t"."tgw_src_vpc_account_id", '-') = COALESCE("s"."tgw_src_vpc_account_id", '-')
  AND COALESCE("t"."tgw_dst_vpc_account_id", '-') = COALESCE("s"."tgw_dst_vpc_account_id", '-')
  AND COALESCE("t"."tgw_src_vpc_id", '-') = COALESCE("s"."tgw_src_vpc_id", '-')
  AND COALESCE("t"."tgw_dst_vpc_id", '-') = COALESCE("s"."tgw_dst_vpc_id", '-')
  AND COALESCE("t"."tgw_src_subnet_id", '-') = COALESCE("s"."tgw_src_subnet_id", '-')
  AND COALESCE("t"."tgw_dst_subnet_id", '-') = COALESCE("s"."tgw_dst_subnet_id", '-')
  AND COALESCE("t"."tgw_src_eni", '-') = COALESCE("s"."tgw_src_eni", '-')
  AND COALESCE("t"."tgw_dst_eni", '-') = COALESCE("s"."tgw_dst_eni", '-')
  AND COALESCE("t"."tgw_src_az_id", '-') = COALESCE("s"."tgw_src_az_id", '-')
  AND COALESCE("t"."tgw_dst_az_id", '-') = COALESCE("s"."tgw_dst_az_id", '-')
  AND COALESCE("t"."tgw_pair_attachment_id", '-') = COALESCE("s"."tgw_pair_attachment_id", '-')
  AND COALESCE("t"."srcaddr", '-') = COALESCE("s"."srcaddr", '-')
  AND COALESCE("t"."dstaddr", '-') = COALESCE("s"."dstaddr", '-')
  AND "t"."srcport" IS NOT DISTINCT FROM "s"."srcport"
  AND "t"."dstport" IS NOT DISTINCT FROM "s"."dstport"
  AND "t"."protocol" IS NOT DISTINCT FROM "s"."protocol"
  AND "t"."packets" IS NOT DISTINCT FROM "s"."packets"
  AND "t"."bytes" IS NOT DISTINCT FROM "s"."bytes"
  AND "t"."end" IS NOT DISTINCT FROM "s"."end"
  AND COALESCE("t"."log_status", '-') = COALESCE("s"."log_status", '-')
  AND COALESCE("t"."type", '-') = COALESCE("s"."type", '-')
  AND "t"."packets_lost_no_route" IS NOT DISTINCT FROM "s"."packets_lost_no_route"
  AND "t"."packets_lost_blackhole" IS NOT DISTINCT FROM "s"."packets_lost_blackhole"
  AND "t"."packets_lost_mtu_exceeded" IS NOT DISTINCT FROM "s"."packets_lost_mtu_exceeded"
  AND "t"."packets_lost_ttl_expired" IS NOT DISTINCT FROM "s"."packets_lost_ttl_expired"
  AND "t"."tcp_flags" IS NOT DISTINCT FROM "s"."tcp_flags"
  AND COALESCE("t"."region", '-') = COALESCE("s"."region", '-')
  AND COALESCE("t"."flow_direction", '-') = COALESCE("s"."flow_direction", '-')
  AND COALESCE("t"."pkt_src_aws_service", '-') = COALESCE("s"."pkt_src_aws_service", '-')
  AND COALESCE("t"."pkt_dst_aws_service", '-') = COALESCE("s"."pkt_dst_aws_service", '-'))
WHEN NOT MATCHED THEN INSERT ("version", "resource_type", "account_id", "tgw_id", "tgw_attachment_id", "tgw_src_vpc_account_id", "tgw_dst_vpc_account_id", "tgw_src_vpc_id", "tgw_dst_vpc_id", "tgw_src_subnet_id", "tgw_dst_subnet_id", "tgw_src_eni", "tgw_dst_eni", "tgw_src_az_id", "tgw_dst_az_id", "tgw_pair_attachment_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "log_status", "type", "packets_lost_no_route", "packets_lost_blackhole", "packets_lost_mtu_exceeded", "packets_lost_ttl_expired", "tcp_flags", "region", "flow_direction", "pkt_src_aws_service", "pkt_dst_aws_service")
VALUES ("s"."version", "s"."resource_type", "s"."account_id", "s"."tgw_id", "s"."tgw_attachment_id", "s"."tgw_src_vpc_account_id", "s"."tgw_dst_vpc_account_id", "s"."tgw_src_vpc_id", "s"."tgw_dst_vpc_id", "s"."tgw_src_subnet_id", "s"."tgw_dst_subnet_id", "s"."tgw_src_eni", "s"."tgw_dst_eni", "s"."tgw_src_az_id", "s"."tgw_dst_az_id", "s"."tgw_pair_attachment_id", "s"."srcaddr", "s"."dstaddr", "s"."srcport", "s"."dstport", "s"."protocol", "s"."packets", "s"."bytes", "s"."start", "s"."end", "s"."log_status", "s"."type", "s"."packets_lost_no_route", "s"."packets_lost_blackhole", "s"."packets_lost_mtu_exceeded", "s"."packets_lost_ttl_expired", "s"."tcp_flags", "s"."region", "s"."flow_direction", "s"."pkt_src_aws_service", "s"."pkt_dst_aws_service");

-- hourly, create
CREATE TABLE `logs`.`flows` (
  `version` int,
  `resource_type` string,
  `account_id` string,
  `tgw_id` string,
  `tgw_attachment_id` string,
  `tgw_src_vpc_account_id` string,
  `tgw_dst_vpc_account_id` string,
  `tgw_src_vpc_id` string,
  `tgw_dst_vpc_id` string,
  `tgw_src_subnet_id` string,
  `tgw_dst_subnet_id` string,
  `tgw_src_eni` string,
  `tgw_dst_eni` string,
  `tgw_src_az_id` string,
  `tgw_dst_az_id` string,
  `tgw_pair_attachment_id` string,
  `srcaddr` string,
  `dstaddr` string,
  `srcport` int,
  `dstport` int,
  `protocol` int,
  `packets` bigint,
  `bytes` bigint,
  `start` timestamp,
  `end` timestamp,
  `log_status` string,
  `type` string,
  `packets_lost_no_route` bigint,
  `packets_lost_blackhole` bigint,
  `packets_lost_mtu_exceeded` bigint,
  `packets_lost_ttl_expired` bigint,
  `tcp_flags` int,
  `region` string,
  `flow_direction` string,
  `pkt_src_aws_service` string,
  `pkt_dst_aws_service` string
)
PARTITIONED BY (hour(`start`))
LOCATION 's3://amzn-s3-demo-bucket/iceberg/'
TBLPROPERTIES (
  'table_type' = 'ICEBERG',
  'format' = 'parquet',
  'write_compression' = 'zstd'
);

-- hourly, insert
INSERT INTO "logs"."flows" ("version", "resource_type", "account_id", "tgw_id", "tgw_attachment_id", "tgw_src_vpc_account_id", "tgw_dst_vpc_account_id", "tgw_src_vpc_id", "tgw_dst_vpc_id", "tgw_src_subnet_id", "tgw_dst_subnet_id", "tgw_src_eni", "tgw_dst_eni", "tgw_src_az_id", "tgw_dst_az_id", "tgw_pair_attachment_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "log_status", "type", "packets_lost_no_route", "packets_lost_blackhole", "packets_lost_mtu_exceeded", "packets_lost_ttl_expired", "tcp_flags", "region", "flow_direction", "pkt_src_aws_service", "pkt_dst_aws_service")
SELECT
  "version" AS "version",
  NULLIF(NULLIF("resource_type", '-'), '') AS "resource_type",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("tgw_id", '-'), '') AS "tgw_id",
  NULLIF(NULLIF("tgw_attachment_id", '-'), '') AS "tgw_attachment_id",
  NULLIF(NULLIF("tgw_src_vpc_account_id", '-'), '') AS "tgw_src_vpc_account_id",
  NULLIF(NULLIF("tgw_dst_vpc_account_id", '-'), '') AS "tgw_dst_vpc_account_id",
  NULLIF(NULLIF("tgw_src_vpc_id", '-'), '') AS "tgw_src_vpc_id",
  NULLIF(NULLIF("tgw_dst_vpc_id", '-'), '') AS "tgw_dst_vpc_id",
  NULLIF(NULLIF("tgw_src_subnet_id", '-'), '') AS "tgw_src_subnet_id",
  NULLIF(NULLIF("tgw_dst_subnet_id", '-'), '') AS "tgw_dst_subnet_id",
  NULLIF(NULLIF("tgw_src_eni", '-'), '') AS "tgw_src_eni",
  NULLIF(NULLIF("tgw_dst_eni", '-'), '') AS "tgw_dst_eni",
  NULLIF(NULLIF("tgw_src_az_id", '-'), '') AS "tgw_src_az_id",
  NULLIF(NULLIF("tgw_dst_az_id", '-'), '') AS "tgw_dst_az_id",
  NULLIF(NULLIF("tgw_pair_attachment_id", '-'), '') AS "tgw_pair_attachment_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  "packets_lost_no_route" AS "packets_lost_no_route",
  "packets_lost_blackhole" AS "packets_lost_blackhole",
  "packets_lost_mtu_exceeded" AS "packets_lost_mtu_exceeded",
  "packets_lost_ttl_expired" AS "packets_lost_ttl_expired",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/03/01';

-- hourly, insert
INSERT INTO "logs"."flows" ("version", "resource_type", "account_id", "tgw_id", "tgw_attachment_id", "tgw_src_vpc_account_id", "tgw_dst_vpc_account_id", "tgw_src_vpc_id", "tgw_dst_vpc_id", "tgw_src_subnet_id", "tgw_dst_subnet_id", "tgw_src_eni", "tgw_dst_eni", "tgw_src_az_id", "tgw_dst_az_id", "tgw_pair_attachment_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "log_status", "type", "packets_lost_no_route", "packets_lost_blackhole", "packets_lost_mtu_exceeded", "packets_lost_ttl_expired", "tcp_flags", "region", "flow_direction", "pkt_src_aws_service", "pkt_dst_aws_service")
SELECT
  "version" AS "version",
  NULLIF(NULLIF("resource_type", '-'), '') AS "resource_type",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("tgw_id", '-'), '') AS "tgw_id",
  NULLIF(NULLIF("tgw_attachment_id", '-'), '') AS "tgw_attachment_id",
  NULLIF(NULLIF("tgw_src_vpc_account_id", '-'), '') AS "tgw_src_vpc_account_id",
  NULLIF(NULLIF("tgw_dst_vpc_account_id", '-'), '') AS "tgw_dst_vpc_account_id",
  NULLIF(NULLIF("tgw_src_vpc_id", '-'), '') AS "tgw_src_vpc_id",
  NULLIF(NULLIF("tgw_dst_vpc_id", '-'), '') AS "tgw_dst_vpc_id",
  NULLIF(NULLIF("tgw_src_subnet_id", '-'), '') AS "tgw_src_subnet_id",
  NULLIF(NULLIF("tgw_dst_subnet_id", '-'), '') AS "tgw_dst_subnet_id",
  NULLIF(NULLIF("tgw_src_eni", '-'), '') AS "tgw_src_eni",
  NULLIF(NULLIF("tgw_dst_eni", '-'), '') AS "tgw_dst_eni",
  NULLIF(NULLIF("tgw_src_az_id", '-'), '') AS "tgw_src_az_id",
  NULLIF(NULLIF("tgw_dst_az_id", '-'), '') AS "tgw_dst_az_id",
  NULLIF(NULLIF("tgw_pair_attachment_id", '-'), '') AS "tgw_pair_attachment_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  "packets_lost_no_route" AS "packets_lost_no_route",
  "packets_lost_blackhole" AS "packets_lost_blackhole",
  "packets_lost_mtu_exceeded" AS "packets_lost_mtu_exceeded",
  "packets_lost_ttl_expired" AS "packets_lost_ttl_expired",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/03/02' AND '2026/01/04/23';

-- merge Parquet
MERGE INTO "logs"."flows" AS "t"
USING (
SELECT DISTINCT
  "version" AS "version",
  NULLIF(NULLIF("resource_type", '-'), '') AS "resource_type",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("tgw_id", '-'), '') AS "tgw_id",
  NULLIF(NULLIF("tgw_attachment_id", '-'), '') AS "tgw_attachment_id",
  NULLIF(NULLIF("tgw_src_vpc_account_id", '-'), '') AS "tgw_src_vpc_account_id",
  NULLIF(NULLIF("tgw_dst_vpc_account_id", '-'), '') AS "tgw_dst_vpc_account_id",
  NULLIF(NULLIF("tgw_src_vpc_id", '-'), '') AS "tgw_src_vpc_id",
  NULLIF(NULLIF("tgw_dst_vpc_id", '-'), '') AS "tgw_dst_vpc_id",
  NULLIF(NULLIF("tgw_src_subnet_id", '-'), '') AS "tgw_src_subnet_id",
  NULLIF(NULLIF("tgw_dst_subnet_id", '-'), '') AS "tgw_dst_subnet_id",
  NULLIF(NULLIF("tgw_src_eni", '-'), '') AS "tgw_src_eni",
  NULLIF(NULLIF("tgw_dst_eni", '-'), '') AS "tgw_dst_eni",
  NULLIF(NULLIF("tgw_src_az_id", '-'), '') AS "tgw_src_az_id",
  NULLIF(NULLIF("tgw_dst_az_id", '-'), '') AS "tgw_dst_az_id",
  NULLIF(NULLIF("tgw_pair_attachment_id", '-'), '') AS "tgw_pair_attachment_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  "packets_lost_no_route" AS "packets_lost_no_route",
  "packets_lost_blackhole" AS "packets_lost_blackhole",
  "packets_lost_mtu_exceeded" AS "packets_lost_mtu_exceeded",
  "packets_lost_ttl_expired" AS "packets_lost_ttl_expired",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service"
FROM "logs"."vpc_flow_logs"
) AS "s"
ON (COALESCE("t"."start", TIMESTAMP '1970-01-01 00:00:00') = COALESCE("s"."start", TIMESTAMP '1970-01-01 00:00:00')
  AND "t"."start" IS NOT DISTINCT FROM "s"."start"
  AND "t"."version" IS NOT DISTINCT FROM "s"."version"
  AND COALESCE("t"."resource_type", '-') = COALESCE("s"."resource_type", '-')
  AND COALESCE("t"."account_id", '-') = COALESCE("s"."account_id", '-')
  AND COALESCE("t"."tgw_id", '-') = COALESCE("s"."tgw_id", '-')
  AND COALESCE("t"."tgw_attachment_id", '-') = COALESCE("s"."tgw_attachment_id", '-')
  AND COALESCE("t"."tgw_src_vpc_account_id", '-') = COALESCE("s"."tgw_src_vpc_account_id", '-')
  AND COALESCE("t"."tgw_dst_vpc_account_id", '-') = COALESCE("s"."tgw_dst_vpc_account_id", '-')
  AND COALESCE("t"."tgw_src_vpc_id", '-') = COALESCE("s"."tgw_src_vpc_id", '-')
  AND COALESCE("t"."tgw_dst_vpc_id", '-') = COALESCE("s"."tgw_dst_vpc_id", '-')
  AND COALESCE("t"."tgw_src_subnet_id", '-') = COALESCE("s"."tgw_src_subnet_id", '-')
  AND COALESCE("t"."tgw_dst_subnet_id", '-') = COALESCE("s"."tgw_dst_subnet_id", '-')
  AND COALESCE("t"."tgw_src_eni", '-') = COALESCE("s"."tgw_src_eni", '-')
  AND COALESCE("t"."tgw_dst_eni", '-') = COALESCE("s"."tgw_dst_eni", '-')
  AND COALESCE("t"."tgw_src_az_id", '-') = COALESCE("s"."tgw_src_az_id", '-')
  AND COALESCE("t"."tgw_dst_az_id", '-') = COALESCE("s"."tgw_dst_az_id", '-')
  AND COALESCE("t"."tgw_pair_attachment_id", '-') = COALESCE("s"."tgw_pair_attachment_id", '-')
  AND COALESCE("t"."srcaddr", '-') = COALESCE("s"."srcaddr", '-')
  AND COALESCE("t"."dstaddr", '-') = COALESCE("s"."dstaddr", '-')
  AND "t"."srcport" IS NOT DISTINCT FROM "s"."srcport"
  AND "t"."dstport" IS NOT DISTINCT FROM "s"."dstport"
  AND "t"."protocol" IS NOT DISTINCT FROM "s"."protocol"
  AND "t"."packets" IS NOT DISTINCT FROM "s"."packets"
  AND "t"."bytes" IS NOT DISTINCT FROM "s"."bytes"
  AND "t"."end" IS NOT DISTINCT FROM "s"."end"
  AND COALESCE("t"."log_status", '-') = COALESCE("s"."log_status", '-')
  AND COALESCE("t"."type", '-') = COALESCE("s"."type", '-')
  AND "t"."packets_lost_no_route" IS NOT DISTINCT FROM "s"."packets_lost_no_route"
  AND "t"."packets_lost_blackhole" IS NOT DISTINCT FROM "s"."packets_lost_blackhole"
  AND "t"."packets_lost_mtu_exceeded" IS NOT DISTINCT FROM "s"."packets_lost_mtu_exceeded"
  AND "t"."packets_lost_ttl_expired" IS NOT DISTINCT FROM "s"."packets_lost_ttl_expired"
  AND "t"."tcp_flags" IS NOT DISTINCT FROM "s"."tcp_flags"
  AND COALESCE("t"."region", '-') = COALESCE("s"."region", '-')
  AND COALESCE("t"."flow_direction", '-') = COALESCE("s"."flow_direction", '-')
  AND COALESCE("t"."pkt_src_aws_service", '-') = COALESCE("s"."pkt_src_aws_service", '-')
  AND COALESCE("t"."pkt_dst_aws_service", '-') = COALESCE("s"."pkt_dst_aws_service", '-'))
WHEN NOT MATCHED THEN INSERT ("version", "resource_type", "account_id", "tgw_id", "tgw_attachment_id", "tgw_src_vpc_account_id", "tgw_dst_vpc_account_id", "tgw_src_vpc_id", "tgw_dst_vpc_id", "tgw_src_subnet_id", "tgw_dst_subnet_id", "tgw_src_eni", "tgw_dst_eni", "tgw_src_az_id", "tgw_dst_az_id", "tgw_pair_attachment_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "log_status", "type", "packets_lost_no_route", "packets_lost_blackhole", "packets_lost_mtu_exceeded", "packets_lost_ttl_expired", "tcp_flags", "region", "flow_direction", "pkt_src_aws_service", "pkt_dst_aws_service")
VALUES ("s"."version", "s"."resource_type", "s"."account_id", "s"."tgw_id", "s"."tgw_attachment_id", "s"."tgw_src_vpc_account_id", "s"."tgw_dst_vpc_account_id", "s"."tgw_src_vpc_id", "s"."tgw_dst_vpc_id", "s"."tgw_src_subnet_id", "s"."tgw_dst_subnet_id", "s"."tgw_src_eni", "s"."tgw_dst_eni", "s"."tgw_src_az_id", "s"."tgw_dst_az_id", "s"."tgw_pair_attachment_id", "s"."srcaddr", "s"."dstaddr", "s"."srcport", "s"."dstport", "s"."protocol", "s"."packets", "s"."bytes", "s"."start", "s"."end", "s"."log_status", "s"."type", "s"."packets_lost_no_route", "s"."packets_lost_blackhole", "s"."packets_lost_mtu_exceeded", "s"."packets_lost_ttl_expired", "s"."tcp_flags", "s"."region", "s"."flow_direction", "s"."pkt_src_aws_service", "s"."pkt_dst_aws_service");

-- merge by a key
MERGE INTO "logs"."flows" AS "t"
USING (
SELECT "version", "resource_type", "account_id", "tgw_id", "tgw_attachment_id", "tgw_src_vpc_account_id", "tgw_dst_vpc_account_id", "tgw_src_vpc_id", "tgw_dst_vpc_id", "tgw_src_subnet_id", "tgw_dst_subnet_id", "tgw_src_eni", "tgw_dst_eni", "tgw_src_az_id", "tgw_dst_az_id", "tgw_pair_attachment_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "log_status", "type", "packets_lost_no_route", "packets_lost_blackhole", "packets_lost_mtu_exceeded", "packets_lost_ttl_expired", "tcp_flags", "region", "flow_direction", "pkt_src_aws_service", "pkt_dst_aws_service"
FROM (
SELECT "version", "resource_type", "account_id", "tgw_id", "tgw_attachment_id", "tgw_src_vpc_account_id", "tgw_dst_vpc_account_id", "tgw_src_vpc_id", "tgw_dst_vpc_id", "tgw_src_subnet_id", "tgw_dst_subnet_id", "tgw_src_eni", "tgw_dst_eni", "tgw_src_az_id", "tgw_dst_az_id", "tgw_pair_attachment_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "log_status", "type", "packets_lost_no_route", "packets_lost_blackhole", "packets_lost_mtu_exceeded", "packets_lost_ttl_expired", "tcp_flags", "region", "flow_direction", "pkt_src_aws_service", "pkt_dst_aws_service", row_number() OVER (PARTITION BY "start", "srcaddr", "dstport" ORDER BY "version", "resource_type", "account_id", "tgw_id", "tgw_attachment_id", "tgw_src_vpc_account_id", "tgw_dst_vpc_account_id", "tgw_src_vpc_id", "tgw_dst_vpc_id", "tgw_src_subnet_id", "tgw_dst_subnet_id", "tgw_src_eni", "tgw_dst_eni", "tgw_src_az_id", "tgw_dst_az_id", "tgw_pair_attachment_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "log_status", "type", "packets_lost_no_route", "packets_lost_blackhole", "packets_lost_mtu_exceeded", "packets_lost_ttl_expired", "tcp_flags", "region", "flow_direction", "pkt_src_aws_service", "pkt_dst_aws_service") AS "copy"
FROM (
SELECT
  "version" AS "version",
  NULLIF(NULLIF("resource_type", '-'), '') AS "resource_type",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("tgw_id", '-'), '') AS "tgw_id",
  NULLIF(NULLIF("tgw_attachment_id", '-'), '') AS "tgw_attachment_id",
  NULLIF(NULLIF("tgw_src_vpc_account_id", '-'), '') AS "tgw_src_vpc_account_id",
  NULLIF(NULLIF("tgw_dst_vpc_account_id", '-'), '') AS "tgw_dst_vpc_account_id",
  NULLIF(NULLIF("tgw_src_vpc_id", '-'), '') AS "tgw_src_vpc_id",
  NULLIF(NULLIF("tgw_dst_vpc_id", '-'), '') AS "tgw_dst_vpc_id",
  NULLIF(NULLIF("tgw_src_subnet_id", '-'), '') AS "tgw_src_subnet_id",
  NULLIF(NULLIF("tgw_dst_subnet_id", '-'), '') AS "tgw_dst_subnet_id",
  NULLIF(NULLIF("tgw_src_eni", '-'), '') AS "tgw_src_eni",
  NULLIF(NULLIF("tgw_dst_eni", '-'), '') AS "tgw_dst_eni",
  NULLIF(NULLIF("tgw_src_az_id", '-'), '') AS "tgw_src_az_id",
  NULLIF(NULLIF("tgw_dst_az_id", '-'), '') AS "tgw_dst_az_id",
  NULLIF(NULLIF("tgw_pair_attachment_id", '-'), '') AS "tgw_pair_attachment_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(6)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(6)) AS "end",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  "packets_lost_no_route" AS "packets_lost_no_route",
  "packets_lost_blackhole" AS "packets_lost_blackhole",
  "packets_lost_mtu_exceeded" AS "packets_lost_mtu_exceeded",
  "packets_lost_ttl_expired" AS "packets_lost_ttl_expired",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service"
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
WHEN NOT MATCHED THEN INSERT ("version", "resource_type", "account_id", "tgw_id", "tgw_attachment_id", "tgw_src_vpc_account_id", "tgw_dst_vpc_account_id", "tgw_src_vpc_id", "tgw_dst_vpc_id", "tgw_src_subnet_id", "tgw_dst_subnet_id", "tgw_src_eni", "tgw_dst_eni", "tgw_src_az_id", "tgw_dst_az_id", "tgw_pair_attachment_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "log_status", "type", "packets_lost_no_route", "packets_lost_blackhole", "packets_lost_mtu_exceeded", "packets_lost_ttl_expired", "tcp_flags", "region", "flow_direction", "pkt_src_aws_service", "pkt_dst_aws_service")
VALUES ("s"."version", "s"."resource_type", "s"."account_id", "s"."tgw_id", "s"."tgw_attachment_id", "s"."tgw_src_vpc_account_id", "s"."tgw_dst_vpc_account_id", "s"."tgw_src_vpc_id", "s"."tgw_dst_vpc_id", "s"."tgw_src_subnet_id", "s"."tgw_dst_subnet_id", "s"."tgw_src_eni", "s"."tgw_dst_eni", "s"."tgw_src_az_id", "s"."tgw_dst_az_id", "s"."tgw_pair_attachment_id", "s"."srcaddr", "s"."dstaddr", "s"."srcport", "s"."dstport", "s"."protocol", "s"."packets", "s"."bytes", "s"."start", "s"."end", "s"."log_status", "s"."type", "s"."packets_lost_no_route", "s"."packets_lost_blackhole", "s"."packets_lost_mtu_exceeded", "s"."packets_lost_ttl_expired", "s"."tcp_flags", "s"."region", "s"."flow_direction", "s"."pkt_src_aws_service", "s"."pkt_dst_aws_service");

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
  NULLIF(NULLIF("resource_type", '-'), '') AS "resource_type",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("tgw_id", '-'), '') AS "tgw_id",
  NULLIF(NULLIF("tgw_attachment_id", '-'), '') AS "tgw_attachment_id",
  NULLIF(NULLIF("tgw_src_vpc_account_id", '-'), '') AS "tgw_src_vpc_account_id",
  NULLIF(NULLIF("tgw_dst_vpc_account_id", '-'), '') AS "tgw_dst_vpc_account_id",
  NULLIF(NULLIF("tgw_src_vpc_id", '-'), '') AS "tgw_src_vpc_id",
  NULLIF(NULLIF("tgw_dst_vpc_id", '-'), '') AS "tgw_dst_vpc_id",
  NULLIF(NULLIF("tgw_src_subnet_id", '-'), '') AS "tgw_src_subnet_id",
  NULLIF(NULLIF("tgw_dst_subnet_id", '-'), '') AS "tgw_dst_subnet_id",
  NULLIF(NULLIF("tgw_src_eni", '-'), '') AS "tgw_src_eni",
  NULLIF(NULLIF("tgw_dst_eni", '-'), '') AS "tgw_dst_eni",
  NULLIF(NULLIF("tgw_src_az_id", '-'), '') AS "tgw_src_az_id",
  NULLIF(NULLIF("tgw_dst_az_id", '-'), '') AS "tgw_dst_az_id",
  NULLIF(NULLIF("tgw_pair_attachment_id", '-'), '') AS "tgw_pair_attachment_id",
  TRY_CAST("srcaddr" AS IPADDRESS) AS "srcaddr",
  TRY_CAST("dstaddr" AS IPADDRESS) AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  "start" AS "start",
  "end" AS "end",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  "packets_lost_no_route" AS "packets_lost_no_route",
  "packets_lost_blackhole" AS "packets_lost_blackhole",
  "packets_lost_mtu_exceeded" AS "packets_lost_mtu_exceeded",
  "packets_lost_ttl_expired" AS "packets_lost_ttl_expired",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service"
FROM "logs"."flows";

-- unload
UNLOAD (
SELECT
  "version" AS "version",
  NULLIF(NULLIF("resource_type", '-'), '') AS "resource_type",
  NULLIF(NULLIF("account_id", '-'), '') AS "account_id",
  NULLIF(NULLIF("tgw_id", '-'), '') AS "tgw_id",
  NULLIF(NULLIF("tgw_attachment_id", '-'), '') AS "tgw_attachment_id",
  NULLIF(NULLIF("tgw_src_vpc_account_id", '-'), '') AS "tgw_src_vpc_account_id",
  NULLIF(NULLIF("tgw_dst_vpc_account_id", '-'), '') AS "tgw_dst_vpc_account_id",
  NULLIF(NULLIF("tgw_src_vpc_id", '-'), '') AS "tgw_src_vpc_id",
  NULLIF(NULLIF("tgw_dst_vpc_id", '-'), '') AS "tgw_dst_vpc_id",
  NULLIF(NULLIF("tgw_src_subnet_id", '-'), '') AS "tgw_src_subnet_id",
  NULLIF(NULLIF("tgw_dst_subnet_id", '-'), '') AS "tgw_dst_subnet_id",
  NULLIF(NULLIF("tgw_src_eni", '-'), '') AS "tgw_src_eni",
  NULLIF(NULLIF("tgw_dst_eni", '-'), '') AS "tgw_dst_eni",
  NULLIF(NULLIF("tgw_src_az_id", '-'), '') AS "tgw_src_az_id",
  NULLIF(NULLIF("tgw_dst_az_id", '-'), '') AS "tgw_dst_az_id",
  NULLIF(NULLIF("tgw_pair_attachment_id", '-'), '') AS "tgw_pair_attachment_id",
  NULLIF(NULLIF("srcaddr", '-'), '') AS "srcaddr",
  NULLIF(NULLIF("dstaddr", '-'), '') AS "dstaddr",
  "srcport" AS "srcport",
  "dstport" AS "dstport",
  "protocol" AS "protocol",
  "packets" AS "packets",
  "bytes" AS "bytes",
  CAST(to_unixtime("start") AS bigint) AS "start",
  CAST(to_unixtime("end") AS bigint) AS "end",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  NULLIF(NULLIF("type", '-'), '') AS "type",
  "packets_lost_no_route" AS "packets_lost_no_route",
  "packets_lost_blackhole" AS "packets_lost_blackhole",
  "packets_lost_mtu_exceeded" AS "packets_lost_mtu_exceeded",
  "packets_lost_ttl_expired" AS "packets_lost_ttl_expired",
  "tcp_flags" AS "tcp_flags",
  NULLIF(NULLIF("region", '-'), '') AS "region",
  NULLIF(NULLIF("flow_direction", '-'), '') AS "flow_direction",
  NULLIF(NULLIF("pkt_src_aws_service", '-'), '') AS "pkt_src_aws_service",
  NULLIF(NULLIF("pkt_dst_aws_service", '-'), '') AS "pkt_dst_aws_service"
FROM "logs"."flows"
)
TO 's3://amzn-s3-demo-bucket/unload/'
WITH (format = 'PARQUET', compression = 'GZIP');

