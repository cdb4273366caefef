from dataclasses import replace

import pytest
import yaml
from huggingface_hub import ModelCard

from synthllm.cards.merge import merge_card
from synthllm.cards.model_card import Result, TrainedOn, Training, model_card, with_results

TRAINING = Training(
    name="rows-1b",
    parameters=1_235_814_400,
    base_model="meta-llama/Llama-3.2-1B",
    data=[
        TrainedOn("alice/rows", 3_000_000, 0.95, "synthetic", "alice/rows", "1.1.0", "level3"),
        TrainedOn("real.jsonl", 200_000, 0.05, "real"),
    ],
    samples=3_200_000,
    tokens=1_900_000_000,
    recipe_yaml="learning_rate: 1.0e-05",
    license="llama3.2",
    packages={"trl": "1.16.0"},
)
RESULTS = [
    Result("MATH", "HuggingFaceH4/MATH-500", 0.329, 0.021, 500),
    Result("GSM8K", "openai/gsm8k", 0.457, 0.0137, 1319),
]


def test_model_card_names_the_version_and_the_results_with_their_errors() -> None:
    card = model_card(TRAINING, RESULTS)
    assert 'load_dataset("alice/rows", "level3", revision="1.1.0")' in card
    assert "| MATH | 32.9 | 2.1 | 500 | greedy |" in card
    assert "learning_rate: 1.0e-05" in card
    assert "| real.jsonl | not released | all | real | 200,000 | 5.0 |" in card
    metadata = yaml.safe_load(card.split("---\n")[1])
    assert metadata["datasets"] == ["alice/rows"]
    (index,) = metadata["model-index"]
    assert index["name"] == "rows-1b"
    assert index["results"][0]["metrics"][0]["value"] == pytest.approx(32.9)
    assert index["results"][0]["metrics"][0]["args"] == {"standard_error": 2.1, "questions": 500}


def test_hub_classes_read_the_results_back() -> None:
    read = ModelCard(model_card(TRAINING, RESULTS)).data.eval_results
    assert read is not None
    assert [(result.dataset_name, result.metric_value) for result in read] == [("MATH", 32.9), ("GSM8K", 45.7)]


def test_missing_results_stay_missing_and_are_merged_in_later() -> None:
    first = model_card(TRAINING)
    assert "Not evaluated yet." in first
    assert "model-index" not in first
    later = merge_card(first + "\nMy own words.\n", model_card(TRAINING, RESULTS), [])
    assert "Not evaluated yet." not in later
    assert later.endswith("My own words.\n")
    assert "model-index" in later


def test_results_are_added_to_a_card_that_keeps_everything_else() -> None:
    card = model_card(TRAINING, RESULTS[:1], "alice/rows-1b", "1.0.0") + "\nMy own words.\n"
    added = with_results(card, "another name", [RESULTS[1]])
    read = ModelCard(added).data
    assert read.model_name == "rows-1b"
    assert [one.dataset_name for one in read.eval_results or ()] == ["MATH", "GSM8K"]
    assert [line for line in added.splitlines() if line.startswith("| ") and "greedy" in line] == [
        "| MATH | 32.9 | 2.1 | 500 | greedy |",
        "| GSM8K | 45.7 | 1.4 | 1,319 | greedy |",
    ]
    for part in ("## Training", "## Limits", "My own words.", "from_pretrained"):
        assert part in added
    again = with_results(added, "x", [replace(RESULTS[1], accuracy=0.5)])
    assert again.count("| GSM8K |") == 1
    assert "| GSM8K | 50.0 |" in again
    assert with_results(again, "x", [replace(RESULTS[1], accuracy=0.5)]) == again
