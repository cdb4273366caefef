"""A release: everything that a run made, in one commit on the commit that was looked at, and a tag on it.

    RUN/dataset ──files, secrets──> Plan ──objects──> Hub ──one commit──> branch ──tag──> VERSION

The repository holds, beside the card and the parquet files of each config:

    provenance/changelog.json            what each version changed, newest first
    provenance/VERSION/release.json      the files of the release, and the digest that it is known by
    provenance/VERSION/...               recipe, manifests, prompts, package versions (provenance.py)

A plan is made for one commit of the branch. Where the branch has moved when the plan is to be committed, another is
made for the new head, unless what came in between is a release: then its maker and ours have to talk.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ReleaseError
from .hub import CONFLICT_STATUSES, FIRST_WAIT_S, HubFailure, Note, patiently
from .versions import Changes, version_key

if TYPE_CHECKING:
    from huggingface_hub import HfApi

CHANGELOG = "provenance/changelog.json"
CARD = "README.md"
REBASES = 8
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


@dataclass(frozen=True)
class Plan:
    """One commit: files by their path in the repository, paths to delete, and what it changes."""

    head: Head
    files: Mapping[str, Source]
    deletions: tuple[str, ...]
    changes: Changes
    digest: str


@dataclass(frozen=True)
class Outcome:
    """What became of a push. `state` is `released`, `finished` (an interrupted push of before), `already`, `unchanged`
    or `proposed`; `commit` is the tagged one.
    """

    state: str
    commit: str | None
    url: str
    changes: Changes | None = None


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
        patiently(f"look at {wanted.repository}", lambda: api.repo_info(wanted.repository, repo_type="dataset"), note)
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
            lambda: api.create_repo(name, repo_type="dataset", private=wanted.private or None, exist_ok=True),
            note,
        )
    if (wanted.private and there) or wanted.gated is not None:
        closed: dict[str, Any] = {"gated": wanted.gated} if wanted.gated is not None else {}
        closed |= {"private": True} if wanted.private and there else {}
        patiently(
            f"close {name}",
            lambda: api.update_repo_settings(name, repo_type="dataset", **closed),
            note,
        )
    if wanted.branch != "main":
        patiently(
            f"create branch {wanted.branch} of {name}",
            lambda: api.create_branch(name, repo_type="dataset", branch=wanted.branch, exist_ok=True),
            note,
        )


def read_head(api: HfApi, wanted: Wanted, note: Note) -> Head:
    """The branch, its files, the tags, and what earlier releases left there."""
    name = wanted.repository
    refs = patiently(f"refs of {name}", lambda: api.list_repo_refs(name, repo_type="dataset"), note)
    branches = {ref.name: ref.target_commit for ref in refs.branches}
    tags = {ref.name: ref.target_commit for ref in refs.tags}
    commit = branches.get(wanted.branch, branches.get("main"))
    if commit is None:
        return Head(None, {}, tags, (), "")
    files = list_files(api, name, commit, note)
    changelog = read_changelog(api, name, commit, files, note)
    card = fetch(api, name, CARD, commit, note).read_text(encoding="utf-8") if CARD in files else ""
    return Head(commit, files, tags, changelog, card)


def list_files(api: HfApi, name: str, commit: str, note: Note) -> dict[str, Remote]:
    """Every file of a commit."""

    def listed() -> dict[str, Remote]:
        from huggingface_hub.hf_api import RepoFile

        tree = api.list_repo_tree(name, repo_type="dataset", recursive=True, revision=commit)
        return {
            entry.path: Remote(entry.blob_id, entry.size, entry.lfs.sha256 if entry.lfs else None)
            for entry in tree
            if isinstance(entry, RepoFile)
        }

    return patiently(f"files of {name}", listed, note)


def fetch(api: HfApi, name: str, path: str, revision: str, note: Note) -> Path:
    """A file of the repository, in the local cache."""
    return Path(
        patiently(
            f"download {path} of {name}",
            lambda: api.hf_hub_download(name, path, repo_type="dataset", revision=revision),
            note,
        )
    )


def read_changelog(api: HfApi, name: str, commit: str, files: Mapping[str, Remote], note: Note) -> tuple[Changes, ...]:
    """What each version of a branch changed, newest first; nothing where no release is there."""
    if CHANGELOG not in files:
        return ()
    path = fetch(api, name, CHANGELOG, commit, note)
    try:
        return tuple(Changes.from_json(entry) for entry in json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"{name}: {CHANGELOG} is damaged: {error}; restore it from an earlier commit") from error


def read_release(api: HfApi, name: str, version: str, commit: str, note: Note) -> dict[str, Any]:
    """What a release says of itself.

    Raises:
        ReleaseError: It is damaged.
    """
    path = fetch(api, name, release_file(version), commit, note)
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return {"files": dict(found["files"]), "digest": str(found["digest"])}
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"{name}: {release_file(version)} is damaged: {error}") from error


def release(api: HfApi, wanted: Wanted, digest: str, make_plan: Callable[[Head], Plan], note: Note) -> Outcome:
    """Commit and tag; or find that this was done before.

    Args:
        digest: names the contents that are to be released.
        make_plan: the commit for a head.
    """
    before: Head | None = None
    for _ in range(REBASES):
        head = read_head(api, wanted, note)
        found = settled_before(api, wanted, head, digest, note)
        if found is not None:
            return found
        if before is not None and head.version != before.version:
            raise ReleaseError(
                f"{wanted.repository}: {head.version} was released on {wanted.branch} while this push was under way; "
                f"look at it with `synthllm diff {wanted.repository} {before.version or head.version} {head.version}`, "
                "then push again"
            )
        before = head
        check_order(wanted, head)
        plan = make_plan(head)
        same = plan.changes.same_rows() if wanted.add else plan.changes.nothing()
        if same and plan.changes.since is not None:
            return Outcome("unchanged", head.commit, page(api, wanted), plan.changes)
        commit, url = commit_plan(api, wanted, plan, note)
        if commit is None:
            note(f"{wanted.branch} of {wanted.repository} has moved; planning again on top of it")
            continue
        if wanted.create_pr:
            return Outcome("proposed", commit, url, plan.changes)
        tag(api, wanted, commit, plan.changes, note)
        return Outcome("released", commit, page(api, wanted), plan.changes)
    raise ReleaseError(
        f"{wanted.repository}: {wanted.branch} moved {REBASES} times while this push was under way; push again when "
        "it is quiet"
    )


def check_order(wanted: Wanted, head: Head) -> None:
    """See that the version is above what the branch holds, and its tag free.

    Raises:
        ReleaseError: It is not; a tag is never moved.
    """
    ours = version_key(wanted.version)
    assert ours is not None, "checked when the command was read"
    if wanted.version in head.tags:
        raise ReleaseError(
            f"{wanted.repository}: {wanted.version} is released already, with other contents, and a tag is never "
            "moved; choose a higher version"
        )
    if head.version is not None and ours <= (version_key(head.version) or ours):
        raise ReleaseError(
            f"--version: {wanted.version} is not above {head.version}, which {wanted.branch} of {wanted.repository} "
            "holds; choose a higher version"
        )


def settled_before(api: HfApi, wanted: Wanted, head: Head, digest: str, note: Note) -> Outcome | None:
    """The outcome of an earlier push of the same contents: released, or committed and never tagged."""
    tagged = head.tags.get(wanted.version)
    if tagged is not None:
        there = wanted.mark in list_files(api, wanted.repository, tagged, note)
        if there and read_release(api, wanted.repository, wanted.version, tagged, note)["digest"] == digest:
            return Outcome("already", tagged, page(api, wanted))
        return None
    commit = landed(api, wanted, digest, note)
    if commit is None:
        return None
    if wanted.create_pr:
        return Outcome("proposed", commit, page(api, wanted))
    changes = next((entry for entry in head.changelog if entry.version == wanted.version), None)
    tag(api, wanted, commit, changes, note)
    return Outcome("finished", commit, page(api, wanted), changes)


def landed(api: HfApi, wanted: Wanted, digest: str, note: Note) -> str | None:
    """The commit that brought this release to the branch, or to a pull request, if one did."""
    name = wanted.repository
    refs = patiently(
        f"refs of {name}",
        lambda: api.list_repo_refs(name, repo_type="dataset", include_pull_requests=wanted.create_pr),
        note,
    )
    requests = sorted(refs.pull_requests or [], key=lambda ref: ref.ref, reverse=True)
    refs_to_look_at = requests if wanted.create_pr else [ref for ref in refs.branches if ref.name == wanted.branch]
    for ref in refs_to_look_at:
        commit = _brought_by(api, wanted, ref.target_commit, digest, note)
        if commit is not None:
            return commit
    return None


def _brought_by(api: HfApi, wanted: Wanted, head: str, digest: str, note: Note) -> str | None:
    """The oldest commit up to `head` since when the release's mark is there without a break."""
    name = wanted.repository

    def marked(commit: str) -> bool:
        found = patiently(
            f"look into {name}",
            lambda: api.get_paths_info(name, [wanted.mark], repo_type="dataset", revision=commit),
            note,
        )
        return bool(found)

    if not marked(head) or read_release(api, name, wanted.version, head, note)["digest"] != digest:
        return None
    brought = head
    history = patiently(
        f"commits of {name}", lambda: api.list_repo_commits(name, repo_type="dataset", revision=head), note
    )
    for commit in history:
        if not marked(commit.commit_id):
            break
        brought = commit.commit_id
    return brought


