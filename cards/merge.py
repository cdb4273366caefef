"""Merging a card that we make into one that is there, so that what a person wrote stays.

Our text stands between marks, `<!-- synthllm: NAME -->` and `<!-- /synthllm: NAME -->`, a section each. A section that
is there already is replaced where it stands; one that is not comes after the section before it. All else is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from fnmatch import fnmatch
from typing import Any

SECTION = re.compile(r"<!-- synthllm: (?P<name>[\w-]+) -->\n.*?<!-- /synthllm: (?P=name) -->\n?", re.DOTALL)
UNITED = ("tags", "language", "task_categories", "source_datasets", "arxiv")  # lists that a person may add to
THEIRS = ("pretty_name",)  # a person's word stands


def merge_card(theirs: str, ours: str, paths: Collection[str]) -> str:
    """A card that is there, brought up to date with ours; what a person wrote outside of our marks stays.

    Args:
        theirs: the card of the repository; empty where there is none.
        paths: the files that the repository will hold.
    """
    if not theirs.strip():
        return ours
    from huggingface_hub import RepoCard

    old: Any = RepoCard(theirs, ignore_metadata_errors=True)
    new: Any = RepoCard(ours)
    metadata = merge_metadata(old.data.to_dict(), new.data.to_dict(), paths)
    return f"---\n{metadata_text(metadata)}\n---\n{merge_body(old.text, new.text)}"


def metadata_text(metadata: Mapping[str, Any]) -> str:
    """Metadata as the YAML of a card, in its own order."""
    from huggingface_hub import CardData

    return str(CardData(**metadata).to_yaml(original_order=list(metadata)))


def merge_body(theirs: str, ours: str) -> str:
    """The body of a card with each of our sections brought up to date."""
    new = {found["name"]: found[0] for found in SECTION.finditer(ours)}
    present = [found["name"] for found in SECTION.finditer(theirs)]
    if not present:
        return f"{theirs.rstrip()}\n\n{ours.lstrip()}" if theirs.strip() else ours
    merged = SECTION.sub(lambda found: new.get(found["name"], ""), theirs)
    before = ""
    for name, text in new.items():
        if name not in present:
            merged = _after(merged, before, text)
        before = name
    return merged


def with_section(theirs: str, section: str) -> str:
    """The body of a card with one of our sections brought up to date, or put at its end; the others stay."""
    (name,) = (found["name"] for found in SECTION.finditer(section))
    if name not in (found["name"] for found in SECTION.finditer(theirs)):
        return f"{theirs.rstrip()}\n\n{section}" if theirs.strip() else f"\n{section}"
    return SECTION.sub(lambda found: section if found["name"] == name else found[0], theirs)


def _after(body: str, name: str, text: str) -> str:
    """The body with a section put behind the one of that name; at its start where there is none."""
    for found in SECTION.finditer(body):
        if found["name"] == name:
            return f"{body[: found.end()]}\n{text}{body[found.end() :]}"
    return f"{text}\n{body}"


def merge_metadata(theirs: Mapping[str, Any], ours: Mapping[str, Any], paths: Collection[str]) -> dict[str, Any]:
    """The metadata of a card with ours brought up to date.

    Ours are the configs that we release, what we say of them, and every key that we set. A config of someone else stays
    while one of its files is among `paths`, the files that the repository will hold; a licence that a person chose
    stays where our recipe names none.
    """
    merged = dict(theirs)
    for key, value in ours.items():
        before = theirs.get(key)
        if key in THEIRS and before:
            continue
        if key == "license" and value == "other" and before:
            continue
        if key in ("configs", "dataset_info"):
            merged[key] = _merge_configs(_listed(before), _listed(value), theirs, paths)
        elif key in UNITED:
            merged[key] = _listed(value) + [item for item in _listed(before) if item not in _listed(value)]
        else:
            merged[key] = value
    return merged


def _listed(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]


def _merge_configs(theirs: list[Any], ours: list[Any], card: Mapping[str, Any], paths: Collection[str]) -> list[Any]:
    """Ours, then those of others that still have files."""
    named = {config["config_name"] for config in ours}
    alive = {config["config_name"] for config in _listed(card.get("configs")) if _has_files(config, paths)}
    return ours + [c for c in theirs if c.get("config_name") in alive - named]


def _has_files(config: Mapping[str, Any], paths: Collection[str]) -> bool:
    files = config.get("data_files", [])
    patterns: list[str] = []
    for item in _listed(files):
        path = item.get("path") if isinstance(item, dict) else item
        patterns += [str(pattern) for pattern in _listed(path)]
    return any(fnmatch(path, pattern) for path in paths for pattern in patterns)
