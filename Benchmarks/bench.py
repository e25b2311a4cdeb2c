#!/usr/bin/env python3
"""Tocsin's benchmarks, driven through the program's public face: the command line and the HTTP API.

  bench.py ingest  [--rows N]   Windows events as NDJSON, durable: events/s, memory, bytes on disk beside DuckDB's read_json
  bench.py syslog  [--seconds N] messages/s over TCP by loggen beside rsyslog; the delay until they can be queried
  bench.py kql     [--rows N]   the queries of shared/bench/queries.json, side by side with hand-written DuckDB SQL and
                                with duckdb-kql; the start of a query; the same over HTTP
  bench.py detect [--rows N]    SigmaHQ's rules over Windows events, beside pySigma and SQLite (detection.py)
  bench.py latency [--samples N] [--rate N] [--seconds N]
                                from sending an event to its alert's incident being readable: alone, and among N events/s

Absolute figures on a shared machine mean little; the ratios are taken in one run and are medians of at least five.
The generator and the reference SQL lie in the founders' shared folder (TOCSIN_SHARED, or ../shared); without it `ingest`
and `kql` say so and do nothing.
"""
import argparse
import contextlib
import datetime
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import detection
import ingestion
from harness import ROOT, RUNS, TOCSIN, TYPES, call, generate, peak_memory, server, shared
from windows_events import Estate

KQL_BENCHMARK = pathlib.Path(os.environ.get("TOCSIN_KQL_BENCHMARK", ROOT / ".build-release" / "release" / "kql-benchmark"))
RSYSLOG = ROOT / ".deps" / "rsyslog"


def duckdb_load(data: pathlib.Path, database: str):
    import duckdb

    schema = json.loads(shared("bench/queries.json").read_text())["schema"]
    connection = duckdb.connect(database)
    for table, columns in schema.items():
        types = "{" + ",".join(f"'{name}':'{TYPES[kind]}'" for name, kind in columns.items()) + "}"
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM read_json('{data}/{table}.ndjson', "
                           f"format='newline_delimited', columns={types})")
    connection.execute("CHECKPOINT")
    return connection


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def loggen(port: int, seconds: int) -> tuple[int, float]:
    """Sends over TCP as fast as the other side reads; gives loggen's own count of messages and its seconds."""
    answer = subprocess.run(["loggen", "-i", "-S", "-s", "256", "-I", str(seconds), "-r", "10000000", "-Q", "127.0.0.1",
                             str(port)], capture_output=True, text=True, check=True)
    sent = re.search(r"count=([0-9]+), time=([0-9.]+)", answer.stdout + answer.stderr)
    return int(sent[1]), float(sent[2])


@contextlib.contextmanager
def rsyslog(folder: str, port: int):
    configuration = pathlib.Path(folder, "rsyslog.conf")
    configuration.write_text(
        f'global(workDirectory="{folder}")\nmodule(load="imtcp")\ninput(type="imtcp" port="{port}")\n'
        f'action(type="omfile" file="{folder}/messages.log")\n')
    process = subprocess.Popen([RSYSLOG / "usr/sbin/rsyslogd", "-M", RSYSLOG / "usr/lib/x86_64-linux-gnu/rsyslog", "-n", "-f", configuration, "-i", f"{folder}/pid"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield
    finally:
        process.terminate()
        process.wait(60)


def wait_for_port(port: int) -> None:
    deadline = time.time() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.time() > deadline:
                sys.exit(f"nothing listens on port {port}")
            time.sleep(0.05)


def count(address: str, token: str, query: str) -> int:
    return call(address, token, "/api/query", {"query": query + " | count"})["tables"][0]["rows"][0][0]


def bench_syslog(seconds: int) -> None:
    """loggen into tocsin and into rsyslog in turns; the clock stops when all messages can be queried."""
    ours, theirs, memory, lost = [], [], 0, 0
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder, rsyslog(folder, port := free_port()):
            sent, taken = loggen(port, seconds)
            theirs.append(sent / taken)
        port = free_port()
        with tempfile.TemporaryDirectory() as folder, server(folder, TOCSIN_SYSLOG_TCP_PORT=str(port)) as (address, token, process):
            wait_for_port(port)
            start = time.perf_counter()
            sent, _ = loggen(port, seconds)
            known = -1
            while (now := count(address, token, "Syslog")) != known:
                known = now
                time.sleep(0.5)
            # The last look came half a second after all had arrived.
            ours.append(known / (time.perf_counter() - start - 0.5))
            lost = max(lost, sent - known)
            memory = max(memory, peak_memory(process))
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs))
    print(f"{'syslog over TCP, 256 bytes':34}{'median/s':>12}{'min/s':>12}{'max/s':>12}{'ratio':>8}{'MiB':>7}")
    print(f"{'tocsin (durable, queryable)':34}{statistics.median(ours):12,.0f}{min(ours):12,.0f}{max(ours):12,.0f}{ratio:8.2f}{memory:7}")
    print(f"{'rsyslog (plain files)':34}{statistics.median(theirs):12,.0f}{min(theirs):12,.0f}{max(theirs):12,.0f}{1:8.2f}")
    bench_delay(int(statistics.median(ours) / 2), seconds)