def commit_plan(api: HfApi, wanted: Wanted, plan: Plan, note: Note) -> tuple[str | None, str]:
    """Upload and commit a plan; the commit and where to see it, or None where the branch has moved."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    name = wanted.repository
    additions = [CommitOperationAdd(path, source) for path, source in plan.files.items()]
    deletions = [CommitOperationDelete(path, is_folder=False) for path in plan.deletions]
    revision: Mapping[str, Any] = {"repo_type": "dataset", "revision": wanted.branch, "create_pr": wanted.create_pr}
    patiently(
        f"upload to {name}",
        lambda: api.preupload_lfs_files(name, additions, free_memory=False, **revision),
        note,
    )

    def settled() -> tuple[str, str] | None:
        commit = landed(api, wanted, plan.digest, note)
        return None if commit is None else (commit, page(api, wanted))

    def send() -> tuple[str, str]:
        made = api.create_commit(
            name,
            [*additions, *deletions],
            commit_message=f"Release {wanted.version}",
            commit_description="\n".join(plan.changes.lines()),
            parent_commit=plan.head.commit,
            **revision,
        )
        return made.oid, made.pr_url or page(api, wanted)

    def moved() -> bool:
        return read_head(api, wanted, note).commit != plan.head.commit

    return conditionally(f"commit to {name}", send, settled, moved, note)


def conditionally(
    what: str,
    send: Callable[[], tuple[str, str]],
    settled: Callable[[], tuple[str, str] | None],
    moved: Callable[[], bool],
    note: Note,
) -> tuple[str | None, str]:
    """A commit that holds only on its parent: what it gave, or None where the branch is elsewhere by now.

    The Hub answers 409 also while another request is at work on the repository; that passes.
    """
    import time

    for attempt in range(5):
        try:
            return patiently(what, send, note, settled)
        except HubFailure as failure:
            if failure.status not in CONFLICT_STATUSES:
                raise
            if (outcome := settled()) is not None:
                return outcome
            if moved():
                return None, ""
            note(f"{failure}; trying again")
            time.sleep(FIRST_WAIT_S * 2**attempt)
    raise ReleaseError(f"{what}: refused with a conflict five times, though the branch did not move; try again later")


def tag(api: HfApi, wanted: Wanted, commit: str, changes: Changes | None, note: Note) -> None:
    """Put the version's annotated tag on the commit's id.

    Raises:
        ReleaseError: Someone else has put it on another commit meanwhile.
    """
    name, version = wanted.repository, wanted.version
    message = "\n".join([f"Release {version}", "", *(changes.lines() if changes else [])])

    def there() -> str | None:
        refs = patiently(f"tags of {name}", lambda: api.list_repo_refs(name, repo_type="dataset"), note)
        return next((ref.target_commit for ref in refs.tags if ref.name == version), None)

    def put() -> str:
        api.create_tag(name, tag=version, tag_message=message, revision=commit, repo_type="dataset")
        return commit

    try:
        found = patiently(f"tag {version} of {name}", put, note, there)
    except HubFailure as failure:
        holder = there() if failure.status in CONFLICT_STATUSES else None
        if holder is None:
            raise
        found = holder
    if found != commit:
        raise ReleaseError(
            f"{name}: the tag {version} was put on commit {found} while this push was under way; ours is {commit}, "
            "untagged; choose a higher version"
        )


def page(api: HfApi, wanted: Wanted) -> str:
    """Where to see the dataset."""
    return f"{api.endpoint}/datasets/{wanted.repository}"


def digest_of(files: Mapping[str, Source], note: Iterable[str] = ()) -> str:
    """What names the contents of a release: a hash of every path and its bytes."""
    lines = [f"{path} {sha256_of(files[path])}" for path in sorted(files)]
    return hashlib.sha256("\n".join([*lines, *note]).encode()).hexdigest()
