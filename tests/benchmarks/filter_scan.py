"""Documents scored per second of CPU, parquet read included, beside scikit-learn and fastText, with their accuracy.

    python tests/benchmarks/filter_scan.py [--corpus FILE.parquet] [--documents 30000] [--memory] [--train 50000]

Every classifier learns from the same documents and the same ratings of the embedded teacher, reads the same parquet
file, and is judged on the same documents that it did not learn from: average precision against the ratings, and against
the column `domain` where the file has one (it is never trained on). Without `--corpus`, the installed documentation is
cut into pieces of 3 kB. `--memory` scans files of 1 and 10 parts and prints the peak resident memory of each; `--train`
times the training on that many rated documents. fastText is compared where it can be imported.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from synthllm.builder.domains import DOMAINS
from synthllm.builder.endpoints import Endpoint
from synthllm.builder.filter.classifier import TrainedFilter, train_filter
from synthllm.builder.filter.latent import fit_latent
from synthllm.builder.filter.rating import Rating, rate
from synthllm.builder.filter.saved import load_filter, save_filter
from synthllm.builder.filter.scan import scan
from synthllm.builder.installed import installed_rows
from synthllm.builder.recipe import CorpusRecipe
from synthllm.builder.rows import Document
from synthllm.builder.runner import Usage, ordered_map
from synthllm.builder.teacher.embedded import EmbeddedTeacher

CHARS, RATED, THRESHOLD = 3_000, 3_000, 6.5
Scores = NDArray[np.floating]


def read_corpus(path: Path | None) -> pa.Table:
    """id, text and, where known, domain."""
    if path is not None:
        table = pq.read_table(path)
        return table.select([name for name in ("id", "text", "domain") if name in table.column_names])
    packages = CorpusRecipe(source="installed").packages
    texts = (str(row["text"]) for row in installed_rows(packages))
    pieces = [text[i : i + CHARS] for text in texts for i in range(0, len(text) - CHARS // 2, CHARS)]
    return pa.table({"id": [str(i) for i in range(len(pieces))], "text": pieces})


async def teacher_ratings(texts: list[str], scratch: Path) -> NDArray[np.float64]:
    """The teacher's score of each text."""
    ledger = scratch / "ledger"
    async with EmbeddedTeacher() as teacher, Endpoint(teacher.url, ledger=ledger, max_in_flight=16) as endpoint:
        generate = Usage().generate(endpoint)
        documents = [Document(str(number), text) for number, text in enumerate(texts)]
        scores = []
        async for _, row in ordered_map(documents, lambda d: rate(d, generate, DOMAINS["mathematics"], 0), 32):
            assert isinstance(row, Rating), row
            scores.append(row.score)
    return np.array(scores)


def train(texts: list[str], scores: Scores, unrated: list[str]) -> TrainedFilter:
    """The linear filter."""
    embedder = fit_latent(pa.array([*texts, *unrated], pa.large_string()), 64, 0)
    return asyncio.run(
        train_filter(
            texts,
            scores,
            unrated=unrated,
            threshold=THRESHOLD,
            classifier="linear",
            embedder=embedder,
            trees=200,
            first_pass_recall=None,
            seed=0,
        )
    )


def with_scikit_learn(texts: list[str], scores: Scores) -> Callable[[list[str]], Scores]:
    """Hashed uni- and bigrams and a linear model by stochastic gradient descent, as its documentation pairs them."""
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import SGDClassifier

    vectorizer = HashingVectorizer(ngram_range=(1, 2), alternate_sign=False)
    model = SGDClassifier(loss="log_loss", random_state=0).fit(vectorizer.transform(texts), scores > THRESHOLD)
    return lambda texts: np.asarray(model.decision_function(vectorizer.transform(texts)))


def with_fasttext(texts: list[str], scores: Scores, scratch: Path) -> Callable[[list[str]], Scores] | None:
    """fastText's supervised classifier over uni- and bigrams; None where it is not installed."""
    try:
        import fasttext
    except ImportError:
        return None
    path = scratch / "fasttext.txt"
    lines = (f"__label__{int(s > THRESHOLD)} {' '.join(t.split())}\n" for t, s in zip(texts, scores, strict=True))
    path.write_text("".join(lines))
    model = fasttext.train_supervised(str(path), wordNgrams=2, epoch=10, dim=32, bucket=200_000, thread=2, verbose=0)

    def predict(texts: list[str]) -> Scores:
        found = ({label: p for p, label in model.f.predict(" ".join(t.split()), 2, 0.0, "strict")} for t in texts)
        return np.array([each.get("__label__1", 0.0) for each in found])

    return predict


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of the whole process, all threads."""
    started = time.process_time()
    work()
    return time.process_time() - started


def scan_with(predict: Callable[[list[str]], Scores], path: Path) -> None:
    """Read the file as the filter's scan does, and predict."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=2_048, columns=["text"], use_threads=False):
            predict(batch.column("text").to_pylist())


