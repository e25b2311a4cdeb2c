"""The benchmark of collecting: Windows events as NDJSON, with and without rules, beside DuckDB's own read_json."""
import contextlib
import http.client
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

import windows_events
from harness import ROOT, RUNS, TYPES, generate, peak_memory, processor_seconds, server, shared


def raw_events(data: pathlib.Path) -> dict[str, pathlib.Path]:
    """The generator's SecurityEvent rows once more as raw events: as winlogbeat and as Sysmon's log writes them."""
    made = {"winlogbeat": data / "winlogbeat.jsonl", "sysmon": data / "sysmon.jsonl"}
    if all(path.exists() for path in made.values()):
        return made
    with (data / "SecurityEvent.ndjson").open() as rows, made["winlogbeat"].open("w") as beat, made["sysmon"].open("w") as sysmon:
        for number, line in enumerate(rows):
            row = json.loads(line)
            fields = {name: str(row[name]) for name in ("TargetUserName", "TargetDomainName", "LogonType", "IpAddress",
                                                        "NewProcessName", "ParentProcessName", "CommandLine") if row[name]}
            fields.update(row["EventData"] or {})
            beat.write(json.dumps({
                "@timestamp": row["TimeGenerated"], "message": row["Activity"],
                "event": {"code": str(row["EventID"]), "provider": "Microsoft-Windows-Security-Auditing", "kind": "event"},
                "winlog": {"channel": "Security", "provider_name": "Microsoft-Windows-Security-Auditing",
                           "event_id": str(row["EventID"]), "computer_name": row["Computer"], "record_id": number,
                           "event_data": fields, "process": {"pid": 4, "thread": {"id": 100}}}}) + "\n")
            sysmon.write(json.dumps({
                "EventTime": row["TimeGenerated"], "Hostname": row["Computer"], "EventID": 1, "Channel":
                "Microsoft-Windows-Sysmon/Operational", "SourceName": "Microsoft-Windows-Sysmon", "RecordNumber": number,
                "UtcTime": row["TimeGenerated"].replace("T", " ")[:23], "ProcessId": "4711",
                "Image": row["NewProcessName"] or "C:\\Windows\\System32\\svchost.exe", "User": row["Account"],
                "CommandLine": row["CommandLine"], "ParentImage": row["ParentProcessName"],
                "Hashes": f"SHA256={number:064x}", "IntegrityLevel": "System"}) + "\n")
    return made


def send(address: str, token: str, file: pathlib.Path, options: str) -> int:
    """Streams a file through POST /api/ingest, a mebibyte at a time; gives the number of rows that are durable."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=3600, blocksize=1 << 20)
    with contextlib.closing(connection), file.open("rb") as body:
        connection.request("POST", f"/api/ingest?source=bench{options}", body, {
            "Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson", "Content-Length": str(file.stat().st_size)})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"{file.name} was not taken in: {answer.status} {text.decode(errors='replace')}")
        return json.loads(text)["accepted"]


@contextlib.contextmanager
def without_rules():
    """A home with all content but the rules: what is collected is parsed, mapped and stored, and nothing looked for in it."""
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        for entry in ROOT.iterdir():
            if entry.name != "content":
                (home / entry.name).symlink_to(entry)
        shutil.copytree(ROOT / "content", home / "content")
        for name in ("rules", "sigma", "behavior"):
            shutil.rmtree(home / "content" / name)
            (home / "content" / name).mkdir()
        yield home


def ingest_run(home: pathlib.Path, file: pathlib.Path, options: str) -> dict:
    """One file into a new installation: events per second until the receipt, and bytes per event once it has shut down."""
    with tempfile.TemporaryDirectory() as folder:
        with server(folder, home=home) as (address, token, process):
            empty = pathlib.Path(folder, "events.duckdb").stat().st_size
            before, start = processor_seconds(process), time.perf_counter()
            rows = send(address, token, file, options)
            seconds = time.perf_counter() - start
            run = {"rows": rows, "rate": rows / seconds, "memory": peak_memory(process),
                   "microseconds": (processor_seconds(process) - before) / rows * 1e6}
        run["bytes"] = (pathlib.Path(folder, "events.duckdb").stat().st_size - empty) / rows
        return run


READ_JSON = """
import json, os, resource, sys, time, duckdb
columns, selection, file, path = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
start = time.perf_counter()
connection = duckdb.connect(path)
connection.execute('SET enable_progress_bar = false')
types = '{' + ','.join(f"'{name}':'{kind}'" for name, kind in columns.items()) + '}'
rows = connection.execute(f"CREATE TABLE events AS SELECT {selection} FROM read_json('{file}', "
    f"format='newline_delimited', columns={types})").fetchone()[0]
