"""Near-duplicate removal against datasketch and rensa, in one run.

    python tests/benchmarks/near_duplicates.py --rows 1000000 --sample 20000

The libraries get a sample of the same questions: their work per question does not shrink with the number of rows. rensa
runs twice, as datasketch does and by its batch calls; the last lines are what its signatures alone would cost here.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
from questions import Measured, added_mb, added_mb_in_a_process, made_up, measured

from synthllm.builder.curate.duplicates import KEPT, deduplicate
from synthllm.builder.curate.texts import token_chunks
from synthllm.builder.curate.tokens import BASE
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


def with_rensa_batches(texts: list[str], threshold: float) -> list[bool]:
    """rensa's batch calls first: only rows of which it says that they are like some other are looked at one by one."""
    import rensa

    index = rensa.RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=16)
    every = [list(shingles(text)) for text in texts]
    matrix = rensa.RMinHash.digest_matrix_from_token_sets(every, PERMUTATIONS, 1)
    alike = np.flatnonzero(index.query_duplicate_flags_matrix_one_shot(matrix))
    kept = np.ones(len(texts), bool)
    kept[alike] = with_rensa([texts[row] for row in alike], threshold)
    return kept.tolist()


def rensa_signatures(table: pa.Table) -> Iterator[tuple[str, Measured]]:
    """From hashed shingles to what an index needs of rensa's signatures, by every way that its interface has."""
    import rensa

    hashes, offsets = [], [0]
    for chunk in token_chunks(table["question"]):
        for at, count in zip(chunk.offsets[:-1], chunk.counts, strict=True):
            row = chunk.tokens[at : at + count]
            width = min(SETTINGS.shingle_words, row.size)
            powers = BASE ** np.arange(width, dtype=np.uint64)
            hashes.append(np.lib.stride_tricks.sliding_window_view(row, width) @ powers)
            offsets.append(offsets[-1] + hashes[-1].size)
    flat, bounds = np.concatenate(hashes), np.array(offsets, np.uint64)
    few, bands = 60, 12  # the fewest that find a pair at the threshold with a probability of 0.99, as ours do

    def matrix() -> Any:
        return rensa.RMinHash.digest_matrix_from_flat_token_hashes(flat, bounds, few, 1)

    def index() -> Any:
        return rensa.RMinHashLSH(threshold=SETTINGS.near_duplicate_threshold, num_perm=few, num_bands=bands)

    def as_array(signatures: Any) -> np.ndarray:
        rows = signatures.to_rows()
        return np.fromiter(chain.from_iterable(rows), np.uint32, len(rows) * few)

    def of_flagged_rows() -> np.ndarray:
        flagged = np.flatnonzero(index().query_duplicate_flags_matrix_one_shot(matrix()))
        theirs = [hashes[row] for row in flagged]
        ends = np.cumsum([0, *map(len, theirs)], dtype=np.uint64)
        signatures = rensa.RMinHash.digest_matrix_from_flat_token_hashes(np.concatenate(theirs), ends, few, 1)
        return as_array(signatures)

    def of_a_pickled_index() -> bytes:
        filled = index()
        filled.insert_matrix(matrix())
        state: bytes = filled.__getstate__()
        return state

    ways = {
        "the matrix, which cannot be read": matrix,
        "every row's, as lists": lambda: as_array(matrix()),
        "rows that share a band, as lists": of_flagged_rows,
        "band keys, in a pickled index": of_a_pickled_index,
    }
    matrix()  # whose memory is then at hand for all
    gc.disable()  # which would look through the lists again and again
    for name, way in ways.items():
        yield name, measured(len(table), way)[1]
    gc.enable()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=20_000)
    parser.add_argument("--only-memory-of", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only_memory_of:
        print(added_mb(arguments.only_memory_of, lambda table: deduplicate(table, SETTINGS)))
        return
    threshold = SETTINGS.near_duplicate_threshold
    table = made_up(arguments.rows)
    deduplicate(table.slice(0, 2_000), SETTINGS)  # compiles
    found, ours = measured(arguments.rows, lambda: deduplicate(table, SETTINGS))
    print(f"synthllm    {arguments.rows:>9,} questions {ours}; kept {found.kept.mean():.1%}")
    for rows in (arguments.rows // 10, arguments.rows // 2, arguments.rows):
        part = table.slice(0, rows)
        added = added_mb_in_a_process(part, [__file__])
        print(
            f"memory      {rows:>9,} questions  {added:>7,.0f} MB more than loading their {part.nbytes / 1e6:,.0f} MB"
        )
    small = table.slice(0, arguments.sample)
    texts = small["question"].to_pylist()
    mine = deduplicate(small, SETTINGS).verdict == KEPT
    peers = {"datasketch": with_datasketch, "rensa": with_rensa, "rensa batch": with_rensa_batches}
    for name, library in peers.items():
        kept, theirs = measured(len(texts), lambda run=library: np.array(run(texts, threshold)))
        print(f"{name:<11} {len(texts):>9,} questions {theirs}; same verdict {(kept == mine).mean():.3%}")
        print(f"            synthllm is faster {ours.times(theirs)}")
    for way, taken in rensa_signatures(table.slice(0, 10 * arguments.sample)):
        print(f"rensa's signatures alone: {way:<34} {taken}")


if __name__ == "__main__":
    main()
