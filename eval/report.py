"""`synthllm report`: what a build, a ladder or an evaluation came to, as one HTML file that needs nothing else.

    run folder ──> facts of each section (page/*.py) ──> page/templates/*.html.j2 ──> RUN/report.html

A section whose data are not there yet says so, and says what makes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..builder.errors import StoreError
from ..builder.store import RunFolder, write_text
from .page.document import packed, render
from .page.evaluations import evaluation_facts, evaluation_folders
from .page.scaling import POINTS, scaling_facts
from .results import RESULTS

MOST_QUESTIONS = 10_000
MOST_CONCEPTS = 3_000


@dataclass(frozen=True)
class Section:
    """One part of the page. Its template is `NAME.html.j2` and sees `facts`."""

    name: str
    title: str
    facts: dict[str, Any]


def write_report(
    folder: Path,
    out: Path,
    questions: int = MOST_QUESTIONS,
    concepts: int = MOST_CONCEPTS,
    seed: int = 0,
    note: Callable[[str], None] = lambda line: None,
) -> Path:
    """Write the page of a folder; the same folder gives the same page.

    Args:
        folder: a build, a ladder or an evaluation, finished or not.
        out: the file.
        questions: the most questions that the page holds; of more, a sample by seed.
        concepts: the most concepts on the map; of more, the commonest.

    Raises:
        SynthLLMError: The folder is none of these, or a file in it is damaged.
    """
    if not folder.is_dir():
        raise StoreError(f"{folder}: no such folder; expected a build, a ladder or an evaluation")
    sections: list[Section] = []
    head: dict[str, Any] = {"title": folder.name, "kind": "", "figures": [], "missing": [], "blocks": {}}
    if (folder / "recipe.yaml").exists() and (folder / "corpus").is_dir():  # trainings and evaluations have recipes too
        from .page.build import build_sections

        about, found = build_sections(RunFolder(folder), questions, concepts, seed, note)
        head |= about
        sections += [Section(*one) for one in found]
    if (folder / POINTS).exists():
        sections.append(Section("scaling", "Scaling curves", scaling_facts(folder, seed)))
        head["kind"] = head["kind"] or "ladder"
    evaluations = evaluation_folders(folder)
    if evaluations:
        sections.append(Section("evaluations", "Evaluations", evaluation_facts(evaluations, seed)))
        head["kind"] = head["kind"] or "evaluation"
    if not sections:
        raise StoreError(
            f"{folder}: nothing to report on; looked for recipe.yaml beside corpus/ (a build), {POINTS} (a ladder) and "
            f"{RESULTS}, there or one folder below (an evaluation)"
        )
    blocks = {name: packed(value) for name, value in head.pop("blocks").items()}
    write_text(out, render("page.html.j2", head | {"sections": sections, "blocks": blocks, "folder": str(folder)}))
    return out
