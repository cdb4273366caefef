"""What a power loss leaves of a ledger: the log cut or torn at any byte, and what is then still there."""

from __future__ import annotations

import asyncio
import random
import shutil
from pathlib import Path

import pytest

from synthllm.builder.endpoints import Completion
from synthllm.builder.endpoints.ledger import CommitMode, Ledger

Group = dict[bytes, Completion]


def answer(number: int, length: int) -> tuple[bytes, Completion]:
    draw = random.Random(number)
    text = draw.randbytes(length // 2).hex()
    return number.to_bytes(16, "big"), Completion(text, "stop", number, length, "m")


async def write(path: Path, groups: list[Group], commit: CommitMode) -> list[int]:
    """Write one group after another; the length of the log when each was promised to be safe."""
    ledger = Ledger(path, commit=commit)
    log = path.with_name(path.name + "-wal")
    lengths = []
    for group in groups:
        await asyncio.gather(*(ledger.record(key, outcome, 0.1, 1) for key, outcome in group.items()))
        lengths.append(log.stat().st_size)
    # As the files are when the machine stops: nothing is closed, the log is not moved into the file.
    for file in (path, log):
        shutil.copy(file, file.with_name(f"copy-{file.name}"))
    await ledger.close()
    return lengths


def read(path: Path) -> Group:
    """Open what was left as a next run does, and read all that it holds."""

    async def run() -> Group:
        ledger = Ledger(path)
        keys = [row[0] for row in ledger._reader.execute("SELECT key FROM outcomes ORDER BY id")]
        found = {key: ledger.find(key) for key in keys}
        assert ledger._reader.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        await ledger.close()
        return {key: outcome for key, outcome in found.items() if isinstance(outcome, Completion)}

    return asyncio.run(run())


def joined(groups: list[Group]) -> Group:
    return {key: outcome for group in groups for key, outcome in group.items()}


@pytest.mark.parametrize("tear", ["cut", "zeros", "garbage"])
def test_a_log_that_ends_anywhere_holds_whole_groups_and_all_that_were_promised_before(
    tear: str, tmp_path: Path
) -> None:
    draw = random.Random(tear)
    numbers = iter(range(10_000))
    groups = [
        dict(answer(next(numbers), draw.randrange(2, 9000)) for _ in range(draw.randrange(1, 30))) for _ in range(25)
    ]
    lengths = asyncio.run(write(tmp_path / "l.sqlite", groups, "durable"))
    file, log = tmp_path / "copy-l.sqlite", (tmp_path / "copy-l.sqlite-wal").read_bytes()
    assert lengths == sorted(set(lengths)) and lengths[-1] == len(log)
    # At any byte, and right at the ends of groups, where being off by one would show.
    ends = [length + by for length in lengths for by in (-1, 0, 1)]
    for at in sorted({*draw.sample(range(len(log)), 40), *draw.sample(ends, 20), 0, 31, 32, len(log)}):
        lost = len(log) - at
        tail = {"cut": b"", "zeros": bytes(max(0, lost)), "garbage": draw.randbytes(max(0, lost))}[tear]
        folder = tmp_path / str(at)
        folder.mkdir()
        shutil.copy(file, folder / "l.sqlite")
        (folder / "l.sqlite-wal").write_bytes(log[:at] + tail)
        promised = sum(length <= at for length in lengths)
        assert read(folder / "l.sqlite") == joined(groups[:promised])
        shutil.rmtree(folder)


def test_what_fast_commits_may_lose_is_bounded_by_the_length_of_the_log(tmp_path: Path) -> None:
    """The whole log is lost, as at worst; what was moved into the file by a checkpoint is there."""
    size = 1_000_000
    groups = [dict([answer(number, size)]) for number in range(100)]
    lengths = asyncio.run(write(tmp_path / "l.sqlite", groups, "fast"))
    (tmp_path / "copy-l.sqlite-wal").write_bytes(b"")
    kept = read(tmp_path / "copy-l.sqlite")
    assert kept == joined(groups[: len(kept)])
    assert 0 < len(groups) - len(kept) <= 33 * 2**20 / size
    assert max(lengths) < 36 * 2**20  # 8,000 pages of 4 KB, and the group that went over


@pytest.mark.parametrize(("commit", "synchronous"), [("durable", 2), ("fast", 1)])
def test_the_commit_mode_is_in_force(commit: CommitMode, synchronous: int, tmp_path: Path) -> None:
    """SQLite's numbers: 2 (FULL) syncs the log at every commit, 1 (NORMAL) before a checkpoint only."""

    async def run() -> None:
        ledger = Ledger(tmp_path / "l.sqlite", commit=commit)
        assert ledger._writer.execute("PRAGMA synchronous").fetchone() == (synchronous,)
        assert ledger._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert ledger._writer.execute("PRAGMA wal_autocheckpoint").fetchone() == (8000,)
        await ledger.close()

    asyncio.run(run())
