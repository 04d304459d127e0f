resource "aws_glue_catalog_table" "vpc_flow_logs" {
  database_name = "logs"
  name = "vpc_flow_logs"
  table_type = "EXTERNAL_TABLE"
  parameters = {
    "EXTERNAL" = "TRUE"
    "projection.datehour.format" = "yyyy/MM/dd/HH"
    "projection.datehour.interval" = "1"
    "projection.datehour.interval.unit" = "HOURS"
    "projection.datehour.range" = "2026/11/22/00,NOW"
    "projection.datehour.type" = "date"
    "projection.enabled" = "true"
    "storage.location.template" = "s3://amzn-s3-demo-bucket/vpc/$${datehour}/"
  }
  partition_keys {
    name = "datehour"
    type = "string"
  }
  storage_descriptor {
    location = "s3://amzn-s3-demo-bucket/vpc/"
    input_format = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.serde2.RegexSerDe"
      parameters = {
        "input.regex" = "^\\s*(\\S+)\\s+(\\S+)(?:\\s.*)?$"
        "serialization.format" = "1"
      }
    }
    columns {
      name = "srcaddr"
      type = "string"
    }
    columns {
      name = "start"
      type = "bigint"
    }
  }
}
