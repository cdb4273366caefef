"""`synthllm push` and `synthllm diff`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .errors import ReleaseError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

    from .release import Outcome, Plan
    from .release_head import Head, Wanted

Repository = Annotated[str, typer.Argument(metavar="USER/NAME", help="The dataset's repository on the Hub.")]


def push(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")],
    repository: Repository,
    version: Annotated[str, typer.Option("--version", help="MAJOR.MINOR.PATCH, above what the branch holds.")],
    branch: Annotated[str, typer.Option("--branch", help="The branch to release on.")] = "main",
    add: Annotated[
        bool, typer.Option("--add", help="Keep the rows that are released, and add the run's to them.")
    ] = False,
    create_pr: Annotated[bool, typer.Option("--create-pr", help="Propose the release as a pull request.")] = False,
    private: Annotated[
        bool, typer.Option("--private", help="Only you and your organisation see the repository.")
    ] = False,
    gated: Annotated[
        str | None, typer.Option("--gated", help="Ask readers to agree first: `auto` or `manual`.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the change, and write nothing.")] = False,
) -> None:
    """Release what a run made: one commit with parquet, card, figures and provenance, and a tag on it.

    The token is that of `hf auth login` or HF_TOKEN; HF_ENDPOINT names another Hub. An interrupted push continues when
    it is run again.

    Example: synthllm push runs/quickstart USER/NAME --version 1.0.0
    """
    from .hub import open_hub
    from .release_files import contents_of, make_plan, remove_additions
    from .release_head import Wanted

    wanted = Wanted(repository, version, branch, create_pr, private, gated, add)
    check_wanted(wanted)
    contents = contents_of(run)
    api = open_hub()
    carry_out(
        api, wanted, contents.digest(add), lambda head: make_plan(api, wanted, contents, head, note), dry_run=dry_run
    )
    if not dry_run:
        remove_additions(contents)


def check_wanted(wanted: Wanted) -> None:
    """Raises:
    ReleaseError: The version, the repository's name or the way to gate it is none.
    """
    from .versions import check_version

    check_version(wanted.version)
    check_repository(wanted.repository)
    if wanted.gated not in (None, "auto", "manual"):
        raise ReleaseError(f"--gated: '{wanted.gated}' is not a way to gate; expected auto or manual")


def carry_out(
    api: HfApi, wanted: Wanted, digest: str, make_plan: Callable[[Head], Plan], *, dry_run: bool = False
) -> None:
    """Release what a plan brings, and say what became of it; with `dry_run`, only what it would change."""
    from .hub import check_token
    from .release import release
    from .release_head import Head, find_repository, prepare_repository, read_head

    check_token(api, wanted.repository, wanted.create_pr, note)
    there = find_repository(api, wanted, note)
    if dry_run:
        head = read_head(api, wanted, note) if there else Head(None, {}, {}, (), "")
        typer.echo(describe(wanted, make_plan(head)))
        return
    prepare_repository(api, wanted, there, note)
    typer.echo(tell(wanted, release(api, wanted, digest, make_plan, note)))


def tell(wanted: Wanted, done: Outcome) -> str:
    """What became of a push, as text."""
    from ..cards.card import EXTRA_CONFIGS

    name = f"{wanted.repository} {wanted.version}"
    if done.state == "already":
        return f"{name}: released already, as commit {done.commit}; nothing to do"
    if done.state == "unchanged":
        since = done.changes.since if done.changes else None
        return f"{wanted.repository}: nothing has changed since {since}; no release was made"
    changes = [f"  {line}" for line in done.changes.lines()] if done.changes else []
    if done.state == "proposed":
        todo = "when it is merged, push again without --create-pr to tag it"
        return "\n".join([f"{name}: proposed at {done.url}; {todo}", *changes])
    levels = [name for name in (done.changes.rows if done.changes else ()) if name not in EXTRA_CONFIGS]
    call = (
        f'load_dataset("{{0}}", "{levels[-1] if levels else "all"}", revision="{{1}}")'
        if wanted.kind == "dataset"
        else 'AutoModelForCausalLM.from_pretrained("{0}", revision="{1}")'
    )
    load = call.format(wanted.repository, wanted.version)
    return "\n".join([f"{name}: released at {done.url}, commit {done.commit}", *changes, "", load])


def describe(wanted: Wanted, plan: Plan) -> str:
    """The exact change that a push would make, as text."""
    import difflib

    from .release_head import CARD

    head = plan.head
    lines = [f"{wanted.repository} {wanted.version}, on {wanted.branch} at {head.commit or 'no commit yet'}", ""]
    for path, source in sorted(plan.files.items()):
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        there = head.files.get(path)
        verb = "add" if there is None else "keep" if there.holds(source) else "change"
        lines.append(f"{verb:<7} {path}  ({size:,} bytes)")
    lines += [f"{'delete':<7} {path}" for path in plan.deletions]
    lines += ["", *plan.changes.lines(), ""]
    card = plan.files[CARD]
    assert isinstance(card, bytes), "a card is merged in memory"
    before, after = head.card.splitlines(), card.decode().splitlines()
    lines += difflib.unified_diff(before, after, "card before", "card after", lineterm="")
    return "\n".join(lines)


def diff(
    repository: Repository,
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="A released version, such as 1.0.0.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="Another.")],
) -> None:
    """Show what changed between two versions of a dataset: rows by level, columns, prompts, models, recipe.

    Example: synthllm diff USER/NAME 1.0.0 1.1.0
    """
    from .hub import open_hub, patiently
    from .release_files import snapshot_of
    from .versions import changes_between, check_version

    check_repository(repository)
    for version in (before, after):
        check_version(version)
    api = open_hub()
    refs = patiently(f"refs of {repository}", lambda: api.list_repo_refs(repository, repo_type="dataset"), note)
    tags = {ref.name: ref.target_commit for ref in refs.tags}
    for version in (before, after):
        if version not in tags:
            known = ", ".join(sorted(tags)) or "none"
            raise ReleaseError(f"{repository}: {version} is not a version of it; released: {known}")
    old, made_before, _ = snapshot_of(api, repository, before, tags[before], note)
    new, made_after, _ = snapshot_of(api, repository, after, tags[after], note)
    changes = changes_between(after, before, (old, made_before), (new, made_after))
    typer.echo("\n".join([f"{repository}: {before} -> {after}", *(f"  {line}" for line in changes.lines())]))


def check_repository(name: str) -> None:
    """Raises:
    ReleaseError: The name is not that of a repository.
    """
    import re

    if not re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", name):
        raise ReleaseError(f"'{name}' is not a repository; expected USER/NAME, such as alice/mathematics")


def note(text: str) -> None:
    """A line on stderr."""
    typer.echo(text, err=True)
