"""CPU time and memory of measuring diversity, without the embedding model: 10,000 questions against 100,000.

    python tests/benchmarks/diversity.py

Vectors of 384 dimensions are drawn at random, so that only our own part is timed. The baseline is the Vendi score from
the kernel of all pairs, (n, n), at the size where that still fits.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from synthllm.builder.filter.embedders import LocalEmbedder
from synthllm.builder.recipe import CurateRecipe
from synthllm.eval.diversity import growth, vendi_score
from synthllm.eval.diversity_run import measure

WORDS = [f"word{n}" for n in range(5_000)]
DIMENSIONS = 384
PER_DOCUMENT = 50


def write_questions(path: Path, n: int) -> None:
    rng = np.random.default_rng(0)
    texts = [" ".join(WORDS[i] for i in (5_000 * rng.random(60) ** 3).astype(int)) for _ in range(n)]
    documents = [[f"d{number // PER_DOCUMENT}"] for number in range(n)]
    concepts = [[f"c{i}" for i in rng.integers(0, 500, 3)] for _ in range(n)]
    ids = [f"q{number}" for number in range(n)]
    pl.DataFrame({"id": ids, "question": texts, "document_ids": documents, "concepts": concepts}).write_parquet(path)


def one(path: Path) -> None:
    rng = np.random.default_rng(1)
    drawn = LocalEmbedder("random", lambda texts: rng.standard_normal((len(texts), DIMENSIONS), np.float32))
    began = time.process_time()
    found = measure({"level2": [path]}, drawn)["levels"]["level2"]
    measured = time.process_time()
    rows = pl.read_parquet(path, columns=["id", "question"])
    ranks = np.arange(len(rows)) % PER_DOCUMENT
    growth(pa.table(rows.to_arrow()), ranks, CurateRecipe())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    grown = time.process_time() - measured
    print(
        f"{found['n_sampled']:>7,} questions, {found['n_pairs']:>9,} pairs: measured in {measured - began:5.1f} s, "
        f"growth in {grown:4.1f} s of CPU, {peak:,.0f} MiB at most"
    )


def vendi_both_ways(n: int = 4_000) -> None:
    vectors = np.random.default_rng(2).standard_normal((n, DIMENSIONS)) + 0.5
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    began = time.process_time()
    ours = vendi_score(vectors.T @ vectors, n)
    between = time.process_time()
    shares = np.linalg.eigvalsh(vectors @ vectors.T / n)
    shares = shares[shares > 1e-12]
    kernel = float(np.exp(-np.sum(shares * np.log(shares))))
    theirs = time.process_time() - between
    ratio = theirs / (between - began)
    print(f"Vendi score of {n:,}: {ours:.6f} by (d, d), {kernel:.6f} by (n, n), which takes {ratio:.0f} times the CPU")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            for size in (10_000, 100_000):
                file = Path(folder) / f"{size}.parquet"
                write_questions(file, size)
                subprocess.run([sys.executable, __file__, str(file)], check=True)
        vendi_both_ways()
