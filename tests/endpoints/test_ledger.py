"""The ledger keeps what was paid for, tells requests apart by everything that matters, and survives what it says."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from endpoint_requests import ask, run_all

from scripted_server import Call, Say, ScriptedServer, completion
from synthllm.builder.endpoints import Completion, Endpoint, Failure, Request
from synthllm.builder.endpoints.ledger import Ledger, request_key
from synthllm.builder.errors import StoreError

BASE = Request(messages=[{"role": "user", "content": "one"}], temperature=0.7, seed=1)


def test_the_key_covers_everything_that_determines_the_reply() -> None:
    changes = {
        "messages": [{"role": "user", "content": "two"}],
        "max_tokens": 7,
        "temperature": 0.8,
        "top_p": 0.9,
        "seed": 2,
        "stop": ("x",),
        "sample": 1,
        "json_schema": {"type": "object"},
        "document": "one",
        "extra": {"top_k": 20},
    }
    assert set(changes) == {field.name for field in dataclasses.fields(Request)}
    keys = {request_key(dataclasses.replace(BASE, **{name: value}), "m") for name, value in changes.items()}  # type: ignore[arg-type]
    keys |= {request_key(BASE, "m"), request_key(BASE, "n"), request_key(dataclasses.replace(BASE, seed=None), "m")}
    assert len(keys) == len(changes) + 3
    same = Request(messages=({"content": "one", "role": "user"},), temperature=0.7, seed=1)
    assert request_key(same, "m") == request_key(BASE, "m")
    assert request_key(dataclasses.replace(BASE, temperature=1), "m") == request_key(
        dataclasses.replace(BASE, temperature=1.0), "m"
    )


def test_the_revision_of_the_weights_is_part_of_the_key(tmp_path: Path) -> None:
    with ScriptedServer() as server:
        for revision in (None, "abc", "abc", "def", None):
            run_all(server.url, tmp_path, [ask("x")], revision=revision)
        assert server.times["x"] == 3


def test_the_url_is_not_part_of_the_key(tmp_path: Path) -> None:
    with ScriptedServer() as first, ScriptedServer(dialect="tgi") as second:
        run_all(first.url, tmp_path, [ask("x")])
        run_all(second.url, tmp_path, [ask("x")])
        assert (first.times.total(), second.times.total()) == (1, 0)


def test_what_is_stored_comes_back_as_it_was(tmp_path: Path) -> None:
    outcomes = [
        Completion("Überraschung \\frac{1}{2} \u2028 ∑ 𝔸 \x00 end", "stop", 3, 4, "m", True),
        Completion("", "length", 0, 4096, "", False),
        Failure("refused", 422, "too long"),
    ]

    async def write() -> None:
        ledger = Ledger(tmp_path / "deep" / "l.sqlite")
        for number, outcome in enumerate(outcomes):
            await ledger.record(bytes([number]) * 16, outcome, 0.1, 1)
        await ledger.record(b"x" * 16, Failure("server_error", 500, "poison"), 0.1, 5)
        await ledger.close()

    async def read() -> None:
        ledger = Ledger(tmp_path / "deep" / "l.sqlite")
        assert [ledger.find(bytes([number]) * 16) for number in range(3)] == outcomes
        assert ledger.find(b"x" * 16) is None  # it may have been the server's fault after all
        assert ledger.find(b"y" * 16) is None
        await ledger.close()

    asyncio.run(write())
    asyncio.run(read())


def test_what_another_process_writes_into_a_fresh_ledger_is_found(tmp_path: Path) -> None:
    """A ledger that was empty is only looked into for what it wrote itself, until somebody else writes."""
    theirs, mine = b"t" * 16, b"m" * 16
    answer = Completion("4", "stop", 3, 4, "m")
    code = (
        "import asyncio, sys; from synthllm.builder.endpoints.ledger import Ledger\n"
        "from synthllm.builder.endpoints import Completion; from pathlib import Path\n"
        "async def write():\n"
        "    ledger = Ledger(Path(sys.argv[1]))\n"
        "    await ledger.record(b't' * 16, Completion('4', 'stop', 3, 4, 'm'), 0.1, 1)\n"
        "    await ledger.close()\n"
        "asyncio.run(write())"
    )

    async def run() -> None:
        busy, quiet = Ledger(tmp_path / "l.sqlite"), Ledger(tmp_path / "l.sqlite")
        assert (busy.find(mine), busy.find(theirs), quiet.find(theirs)) == (None, None, None)
        await busy.record(mine, answer, 0.1, 1)
        await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code, tmp_path / "l.sqlite"], check=True)
        await busy.record(b"x" * 16, answer, 0.1, 1)  # with a commit it notices
        assert (busy.find(mine), busy.find(theirs)) == (answer, answer)
        await asyncio.sleep(1.1)
        assert (quiet.find(mine), quiet.find(theirs)) == (answer, answer)  # without, after a second
        await busy.close()
        await quiet.close()

    asyncio.run(run())


@pytest.mark.parametrize("count", [1, 37, 1023, 1100])
def test_a_group_of_any_size_is_written_whole(tmp_path: Path, count: int) -> None:
    keys = [number.to_bytes(16, "little") for number in range(count)]

    async def run() -> None:
        ledger = Ledger(tmp_path)
        await asyncio.gather(*(ledger.record(key, Completion(str(key), "stop", 1, 1), 0.1, 1) for key in keys))
        assert [ledger.find(key) for key in keys] == [Completion(str(key), "stop", 1, 1) for key in keys]
        await ledger.close()

    asyncio.run(run())


def test_the_same_request_twice_at_once_is_paid_for_once(tmp_path: Path) -> None:
    def script(call: Call) -> Say:
        return Say(completion(str(call.number)).payload, delay_s=0.05)

    with ScriptedServer(script) as server:
        same = run_all(server.url, tmp_path, [ask("x")] * 30)
        assert {outcome.text for outcome in same.values() if isinstance(outcome, Completion)} == {"1"}
        samples = run_all(server.url, tmp_path, [ask("x", sample=sample) for sample in range(5)])
        assert {outcome.text for outcome in samples.values() if isinstance(outcome, Completion)} == set("12345")
        assert server.times["x"] == 5


def test_a_request_that_is_called_off_does_not_take_its_twin_with_it(tmp_path: Path) -> None:
    async def run(url: str) -> None:
        async with Endpoint(url, "m", ledger=tmp_path) as endpoint:
            first = asyncio.create_task(endpoint.generate(ask("x")))
            await asyncio.sleep(0.05)
            second = asyncio.create_task(endpoint.generate(ask("x")))
            await asyncio.sleep(0.02)
            first.cancel()
            assert isinstance(await second, Completion)

    with ScriptedServer(lambda call: Say(completion("x").payload, delay_s=0.2)) as server:
        asyncio.run(run(server.url))


def test_another_runs_ledger_is_a_cache_that_is_never_written(tmp_path: Path) -> None:
    with ScriptedServer() as server:
        run_all(server.url, tmp_path / "one.sqlite", [ask("a"), ask("b")])
        before = (tmp_path / "one.sqlite").read_bytes()
        second = run_all(server.url, tmp_path / "two.sqlite", [ask("b"), ask("c")], caches=[tmp_path / "one.sqlite"])
        assert [outcome.text for _, outcome in sorted(second.items()) if isinstance(outcome, Completion)] == [
            "echo b",
            "echo c",
        ]
        assert server.times == {"a": 1, "b": 1, "c": 1}
    assert (tmp_path / "one.sqlite").read_bytes() == before


def test_a_cache_may_lie_where_nothing_can_be_written() -> None:
    """As on a mounted archive: here, in a folder that belongs to another user."""
    code = """
