-- text, unpartitioned
CREATE OR REPLACE VIEW "logs"."flows" AS
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
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(3)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(3)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status"
FROM "logs"."vpc_flow_logs";

-- text, s3-daily
CREATE OR REPLACE VIEW "logs"."flows" AS
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
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(3)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(3)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  "accid",
  "region",
  "day"
FROM "logs"."vpc_flow_logs";

-- parquet, unpartitioned
CREATE OR REPLACE VIEW "logs"."flows" AS
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
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(3)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(3)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status"
FROM "logs"."vpc_flow_logs";

-- parquet, s3-daily
CREATE OR REPLACE VIEW "logs"."flows" AS
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
  CAST(at_timezone(from_unixtime(IF("start" >= 100000000000, "start" / 1e3, "start")), 'UTC') AS timestamp(3)) AS "start",
  CAST(at_timezone(from_unixtime(IF("end" >= 100000000000, "end" / 1e3, "end")), 'UTC') AS timestamp(3)) AS "end",
  NULLIF(NULLIF("action", '-'), '') AS "action",
  NULLIF(NULLIF("log_status", '-'), '') AS "log_status",
  "accid",
  "region",
  "day"
FROM "logs"."vpc_flow_logs";

