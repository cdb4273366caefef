"""The closing table of a run: rows in and out, rejections by reason, requests, tokens, seconds."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from .store import RunFolder


def receipt(out: Path) -> str:
    """The table of a finished run, as text for this terminal."""
    from .pipeline import stages

    run = RunFolder(out)
    table = Table(title=None, pad_edge=False)
    for name, justify in (("stage", "left"), ("rows in", "right"), ("rows out", "right"), ("rejected", "left"),
                          ("requests", "right"), ("tokens", "right"), ("seconds", "right")):  # fmt: skip
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    totals: dict[str, float] = {"requests": 0, "tokens": 0, "seconds": 0}
    for name in stages(run.recipe()):
        facts = run.stage(name).manifest()
        tokens = facts.get("prompt_tokens", 0) + facts.get("completion_tokens", 0)
        for key, value in (
            ("requests", facts.get("requests", 0)),
            ("tokens", tokens),
            ("seconds", facts.get("seconds", 0)),
        ):
            totals[key] += value
        table.add_row(
            name,
            _number(facts.get("rows_in")),
            _number(facts["rows"]),
            ", ".join(f"{reason} {count:,}" for reason, count in facts["rejected"].items()),
            _number(facts.get("requests")),
            _number(tokens or None),
            f"{facts.get('seconds', 0):.1f}",  # a run that was killed just there has none
        )
    table.add_section()
    table.add_row(
        "all", "", "", "", _number(int(totals["requests"])), _number(int(totals["tokens"])), f"{totals['seconds']:.1f}"
    )
    return f"{as_text(table)}\ndataset: {out / 'dataset'}"


def as_text(table: Table) -> str:
    """A table as text, as wide as the terminal, 120 columns where there is none."""
    console = Console(file=io.StringIO(), width=shutil.get_terminal_size((120, 24)).columns)
    console.print(table)
    written: Any = console.file
    return str(written.getvalue()).rstrip()


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
