"""Running a generated program, and calling its functions, in a process that can do nothing else.

The kernel enforces the limits, on the program and whatever it loads (sandbox_child.py sets them, then runs the
program):

- Landlock: it can read Python's own files and its empty folder, and write to that folder only; where its functions are
  called, to none.
- seccomp: no sockets, no further processes, no signals to others, no tracing, no mounts, no other namespaces.
- rlimits: memory, processor time, size of files, open files.
- Here: wall-clock time, how many run at once, an empty environment, no standard input, bounded output.

Linux on x86-64 or ARM is needed, with Landlock (5.13 or later); elsewhere `SandboxUnavailable` is raised and nothing
runs. The process is told what to call and never what should come back: whoever asks compares that outside, so that a
program that ends early, patches Python or writes into any file of its process has no verdict to forge.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from .errors import StageError

_CHILD = Path(__file__).with_name("sandbox_child.py")
_SLOTS = threading.BoundedSemaphore(os.cpu_count() or 1)  # programs at once in this process

Status = Literal["ok", "error", "timeout", "memory", "killed"]


class SandboxUnavailable(StageError):
    """This machine cannot confine a program, so none is run."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use."""

    timeout_s: float = 10.0
    cpu_s: int = 8
    memory_bytes: int = 1 << 30
    file_bytes: int = 8 << 20
    open_files: int = 64
    output_chars: int = 20_000


@dataclass(frozen=True, slots=True)
class Returned:
    """What one call came to: the source of the value as built-in types, or the exception in one line."""

    value: str | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """The outcome of a program. `returned` has the calls that came to an end, in order."""

    status: Status
    output: str
    errors: str
    returned: tuple[Returned, ...] = ()


def run_program(program: str, limits: Limits | None = None) -> Run:
    """Run a Python program as a script.

    Raises:
        SandboxUnavailable: This kernel cannot confine it.
    """
    return _run(program, (), limits or Limits())


def run_calls(program: str, calls: Sequence[str], limits: Limits | None = None) -> Run:
    """Import a Python program as a module, and evaluate expressions such as `area(2.5)` in it, one after the other.

    What comes back is the program's word: it may be any text, and is to be read as data.

    Raises:
        SandboxUnavailable: This kernel cannot confine it.
    """
    return _run(program, calls, limits or Limits())


def require_sandbox() -> None:
    """Raises:
    SandboxUnavailable: This kernel cannot confine a program.
    """
    run_program("")


def _run(program: str, calls: Sequence[str], limits: Limits) -> Run:
    with (
        _SLOTS,
        tempfile.TemporaryDirectory(prefix="sandbox-") as folder,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
        tempfile.TemporaryFile() as returned,
        tempfile.TemporaryFile() as confined,
        tempfile.TemporaryFile() as job,
    ):
        orders = {
            "parent": os.getpid(),
            "folder": folder,
            "program": program,
            "calls": list(calls),
            "returned": returned.fileno(),
            "confined": confined.fileno(),
            "readable": [str(path) for path in _readable()],
            "cpu_s": limits.cpu_s,
            "memory_bytes": limits.memory_bytes,
            "file_bytes": limits.file_bytes,
            "open_files": limits.open_files,
        }
        job.write(json.dumps(orders).encode())
        job.seek(0)
        process = subprocess.Popen(
            # As -I, but that the seed of hashes is taken from the environment: a verdict is the same every time.
            [sys.executable, "-P", "-s", "-S", "-B", str(_CHILD), str(job.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            cwd=folder,
            env={"PYTHONHASHSEED": "0", "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"},
            pass_fds=(job.fileno(), confined.fileno(), returned.fileno()),
            start_new_session=True,
        )
        expired = False
        try:
            process.wait(limits.timeout_s)
        except subprocess.TimeoutExpired:
            expired = True
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said, complained = _text(output, limits.output_chars), _text(errors, limits.output_chars)
        lines = _text(returned, limits.file_bytes).splitlines()
        ran = confined.seek(0, os.SEEK_END) > 0
    if not ran and not expired:
        raise SandboxUnavailable(
            f"programs cannot be confined here: {(complained.strip().splitlines() or ['no reason'])[-1][-200:]}; "
            "code answers need Linux 5.13 or later with Landlock, on x86-64 or ARM"
        )
    status = _status(process.returncode, expired, complained)
    return Run(status, said.rstrip("\n"), complained, _returned(lines[: len(calls)]))


def _returned(lines: Sequence[str]) -> tuple[Returned, ...]:
    """The calls that came to an end, as far as the lines have the form that the child writes."""
    found: list[Returned] = []
    for line in lines:
        try:
            kind, text = json.loads(line)
        except (ValueError, TypeError, RecursionError):
            break
        if kind not in ("value", "error") or not isinstance(text, str):
            break
        found.append(Returned(value=text) if kind == "value" else Returned(error=text))
    return tuple(found)


def _status(code: int, expired: bool, complained: str) -> Status:
    if expired or code == -signal.SIGXCPU:
        return "timeout"
    if "MemoryError" in complained:
        return "memory"
    if code < 0:
        return "killed"
    return "ok" if code == 0 else "error"


def _text(file: IO[bytes], most: int) -> str:
    """The end of what was written, since errors stand there."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - most))
    return file.read().decode("utf-8", "replace")


def _readable() -> list[Path]:
    """What Python needs to start and to import from its standard library."""
    wanted = [Path(sys.base_prefix) / "lib", Path("/usr/lib"), Path("/lib"), Path("/lib64"), Path("/etc/ld.so.cache")]
    wanted += [Path("/dev/null"), Path("/dev/urandom"), Path("/usr/share/zoneinfo")]
    return [path for path in wanted if path.exists()]
