"""What a test of a program may be, where the program is in an answer, and that none passes but by being right."""

import socket
import warnings

import pytest

from synthllm.builder.programs import UnusableTests, program_of, read_tests, tried
from synthllm.builder.sandbox import Limits

TASK = "Write `def total(numbers: list[int], start: int = 0) -> int`, the sum of the numbers and the start."
WRITTEN = "assert total([1, 2, 3]) == 6\nassert total([]) == 0\nassert total([1], start=-4) == -3\n"
HIDDEN = read_tests(WRITTEN, TASK)
RIGHT = "def total(numbers, start=0):\n    return sum(numbers, start)\n"


def test_tests_are_read_in_the_forms_that_models_write():
    written = (
        "```python\n# the ordinary\nassert total( [1,2,3] )==6, 'three numbers'\nassert total([])   == 0\n\n"
        "assert total(\n    [1],\n    start=-4,\n) == -3\nassert total([1], start=-4) == -3\n```"
    )
    assert read_tests(written, TASK) == HIDDEN


def test_bare_calls_and_is_are_taken_for_what_they_mean():
    written = "assert even(2)\nassert not even(3)\nassert even(None) is None\nassert even({}) is True"
    assert read_tests(written, "def even(n)") == (
        "assert even(2) == True",
        "assert even(3) == False",
        "assert even(None) == None",
        "assert even({}) == True",
    )


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "0 different tests, 3 are needed"),
        ("assert total([1]) == 1\n" * 3, "1 different tests"),
        ("assert total([1) == 1", "no Python"),
        ("import os\n" + WRITTEN, "not of the form .*: import os"),
        (WRITTEN + "assert total([x]) == 1", "not of the form .*x"),
        (WRITTEN + "assert total([1]) == len([1])", "not of the form .*len"),
        (WRITTEN + "assert total(open('/etc/passwd')) == 1", "not of the form .*passwd"),
        (WRITTEN + "assert total([1]) > 0", "not of the form .*> 0"),
        (WRITTEN + "assert total([1]) is 1", "not of the form .*is 1"),
        (WRITTEN + "assert (total)([1]).real == 1", "not of the form .*real"),
        (WRITTEN + "assert total(*[1]) == 1", "not of the form"),
        (WRITTEN + "assert total([1]) == 1e999", "not of the form .*1e999"),
        (WRITTEN + "assert True", "not of the form .*True"),
        (WRITTEN + "assert sum([1]) == 1", "several functions: sum, total"),
        (WRITTEN + "assert total([]) == 1", "different values of the same call"),
        (WRITTEN.replace("== 6", "== 0").replace("== -3", "== 0"), "every test expects 0"),
        (WRITTEN.replace("total", "sums"), "does not name the function sums"),
        ("assert total(" + "-" * 9_000 + "1) == 1", "no Python"),
        ("assert total(" + "[" * 900 + "]" * 900 + ") == 1", "no Python"),
        ("# " + "x" * 30_000, "30,002 characters"),
        ("assert total('\x00') == 1", "no Python"),
    ],
)
def test_tests_that_no_program_may_be_judged_by_are_refused_with_the_reason(written, words):
    with pytest.raises(UnusableTests, match=words):
        read_tests(written, TASK)


@pytest.mark.parametrize(
    "text",
    [
        f"We add.\n```python\n{RIGHT}```\nDone.",
        f"```py\n{RIGHT}```",
        f"```\n{RIGHT}```",
        f"~~~Python3\n{RIGHT}~~~",
        f"For example:\n```python\ntotal([1])\n```\nThe program:\n```python\n{RIGHT}```\nIt prints:\n```\n6\n```",
        f"```python\ndef total(numbers): pass\n```\nBetter:\n```python\n{RIGHT}```",
        f"<think>```python\ndef total(n): pass\n```</think>```python\n{RIGHT}```",
        f'```js\nfunction total() {{}}\n```\nIn Python:\n```python title="total.py"\n{RIGHT}```',
        "1. So:\n   ```python\n   def total(numbers, start=0):\n       return sum(numbers, start)\n   ```",
        f"```python\r\n{RIGHT}```\r\n".replace("\n", "\r\n").replace("\r\r", "\r"),
    ],
)
def test_program_is_found_in_its_fenced_block(text):
    program = program_of(text, HIDDEN)
    assert program.replace("\r", "").strip() == RIGHT.strip()
    assert tried(program, HIDDEN).verdict == "passed"


