"""Reads an Iceberg table with pyiceberg.

Arguments: the location of its metadata, and the endpoint, the key and the secret of the S3 server.
Writes JSON to standard output: {"columns": [...], "partition": ..., "rows": [[...], ...]}.
"""

import datetime
import json
import sys

from pyiceberg.table import StaticTable

metadata, endpoint, key, secret = sys.argv[1:]
table = StaticTable.from_metadata(
    metadata,
    {
        "s3.endpoint": endpoint,
        "s3.access-key-id": key,
        "s3.secret-access-key": secret,
        "s3.region": "us-east-1",
        "s3.force-virtual-addressing": "false",
    },
)


def text(value):
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.000")
    return None if value is None else str(value)


data = table.scan().to_arrow()
json.dump(
    {
        "columns": data.column_names,
        "partition": str(table.spec()),
        "rows": [[text(v) for v in row.values()] for row in data.to_pylist()],
    },
    sys.stdout,
)
