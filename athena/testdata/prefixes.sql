-- "", projected
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.datehour.type' = 'date',
  'projection.datehour.format' = 'yyyy/MM/dd/HH',
  'projection.datehour.range' = '2026/01/01/00,NOW',
  'projection.datehour.interval' = '1',
  'projection.datehour.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/${datehour}/'
);

-- "", explicit
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`datehour`='2026/01/01/05') LOCATION 's3://amzn-s3-demo-bucket/prefix/2026/01/01/05/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`datehour`='2026/01/01/05');

-- "vpc/", projected
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/vpc/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.datehour.type' = 'date',
  'projection.datehour.format' = 'yyyy/MM/dd/HH',
  'projection.datehour.range' = '2026/01/01/00,NOW',
  'projection.datehour.interval' = '1',
  'projection.datehour.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/vpc/${datehour}/'
);

-- "vpc/", explicit
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/vpc/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`datehour`='2026/01/01/05') LOCATION 's3://amzn-s3-demo-bucket/prefix/vpc/2026/01/01/05/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`datehour`='2026/01/01/05');

-- "vpc-", projected
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.datehour.type' = 'date',
  'projection.datehour.format' = 'yyyy/MM/dd/HH',
  'projection.datehour.range' = '2026/01/01/00,NOW',
  'projection.datehour.interval' = '1',
  'projection.datehour.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/vpc-${datehour}/'
);

-- "vpc-", explicit
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`datehour`='2026/01/01/05') LOCATION 's3://amzn-s3-demo-bucket/prefix/vpc-2026/01/01/05/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`datehour`='2026/01/01/05');

-- "vpc/!{timestamp:yyyy/MM/dd}/", projected
PARTITIONED BY (
  `day` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/vpc/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '2026/01/01,NOW',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/vpc/${day}/'
);

-- "vpc/!{timestamp:yyyy/MM/dd}/", explicit
PARTITIONED BY (
  `day` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/vpc/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`day`='2026/01/01') LOCATION 's3://amzn-s3-demo-bucket/prefix/vpc/2026/01/01/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`day`='2026/01/01');

-- "!{timestamp:yyyy/MM/dd}/!{timestamp:HH}/", projected
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.datehour.type' = 'date',
  'projection.datehour.format' = 'yyyy/MM/dd/HH',
  'projection.datehour.range' = '2026/01/01/00,NOW',
  'projection.datehour.interval' = '1',
  'projection.datehour.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/${datehour}/'
);

-- "!{timestamp:yyyy/MM/dd}/!{timestamp:HH}/", explicit
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`datehour`='2026/01/01/05') LOCATION 's3://amzn-s3-demo-bucket/prefix/2026/01/01/05/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`datehour`='2026/01/01/05');

-- "dt=!{timestamp:yyyy-MM-dd}/", projected
PARTITIONED BY (
  `dt` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.dt.type' = 'date',
  'projection.dt.format' = 'yyyy-MM-dd',
  'projection.dt.range' = '2026-01-01,NOW',
  'projection.dt.interval' = '1',
  'projection.dt.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/dt=${dt}/'
);

-- "dt=!{timestamp:yyyy-MM-dd}/", explicit
PARTITIONED BY (
  `dt` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`dt`='2026-01-01') LOCATION 's3://amzn-s3-demo-bucket/prefix/dt=2026-01-01/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`dt`='2026-01-01');

-- "dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/", projected
PARTITIONED BY (
  `dt` string,
  `hour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.dt.type' = 'date',
  'projection.dt.format' = 'yyyy-MM-dd',
  'projection.dt.range' = '2026-01-01,NOW',
  'projection.dt.interval' = '1',
  'projection.dt.interval.unit' = 'DAYS',
  'projection.hour.type' = 'integer',
  'projection.hour.range' = '00,23',
  'projection.hour.digits' = '2',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/dt=${dt}/hour=${hour}/'
);

-- "dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/", explicit
PARTITIONED BY (
  `dt` string,
  `hour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`dt`='2026-01-01', `hour`='05') LOCATION 's3://amzn-s3-demo-bucket/prefix/dt=2026-01-01/hour=05/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`dt`='2026-01-01', `hour`='05');

