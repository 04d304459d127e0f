-- create as, unpartitioned
CREATE TABLE "logs"."flows"
WITH (
  format = 'PARQUET',
  write_compression = 'GZIP',
  external_location = 's3://amzn-s3-demo-bucket/parquet/'
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
  "start" AS "start",
  "end" AS "end",
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
FROM "logs"."vpc_flow_logs";

-- insert, unpartitioned
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
  "start" AS "start",
  "end" AS "end",
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
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/01/05';

-- create as, by day
CREATE TABLE "logs"."flows"
WITH (
  format = 'PARQUET',
  write_compression = 'SNAPPY',
  external_location = 's3://amzn-s3-demo-bucket/parquet/',
  partitioned_by = ARRAY['day']
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
  "start" AS "start",
  "end" AS "end",
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
  "traffic_path" AS "traffic_path",
  substr("datehour", 1, 4) || '-' || substr("datehour", 6, 2) || '-' || substr("datehour", 9, 2) AS "day"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/01/03/23';

-- insert, by day
INSERT INTO "logs"."flows" ("version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path", "day")
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
  "start" AS "start",
  "end" AS "end",
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
  "traffic_path" AS "traffic_path",
  substr("datehour", 1, 4) || '-' || substr("datehour", 6, 2) || '-' || substr("datehour", 9, 2) AS "day"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/01/01/00' AND '2026/04/10/23';

-- insert, by day
INSERT INTO "logs"."flows" ("version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path", "day")
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
  "start" AS "start",
  "end" AS "end",
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
  "traffic_path" AS "traffic_path",
  substr("datehour", 1, 4) || '-' || substr("datehour", 6, 2) || '-' || substr("datehour", 9, 2) AS "day"
FROM "logs"."vpc_flow_logs"
WHERE "datehour" BETWEEN '2026/04/11/00' AND '2026/05/30/23';

-- insert from Hive folders, by day
INSERT INTO "logs"."flows" ("version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log_status", "vpc_id", "subnet_id", "instance_id", "tcp_flags", "type", "pkt_srcaddr", "pkt_dstaddr", "region", "az_id", "sublocation_type", "sublocation_id", "pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path", "day")
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
  "start" AS "start",
  "end" AS "end",
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
  "traffic_path" AS "traffic_path",
  substr("year", 1, 4) || '-' || substr("month", 1, 2) || '-' || substr("day", 1, 2) AS "day"
FROM "logs"."vpc_flow_logs"
WHERE "year" BETWEEN '2025' AND '2026'
  AND "year" || "month" || "day" || "hour" BETWEEN '2025123100' AND '2026010123';

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
  "start" AS "start",
  "end" AS "end",
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
WHERE "year" = '2026'
  AND "month" = '01'
  AND "day" = '01'
  AND "hour" = '00'
)
TO 's3://amzn-s3-demo-bucket/unload/'
WITH (format = 'PARQUET', compression = 'ZSTD');

