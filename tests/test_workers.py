"""Work in worker processes: complete, and never left behind."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import pytest

from synthllm.builder.errors import StageError
from synthllm.builder.workers import each_on_every_core

HANGS = """
import asyncio, os, sys, time
from synthllm.builder.workers import each_on_every_core
async def main():
    async for pid in each_on_every_core("verify", os.getpid, [()] * 2):
        print(pid, flush=True)
        time.sleep(600)
if __name__ == "__main__":
    asyncio.run(main())
"""


async def results(work, calls):
    return [result async for result in each_on_every_core("verify", work, calls)]


def test_every_call_gives_its_result():
    assert sorted(asyncio.run(results(pow, [(2, n) for n in range(20)]))) == [2**n for n in range(20)]


def test_no_call_is_no_result():
    assert asyncio.run(results(pow, [])) == []


def test_an_error_in_a_worker_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        asyncio.run(results(divmod, [(1, 0)]))


def test_a_killed_worker_is_told():
    with pytest.raises(StageError, match=r"verify: a worker process was killed.*run the same command again"):
        asyncio.run(results(signal.raise_signal, [(signal.SIGKILL,)]))


def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    script = tmp_path / "hangs.py"
    script.write_text(HANGS)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline()  # the workers are there
        parent.kill()
        parent.communicate(timeout=60)  # the pipe ends when the last process that can write to it has ended
