"""Progress on stderr: one bar per stage on a terminal, one line per finished stage elsewhere."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class StageProgress:
    """Shows how far each stage is. Use as a context manager around the run."""

    def __init__(self, quiet: bool = False) -> None:
        self.console = Console(stderr=True, quiet=quiet)
        self._bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self._task: TaskID | None = None
        self._stage = ""
        self._started = 0.0

    def __enter__(self) -> StageProgress:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def start(self, stage: str, total: int | None = None) -> None:
        """Begin a stage of `total` rows; None where that is not known beforehand."""
        self._stage, self._started = stage, time.monotonic()
        self._task = self._bars.add_task(stage, total=total, note="")

    def advance(self, rows: int = 1) -> None:
        """Count finished rows."""
        if self._task is not None:
            self._bars.advance(self._task, rows)

    def note(self, text: str) -> None:
        """Say beside the bar what the stage is doing."""
        if self._task is not None:
            self._bars.update(self._task, note=text)

    def finish(self, summary: str) -> float:
        """End the stage with a line of what came of it; its seconds."""
        seconds = time.monotonic() - self._started
        if self._task is not None:
            self._bars.remove_task(self._task)
            self._task = None
        self.console.print(f"{self._stage:<12} {summary}  [dim]{seconds:.1f} s[/dim]", highlight=False)
        return seconds

    def say(self, text: str) -> None:
        """Print a line."""
        self.console.print(text, highlight=False)
