"""The metrics of `evaluate`, by their classes and by `evaluate.load` from their folders, without a Hub."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import evaluate
import pytest

from synthllm.eval import metrics

FOLDERS = sorted(path for path in Path(metrics.__file__).parent.iterdir() if (path / "README.md").exists())
SAMPLES = [["$\\boxed{0.5}$", "$\\boxed{1/2}$", "$\\boxed{3}$", "no idea"], ["\\boxed{4}", "\\boxed{9}", "", "4 or 9"]]
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "answer_accuracy": (
        {"predictions": ["So $\\boxed{\\frac{1}{2}}$.", "The answer is 7.", "none"], "references": ["0.5", "8", "1"]},
        {"accuracy": 1 / 3, "standard_error": pytest.approx((2 / 9 / 2) ** 0.5), "no_answer": 1},
    ),
    "pass_at_k": (
        {"predictions": SAMPLES, "references": ["0.5", "9"], "k": [1, 2]},
        {
            "pass@1": pytest.approx((2 / 4 + 1 / 4) / 2),
            "pass@1_standard_error": pytest.approx(0.125),
            "pass@2": pytest.approx((5 / 6 + 3 / 6) / 2),
            "pass@2_standard_error": pytest.approx(1 / 6),
        },
    ),
    "majority_accuracy": (
        {"predictions": SAMPLES, "references": ["0.5", "9"]},
        {"majority_accuracy": 0.5, "standard_error": pytest.approx(0.5)},
    ),
}


def class_of(folder: Path) -> Any:
    return getattr(metrics, "".join(part.capitalize() for part in folder.name.split("_")))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_metric_works_by_its_class_and_loaded_from_its_folder(folder: Path) -> None:
    inputs, expected = CASES[folder.name]
    assert class_of(folder)().compute(**inputs) == expected
    loaded = evaluate.load(str(folder))
    assert loaded.compute(**inputs) == expected
    if "k" not in inputs:  # batches are gathered too
        for prediction, reference in zip(inputs["predictions"], inputs["references"], strict=True):
            loaded.add(prediction=prediction, reference=reference)
        assert loaded.compute() == expected


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_card_of_a_metric_shows_what_it_computes(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    code = re.search(r"metric\.compute\((.*?)\n\)\n# (.*?)\n```", text, re.DOTALL)
    assert code is not None
    inputs = eval(f"dict({code[1]})")
    assert class_of(folder)().compute(**inputs) == eval(code[2])
    assert f"from synthllm.eval.metrics import {class_of(folder).__name__}" in text


def test_three_metrics_are_published() -> None:
    assert [folder.name for folder in FOLDERS] == sorted(CASES)
