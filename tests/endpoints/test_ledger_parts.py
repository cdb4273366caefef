"""A ledger carried to another machine in parts: every answer once, in order, without secrets."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from synthllm.builder.endpoints import Completion, Failure, Outcome, ledger_parts
from synthllm.builder.endpoints.ledger import Ledger
from synthllm.builder.endpoints.ledger_parts import export_parts, import_parts
from synthllm.builder.errors import StoreError
from synthllm.builder.leaks import without_secret

TOKEN = "hf_" + "a" * 30


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def answer(number: int) -> Completion:
    return Completion(f"answer {number}: $\\frac12$ é", "stop", 10, number, "m")


def record(run: Path, outcomes: dict[int, Outcome]) -> None:
    async def write() -> None:
        ledger = Ledger(run)
        for number, outcome in outcomes.items():
            ledger.tally.sent += 1
            await ledger.record(key(number), outcome, 0.1, 1)
        await ledger.close()

    run.mkdir(exist_ok=True)
    asyncio.run(write())


def found(run: Path, number: int) -> Outcome | None:
    async def look() -> Outcome | None:
        ledger = Ledger(run)
        outcome = ledger.find(key(number))
        await ledger.close()
        return outcome

    return asyncio.run(look())


def carry(parts: list[Path], to: Path) -> int:
    (to / "ledger").mkdir(parents=True, exist_ok=True)
    for part in parts:
        (to / "ledger" / part.name).write_bytes(part.read_bytes())
    return import_parts(to)


def test_every_final_answer_is_in_one_part_and_found_elsewhere(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    record(here, {n: answer(n) for n in range(5)} | {5: Failure("refused", 400, "too long")})
    first = export_parts(here, without_secret)
    assert export_parts(here, without_secret) == first, "nothing new is no further part"
    record(here, {n: answer(n) for n in range(6, 9)} | {9: Failure("overloaded", 429, "later")})
    second = export_parts(here, without_secret)
    assert [path.name for path in second] == ["part-00000.parquet", "part-00001.parquet"]
    assert [pl.read_parquet(path).height for path in second] == [6, 3]
    assert carry(second, there) == 9
    assert import_parts(there) == 0, "bringing it again changes nothing"
    assert [found(there, n) for n in range(5)] == [answer(n) for n in range(5)]
    assert found(there, 5) == Failure("refused", 400, "too long")
    assert found(there, 9) is None, "what may be asked again is asked again"
    # What the other machine adds goes into a part of its own.
    record(there, {20: answer(20)})
    third = export_parts(there, without_secret)
    assert [pl.read_parquet(path).height for path in third] == [6, 3, 1]


def test_parts_have_a_bounded_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_parts, "ROWS_PER_PART", 4)
    record(tmp_path, {n: answer(n) for n in range(10)})
    parts = export_parts(tmp_path, without_secret)
    assert [pl.read_parquet(path).height for path in parts] == [4, 4, 2]
    assert carry(parts, tmp_path / "there") == 10


def test_part_that_was_written_without_its_state_is_written_again(tmp_path: Path) -> None:
    record(tmp_path, {1: answer(1)})
    (part,) = export_parts(tmp_path, without_secret)
    (tmp_path / "ledger" / "state.json").unlink()  # killed between the two
    record(tmp_path, {2: answer(2)})
    assert export_parts(tmp_path, without_secret) == [part]
    assert pl.read_parquet(part)["completion_tokens"].to_list() == [1, 2]


def test_answers_of_its_own_are_kept_and_sent_on(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    record(here, {1: answer(1)})
    record(there, {1: answer(100), 2: answer(2)})
    assert carry(export_parts(here, without_secret), there) == 0
    assert found(there, 1) == answer(100)
    sent = pl.concat([pl.read_parquet(path) for path in export_parts(there, without_secret)])
    assert key(2) in sent["key"].to_list()


def test_what_the_sessions_used_goes_along_once(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    record(here, {1: answer(1)})
    carry(export_parts(here, without_secret), there)
    record(here, {2: answer(2), 3: answer(3)})
    carry(export_parts(here, without_secret), there)
    import_parts(there)
    with sqlite3.connect(there / "ledger.sqlite") as ledger:
        totals = ledger.execute("SELECT json_extract(totals, '$.sent') FROM sessions ORDER BY started").fetchall()
    assert totals == [(1,), (2,)]


def test_secret_that_a_server_repeated_is_not_carried(tmp_path: Path) -> None:
    record(tmp_path, {1: Failure("refused", 400, f"bad header: {TOKEN}"), 2: answer(2)})
    (part,) = export_parts(tmp_path, without_secret)
    texts = pl.read_parquet(part)["text"].to_list()
    assert texts == ["not kept: a Hugging Face token stood in it", answer(2).text]
    assert TOKEN.encode() not in part.read_bytes()


def test_damaged_part_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "part-00000.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(StoreError, match="cannot bring the answers into"):
        import_parts(tmp_path)


def test_ledger_that_is_being_written_is_read_as_it_stands(tmp_path: Path) -> None:
    """The writer's last group is not committed while the export reads; it comes with the next part."""
    record(tmp_path, {1: answer(1)})
    writer = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO outcomes SELECT 7, ?, 'stop', 200, 'x', 1, 1, 'm', 0, 1, 1, 1", (key(7),))
    assert [pl.read_parquet(path).height for path in export_parts(tmp_path, without_secret)] == [1]
    writer.execute("COMMIT")
    writer.close()
    assert [pl.read_parquet(path).height for path in export_parts(tmp_path, without_secret)] == [1, 1]
