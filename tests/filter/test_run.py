import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from synthllm.builder.domains import DOMAINS
from synthllm.builder.endpoints.protocol import Completion, Request
from synthllm.builder.errors import StageError
from synthllm.builder.filter.latent import LatentEmbedder, fit_latent
from synthllm.builder.filter.ratings import read_ratings
from synthllm.builder.filter.run import FilterResult, run_filter
from synthllm.builder.recipe import FilterRecipe
from synthllm.builder.rows import Document, Rejected
from synthllm.builder.store import read_parquet
from synthllm.builder.teacher.replies import reply

from .scripted import Model, truth, world

SMALL = FilterRecipe(
    rounds=2, syllabus_documents=60, random_documents=60, rated_documents=120, trees=30, audit_documents=40
)


def run(
    documents: list[Document], model: Model, folder: Path, recipe: FilterRecipe = SMALL, window: int = 16
) -> FilterResult:
    return asyncio.run(
        run_filter(lambda: iter(documents), model, recipe, DOMAINS["mathematics"], 3, folder, window=window)
    )


def f1(result: FilterResult) -> float:
    scores = list(result.scores())
    both = sum(score.kept and truth(score.id) for score in scores)
    return 2 * both / (sum(score.kept for score in scores) + sum(truth(score.id) for score in scores))


@pytest.mark.parametrize("changes", [{}, {"classifier": "linear"}, {"first_pass_recall": 0.98}])
def test_filter_finds_the_domain_in_the_written_world(tmp_path: Path, changes: dict[str, object]) -> None:
    documents = world(600)
    result = run(documents, Model(), tmp_path, SMALL.model_copy(update=changes))
    assert [score.id for score in result.scores()] == [document.id for document in documents]
    assert f1(result) > 0.95
    assert result.kept == sum(score.kept for score in result.scores())


async def teacher(request: Request) -> Completion:
    """The embedded teacher, in this process."""
    prompt = request.messages[-1]["content"]
    return Completion(reply(prompt, request.seed, request.temperature), "stop", 1, 1, "teacher")


def taught(documents: list[Document], domain: str, folder: Path, **changes: object) -> FilterResult:
    recipe = SMALL.model_copy(update=changes)
    return asyncio.run(run_filter(lambda: iter(documents), teacher, recipe, DOMAINS[domain], 3, folder, window=16))


@pytest.mark.parametrize("domain", ["mathematics", "physics"])
def test_the_embedded_teacher_tells_either_domain_from_the_other_and_from_the_rest(tmp_path: Path, domain: str) -> None:
    documents = world(450)
    result = taught(documents, domain, tmp_path)
    kept = [score.id for score in result.scores() if score.kept]
    right = sum(row_id.startswith(f"{domain}/") for row_id in kept)
    assert right / len(kept) > 0.9
    assert right / (len(documents) / 3) > 0.9
    assert not any(row_id.startswith("everyday/") for row_id in kept)


def test_the_syllabus_may_be_written_by_the_model_or_given_as_a_file(tmp_path: Path) -> None:
    documents = world(300)
    assert f1(taught(documents, "mathematics", tmp_path / "model", syllabus="model")) > 0.9
    (tmp_path / "own.txt").write_text(
        "Mathematics | Numbers | Primes | prime number; divisor; greatest common divisor\n"
    )
    result = taught(
        documents, "mathematics", tmp_path / "file", syllabus=str(tmp_path / "own.txt"), genres=("exam paper",)
    )
    assert f1(result) > 0.9
    written = (tmp_path / "file" / "work" / "synthetic.jsonl").read_text().splitlines()
    assert len(written) == SMALL.syllabus_documents
    assert all('"syllabus/0/exam-paper/' in line for line in written)
    with pytest.raises(StageError, match=r"the model's syllabus is unusable .*set filter.syllabus to 'domain'"):
        taught(documents, "physics", tmp_path / "unknown", syllabus="model")


def files(folder: Path) -> dict[str, bytes]:
    names = ("scores.parquet", "ratings.jsonl", "dropped.parquet", "report.json", "filter/filter.json")
    return {name: (folder / name).read_bytes() for name in names}


def test_same_rows_at_any_window_and_order_of_completion(tmp_path: Path) -> None:
    documents = world(300)
    run(documents, Model(), tmp_path / "one", window=1)
    busy = Model(shuffle=True)
    run(documents, busy, tmp_path / "many", window=7)
    assert files(tmp_path / "one") == files(tmp_path / "many")
    assert busy.most_in_flight == 7


class Stopped(Exception):
    """The process dies here."""


@pytest.mark.parametrize("calls", [90, 320])
def test_stopped_anywhere_and_run_again_gives_the_same_rows(tmp_path: Path, calls: int) -> None:
    documents = world(300)
    run(documents, Model(), tmp_path / "whole")
    model = Model()

    async def dies(request: Request) -> Completion:
        if len(model.asked) >= calls:
            raise Stopped
        return await model(request)

    with pytest.raises(Stopped):
        asyncio.run(
            run_filter(lambda: iter(documents), dies, SMALL, DOMAINS["mathematics"], 3, tmp_path / "again", window=5)
        )
    run(documents, Model(), tmp_path / "again")
    assert files(tmp_path / "whole") == files(tmp_path / "again")


def test_a_finished_run_asks_nothing_and_reads_no_scores_again(tmp_path: Path) -> None:
    documents = world(300)
    first = run(documents, Model(), tmp_path)
    idle = Model()
    second = run(documents, idle, tmp_path)
    assert idle.asked == []
    assert second == first


