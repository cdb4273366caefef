"""How well the filter finds a domain in textbooks, with nothing but the domain's definition and a model's ratings.

    python tests/benchmarks/filter_quality.py TEXTBOOKS.parquet [--domain mathematics] [--only forest] [--out DIR]

The file has the columns id, text, url, domain and book. `domain` and `book` are read only after the filter is done, to
judge it. The model is the embedded teacher. Prints precision, recall and F1 for the domain against the rest, and the
confusion by book, for each kind of filter and, beside them, for the ratings themselves.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import polars as pl

from synthllm.builder.domains import DOMAINS
from synthllm.builder.endpoints import Endpoint
from synthllm.builder.filter.run import run_filter
from synthllm.builder.recipe import FilterRecipe
from synthllm.builder.rows import Document
from synthllm.builder.runner import Usage
from synthllm.builder.teacher.embedded import EmbeddedTeacher

KINDS: dict[str, dict[str, object]] = {
    "forest": {},
    "linear": {"classifier": "linear"},
    "linear before forest, recall 0.99": {"first_pass_recall": 0.99},
}


async def measure(path: Path, domain: str, only: str | None, out: Path) -> None:
    table = pl.read_parquet(path)
    documents = [Document(i, text, url) for i, text, url in table.select("id", "text", "url").iter_rows()]
    is_domain = dict(zip(table["id"], table["domain"] == domain, strict=True))
    book = dict(zip(table["id"], table["book"], strict=True))
    async with EmbeddedTeacher() as teacher, Endpoint(teacher.url, ledger=out / "ledger", max_in_flight=16) as endpoint:
        for kind, changes in KINDS.items():
            if only not in (None, kind):
                continue
            recipe = FilterRecipe().model_copy(update=changes)
            started = time.monotonic()
            result = await run_filter(
                lambda: iter(documents),
                Usage().generate(endpoint),
                recipe,
                DOMAINS[domain],
                0,
                out / kind.replace(" ", "-"),
                window=32,
            )
            seconds = time.monotonic() - started
            kept = {score.id for score in result.scores() if score.kept}
            rated = {score.id: score.rating > recipe.threshold for score in result.scores() if score.rating is not None}
            print(f"\n{kind}: {seconds:.0f} s, {result.scanned:,} documents, {result.report['rated']:,} rated")
            print(f"  filter    {_judgement({i: i in kept for i in is_domain}, is_domain)}")
            print(f"  ratings   {_judgement(rated, is_domain)}")
            audit = result.report["audit"]
            print(f"  audit against the ratings: precision {audit['precision']}, recall {audit['recall']}")
            for name in sorted(set(book.values())):
                of_book = [i for i in book if book[i] == name]
                hits = Counter(i in kept for i in of_book)
                print(f"  {name:<40} kept {hits[True]:>5,}  not {hits[False]:>5,}")
            for warning in result.warnings:
                print(f"  {warning}")


def _judgement(said: dict[str, bool], truth: dict[str, bool]) -> str:
    both = sum(said[i] and truth[i] for i in said)
    positive, true = sum(said.values()), sum(truth[i] for i in said)
    precision, recall, f1 = both / max(1, positive), both / max(1, true), 2 * both / max(1, positive + true)
    return f"precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  ({len(said):,} documents)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("textbooks", nargs="?", default=os.environ.get("SYNTHLLM_TEXTBOOKS"), type=Path)
    parser.add_argument("--domain", choices=list(DOMAINS), default="mathematics")
    parser.add_argument("--only", choices=list(KINDS))
    parser.add_argument("--out", type=Path, help="keep the runs here; a temporary folder otherwise")
    options = parser.parse_args()
    if options.textbooks is None or not Path(options.textbooks).is_file():
        sys.exit(
            f"not measured: no file at {options.textbooks}; give the textbooks' parquet file as the argument, or in "
            "SYNTHLLM_TEXTBOOKS"
        )
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(measure(options.textbooks, options.domain, options.only, options.out or Path(scratch)))


if __name__ == "__main__":
    main()
