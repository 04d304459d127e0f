"""Reads Parquet files with DuckDB, pyarrow or polars.

Each line of standard input is a JSON object {"reader", "file", ...}; each answer a line of JSON on
standard output with what the reader found: the columns with their types, for each column the number
of nulls, the sum of the numbers and a digest of all values in order, and the statistics of each row
group. The Go tests compare that with what they wrote.
"""

import datetime
import hashlib
import json
import sys

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq

NULL = "\\N"


def digest(values):
    """The digest of a column: every value as text, one a line."""
    h = hashlib.sha256()
    h.update("".join((NULL if v is None else str(v)) + "\n" for v in values).encode())
    return h.hexdigest()[:32]


def column(name, type_, values):
    numbers = [v for v in values if isinstance(v, int)]
    return {
        "name": name,
        "type": type_,
        "nulls": sum(v is None for v in values),
        "sum": str(sum(numbers)) if numbers else "",
        "digest": digest(values),
    }


def of_pyarrow(q):
    f = pq.ParquetFile(q["file"], page_checksum_verification=True)
    f.read()  # once with the checks of the pages' checksums
    table = pq.read_table(q["file"])
    table.validate(full=True)
    columns, groups = [], []
    for i, field in enumerate(table.schema):
        c = f.schema.column(i)
        assert c.max_definition_level == 1 and c.max_repetition_level == 0, c
        columns.append(
            column(field.name, f"{c.physical_type} {c.logical_type} {c.converted_type} {field.type}", table.column(i).to_pylist())
        )
    for g in range(f.metadata.num_row_groups):
        group, stats = f.metadata.row_group(g), []
        for i in range(group.num_columns):
            c = group.column(i)
            s = c.statistics
            assert s is not None and s.has_null_count, c
            # Only a column with a bound too long to keep goes without an index of its pages.
            assert c.has_offset_index and (c.has_column_index or s.num_values > 0 and not s.has_min_max), c
            stats.append({
                "nulls": s.null_count,
                "min": str(s.min) if s.has_min_max else NULL,
                "max": str(s.max) if s.has_min_max else NULL,
                "codec": c.compression,
            })
        groups.append({"rows": group.num_rows, "columns": stats})
    metadata = {k.decode(): v.decode() for k, v in (f.metadata.metadata or {}).items()}
    return {"rows": table.num_rows, "columns": columns, "groups": groups, "metadata": metadata, "by": f.metadata.created_by}


def of_duckdb(q):
    db = duckdb.connect()
    path = q["file"]
    table = db.execute("SELECT * FROM read_parquet(?)", [path])
    names = [d[0] for d in table.description]
    types = [str(d[1]) for d in table.description]
    rows = table.fetchall()
    schema = {
        r[0]: f"{r[1]} {r[2]} {r[3].partition('(')[0]} {r[4]}"
        for r in db.execute(
            "SELECT name, type, repetition_type, logical_type, converted_type FROM parquet_schema(?)", [path]
        ).fetchall()[1:]
    }
    columns = [column(n, f"{schema[n]} {t}", [r[i] for r in rows]) for i, (n, t) in enumerate(zip(names, types))]
    groups = {}
    for g, n, i, nulls, low, high, codec in db.execute(
        """SELECT row_group_id, row_group_num_rows, column_id, stats_null_count,
        coalesce(stats_min_value, stats_min), coalesce(stats_max_value, stats_max), compression
        FROM parquet_metadata(?) ORDER BY row_group_id, column_id""",
        [path],
    ).fetchall():
        if g is None:  # a file without row groups has one such row
            continue
        groups.setdefault(g, {"rows": n, "columns": []})["columns"].append({
            "nulls": nulls,
            "min": NULL if low is None else low,
            "max": NULL if high is None else high,
            "codec": codec,
        })
    metadata = {
        bytes(k).decode(): bytes(v).decode()
        for k, v in db.execute("SELECT key, value FROM parquet_kv_metadata(?)", [path]).fetchall()
    }
    return {"rows": len(rows), "columns": columns, "groups": [groups[g] for g in sorted(groups)], "metadata": metadata}


def of_polars(q):
    frame = polars.read_parquet(q["file"], use_pyarrow=False)
    return {
        "rows": frame.height,
        "columns": [column(s.name, str(s.dtype), s.to_list()) for s in frame],
    }


def find(q):
    """Counts the rows where each column has a value, so that the readers use statistics, page
    index and bloom filters to pass over what cannot hold it."""
    path, counts, db = q["file"], [], duckdb.connect()
    for name, value in q["values"]:
        if q["reader"] == "duckdb":
            # The name of a column cannot be a parameter; the tests' names hold no quote.
            n = db.execute(f'SELECT count(*) FROM read_parquet(?) WHERE "{name}" = ?', [path, value]).fetchone()[0]
        elif q["reader"] == "pyarrow":
            n = pq.read_table(path, columns=[name], filters=[(name, "=", value)]).num_rows
        else:
            n = polars.scan_parquet(path).filter(polars.col(name) == value).select(polars.len()).collect().item()
        counts.append(n)
    return {"counts": counts}


DB = duckdb.connect()


def sql(q):
    """Runs a statement in DuckDB, each in the database of the one before, and answers with its rows as
    text."""
    def text(v):
        if v is None:
            return NULL
        return v.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] if isinstance(v, datetime.datetime) else str(v)

    return {"rows": [[text(v) for v in row] for row in DB.execute(q["sql"]).fetchall()]}


READERS = {"pyarrow": of_pyarrow, "duckdb": of_duckdb, "polars": of_polars}


def main():
    out = sys.stdout
    sys.stdout = sys.stderr
    versions = {"duckdb": duckdb.__version__, "pyarrow": pa.__version__, "polars": polars.__version__}
    for line in sys.stdin:
        q = json.loads(line)
        try:
            if q.get("versions"):
                answer = versions
            elif "sql" in q:
                answer = sql(q)
            elif "values" in q:
                answer = find(q)
            else:
                answer = READERS[q["reader"]](q)
        except Exception as e:  # what a reader refuses is an answer too
            answer = {"error": f"{type(e).__name__}: {e}"}
        out.write(json.dumps(answer) + "\n")
        out.flush()


main()
