#!/usr/bin/env python3
"""ClickHouse's engine (chdb) beside DuckDB on generated events: loading, disk, formats of insertion, and the twelve queries as
hand-written SQL, in turns in one run.

    clickhouse.py SHARED_BENCH_FOLDER [ROWS] [RUNS]     needs chdb and duckdb (scripts/bootstrap --test)
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import chdb
import duckdb

DUCKDB = {"datetime": "TIMESTAMP", "string": "VARCHAR", "int": "INTEGER", "long": "BIGINT", "bool": "BOOLEAN",
          "dynamic": "JSON"}
CLICKHOUSE = {"datetime": "DateTime64(6, 'UTC')", "string": "String", "int": "Nullable(Int32)", "long": "Nullable(Int64)",
              "bool": "Nullable(Bool)", "dynamic": "String"}
# As Sources/ClickHouseStore/Schema/TableDesign.swift has it.
SORT_KEYS = {"SecurityEvent": "EventID, Computer, ", "SigninLogs": "ResultType, AppDisplayName, ",
             "CommonSecurityLog": "DeviceVendor, DeviceProduct, DeviceEventClassID, "}
FEW = {"Type", "TenantId", "Computer", "Activity", "Channel", "Account", "AccountType", "TargetDomainName", "AppDisplayName",
       "Location", "ResultType", "ResultDescription", "ClientAppUsed", "UserAgent", "RiskLevelDuringSignIn", "DeviceVendor",
       "DeviceProduct", "DeviceEventClassID", "LogSeverity", "DeviceAction", "Protocol"}
SEARCHED = {"CommandLine", "NewProcessName", "Message", "RequestURL", "AdditionalExtensions"}


def definition(table, columns):
    parts = []
    for name, type in columns.items():
        form = "LowCardinality(String)" if name in FEW else CLICKHOUSE[type]
        parts.append(f"`{name}` {form} CODEC({'Delta(8), ' if type == 'datetime' else ''}ZSTD(1))")
    parts += [f"INDEX `parts of {name}` lower(`{name}`) TYPE ngrambf_v1(4, 32768, 3, 0) GRANULARITY 1"
              for name in columns if name in SEARCHED]
    return (f"CREATE TABLE `{table}` ({', '.join(parts)}) ENGINE = MergeTree PARTITION BY toDate(TimeGenerated) "
            f"ORDER BY ({SORT_KEYS[table]}TimeGenerated) SETTINGS allow_nullable_key = 1, fsync_after_insert = 1, "
            "fsync_part_directory = 1")


def size(path):
    path = pathlib.Path(path)
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def seconds(work):
    start = time.monotonic()
    work()
    return time.monotonic() - start


def main():
    bench = pathlib.Path(sys.argv[1])
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 500_000
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    description = json.loads((bench / "queries.json").read_text())
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-clickhouse-"))
    try:
        subprocess.run([sys.executable, bench / "gen_events.py", "--rows", str(rows), "--out", folder], check=True,
                       stdout=subprocess.DEVNULL)
        measure(description, folder, runs)
    finally:
        shutil.rmtree(folder)


def measure(description, folder, runs):
    duck = duckdb.connect(str(folder / "events.duckdb"))
    duck.execute("SET threads = 2")
    click = chdb.connect(str(folder / "clickhouse"))
    click.query("SET max_threads = 2")
    click.query("SET max_partitions_per_insert_block = 0")
    total = 0
    loading = {"duckdb": 0.0, "clickhouse": 0.0}
    for table, columns in description["schema"].items():
        file = folder / f"{table}.ndjson"
        types = ", ".join(f"'{name}': '{DUCKDB[type]}'" for name, type in columns.items())
        loading["duckdb"] += seconds(lambda: duck.execute(
            f"CREATE TABLE {table} AS SELECT * FROM read_json('{file}', format = 'newline_delimited', columns = {{{types}}})"))
        click.query(definition(table, columns))
        names = ", ".join(f"`{name}`" for name in columns)
        loading["clickhouse"] += seconds(lambda: click.query(
            f"INSERT INTO `{table}` ({names}) FROM INFILE '{file}' SETTINGS input_format_json_read_objects_as_strings = 1, "
            "date_time_input_format = 'best_effort' FORMAT JSONEachRow"))
        total += duck.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    loading["duckdb"] += seconds(lambda: duck.execute("CHECKPOINT"))
    print(f"| {total:,} rows of NDJSON | rows/s | bytes per row |\n| --- | --- | --- |")
    print(f"| duckdb {duckdb.__version__} | {total / loading['duckdb']:,.0f} | {size(folder / 'events.duckdb') / total:.0f} |")
    for table in description["schema"]:
        click.query(f"OPTIMIZE TABLE `{table}` FINAL")
    kept = click.query("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'default'", "TSV").bytes()
    print(f"| clickhouse {chdb.__version__} | {total / loading['clickhouse']:,.0f} | {int(kept) / total:.0f} |\n")
    formats(click, folder, runs)
    print("| hand-written SQL | clickhouse ms | duckdb ms | ratio |\n| --- | --- | --- | --- |")
    ratios = []
    for query in description["queries"]:
        times = {"chdb": [], "duckdb": []}
        for _ in range(runs + 1):
            times["chdb"].append(seconds(lambda: click.query(query["chdb"], "Native").bytes()))
            times["duckdb"].append(seconds(lambda: duck.execute(query["duckdb"]).fetchall()))
        first, second = (statistics.median(values[1:]) * 1000 for values in (times["chdb"], times["duckdb"]))
        ratios.append(first / second)
        print(f"| {query['id']} {query['name']} | {first:.1f} | {second:.1f} | {first / second:.2f} |")
    print(f"| median | | | {statistics.median(ratios):.2f} |")


def formats(click, folder, runs):
    """The same rows written and read in the formats that there are to choose from."""
    print("| format | insert rows/s | read rows/s | bytes per row |\n| --- | --- | --- | --- |")
    count = int(click.query("SELECT count() FROM SecurityEvent", "TSV").bytes())
    for format in ["Native", "RowBinary", "JSONCompactEachRow"]:
        file = folder / f"rows.{format}"
        reading = []
        for _ in range(runs):
            if file.exists():
                os.remove(file)
            reading.append(seconds(lambda: file.write_bytes(
                click.query("SELECT * FROM SecurityEvent SETTINGS low_cardinality_allow_in_native_format = 0", format).bytes())))
        writing = []
        for _ in range(runs):
            click.query("CREATE TABLE copy AS SecurityEvent")
            writing.append(seconds(lambda: click.query(f"INSERT INTO copy FROM INFILE '{file}' FORMAT {format}")))
            click.query("DROP TABLE copy SYNC")
        print(f"| {format} | {count / statistics.median(writing):,.0f} | {count / statistics.median(reading):,.0f} "
              f"| {size(file) / count:.0f} |")
    print()


if __name__ == "__main__":
    main()
