"""The documents that the page refers to: each once, with its address, relevance and first words."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ...builder.store import RunFolder
from .reading import files_of, rows_where

EXCERPT_CHARS = 240


class Numbered:
    """Distinct values, each with a number, in the order in which they first came."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self._number: dict[str, int] = {}

    def number(self, value: str) -> int:
        """The number of a value, a new one where it is new."""
        if value not in self._number:
            self._number[value] = len(self.values)
            self.values.append(value)
        return self._number[value]


def document_table(run: RunFolder, documents: Numbered) -> dict[str, list[Any]]:
    """Columns of the numbered documents; one that the run does not have any more has an id alone.

    Raises:
        StoreError: A file is damaged.
    """
    found: dict[str, tuple[str, float | None, str]] = {}
    wanted = pa.array(documents.values, pa.string())
    columns = ["id", "url", "text", "relevance"]
    for row in rows_where(files_of([run.stage("filter")]), columns, "id", wanted):
        relevance = None if row["relevance"] is None else round(row["relevance"], 2)
        found[row["id"]] = row["url"], relevance, _excerpt(row["text"])
    rows = [found.get(name, ("", None, "")) for name in documents.values]
    return {
        "id": documents.values,
        "url": [url for url, _, _ in rows],
        "relevance": [relevance for _, relevance, _ in rows],
        "excerpt": [excerpt for _, _, excerpt in rows],
    }


def _excerpt(text: str) -> str:
    words = " ".join(text[: 2 * EXCERPT_CHARS].split())
    return words if len(words) <= EXCERPT_CHARS else words[:EXCERPT_CHARS].rsplit(" ", 1)[0] + " …"
