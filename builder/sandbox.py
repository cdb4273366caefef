"""Running a generated program against its tests, in a process that can do nothing else.

The kernel enforces the limits, on the program and whatever it loads (sandbox_child.py sets them, then runs the
program):

- Landlock: it can read Python's own files and its empty folder, and write to that folder only.
- seccomp: no sockets, no further processes, no signals to others, no tracing, no mounts, no other namespaces.
- rlimits: memory, processor time, size of files, open files.
- Here: wall-clock time, an empty environment, no standard input beyond what is given, bounded output.

Linux on x86-64 or ARM is needed, with Landlock (5.13 or later); elsewhere `SandboxUnavailable` is raised and nothing
runs. The tests run in the program's own interpreter, after it: a mistaken program cannot pass them by ending early,
but one that was written to forge the verdict could. Where that matters, compare `run_program`'s output outside.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from .errors import StageError

_CHILD = Path(__file__).with_name("sandbox_child.py")
_UNAVAILABLE = 97  # the child's exit status where the kernel lacks what is needed


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
class Run:
    """The outcome of a program. `status` is `ok`, `error`, `timeout`, `memory` or `killed`."""

    status: str
    output: str
    errors: str
    passed: bool = field(default=False)


def run_program(program: str, given: str = "", limits: Limits | None = None) -> Run:
    """Run a Python program with `given` as its standard input.

    Raises:
        SandboxUnavailable: This kernel cannot confine it.
    """
    return _run(program, "", given, limits or Limits())


def run_tests(program: str, tests: str, limits: Limits | None = None) -> Run:
    """Run a Python program, then its tests (statements such as asserts) in the same namespace.

    `passed` is True where both ran to their end; a program that exits before the tests has not passed.

    Raises:
        SandboxUnavailable: This kernel cannot confine it.
    """
    return _run(program, tests, "", limits or Limits())


def _run(program: str, tests: str, given: str, limits: Limits) -> Run:
    token = secrets.token_hex(16)
    with (
        tempfile.TemporaryDirectory(prefix="sandbox-") as folder,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
        tempfile.TemporaryFile() as job,
        tempfile.TemporaryFile() as standard_input,
    ):
        standard_input.write(given.encode())
        standard_input.seek(0)
        orders = {
            "folder": folder,
            "program": program,
            "tests": tests,
            "token": token,
            "readable": [str(path) for path in _readable()],
            "cpu_s": limits.cpu_s,
            "memory_bytes": limits.memory_bytes,
            "file_bytes": limits.file_bytes,
            "open_files": limits.open_files,
        }
        job.write(json.dumps(orders).encode())
        job.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(_CHILD), str(job.fileno())],
            stdin=standard_input,
            stdout=output,
            stderr=errors,
            cwd=folder,
            env={"PYTHONHASHSEED": "0", "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"},
            pass_fds=(job.fileno(),),
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
        said, complained = _text(output, limits), _text(errors, limits)
    if process.returncode == _UNAVAILABLE:
        raise SandboxUnavailable(
            f"programs cannot be confined here: {complained.strip()[-200:]}; "
            "code answers need Linux 5.13 or later with Landlock"
        )
    passed = process.returncode == 0 and said.rstrip().endswith(token)
    return Run(
        _status(process.returncode, expired, complained), said.replace(token, "").rstrip("\n"), complained, passed
    )


def _status(code: int, expired: bool, complained: str) -> str:
    if expired or code == -signal.SIGXCPU:
        return "timeout"
    if "MemoryError" in complained:
        return "memory"
    if code < 0:
        return "killed"
    return "ok" if code == 0 else "error"


def _text(file: object, limits: Limits) -> str:
    """The end of what was written, since errors and verdicts stand there."""
    size = file.seek(0, os.SEEK_END)  # type: ignore[attr-defined]
    file.seek(max(0, size - limits.output_chars))  # type: ignore[attr-defined]
    content: bytes = file.read()  # type: ignore[attr-defined]
    return content.decode("utf-8", "replace")


def _readable() -> list[Path]:
    """What Python needs to start and to import from its standard library."""
    wanted = [Path(sys.base_prefix) / "lib", Path("/usr/lib"), Path("/lib"), Path("/lib64"), Path("/etc/ld.so.cache")]
    wanted += [Path("/dev/null"), Path("/dev/urandom"), Path("/usr/share/zoneinfo")]
    return [path for path in wanted if path.exists()]