connection.execute('CHECKPOINT')
connection.close()
seconds = time.perf_counter() - start
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({'rows': rows, 'rate': rows / seconds, 'bytes': os.path.getsize(path) / rows,
    'memory': usage.ru_maxrss // 1024, 'microseconds': (usage.ru_utime + usage.ru_stime) / rows * 1e6}))
"""
# What winlogbeat writes, and the columns of SecurityEvent that are made of it.
WINLOGBEAT = {"@timestamp": "TIMESTAMP", "message": "VARCHAR", "event": "STRUCT(code VARCHAR, provider VARCHAR, kind VARCHAR)",
              "winlog": "STRUCT(channel VARCHAR, provider_name VARCHAR, event_id VARCHAR, computer_name VARCHAR, record_id BIGINT, "
                        "event_data JSON, process STRUCT(pid BIGINT, thread STRUCT(id BIGINT)))"}
FROM_WINLOGBEAT = ", ".join([
    '"@timestamp" AS TimeGenerated', "message AS Activity", "winlog.computer_name AS Computer", "winlog.event_id::INTEGER AS EventID",
    "winlog.channel AS Channel", "winlog.provider_name AS EventSourceName", "winlog.record_id AS EventRecordId",
    "winlog.event_data AS EventData"] + [
    f"coalesce(winlog.event_data->>'$.{name}', '') AS {name}"
    for name in ("TargetUserName", "TargetDomainName", "LogonType", "IpAddress", "NewProcessName", "ParentProcessName", "CommandLine")])


def read_json_run(file: pathlib.Path, columns: dict, selection: str = "*") -> dict:
    """DuckDB's own reader into a table of the same columns, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run([sys.executable, "-c", READ_JSON, json.dumps(columns), selection, file, f"{folder}/db"],
                                check=True, capture_output=True, text=True).stdout
    return json.loads(answer)


def mixture(data: pathlib.Path, events: int) -> pathlib.Path:
    """The ordinary life of an estate as Sysmon and the Security log tell it, 800 bytes an event."""
    path = data / f"mixture-{events}.ndjson"
    if not path.exists():
        windows_events.write(path, events)
    return path


def run(rows: int, only: str = "") -> None:
    """NDJSON of Windows events, durable, with and without rules; tocsin and read_json take turns."""
    data = generate(rows)
    raw = raw_events(data)
    schema = json.loads(shared("bench/queries.json").read_text())["schema"]["SecurityEvent"]
    inputs = {"SecurityEvent rows": (data / "SecurityEvent.ndjson", "&format=table&table=SecurityEvent"),
              "winlogbeat": (raw["winlogbeat"], ""), "Sysmon": (raw["sysmon"], ""), "mixture": (mixture(data, rows // 4), "")}
    inputs = {name: of for name, of in inputs.items() if only in name}
    runs = {name: [] for name in ("read_json", "read_json, winlogbeat")}
    with without_rules() as bare:
        for _ in range(RUNS):
            runs["read_json"].append(
                read_json_run(data / "SecurityEvent.ndjson", {name: TYPES[kind] for name, kind in schema.items()}))
            runs["read_json, winlogbeat"].append(read_json_run(raw["winlogbeat"], WINLOGBEAT, FROM_WINLOGBEAT))
            for name, (file, options) in inputs.items():
                runs.setdefault(f"{name}, collected", []).append(ingest_run(bare, file, options))
            for name, (file, options) in inputs.items():
                runs.setdefault(f"{name}, all rules", []).append(ingest_run(ROOT, file, options))
    print(f"{'NDJSON, durable':32}{'events':>10}{'events/s':>11}{'min':>11}{'max':>11}{'ratio':>7}{'own':>7}{'µs cpu':>8}{'MiB':>6}"
          f"{'bytes/event':>13}{'ratio':>7}")
    for name, taken in runs.items():
        def median(key: str) -> float:
            return statistics.median(run[key] for run in taken)

        def ratio(key: str, other: str = "read_json") -> float:
            return statistics.median(run[key] / beside[key] for run, beside in zip(taken, runs[other]))

        rates = [run["rate"] for run in taken]
        # "own": beside read_json over the same bytes, into the same columns.
        own = ratio("rate", "read_json, winlogbeat" if "winlogbeat" in name else "read_json")
        print(f"{name:32}{taken[0]['rows']:10,}{median('rate'):11,.0f}{min(rates):11,.0f}{max(rates):11,.0f}{ratio('rate'):7.2f}{own:7.2f}"
              f"{median('microseconds'):8.1f}{max(run['memory'] for run in taken):6}{median('bytes'):13.1f}{ratio('bytes'):7.2f}")
