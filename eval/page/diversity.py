"""How diverse the questions are, as `synthllm diversity` measured them and wrote it to `diversity.json` of the run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...builder.errors import StoreError
from ...builder.store import read_json
from .charts import Series, curves, outlines

FILE = "diversity.json"
MEASURES = (
    ("n_questions", "Questions", "count"),
    ("n_pairs", "Pairs of one document", "count"),
    ("mean_similarity", "Mean similarity of a pair", "number"),
    ("vendi", "Vendi score", "number"),
    ("distinct_1", "Distinct words", "share"),
    ("distinct_2", "Distinct pairs of words", "share"),
    ("distinct_3", "Distinct triples of words", "share"),
    ("concept_coverage", "Concepts of the graph that are asked about", "share"),
    ("pair_coverage", "Its pairs of concepts", "share"),
    ("new_pairs", "Pairs that no document has", "count"),
)
"""What is shown of a level: the key, its title, and how the number is written. One that is missing has a dash."""


def diversity_facts(folder: Path, order: Sequence[str]) -> dict[str, Any]:
    """Charts and measures of each level; `levels` is empty where nothing was measured.

    Raises:
        StoreError: The file is damaged.
    """
    path = folder / FILE
    if not path.exists():
        return {"levels": {}, "folder": str(folder)}
    told = read_json(path)
    levels = told.get("levels")
    if not isinstance(levels, dict) or not levels:
        raise StoreError(f"{path}: expected measures under 'levels'; measure again with: synthllm diversity {folder}")
    names = [name for name in order if name in levels] + [name for name in levels if name not in order]
    return {
        "levels": {name: levels[name] for name in names},
        "embedder": told.get("embedder", "an embedder that is not named"),
        "n_compared": told.get("n_compared"),
        "measures": [(title, form, [levels[name].get(key) for name in names]) for key, title, form in MEASURES],
        "similarity": _similarity({name: levels[name].get("histogram") for name in names}),
        "growth": _growth({name: told.get("growth", {}).get(name, []) for name in names}),
        "folder": str(folder),
    }


def _similarity(histograms: Mapping[str, dict[str, Any] | None]) -> Any:
    """Outlines over the range that has pairs; None where there is no pair."""
    counted = {name: told for name, told in histograms.items() if told and sum(told["counts"])}
    if not counted:
        return None
    edges = next(iter(counted.values()))["edges"]
    filled = [place for told in counted.values() for place, count in enumerate(told["counts"]) if count]
    first, last = max(min(filled) - 1, 0), min(max(filled) + 2, len(edges) - 1)
    shown = {name: told["counts"][first:last] for name, told in counted.items()}
    return outlines("Similarity of two questions of one document", shown, edges[first : last + 1], "cosine similarity")


def _growth(growth: Mapping[str, list[dict[str, Any]]]) -> Any:
    """The share that is distinct over the questions asked for per document; None where no level has two points."""
    series = [
        Series(
            name,
            tuple(point["questions_per_document"] for point in points),
            tuple(point["distinct"] / point["written"] for point in points),
        )
        for name, points in growth.items()
        if len(points) > 1
    ]
    if not series:
        return None
    lowest = min(share for one in series for share in one.y)
    title, y = "Distinct questions, as more are asked for", (math.floor(lowest * 20 - 1) / 20, 1.0)
    return curves(title, series, "questions per document", y, percent=True)
