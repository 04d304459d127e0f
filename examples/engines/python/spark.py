"""Runs statements in Spark with Hive support.

Each line of standard input is a JSON string, a statement; each answer a line of JSON on standard
output: {"rows": [...]} or {"error": ...}. Arguments: the port of the metastore, the folder of the
S3 server, the class path of FolderS3, and the jar of Iceberg, if it is to be there.
"""

import json
import sys

from pyspark.sql import SparkSession

metastore, folder, classes = sys.argv[1:4]
iceberg = sys.argv[4] if len(sys.argv) > 4 else None
out = sys.stdout
sys.stdout = sys.stderr
builder = SparkSession.builder.master("local[2]").enableHiveSupport()
for key, value in {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.driver.extraClassPath": classes,
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    # Hive's own reader of Parquet, not Spark's.
    "spark.sql.hive.convertMetastoreParquet": "false",
    # Spark would replace ${day} in a storage.location.template.
    "spark.sql.variable.substitute": "false",
    # Spark hides values of properties in which it finds "url", and so all that have "hourly".
    "spark.sql.redaction.options.regex": "(?!)",
    "spark.sql.warehouse.dir": "s3://warehouse/",
    "spark.hadoop.hive.metastore.uris": f"thrift://127.0.0.1:{metastore}",
    "spark.hadoop.fs.s3.impl": "FolderS3",
    "spark.hadoop.vpcflow.s3.folder": folder,
}.items():
    builder = builder.config(key, value)
if iceberg:
    for key, value in {
        "spark.driver.extraClassPath": f"{classes}:{iceberg}",
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        # The same tables as without it, and those of Iceberg besides.
        "spark.sql.catalog.spark_catalog": "org.apache.iceberg.spark.SparkSessionCatalog",
        "spark.sql.catalog.spark_catalog.type": "hive",
        # As in Athena, a timestamp has no zone.
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
    }.items():
        builder = builder.config(key, value)
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")

for line in sys.stdin:
    try:
        rows = [list(row) for row in spark.sql(json.loads(line)).collect()]
        answer = {"rows": [[None if v is None else str(v) for v in row] for row in rows]}
    except Exception as e:
        answer = {"error": str(e)}
    out.write(json.dumps(answer) + "\n")
    out.flush()
spark.stop()
