-- "", s3-daily, projected
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.accid.type' = 'enum',
  'projection.accid.values' = '123456789012,210987654321',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'us-east-1,us-gov-west-1',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '2026/01/01,NOW',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/AWSLogs/${accid}/vpcflowlogs/${region}/${day}/'
);

-- "", s3-daily, explicit
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`accid`='123456789012', `region`='us-gov-west-1', `day`='2026/01/01') LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/123456789012/vpcflowlogs/us-gov-west-1/2026/01/01/';

-- "", s3-hourly, projected
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.accid.type' = 'enum',
  'projection.accid.values' = '123456789012,210987654321',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'us-east-1,us-gov-west-1',
  'projection.datehour.type' = 'date',
  'projection.datehour.format' = 'yyyy/MM/dd/HH',
  'projection.datehour.range' = '2026/01/01/00,NOW',
  'projection.datehour.interval' = '1',
  'projection.datehour.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/AWSLogs/${accid}/vpcflowlogs/${region}/${datehour}/'
);

-- "", s3-hourly, explicit
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`accid`='123456789012', `region`='us-gov-west-1', `datehour`='2026/01/01/05') LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/123456789012/vpcflowlogs/us-gov-west-1/2026/01/01/05/';

-- "", s3-hive-daily, projected
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.aws-account-id.type' = 'enum',
  'projection.aws-account-id.values' = '123456789012,210987654321',
  'projection.aws-service.type' = 'enum',
  'projection.aws-service.values' = 'vpcflowlogs',
  'projection.aws-region.type' = 'enum',
  'projection.aws-region.values' = 'us-east-1,us-gov-west-1',
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
  'storage.location.template' = 's3://amzn-s3-demo-bucket/AWSLogs/aws-account-id=${aws-account-id}/aws-service=${aws-service}/aws-region=${aws-region}/year=${year}/month=${month}/day=${day}/'
);

-- "", s3-hive-daily, explicit
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`aws-account-id`='123456789012', `aws-service`='vpcflowlogs', `aws-region`='us-gov-west-1', `year`='2026', `month`='01', `day`='01') LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=01/day=01/';

-- "", s3-hive-hourly, projected
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.aws-account-id.type' = 'enum',
  'projection.aws-account-id.values' = '123456789012,210987654321',
  'projection.aws-service.type' = 'enum',
  'projection.aws-service.values' = 'vpcflowlogs',
  'projection.aws-region.type' = 'enum',
  'projection.aws-region.values' = 'us-east-1,us-gov-west-1',
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
  'storage.location.template' = 's3://amzn-s3-demo-bucket/AWSLogs/aws-account-id=${aws-account-id}/aws-service=${aws-service}/aws-region=${aws-region}/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

-- "", s3-hive-hourly, explicit
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`aws-account-id`='123456789012', `aws-service`='vpcflowlogs', `aws-region`='us-gov-west-1', `year`='2026', `month`='01', `day`='01', `hour`='05') LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=01/day=01/hour=05/';

-- "prefix/", s3-daily, projected
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.accid.type' = 'enum',
  'projection.accid.values' = '123456789012,210987654321',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'us-east-1,us-gov-west-1',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '2026/01/01,NOW',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/AWSLogs/${accid}/vpcflowlogs/${region}/${day}/'
);

-- "prefix/", s3-daily, explicit
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`accid`='123456789012', `region`='us-gov-west-1', `day`='2026/01/01') LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/123456789012/vpcflowlogs/us-gov-west-1/2026/01/01/';

-- "prefix/", s3-hourly, projected
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.accid.type' = 'enum',
  'projection.accid.values' = '123456789012,210987654321',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'us-east-1,us-gov-west-1',
  'projection.datehour.type' = 'date',
  'projection.datehour.format' = 'yyyy/MM/dd/HH',
  'projection.datehour.range' = '2026/01/01/00,NOW',
  'projection.datehour.interval' = '1',
  'projection.datehour.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/AWSLogs/${accid}/vpcflowlogs/${region}/${datehour}/'
);

-- "prefix/", s3-hourly, explicit
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`accid`='123456789012', `region`='us-gov-west-1', `datehour`='2026/01/01/05') LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/123456789012/vpcflowlogs/us-gov-west-1/2026/01/01/05/';

