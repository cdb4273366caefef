"""pass@k of sampled solutions by final answers: a metric of `evaluate`, usable offline and publishable as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import datasets
import evaluate

# Absolute, because `evaluate.load` copies this file to a place of its own.
from synthllm.eval.statistics import mean, pass_at
from synthllm.eval.verdicts import verdict_on

DESCRIPTION = """\
The probability that at least one of k sampled solutions has the right final answer: the unbiased estimate from n >= k \
samples (Chen et al. 2021, arXiv 2107.03374), averaged over questions. Answers are compared by value, by SynthLLM."""
INPUTS = """\
Args:
    predictions: for each question a list of solutions, k or more.
    references: the right answer of each question.
    k: the values of k.
Returns:
    pass@K and pass@K_standard_error for each k, in [0, 1].
Example:
    >>> PassAtK().compute(predictions=[["$\\\\boxed{1}$", "$\\\\boxed{2}$"]], references=["2"], k=[1, 2])["pass@1"]
    0.5
"""


class PassAtK(evaluate.Metric):  # type: ignore[misc]
    """pass@k by final answers."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=DESCRIPTION,
            citation="",
            inputs_description=INPUTS,
            features=datasets.Features({"predictions": datasets.Sequence(text), "references": text}),
        )

    def _compute(self, predictions: list[list[str]], references: list[str], k: Sequence[int] = (1,)) -> dict[str, Any]:
        correct = [
            sum(verdict_on(text, False, gold).correct for text in samples)
            for samples, gold in zip(predictions, references, strict=True)
        ]
        found: dict[str, Any] = {}
        for one in k:
            estimate = mean([pass_at(one, len(s), c) for s, c in zip(predictions, correct, strict=True)])
            found |= {f"pass@{one}": estimate.value, f"pass@{one}_standard_error": estimate.standard_error}
        return found
