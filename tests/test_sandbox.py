"""Programs that try to break out of the sandbox, and honest ones."""

import os
import socket
import time
from pathlib import Path

import pytest

from synthllm.builder.sandbox import Limits, run_program, run_tests

QUICK = Limits(timeout_s=10, cpu_s=2, memory_bytes=512 << 20)


def test_honest_program_passes_its_tests():
    program = "import math\ndef area(r):\n    return math.pi * r * r\n"
    assert run_tests(program, "assert abs(area(1) - 3.14159) < 1e-4").passed


def test_wrong_program_fails_them():
    run = run_tests("def f(x): return x", "assert f(1) == 2")
    assert not run.passed
    assert run.status == "error"
    assert "AssertionError" in run.errors


@pytest.mark.parametrize(
    "end",
    [
        "import sys; sys.exit(0)",
        "import os; os._exit(0)",
        "raise SystemExit",
        "print('passed')\nimport os; os._exit(0)",
    ],
)
def test_program_that_ends_before_its_tests_has_not_passed(end):
    assert not run_tests(f"def f(x): return 2\n{end}", "assert f(1) == 2").passed


def test_program_reads_its_input_and_writes_its_output():
    run = run_program("a, b = map(int, input().split())\nprint(a + b)", "20 22\n")
    assert (run.status, run.output) == ("ok", "42")


def test_program_has_a_folder_of_its_own_and_an_empty_environment():
    run = run_program(
        "open('x.txt','w').write('hi')\nprint(open('x.txt').read())\nimport os\nprint(sorted(os.environ))"
    )
    assert run.output.split("\n") == ["hi", "['HOME', 'LANG', 'PYTHONHASHSEED', 'TMPDIR']"]


def test_threads_are_allowed():
    run = run_program("import threading\nt = threading.Thread(target=print, args=('hi',))\nt.start()\nt.join()")
    assert run.output == "hi"


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


ESCAPES = {
    "fork": "import os\nos.fork()",
    "subprocess": "import subprocess\nsubprocess.run(['/bin/true'])",
    "spawn": "import os\nos.posix_spawn('/bin/true', ['true'], {})",
    "exec": "import os\nos.execv('/bin/sh', ['sh', '-c', 'echo out'])",
    "read a secret": "print(open('/etc/passwd').read())",
    "list a folder": "import os\nprint(os.listdir('/'))",
    "read another process": "print(open('/proc/1/environ','rb').read())",
    "kill the parent": "import os\nos.kill(os.getppid(), 9)",
    "kill everything": "import os\nos.kill(-1, 9)",
    "system calls without Python": (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nassert libc.syscall(57) < 0\nassert libc.fork() < 0\n"
        "raise PermissionError"
    ),
    "symbolic link": "import os\nos.symlink('/etc/passwd', 'link')\nopen('link').read()",
    "own limits": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "unix socket": "import socket\nsocket.socket(socket.AF_UNIX)",
    "datagram": "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "namespaces": "import os\nos.unshare(os.CLONE_NEWUSER)" if hasattr(os, "unshare") else "raise PermissionError",
    "mode of a file": "import os\nos.chmod('/tmp', 0o777)",
}


@pytest.mark.parametrize("name", ESCAPES)
def test_attempt_is_refused(name):
    run = run_program(ESCAPES[name], limits=QUICK)
    assert run.status == "error", run
    assert any(word in run.errors for word in ("PermissionError", "not allowed", "Operation not permitted")), run.errors


def test_no_connection_leaves_the_sandbox(listener):
    port = listener.getsockname()[1]
    run = run_program(f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 1).send(b'hi')", limits=QUICK)
    assert run.status == "error"
    with pytest.raises(TimeoutError):
        listener.accept()


def test_nothing_is_written_outside_of_the_folder(tmp_path):
    victim = tmp_path / "victim.txt"
    victim.write_text("safe")
    (tmp_path / "empty").mkdir()
    for attempt in (
        f"open({str(victim)!r}, 'w').write('x')",
        f"import os\nos.unlink({str(victim)!r})",
        f"import os\nos.truncate({str(victim)!r}, 0)",
        f"import os\nos.rename({str(victim)!r}, 'mine')",
        f"import os\nos.link({str(victim)!r}, 'mine')\nopen('mine', 'w').write('x')",
        f"open({str(tmp_path / 'new.txt')!r}, 'w').write('x')",
        f"import os\nos.mkdir({str(tmp_path / 'new')!r})",
        f"import os\nos.rmdir({str(tmp_path / 'empty')!r})",
        "open('../escaped.txt', 'w').write('x')",
    ):
        assert run_program(attempt, limits=QUICK).status == "error"
    assert victim.read_text() == "safe"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "victim.txt"]
    assert not (Path(os.environ.get("TMPDIR", "/tmp")) / "escaped.txt").exists()


def test_endless_program_is_stopped_by_the_clock():
    started = time.monotonic()
    assert run_program("import time\ntime.sleep(60)", limits=Limits(timeout_s=1)).status == "timeout"
    assert run_program("while True: pass", limits=Limits(timeout_s=30, cpu_s=1)).status == "timeout"
    assert time.monotonic() - started < 15


def test_memory_is_bounded():
    assert run_program("x = bytearray(4 << 30)", limits=QUICK).status == "memory"


def test_files_and_output_are_bounded():
    run = run_program("f = open('big', 'wb')\nwhile True: f.write(b'x' * 1000000)", limits=QUICK)
    assert run.status == "error"
    assert "File too large" in run.errors
    run = run_program("while True: print('x' * 1000)", limits=QUICK)
    assert run.status != "ok"
    assert len(run.output) <= QUICK.output_chars


def test_folder_is_gone_afterwards():
    run = run_program("import os\nprint(os.getcwd())")
    assert not Path(run.output).exists()
