"""The scaling curves of a ladder as the page shows them: its points, the laws that were fitted, and the figure."""

from __future__ import annotations

import base64
import csv
import tempfile
from pathlib import Path
from typing import Any

from ...builder.errors import PointsError

POINTS = "points.csv"


def scaling_facts(folder: Path, seed: int) -> dict[str, Any]:
    """Points, laws and figure; where no law can be fitted, the points and the reason.

    Raises:
        PointsError: `points.csv` cannot be read at all.
    """
    from ..figures import draw_scaling
    from ..scaling_plan import read_points, report, study

    columns, rows = _table(folder / POINTS)
    facts: dict[str, Any] = {"columns": columns, "points": rows, "laws": [], "figure": None, "problem": None}
    try:
        studies = study(read_points(folder / POINTS), seed=seed)
    except PointsError as error:
        return facts | {"problem": str(error)}
    with tempfile.TemporaryDirectory() as place:
        svg = draw_scaling(studies, Path(place))[0].read_bytes()
    return facts | {"laws": [report(one) for one in studies], "figure": base64.b64encode(svg).decode()}


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    """The file as it is: the names of its columns, and its rows.

    Raises:
        PointsError: It is no CSV file that can be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PointsError(f"{path}: cannot read the points: {error}") from error
    return (lines[0], lines[1:]) if lines else ([], [])
