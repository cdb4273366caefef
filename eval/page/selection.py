"""What the filter did: scores, the audit, the threshold curve, and the documents nearest the threshold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...builder.store import read_json
from .charts import Series, curves, histogram


def filter_facts(stage: Path) -> dict[str, Any] | None:
    """What `report.json` of the filter says, with its charts; None where the filter has not finished or was not asked.

    Raises:
        StoreError: The file is damaged.
    """
    path = stage / "report.json"
    if not path.exists():
        return None
    told = read_json(path)
    counts, threshold = told["histogram"], told["threshold"]
    edges = np.linspace(1.0, 10.0, len(counts) + 1).tolist()
    audit = told.get("audit")
    return {
        "report": told,
        "histogram": histogram("Scores of the filter", counts, edges, "score", threshold),
        "bins": [
            {"low": low, "high": high, "documents": count}
            for low, high, count in zip(edges, edges[1:], counts, strict=False)
        ],
        "strongest": next((one["strongest"] for one in reversed(told["rounds"]) if one.get("strongest")), None),
        "curve": None if audit is None else _curve(audit["curve"], threshold),
    }


def _curve(points: list[dict[str, Any]], threshold: float) -> Any:
    """Precision and recall over the threshold; None where fewer than two points have both."""
    whole = [point for point in points if point["precision"] and point["recall"]]
    if len(whole) < 2:
        return None
    series = [
        Series(
            name,
            tuple(point["threshold"] for point in whole),
            tuple(point[name]["estimate"] for point in whole),
            tuple(point[name]["low"] for point in whole),
            tuple(point[name]["high"] for point in whole),
        )
        for name in ("precision", "recall")
    ]
    mark = (threshold, f"{threshold:g}")
    return curves("Precision and recall by threshold", series, "threshold", (0.0, 1.0), mark, percent=True)
