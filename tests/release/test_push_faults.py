"""Pushes that meet a failing Hub, are killed, or meet each other."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hub.client import Client
from hub.server import Hub

COMMIT, TAG, PUT = "^POST .*/commit/", "^POST .*/tag/", "^PUT /objects/"
EDIT = [
    {"key": "header", "value": {"summary": "a hand at work"}},
    {"key": "file", "value": {"path": "notes.md", "content": "aGVsbG8="}},
]


def push_process(environment: dict[str, str], run: Path, repository: str, version: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "synthllm.builder.cli", "push", str(run), repository, "--version", version]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def assert_released_once(hub: Hub, repository: str, version: str, *others: str) -> None:
    """One commit of the release, and its tag on it."""
    there = hub.dataset(repository)
    titles = [commit.title for commit in there.history("main")]
    assert sorted(titles) == sorted([f"Release {version}", "initial commit", *others])
    (released,) = [commit for commit in there.history("main") if commit.title == f"Release {version}"]
    assert there.tags[version].commit == released.id


@pytest.mark.parametrize(
    ("request_line", "how", "status"),
    [
        ("^GET /api/whoami", "status", 503),
        ("^GET /api/datasets/[^/]+/[^/]+$", "drop", 0),
        ("^POST /api/repos/create", "drop after", 0),
        ("^POST .*/preupload/", "status", 500),
        ("^POST .*/objects/batch", "status", 429),
        (PUT, "drop", 0),
        (PUT, "status", 502),
        ("^POST .*/objects/verify", "status", 503),
        ("^POST /api/validate-yaml", "drop", 0),
        (COMMIT, "status", 409),
        (COMMIT, "status", 429),
        (COMMIT, "status", 503),
        (COMMIT, "drop", 0),
        (COMMIT, "drop after", 0),
        (TAG, "status", 500),
        (TAG, "drop", 0),
        (TAG, "drop after", 0),
        ("^GET .*/refs", "drop", 0),
    ],
)
def test_passing_failure_of_each_request_leaves_one_commit_and_its_tag(
    hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str, request_line: str, how: str, status: int
) -> None:
    hub.fail(request_line, how, status=status, headers={"Retry-After": "0"})  # type: ignore[arg-type]
    done = synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    assert done.code == 0, done
    assert hub.faults[0].times == 0, "the fault never happened"
    assert_released_once(hub, repository, "1.0.0")


def test_hub_that_stays_down_is_one_line_at_the_end(
    hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str
) -> None:
    hub.fail(COMMIT, status=503, times=99, headers={"Retry-After": "0"})
    done = synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    assert done.code == 2
    *retries, last = done.err.splitlines()
    assert all("trying again in 0 s" in line for line in retries)
    assert last == f"synthllm: commit to {repository}: the Hub answered 503: fault 503"
    assert hub.dataset(repository).history("main")[0].title == "initial commit"


@pytest.mark.parametrize("status", [400, 403])
def test_refusal_is_not_repeated(
    hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str, status: int
) -> None:
    hub.fail(COMMIT, status=status, times=99)
    done = synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert len(hub.requests(COMMIT)) == 1


STAGES = [
    ("^POST /api/repos/create", 0, True),
    ("^POST .*/preupload/", 0, True),
    ("^POST .*/objects/batch", 0, True),
    (PUT, 3, True),
    ("^POST .*/objects/verify", 4, True),
    (COMMIT, 0, False),  # the Hub commits after its client is gone
    (COMMIT, 0, True),
    (TAG, 0, False),
    (TAG, 0, True),
]


@pytest.mark.parametrize(("request_line", "skip", "lost"), STAGES)
def test_killed_push_continues_and_sends_nothing_twice(
    hub: Hub,
    synthllm: Client,
    environment: dict[str, str],
    runs: dict[str, Path],
    repository: str,
    request_line: str,
    skip: int,
    lost: bool,
) -> None:
    """`lost`: the request that was under way never takes effect."""
    held = hub.fail(request_line, "hold", skip=skip)
    push = push_process(environment, runs["old"], repository, "1.0.0")
    assert held.reached.wait(60)
    if lost:
        held.how = "drop"
    push.send_signal(signal.SIGKILL)
    push.communicate()
    held.release()
    wait_until_quiet(hub)
    arrived = {seen.path for seen in hub.requests(PUT) if seen.status == 200}
    hub.log.clear()
    done = synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    assert done.code == 0, done
    assert_released_once(hub, repository, "1.0.0")
    assert not arrived & {seen.path for seen in hub.requests(PUT)}


def wait_until_quiet(hub: Hub) -> None:
    """Until every request that came in is answered or dropped."""
    import time

    until = time.monotonic() + 20
    while any(seen.status is None and not seen.ended for seen in hub.log):
        assert time.monotonic() < until, [seen.line for seen in hub.log if seen.status is None]
        time.sleep(0.01)


def test_edit_by_hand_during_a_push_is_kept(
    hub: Hub, synthllm: Client, environment: dict[str, str], runs: dict[str, Path], repository: str
) -> None:
    held = hub.fail(COMMIT, "hold")
    push = push_process(environment, runs["old"], repository, "1.0.0")
    assert held.reached.wait(60)
    hub.dataset(repository).commit("main", EDIT, "alice", pull_request=False)
    held.release()
    _, err = push.communicate(timeout=60)
    assert push.returncode == 0, err
    assert "has moved; planning again" in err
    assert_released_once(hub, repository, "1.0.0", "a hand at work")
    assert hub.dataset(repository).read("notes.md") == b"hello"


@pytest.mark.parametrize("versions", [("1.1.0", "1.1.0"), ("1.1.0", "1.2.0")])
def test_of_two_pushes_at_once_one_is_told_of_the_other(
    hub: Hub,
    synthllm: Client,
    environment: dict[str, str],
    runs: dict[str, Path],
    repository: str,
    tmp_path: Path,
    versions: tuple[str, str],
) -> None:
    from hub.runs import make_run

    synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    other = make_run(tmp_path / "other", {"level1": range(3), "level2": range(3), "level3": range(3)}, seed=9)
    held = hub.fail(COMMIT, "hold")
    slow = push_process(environment, runs["new"], repository, versions[1])
    assert held.reached.wait(60)
    quick = synthllm.cli("push", other, repository, "--version", versions[0])
    assert quick.code == 0, quick
    held.release()
    _, err = slow.communicate(timeout=60)
    assert slow.returncode == 2, err
    assert "released" in err.splitlines()[-1]
    there = hub.dataset(repository)
    assert set(there.tags) == {"1.0.0", "1.1.0"}
    assert there.tags["1.1.0"].commit == there.resolve("main").id
    assert (
        there.read("level3/train-00000-of-00001.parquet")
        == (other / "dataset" / "level3" / "train-00000-of-00001.parquet").read_bytes()
    )


def test_tag_that_another_put_meanwhile_is_told_and_not_moved(
    hub: Hub, environment: dict[str, str], runs: dict[str, Path], repository: str
) -> None:
    from hub.repository import Tag

    held = hub.fail(TAG, "hold")
    push = push_process(environment, runs["old"], repository, "1.0.0")
    assert held.reached.wait(60)
    there = hub.dataset(repository)
    theirs = there.tags["1.0.0"] = Tag(there.history("main")[-1].id, "theirs")
    held.release()
    _, err = push.communicate(timeout=60)
    assert push.returncode == 2
    assert f"the tag 1.0.0 was put on commit {theirs.commit} while this push was under way" in err
    assert there.tags["1.0.0"] == theirs
