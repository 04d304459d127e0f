-- unpartitioned, folder 
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes"
FROM read_parquet(
  's3://amzn-s3-demo-bucket/prefix/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- unpartitioned, folder .
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes"
FROM read_parquet(
  '**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- unpartitioned, folder ./it's/logs
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes"
FROM read_parquet(
  'it''s/logs/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- unpartitioned, folder /var/a b/../log/
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes"
FROM read_parquet(
  '/var/log/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- firehose, folder 
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "datehour"
FROM read_parquet(
  's3://amzn-s3-demo-bucket/prefix/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- firehose, folder .
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "datehour"
FROM read_parquet(
  '[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- firehose, folder ./it's/logs
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^it''s/logs/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "datehour"
FROM read_parquet(
  'it''s/logs/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- firehose, folder /var/a b/../log/
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^/var/log/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "datehour"
FROM read_parquet(
  '/var/log/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-daily, folder 
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "accid",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 2) AS "region",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 3) AS "day"
FROM read_parquet(
  's3://amzn-s3-demo-bucket/prefix/AWSLogs/*/vpcflowlogs/*/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-daily, folder .
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "accid",
  regexp_extract("the file", '^AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 2) AS "region",
  regexp_extract("the file", '^AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 3) AS "day"
FROM read_parquet(
  'AWSLogs/*/vpcflowlogs/*/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-daily, folder ./it's/logs
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^it''s/logs/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "accid",
  regexp_extract("the file", '^it''s/logs/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 2) AS "region",
  regexp_extract("the file", '^it''s/logs/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 3) AS "day"
FROM read_parquet(
  'it''s/logs/AWSLogs/*/vpcflowlogs/*/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-daily, folder /var/a b/../log/
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^/var/log/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "accid",
  regexp_extract("the file", '^/var/log/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 2) AS "region",
  regexp_extract("the file", '^/var/log/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 3) AS "day"
FROM read_parquet(
  '/var/log/AWSLogs/*/vpcflowlogs/*/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hourly, folder 
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "accid",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 2) AS "region",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 3) AS "datehour"
FROM read_parquet(
  's3://amzn-s3-demo-bucket/prefix/AWSLogs/*/vpcflowlogs/*/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hourly, folder .
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "accid",
  regexp_extract("the file", '^AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 2) AS "region",
  regexp_extract("the file", '^AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 3) AS "datehour"
FROM read_parquet(
  'AWSLogs/*/vpcflowlogs/*/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hourly, folder ./it's/logs
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^it''s/logs/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "accid",
  regexp_extract("the file", '^it''s/logs/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 2) AS "region",
  regexp_extract("the file", '^it''s/logs/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 3) AS "datehour"
FROM read_parquet(
  'it''s/logs/AWSLogs/*/vpcflowlogs/*/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hourly, folder /var/a b/../log/
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^/var/log/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 1) AS "accid",
  regexp_extract("the file", '^/var/log/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 2) AS "region",
  regexp_extract("the file", '^/var/log/AWSLogs/([^/]+)/vpcflowlogs/([^/]+)/([0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9])/', 3) AS "datehour"
FROM read_parquet(
  '/var/log/AWSLogs/*/vpcflowlogs/*/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hive-daily, folder 
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 1) AS "aws-account-id",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 2) AS "aws-service",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 3) AS "aws-region",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 4) AS "year",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 5) AS "month",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 6) AS "day"
FROM read_parquet(
  's3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=*/aws-service=*/aws-region=*/year=[0-9][0-9][0-9][0-9]/month=[0-9][0-9]/day=[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hive-daily, folder .
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 1) AS "aws-account-id",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 2) AS "aws-service",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 3) AS "aws-region",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 4) AS "year",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 5) AS "month",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 6) AS "day"
FROM read_parquet(
  'AWSLogs/aws-account-id=*/aws-service=*/aws-region=*/year=[0-9][0-9][0-9][0-9]/month=[0-9][0-9]/day=[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hive-daily, folder ./it's/logs
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 1) AS "aws-account-id",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 2) AS "aws-service",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 3) AS "aws-region",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 4) AS "year",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 5) AS "month",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 6) AS "day"
FROM read_parquet(
  'it''s/logs/AWSLogs/aws-account-id=*/aws-service=*/aws-region=*/year=[0-9][0-9][0-9][0-9]/month=[0-9][0-9]/day=[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hive-daily, folder /var/a b/../log/
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 1) AS "aws-account-id",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 2) AS "aws-service",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 3) AS "aws-region",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 4) AS "year",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 5) AS "month",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/', 6) AS "day"
FROM read_parquet(
  '/var/log/AWSLogs/aws-account-id=*/aws-service=*/aws-region=*/year=[0-9][0-9][0-9][0-9]/month=[0-9][0-9]/day=[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hive-hourly, folder 
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 1) AS "aws-account-id",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 2) AS "aws-service",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 3) AS "aws-region",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 4) AS "year",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 5) AS "month",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 6) AS "day",
  regexp_extract("the file", '^s3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 7) AS "hour"
FROM read_parquet(
  's3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=*/aws-service=*/aws-region=*/year=[0-9][0-9][0-9][0-9]/month=[0-9][0-9]/day=[0-9][0-9]/hour=[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hive-hourly, folder .
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 1) AS "aws-account-id",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 2) AS "aws-service",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 3) AS "aws-region",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 4) AS "year",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 5) AS "month",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 6) AS "day",
  regexp_extract("the file", '^AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 7) AS "hour"
FROM read_parquet(
  'AWSLogs/aws-account-id=*/aws-service=*/aws-region=*/year=[0-9][0-9][0-9][0-9]/month=[0-9][0-9]/day=[0-9][0-9]/hour=[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hive-hourly, folder ./it's/logs
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 1) AS "aws-account-id",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 2) AS "aws-service",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 3) AS "aws-region",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 4) AS "year",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 5) AS "month",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 6) AS "day",
  regexp_extract("the file", '^it''s/logs/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 7) AS "hour"
FROM read_parquet(
  'it''s/logs/AWSLogs/aws-account-id=*/aws-service=*/aws-region=*/year=[0-9][0-9][0-9][0-9]/month=[0-9][0-9]/day=[0-9][0-9]/hour=[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

-- s3-hive-hourly, folder /var/a b/../log/
CREATE OR REPLACE VIEW "vpc_flow_logs" AS
SELECT
  "bytes" AS "bytes",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 1) AS "aws-account-id",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 2) AS "aws-service",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 3) AS "aws-region",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 4) AS "year",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 5) AS "month",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 6) AS "day",
  regexp_extract("the file", '^/var/log/AWSLogs/aws-account-id=([^/]+)/aws-service=([^/]+)/aws-region=([^/]+)/year=([0-9][0-9][0-9][0-9])/month=([0-9][0-9])/day=([0-9][0-9])/hour=([0-9][0-9])/', 7) AS "hour"
FROM read_parquet(
  '/var/log/AWSLogs/aws-account-id=*/aws-service=*/aws-region=*/year=[0-9][0-9][0-9][0-9]/month=[0-9][0-9]/day=[0-9][0-9]/hour=[0-9][0-9]/**/[!_.]*',
  filename = 'the file',
  hive_partitioning = false
);

