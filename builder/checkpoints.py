"""Checkpoints of a build that is under way, on a branch of a dataset's repository, and going on from them elsewhere.

Only what is finished goes there, under `run/`, each time in one commit: of a stage that is done everything that later
stages read, of one that works shard by shard its finished shards, and the answers that came to the ledger since the
last time, so that those of an unfinished shard are not paid for again elsewhere. Every file goes there once.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from .endpoints.ledger_parts import export_parts, import_parts
from .errors import ReleaseError, SynthLLMError
from .hub import CONFLICT_STATUSES, HubFailure, Note, check_token, open_hub, patiently
from .leaks import find_secrets, without_secret
from .recipe import Recipe
from .release_head import Remote, fetch, list_files
from .store import RunFolder, differences, write_atomically

if TYPE_CHECKING:
    from huggingface_hub import HfApi

PREFIX = "run/"
PLACE = re.compile(r"(?P<repository>[\w-][\w.-]*/[\w-][\w.-]*)@(?P<branch>[\w-][\w./-]*)")
PATH = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*")
WHOLE_STAGES = ("corpus", "filter", "graph", "curate")  # their shards count when all are there
LEFT_OUT = ("work", "seen.sqlite")  # what only an unfinished stage needs


def read_place(text: str, option: str) -> tuple[str, str]:
    """Repository and branch of `USER/NAME@BRANCH`.

    Raises:
        ReleaseError: The text has another form, or the branch is main.
    """
    found = PLACE.fullmatch(text)
    if found is None:
        raise ReleaseError(f"{option}: '{text}' is not a place for checkpoints; expected USER/NAME@BRANCH")
    if found["branch"] == "main":
        raise ReleaseError(f"{option}: main is for releases; choose another branch, such as {found['repository']}@run")
    return found["repository"], found["branch"]


def finished_files(run: RunFolder, stages: list[str]) -> dict[str, Path]:
    """What a run has finished, by path inside of its folder; the dataset itself is made again from it in a moment."""
    found = {"recipe.yaml": run.path / "recipe.yaml"}
    for name in stages:
        stage = run.stage(name)
        if name == "dataset":
            continue
        if stage.done():
            inside = [path.relative_to(stage.path) for path in sorted(stage.path.rglob("*")) if path.is_file()]
            paths = [stage.path / path for path in inside if path.parts[0] not in LEFT_OUT and path.name[0] != "."]
        elif name in WHOLE_STAGES:
            continue
        else:
            paths = [path for shard in stage.shards() for path in sorted(stage.path.glob(f"{shard}.*"))]
        found |= {path.relative_to(run.path).as_posix(): path for path in paths}
    return found


class Branch:
    """A branch that takes the checkpoints of one run.

    Raises:
        ReleaseError: The token may not write there, the recipe holds a secret, or the branch holds another run.
    """

    def __init__(self, place: str, recipe: Recipe, out: Path, stages: list[str], note: Note) -> None:
        self.name, self.branch = read_place(place, "--checkpoint")
        self.place, self.run, self.stages, self.note = place, RunFolder(out), stages, note
        for line, kind in find_secrets(recipe.canonical()):
            raise ReleaseError(f"--checkpoint: {kind} stands in the recipe, line {line} with its defaults; remove it")
        self.api = open_hub()
        check_token(self.api, self.name, False, note)
        patiently(
            f"create {self.name}",
            lambda: self.api.create_repo(self.name, repo_type="dataset", private=True, exist_ok=True),
            note,
        )
        patiently(
            f"create branch {self.branch} of {self.name}",
            lambda: self.api.create_branch(self.name, repo_type="dataset", branch=self.branch, exist_ok=True),
            note,
        )
        self.sent: set[str] = set()
        self.head, files = branch_head(self.api, self.name, self.branch, note)
        if f"{PREFIX}recipe.yaml" in files:
            refuse_other_recipe(self.api, place, self.name, self.head, recipe, note)

    def send(self) -> int:
        """Commit what has been finished since the last time; the number of files.

        Raises:
            ReleaseError: The Hub refuses, or someone else has committed to the branch.
        """
        from huggingface_hub import CommitOperationAdd

        found = finished_files(self.run, self.stages)
        found |= {
            path.relative_to(self.run.path).as_posix(): path for path in export_parts(self.run.path, without_secret)
        }
        new = {path: file for path, file in found.items() if path not in self.sent}
        if not new:
            return 0
        additions = [CommitOperationAdd(f"{PREFIX}{path}", file) for path, file in new.items()]
        patiently(
            f"upload to {self.place}",
            lambda: self.api.preupload_lfs_files(
                self.name, additions, free_memory=False, repo_type="dataset", revision=self.branch
            ),
            self.note,
        )

        def settled() -> str | None:
            head, files = branch_head(self.api, self.name, self.branch, self.note)
            return head if holds(files, new) else None

        def commit() -> str:
            made = self.api.create_commit(
                self.name,
                additions,
                commit_message=f"Checkpoint of {len(new)} files",
                parent_commit=self.head,
                repo_type="dataset",
                revision=self.branch,
            )
            return made.oid

        try:
            self.head = patiently(f"checkpoint to {self.place}", commit, self.note, settled)
        except HubFailure as failure:
            if failure.status not in CONFLICT_STATUSES:
                raise
            raise ReleaseError(
                f"{self.place}: someone else has committed there; give each run a branch of its own"
            ) from failure
        self.sent |= new.keys()
        return len(new)


def branch_head(api: HfApi, name: str, branch: str, note: Note) -> tuple[str, Mapping[str, Remote]]:
    """The commit of a branch, and its files.

    Raises:
        ReleaseError: There is no such branch.
    """
    refs = patiently(f"refs of {name}", lambda: api.list_repo_refs(name, repo_type="dataset"), note)
    commits = {ref.name: ref.target_commit for ref in refs.branches}
    if branch not in commits:
        raise ReleaseError(f"{name}: there is no branch '{branch}'; it has {', '.join(sorted(commits))}")
    return commits[branch], list_files(api, name, commits[branch], note)


def holds(files: Mapping[str, Remote], new: Mapping[str, Path]) -> bool:
    """Whether a commit has all of these files."""
    return all((there := files.get(PREFIX + path)) is not None and there.holds(file) for path, file in new.items())


def refuse_other_recipe(api: HfApi, place: str, name: str, commit: str, recipe: Recipe, note: Note) -> None:
    """See that a branch holds a run of this recipe.

    Raises:
        ReleaseError: It holds that of another, or something that is no recipe.
    """
    path = fetch(api, name, f"{PREFIX}recipe.yaml", commit, note)
    try:
        before = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ReleaseError(f"{place}: {PREFIX}recipe.yaml is not YAML: {' '.join(str(error).split())}") from error
    try:
        changes = differences(Recipe.model_validate(before).identity(), recipe.identity())
    except ValidationError as error:
        problem = error.errors()[0]["msg"]
        raise ReleaseError(f"{place}: {PREFIX}recipe.yaml is no recipe of this version: {problem}") from error
    if changes:
        raise ReleaseError(f"{place}: holds a run of another recipe: {'; '.join(changes)}; choose another branch")


@contextmanager
def checkpoints(
    place: str | None, recipe: Recipe, out: Path, stages: list[str], every_s: float, note: Note
) -> Iterator[None]:
    """Send checkpoints while the body runs, and a last one when it ends, be it by an error; none without a place.

    A checkpoint that fails is told of and tried again at the next; only the last one raises.
    """
    if place is None:
        yield
        return
    branch, ended = Branch(place, recipe, out, stages, note), threading.Event()

    def work() -> None:
        while not ended.wait(every_s):
            try:
                branch.send()
            except SynthLLMError as error:
                note(f"{error}; the build goes on, and the next checkpoint tries again")

    thread = threading.Thread(target=work, name="checkpoints", daemon=True)
    thread.start()
    try:
        yield
    except BaseException:
        ended.set()
        thread.join()
        try:
            branch.send()
        except SynthLLMError as error:
            note(str(error))  # what stopped the build is told last
        raise
    ended.set()
    thread.join()
    branch.send()


def resume(place: str, recipe: Recipe, out: Path, note: Note) -> int:
    """Bring the checkpoints of a branch into a run folder; the number of files that were not there.

    Raises:
        ReleaseError: The branch holds no run, or one of another recipe.
        StoreError: The folder belongs to another recipe, or cannot be written.
    """
    name, branch = read_place(place, "--resume-from")
    api = open_hub()
    commit, files = branch_head(api, name, branch, note)
    paths = [path.removeprefix(PREFIX) for path in files if path.startswith(PREFIX)]
    if "recipe.yaml" not in paths:
        raise ReleaseError(f"{place}: holds no checkpoint ({PREFIX}recipe.yaml is missing)")
    refuse_other_recipe(api, place, name, commit, recipe, note)
    with RunFolder(out).claim(recipe):  # which writes recipe.yaml
        missing = [path for path in paths if not (out / path).exists()]
        for path in sorted(missing, key=_manifests_last):
            if not PATH.fullmatch(path):
                raise ReleaseError(f"{place}: '{path}' is no path inside of a run folder; no checkpoint put it there")
            source = fetch(api, name, PREFIX + path, commit, note)
            write_atomically(out / path, partial(shutil.copyfile, source))
        import_parts(out)
    return len(missing)


def _manifests_last(path: str) -> tuple[int, str]:
    """So that what exists is whole, as it is in a run folder: rows, then shard manifests, then those of stages."""
    return (2 if path.endswith("/stage.json") else 1 if path.endswith(".json") else 0), path
