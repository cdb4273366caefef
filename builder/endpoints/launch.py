"""Generation engines on this machine: started with a model, waited for, and stopped at the end.

The engine's own output goes to a log file; its end is shown where the engine does not come up. The engine runs in a
process group of its own, which is stopped as a whole; on Linux it is also told to stop when this process dies in any
way.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from ..errors import EndpointError
from .dialing import TransportError
from .protocol import EndpointUnavailable
from .transport import SocketOrigin

TGI_IMAGE = "ghcr.io/huggingface/text-generation-inference:3.3.6"
STOP_S = 20.0
LOG_LINES = 30
_PR_SET_PDEATHSIG = 1


def engine_command(engine: str, model: str, port: int) -> list[str]:
    """The command line that serves a model on a port of loopback.

    Source: the engines' own references: `vllm serve`, `sglang serve` (which took the place of
    `python -m sglang.launch_server`), text-generation-launcher 3.3, `transformers serve` 5.

    Raises:
        EndpointError: The engine is not installed.
    """
    here = ["--host", "127.0.0.1", "--port", str(port)]
    if engine == "vllm":
        return [_program("vllm", "pip install vllm"), "serve", model, *here]
    if engine == "sglang":
        return [_program("sglang", "pip install sglang"), "serve", "--model-path", model, *here]
    if engine == "transformers":
        return [_program("transformers", "pip install 'transformers[serving]'"), "serve", *here, model]
    if engine != "tgi":
        raise EndpointError(f"launch: {engine!r} is not an engine; known engines: vllm, sglang, tgi, transformers")
    launcher = shutil.which("text-generation-launcher")
    if launcher is not None:
        return [launcher, "--model-id", model, "--hostname", "127.0.0.1", "--port", str(port)]
    docker = shutil.which("docker")
    if docker is None:
        raise EndpointError(
            "launch: tgi needs text-generation-launcher or docker on the PATH, and neither is there; install one, or "
            "launch vllm, sglang or transformers"
        )
    folder = Path(model)
    mounts = ["-v", f"{folder.resolve()}:/model:ro"] if folder.is_dir() else []
    cache = Path(os.environ.get("HF_HOME", Path.home() / ".cache" / "huggingface")) / "hub"
    served = "/model" if folder.is_dir() else model
    # `-e HF_TOKEN` without a value hands the variable on without writing it into the command line.
    options = ["--rm", "--init", "--gpus", "all", "--shm-size", "1g", "-e", "HF_TOKEN", *mounts]
    options += ["-v", f"{cache}:/data", "-e", "HUGGINGFACE_HUB_CACHE=/data"]  # what is downloaded is found again
    return [docker, "run", *options, "-p", f"127.0.0.1:{port}:80", TGI_IMAGE, "--model-id", served]


def _program(name: str, install: str) -> str:
    """The path of a program beside this interpreter or on the PATH."""
    beside = Path(sys.executable).parent / name
    found = shutil.which(name) or (str(beside) if beside.is_file() else None)
    if found is None:
        raise EndpointError(f"launch: {name} is not on the PATH; install it ({install}) or name another engine")
    return found


@asynccontextmanager
async def launched(
    engine: str, model: str, arguments: Sequence[str] = (), timeout_s: float = 1800.0, log_folder: Path | None = None
) -> AsyncIterator[str]:
    """The URL of an engine that serves `model`, for as long as the block lasts.

    Args:
        arguments: Appended to the engine's command line.
        timeout_s: How long it may take to be ready.
        log_folder: Where its log goes; a temporary file where None.

    Raises:
        EndpointError: The engine is not installed.
        EndpointUnavailable: It ended, or was not ready in time; its log is shown on stderr.
    """
    port = _free_port()
    command = [*engine_command(engine, model, port), *arguments]
    log = Path(tempfile.mkstemp(prefix=f"{engine}-", suffix=".log")[1])
    if log_folder is not None:
        log_folder.mkdir(parents=True, exist_ok=True)
        log.unlink()
        log = log_folder / f"{engine}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        await _until_ready(process, engine, url, timeout_s, log)
        yield url
    finally:
        await _stop(process)


async def _until_ready(process: asyncio.subprocess.Process, engine: str, url: str, timeout_s: float, log: Path) -> None:
    """Wait until the engine says that it is well: all four say so at `/health` once their model is loaded."""
    origin = SocketOrigin(url)
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                if process.returncode is not None:
                    _show(log)
                    raise EndpointUnavailable(
                        f"launch: {engine} ended with status {process.returncode} before it was ready; its log is {log}"
                    )
                if await _is_well(origin):
                    return
                await asyncio.sleep(0.3)
    except TimeoutError:
        _show(log)
        raise EndpointUnavailable(
            f"launch: {engine} was not ready within {timeout_s:g} s; its log is {log}; raise launch_timeout_s if it is "
            "still loading"
        ) from None
    finally:
        await origin.close()


async def _is_well(origin: SocketOrigin) -> bool:
    try:
        return (await origin.send("GET", "/health", timeout_s=10)).status == 200
    except TransportError:
        return False


def _show(log: Path) -> None:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
    sys.stderr.write("\n".join([f"last lines of {log}:", *lines, ""]))


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Stop the engine and all that it started: asked first, then killed."""
    for sign, wait_s in ((signal.SIGTERM, STOP_S), (signal.SIGKILL, STOP_S)):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            await asyncio.wait_for(process.wait(), wait_s)
        except TimeoutError:
            continue
        if not _group_lives(process.pid):
            break
    await process.wait()


def _group_lives(group: int) -> bool:
    """Whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _die_with_parent() -> None:
    """Have the kernel stop this process when its parent dies, so that a killed run leaves no engine on the GPU."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
