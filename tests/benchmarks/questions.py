"""Made-up questions for the benchmarks: the lengths of GSM8K's, some exact and some near duplicates among them."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import feather

WORDS = 45  # the median question of GSM8K has about as many


BLOCK = 1_000_000  # questions made one by one; more of them are these with every letter replaced by a later one


def made_up(rows: int, near: float = 0.1, exact: float = 0.05) -> pa.Table:
    """`rows` questions in random order; a share `near` differs from another in one to three words, `exact` in none."""
    first = _block(min(BLOCK, rows), near, exact)
    blocks = [_shifted(first, block).slice(0, rows - block * BLOCK) for block in range(-(-rows // BLOCK))]
    return pa.table({"id": pa.array(np.arange(rows)).cast(pa.string()), "question": pa.chunked_array(blocks)})


def _shifted(texts: pa.Array, places: int) -> pa.Array:
    """Other words of the same lengths and frequencies: each letter `places` later in the alphabet."""
    _, offsets, data = texts.buffers()
    characters = np.frombuffer(data, np.uint8)
    letters = (characters >= ord("a")) & (characters <= ord("z"))
    moved = np.where(letters, (characters - ord("a") + places) % 26 + ord("a"), characters).astype(np.uint8)
    return pa.Array.from_buffers(pa.large_string(), len(texts), [None, offsets, pa.py_buffer(moved)])


def _block(rows: int, near: float, exact: float) -> pa.Array:
    rng = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    vocabulary = np.array(["".join(rng.choice(letters, rng.integers(2, 9))) for _ in range(8_000)], object)
    # Words follow Zipf's law, as in real text, so that shingles collide as they do there.
    weights = 1 / np.arange(10, 8_010)
    fresh = int(rows * (1 - near - exact))
    lengths = np.clip(rng.normal(WORDS, 12, fresh).astype(int), 8, 120)
    ids = rng.choice(8_000, int(lengths.sum()), p=weights / weights.sum())
    numbers = rng.random(ids.size) < 0.06
    values = rng.integers(1, 500, ids.size)
    words = vocabulary[ids]
    words[numbers] = values[numbers].astype(str)
    ends = np.cumsum(lengths)
    texts = []
    for start, end in zip(ends - lengths, ends, strict=True):
        texts.append(" ".join(words[start:end]) + "?")
    for _ in range(int(rows * near)):
        parts = texts[int(rng.integers(0, fresh))].split()
        for place in rng.integers(0, len(parts), rng.integers(1, 4)):
            parts[place] = vocabulary[int(rng.integers(0, 8_000))]
        texts.append(" ".join(parts))
    texts += [texts[int(rng.integers(0, fresh))] for _ in range(rows - len(texts))]
    return pa.array(texts, pa.large_string()).take(pa.array(rng.permutation(len(texts))))


@dataclass
class Measured:
    """Questions a second by the clock, and microseconds of processor time for each, of all threads together.

    On a machine that others use, the second is the steadier one.
    """

    rate: float
    cpu_us: float

    def __str__(self) -> str:
        return f"{self.rate:>10,.0f} /s {self.cpu_us:>8.2f} us of processor time each"

    def times(self, other: Measured) -> str:
        """How much faster than `other`, by the clock and by processor time."""
        return f"{self.rate / other.rate:,.0f} times by the clock, {other.cpu_us / self.cpu_us:,.0f} by processor time"


def measured(rows: int, work: Callable[[], Any]) -> tuple[Any, Measured]:
    """What the work gives, and how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, Measured(rows / (time.perf_counter() - wall), 1e6 * (time.process_time() - cpu) / rows)


def added_mb(path: str, work: Callable[[pa.Table], Any]) -> float:
    """How much more memory this process needs for the work on a table than for loading it and the compiled code."""
    table = feather.read_table(path, memory_map=False)
    work(table.slice(0, 2_000))
    before = peak_mb()
    work(table)
    return peak_mb() - before


def added_mb_in_a_process(table: pa.Table, command: list[str]) -> float:
    """The same in a process of its own, the benchmark with --only-memory-of, whose peak nothing else has raised."""
    with tempfile.NamedTemporaryFile(suffix=".feather") as file:
        feather.write_feather(table, file.name, compression="uncompressed")
        whole = [sys.executable, *command, "--only-memory-of", file.name]
        return float(subprocess.run(whole, stdout=subprocess.PIPE, text=True, check=True).stdout)


def peak_mb() -> float:
    """The largest resident memory of this process so far (getrusage would count what its parent had)."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