-- "prefix/", s3-hive-daily, projected
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.aws-account-id.type' = 'enum',
  'projection.aws-account-id.values' = '123456789012,210987654321',
  'projection.aws-service.type' = 'enum',
  'projection.aws-service.values' = 'vpcflowlogs',
  'projection.aws-region.type' = 'enum',
  'projection.aws-region.values' = 'us-east-1,us-gov-west-1',
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
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=${aws-account-id}/aws-service=${aws-service}/aws-region=${aws-region}/year=${year}/month=${month}/day=${day}/'
);

-- "prefix/", s3-hive-daily, explicit
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`aws-account-id`='123456789012', `aws-service`='vpcflowlogs', `aws-region`='us-gov-west-1', `year`='2026', `month`='01', `day`='01') LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=01/day=01/';

-- "prefix/", s3-hive-hourly, projected
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.aws-account-id.type' = 'enum',
  'projection.aws-account-id.values' = '123456789012,210987654321',
  'projection.aws-service.type' = 'enum',
  'projection.aws-service.values' = 'vpcflowlogs',
  'projection.aws-region.type' = 'enum',
  'projection.aws-region.values' = 'us-east-1,us-gov-west-1',
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
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=${aws-account-id}/aws-service=${aws-service}/aws-region=${aws-region}/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

-- "prefix/", s3-hive-hourly, explicit
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`aws-account-id`='123456789012', `aws-service`='vpcflowlogs', `aws-region`='us-gov-west-1', `year`='2026', `month`='01', `day`='01', `hour`='05') LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=01/day=01/hour=05/';

-- "AWSLogs/o-exampleorgid/", s3-daily, projected
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.accid.type' = 'enum',
  'projection.accid.values' = '123456789012,210987654321',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'us-east-1,us-gov-west-1',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '2026/01/01,NOW',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/${accid}/vpcflowlogs/${region}/${day}/'
);

-- "AWSLogs/o-exampleorgid/", s3-daily, explicit
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`accid`='123456789012', `region`='us-gov-west-1', `day`='2026/01/01') LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/123456789012/vpcflowlogs/us-gov-west-1/2026/01/01/';

-- "AWSLogs/o-exampleorgid/", s3-hourly, projected
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.accid.type' = 'enum',
  'projection.accid.values' = '123456789012,210987654321',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'us-east-1,us-gov-west-1',
  'projection.datehour.type' = 'date',
  'projection.datehour.format' = 'yyyy/MM/dd/HH',
  'projection.datehour.range' = '2026/01/01/00,NOW',
  'projection.datehour.interval' = '1',
  'projection.datehour.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/${accid}/vpcflowlogs/${region}/${datehour}/'
);

-- "AWSLogs/o-exampleorgid/", s3-hourly, explicit
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`accid`='123456789012', `region`='us-gov-west-1', `datehour`='2026/01/01/05') LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/123456789012/vpcflowlogs/us-gov-west-1/2026/01/01/05/';

-- "AWSLogs/o-exampleorgid/", s3-hive-daily, projected
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.aws-account-id.type' = 'enum',
  'projection.aws-account-id.values' = '123456789012,210987654321',
  'projection.aws-service.type' = 'enum',
  'projection.aws-service.values' = 'vpcflowlogs',
  'projection.aws-region.type' = 'enum',
  'projection.aws-region.values' = 'us-east-1,us-gov-west-1',
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
  'storage.location.template' = 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/aws-account-id=${aws-account-id}/aws-service=${aws-service}/aws-region=${aws-region}/year=${year}/month=${month}/day=${day}/'
);

-- "AWSLogs/o-exampleorgid/", s3-hive-daily, explicit
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`aws-account-id`='123456789012', `aws-service`='vpcflowlogs', `aws-region`='us-gov-west-1', `year`='2026', `month`='01', `day`='01') LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=01/day=01/';

