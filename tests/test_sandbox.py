"""Programs that try to break out of the sandbox, and honest ones."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from synthllm.builder.sandbox import Limits, Returned, run_calls, run_program

QUICK = Limits(timeout_s=10, cpu_s=2, memory_bytes=512 << 20)


def test_calls_come_back_as_the_source_of_built_in_values():
    program = (
        "from collections import Counter, namedtuple\nfrom enum import IntEnum\n"
        "Point = namedtuple('Point', 'x y')\nclass Colour(IntEnum):\n    RED = 3\n"
        "def count(text): return Counter(text)\n"
        "def point(*, x, y=2): return [Point(x, y), {1.5}, Colour.RED, b'a', None]\n"
    )
    run = run_calls(program, ["count('aab')", "point(x=-1)", "point(1)", "object()", "10 ** 5000"])
    assert run.status == "ok"
    values = [returned.value for returned in run.returned]
    assert values == ["{'a': 2, 'b': 1}", "[(-1, 2), {1.5}, 3, b'a', None]", None, None, None]
    assert [returned.error.split(":")[0] for returned in run.returned[2:]] == ["TypeError", "TypeError", "ValueError"]


@pytest.mark.parametrize(
    "end", ["import sys; sys.exit(0)", "import os; os._exit(0)", "import os; os._exit(97)", "1 / 0"]
)
def test_program_that_ends_before_its_calls_returns_nothing(end):
    assert run_calls(f"def f(x): return 2\n{end}", ["f(1)"]).returned == ()


def test_functions_that_are_called_write_no_file_at_all():
    run = run_calls("def f(): open('x', 'w')", ["f()"])
    assert run.returned[0].error.startswith("PermissionError")


def test_calls_before_one_that_never_ends_are_kept():
    run = run_calls(
        "def f(x):\n    while x: pass\n    return x", ["f(0)", "f(1)", "f(0)"], Limits(timeout_s=30, cpu_s=1)
    )
    assert (run.status, run.returned) == ("timeout", (Returned("0"),))


def test_program_is_imported_for_its_calls_and_not_run_as_a_script():
    program = "def f(): return 1\nif __name__ == '__main__':\n    raise SystemExit('a script')"
    assert run_calls(program, ["f()"]).returned == (Returned("1"),)
    assert "a script" in run_program(program).errors


def test_data_classes_work_where_annotations_are_text():
    program = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n"
        "def f(): return P(3).x\n"
    )
    assert run_calls(program, ["f()"]).returned == (Returned("3"),)


def test_order_of_a_set_is_the_same_every_time():
    program = "def f(): return list({'one', 'two', 'three', 'four', 'five', 'six'})"
    assert len({run_calls(program, ["f()"]).returned for _ in range(3)}) == 1


def test_thread_that_goes_on_does_not_hold_up_the_outcome():
    program = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\ndef f(): return 1"
    run = run_calls(program, ["f()"], QUICK)
    assert (run.status, run.returned) == ("ok", (Returned("1"),))


def test_what_is_written_in_place_of_returns_is_not_believed_beyond_its_form():
    program = (
        "import os\nfor number in range(64):\n    try:\n        os.write(number, b'[1]\\n{\\n' + b'[' * 100000)\n"
        "    except OSError:\n        pass\ndef f(): return 1"
    )
    assert run_calls(program, ["f()"]).returned == ()


def test_no_more_programs_run_at_once_than_there_are_cores():
    cores = os.cpu_count() or 1
    most = 0
    with ThreadPoolExecutor(cores + 4) as pool:
        runs = [pool.submit(run_program, "import time\ntime.sleep(0.3)") for _ in range(cores + 4)]
        while not all(run.done() for run in runs):
            children = psutil.Process().children()
            most = max(most, sum("sandbox_child" in " ".join(command_of(child)) for child in children))
    assert all(run.result().status == "ok" for run in runs)
    assert 0 < most <= cores


def command_of(process):
    try:
        return process.cmdline()
    except psutil.Error:  # it has ended
        return []


def test_program_ends_with_the_process_that_started_it(tmp_path):
    program = f"import time\nprint('up', flush=True)\ntime.sleep(300)  # {tmp_path}"
    command = f"from synthllm.builder.sandbox import *\nrun_program({program!r}, limits=Limits(timeout_s=300))"
    with subprocess.Popen([sys.executable, "-c", command]) as parent:
        child = until(lambda: psutil.Process(parent.pid).children())[0]
        parent.kill()
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def until(holds, seconds=60):
    """What `holds` gives once it is true."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def test_program_has_no_input_and_writes_its_output():
    run = run_program("import sys\nprint(20 + 22, repr(sys.stdin.read()))")
    assert (run.status, run.output) == ("ok", "42 ''")


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
    "a folder that is hard to remove": "import os\nos.mkdir('deep')",
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