import os, sys
from pathlib import Path
from synthllm.builder.endpoints.ledger import open_read_only
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
print(open_read_only(Path(sys.argv[1])).execute("SELECT text FROM outcomes").fetchone()[0])
"""
    with tempfile.TemporaryDirectory() as name, ScriptedServer() as server:
        archive = Path(name)
        run_all(server.url, archive / "l.sqlite", [ask("a")])
        archive.chmod(0o555)
        read = subprocess.run(
            [sys.executable, "-c", code, str(archive / "l.sqlite")], capture_output=True, text=True, check=False
        )
        archive.chmod(0o755)
    assert read.stdout == "echo a\n", read.stderr


def test_a_cache_may_be_read_while_its_run_is_going_on(tmp_path: Path) -> None:
    async def run(url: str) -> None:
        async with Endpoint(url, "m", ledger=tmp_path / "one.sqlite") as one:
            await one.generate(ask("a"))
            async with Endpoint(url, "m", ledger=tmp_path / "two.sqlite", caches=[tmp_path / "one.sqlite"]) as two:
                await two.generate(ask("a"))
                await one.generate(ask("b"))
                await two.generate(ask("b"))

    with ScriptedServer() as server:
        asyncio.run(run(server.url))
        assert server.times == {"a": 1, "b": 1}


def test_ledgers_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    async def enter(path: Path, caches: tuple[Path, ...] = ()) -> None:
        async with Endpoint("http://127.0.0.1:9", "m", ledger=path, caches=caches):
            raise AssertionError("it was opened")

    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is not a database, though it is long enough to be one" * 50)
    newer = tmp_path / "newer.sqlite"
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for path, caches, message in (
        (broken, (), "broken.sqlite: cannot open the ledger"),
        (newer, (), "version 99"),
        (tmp_path / "file.txt" / "x", (), "cannot open the ledger"),
        (tmp_path / "good.sqlite", (tmp_path / "missing.sqlite",), "no such ledger to use as a cache"),
        (tmp_path / "good.sqlite", (newer,), "version 99"),
    ):
        (tmp_path / "file.txt").write_text("a file, not a folder")
        with pytest.raises(StoreError, match=message):
            asyncio.run(enter(path, caches))


def test_a_full_disk_stops_the_run_with_a_clear_message(tmp_path: Path) -> None:
    """A quota of pages stands in for the disk: SQLite reports both as full."""

    async def run(url: str) -> int:
        answered = 0
        async with Endpoint(url, "m", ledger=tmp_path, max_in_flight=10) as endpoint:
            assert endpoint._ledger is not None
            endpoint._ledger._writer.execute("PRAGMA max_page_count = 30")
            async for _ in endpoint.map(ask(f"{number} {os.urandom(200).hex()}") for number in range(5000)):
                answered += 1
        return answered

    with ScriptedServer() as server:
        with pytest.raises(StoreError, match=r"cannot write the ledger.*full.*free the disk and run again"):
            asyncio.run(run(server.url))
        assert server.times.total() < 1000
    outcomes = run_all(server.url, tmp_path, [])
    assert outcomes == {}
