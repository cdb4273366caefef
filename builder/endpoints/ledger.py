"""The ledger of a run: every answer that was paid for, kept so that it is never paid for again.

One SQLite file in write-ahead mode. Rows are only ever added. Answers that arrive while a commit is being written are
written together by the next one, so a commit costs a fraction of a request however fast they come.

What survives what:

- `kill -9`, a crash, out of memory: every answer that was handed on, in either mode.
- power loss, commit mode `durable` (the default): the same, since each group is synced to the disk before the answers
  in it are handed on. A disk that lies about syncing can lose its last moments; the file is never left unreadable.
- power loss, commit mode `fast`: answers since the last checkpoint (at most 32 MB of log) may be asked again. The file
  is never left unreadable.

Both are tested with logs cut and torn at any byte (tests/endpoints/test_power_loss.py).

An answer counts as in flight until its group is committed, so a run that is stopped at any moment sends again at most
`max_in_flight` requests. The file must lie on a local disk: network file systems lack the shared memory of this mode.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Literal

import orjson

from ..errors import StoreError
from .budget import Tally
from .failures import FINAL
from .protocol import Completion, Failure, Outcome, Request

LEDGER_NAME = "ledger.sqlite"
VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS outcomes (
    id INTEGER PRIMARY KEY, key BLOB NOT NULL, finish TEXT NOT NULL, status INTEGER, text TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, model TEXT NOT NULL, shortened INTEGER NOT NULL,
    latency_ms INTEGER NOT NULL, sent INTEGER NOT NULL, final INTEGER NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS final_outcomes ON outcomes (key) WHERE final = 1;
CREATE TABLE IF NOT EXISTS sessions (id INTEGER PRIMARY KEY, started REAL NOT NULL, totals TEXT NOT NULL);
"""
_COLUMNS = "key, finish, status, text, prompt_tokens, completion_tokens, model, shortened, latency_ms, sent, final"
_INSERTS = {
    size: f"INSERT OR IGNORE INTO outcomes ({_COLUMNS}) VALUES {','.join(['(?,?,?,?,?,?,?,?,?,?,?)'] * size)}"
    for size in (512, 256, 128, 64, 32, 16, 8, 4, 2, 1)
}
"""By how many rows at once they insert."""
_FIND = """
SELECT finish, status, text, prompt_tokens, completion_tokens, model, shortened FROM outcomes
WHERE key = ? AND final = 1
"""

_FILTER_BITS = 2**26
_QUIET_S = 1.0
"""So long after its last commit a session no longer takes for granted that nobody else has written."""

CommitMode = Literal["durable", "fast"]
Row = tuple[bytes, str, int | None, str, int, int, str, bool, int, int, bool]


