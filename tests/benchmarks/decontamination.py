"""Decontamination against a plain Python set of n-grams, over the same questions, in one run.

    python tests/benchmarks/decontamination.py FOLDER --rows 1000000 --sample 50000

FOLDER holds the benchmark files (*.jsonl). One made-up question in a hundred has a stretch of a benchmark question.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from questions import added_mb, added_mb_in_a_process, made_up, measured

from synthllm.builder.curate.benchmarks import Benchmark, read_benchmarks
from synthllm.builder.curate.decontaminate import NGRAM, decontaminate
from synthllm.builder.recipe import CurateRecipe

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")


def planted(table: pa.Table, benchmarks: list[Benchmark], share: float = 0.01) -> pa.Table:
    """Some questions with 5 to 30 words of a benchmark question put into them."""
    rng = np.random.default_rng(5)
    # Plain words only: where LaTeX stands in a stretch, the two sides tokenise it differently and cannot be compared.
    sources = [q.split() for b in benchmarks for q in b.questions if re.fullmatch(r"[A-Za-z0-9 .,?]+", q)]
    blocks = []
    for block in table["question"].chunks:  # one at a time: ten million strings of Python take gigabytes
        texts = block.to_pylist()
        for row in rng.integers(0, len(texts), int(len(texts) * share)):
            source = sources[int(rng.integers(0, len(sources)))]
            start = int(rng.integers(0, max(1, len(source) - 5)))
            texts[row] += " " + " ".join(source[start : start + int(rng.integers(5, 31))])
        blocks.append(pa.array(texts, pa.large_string()))
    return pa.table({"id": table["id"], "question": pa.chunked_array(blocks)})


def grams(text: str, n: int) -> list[tuple[str, ...]]:
    """Word n-grams of a text, as a plain implementation takes them."""
    words = _WORD.findall(text.lower())
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


def on_real_questions(benchmarks: list[Benchmark], settings: CurateRecipe, times: int = 100) -> None:
    """The questions of each benchmark against the others': LaTeX, and phrases that many questions have in common."""
    ours, theirs = [], []
    for benchmark in benchmarks:
        others = [other for other in benchmarks if other is not benchmark]
        texts = list(benchmark.questions) * times
        table = pa.table(
            {"id": [str(row) for row in range(len(texts))], "question": pa.array(texts, pa.large_string())}
        )
        ours.append(
            measured(len(texts), lambda t=table, o=others: decontaminate(t, o, settings))[1].cpu_us * len(texts)
        )
        known = {gram for other in others for question in other.questions for gram in grams(question, settings.ngram)}
        few = benchmark.questions
        _, set_of = measured(
            len(few), lambda f=few, k=known: [not k.isdisjoint(grams(text, settings.ngram)) for text in f]
        )
        theirs.append(set_of.cpu_us * len(texts))
    rows = times * sum(len(benchmark.questions) for benchmark in benchmarks)
    mine_us, theirs_us = sum(ours) / rows, sum(theirs) / rows
    print(
        f"real questions         {rows:>9,} of them: {mine_us:.2f} us of processor time each, Python {theirs_us:.2f} us"
    )
    print(f"synthllm is faster {theirs_us / mine_us:.0f} times by processor time")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=50_000)
    parser.add_argument("--only-memory-of", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    files = sorted(arguments.folder.glob("*.jsonl"))
    if not files:
        sys.exit(f"{arguments.folder}: no *.jsonl files; give the folder with the benchmark files")
    benchmarks = read_benchmarks(files)
    settings = CurateRecipe()
    if arguments.only_memory_of:
        print(added_mb(arguments.only_memory_of, lambda table: decontaminate(table, benchmarks, settings)))
        return
    table = planted(made_up(arguments.rows), benchmarks)
    decontaminate(table.slice(0, 2_000), benchmarks, settings)  # compiles
    found, ours = measured(arguments.rows, lambda: decontaminate(table, benchmarks, settings))
    print(f"synthllm, all checks   {arguments.rows:>9,} questions {ours}")
    for rows in (arguments.rows // 10, arguments.rows):
        part = table.slice(0, rows)
        added, given = added_mb_in_a_process(part, [__file__, str(arguments.folder)]), part.nbytes / 1e6
        print(f"memory                 {rows:>9,} questions {added:>7,.0f} MB more than loading their {given:,.0f} MB")
    print({name: dict(counts) for name, counts in found.counts().items()})
    small = table.slice(0, arguments.sample)
    texts = small["question"].to_pylist()
    known = {gram for b in benchmarks for question in b.questions for gram in grams(question, settings.ngram)}
    expected, theirs = measured(
        len(texts), lambda: np.array([not known.isdisjoint(grams(text, settings.ngram)) for text in texts])
    )
    mine = decontaminate(small, benchmarks, settings).verdict == NGRAM
    print(f"Python set of n-grams  {len(texts):>9,} questions {theirs}")
    print(f"same 13-gram verdict on {(mine == expected).mean():.4%} of them ({expected.sum()} found)")
    print(f"synthllm is faster {ours.times(theirs)}")
    on_real_questions(benchmarks, settings)


if __name__ == "__main__":
    main()
