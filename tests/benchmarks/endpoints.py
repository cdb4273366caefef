"""Measure the endpoint layer against a 50 ms server: CPU, wall time, memory, and what is paid twice.

    python tests/benchmarks/endpoints.py                   # 20,000 requests, 500 and 2,000 in flight
    python tests/benchmarks/endpoints.py --long            # also 200,000 requests, and a ledger of ten million
    python tests/benchmarks/endpoints.py --peers PYTHON... # also the peers that these interpreters have installed

Everything is printed beside the floor of bare sockets, measured in the same run: clients take turns, and what is shown
is the median of their turns. Read the ratios: absolute numbers move with the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src"
LONGEST_S = 600
CLIENTS = ("bare_sockets", "bare_protocol", "aiohttp", "synthllm", "over_aiohttp")
PEERS = ("curator", "datatrove", "data_designer", "distilabel")


@contextmanager
def server() -> Iterator[str]:
    """The server in a process of its own; gives its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(HERE / "endpoint_server.py"), str(port)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def script(url: str, poisoned: str = "", **shares: float) -> None:
    """Set the server's faults and forget what it was asked."""
    body = {"shares": {"429": 0.0, "500": 0.0, "length": 0.0} | shares, "poisoned": poisoned}
    with urllib.request.urlopen(f"{url}/script", json.dumps(body).encode()) as reply:
        reply.read()


def counts(url: str) -> dict[str, int]:
    """What the server was asked."""
    with urllib.request.urlopen(f"{url}/counts") as reply:
        told: dict[str, int] = json.loads(reply.read())
        return told


def command(name: str, url: str, folder: Path, count: int, in_flight: int, python: str = sys.executable) -> list[str]:
    file = "endpoint_peers.py" if name in PEERS else "endpoint_clients.py"
    return [python, str(HERE / file), name, url, str(folder), str(count), str(in_flight)]


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCE), "HF_HUB_OFFLINE": "1"}


def run(name: str, url: str, folder: Path, count: int, in_flight: int, python: str = sys.executable) -> dict[str, Any]:
    """Run one client to its end and return what it took."""
    try:
        ended = subprocess.run(
            command(name, url, folder, count, in_flight, python),
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if name in PEERS else None,  # some draw pages of progress
            text=True,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"no end within {LONGEST_S} s"}
    if ended.returncode != 0:
        return {"failed": f"status {ended.returncode}"}
    took: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return took


def middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The median of each number; a run that failed is what is shown of all."""
    failed = next((took for took in runs if "failed" in took), None)
    return failed or {key: statistics.median(took[key] for took in runs) for key in runs[0]}


def show(name: str, took: dict[str, Any], floor: dict[str, Any]) -> None:
    if "failed" in took:
        print(f"  {name:<16} failed: {took['failed']}")
        return
    print(
        f"  {name:<16} CPU {took['cpu_ms']:.3f} ms/request ({took['cpu_ms'] / floor['cpu_ms']:5.2f} x floor)   "
        f"wall {took['wall_s']:6.2f} s ({took['wall_s'] / floor['wall_s']:5.2f} x)   RSS {took['rss_mb']:4.0f} MB   "
        f"{took['answered']:,} answered"
    )


def throughput(url: str, folder: Path, count: int, in_flight: int, peers: list[str], turns: int) -> None:
    print(f"{count:,} requests, {in_flight:,} in flight, median of {turns}")
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in CLIENTS}
    for turn in range(turns):
        for name in CLIENTS:
            script(url)
            runs[name].append(run(name, url, folder / f"{name}-{count}-{in_flight}-{turn}", count, in_flight))
    took = {name: middle(runs[name]) for name in CLIENTS}
    floor = took["bare_sockets"]
    for name in CLIENTS:
        show(name, took[name], floor)
    if "failed" not in took["over_aiohttp"] | took["synthllm"]:
        ratio = took["over_aiohttp"]["cpu_ms"] / took["synthllm"]["cpu_ms"]
        print(f"  {'':<16} with aiohttp as its transport, synthllm takes {ratio:.1f} times the CPU")
    for name in PEERS if peers else ():
        python = next((one for one in peers if is_installed(name, one)), None)
        if python is None:
            print(f"  {name:<16} not installed")
            continue
        script(url)
        fewer = min(count, 2_000)  # they take milliseconds for each request
        theirs = run(name, url, folder / f"{name}-{count}-{in_flight}", fewer, min(in_flight, fewer), python)
        if "failed" not in theirs:  # the wall time of so many fewer is not to be compared with the floor's
            theirs["wall_s"] *= count / fewer
        show(f"{name} *", theirs, floor)
    if peers:
        print("  * 2,000 requests; wall time scaled up")


def is_installed(name: str, python: str) -> bool:
    """Whether an interpreter can import a peer."""
    ended = subprocess.run(command(name, "-", Path("-"), 0, 0, python), env=ENVIRONMENT, capture_output=True)
    return ended.returncode == 0


def kills(url: str, folder: Path, count: int, in_flight: int, times: int) -> None:
    """Kill a run after random numbers of requests, then let it end."""
    draw = random.Random(0)
    script(url)
    arguments = command("synthllm", url, folder / "kills", count, in_flight)
    killed = worst = 0
    before = counts(url)
    for _ in range(times):
        process = subprocess.Popen(arguments, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        until = before["sent"] + draw.randrange(1, count // times)
        while counts(url)["sent"] < until and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        time.sleep(0.2)
        now = counts(url)
        worst = max(worst, now["sent"] - now["prompts"] - (before["sent"] - before["prompts"]))
        before = now
    took = run("synthllm", url, folder / "kills", count, in_flight)
    now = counts(url)
    worst = max(worst, now["sent"] - now["prompts"] - (before["sent"] - before["prompts"]))
    print(
        f"killed {killed} times, {count:,} requests, {in_flight:,} in flight: {took['answered']:,} answered at the "
        f"end; sent again {now['sent'] - now['prompts']:,} in all, at most {worst:,} after one kill"
    )
    run("synthllm", url, folder / "kills", count, in_flight)
    print(f"  a further run sent {counts(url)['sent'] - now['sent']} requests")


def faults(url: str, folder: Path, count: int, in_flight: int) -> None:
    script(url, "prompt-77", **{"429": 0.05, "500": 0.05, "length": 0.05})
    took = run("synthllm", url, folder / "faults", count, in_flight)
    told = counts(url)
    run("synthllm", url, folder / "faults", count, in_flight)
    again = counts(url)
    print(
        f"5% of 429, of 500 and of truncations, one poisoned prompt: {took['answered']:,} of {count:,} answered in "
        f"{took['wall_s']:.1f} s; paid twice {again['paid_twice']}; {told['cut_off']:,} truncated, "
        f"{again['cut_off_again']} of them paid for again; the poisoned prompt was sent {told['poisoned_sent']} times, "
        f"by a second run "
        f"{again['poisoned_sent'] - told['poisoned_sent']} more"
    )


def large_ledger(folder: Path, rows: int) -> None:
    """Open a ledger that holds `rows` answers, add to it and look up in it: speed and memory."""
    code = """