def test_a_rating_corrected_by_hand_trains_a_new_filter(tmp_path: Path) -> None:
    documents = world(300)
    run(documents, Model(), tmp_path)
    before = files(tmp_path)
    path = tmp_path / "work" / "ratings-2.jsonl"
    path.write_text(path.read_text().replace('"relevance":9', '"relevance":1', 8))
    run(documents, Model(), tmp_path)
    assert files(tmp_path)["filter/filter.json"] != before["filter/filter.json"]
    assert len(read_ratings(tmp_path / "ratings.jsonl")) == len(before["ratings.jsonl"].splitlines())


def test_given_ratings_take_the_place_of_the_cold_start_and_are_not_asked_for_again(tmp_path: Path) -> None:
    documents = world(300)
    run(documents, Model(), tmp_path / "first")
    given = read_ratings(tmp_path / "first" / "ratings.jsonl")
    model = Model()
    recipe = SMALL.model_copy(update={"ratings": str(tmp_path / "first" / "ratings.jsonl"), "rounds": 1})
    result = run(documents, model, tmp_path / "second", recipe)
    prompts = [request.messages[-1]["content"] for request in model.asked]
    assert not any("Write a " in prompt for prompt in prompts)
    assert not {row.text for row in given} & {
        prompt.split("<document>\n")[-1].split("\n</document>")[0] for prompt in prompts
    }
    assert f1(result) > 0.95


def test_what_the_model_garbles_or_refuses_is_counted_and_the_rest_is_used(tmp_path: Path) -> None:
    result = run(world(300), Model(garble=0.2, refuse=0.1), tmp_path)
    rejected = list(read_parquet(tmp_path / "rejected.parquet", Rejected))
    assert Counter(row.reason for row in rejected) == result.report["rejected"]
    assert set(result.report["rejected"]) == {"no_document_tag", "unparsable_rating", "refused"}
    rated = len(read_ratings(tmp_path / "ratings.jsonl"))
    lost = sum(row.id.startswith(("mathematics/", "physics/", "everyday/")) for row in rejected)
    assert rated + lost == 2 * SMALL.rated_documents + SMALL.audit_documents
    assert f1(result) > 0.9


def test_a_model_that_finds_nothing_relevant_or_says_nothing_useful_stops_the_run_with_a_reason(tmp_path: Path) -> None:
    everyday = [document for document in world(300) if document.id.startswith("everyday")]
    with pytest.raises(StageError, match=r"none of the \d+ rated documents scores above 6.5 \(the highest: 4"):
        run(everyday, Model(), tmp_path / "one")
    with pytest.raises(StageError, match="wrote none of 60 syllabus documents"):
        run(world(30), Model(garble=1.0), tmp_path / "two")
    with pytest.raises(StageError, match="the corpus has no document"):
        run([], Model(), tmp_path / "three")


def test_a_corpus_that_is_all_of_the_domain_is_kept(tmp_path: Path) -> None:
    documents = [document for document in world(450) if truth(document.id)]
    result = run(documents, Model(), tmp_path)
    assert result.kept > 0.95 * len(documents)


def test_scores_hold_the_ratings_of_rated_documents_and_nothing_for_others(tmp_path: Path) -> None:
    result = run(world(300), Model(), tmp_path)
    ratings = {row.id: row for row in read_ratings(tmp_path / "ratings.jsonl")}
    scores = list(result.scores())
    for score in scores:
        row = ratings.get(score.id)
        if row is None:
            assert (score.relevance, score.clarity, score.language, score.rating) == (None, None, None, None)
        else:
            assert (score.relevance, score.clarity, score.language) == (row.relevance, row.clarity, row.language)
            assert score.rating == pytest.approx(row.score)
        assert score.kept == (score.score > 6.5)
    assert sum(score.rating is not None for score in scores) == len(ratings)


def test_a_corpus_in_another_language_is_warned_of(tmp_path: Path) -> None:
    documents = [replace(document, language="fr") for document in world(300)]
    result = run(documents, Model(), tmp_path)
    assert result.warnings[0].startswith("language: 300 of 300 documents are not in 'en' (fr 300)")


def test_the_first_pass_saves_the_embedder_most_documents_and_reports_its_recall(tmp_path: Path) -> None:
    class Counting:
        name = "counting"
        seen = 0

        def __init__(self, inner: LatentEmbedder) -> None:
            self.inner = inner

        async def embed(self, texts: pa.Array) -> NDArray[np.float32]:
            self.seen += len(texts)
            return await self.inner.embed(texts)

    documents = world(1_500)
    inner = fit_latent(pa.array([document.text for document in documents[:300]]), 32, 0)
    seen = {}
    for recall in (None, 0.95):
        embedder = Counting(inner)
        result = asyncio.run(
            run_filter(
                lambda: iter(documents),
                Model(),
                SMALL.model_copy(update={"first_pass_recall": recall, "rounds": 1}),
                DOMAINS["mathematics"],
                3,
                tmp_path / str(recall),
                embedder=embedder,
            )
        )
        seen[recall] = embedder.seen
        assert f1(result) > 0.95
    assert seen[0.95] < 0.8 * seen[None]
    facts = result.report["rounds"][-1]["first_pass"]
    assert facts["recall_wanted"] == 0.95
    assert facts["interval"][0] <= facts["recall_measured"] <= facts["interval"][1]
