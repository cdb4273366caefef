"""Near-duplicate removal against datasketch (and rensa's own), in one run.

    python tests/benchmarks/near_duplicates.py --rows 1000000 --sample 20000

The libraries get a sample of the same questions: their work per question does not shrink with the number of rows.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from questions import made_up, peak_mb

from synthllm.builder.curate.duplicates import KEPT, deduplicate
from synthllm.builder.recipe import CurateRecipe

SETTINGS = CurateRecipe()
PERMUTATIONS = 96


def shingles(text: str, width: int = 3) -> set[str]:
    """Word shingles as the libraries take them."""
    words = text.lower().rstrip("?").split()
    return {" ".join(words[i : i + width]) for i in range(max(1, len(words) - width + 1))}


def with_datasketch(texts: list[str], threshold: float) -> list[bool]:
    """The usual loop: keep a row unless the index has one that is as similar, verified by the true Jaccard similarity."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    sets: dict[int, set[str]] = {}
    kept = []
    for row, text in enumerate(texts):
        mine = shingles(text)
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in mine])
        close = any(len(mine & sets[other]) / len(mine | sets[other]) >= threshold for other in index.query(sketch))
        kept.append(not close)
        if not close:
            index.insert(row, sketch)
            sets[row] = mine
    return kept


def with_rensa(texts: list[str], threshold: float) -> list[bool]:
    """The same with rensa's signatures and index."""
    import rensa

    index = rensa.RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=16)
    sets: dict[int, set[str]] = {}
    kept = []
    for row, text in enumerate(texts):
        mine = shingles(text)
        sketch = rensa.RMinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update(list(mine))
        close = any(len(mine & sets[other]) / len(mine | sets[other]) >= threshold for other in index.query(sketch))
        kept.append(not close)
        if not close:
            index.insert(row, sketch)
            sets[row] = mine
    return kept


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=20_000)
    arguments = parser.parse_args()
    threshold = SETTINGS.near_duplicate_threshold
    table = made_up(arguments.rows)
    deduplicate(table.slice(0, 2_000), SETTINGS)  # compiles
    before = peak_mb()
    started = time.perf_counter()
    found = deduplicate(table, SETTINGS)
    ours = arguments.rows / (time.perf_counter() - started)
    size = table.nbytes / 1e6
    print(f"synthllm    {arguments.rows:>9,} questions  {ours:>10,.0f} /s   kept {found.kept.mean():.1%}")
    print(f"            memory {before:,.0f} MB before, {peak_mb():,.0f} MB at most, for {size:,.0f} MB of questions")
    small = table.slice(0, arguments.sample)
    texts = small["question"].to_pylist()
    mine = deduplicate(small, SETTINGS).verdict == KEPT
    for name, library in (("datasketch", with_datasketch), ("rensa", with_rensa)):
        started = time.perf_counter()
        kept = np.array(library(texts, threshold))
        rate = len(texts) / (time.perf_counter() - started)
        agree = (kept == mine).mean()
        print(
            f"{name:<11} {len(texts):>9,} questions  {rate:>10,.0f} /s   {ours / rate:,.0f} times; same verdict {agree:.3%}"
        )


if __name__ == "__main__":
    main()