import asyncio, hashlib, random, resource, sqlite3, sys, time
from pathlib import Path
from synthllm.builder.endpoints.ledger import Ledger
from synthllm.builder.endpoints.protocol import Completion
path, rows = Path(sys.argv[1]), int(sys.argv[2])
text = "An answer of a few hundred characters, as a model would give. " * 6
def key(number): return hashlib.blake2b(number.to_bytes(8, "big"), digest_size=16).digest()
def fill():  # as many commits of that many answers would leave it, in minutes instead of hours
    connection = sqlite3.connect(path, isolation_level=None)
    for mode in ("journal_mode = DELETE", "journal_mode = OFF", "synchronous = OFF"):
        connection.execute(f"PRAGMA {mode}")
    (index,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'final_outcomes'").fetchone()
    connection.execute("DROP INDEX final_outcomes")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO outcomes (key, finish, status, text, prompt_tokens, completion_tokens, model, shortened,"
        " latency_ms, sent, final) VALUES (?, 'stop', 200, ?, 60, 90, 'bench', 0, 50, 1, 1)",
        ((key(number), text) for number in range(rows)),
    )
    connection.execute(index)
    connection.execute("COMMIT")
    connection.close()
async def measure():
    began = time.perf_counter()
    ledger = Ledger(path)
    opened_s = time.perf_counter() - began
    draw, added = random.Random(0), 20_000
    began, cpu = time.perf_counter(), time.process_time()
    for start in range(rows, rows + added, 500):
        keys = [key(number) for number in range(start, start + 500)]
        assert not any(ledger.find(one) for one in keys)
        await asyncio.gather(*(ledger.record(one, Completion(text, "stop", 60, 90, "bench"), 0.05, 1) for one in keys))
    adding_s, adding_cpu = time.perf_counter() - began, time.process_time() - cpu
    began = time.perf_counter()
    assert all(ledger.find(key(draw.randrange(rows + added))) for _ in range(20_000))
    found_us = (time.perf_counter() - began) / 20_000 * 1e6
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {rows:>12,} rows, {path.stat().st_size / 2**30:.2f} GiB: opened in {opened_s * 1000:.0f} ms, "
          f"added (durably) {added / adding_s:,.0f} a second with {adding_cpu / added * 1e6:.0f} us of CPU each, "
          f"found in {found_us:.0f} us, RSS {rss:.0f} MB")
    await ledger.close()
if sys.argv[3] == "fill":
    asyncio.run(Ledger(path).close())
    fill()
else:
    asyncio.run(measure())
"""
    file = folder / f"large-{rows}.sqlite"
    for step in ("fill", "measure"):  # each in a process of its own, whose memory is its own
        subprocess.run([sys.executable, "-c", code, str(file), str(rows), step], env=ENVIRONMENT, check=True)
    file.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=3, help="how often each client is run")
    parser.add_argument("--long", action="store_true", help="200,000 requests, and a ledger of ten million rows")
    parser.add_argument("--peers", metavar="PYTHON", nargs="*", default=[], help="interpreters with peers")
    parser.add_argument("--folder", type=Path, help="where ledgers go; a temporary folder where left out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as temporary, server() as url:
        folder = Path(temporary)
        for in_flight in (500, 2_000):
            throughput(url, folder, given.requests, in_flight, given.peers, given.turns)
        if given.long:
            throughput(url, folder, 10 * given.requests, 500, [], turns=1)
        kills(url, folder, given.requests, 500, times=10)
        faults(url, folder, given.requests, 500)
        if given.long:
            print("ledgers of growing size", flush=True)
            for rows in (100_000, 1_000_000, 10_000_000):
                large_ledger(folder, rows)


if __name__ == "__main__":
    main()
