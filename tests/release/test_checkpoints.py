"""A build whose machine is lost goes on elsewhere from the checkpoints that it left on a branch."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import yaml

from hub.client import Client
from hub.runs import make_run
from hub.server import WRITE, Hub

RECIPE = {
    "name": "tiny",
    "seed": 3,
    "corpus": {
        "source": "installed",
        "packages": ["networkx"],
        "min_chars": 800,
        "limit": 1200,
        "documents_per_shard": 60,
    },
    "filter": None,
    "graph": {"max_combinations": 12},
    "level1": {"questions": 1, "max_documents": 12},
    "level2": {"questions": 1, "max_documents": 12},
    "level3": {"questions": 1},
}


def running_teacher(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A generation server of its own process group, and its address."""
    command = [sys.executable, "-m", "synthllm.builder.cli", "teacher", "--port", "0", "--workers", "1"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    yield process, process.stdout.readline().split()[-1]
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


teacher = pytest.fixture(running_teacher, name="teacher")
other_teacher = pytest.fixture(running_teacher, name="other_teacher")


def recipe_file(folder: Path, **changes: object) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(RECIPE | changes))
    return path


def sent_by_sessions(out: Path) -> list[int]:
    """How many requests each session of a run's ledger has sent, in the order in which they began."""
    with sqlite3.connect(out / "ledger.sqlite") as ledger:
        found = ledger.execute("SELECT totals FROM sessions ORDER BY started").fetchall()
    return [json.loads(totals).get("sent", 0) for (totals,) in found]


@pytest.mark.timeout(180)
def test_another_machine_goes_on_from_the_branch_to_the_same_rows(
    hub: Hub,
    synthllm: Client,
    environment: dict[str, str],
    teacher: tuple[subprocess.Popen[str], str],
    other_teacher: tuple[subprocess.Popen[str], str],
    repository: str,
    tmp_path: Path,
) -> None:
    server, url = teacher
    recipe, place = recipe_file(tmp_path, endpoint={"urls": [url], "max_in_flight": 4}), f"{repository}@run-7"
    options = ["--checkpoint", place, "--checkpoint-every", "0.1", "--quiet"]
    command = ["build", str(recipe), "--out", str(tmp_path / "first"), *options]
    build = subprocess.Popen([sys.executable, "-m", "synthllm.builder.cli", *command], env=environment)
    until = time.monotonic() + 100
    while not (sent := shards_on_branch(hub, repository, "concepts")):
        assert build.poll() is None, "the build ended before its first checkpoint of concepts"
        assert time.monotonic() < until
        time.sleep(0.01)
    os.killpg(server.pid, signal.SIGKILL)  # the first machine is lost, its server with it
    build.kill()
    build.wait()
    assert not (tmp_path / "first" / "concepts" / "stage.json").exists()

    elsewhere = tmp_path / "second"
    recipe = recipe_file(tmp_path, endpoint={"urls": [other_teacher[1]], "max_in_flight": 2})
    done = synthllm.cli("build", recipe, "--out", elsewhere, "--resume-from", place, "--quiet")
    assert done.code == 0, done
    for shard in sent:
        mine, theirs = (
            json.loads((tmp_path / run / "concepts" / f"{shard}.json").read_text()) for run in ("first", "second")
        )
        assert mine == theirs
    manifests = [json.loads(path.read_text()) for path in elsewhere.glob("*/stage.json")]
    asked = sum(manifest.get("requests", 0) for manifest in manifests)
    in_shards = sum(json.loads((elsewhere / "concepts" / f"{shard}.json").read_text())["requests"] for shard in sent)
    brought = [path for path in answers_on_branch(hub, repository) if (elsewhere / "ledger" / path).exists()]
    answers = sum(pl.read_parquet(elsewhere / "ledger" / path).height for path in brought)
    assert answers >= in_shards > 0
    first, second = sent_by_sessions(elsewhere)
    assert first > 0, "what the first machine used counts towards the budget of the second"
    assert second == asked - answers, "no answer that was brought is paid for again"

    whole = synthllm.cli("build", recipe, "--out", tmp_path / "whole", "--quiet")
    assert whole.code == 0, whole
    for config in ("level1", "level3", "concepts", "rejected"):
        frames = [pl.read_parquet(run / "dataset" / config / "*.parquet") for run in (elsewhere, tmp_path / "whole")]
        assert frames[0].equals(frames[1]), config


def answers_on_branch(hub: Hub, repository: str) -> list[str]:
    tree = hub.dataset(repository).resolve("run-7").tree
    return sorted(Path(path).name for path in tree if path.startswith("run/ledger/"))


