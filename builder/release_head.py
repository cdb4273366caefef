"""What a repository of releases holds, as a release finds it: the branch, its files, the tags, the changelog, the card.

README.md                            the card
CONFIG/train-*.parquet               rows of a dataset; a model has its weights and tokenizer in place of them
provenance/changelog.json            what each version changed, newest first
provenance/VERSION/release.json      the files of the release, and the digest that it is known by
provenance/VERSION/...               recipe, manifests, prompts, package versions (provenance.py)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .errors import ReleaseError
from .hub import HubFailure, Note, patiently
from .versions import Changes

if TYPE_CHECKING:
    from huggingface_hub import HfApi

CHANGELOG = "provenance/changelog.json"
CARD = "README.md"
Source = Path | bytes


@dataclass(frozen=True)
class Wanted:
    """What is to be released, and where."""

    repository: str
    version: str
    branch: str = "main"
    create_pr: bool = False
    private: bool = False
    gated: str | None = None
    add: bool = False
    kind: Literal["dataset", "model"] = "dataset"

    @property
    def mark(self) -> str:
        """The file whose presence says that this version is in a commit."""
        return release_file(self.version)


def release_file(version: str) -> str:
    """Where a release lists its files."""
    return f"provenance/{version}/release.json"


@dataclass(frozen=True)
class Remote:
    """A file of the repository: git's name of it, and the SHA-256 of its bytes where it is a large one."""

    oid: str
    size: int
    sha256: str | None

    def holds(self, source: Source) -> bool:
        """Whether its bytes are those of a local file."""
        return sha256_of(source) == self.sha256 if self.sha256 else git_oid_of(source) == self.oid


@dataclass(frozen=True)
class Head:
    """The branch as it was looked at; `commit` is None for a repository without any."""

    commit: str | None
    files: Mapping[str, Remote]
    tags: Mapping[str, str]
    changelog: tuple[Changes, ...]
    card: str

    @property
    def version(self) -> str | None:
        """The version that the branch holds."""
        return self.changelog[0].version if self.changelog else None


def sha256_of(source: Source) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_oid_of(source: Source) -> str:
    """Git's name of a file's bytes."""
    content = source if isinstance(source, bytes) else source.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def find_repository(api: HfApi, wanted: Wanted, note: Note) -> bool:
    """Whether the repository is there."""
    try:
        patiently(f"look at {wanted.repository}", lambda: api.repo_info(wanted.repository, repo_type=wanted.kind), note)
    except HubFailure as failure:
        if failure.missing:
            return False
        raise
    return True


def prepare_repository(api: HfApi, wanted: Wanted, there: bool, note: Note) -> None:
    """Make the repository where it is missing, closed before anything is in it, and the branch."""
    name = wanted.repository
    if not there:
        patiently(
            f"create {name}",
            lambda: api.create_repo(name, repo_type=wanted.kind, private=wanted.private or None, exist_ok=True),
            note,
        )
    if (wanted.private and there) or wanted.gated is not None:
        closed: dict[str, Any] = {"gated": wanted.gated} if wanted.gated is not None else {}
        closed |= {"private": True} if wanted.private and there else {}
        patiently(
            f"close {name}",
            lambda: api.update_repo_settings(name, repo_type=wanted.kind, **closed),
            note,
        )
    if wanted.branch != "main":
        patiently(
            f"create branch {wanted.branch} of {name}",
            lambda: api.create_branch(name, repo_type=wanted.kind, branch=wanted.branch, exist_ok=True),
            note,
        )


def read_head(api: HfApi, wanted: Wanted, note: Note) -> Head:
    """The branch, its files, the tags, and what earlier releases left there."""
    name = wanted.repository
    refs = patiently(f"refs of {name}", lambda: api.list_repo_refs(name, repo_type=wanted.kind), note)
    branches = {ref.name: ref.target_commit for ref in refs.branches}
    tags = {ref.name: ref.target_commit for ref in refs.tags}
    commit = branches.get(wanted.branch, branches.get("main"))
    if commit is None:
        return Head(None, {}, tags, (), "")
    files = list_files(api, name, commit, note, wanted.kind)
    changelog = read_changelog(api, name, commit, files, note, wanted.kind)
    card = fetch(api, name, CARD, commit, note, wanted.kind).read_text(encoding="utf-8") if CARD in files else ""
    return Head(commit, files, tags, changelog, card)


def list_files(api: HfApi, name: str, commit: str, note: Note, kind: str = "dataset") -> dict[str, Remote]:
    """Every file of a commit."""

    def listed() -> dict[str, Remote]:
        from huggingface_hub.hf_api import RepoFile

        tree = api.list_repo_tree(name, repo_type=kind, recursive=True, revision=commit)
        return {
            entry.path: Remote(entry.blob_id, entry.size, entry.lfs.sha256 if entry.lfs else None)
            for entry in tree
            if isinstance(entry, RepoFile)
        }

    return patiently(f"files of {name}", listed, note)


def fetch(api: HfApi, name: str, path: str, revision: str, note: Note, kind: str = "dataset") -> Path:
    """A file of the repository, in the local cache."""
    return Path(
        patiently(
            f"download {path} of {name}",
            lambda: api.hf_hub_download(name, path, repo_type=kind, revision=revision),
            note,
        )
    )


def read_changelog(
    api: HfApi, name: str, commit: str, files: Mapping[str, Remote], note: Note, kind: str = "dataset"
) -> tuple[Changes, ...]:
    """What each version of a branch changed, newest first; nothing where no release is there."""
    if CHANGELOG not in files:
        return ()
    path = fetch(api, name, CHANGELOG, commit, note, kind)
    try:
        return tuple(Changes.from_json(entry) for entry in json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"{name}: {CHANGELOG} is damaged: {error}; restore it from an earlier commit") from error


def read_release(api: HfApi, name: str, version: str, commit: str, note: Note, kind: str = "dataset") -> dict[str, Any]:
    """What a release says of itself.

    Raises:
        ReleaseError: It is damaged.
    """
    path = fetch(api, name, release_file(version), commit, note, kind)
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return {"files": dict(found["files"]), "digest": str(found["digest"])}
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"{name}: {release_file(version)} is damaged: {error}") from error
