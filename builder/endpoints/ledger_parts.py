"""A ledger as parquet files that are only ever added to, so that it can be carried to another machine piece by piece.

RUN/ledger/part-00000.parquet   final answers in the order in which they came, each in one part
RUN/ledger/state.json           how many parts are whole, and up to which row of the ledger they reach

Each part also holds what every session had used by then, so that budgets go on where they were. A ledger has no prompts
and no tokens of access; what a server said of a refused request is kept out where a secret stands in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import StoreError
from ..store import read_json, shard_name, write_json, write_table
from .ledger import ledger_file, open_read_only, open_to_write

FOLDER = "ledger"
STATE = "state.json"
ROWS_PER_PART = 20_000  # of a few kilobytes each
SESSIONS = b"sessions"
SCHEMA = pa.schema(
    [
        ("key", pa.binary(16)), ("finish", pa.string()), ("status", pa.int64()), ("text", pa.string()),
        ("prompt_tokens", pa.int64()), ("completion_tokens", pa.int64()), ("model", pa.string()),
        ("shortened", pa.int64()), ("latency_ms", pa.int64()), ("sent", pa.int64()),
    ]
)  # fmt: skip
COLUMNS = ", ".join(SCHEMA.names)


def export_parts(run: Path, clean: Callable[[str], str]) -> list[Path]:
    """Write what has come to a run's ledger since the last time as further parts; all parts that are whole.

    The ledger may be written meanwhile: what is read is what was committed when reading began.

    Args:
        clean: Takes secrets out of a text.
    Raises:
        StoreError: The ledger cannot be read, or a part not be written.
    """
    folder, source = run / FOLDER, ledger_file(run)
    state = _state(folder)
    if source.is_file():
        try:
            with closing(open_read_only(source)) as ledger:
                ledger.execute("BEGIN")  # one view of the file for all reads
                while rows := _rows_after(ledger, state["last"]):
                    columns = list(zip(*(_clean(row[1:], clean) for row in rows), strict=True))
                    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
                    table = pa.Table.from_arrays(arrays, schema=SCHEMA.with_metadata({SESSIONS: _sessions(ledger)}))
                    write_table(folder / f"{shard_name(state['parts'])}.parquet", table)
                    state = {"parts": state["parts"] + 1, "last": rows[-1][0]}
                    write_json(folder / STATE, state)  # last: a part without it is written again
        except sqlite3.Error as error:
            raise StoreError(f"{source}: cannot read the ledger: {error}") from error
    return [folder / f"{shard_name(number)}.parquet" for number in range(state["parts"])]


def import_parts(run: Path) -> int:
    """Bring the parts that lie in a run's folder into its ledger; how many answers were new to it.

    Raises:
        StoreError: A part is damaged, or the ledger cannot be written.
    """
    folder, target = run / FOLDER, ledger_file(run)
    parts = sorted(folder.glob("part-*.parquet"))
    if not parts:
        return 0
    before = _state(folder)
    try:
        with closing(open_to_write(target)) as ledger:
            empty = ledger.execute("SELECT count(*) FROM outcomes").fetchone()[0] == 0
            held = ledger.total_changes
            for path in parts:
                table = pq.read_table(path, schema=SCHEMA)
                rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
                ledger.execute("BEGIN IMMEDIATE")
                places = ",".join("?" * len(SCHEMA))
                ledger.executemany(f"INSERT OR IGNORE INTO outcomes ({COLUMNS}, final) VALUES ({places}, 1)", rows)
                ledger.execute("COMMIT")
            added = ledger.total_changes - held
            for started, totals in orjson.loads((pq.read_schema(parts[-1]).metadata or {}).get(SESSIONS, b"[]")):
                known = ledger.execute("UPDATE sessions SET totals = ? WHERE started = ?", (totals, started)).rowcount
                if not known:
                    ledger.execute("INSERT INTO sessions (started, totals) VALUES (?, ?)", (started, totals))
            last = ledger.execute("SELECT coalesce(max(id), 0) FROM outcomes").fetchone()[0]
    except (sqlite3.Error, OSError, pa.ArrowException, orjson.JSONDecodeError) as error:
        raise StoreError(f"{folder}: cannot bring the answers into {target}: {error}") from error
    # Rows that the ledger had of its own are in no part yet; then those brought are written again with them.
    write_json(folder / STATE, {"parts": len(parts), "last": last if empty else before["last"]})
    return added


def _state(folder: Path) -> dict[str, int]:
    path = folder / STATE
    return read_json(path) if path.exists() else {"parts": 0, "last": 0}


def _rows_after(ledger: sqlite3.Connection, last: int) -> list[tuple[int, ...]]:
    found = f"SELECT id, {COLUMNS} FROM outcomes WHERE id > ? AND final = 1 ORDER BY id LIMIT {ROWS_PER_PART}"
    return ledger.execute(found, (last,)).fetchall()


def _sessions(ledger: sqlite3.Connection) -> bytes:
    return orjson.dumps(ledger.execute("SELECT started, totals FROM sessions ORDER BY id").fetchall())


def _clean(row: tuple[object, ...], clean: Callable[[str], str]) -> tuple[object, ...]:
    """A row; what a server said of a refused request is cleaned, what a model wrote is not."""
    return row if row[1] in ("stop", "length") else (*row[:3], clean(str(row[3])), *row[4:])
