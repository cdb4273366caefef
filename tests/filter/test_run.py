import asyncio
from pathlib import Path

import pytest

from synthllm.builder.domains import DOMAINS
from synthllm.builder.filter import FilterResult, run_filter
from synthllm.builder.recipe import FilterRecipe
from synthllm.builder.rows import Document

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
