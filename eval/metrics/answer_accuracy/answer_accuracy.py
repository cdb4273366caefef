"""Accuracy of final answers, compared by value: a metric of `evaluate`, usable offline and publishable as it is."""

from __future__ import annotations

from typing import Any

import datasets
import evaluate

# Absolute, because `evaluate.load` copies this file to a place of its own.
from synthllm.eval.statistics import mean
from synthllm.eval.verdicts import verdict_on

DESCRIPTION = """\
The share of solutions whose final answer equals the reference by value: 1/2 equals 0.5 and \\frac{1}{2}, (2, 3] is \
not (2, 3), and 100 cm equals 1 m. The final answer is read from \\boxed{}, from "the answer is", or from a last line \
that is nothing but mathematics. Grading is that of SynthLLM."""
INPUTS = """\
Args:
    predictions: solutions, or final answers alone.
    references: the right answer of each.
Returns:
    accuracy: in [0, 1].
    standard_error: of the accuracy; None for a single answer.
    no_answer: how many solutions had no answer that could be read.
Example:
    >>> AnswerAccuracy().compute(predictions=["So it is $\\\\boxed{0.5}$."], references=["1/2"])["accuracy"]
    1.0
"""


class AnswerAccuracy(evaluate.Metric):  # type: ignore[misc]
    """Accuracy of final answers."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=DESCRIPTION,
            citation="",
            inputs_description=INPUTS,
            features=datasets.Features({"predictions": text, "references": text}),
        )

    def _compute(self, predictions: list[str], references: list[str]) -> dict[str, Any]:
        found = [verdict_on(text, False, gold) for text, gold in zip(predictions, references, strict=True)]
        estimate = mean([one.correct for one in found])
        return {
            "accuracy": estimate.value,
            "standard_error": estimate.standard_error,
            "no_answer": sum(not one.answer for one in found),
        }
