"""What the benchmarks share: generated events, a running program, and how it is measured."""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOCSIN = ROOT / ".build-release" / "release" / "tocsin"
SHARED = pathlib.Path(os.environ.get("TOCSIN_SHARED", ROOT.parent / "shared"))
TYPES = {"datetime": "TIMESTAMP", "string": "VARCHAR", "int": "INTEGER", "long": "BIGINT", "bool": "BOOLEAN", "dynamic": "JSON"}
RUNS = 5


def shared(path: str) -> pathlib.Path:
    found = SHARED / path
    if not found.exists():
        sys.exit(f"skipped: {found} is not here; set TOCSIN_SHARED to the shared folder")
    return found


def generate(rows: int) -> pathlib.Path:
    folder = pathlib.Path(os.environ.get("TOCSIN_BENCH_DATA", f"/tmp/tocsin-bench-{rows}"))
    if not (folder / "SecurityEvent.ndjson").exists():
        print(f"generating {rows:,} events in {folder}", flush=True)
        subprocess.run([sys.executable, shared("bench/gen_events.py"), "--rows", str(rows), "--out", folder, "--jobs", "2"],
                       check=True, stdout=subprocess.DEVNULL)
    return folder


@contextlib.contextmanager
def server(data: str, *options: str, home: pathlib.Path = ROOT, **settings: str):
    """A running Tocsin on a free port; yields its address and token."""
    environment = dict(os.environ, TOCSIN_HOME=str(home), TOCSIN_HTTP_PORT="0", **settings)
    process = subprocess.Popen([TOCSIN, "serve", "--data", data, *options], env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        marker = pathlib.Path(data) / "server.json"
        deadline = time.time() + 60
        while not marker.exists():
            if process.poll() is not None or time.time() > deadline:
                sys.exit("the server did not start")
            time.sleep(0.05)
        running = json.loads(marker.read_text())
        yield running["address"], running["token"], process
    finally:
        process.terminate()
        process.wait(60)


def call(address: str, token: str, path: str, body=None, content_type="application/json"):
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data=data,
                                     headers={"Authorization": f"Bearer {token}", "Content-Type": content_type})
    with urllib.request.urlopen(request, timeout=3600) as answer:
        return json.loads(answer.read() or b"null")


def peak_memory(process) -> int:
    """MiB, of the server so far."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024


def processor_seconds(process) -> float:
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
