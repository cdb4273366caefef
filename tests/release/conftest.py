"""One Hub and one client of each kind for all tests of releases; each test has repositories of its own."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.client import Client
from hub.runs import make_run
from hub.server import WRITE, Hub

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with Hub(tmp_path_factory.mktemp("hub"), page_size=9) as served:
        yield served


@pytest.fixture(autouse=True)
def _no_fault_of_another_test(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "hub" in request.fixturenames:
        served = request.getfixturevalue("hub")
        for fault in served.faults:
            fault.release()
        served.faults.clear()
        served.log.clear()


@pytest.fixture(scope="session")
def environment(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a process needs to use the Hub and the package."""
    path = os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH", "")]))
    return hub.environment(tmp_path_factory.mktemp("home")) | {"PYTHONPATH": path}


@pytest.fixture(scope="session")
def synthllm(environment: dict[str, str]) -> Iterator[Client]:
    """A process with the command line."""
    with Client(environment) as client:
        client.cli("--help", token=WRITE)
        yield client


@pytest.fixture(scope="session")
def reader(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A process with `datasets` and nothing of ours."""
    with Client(hub.environment(tmp_path_factory.mktemp("reader"))) as client:
        yield client


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two runs: `new` keeps ten of the twelve questions of `old`'s level 3, answers one anew and adds twenty."""
    folder = tmp_path_factory.mktemp("runs")
    levels = {"level1": range(12), "level2": range(12), "level3": range(2, 32)}
    return {
        "old": make_run(folder / "old"),
        "new": make_run(
            folder / "new", levels, answers={5: "Another way: \\boxed{11}"}, seed=4, prompts={"level3": "f" * 16}
        ),
    }


_names = itertools.count()


@pytest.fixture
def repository() -> str:
    """The name of a repository that is not there yet."""
    return f"alice/rows-{next(_names)}"
