"""Estimates over questions with their errors: means, pass@k, and paired differences of two models.

The unit is the question: samples of one question are not independent of each other, so they enter as their mean (Miller
2024, arXiv 2411.00640, "clustered" errors).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
DRAWS = 10_000


@dataclass(frozen=True)
class Estimate:
    """A mean over `questions` and its standard error, both in [0, 1]; the error of one question is not known."""

    value: float
    standard_error: float | None
    questions: int

    def in_percent(self) -> str:
        """Such as `45.7 ± 1.4`."""
        error = "" if self.standard_error is None else f" ± {100 * self.standard_error:.1f}"
        return f"{100 * self.value:.1f}{error}"


def mean(values: Sequence[float] | Array) -> Estimate:
    """The mean of one value a question, with the standard error s / sqrt(n), s with n - 1.

    Raises:
        ValueError: There are none.
    """
    given = np.asarray(values, dtype=np.float64)
    if given.size == 0:
        raise ValueError("a mean needs at least one value")
    error = float(given.std(ddof=1) / math.sqrt(given.size)) if given.size > 1 else None
    return Estimate(float(given.mean()), error, int(given.size))


def mean_of_tasks(estimates: Sequence[Estimate]) -> Estimate:
    """The mean of the means of independent tasks, each counting the same whatever its size."""
    n = len(estimates)
    errors = [one.standard_error for one in estimates]
    error = None
    if all(one is not None for one in errors):
        error = math.sqrt(sum(one**2 for one in errors if one is not None)) / n
    return Estimate(sum(one.value for one in estimates) / n, error, sum(one.questions for one in estimates))


def pass_at(k: int, samples: int, correct: int) -> float:
    """The probability that one of k of the samples, drawn without replacement, is correct: unbiased for pass@k.

    Raises:
        ValueError: k is not within 1 and the number of samples.
    Source: Chen et al. 2021, arXiv 2107.03374, Eq. 1.
    """
    if not 1 <= k <= samples:
        raise ValueError(f"pass@{k} needs at least {k} samples, given {samples}")
    return 1.0 - math.comb(samples - correct, k) / math.comb(samples, k)


def powers_of_two(samples: int) -> list[int]:
    """1, 2, 4, ... up to the number of samples, which is the last."""
    return sorted({1 << power for power in range(samples.bit_length()) if 1 << power <= samples} | {samples})


@dataclass(frozen=True)
class Difference:
    """How much better B is than A on the same questions, in [-1, 1].

    `low` and `high` bound the difference with 95 % confidence, by a bootstrap over questions. `only_a` and `only_b`
    count the questions that one of them got right alone, and `p` is McNemar's exact test of their being equally many
    (two-sided); all three are None where a question has several samples.
    """

    value: float
    standard_error: float | None
    low: float
    high: float
    questions: int
    only_a: int | None = None
    only_b: int | None = None
    p: float | None = None


def paired(a: Sequence[float] | Array, b: Sequence[float] | Array, seed: int = 0) -> Difference:
    """Compare the scores of two models on the same questions.

    Args:
        a, b: (n,) the share of correct samples of each question.
    Raises:
        ValueError: They are not of the same length, or empty.
    Source: McNemar 1947; Efron and Tibshirani 1993, chapter 13.
    """
    left, right = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if left.shape != right.shape:
        raise ValueError(f"{left.size} and {right.size} questions cannot be paired")
    gain = right - left
    estimate = mean(gain)
    low, high = np.quantile(_resampled(gain, np.random.default_rng(seed)), (0.025, 0.975))
    only_a = only_b = p = None
    if bool(np.isin(left, (0.0, 1.0)).all() and np.isin(right, (0.0, 1.0)).all()):
        from scipy.stats import binomtest

        only_a, only_b = int((gain < 0).sum()), int((gain > 0).sum())
        p = float(binomtest(only_b, only_a + only_b).pvalue) if only_a + only_b else 1.0
    return Difference(
        estimate.value, estimate.standard_error, float(low), float(high), estimate.questions, only_a, only_b, p
    )


def paired_mean_of_tasks(gains: Sequence[Array], seed: int = 0) -> Difference:
    """The difference of the means of tasks; questions are drawn again within each task."""
    rng = np.random.default_rng(seed)
    overall = mean_of_tasks([mean(one) for one in gains])
    drawn = np.mean([_resampled(one, rng) for one in gains], axis=0)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Difference(overall.value, overall.standard_error, float(low), float(high), overall.questions)


def _resampled(values: Array, rng: np.random.Generator) -> Array:
    """(DRAWS,) means of the values drawn with replacement.

    Only how often each distinct value is drawn matters, and there are few of them: drawing counts costs the same for
    any number of questions.
    """
    distinct, counts = np.unique(values, return_counts=True)
    drawn = rng.multinomial(values.size, counts / values.size, size=DRAWS)
    means: Array = drawn @ distinct / values.size
    return means
