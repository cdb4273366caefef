"""Which model to fine-tune on all data, chosen from runs on small subsets.

The curves of the candidates bend first (what each knew before) and fall on a line in log-log space later, so what a
model reaches on all data is read off the line through its largest subsets. The law itself ranks worse, because subsets
that small do not show the ceiling: measured in tests/benchmarks/scaling_selection.py.

Source: Lin et al. 2024, arXiv 2402.02314, section 5, who accept points for the line from the largest subset down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..builder.errors import PointsError
from .scaling_plan import amount

LINE = 3  # subsets that the line goes through


@dataclass(frozen=True)
class Candidate:
    """A model with the value that the line of its largest subsets has at all data, and what was measured last."""

    model: str
    expected: float
    largest_tokens: float
    measured: float


def rank_models(curves: Mapping[str, tuple[ArrayLike, ArrayLike]], tokens: float) -> list[Candidate]:
    """Candidates by the value expected after fine-tuning on `tokens`, the lowest first.

    Args:
        curves: for each model (n,) tokens of the subsets and (n,) error rates or losses, in any order.

    Raises:
        PointsError: A model has fewer than three subsets, or candidates were run on different largest subsets.
    """
    if not tokens > 0 or not np.isfinite(tokens):
        raise PointsError(f"--select-at: {tokens:g} is no number of tokens; give one above 0")
    found = []
    for model, (sizes_given, values_given) in curves.items():
        sizes, values = np.asarray(sizes_given, dtype=float), np.asarray(values_given, dtype=float)
        order = np.argsort(sizes)
        sizes, values = sizes[order][sizes[order] > 0], values[order][sizes[order] > 0]
        if len(np.unique(sizes)) < LINE:
            raise PointsError(f"{model}: {len(np.unique(sizes))} sizes; a line needs {LINE}: run it on more subsets")
        used = sizes >= np.unique(sizes)[-LINE]
        slope, height = np.polyfit(np.log(sizes[used]), np.log(values[used]), 1)
        expected = float(np.exp(height + slope * np.log(tokens)))
        found.append(Candidate(model, expected, float(sizes[-1]), float(values[-1])))
    largest = {one.largest_tokens for one in found}
    if max(largest) > 1.5 * min(largest):
        small = min(found, key=lambda one: one.largest_tokens)
        raise PointsError(
            f"{small.model}: its largest subset has {amount(small.largest_tokens)} tokens, others have "
            f"{amount(max(largest))}; candidates are compared on the same subsets"
        )
    return sorted(found, key=lambda one: one.expected)


def selection_in_words(ranked: list[Candidate], tokens: float) -> str:
    """The ranking as a person reads it."""
    lines = [f"to fine-tune on {amount(tokens)} tokens: {ranked[0].model}"]
    lines += [
        f"  {one.model}: {one.expected:.4f} on the line of its {LINE} largest subsets, {one.measured:.4f} measured at "
        f"{amount(one.largest_tokens)} tokens"
        for one in ranked
    ]
    return "\n".join(lines)
