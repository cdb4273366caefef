"""Computer algebra for the answers that forms.py cannot read, in worker processes with hard limits.

math-verify limits its time with signals, which work in the main thread only and do not interrupt C code. Here each
worker is a process of its own: after `TIME_LIMIT_S` it is killed and replaced, and its memory is capped by the
kernel. Workers are started when first needed, never at import, serve any thread, and end with this process.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import threading
import time
from typing import Any

TIME_LIMIT_S = 3.0
START_LIMIT_S = 120.0
MAX_WORKERS = 2


class _Worker:
    """One process that answers one comparison at a time, a line of JSON each way."""

    def __init__(self) -> None:
        path = os.pathsep.join(entry for entry in sys.path if entry)
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.symbolic_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.pending = b""
        if self._line(START_LIMIT_S) is None:
            self.close()
            raise RuntimeError("the computer algebra worker did not start; is math-verify installed?")

    def compare(self, prediction: str, reference: str) -> bool | None:
        """Whether the two are equal; None where it took too long or the process died, which then is of no more use."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps([prediction, reference]).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            return None
        line = self._line(TIME_LIMIT_S)
        return None if line is None else bool(json.loads(line))

    def _line(self, limit_s: float) -> bytes | None:
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        deadline = time.monotonic() + limit_s
        while b"\n" not in self.pending:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            received = os.read(descriptor, 65_536) if ready else b""
            if not received:
                return None
            self.pending += received
        line, _, self.pending = self.pending.partition(b"\n")
        return line

    def close(self) -> None:
        """End the process and free its pipes."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was still to be written has no reader any more
                    continue


class _Pool:
    """Idle workers, and how many there are in all; comparisons beyond that wait."""

    def __init__(self) -> None:
        self.slots = threading.BoundedSemaphore(MAX_WORKERS)
        self.lock = threading.Lock()
        self.idle: list[_Worker] = []
        self.closed = False

    def compare(self, prediction: str, reference: str) -> bool | None:
        with self.slots:
            with self.lock:
                worker = self.idle.pop() if self.idle else None
            worker = worker or _Worker()
            result = None
            try:
                result = worker.compare(prediction, reference)
            finally:
                with self.lock:
                    keep = result is not None and not self.closed
                    if keep:
                        self.idle.append(worker)
                if not keep:
                    worker.close()
            return result

    def close(self) -> None:
        with self.lock:
            self.closed = True
            workers, self.idle = self.idle, []
        for worker in workers:
            worker.close()


_pool: _Pool | None = None
_pool_lock = threading.Lock()


def equal_by_algebra(prediction: str, reference: str) -> bool:
    """Whether math-verify finds two answers in LaTeX equal; False where it cannot tell within the limits."""
    global _pool
    with _pool_lock:
        if _pool is None:
            _pool = _Pool()
            atexit.register(close)
        pool = _pool
    return pool.compare(prediction, reference) is True


def close() -> None:
    """End all workers; the next comparison starts new ones."""
    global _pool
    with _pool_lock:
        pool, _pool = _pool, None
    if pool is not None:
        pool.close()
        atexit.unregister(close)


def _forget(*_: Any) -> None:
    """In a forked child: the workers belong to the parent."""
    global _pool, _pool_lock
    _pool = None
    _pool_lock = threading.Lock()


os.register_at_fork(after_in_child=_forget)