def compare(table: pa.Table, documents: int, scratch: Path) -> TrainedFilter:
    from sklearn.metrics import average_precision_score

    order = np.random.default_rng(0).permutation(len(table))
    texts = [str(text) for text in table["text"].take(order[:RATED]).to_pylist()]
    scores = asyncio.run(teacher_ratings(texts, scratch))
    split = 2 * RATED // 3
    unrated = [str(text) for text in table["text"].take(order[RATED : RATED + 4_000]).to_pylist()]
    trained = train(texts[:split], scores[:split], unrated)
    ways: dict[str, Callable[[list[str]], Scores] | None] = {
        "scikit-learn": with_scikit_learn(texts[:split], scores[:split]),
        "fastText": with_fasttext(texts[:split], scores[:split], scratch),
    }
    whole = pa.concat_tables([table] * (documents // len(table) + 1)).slice(0, documents)
    path = scratch / "corpus.parquet"
    pq.write_table(whole.select(["id", "text"]), path, row_group_size=1_000)
    size = sum(len(t) for t in table["text"].to_pylist()) / len(table)
    print(f"{documents:,} documents of {size:,.0f} characters, {path.stat().st_size / 2**20:.0f} MiB of parquet")

    held_out, judged = texts[split:], {"ratings": scores[split:] > THRESHOLD}
    if "domain" in table.column_names:
        domain = table["domain"].take(order[split:RATED]).to_pylist()
        judged["domain"] = np.array([name == "mathematics" for name in domain])

    def line(name: str, rate_: float, predicted: Scores) -> str:
        quality = "  ".join(f"AP({k}) {average_precision_score(v, predicted):.4f}" for k, v in judged.items())
        return f"{name:<14} {rate_:>9,.0f} documents per CPU-second   {quality}"

    scan_seconds = []
    for turn in range(3):
        out = scratch / f"scan{turn}"
        scan_seconds.append(cpu(lambda out=out: asyncio.run(scan([str(path)], trained, out, workers=1))))
    ours = documents / min(scan_seconds)
    print(line("ours", ours, asyncio.run(trained.scores(pa.array(held_out)))))
    few = scratch / "few.parquet"
    pq.write_table(whole.slice(0, min(documents, 6_000)).select(["id", "text"]), few, row_group_size=1_000)
    for name, predict in ways.items():
        if predict is None:
            print(f"{name:<14} not installed, not measured")
            continue
        other = min(documents, 6_000) / min(cpu(lambda p=predict: scan_with(p, few)) for _ in range(2))
        print(line(name, other, predict(held_out)) + f"   ours is {ours / other:.1f} times as fast")
    return trained


def memory(table: pa.Table, trained: TrainedFilter, scratch: Path) -> None:
    """Peak resident memory of scans in processes of their own, of one part and of ten."""
    save_filter(trained, scratch / "filter")
    part = pa.concat_tables([table] * (10_000 // len(table) + 1)).slice(0, 10_000).select(["id", "text"])
    pq.write_table(part, scratch / "one.parquet", row_group_size=1_000)
    with pq.ParquetWriter(scratch / "ten.parquet", part.schema) as writer:
        for _ in range(10):
            writer.write_table(part, row_group_size=1_000)
    for name in ("one", "ten"):
        command = [sys.executable, __file__, "--peak", str(scratch / f"{name}.parquet"), str(scratch / "filter")]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


def peak(path: Path, saved: Path) -> None:
    with tempfile.TemporaryDirectory() as out:
        totals = asyncio.run(scan([str(path)], load_filter(saved), Path(out), workers=1))
    print(f"scan of {totals['rows']:,} documents: peak resident memory {peak_mib():,.0f} MiB")


def peak_mib() -> float:
    """Peak resident memory of this process since it began; `getrusage` also counts the process that started it."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


def training(table: pa.Table, count: int) -> None:
    """Time to train both classifiers on many rated documents, whose ratings are made up: only the time is measured."""
    texts = [str(text) for text in table["text"].to_pylist()]
    rng = np.random.default_rng(0)
    many = [f"{texts[i % len(texts)][rng.integers(200) :]} {rng.integers(1_000_000)}" for i in range(count)]
    share = np.array([text.count("=") + text.count("$") for text in many])
    scores = np.clip(np.where(share > np.median(share), 8, 3) + rng.integers(-2, 3, count), 1, 10).astype(float)
    started, used = time.monotonic(), time.process_time()
    trained = train(many, scores, texts[:4_000])
    print(
        f"training on {count:,} rated documents: {time.monotonic() - started:.0f} s, "
        f"{time.process_time() - used:.0f} CPU-s; held-out F1 of forest {trained.facts['forest']['f1']:.3f}, "
        f"of linear {trained.facts['linear']['f1']:.3f}; "
        f"peak resident memory {peak_mib():,.0f} MiB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=os.environ.get("SYNTHLLM_TEXTBOOKS"))
    parser.add_argument("--documents", type=int, default=30_000)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--train", type=int, default=0)
    parser.add_argument("--peak", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        peak(*options.peak)
        return
    if options.corpus is None:
        print("no --corpus and no SYNTHLLM_TEXTBOOKS: measured on the installed documentation")
    table = read_corpus(options.corpus)
    with tempfile.TemporaryDirectory() as scratch:
        trained = compare(table, options.documents, Path(scratch))
        if options.memory:
            memory(table, trained, Path(scratch))
    if options.train:
        training(table, options.train)


if __name__ == "__main__":
    main()
