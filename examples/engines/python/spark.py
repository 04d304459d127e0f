"""Runs statements in Spark with Hive support.

Each line of standard input is a JSON string, a statement; each answer a line of JSON on standard
output: {"rows": [...]} or {"error": ...}. Arguments: the port of the metastore, the folder of the
S3 server, the class path of FolderS3.
"""

import json
import sys

from pyspark.sql import SparkSession

metastore, folder, classes = sys.argv[1:]
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
    "spark.sql.warehouse.dir": "s3://warehouse/",
    "spark.hadoop.hive.metastore.uris": f"thrift://127.0.0.1:{metastore}",
    "spark.hadoop.fs.s3.impl": "FolderS3",
    "spark.hadoop.vpcflow.s3.folder": folder,
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
