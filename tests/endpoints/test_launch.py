"""Engines are started, waited for, shown where they fail, and stopped, with stand-ins for their executables."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from endpoint_requests import ask

from synthllm.builder.endpoints import Completion, EndpointError, EndpointUnavailable, open_endpoint
from synthllm.builder.endpoints.launch import TGI_IMAGE, engine_command, launched
from synthllm.builder.recipe import EndpointRecipe

TESTS = Path(__file__).parents[1]
PROGRAMS = {"vllm": "vllm", "sglang": "sglang", "tgi": "text-generation-launcher", "transformers": "transformers"}


@pytest.fixture
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder at the front of the PATH with an executable for each engine."""
    folder = tmp_path / "bin"
    folder.mkdir()
    search = os.pathsep.join([str(TESTS), str(TESTS / "endpoints"), os.environ.get("PYTHONPATH", "")])
    for engine, name in PROGRAMS.items():
        program = folder / name
        python = f"{sys.executable} {TESTS / 'endpoints' / 'stand_in.py'}"
        program.write_text(f'#!/bin/sh\necho starting {engine} >&2\nexec {python} {engine} "$@"\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", search)
    return folder


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=20) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize("engine", ["vllm", "sglang", "tgi", "transformers"])
def test_a_recipe_that_launches_an_engine_is_answered_by_it(engine: str, stand_ins: Path, tmp_path: Path) -> None:
    recipe = EndpointRecipe.model_validate(
        {"launch": engine, "model": "some/model", "launch_arguments": ["--seed", "7"], "launch_timeout_s": 120}
    )
    recipe = recipe.model_copy(update={"model": "some/model"})

    async def run() -> str:
        async with open_endpoint(recipe, tmp_path / "run" / "ledger.sqlite") as endpoint:
            assert isinstance(await endpoint.generate(ask("hello")), Completion)
            assert answers(endpoint.urls[0])
            return endpoint.urls[0]

    url = asyncio.run(run())
    assert not answers(url)
    assert "loading some/model with seed 7" in (tmp_path / "run" / f"{engine}.log").read_text()


def test_an_engine_that_does_not_start_shows_its_log(
    stand_ins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STAND_IN_FAILS", "1")

    async def run() -> None:
        async with launched("vllm", "some/model", log_folder=tmp_path):
            raise AssertionError("it came up")

    with pytest.raises(EndpointUnavailable, match=rf"vllm ended with status 3 .*{tmp_path}/vllm.log"):
        asyncio.run(run())
    assert "CUDA out of memory" in capsys.readouterr().err


def test_an_engine_that_is_not_ready_in_time_is_stopped(
    stand_ins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STAND_IN_DELAY_S", "60")

    async def run() -> None:
        async with launched("vllm", "some/model", timeout_s=1.5, log_folder=tmp_path):
            raise AssertionError("it came up")

    with pytest.raises(EndpointUnavailable, match=r"not ready within 1\.5 s.*launch_timeout_s"):
        asyncio.run(run())
    assert "starting vllm" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal to children is Linux's")
def test_an_engine_does_not_outlive_a_run_that_is_killed(stand_ins: Path, tmp_path: Path) -> None:
    code = textwrap.dedent("""
        import asyncio, sys
        from synthllm.builder.endpoints.launch import launched
        async def run():
            async with launched("vllm", "some/model") as url:
                print(url, flush=True)
                await asyncio.sleep(60)
        asyncio.run(run())
    """)
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    url = parent.stdout.readline().strip()
    assert answers(url)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 60
    while answers(url) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not answers(url)


def test_missing_engines_are_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    needed = {
        "vllm": "pip install vllm",
        "sglang": "pip install sglang",
        "tgi": "text-generation-launcher or docker",
    }
    for engine, message in needed.items():
        with pytest.raises(EndpointError, match=message):
            engine_command(engine, "some/model", 1)
    with pytest.raises(EndpointError, match="known engines: vllm, sglang, tgi, transformers"):
        engine_command("ollama", "some/model", 1)


def test_tgi_runs_in_its_container_where_only_docker_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command line only: no container is run here."""
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HF_TOKEN", "hf_SECRET")
    command = engine_command("tgi", "some/model", 1234)
    assert command[:3] == [str(docker), "run", "--rm"]
    assert command[-3:] == [TGI_IMAGE, "--model-id", "some/model"]
    assert "127.0.0.1:1234:80" in command
    assert "hf_SECRET" not in " ".join(command)
    assert engine_command("tgi", str(tmp_path), 1)[-1] == "/model"
