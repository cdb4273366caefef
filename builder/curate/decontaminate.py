"""Removing questions that a benchmark asks: before answers are paid for, and against every benchmark of the evaluation.

Three checks, each over hashed tokens (tokens.py), so that case, spacing, punctuation and LaTeX spelling do not matter:

- `ngram`: n words or numbers in a row (13 by default, as in Brown et al. 2020, appendix C) also stand in a row in a
  benchmark question.
- `whole`: a benchmark question that is shorter than that stands, whole, in the question. Mathematics counts here, signs
  included, and one of fewer than eight tokens must be the whole question.
- `reworded`: with all numbers masked, at least half (`reworded_share`) of a benchmark question's five-token spans
  stand in the question, wherever. It catches copies with other names and other numbers. Benchmark questions of fewer
  than n words are left out, since "Simplify 3x + 2x" with its numbers masked is every exercise of its kind.

What none of them catches: a translation, and a question told with other words throughout.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..recipe import CurateRecipe
from ..rows import Rejected
from .benchmarks import Benchmark
from .lookup import U8
from .overlap import CLEAN, NGRAM, REWORDED, WHOLE, Overlap
from .texts import text_chunks

CHECKS = {NGRAM: "ngram", WHOLE: "whole", REWORDED: "reworded"}
ROWS_PER_CHUNK = 65_536  # only their verdicts are held


@dataclass(frozen=True)
class Contamination:
    """What became of every row.

    Attributes:
        ids: the ids of the rows.
        verdict: (n,) CLEAN, NGRAM, WHOLE or REWORDED.
        source: (n,) for a dropped row the benchmark question that it repeats, counted over all benchmarks.
        spans: for each dropped row its text that the benchmark has too.
        benchmarks: what was compared with.
    """

    ids: Any
    verdict: U8
    source: npt.NDArray[np.int32]
    spans: dict[int, str]
    benchmarks: tuple[Benchmark, ...]

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """(n,) a mask of the rows to keep."""
        return np.asarray(self.verdict == CLEAN)

    def _where(self, source: int) -> tuple[Benchmark, str]:
        for benchmark in self.benchmarks:
            if source < len(benchmark.questions):
                return benchmark, benchmark.ids[source]
            source -= len(benchmark.questions)
        raise IndexError(f"no benchmark question {source}")

    def rejected(self) -> Iterator[Rejected]:
        """One row for each that was dropped, in order, with the benchmark, its question and the matched span."""
        for row in np.flatnonzero(self.verdict):
            benchmark, name = self._where(int(self.source[row]))
            check = CHECKS[int(self.verdict[row])]
            detail = f"{benchmark.name} {name}: {self.spans[int(row)]}"
            yield Rejected(self.ids[row].as_py(), "curate", f"contaminated_{check}", detail)

    def counts(self) -> dict[str, Counter[str]]:
        """For each benchmark how many rows each check dropped, for the card."""
        out = {benchmark.name: Counter[str]() for benchmark in self.benchmarks}
        for row in np.flatnonzero(self.verdict):
            benchmark, _ = self._where(int(self.source[row]))
            out[benchmark.name][CHECKS[int(self.verdict[row])]] += 1
        return out


def decontaminate(questions: Any, benchmarks: Sequence[Benchmark], settings: CurateRecipe) -> Contamination:
    """Find the questions that a benchmark asks.

    Args:
        questions: An Arrow table with the columns `id` and `question`.
        benchmarks: What to compare with, as `read_benchmarks` gives it.
        settings: The length of an n-gram and the share that marks a reworded copy.
    """
    overlap = Overlap([question for benchmark in benchmarks for question in benchmark.questions], settings)
    column = questions.column("question")
    verdict: U8 = np.zeros(len(column), np.uint8)
    source = np.full(len(column), -1, np.int32)
    spans: dict[int, str] = {}
    first = 0
    for chunk in text_chunks(column, ROWS_PER_CHUNK):
        rows = slice(first, first + len(chunk))
        start = np.zeros(len(chunk), np.int32)
        stop = np.zeros(len(chunk), np.int32)
        overlap.match(chunk, verdict[rows], source[rows], start, stop)
        for local in np.flatnonzero(verdict[rows]).tolist():
            spans[first + local] = chunk.text(local, int(start[local]), int(stop[local]))[:400]
        first += len(chunk)
    return Contamination(questions.column("id"), verdict, source, spans, tuple(benchmarks))
