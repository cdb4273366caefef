"""What a reader finds in a card, from runs whose numbers are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.runs import make_run
from synthllm.builder.pipeline import stages
from synthllm.builder.store import RunFolder
from synthllm.cards.card import write_dataset_card

SERVER = {"urls": ["http://10.0.0.1:8000"], "model": "asker-7b"}


def card_with(run: Path, facts: dict[str, dict[str, object]]) -> str:
    """The card of a run whose stage manifests say something else."""
    for stage, told in facts.items():
        path = run / stage / "stage.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | told))
    folder = RunFolder(run)
    recipe = folder.recipe()
    write_dataset_card(folder, recipe, list(stages(recipe)))
    return (run / "dataset" / "README.md").read_text()


@pytest.mark.parametrize(
    ("told", "said", "shown"),
    [
        ("1f3a", None, "1f3a"),
        ("", "v2.1", "v2.1"),
        ("1f3a", "1f3a", "1f3a"),
        ("1f3a", "v2.1", "1f3a; v2.1 by the recipe"),
        ("", None, "not stated"),
    ],
)
def test_revision_is_what_the_servers_tell_with_another_word_of_the_recipe(
    tmp_path: Path, told: str, said: str | None, shown: str
) -> None:
    run = make_run(tmp_path / "run", endpoint=SERVER | {"revision": said})
    card = card_with(run, {"level1": {"revision": told}, "answers": {"revision": told}})
    assert f"| questions | asker-7b | {shown} |" in card
    assert f"| answers | asker-7b | {shown} |" in card


def test_card_opens_with_what_matters_before_training(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    found = {"gsm8k": {"questions": 1319, "found": {"exact": 2, "reworded": 1}}}
    intro = card_with(run, {"curate": {"benchmarks": found}}).split("<!-- /synthllm: intro -->")[0]
    assert "compared with gsm8k; 3 questions removed" in intro
    assert "all samples agree on 75.0% of the questions" in intro  # three of four of each level, as they are made
    assert "| licence | `cc-by-4.0`;" in intro
    assert "compared with none: decontaminate it" in card_with(run, {"curate": {"benchmarks": {}}})


def test_card_tells_what_a_refusal_means_and_how_good_the_filter_was(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    interval = {"estimate": 0.83, "low": 0.73, "high": 0.89}
    audit = {"audit_precision": interval, "audit_recall": {**interval, "estimate": 0.5}}
    card = card_with(run, {"filter": audit})
    assert "| not_suitable | 1 | the model found nothing to teach or to ask about |" in card
    blind = "precision is 83% (95% interval 73 to 89) and recall is 50% (95% interval 73 to 89)"
    assert f"rated blind, {blind}.\n" in card
    whole = {"precision": {"estimate": 0.9, "low": 0.88, "high": 0.92}, "recall": interval}
    card = card_with(run, {"filter": {**audit, "audit_corpus": whole}})
    assert f"rated blind, {blind}; over the whole corpus, with those it learnt from, precision is 90% (" in card
    assert "rated blind" not in card_with(run, {"filter": {"audit_precision": None}})


def test_card_shows_the_diversity_of_its_rows_with_the_embedder(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    card = card_with(run, {})
    measured = json.loads((run / "dataset" / "provenance" / "diversity.json").read_text())
    assert measured["embedder"] == "hashed-words/1024"
    row = measured["levels"]["level2"]
    assert row["n_questions"] == 12
    assert f"| level2 | {row['n_pairs']} | {row['mean_similarity']:.3f} | {row['vendi']:.1f} |" in card
    assert "by `hashed-words/1024`, which compares their wording" in card
    assert "figures/diversity.png" in card
