"""How long questions and answers are, how many answers each question got, and how far they agreed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .charts import outlines
from .reading import counts_by_level

BINS = 30
AGREED = ((1.0, "all agree"), (0.8, "80% or more"), (0.6, "60% or more"), (0.0, "less"))
"""Classes of agreement, by their lowest value."""
COLUMNS = (
    "question_words",
    "answer_words",
    "votes",
    "agreement",
    "verified",
    "checked_equalities",
    "subject",
    "school_level",
    "origin",
)


def quality_facts(files: Sequence[Path], levels: Sequence[str]) -> dict[str, Any]:
    """Votes, agreement and lengths of the verified questions of each level, over all rows.

    Raises:
        StoreError: A file is damaged.
    """
    counted = counts_by_level(files, COLUMNS)
    present = [level for level in levels if counted["votes"].get(level)]
    return {
        "levels": {level: _level({name: counted[name].get(level, Counter()) for name in COLUMNS}) for level in present},
        "lengths": [
            _lengths(title, {level: counted[name][level] for level in present})
            for name, title in (("question_words", "Words of a question"), ("answer_words", "Words of an answer"))
            if present
        ],
        "subjects": _shares(counted["subject"], present, 14),
        "school_levels": _shares(counted["school_level"], present, 8),
    }


def _level(counts: Mapping[str, Counter[Any]]) -> dict[str, Any]:
    rows = sum(counts["votes"].values())
    classes: Counter[str] = Counter()
    for value, count in counts["agreement"].items():
        classes[next(name for low, name in AGREED if value >= low - 1e-9)] += count
    return {
        "rows": rows,
        "votes": dict(sorted(counts["votes"].items())),
        "mean_votes": _mean(counts["votes"]),
        "agreement": _mean(counts["agreement"]),
        "classes": [(name, classes[name], classes[name] / rows) for _, name in AGREED],
        "unanimous": classes["all agree"] / rows,
        "verified": counts["verified"][True] / rows,
        "equalities": sum(value * count for value, count in counts["checked_equalities"].items()),
        "checked": 1 - counts["checked_equalities"][0] / rows,
        "words": {
            name: [quantile(counts[name], share) for share in (0.1, 0.5, 0.9)]
            for name in ("question_words", "answer_words")
        },
    }


def _mean(counts: Counter[Any]) -> float:
    return float(sum(value * count for value, count in counts.items())) / (sum(counts.values()) or 1)


def quantile(counts: Counter[int], share: float) -> int:
    """The smallest value that at least this share of the rows does not exceed; 0 of none."""
    needed, seen = share * sum(counts.values()), 0
    for value, count in sorted(counts.items()):
        seen += count
        if seen >= needed:
            return value
    return 0


def _lengths(title: str, counts: Mapping[str, Counter[int]]) -> Any:
    """Outlines of each level up to the longest but one in a hundred; longer ones count into the last bin."""
    top = max(max(quantile(values, 0.99) for values in counts.values()), 1)
    size = -(-top // BINS)
    edges = [float(size * place) for place in range(-(-top // size) + 1)]
    binned = {level: [0.0] * (len(edges) - 1) for level in counts}
    for level, values in counts.items():
        for value, count in values.items():
            binned[level][min(value // size, len(edges) - 2)] += count
    return outlines(title, binned, edges, "words")


def _shares(counts: Mapping[str, Counter[str]], levels: Sequence[str], most: int) -> dict[str, Any]:
    """The commonest values over all levels, and how many questions of each level have them."""
    totals = sum((counts.get(level, Counter()) for level in levels), Counter[str]())
    rows: list[dict[str, Any]] = [
        {"value": value or "not said", "total": total, "parts": [(level, counts[level][value]) for level in levels]}
        for value, total in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:most]
    ]
    return {
        "rows": rows,
        "most": rows[0]["total"] if rows else 1,
        "others": sum(totals.values()) - sum(row["total"] for row in rows),
    }
