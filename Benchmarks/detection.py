"""`bench.py detect`: SigmaHQ's whole rule set over generated and real Windows events, beside the same rules in SQLite.

The peer is what Zircolite does: pySigma's SQLite backend makes a query of every rule, and each runs over a table of flattened
events. It gets a sample of the rules and of the events; its time for all rules is in proportion to their number.
"""
import json
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import time

import windows_events

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(os.environ.get("TOCSIN_DETECTION_BENCHMARK", ROOT / ".build-release/release/detection-benchmark"))
FOLDERS = ["rules", "rules-emerging-threats", "rules-threat-hunting", "rules-dfir"]
PEER_RULES = 200
PEER_EVENTS = 20_000


def program(rules: list, *options) -> dict:
    done = subprocess.run([PROGRAM, "--rules", *rules, *map(str, options)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def row(name: str, run: dict, jobs: int = 1) -> None:
    spread = f"{run['events'] / run['match_seconds_most']:,.0f} to {run['events'] / run['match_seconds_least']:,.0f}"
    print(f"{name:<44}{run['rules']:>6}{run['events']:>9,}{run['events'] / run['match_seconds']:>13,.0f}{spread:>24}"
          f"{run['events'] / (run['match_seconds'] + run['parse_seconds']):>13,.0f}{run['matches']:>9,}{run['memory_peak']:>8.0f}", flush=True)


def real_files(realdata: pathlib.Path) -> list:
    truth = json.loads((realdata / "sigma_truth.json").read_text())
    return [realdata / path for path in truth["captures"] if (realdata / path).exists()]


def flat(value, names: dict, prefix: str = "") -> dict:
    for name, inner in value.items():
        if isinstance(inner, dict):
            flat(inner, names, name)
        else:
            names[name] = inner if isinstance(inner, (int, str)) else json.dumps(inner)
    return names


def peer(rules: list, events: pathlib.Path) -> None:
    """pySigma and SQLite: rules × events per second."""
    from sigma.backends.sqlite import sqlite as backend
    from sigma.collection import SigmaCollection
    from sigma.pipelines.sysmon import sysmon_pipeline
    from sigma.pipelines.windows import windows_logsource_pipeline

    files = sorted(path for folder in rules for path in pathlib.Path(folder).rglob("*.yml") if "windows" in str(path))
    files = files[:: max(1, len(files) // PEER_RULES)]
    converter = backend.sqliteBackend(sysmon_pipeline() + windows_logsource_pipeline())
    queries = []
    for file in files:
        try:
            queries += converter.convert(SigmaCollection.from_yaml(file.read_text()))
        except Exception as error:  # What the backend cannot do is no work for it.
            print(f"  left out by pySigma: {file.name}: {str(error)[:80]}", file=sys.stderr)
    rows = [flat(json.loads(line), {}) for _, line in zip(range(PEER_EVENTS), events.open())]
    columns = {name.lower(): name for line in rows for name in line}
    connection = sqlite3.connect(":memory:")
    connection.create_function("regexp", 2, lambda pattern, text: False)
    started = time.perf_counter()
    names = ",".join(f'"{name}" TEXT COLLATE NOCASE' for name in columns.values())
    connection.execute(f"CREATE TABLE logs ({names})")
    connection.executemany(f"INSERT INTO logs VALUES ({','.join('?' * len(columns))})",
                           [[line.get(name) for name in columns.values()] for line in rows])
    loaded = time.perf_counter() - started
    times = []
    for _ in range(3):
        started, ran = time.perf_counter(), 0
        for query in queries:
            try:
                connection.execute(query.replace("<TABLE_NAME>", "logs")).fetchall()
                ran += 1
            except sqlite3.OperationalError:  # A rule may ask for a column that no event has.
                pass
        times.append(time.perf_counter() - started)
    seconds = statistics.median(times)
    print(f"\npeer: {len(rows):,} events × {len(queries)} rules ({ran} of them on columns that are there) in {seconds:.2f} s of queries, "
          f"{loaded:.2f} s of loading")
    return len(rows) / (loaded + seconds * 3_000 / max(1, ran))


def run(realdata: pathlib.Path, corpus: pathlib.Path, events: int) -> None:
    rules = [corpus / folder for folder in FOLDERS if (corpus / folder).exists()]
    generated = pathlib.Path(f"/tmp/tocsin-windows-{events}.ndjson")
    if not generated.exists():
        windows_events.write(generated, events)
    header = f"{'':<44}{'rules':>6}{'events':>9}{'matched/s':>13}{'spread':>24}{'with reading':>13}{'matches':>9}{'MiB':>8}"
    print("per core; processor time of matching structured events, and with the reading of their JSON; medians of 5\n" + header)
    speeds = {}
    for limit in (300, 1_000, 3_000):
        speeds[limit] = program(rules, "--limit", limit, "--events", generated)
        row("generated Sysmon and Security events", speeds[limit])
    whole = program(rules, "--events", generated)
    row("the same, SigmaHQ's whole set", whole)
    row("the same, two cores at once", program(rules, "--events", generated, "--jobs", 2))
    row("real captures (OTRF, EVTX samples, SigmaHQ)", program(rules, "--events", *real_files(realdata)))
    growth = speeds[3_000]["match_seconds"] / speeds[300]["match_seconds"]
    print(f"\nrule load: {whole['load_seconds']:.2f} s for {whole['rules']} rules ({whole['read_seconds']:.2f} s reading YAML); "
          f"memory after it {whole['memory_after_load']:.0f} MiB\ncost of ten times the rules (300 → 3,000): ×{growth:.1f}")
    other = peer(rules, generated)
    own = speeds[3_000]["events"] / (speeds[3_000]["match_seconds"] + speeds[3_000]["parse_seconds"])
    print(f"pySigma + SQLite at 3,000 rules: {other:,.0f} events/s; Tocsin, reading included: {own:,.0f}, ×{own / other:,.0f}")
