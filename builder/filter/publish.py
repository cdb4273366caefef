"""Trained filters as model repositories of the Hub, and ratings as dataset repositories, each with a card."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from ... import __version__
from ..hub import open_hub, patiently
from .ratings import read_ratings
from .saved import describe_filter

FILES = ("filter.json", "arrays.npz")


def model_card(description: dict[str, Any]) -> str:
    """The card of a trained filter, from what its `filter.json` says."""
    facts = description["facts"]
    return _rendered(
        "filter.md.j2",
        version=__version__,
        description=description,
        facts=facts,
        kind="linear" if description["forest"] is None else "random forest",
    )


def ratings_card(path: Path) -> str:
    """The card of a dataset of ratings."""
    rows = read_ratings(path)
    return _rendered(
        "ratings.md.j2",
        version=__version__,
        count=len(rows),
        domains=sorted({row.domain for row in rows if row.domain}),
        models=sorted({row.model for row in rows if row.model}),
        hashes=sorted({row.prompt_hash for row in rows if row.prompt_hash}),
        scores=sorted(Counter(int(row.score) for row in rows).items()),
    )


def _rendered(template: str, **facts: Any) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("synthllm", "cards"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(template).render(**facts) + "\n"


def push_model(folder: Path, repository: str, private: bool) -> str:
    """Push a saved filter in one commit; the address of the commit.

    Raises:
        StoreError: The folder holds no filter.
        HubFailure: The Hub refuses, or does not answer.
    """
    files = {name: (folder / name).read_bytes() for name in FILES if describe_filter(folder)}
    return _push(repository, "model", {**files, "README.md": model_card(describe_filter(folder)).encode()}, private)


def push_ratings(path: Path, repository: str, private: bool) -> str:
    """Push ratings in one commit; the address of the commit.

    Raises:
        CorpusError: The file holds no ratings.
        HubFailure: The Hub refuses, or does not answer.
    """
    card = ratings_card(path).encode()
    return _push(repository, "dataset", {"ratings.jsonl": path.read_bytes(), "README.md": card}, private)


def _push(repository: str, kind: str, files: dict[str, bytes], private: bool) -> str:
    from huggingface_hub import CommitOperationAdd

    api = open_hub()
    patiently(
        f"create {repository}",
        lambda: api.create_repo(repository, repo_type=kind, private=private, exist_ok=True),
        _note,
    )
    done = patiently(  # sent again after a lost answer it changes nothing: the files are the same
        f"commit to {repository}",
        lambda: api.create_commit(
            repository,
            [CommitOperationAdd(name, data) for name, data in files.items()],
            commit_message="Filter",
            repo_type=kind,
        ),
        _note,
    )
    return str(done.commit_url)


def _note(text: str) -> None:
    sys.stderr.write(f"{text}\n")
