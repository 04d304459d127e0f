"""The peers' side of race, one job in a process:

    race.py ENGINE THREADS convert|sourceports LOG|FILE [OUT]

ENGINE is duckdb, clickhouse, polars or pyarrow. convert writes the log LOG, gzip, as Parquet with
zstd to OUT. sourceports answers the article's question over LOG, gzip or text, or a Parquet FILE:
records by source port where the source is in 10.0.0.0/16. It prints the records and the ports. start
does nothing but answer. Settings are those each project documents for speed; nothing is left to be
guessed from the data.
"""
import os
import sys

engine, threads, job = sys.argv[1], int(sys.argv[2]), sys.argv[3]
path = sys.argv[4] if len(sys.argv) > 4 else ""
out = sys.argv[5] if len(sys.argv) > 5 else ""
names = os.environ["RACE_COLUMNS"].split()
kinds = os.environ["RACE_TYPES"].split()  # INT_32, INT_64 or STRING
group = int(os.environ["RACE_ROWGROUP"])
parquet = path.endswith(".parquet")


def quote(s):
    return "'" + s.replace("'", "''") + "'"


def duckdb():
    import duckdb

    db = duckdb.connect()
    db.execute(f"SET threads={threads}; SET enable_progress_bar=false; SET preserve_insertion_order=false")
    if job == "start":
        db.execute("SELECT 1").fetchall()
        return
    types = {"INT_32": "INTEGER", "INT_64": "BIGINT", "STRING": "VARCHAR"}
    columns = "{" + ", ".join(f"{quote(n)}: {quote(types[k])}" for n, k in zip(names, kinds)) + "}"
    table = f"read_parquet({quote(path)})" if parquet else (
        f"read_csv({quote(path)}, auto_detect=false, delim=' ', header=false, nullstr='-', quote='', escape='', columns={columns})")
    if job == "convert":
        db.execute(f"COPY (SELECT * FROM {table}) TO {quote(out)} (FORMAT parquet, CODEC 'zstd', ROW_GROUP_SIZE {group})")
        return
    n, ports = db.execute(
        f"SELECT coalesce(sum(n), 0)::BIGINT, count(*) FROM (SELECT srcport, count(*) AS n FROM {table}"
        " WHERE srcaddr LIKE '10.0.%' AND srcport IS NOT NULL GROUP BY srcport)").fetchone()
    print(n, ports)


def clickhouse():
    import chdb

    if job == "start":
        chdb.query("SELECT 1", "TabSeparated")
        return
    types = {"INT_32": "Nullable(Int32)", "INT_64": "Nullable(Int64)", "STRING": "Nullable(String)"}
    structure = ", ".join(f"`{n}` {types[k]}" for n, k in zip(names, kinds))
    table = f"file({quote(path)}, Parquet)" if parquet else (
        f"file({quote(path)}, CSV, {quote(structure)}, {quote('gzip' if path.endswith('.gz') else 'none')})")
    settings = (f"SETTINGS max_threads={threads}, format_csv_delimiter=' ', format_csv_null_representation='-',"
                " input_format_csv_allow_whitespace_or_tab_as_delimiter=1, output_format_parquet_compression_method='zstd',"
                f" output_format_parquet_row_group_size={group}")
    if job == "convert":
        chdb.query(f"SELECT * FROM {table} INTO OUTFILE {quote(out)} TRUNCATE FORMAT Parquet {settings}")
        return
    print(str(chdb.query(
        f"SELECT sum(n), count() FROM (SELECT srcport, count() AS n FROM {table}"
        " WHERE srcaddr LIKE '10.0.%' AND srcport IS NOT NULL GROUP BY srcport) " + settings, "TabSeparated")).strip().replace("\t", " "))


def polars():
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    if job == "start":
        pl.select(1)
        return
    types = {"INT_32": pl.Int32, "INT_64": pl.Int64, "STRING": pl.String}
    scan = pl.scan_parquet(path) if parquet else pl.scan_csv(
        path, separator=" ", has_header=False, null_values="-", quote_char=None,
        schema={n: types[k] for n, k in zip(names, kinds)})
    if job == "convert":
        scan.sink_parquet(out, compression="zstd", row_group_size=group)
        return
    answer = (scan.filter(pl.col("srcaddr").str.starts_with("10.0.") & pl.col("srcport").is_not_null())
              .group_by("srcport").len().collect(engine="streaming"))
    print(answer["len"].sum(), answer.height)


def pyarrow():
    import pyarrow as pa

    pa.set_cpu_count(threads)
    import pyarrow.compute as pc
    import pyarrow.csv as csv
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    if job == "start":
        return
    types = {"INT_32": pa.int32(), "INT_64": pa.int64(), "STRING": pa.string()}
    how = dict(
        read_options=csv.ReadOptions(column_names=names, block_size=16 << 20),
        parse_options=csv.ParseOptions(delimiter=" ", quote_char=False),
        convert_options=csv.ConvertOptions(null_values=["-"], strings_can_be_null=True,
                                           column_types={n: types[k] for n, k in zip(names, kinds)}))
    if job == "convert":
        with csv.open_csv(path, **how) as rows:
            with pq.ParquetWriter(out, rows.schema, compression="zstd") as writer:
                held, n = [], 0
                for batch in rows:
                    held.append(batch)
                    n += batch.num_rows
                    if n >= group:
                        writer.write_table(pa.Table.from_batches(held), row_group_size=group)
                        held, n = [], 0
                if held:
                    writer.write_table(pa.Table.from_batches(held), row_group_size=group)
        return
    wanted = pc.starts_with(pc.field("srcaddr"), "10.0.") & pc.field("srcport").is_valid()
    if parquet:
        table = ds.dataset(path).to_table(columns=["srcport"], filter=wanted)
    else:
        how["convert_options"].include_columns = ["srcaddr", "srcport"]
        with csv.open_csv(path, **how) as rows:
            table = pa.Table.from_batches([b.filter(wanted).select(["srcport"]) for b in rows], pa.schema([("srcport", types["INT_32"])]))
    answer = table.group_by("srcport").aggregate([([], "count_all")])
    print(pc.sum(answer["count_all"]).as_py() or 0, answer.num_rows)


{"duckdb": duckdb, "clickhouse": clickhouse, "polars": polars, "pyarrow": pyarrow}[engine]()