def bench_delay(rate: int, seconds: int) -> None:
    """From sending a message to finding it by a query, while loggen sends at half of the highest rate."""
    delays, port = [], free_port()
    with tempfile.TemporaryDirectory() as folder, server(folder, TOCSIN_SYSLOG_TCP_PORT=str(port)) as (address, token, _):
        wait_for_port(port)
        load = subprocess.Popen(["loggen", "-i", "-S", "-s", "256", "-I", str(seconds * 4), "-r", str(rate), "-Q", "127.0.0.1",
                                 str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        probe = socket.create_connection(("127.0.0.1", port))
        while load.poll() is None:
            mark = f"probe-{len(delays)}"
            start = time.perf_counter()
            probe.sendall(f"<13>{time.strftime('%b %e %H:%M:%S', time.gmtime())} bench {mark}: sent\n".encode())
            while count(address, token, f'Syslog | where ProcessName == "{mark}"') == 0:
                if time.perf_counter() - start > 60:
                    sys.exit(f"{mark} cannot be queried after 60 s")
                time.sleep(0.02)
            delays.append(time.perf_counter() - start)
    delays.sort()
    print(f"receipt to queryable at {rate:,} messages/s: {len(delays)} samples, p50 {delays[len(delays) // 2] * 1000:.0f} ms, "
          f"p99 {delays[min(len(delays) - 1, int(len(delays) * 0.99))] * 1000:.0f} ms")


class Store:
    """Tocsin's event store in a process of its own, timed inside that process from query text to rows in memory."""

    def __init__(self, database: pathlib.Path, *options: str):
        self.process = subprocess.Popen([KQL_BENCHMARK, "serve", database, *options], text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=dict(os.environ, TOCSIN_HOME=str(ROOT)))

    def run(self, kql: str, explain: bool = False) -> dict:
        self.process.stdin.write(json.dumps({"kql": kql, "explain": explain}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            sys.exit(f"tocsin: {answer['error']}\n{kql}")
        return answer

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(60)


def stored(data: pathlib.Path) -> pathlib.Path:
    """The events in a database of Tocsin's own layout, written through its append port; made when it is not there."""
    folder = data / "tocsin"
    if not (folder / "loaded").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        print("loading the events into Tocsin's tables", flush=True)
        subprocess.run([KQL_BENCHMARK, "load", data, folder / "events.duckdb", shared("bench/queries.json")], check=True,
                       env=dict(os.environ, TOCSIN_HOME=str(ROOT)))
        (folder / "loaded").touch()
    return folder / "events.duckdb"


def reference(data: pathlib.Path):
    """The events in tables of DuckDB's own types, as read_json makes them; made when they are not there."""
    import duckdb

    path = data / "reference.duckdb"
    if not path.exists():
        print("loading the events into DuckDB's tables", flush=True)
        duckdb_load(data, str(path)).close()
    connection = duckdb.connect(str(path), read_only=True)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def milliseconds(action) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def bench_kql(rows: int) -> None:
    """Tocsin, hand-written SQL and duckdb-kql take turns, query by query; the first turn warms up and is not counted."""
    import duckdb_kql

    data = generate(rows)
    queries = json.loads(shared("bench/queries.json").read_text())["queries"]
    store, connection = Store(stored(data)), reference(data)
    print(f"{'KQL over ' + format(rows, ',') + ' rows, ms':37}{'tocsin':>9}{'min':>8}{'max':>8}{'SQL':>9}{'min':>8}{'max':>8}"
          f"{'ratio':>7}{'duckdb-kql':>12}{'ratio':>7}{'rows':>9}")
    ratios = []
    for query in queries:
        ours, theirs, peers, count = [], [], [], 0
        for turn in range(RUNS + 1):
            answer = store.run(query["kql"])
            count = answer["rows"]
            sql = milliseconds(lambda: connection.execute(query["duckdb"]).fetchall())
            try:
                peer = milliseconds(lambda: duckdb_kql.kql(connection, query["kql"]).fetchall())
            except Exception:  # It does not know the operator.
                peer = None
            if turn > 0:
                ours.append(answer["ms"])
                theirs.append(sql)
                peers.append(peer)
        ratio = statistics.median(a / b for a, b in zip(ours, theirs))
        ratios.append(ratio)
        runs = None not in peers
        print(f"{query['id'] + ' ' + query['name']:37}{statistics.median(ours):9.1f}{min(ours):8.1f}{max(ours):8.1f}"
              f"{statistics.median(theirs):9.1f}{min(theirs):8.1f}{max(theirs):8.1f}{ratio:7.2f}"
              + (f"{statistics.median(peers):12.1f}{statistics.median(a / b for a, b in zip(ours, peers)):7.2f}" if runs
                 else f"{'refused':>12}{'':7}")
              + f"{count:9,}" + ("  fell back" if "fallback" in answer else ""), flush=True)
    store.close()
    connection.close()
    print(f"{'median ratio to SQL':37}{statistics.median(ratios):50.2f}\n{'largest':37}{max(ratios):50.2f}")
    bench_start(data, queries)
    bench_http(data, queries)


def bench_start(data: pathlib.Path, queries: list) -> None:
    """From text to the first row where there are no rows: what a query costs before it reads anything."""
    path = data / "empty.duckdb"
    path.unlink(missing_ok=True)
    subprocess.run([KQL_BENCHMARK, "create", path, shared("bench/queries.json")], check=True,
                   env=dict(os.environ, TOCSIN_HOME=str(ROOT)))
    store = Store(path)
    times = {query["id"]: [store.run(query["kql"])["ms"] for _ in range(RUNS * 4 + 1)][1:] for query in queries}
    simple = [store.run("SecurityEvent | take 1")["ms"] for _ in range(RUNS * 4 + 1)][1:]
    store.close()
    print("start on empty tables, median ms: " + ", ".join(f"{name} {statistics.median(all):.1f}" for name, all in times.items())
          + f"; take 1: {statistics.median(simple):.1f}")


def bench_http(data: pathlib.Path, queries: list) -> None:
    """The same queries through POST /api/query, with the request and the answer's JSON."""
    if not TOCSIN.exists():
        return
    with server(str(stored(data).parent)) as (address, token, _):
        times = {}
        for query in queries:
            send = lambda: call(address, token, "/api/query", {"query": query["kql"]})
            times[query["id"]] = statistics.median([milliseconds(send) for _ in range(RUNS + 1)][1:])
    print("over HTTP, median ms: " + ", ".join(f"{name} {time:.1f}" for name, time in times.items()))


def probe(number: int) -> bytes:
    """An event that a Sigma rule of the shipped content matches, on a host and of a user of its own."""
    host = f"bench-{number:05d}.example"
    event = {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Hostname": host, "Computer": host,
             "SourceName": "Microsoft-Windows-Sysmon", "UtcTime": time.strftime("%Y-%m-%d %H:%M:%S.000", time.gmtime()),
             "EventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
             "Image": "C:\\Windows\\System32\\rundll32.exe", "User": f"BENCH\\user{number}",
             "CommandLine": "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 640 C:\\temp\\l.dmp full"}
    return (json.dumps(event) + "\n").encode()


def told(name: str, times: list) -> None:
    times.sort()
    print(f"{name:46}{len(times):9}{times[len(times) // 2] * 1000:9.1f}"
          f"{times[min(len(times) - 1, int(len(times) * 0.99))] * 1000:9.1f}{times[-1] * 1000:9.1f}", flush=True)


def bench_latency(samples: int, rate: int, seconds: int) -> None:
    """How long from sending an event that a Sigma rule matches until its alert's incident can be read."""
    print(f"{'event sent → alert and incident readable':46}{'samples':>9}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}")
    with tempfile.TemporaryDirectory() as folder, server(folder) as (address, token, _):
        told("one event at a time", latency_alone(address, token, samples))
    with tempfile.TemporaryDirectory() as folder, server(folder) as (address, token, process):
        latency_under_load(address, token, process, rate, seconds)


def latency_alone(address: str, token: str, samples: int) -> list:
    times = []
    for number in range(samples):
        start = time.perf_counter()
        call(address, token, "/api/ingest?format=windows&source=bench", probe(number))
        while len(call(address, token, "/api/incidents?status=all&$top=1000")["value"]) <= number:
            if time.perf_counter() - start > 30:
                sys.exit(f"no incident for event {number} after 30 s")
        times.append(time.perf_counter() - start)
    return times


SENDERS = 32


def latency_under_load(address: str, token: str, process, rate: int, seconds: int) -> None:
    """Windows events of the last minutes at a steady rate in requests of a twentieth of a second each, four of a thousand process
    creations suspicious; every second request has an event that a rule matches. As many connections as a fleet of agents has
    send them. The newest incidents are read all the time; a poll's own time counts as delay."""
    requests = 20 * seconds
    size = rate // 20
    count = size * min(requests, 100)
    now = datetime.datetime.now(datetime.UTC)
    estate = Estate(7, suspicious=4, begin=now - datetime.timedelta(seconds=count // 200))
    lines = [(json.dumps(estate.event(number)) + "\n").encode() for number in range(count)]
    bodies = [b"".join(lines[start:start + size]) for start in range(0, len(lines), size)]
    path = "/api/ingest?format=windows&source=bench"
    sent, wanted, seen, waits = {}, {}, {}, []
    begin = time.perf_counter() + 1

    def send(first: int, step: int) -> None:
        connection = http.client.HTTPConnection(address.split("//")[1], timeout=60)
        for number in range(first, requests, step):
            due = begin + number / 20
            time.sleep(max(0, due - time.perf_counter()))
            body = bodies[number % len(bodies)]
            if number % 2 == 0:
                body += probe(number)
                sent[f"bench-{number:05d}"] = time.perf_counter()
                wanted[f"bench-{number:05d}"] = due
            connection.request("POST", path, body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
            answer = connection.getresponse()
            if answer.status != 200:
                sys.exit(f"{answer.status}: {answer.read()[:200]}")
            answer.read()
            waits.append(time.perf_counter() - due)

    senders = [threading.Thread(target=send, args=(first, SENDERS)) for first in range(SENDERS)]
    for sender in senders:
        sender.start()
    newest = "/api/incidents?status=all&$top=40&$orderby=" + urllib.parse.quote("properties/createdTimeUtc desc")
    known = {}
    while any(sender.is_alive() for sender in senders) or len(seen) < len(sent):
        if time.perf_counter() > begin + seconds + 30:
            print(f"{len(sent) - len(seen)} of {len(sent)} events have no incident after 30 s")
            break
        listing = call(address, token, newest)["value"]
        now = time.perf_counter()
        for incident in listing:
            if known.get(incident["name"]) == incident["etag"]:
                continue
            known[incident["name"]] = incident["etag"]
            for host in hosts(address, token, incident["name"]):
                if host in sent:
                    seen.setdefault(host, now)
        time.sleep(0.01)
    elapsed = time.perf_counter() - begin
    told(f"at {rate:,} events/s", [seen[host] - sent[host] for host in sent if host in seen])
    told("the same, from when they were due", [seen[host] - wanted[host] for host in sent if host in seen])
    told("requests durable after they were due", waits)
    print(f"{requests * size / elapsed:,.0f} events/s in {elapsed:.1f} s, {peak_memory(process)} MiB at most")


def hosts(address: str, token: str, incident: str) -> list:
    """The host names of an incident's entities."""
    found = call(address, token, f"/api/incidents/{incident}/entities", {})["entities"]
    return [entity["properties"].get("hostName", "").lower() for entity in found if entity["kind"] == "Host"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["ingest", "syslog", "kql", "detect", "latency"])
    parser.add_argument("--rows", type=int, help="events; 5,000,000 for kql, 2,000,000 for ingest, 200,000 for detect")
    parser.add_argument("--only", default="", help="ingest: only inputs whose name holds this text")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--rate", type=int, default=20_000, help="events a second for latency")
    arguments = parser.parse_args()
    if arguments.what == "ingest":
        ingestion.run(arguments.rows or 2_000_000, arguments.only)
    elif arguments.what == "syslog":
        bench_syslog(arguments.seconds)
    elif arguments.what == "kql":
        bench_kql(arguments.rows or 5_000_000)
    elif arguments.what == "detect":
        detection.run(shared("realdata"), shared("corpus/sigma_rules"), arguments.rows or 200_000)
    else:
        bench_latency(arguments.samples, arguments.rate, arguments.seconds)


if __name__ == "__main__":
    main()
