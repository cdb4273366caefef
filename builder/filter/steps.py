"""Steps on disk, done once: each has a marker, written last, that names what it was made from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ..store import read_json, write_json


def key_of(*parts: Any) -> str:
    """Sixteen hex digits that change with any of the parts, which are plain data."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()[:16]


class Steps:
    """The finished steps of one run in a folder.

    A step belongs to a key of its inputs; asked for with another, it counts as not done and is made again.
    """

    def __init__(self, folder: Path, base: str) -> None:
        self.folder, self._base = folder, base

    def path(self, name: str) -> Path:
        """Where a step keeps its file or folder."""
        return self.folder / name

    def facts(self, name: str, inputs: str = "") -> dict[str, Any] | None:
        """What was recorded of a step that is done; None where it is not, or was made from something else."""
        marker = self._marker(name)
        if not marker.exists():
            return None
        recorded = read_json(marker)
        if recorded.get("inputs") != key_of(self._base, inputs):
            return None
        facts: dict[str, Any] = recorded["facts"]
        return facts

    def finish(self, name: str, inputs: str = "", **facts: Any) -> dict[str, Any]:
        """Record that a step is done."""
        write_json(self._marker(name), {"inputs": key_of(self._base, inputs), "facts": facts})
        return facts

    def _marker(self, name: str) -> Path:
        return self.folder / f"{name}.done.json"