-- "AWSLogs/o-exampleorgid/", s3-hive-hourly, projected
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.aws-account-id.type' = 'enum',
  'projection.aws-account-id.values' = '123456789012,210987654321',
  'projection.aws-service.type' = 'enum',
  'projection.aws-service.values' = 'vpcflowlogs',
  'projection.aws-region.type' = 'enum',
  'projection.aws-region.values' = 'us-east-1,us-gov-west-1',
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
  'storage.location.template' = 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/aws-account-id=${aws-account-id}/aws-service=${aws-service}/aws-region=${aws-region}/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

-- "AWSLogs/o-exampleorgid/", s3-hive-hourly, explicit
LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`aws-account-id`='123456789012', `aws-service`='vpcflowlogs', `aws-region`='us-gov-west-1', `year`='2026', `month`='01', `day`='01', `hour`='05') LOCATION 's3://amzn-s3-demo-bucket/AWSLogs/o-exampleorgid/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=01/day=01/hour=05/';

-- "prefix/AWSLogs/o-exampleorgid/", s3-daily, projected
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.accid.type' = 'enum',
  'projection.accid.values' = '123456789012,210987654321',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'us-east-1,us-gov-west-1',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '2026/01/01,NOW',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/${accid}/vpcflowlogs/${region}/${day}/'
);

-- "prefix/AWSLogs/o-exampleorgid/", s3-daily, explicit
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`accid`='123456789012', `region`='us-gov-west-1', `day`='2026/01/01') LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/123456789012/vpcflowlogs/us-gov-west-1/2026/01/01/';

-- "prefix/AWSLogs/o-exampleorgid/", s3-hourly, projected
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.accid.type' = 'enum',
  'projection.accid.values' = '123456789012,210987654321',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'us-east-1,us-gov-west-1',
  'projection.datehour.type' = 'date',
  'projection.datehour.format' = 'yyyy/MM/dd/HH',
  'projection.datehour.range' = '2026/01/01/00,NOW',
  'projection.datehour.interval' = '1',
  'projection.datehour.interval.unit' = 'HOURS',
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/${accid}/vpcflowlogs/${region}/${datehour}/'
);

-- "prefix/AWSLogs/o-exampleorgid/", s3-hourly, explicit
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`accid`='123456789012', `region`='us-gov-west-1', `datehour`='2026/01/01/05') LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/123456789012/vpcflowlogs/us-gov-west-1/2026/01/01/05/';

-- "prefix/AWSLogs/o-exampleorgid/", s3-hive-daily, projected
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.aws-account-id.type' = 'enum',
  'projection.aws-account-id.values' = '123456789012,210987654321',
  'projection.aws-service.type' = 'enum',
  'projection.aws-service.values' = 'vpcflowlogs',
  'projection.aws-region.type' = 'enum',
  'projection.aws-region.values' = 'us-east-1,us-gov-west-1',
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
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/aws-account-id=${aws-account-id}/aws-service=${aws-service}/aws-region=${aws-region}/year=${year}/month=${month}/day=${day}/'
);

-- "prefix/AWSLogs/o-exampleorgid/", s3-hive-daily, explicit
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`aws-account-id`='123456789012', `aws-service`='vpcflowlogs', `aws-region`='us-gov-west-1', `year`='2026', `month`='01', `day`='01') LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=01/day=01/';

-- "prefix/AWSLogs/o-exampleorgid/", s3-hive-hourly, projected
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.aws-account-id.type' = 'enum',
  'projection.aws-account-id.values' = '123456789012,210987654321',
  'projection.aws-service.type' = 'enum',
  'projection.aws-service.values' = 'vpcflowlogs',
  'projection.aws-region.type' = 'enum',
  'projection.aws-region.values' = 'us-east-1,us-gov-west-1',
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
  'storage.location.template' = 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/aws-account-id=${aws-account-id}/aws-service=${aws-service}/aws-region=${aws-region}/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

-- "prefix/AWSLogs/o-exampleorgid/", s3-hive-hourly, explicit
LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/';

-- add
ALTER TABLE `logs`.`vpc_flow_logs` ADD IF NOT EXISTS PARTITION (`aws-account-id`='123456789012', `aws-service`='vpcflowlogs', `aws-region`='us-gov-west-1', `year`='2026', `month`='01', `day`='01', `hour`='05') LOCATION 's3://amzn-s3-demo-bucket/prefix/AWSLogs/o-exampleorgid/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=01/day=01/hour=05/';

