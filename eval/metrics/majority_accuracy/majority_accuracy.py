"""Accuracy of the majority of sampled answers: a metric of `evaluate`, usable offline and publishable as it is."""

from __future__ import annotations

from typing import Any

import datasets
import evaluate

# Absolute, because `evaluate.load` copies this file to a place of its own.
from synthllm.eval.statistics import mean
from synthllm.eval.verdicts import majority_correct, verdict_on

DESCRIPTION = """\
The share of questions whose most frequent final answer among the sampled solutions is right (self-consistency, Wang \
et al. 2022, arXiv 2203.11171). Answers that are equal by value vote together. Grading is that of SynthLLM."""
INPUTS = """\
Args:
    predictions: for each question a list of solutions.
    references: the right answer of each question.
Returns:
    majority_accuracy: in [0, 1].
    standard_error: of the accuracy; None for a single question.
Example:
    >>> samples = [["$\\\\boxed{0.5}$", "$\\\\boxed{1/2}$", "$\\\\boxed{3}$"]]
    >>> MajorityAccuracy().compute(predictions=samples, references=["0.5"])["majority_accuracy"]
    1.0
"""


class MajorityAccuracy(evaluate.Metric):  # type: ignore[misc]
    """Accuracy of the majority."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=DESCRIPTION,
            citation="",
            inputs_description=INPUTS,
            features=datasets.Features({"predictions": datasets.Sequence(text), "references": text}),
        )

    def _compute(self, predictions: list[list[str]], references: list[str]) -> dict[str, Any]:
        right = [
            majority_correct([verdict_on(text, False, gold).answer for text in samples], gold)
            for samples, gold in zip(predictions, references, strict=True)
        ]
        estimate = mean(right)
        return {"majority_accuracy": estimate.value, "standard_error": estimate.standard_error}