def shards_on_branch(hub: Hub, repository: str, stage: str) -> list[str]:
    there = hub.repositories.get(("dataset", repository))
    if there is None or "run-7" not in there.branches:
        return []
    tree = there.resolve("run-7").tree
    return sorted(Path(path).stem for path in tree if path.startswith(f"run/{stage}/") and path.endswith(".json"))


def test_finished_build_leaves_its_last_checkpoint_and_a_private_repository(
    hub: Hub, synthllm: Client, repository: str, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "run")
    (run / "filter" / "work").mkdir()
    (run / "filter" / "work" / "half.jsonl").write_text("{}")
    done = synthllm.cli("build", run / "recipe.yaml", "--out", run, "--checkpoint", f"{repository}@run")
    assert done.code == 0, done
    there = hub.dataset(repository)
    assert there.private
    assert list(there.resolve("main").tree) == [".gitattributes"]
    tree = set(there.resolve("run").tree)
    assert {"run/recipe.yaml", "run/verify/part-00000.parquet", "run/verify/stage.json"} <= tree
    assert not [path for path in tree if "work" in path or "dataset" in path or "ledger" in path]
    commits = len(there.history("run"))
    again = synthllm.cli("build", run / "recipe.yaml", "--out", run, "--checkpoint", f"{repository}@run")
    assert again.code == 0, again
    assert len(there.history("run")) == commits, "an upload that changes nothing is no commit"


def test_lost_answer_of_a_checkpoint_is_no_second_commit(
    hub: Hub, synthllm: Client, repository: str, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "run")
    hub.fail("POST .*/commit/run", "drop after")
    done = synthllm.cli("build", run / "recipe.yaml", "--out", run, "--checkpoint", f"{repository}@run")
    assert done.code == 0, done
    titles = [commit.title for commit in hub.dataset(repository).history("run")]
    assert len(titles) == 2
    assert titles[0].startswith("Checkpoint of ")


def test_places_that_cannot_be_resumed_from_are_one_line(
    hub: Hub, synthllm: Client, repository: str, tmp_path: Path
) -> None:
    run, other = make_run(tmp_path / "run"), make_run(tmp_path / "other", seed=5)
    place = f"{repository}@run"
    assert synthllm.cli("build", run / "recipe.yaml", "--out", run, "--checkpoint", place).code == 0
    for recipe, out, option, where, words in (
        (other, tmp_path / "a", "--resume-from", place, "holds a run of another recipe: seed: 0 -> 5"),
        (other, other, "--checkpoint", place, "holds a run of another recipe: seed: 0 -> 5"),
        (run, tmp_path / "b", "--resume-from", f"{repository}@absent", "there is no branch 'absent'; it has main, run"),
        (run, tmp_path / "c", "--resume-from", repository, "expected USER/NAME@BRANCH"),
        (run, run, "--checkpoint", f"{repository}@main", "main is for releases"),
        (run, tmp_path / "d", "--resume-from", "alice/absent@run", "404"),
        (run, other, "--resume-from", place, "belongs to another recipe"),
    ):
        done = synthllm.cli("build", recipe / "recipe.yaml", "--out", out, option, where)
        assert done.code == 2, done
        assert words in done.err
        assert len(done.err.splitlines()) == 1, done.err


def test_checkpoints_refuse_secrets_and_tokens_that_cannot_write(
    hub: Hub, synthllm: Client, repository: str, tmp_path: Path
) -> None:
    from hub.server import BOB

    run = make_run(tmp_path / "run", endpoint={"urls": ["https://me:hunter2hunter2@models.example.org"]})
    done = synthllm.cli("build", run / "recipe.yaml", "--out", run, "--checkpoint", f"{repository}@run")
    assert "a password in an address stands in the recipe" in done.err
    plain = make_run(tmp_path / "plain")
    try:
        done = synthllm.cli(
            "build", plain / "recipe.yaml", "--out", plain, "--checkpoint", f"{repository}@run", token=BOB
        )
        assert "can write to bob, not to alice" in done.err
    finally:
        synthllm.cli("--help", token=WRITE)
    assert ("dataset", repository) not in hub.repositories


def test_paths_of_a_branch_cannot_leave_the_run_folder(
    hub: Hub, synthllm: Client, repository: str, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "run")
    place = f"{repository}@run"
    assert synthllm.cli("build", run / "recipe.yaml", "--out", run, "--checkpoint", place).code == 0
    lines = [
        {"key": "header", "value": {"summary": "by other means"}},
        {"key": "file", "value": {"path": "run/../../escaped.json", "content": "e30="}},
    ]
    hub.dataset(repository).commit("run", lines, "alice", pull_request=False)
    done = synthllm.cli("build", run / "recipe.yaml", "--out", tmp_path / "in" / "run", "--resume-from", place)
    assert done.code == 2
    assert "is no path inside of a run folder" in done.err
    assert not (tmp_path / "escaped.json").exists()