@pytest.mark.parametrize(
    "text",
    ["", RIGHT, f"```python\n{RIGHT}", "```bash\nls\n```", "```python\n\n```", "```" * 50_000, "```python\n" * 50_000],
)
def test_answer_without_a_closed_block_of_python_has_no_program(text):
    assert program_of(text, HIDDEN) == ""


FAILING = {
    "wrong value": ("def total(n, start=0): return 6", "wrong_value: test 2 of 3, total([]) returned 6, expected 0"),
    "exception": (
        "def total(n): return sum(n)",
        "exception: test 3 of 3, total([1], start=-4): TypeError: total() got",
    ),
    "syntax error": ("def total(n:", "exception: before its first test was done: SyntaxError: "),
    "another name": ("def sums(n): return 6", "exception: test 1 of 3, total([1, 2, 3]): NameError: name 'total'"),
    "endless": (
        "def total(n, start=0):\n    while not n: pass\n    return sum(n)",
        "timeout: in test 2 of 3",
    ),
    "recursion": ("def total(n, start=0): return total(n)", "exception: test 1 of 3, total([1, 2, 3]): RecursionError"),
    "memory": ("def total(n, start=0): return len(bytearray(8 << 30))", "memory: test 1 of 3"),
    "prints": ("def total(n, start=0): print(sum(n))", "wrong_value: test 1 of 3, total([1, 2, 3]) returned None"),
    "function": (
        "def total(n, start=0): return sum",
        "exception: test 1 of 3, total([1, 2, 3]): TypeError: it returned",
    ),
    "text of a value": ("def total(n, start=0): return str(sum(n, start))", "wrong_value: test 1 of 3"),
    "class that equals all": (
        "class Any(int):\n    def __eq__(self, other): return True\ndef total(n, start=0): return Any(1)",
        "wrong_value: test 1 of 3, total([1, 2, 3]) returned 1, expected 6",
    ),
    "class that says what it likes": (
        "class Any:\n    def __repr__(self): return '6 == 6'\n    __eq__ = lambda self, other: True\n"
        "def total(n, start=0): return Any()",
        "exception: test 1 of 3, total([1, 2, 3]): TypeError: it returned Any",
    ),
    "exit": ("import sys; sys.exit(0)", "exception: before its first test was done: it ended by itself"),
    "exit of a call": (
        "import os\ndef total(n, start=0):\n    if not n: os._exit(0)\n    return sum(n)",
        "exception: in test 2 of 3: it ended by itself",
    ),
    "crash": (
        "import ctypes\ndef total(n, start=0): return ctypes.string_at(0)",
        "killed: before its first test was done",
    ),
    "assertions disarmed": (
        "import builtins, sys\nbuiltins.AssertionError = type('No', (Exception,), {})\nsys.excepthook = print\n"
        "builtins.eval = lambda *a: 6\nbuiltins.compile = None\ndef total(n, start=0): return 0",
        "wrong_value: test ",
    ),
    "asks its caller": (
        "import sys\ndef total(n, start=0):\n    frame, seen = sys._getframe(), []\n    while frame:\n"
        "        seen += [str(value) for value in {**frame.f_globals, **frame.f_locals}.values()]\n"
        "        frame = frame.f_back\n    assert any('total([1, 2, 3])' in one for one in seen)\n"  # what is called
        "    assert not any('=' * 2 + ' 6' in one for one in seen)\n    return 1",  # and not what should come back
        "wrong_value: test 1 of 3, total([1, 2, 3]) returned 1, expected 6",
    ),
    "asks the collector": (
        "import gc\ndef total(n, start=0):\n    return [one for one in gc.get_objects() if isinstance(one, str)"
        " and 'assert total' in one] or 5",
        "wrong_value: test 1 of 3, total([1, 2, 3]) returned 5, expected 6",
    ),
    "writes a verdict everywhere": (
        "import os\nfor number in range(64):\n    try:\n        os.write(number, b'passed\\n' * 3)\n"
        "    except OSError:\n        pass\nos._exit(0)",
        "exception: before its first test was done",
    ),
    "writes values everywhere": (
        'import os\nfor number in range(64):\n    try:\n        os.write(number, b\'["value", "0"]\\n\' * 3)\n'
        "    except OSError:\n        pass\nos._exit(0)",
        "wrong_value: test 1 of 3, total([1, 2, 3]) returned 0, expected 6",
    ),
    "reads files": ("open('/etc/hostname').read()", "exception: before its first test was done: PermissionError"),
    "reads its parent": (
        "import os\nopen(f'/proc/{os.getppid()}/mem', 'rb').read()",
        "exception: before its first test was done: PermissionError",
    ),
    "too much": ("def total(n, start=0): return 'x' * 300_000", "wrong_value: test 1 of 3"),
    "value that nests": (
        "def total(n, start=0):\n    value = []\n    for _ in range(300): value = [value]\n    return value",
        "wrong_value: test 1 of 3",
    ),
}


