"""Whole runs in a moment for tests of the report: rows written through the store, curated and audited for real."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from synthllm.builder.curate.stage import curate
from synthllm.builder.filter.audit import AuditSample, audit_report
from synthllm.builder.filter.rating import Rating
from synthllm.builder.graph import ConceptGraph
from synthllm.builder.pipeline import stages
from synthllm.builder.recipe import Recipe
from synthllm.builder.rows import Answer, Combination, Concepts, Document, Question, Rejected, VerifiedQuestion
from synthllm.builder.store import RunFolder, shard_name, write_json

LEVELS = ("level1", "level2", "level3")
SUBJECTS = ("Algebra", "Number Theory", "Statistics")
Taught = Sequence[tuple[tuple[str, ...], tuple[str, ...]]]
TAUGHT: Taught = (
    (("Matrices",), ("determinant", "eigenvalues", "rank")),
    (("Matrices", "Graphs"), ("eigenvalues", "adjacency matrix")),
    (("Primes",), ("prime factorization", "greatest common divisor")),
    (("Primes", "Matrices"), ("greatest common divisor", "determinant")),
)
BENCHMARK = (
    "A shepherd counts forty two sheep in the northern meadow and seventeen in the southern meadow before a storm "
    "drives nine of them into the forest; how many sheep does the shepherd find in both meadows afterwards?"
)
SERVED = {
    "requests": 12,
    "prompt_tokens": 3_000,
    "completion_tokens": 800,
    "model": "asker-7b",
    "prompt_hash": "0" * 16,
}
ACCEPTED = 3  # one question in so many at each level has a split vote, one in seven is refused


def make_question(level: str, number: int, taught: Taught = TAUGHT) -> Question:
    """A question of a level; its words, concepts and documents follow from its number."""
    place = number % len(taught)
    topics, concepts = taught[place]
    size = LEVELS.index(level) + 1
    words = ["first", "second", "third"][size - 1]
    matrix = rf"\begin{{pmatrix}} {number} & 1 \\ 0 & {size} \end{{pmatrix}}"
    return Question(
        id=f"{level}-{number:016x}",
        question=f"At the {words} station, number {number * 7 + size}, find the determinant of ${matrix}$.",
        level=level,
        domain="mathematics",
        school_level="college" if number % 3 else "high school",
        origin="new",
        subject=SUBJECTS[number % 3],
        topics=topics,
        concepts=concepts[:2],
        document_ids=(f"document-{place}",),
        document_urls=(f"https://example.org/{place}",),
        walk=(*topics, *concepts) if level == "level3" else (),
        question_model="asker-7b",
        prompt_hash="0" * 16,
        seed=2**62 + number,
    )


def verified(question: Question, number: int, **changes: Any) -> VerifiedQuestion:
    """The row that a question becomes; one in three has a vote of two against one."""
    answer = changes.get(
        "answer", rf"The product of the diagonal is $\frac{{{2 * number}}}{{2}}$. $\boxed{{{number}}}$"
    )
    shared = {field.name: getattr(question, field.name) for field in fields(Question)}
    row = VerifiedQuestion(
        **shared,
        answer=answer,
        final_answer=str(number),
        messages=({"role": "user", "content": question.question}, {"role": "assistant", "content": answer}),
        answer_model="solver-72b",
        votes=3,
        agreement=1.0 if number % ACCEPTED else 2 / 3,
        verified=True,
        question_words=10 + number % 5,
        answer_words=20 + number % 11,
        vote_entropy=0.0 if number % ACCEPTED else 0.64,
        self_contained=True,
        language="en",
        checked_equalities=1,
    )
    return replace(row, **changes)


def make_run(
    folder: Path,
    per_level: int = 14,
    *,
    until: str = "dataset",
    refuse: bool = True,
    changed: Mapping[int, Mapping[str, Any]] | None = None,
    taught: Taught = TAUGHT,
    urls: Mapping[int, str] | None = None,
) -> Path:
    """A run whose stages are finished up to and with `until`.

    Args:
        per_level: questions of each level; one of level 1 is a benchmark's and is dropped where `refuse`.
        refuse: whether any stage refuses anything.
        changed: other values of questions of level 1, by number.
        taught: topics and concepts of each document.
        urls: other addresses of documents, by number.
    """
    benchmark = folder.with_name(f"{folder.name}-sheep.jsonl")
    benchmark.parent.mkdir(parents=True, exist_ok=True)
    benchmark.write_text(json.dumps({"id": "s1", "question": BENCHMARK}) + "\n", encoding="utf-8")
    recipe = Recipe.model_validate(
        {
            "name": "small",
            "corpus": {"source": "installed"},
            "curate": {"benchmarks": [str(benchmark)], "near_duplicate_threshold": 1.0},
            "endpoint": {"urls": ["http://127.0.0.1:9"], "prompt_price": 1.0, "completion_price": 2.0},
        }
    )
    run = RunFolder(folder)
    order = list(stages(recipe))
    with run.claim(recipe):
        for name in order[: order.index(until) + 1]:
            facts = _write(run, recipe, name, per_level, refuse, changed or {}, taught, urls or {})
            run.stage(name).path.mkdir(parents=True, exist_ok=True)
            run.stage(name).finish(seconds=1.5, **facts)
    return folder


def _write(
    run: RunFolder,
    recipe: Recipe,
    name: str,
    per_level: int,
    refuse: bool,
    changed: Mapping[int, Mapping[str, Any]],
    taught: Taught,
    urls: Mapping[int, str],
) -> dict[str, Any]:
    """The shards of a stage; what its manifest says beside the totals."""
    folder, documents = run.stage(name), _documents(len(taught), urls)
    if name == "corpus":
        refused = [Rejected(f"row-{n}", "corpus", "too_short", f"{n} characters") for n in range(9 * refuse)]
        folder.write(shard_name(0), documents, Document, refused)
        return {"rows_in": len(documents) + len(refused)}
    if name == "filter":
        kept = documents if not refuse else documents[:-1]
        folder.write(shard_name(0), kept, Document, [])
        _filter_report(folder.path, documents)
        return {"rows_in": len(documents), **SERVED}
    if name == "concepts":
        rows = [Concepts(f"document-{n}", *names) for n, names in enumerate(taught)]
        folder.write(shard_name(0), rows, Concepts, [Rejected("document-8", "concepts", "not_suitable")] * refuse)
        return {"rows_in": len(documents) - refuse, **SERVED}
    if name == "graph":
        ConceptGraph.from_concepts(run.stage("concepts").read(Concepts)).save(folder.path / "graph")
        folder.write(shard_name(0), [Combination("c", *taught[0])], Combination, [])
        return {"rows_in": len(taught)}
    if name in LEVELS:
        rows = [make_question(name, number, taught) for number in range(per_level)]
        if name == "level1":
            rows = [replace(row, **changed.get(number, {})) for number, row in enumerate(rows)]
            rows += [replace(make_question(name, 999), question=BENCHMARK)] * refuse
        folder.write(shard_name(0), rows, Question, [])
        return {"rows_in": 20, **SERVED}
    if name == "curate":
        return {"rows_in": 3 * per_level + refuse, **curate([run.stage(n) for n in LEVELS], folder, recipe.curate, 16)}
    asked = [list(run.stage("curate").read(Question, shard)) for shard in run.stage("curate").shards()]
    if name == "answers":
        for number, questions in enumerate(asked):
            folder.write(shard_name(number), [row for one in questions for row in _answers(one)], Answer, [])
        return {"rows_in": sum(map(len, asked)), **SERVED}
    if name == "verify":
        for number, questions in enumerate(asked):
            split = [one for one in questions if refuse and _number(one) % 7 == 6]
            rows = [verified(one, _number(one)) for one in questions if one not in split]
            refused = [Rejected(one.id, "verify", "ill_posed", "1 of 3: 4") for one in split]
            folder.write(shard_name(number), rows, VerifiedQuestion, refused)
        return {"rows_in": sum(map(len, asked))}
    rows_in = run.stage("verify").manifest()["rows"]
    return {"rows_in": rows_in, "rows": rows_in}


def _number(question: Question) -> int:
    return int(question.id.rsplit("-", 1)[1], 16)


def _answers(question: Question) -> list[Answer]:
    number = _number(question)
    given = [str(number)] * 3 if number % ACCEPTED else [str(number), str(number), "-1"]
    return [Answer(question.id, at, "so it is", final, "stop", "solver-72b") for at, final in enumerate(given)]


def _documents(count: int, urls: Mapping[int, str]) -> list[Document]:
    return [
        Document(
            f"document-{n}",
            f"Passage {n} teaches what it says. " * 20,
            url=urls.get(n, f"https://example.org/{n}"),
            relevance=7.5,
        )
        for n in range(count + 1)
    ]


def _filter_report(folder: Path, documents: list[Document]) -> None:
    """`report.json` with a real audit of made-up scores: what is rated above the threshold mostly scores above it."""
    rng = np.random.default_rng(0)
    sample, rated = AuditSample(6.5, 60, 0), []
    scores = rng.uniform(1, 10, 400)
    for number, score in enumerate(scores.tolist()):
        sample.offer(Document(f"scored-{number}", f"Text of document {number}."), score, None if number % 4 else score)
    for document, score in sample.chosen():
        truth = min(max(score + float(rng.normal(0, 1)), 1), 10)
        rating = Rating(document.id, document.text, "", "mathematics", 5, 5, 5, truth, "audit", False, "m", "0" * 16)
        rated.append((rating, score))
    write_json(
        folder / "report.json",
        {
            "domain": "mathematics",
            "threshold": 6.5,
            "scanned": 400,
            "kept": int((scores > 6.5).sum()),
            "rated": len(rated),
            "rejected": {},
            "rounds": [{"round": 0, "strongest": {"for_it": [{"name": "theorem"}], "against_it": [{"name": "price"}]}}],
            "histogram": np.histogram(scores, 18, (1.0, 10.0))[0].tolist(),
            "audit": audit_report(sample, rated, 0),
            "warnings": [],
        },
    )