def request_key(request: Request, model: str, revision: str | None = None) -> bytes:
    """Sixteen bytes that differ when anything that determines the reply differs. The URL does not."""
    schema = None if request.json_schema is None else dict(request.json_schema)
    parts = (
        f"{model}@{revision}" if revision else model,
        request.messages,
        request.max_tokens,
        float(request.temperature),
        float(request.top_p),
        request.seed,
        request.stop,
        request.sample,
        schema,
        request.document,
        *((dict(request.extra),) if request.extra else ()),
    )
    return hashlib.blake2b(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


def ledger_file(path: Path) -> Path:
    """The ledger's file: `path` itself, or `ledger.sqlite` in it where it is a folder."""
    return path / LEDGER_NAME if path.is_dir() else path


class _KeyFilter:
    """Says of a key that it was never added, or that it may have been: a bit for each residue of keys, in 8 MB.

    Of ten million keys' others, it takes one in seven for one of them.
    """

    def __init__(self) -> None:
        self._bits = bytearray(_FILTER_BITS // 8)

    def add(self, key: bytes) -> None:
        at = int.from_bytes(key[:4], "big") % _FILTER_BITS
        self._bits[at >> 3] |= 1 << (at & 7)

    def __contains__(self, key: bytes) -> bool:
        at = int.from_bytes(key[:4], "big") % _FILTER_BITS
        return bool(self._bits[at >> 3] >> (at & 7) & 1)


class Ledger:
    """Answers by key, on disk.

    Args:
        path: The file, or the folder that holds it; made where missing.
        caches: Ledgers of other runs, read but never written: an answer found there is not paid for again.
        commit: `durable` or `fast`; see the module.

    Raises:
        StoreError: The file cannot be written, is not a ledger, or is of another version.
    """

    def __init__(self, path: Path, caches: Sequence[Path] = (), commit: CommitMode = "durable") -> None:
        self.path = ledger_file(path)
        self._rows: list[Row] = []  # not written yet, and who waits for each to be
        self._waiters: list[asyncio.Future[None]] = []
        self._flusher: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self.tally = Tally()
        self._clock = time.monotonic()
        try:
            self._writer = open_to_write(self.path)
            self._writer.execute(f"PRAGMA synchronous = {'FULL' if commit == 'durable' else 'NORMAL'}")
            self._writer.execute("PRAGMA cache_size = -16000")
            self._writer.execute(f"PRAGMA fullfsync = {int(commit == 'durable')}")  # macOS: past the drive's own cache
            # Keys are spread over the whole index: a longer log lets its pages gather changes before they are moved.
            self._writer.execute("PRAGMA wal_autocheckpoint = 8000")
            row = self._writer.execute(
                "INSERT INTO sessions (started, totals) VALUES (?, '{}') RETURNING id", (time.time(),)
            ).fetchone()
            self._session: int = row[0]
            self._writer.commit()
            # As long as nobody else writes to a ledger that was empty, what this session wrote is all that it holds.
            self._own = _KeyFilter()
            self._is_own = self._writer.execute("SELECT 1 FROM outcomes LIMIT 1").fetchone() is None
            self._version: int = self._writer.execute("PRAGMA data_version").fetchone()[0]
            self._checked = time.monotonic()
            self._reader = _connect(self.path)
            self.earlier = total(self._reader, before=self._session)
            self._caches = [open_read_only(ledger_file(cache)) for cache in caches]
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{self.path}: cannot open the ledger: {error}; a ledger is a file on a local disk that this user may "
                "write"
            ) from error

    def find(self, key: bytes) -> Outcome | None:
        """The stored outcome of a request, from this ledger or its caches."""
        for connection in (self._reader, *self._caches) if self._may_hold(key) else self._caches:
            outcome = stored_outcome(connection, key)
            if outcome is not None:
                return outcome
        return None

    def _may_hold(self, key: bytes) -> bool:
        """Whether it is worth looking into the file, which costs a tenth of a request since commits empty its cache."""
        return not self._is_own or key in self._own or time.monotonic() - self._checked > _QUIET_S

    def record(self, key: bytes, outcome: Outcome, latency_s: float, sent: int) -> asyncio.Future[None]:
        """Add an outcome; the future is done when it is on disk.

        The future raises `StoreError` where the disk is full or gone.
        """
        row: Row
        latency_ms = int(latency_s * 1000)
        if isinstance(outcome, Completion):
            row = (
                key,
                outcome.finish_reason,
                200,
                outcome.text,
                outcome.prompt_tokens,
                outcome.completion_tokens,
                outcome.model,
                outcome.shortened,
                latency_ms,
                sent,
                True,
            )
        else:
            final = outcome.kind in FINAL
            row = (key, outcome.kind, outcome.status, outcome.detail, 0, 0, "", False, latency_ms, sent, final)
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        self._rows.append(row)
        self._waiters.append(written)
        self._own.add(key)
        if self._flusher is None or self._flusher.done():
            self._flusher = loop.create_task(self._flush())
        return written

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        while self._rows:
            rows, waiters, self._rows, self._waiters = self._rows, self._waiters, [], []
            try:
                await loop.run_in_executor(self._thread, self._write, rows, self._totals())
            except sqlite3.Error as error:
                failure = StoreError(f"{self.path}: cannot write the ledger: {error}; free the disk and run again")
                for written in waiters:
                    if not written.done():
                        written.set_exception(failure)
            else:
                for written in waiters:
                    if not written.done():
                        written.set_result(None)

    def _totals(self) -> str:
        """What this session has done so far, written with every group."""
        self.tally.seconds = round(time.monotonic() - self._clock, 3)
        return orjson.dumps(self.tally).decode()

    def _write(self, rows: list[Row], totals: str) -> None:
        """Write one group in one transaction.

        Many rows go in one statement: this thread gives up the interpreter's lock once per statement, and waiting to
        get it back costs more than the statement does.
        """
        connection = self._writer
        try:
            connection.execute("BEGIN IMMEDIATE")
            version = connection.execute("PRAGMA data_version").fetchone()[0]  # changed by others' commits only
            self._is_own = self._is_own and version == self._version
            self._checked = time.monotonic()
            start = 0
            for size, insert in _INSERTS.items():
                while len(rows) - start >= size:
                    connection.execute(insert, list(chain.from_iterable(rows[start : start + size])))
                    start += size
            connection.execute("UPDATE sessions SET totals = ? WHERE id = ?", (totals, self._session))
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    async def close(self) -> None:
        """Write what is left, and close the files."""
        while self._flusher is not None and not self._flusher.done():
            await asyncio.shield(self._flusher)
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._write, [], self._totals())
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: cannot write the ledger: {error}; free the disk and run again") from error
        finally:
            self._close_files()

    def _close_files(self) -> None:
        self._thread.shutdown()
        for connection in (self._reader, *self._caches, self._writer):
            connection.close()


def total(connection: sqlite3.Connection, before: int | None = None) -> Tally:
    """The sum of all sessions of a ledger, or of those before one."""
    tally = Tally()
    for session in sessions(connection):
        if before is None or session[0] < before:
            tally.add(session[2])
    return tally


def sessions(connection: sqlite3.Connection) -> Iterator[tuple[int, float, Tally]]:
    """Each session's number, start in seconds since 1970, and counts."""
    for number, started, totals in connection.execute("SELECT id, started, totals FROM sessions ORDER BY id"):
        yield number, started, Tally.from_dict(orjson.loads(totals))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA busy_timeout = 60000")
    return connection


def stored_outcome(connection: sqlite3.Connection, key: bytes) -> Outcome | None:
    """The outcome that a ledger holds for a key."""
    row = connection.execute(_FIND, (key,)).fetchone()
    if row is None:
        return None
    finish, status, text, prompt_tokens, completion_tokens, model, shortened = row
    if finish in ("stop", "length"):
        return Completion(text, finish, prompt_tokens, completion_tokens, model, bool(shortened))
    return Failure(finish, status, text)


def open_to_write(path: Path) -> sqlite3.Connection:
    """A connection to a ledger, which is made where it is missing.

    Raises:
        StoreError: It is of another version.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        connection.close()
        raise StoreError(
            f"{path}: a ledger of version {version}; this release reads version {VERSION}; "
            "use another run folder or the release that wrote it"
        )
    connection.executescript(_SCHEMA)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    return connection


def open_read_only(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise StoreError(f"{path}: no such ledger to use as a cache")
    # A ledger that is not being written and lies where nothing can be, such as a mounted archive, is read as it is.
    written = path.with_name(path.name + "-wal").exists() or os.access(path.parent, os.W_OK)
    mode = "mode=ro" if written else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, check_same_thread=False)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != VERSION:
        raise StoreError(f"{path}: not a ledger of version {VERSION}, so it cannot be a cache (version {version})")
    return connection