@pytest.mark.parametrize("name", FAILING)
def test_program_that_is_not_right_does_not_pass(name):
    program, words = FAILING[name]
    verdict = tried(program, HIDDEN, Limits(timeout_s=20, cpu_s=1)).verdict
    assert verdict.startswith(words), verdict


def test_program_that_calls_home_fails_and_is_not_heard():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        program = f"import socket\n{RIGHT}socket.create_connection(('127.0.0.1', {port}), 1).send(b'hi')"
        assert tried(program, HIDDEN).verdict.startswith("exception: before its first test was done: PermissionError")
        with pytest.raises(TimeoutError):
            listener.accept()


def test_program_that_writes_outside_of_its_folder_fails_and_leaves_nothing(tmp_path):
    program = f"{RIGHT}open({str(tmp_path / 'x')!r}, 'w').write('x')"
    assert "PermissionError" in tried(program, HIDDEN).verdict
    assert not any(tmp_path.iterdir())


def test_what_a_program_writes_in_place_of_a_value_is_read_in_silence():
    program = """
import json, os
for number in range(64):
    try:
        os.write(number, 3 * (json.dumps(["value", "1if 1 else 2"]) + "\\n").encode())
    except OSError:
        pass
os._exit(0)
"""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert tried(program, HIDDEN).verdict.startswith("wrong_value: test 1 of 3, total([1, 2, 3]) returned 1if 1")
    assert not heard


def test_equality_is_that_of_python_but_for_the_last_digits_of_a_float():
    def verdict(value, expected):
        tests = tuple(f"assert f({n}) == {expected}" for n in range(3))
        return tried(f"def f(n): return {value}", tests).verdict.partition(":")[0]

    same = [
        ("0.1 + 0.2", "0.3"), ("[1.0000000001, {'a': (2.5,)}]", "[1, {'a': (2.5,)}]"), ("True", "1"),
        ("10**400", str(10**400)), ("2 + 1e-12j", "2"), ("{3, 1}", "{1, 3}"), ("'é'", "'é'"), ("b'x'", "b'x'"),
    ]  # fmt: skip
    other = [
        ("0.3001", "0.3"), ("(1, 2)", "[1, 2]"), ("[1]", "[1, 1]"), ("{'a': 1}", "{'a': 1, 'b': 2}"), ("'1'", "1"),
        ("float('nan')", "1.0"), ("float('inf')", "1.0"), ("10**400", "1.0"), ("None", "0"), ("1.5", "1"),
    ]  # fmt: skip
    assert [verdict(*pair) for pair in same] == ["passed"] * len(same)
    assert "passed" not in [verdict(*pair) for pair in other]