-- "!{timestamp:'year='yyyy'/month='MM'/day='dd'/hour='HH}/", projected
PARTITIONED BY (
  `year` string,
  `month` string,
  `day` string,
  `hour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.year.type' = 'date',
  'projection.year.format' = 'yyyy',
  'projection.year.range' = '2026,NOW',
  'projection.year.interval' = '1',
  'projection.year.interval.unit' = 'YEARS',
  'projection.month.type' = 'integer',
  'projection.month.range' = '01,12',
  'projection.month.digits' = '2',
  'projection.day.type' = 'integer',
  'projection.day.range' = '01,31',
  'projection.day.digits' = '2',
  'projection.hour.type' = 'integer',
  'projection.hour.range' = '00,23',
  'projection.hour.digits' = '2',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

-- "!{timestamp:'year='yyyy'/month='MM'/day='dd'/hour='HH}/", explicit
PARTITIONED BY (
  `year` string,
  `month` string,
  `day` string,
  `hour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`year`='2026', `month`='01', `day`='01', `hour`='05') LOCATION 's3://amzn-s3-demo-bucket/prefix/year=2026/month=01/day=01/hour=05/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`year`='2026', `month`='01', `day`='01', `hour`='05');

-- "year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/", projected
PARTITIONED BY (
  `year` string,
  `month` string,
  `day` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.year.type' = 'date',
  'projection.year.format' = 'yyyy',
  'projection.year.range' = '2026,NOW',
  'projection.year.interval' = '1',
  'projection.year.interval.unit' = 'YEARS',
  'projection.month.type' = 'integer',
  'projection.month.range' = '01,12',
  'projection.month.digits' = '2',
  'projection.day.type' = 'integer',
  'projection.day.range' = '01,31',
  'projection.day.digits' = '2',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/year=${year}/month=${month}/day=${day}/'
);

-- "year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/", explicit
PARTITIONED BY (
  `year` string,
  `month` string,
  `day` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`year`='2026', `month`='01', `day`='01') LOCATION 's3://amzn-s3-demo-bucket/prefix/year=2026/month=01/day=01/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`year`='2026', `month`='01', `day`='01');

-- "dt=!{timestamp:yyyyMMddHH}/", projected
PARTITIONED BY (
  `dt` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.dt.type' = 'date',
  'projection.dt.format' = 'yyyyMMddHH',
  'projection.dt.range' = '2026010100,NOW',
  'projection.dt.interval' = '1',
  'projection.dt.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/dt=${dt}/'
);

-- "dt=!{timestamp:yyyyMMddHH}/", explicit
PARTITIONED BY (
  `dt` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`dt`='2026010105') LOCATION 's3://amzn-s3-demo-bucket/prefix/dt=2026010105/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`dt`='2026010105');

-- "logs/!{timestamp:yyyy/MM}/", projected
PARTITIONED BY (
  `month` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/logs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.month.type' = 'date',
  'projection.month.format' = 'yyyy/MM',
  'projection.month.range' = '2026/01,NOW',
  'projection.month.interval' = '1',
  'projection.month.interval.unit' = 'MONTHS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/logs/${month}/'
);

-- "logs/!{timestamp:yyyy/MM}/", explicit
PARTITIONED BY (
  `month` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/logs/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`month`='2026/01') LOCATION 's3://amzn-s3-demo-bucket/prefix/logs/2026/01/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`month`='2026/01');

-- "!{timestamp:yyyy/MM/dd/HH}/!{firehose:random-string}/", projected
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.datehour.type' = 'date',
  'projection.datehour.format' = 'yyyy/MM/dd/HH',
  'projection.datehour.range' = '2026/01/01/00,NOW',
  'projection.datehour.interval' = '1',
  'projection.datehour.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/${datehour}/'
);

-- "!{timestamp:yyyy/MM/dd/HH}/!{firehose:random-string}/", explicit
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`datehour`='2026/01/01/05') LOCATION 's3://amzn-s3-demo-bucket/prefix/2026/01/01/05/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`datehour`='2026/01/01/05');

-- "h!{timestamp:yyyy-MM-dd_HH}z/", projected
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.datehour.type' = 'date',
  'projection.datehour.format' = 'yyyy-MM-dd_HH',
  'projection.datehour.range' = '2026-01-01_00,NOW',
  'projection.datehour.interval' = '1',
  'projection.datehour.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/h${datehour}z/'
);

-- "h!{timestamp:yyyy-MM-dd_HH}z/", explicit
PARTITIONED BY (
  `datehour` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://amzn-s3-demo-bucket/prefix/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`datehour`='2026-01-01_05') LOCATION 's3://amzn-s3-demo-bucket/prefix/h2026-01-01_05z/';

-- drop
ALTER TABLE `logs`.`vpc_flow_logs` DROP IF EXISTS PARTITION (`datehour`='2026-01-01_05');

