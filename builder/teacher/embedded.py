"""The embedded teacher as part of a run: a server that starts with it and ends with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from types import TracebackType

from ... import __version__
from ..endpoints.protocol import EndpointUnavailable

START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 10.0


class EmbeddedTeacher:
    """A teacher's server on a free port of loopback, in a process of its own.

        async with EmbeddedTeacher() as teacher:
            ...  # teacher.url speaks Text Generation Inference's protocol

    The server also ends when this process is killed.
    """

    model_name = f"symbolic-teacher/{__version__}"

    def __init__(self, error_rate: float = 0.0, workers: int = 2) -> None:
        self.error_rate = error_rate
        self.workers = workers
        self.url = ""
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> EmbeddedTeacher:
        """Start the server and wait until it can answer.

        Raises:
            EndpointUnavailable: The server ended, or did not come up in time.
        """
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "synthllm.builder.teacher.server",
            *("--error-rate", str(self.error_rate), "--workers", str(self.workers), "--parent", str(os.getpid())),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert self._process.stdout is not None
            line = await asyncio.wait_for(self._process.stdout.readline(), START_TIMEOUT_S)
        except BaseException as error:
            await self._stop()
            if isinstance(error, TimeoutError):
                raise EndpointUnavailable(
                    f"the embedded teacher did not start within {START_TIMEOUT_S:.0f} s; try `synthllm teacher`"
                ) from error
            raise
        if not line:
            code = await self._process.wait()
            raise EndpointUnavailable(
                f"the embedded teacher ended at its start with exit code {code}; "
                "`synthllm teacher` shows why when run by hand"
            )
        self.url = line.decode().strip()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
