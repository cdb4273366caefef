"""Near-duplicate removal against datasketch (and rensa's own), in one run.

    python tests/benchmarks/near_duplicates.py --rows 1000000 --sample 20000

The libraries get a sample of the same questions: their work per question does not shrink with the number of rows.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile

import numpy as np
import pyarrow as pa
from pyarrow import feather
from questions import made_up, measured, peak_mb

from synthllm.builder.curate.duplicates import KEPT, deduplicate
from synthllm.builder.recipe import CurateRecipe

SETTINGS = CurateRecipe()
PERMUTATIONS = 96


def shingles(text: str, width: int = 3) -> set[str]:
    """Word shingles as the libraries take them."""
    words = text.lower().rstrip("?").split()
    return {" ".join(words[i : i + width]) for i in range(max(1, len(words) - width + 1))}


def with_datasketch(texts: list[str], threshold: float) -> list[bool]:
    """The usual loop: keep a row unless the index has one as similar, verified by the true Jaccard similarity."""
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


def memory_mb(path: str) -> float:
    """How much more memory this process needs for deduplicating a table than for loading it and the compiled code."""
    table = feather.read_table(path, memory_map=False)
    deduplicate(table.slice(0, 2_000), SETTINGS)
    before = peak_mb()
    deduplicate(table, SETTINGS)
    return peak_mb() - before


def memory_in_a_process(table: pa.Table) -> float:
    """The same in a process of its own, whose peak nothing else has raised."""
    with tempfile.NamedTemporaryFile(suffix=".feather") as file:
        feather.write_feather(table, file.name, compression="uncompressed")
        command = [sys.executable, __file__, "--only-memory-of", file.name]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=20_000)
    parser.add_argument("--only-memory-of", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only_memory_of:
        print(memory_mb(arguments.only_memory_of))
        return
    threshold = SETTINGS.near_duplicate_threshold
    table = made_up(arguments.rows)
    deduplicate(table.slice(0, 2_000), SETTINGS)  # compiles
    found, ours = measured(arguments.rows, lambda: deduplicate(table, SETTINGS))
    print(f"synthllm    {arguments.rows:>9,} questions {ours}; kept {found.kept.mean():.1%}")
    for rows in (arguments.rows // 10, arguments.rows // 2, arguments.rows):
        part = table.slice(0, rows)
        added = memory_in_a_process(part)
        print(
            f"memory      {rows:>9,} questions  {added:>7,.0f} MB more than loading their {part.nbytes / 1e6:,.0f} MB"
        )
    small = table.slice(0, arguments.sample)
    texts = small["question"].to_pylist()
    mine = deduplicate(small, SETTINGS).verdict == KEPT
    for name, library in (("datasketch", with_datasketch), ("rensa", with_rensa)):
        kept, theirs = measured(len(texts), lambda run=library: np.array(run(texts, threshold)))
        print(f"{name:<11} {len(texts):>9,} questions {theirs}; same verdict {(kept == mine).mean():.3%}")
        print(f"            synthllm is faster {ours.times(theirs)}")


if __name__ == "__main__":
    main()
