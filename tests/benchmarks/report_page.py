"""How long a report takes to write, and its page to open, for a run of so many rows.

    python tests/benchmarks/report_page.py runs/quickstart 10000

The rows are those of a real run, again and again under new ids; the concept graph is made up, of 5,000 names. The page
is opened in headless Chromium, with a fresh profile each time. Beside it stands the same for the run as it is.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from browser import browser_page
from synthllm.builder.graph import ConceptGraph
from synthllm.builder.recipe import Recipe
from synthllm.builder.rows import Answer, Concepts, Document, Question, VerifiedQuestion
from synthllm.builder.store import RunFolder, chunks, shard_name
from synthllm.eval.report import write_report

OPENINGS = 5
DOCUMENTS = 20_000


def enlarged(source: RunFolder, rows: int, folder: Path) -> Path:
    """A run of so many verified questions, made of another's."""
    real = list(source.stage("verify").read(VerifiedQuestion))
    rng = np.random.default_rng(0)
    run = RunFolder(folder)
    with run.claim(Recipe.model_validate({"name": f"rows-{rows}", "corpus": {"source": "installed"}})):
        text = "What a passage says. " * 60
        documents = [Document(f"d{n}", text, url=f"https://example.org/{n}", relevance=8.0) for n in range(DOCUMENTS)]
        taught = [made_up(rng, document.id) for document in documents]
        run.stage("corpus").write(shard_name(0), documents, Document, [])
        run.stage("filter").write(shard_name(0), documents, Document, [])
        run.stage("concepts").write(shard_name(0), taught, Concepts, [])
        ConceptGraph.from_concepts(taught).save(run.stage("graph").path / "graph")
        questions = (again(real[n % len(real)], n, taught[int(rng.integers(DOCUMENTS))]) for n in range(rows))
        for number, chunk in enumerate(chunks(questions, 2_000)):
            shared = [{f.name: getattr(row, f.name) for f in dataclasses.fields(Question)} for row in chunk]
            sampled = [
                Answer(row.id, at, row.answer, row.final_answer, "stop", "m") for row in chunk for at in range(3)
            ]
            run.stage("curate").write(shard_name(number), [Question(**row) for row in shared], Question, [])
            run.stage("answers").write(shard_name(number), sampled, Answer, [])
            run.stage("verify").write(shard_name(number), chunk, VerifiedQuestion, [])
    return folder


def made_up(rng: np.random.Generator, document: str) -> Concepts:
    """Two topics and about ten key concepts, most of them of one of fifty subjects."""
    subject = int(rng.integers(50))
    own = subject * 100 + (100 * rng.beta(1, 3, 12)).astype(int)
    names = np.where(rng.random(12) < 0.9, own, rng.integers(0, 5_000, 12))
    topics = {f"topic {subject * 6 + int(n)}" for n in rng.integers(0, 6, 2)}
    return Concepts(document, tuple(sorted(topics)), tuple(f"concept {n}" for n in sorted(set(names.tolist()))))


def again(row: VerifiedQuestion, number: int, about: Concepts) -> VerifiedQuestion:
    """The row under another id, about a document of the run."""
    return dataclasses.replace(
        row,
        id=f"{row.level}-{number:016x}",
        topics=about.topics,
        concepts=about.concepts[:3],
        walk=about.concepts[:5] if row.walk else (),
        document_ids=(about.document_id,),
    )


async def opened(page_file: Path) -> tuple[float, float, float]:
    """Milliseconds until questions are shown and until all is ready, and to draw the map once."""
    async with browser_page() as page:
        await page.open(page_file)
        mark = "performance.getEntriesByName('{}')[0].startTime"
        shown, ready = await page.value(mark.format("questions-shown")), await page.value(mark.format("report-ready"))
        draw = "(() => { const start = performance.now(); for (let i = 0; i < 20; i++) conceptMap.paint();"
        await page.until("conceptMap.placed")
        return shown, ready, await page.value(f"{draw} return (performance.now() - start) / 20; }})()")


def main(source: Path, rows: int) -> None:
    """Print the medians."""
    with tempfile.TemporaryDirectory() as place:
        for name, run in (
            ("as it is", source),
            (f"{rows:,} rows", enlarged(RunFolder(source), rows, Path(place) / "run")),
        ):
            before = sum(os.times()[:2])
            page = write_report(run, Path(place) / "report.html")
            spent = sum(os.times()[:2]) - before
            times = np.median([asyncio.run(opened(page)) for _ in range(OPENINGS)], axis=0)
            print(
                f"{name:<14} written in {spent:.1f} s of processor time, {page.stat().st_size / 2**20:.1f} MiB; "
                f"questions after {times[0]:.0f} ms, all after {times[1]:.0f} ms; the map is drawn in {times[2]:.1f} ms"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
