"""A release: everything that a run made, in one commit on the commit that was looked at, and a tag on it.

    RUN/dataset ──files, secrets──> Plan ──objects──> Hub ──one commit──> branch ──tag──> VERSION

A plan is made for one commit of the branch. Where the branch has moved when the plan is to be committed, another is
made for the new head, unless what came in between is a release: then its maker and ours have to talk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import ReleaseError
from .hub import CONFLICT_STATUSES, FIRST_WAIT_S, HubFailure, Note, patiently
from .release_head import Head, Source, Wanted, list_files, read_head, read_release
from .versions import Changes, version_key

if TYPE_CHECKING:
    from huggingface_hub import HfApi

REBASES = 8
CONFLICTS = 5


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
        there = wanted.mark in list_files(api, wanted.repository, tagged, note, wanted.kind)
        if (
            there
            and read_release(api, wanted.repository, wanted.version, tagged, note, wanted.kind)["digest"] == digest
        ):
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
        lambda: api.list_repo_refs(name, repo_type=wanted.kind, include_pull_requests=wanted.create_pr),
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
            lambda: api.get_paths_info(name, [wanted.mark], repo_type=wanted.kind, revision=commit),
            note,
        )
        return bool(found)

    if not marked(head) or read_release(api, name, wanted.version, head, note, wanted.kind)["digest"] != digest:
        return None
    brought = head
    history = patiently(
        f"commits of {name}", lambda: api.list_repo_commits(name, repo_type=wanted.kind, revision=head), note
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
    revision: Mapping[str, Any] = {"repo_type": wanted.kind, "revision": wanted.branch, "create_pr": wanted.create_pr}
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
    for attempt in range(CONFLICTS):
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
    raise ReleaseError(
        f"{what}: refused with a conflict {CONFLICTS} times, though the branch did not move; try again later"
    )


def tag(api: HfApi, wanted: Wanted, commit: str, changes: Changes | None, note: Note) -> None:
    """Put the version's annotated tag on the commit's id.

    Raises:
        ReleaseError: Someone else has put it on another commit meanwhile.
    """
    name, version = wanted.repository, wanted.version
    message = "\n".join([f"Release {version}", "", *(changes.lines() if changes else [])])

    def there() -> str | None:
        refs = patiently(f"tags of {name}", lambda: api.list_repo_refs(name, repo_type=wanted.kind), note)
        return next((ref.target_commit for ref in refs.tags if ref.name == version), None)

    def put() -> str:
        api.create_tag(name, tag=version, tag_message=message, revision=commit, repo_type=wanted.kind)
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
    """Where to see the repository."""
    folder = "datasets/" if wanted.kind == "dataset" else ""
    return f"{api.endpoint}/{folder}{wanted.repository}"
