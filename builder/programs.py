"""Code answers: the tests of a programming question, the program in an answer, and whether it passes.

A test is one call and the value that it must return, `assert area(2, 3) == 6`, both literals. The sandbox is told the
calls; what they return is compared here, in a process that the program cannot reach, so that it cannot forge a pass.
A program that passes is called with further arguments too, for which nobody wrote a value: by what they do there,
programs that pass vote (behaviour.py, answers.py).
"""

from __future__ import annotations

import ast
import cmath
import math
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .behaviour import RAISED, counting, further_calls, shortened
from .literals import UNREADABLE, literal, parsed, spelling
from .sandbox import Limits, Returned, run_calls
from .tagged import without_thoughts

FORM = """\
<tests>
assert name(arguments) == value
...
</tests>"""

RULES = """\
- It stands alone: a reader who never saw the reference can solve it. Say nothing of "the document", "the text" or \
"the figure above".
- It asks for one Python function, gives its exact signature, such as `def runs(text: str) -> list[int]`, and says \
what it returns, edge cases included. What it returns depends on its arguments alone: no input, output, files, \
network, randomness or time. It takes and returns numbers, strings, booleans, None, lists, tuples, dicts and sets; \
the standard library is enough; a good solution takes well below a second.
- It has 4 to 8 <tests> of its own, each one line: an assert that calls the function once with literal arguments and \
compares with == to the literal that it must return. No variables, no imports, no other calls. They cover ordinary and \
edge cases, and are not in the <text>. Work each value out by hand: solutions are accepted by these tests.
- It is correct English, and a teacher would hand it out."""

PROMPT = """\
Solve the programming task below in Python. Explain your approach in a few sentences. Then write the whole program in \
one fenced block that begins with ```python. It defines the function with exactly the name and the parameters that the \
task gives, needs the standard library alone, reads and prints nothing, and runs no example.

<question>
[[QUESTION]]
</question>
"""

PASSED = "passed"
FEWEST_TESTS = 3
MOST_CHARS = 20_000  # of the tests of a question
MOST_VALUE_CHARS = 200_000  # of what a call returns
LIMITS = Limits(timeout_s=20.0, cpu_s=5)  # the clock is generous, so that a busy machine changes no verdict
_SHOWN_CHARS = 80
_FENCE = re.compile(r"\s*(?:```|~~~)[`~]*\s*(\w*)[^`]*$")
_PYTHON = ("", "python", "python3", "py")


class UnusableTests(ValueError):
    """Tests that no program may be judged by, and why."""


@dataclass(frozen=True, slots=True)
class Test:
    """A call, as source, and the value that it must return."""

    function: str
    call: str
    expected: Any

    def __str__(self) -> str:
        return f"assert {self.call} == {self.expected!r}"


def read_tests(written: str, question: str) -> tuple[str, ...]:
    """The tests that are written for a question, one line each: `assert f(arguments) == value`.

    `assert f(x)`, `assert not f(x)` and `assert f(x) is None` are taken for what they mean.

    Raises:
        UnusableTests: A line is no such test, the calls are of several functions or of one that the question does not
            name, there are fewer than three, or all expect one value, so that they say nothing about a program.
    """
    if len(written) > MOST_CHARS:
        raise UnusableTests(f"{len(written):,} characters, at most {MOST_CHARS:,} are read")
    source = "\n".join(line for line in written.splitlines() if not _FENCE.match(line))
    try:
        statements = parsed(source, "exec").body
    except UNREADABLE as error:
        raise UnusableTests(f"no Python: {' '.join(str(error).split())}") from error
    tests = {}
    for statement in statements:
        try:
            test = _test(statement)
        except UNREADABLE as error:
            line = source.splitlines()[statement.lineno - 1].strip()[:200]
            raise UnusableTests(f"not of the form `assert name(literals) == literal`: {line}") from error
        tests[str(test)] = test
    functions = {test.function for test in tests.values()}
    if len(functions) > 1:
        raise UnusableTests(f"they call several functions: {', '.join(sorted(functions))}")
    if len(tests) < FEWEST_TESTS:
        raise UnusableTests(f"{len(tests)} different tests, {FEWEST_TESTS} are needed")
    if len({test.call for test in tests.values()}) < len(tests):
        raise UnusableTests("they expect different values of the same call")
    if len({repr(test.expected) for test in tests.values()}) == 1:
        raise UnusableTests(f"every test expects {next(iter(tests.values())).expected!r}"[:200])
    (function,) = functions
    if not re.search(rf"\b{function}\b", question):
        raise UnusableTests(f"the question does not name the function {function}")
    return tuple(tests)


def stored(test: str) -> Test:
    """A test from its line, as `read_tests` gave it."""
    return _test(parsed(test, "exec").body[0])


def _test(statement: ast.stmt) -> Test:
    """Raises:
    ValueError: It has another form, or one of `UNREADABLE` where a literal cannot be read.
    """
    match statement:
        case ast.Assert(ast.Compare(ast.Call(ast.Name(function)) as call, [ast.Eq()], [value])):
            pass
        case ast.Assert(
            ast.Compare(ast.Call(ast.Name(function)) as call, [ast.Is()], [ast.Constant(True | False | None) as value])
        ):
            pass
        case ast.Assert(ast.Call(ast.Name(function)) as call):
            value = ast.Constant(True)
        case ast.Assert(ast.UnaryOp(ast.Not(), ast.Call(ast.Name(function)) as call)):
            value = ast.Constant(False)
        case _:
            raise ValueError("no assert of one call")
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        ast.literal_eval(argument)
    expected = ast.literal_eval(value)
    literal(repr(expected))  # 1e999 is a literal, and inf is none
    return Test(function, ast.unparse(call), expected)


def program_of(text: str, tests: Sequence[str]) -> str:
    """The program of an answer: its last fenced block that defines the tested function, or else its last; or nothing.

    A block that is never closed was cut off, and is none.
    """
    function = stored(tests[0]).function
    defines = re.compile(rf"^(?:def\s+{function}\b|{function}\s*[:=])", re.MULTILINE)
    blocks = [block for block in _blocks(without_thoughts(text)) if block.strip()]
    defining = [block for block in blocks if defines.search(block)]
    return (defining or blocks or [""])[-1]


def _blocks(text: str) -> Iterator[str]:
    """What stands in each fenced block of Python, or of no language, that is closed."""
    language: str | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if language is None:
            if fence:
                language, lines = fence[1].lower(), []
        elif fence and not line.strip(" \t\r`~"):
            if language in _PYTHON:
                yield textwrap.dedent("\n".join(lines))
            language = None
        else:
            lines.append(line)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a program: `passed`, or how it failed; and, where it passed, what each further call came to."""

    verdict: str
    outcomes: tuple[str, ...] = ()


def tried(program: str, tests: Sequence[str], limits: Limits = LIMITS) -> Trial:
    """Run a program on its tests and on further arguments like theirs (behaviour.py).

    A failure is a `wrong_value`, `exception`, `timeout`, `memory` or `killed`, and where.

    Raises:
        SandboxUnavailable: This machine cannot confine a program.
    """
    wanted = [stored(test) for test in tests]
    calls = tuple(test.call for test in wanted)
    further = further_calls(calls)
    run = run_calls(program, [*calls, *further], limits)
    for number, (test, returned) in enumerate(zip(wanted, run.returned, strict=False), start=1):
        where = f"test {number} of {len(wanted)}, {_shown(test.call)}"
        if returned.value is None:
            kind = "memory" if returned.error.startswith("MemoryError") else "exception"
            return Trial(f"{kind}: {where}: {returned.error}")
        if not _is_value(returned.value, test.expected):
            told = f"returned {_shown(returned.value)}, expected {_shown(repr(test.expected))}"
            return Trial(f"wrong_value: {where} {told}")
    if len(run.returned) >= len(wanted):
        outcomes = [_outcome(returned) for returned in run.returned[len(wanted) :]]
        return Trial(PASSED, (*outcomes, *[f"{RAISED}unfinished"] * (len(further) - len(outcomes))))
    where = f"in test {len(run.returned) + 1} of {len(wanted)}" if run.returned else "before its first test was done"
    match run.status:
        case "ok":
            return Trial(f"exception: {where}: it ended by itself")
        case "error":
            last = (run.errors.strip().splitlines() or ["it ended by itself"])[-1]
            return Trial(f"exception: {where}: {last[:200]}")
        case status:
            return Trial(f"{status}: {where}")


def _outcome(returned: Returned) -> str:
    """What a call came to, the same text for equal values and for exceptions of one type."""
    if returned.value is None:
        return f"{RAISED}{returned.error.partition(':')[0]}"
    try:
        return shortened(spelling(_value(returned.value)))
    except UNREADABLE:
        return shortened(f"{RAISED}unreadable {returned.value}")


def disagreement(outcomes: Sequence[Sequence[str]], tests: Sequence[str]) -> str:
    """The first further call on which programs differ, and what it comes to for each, the most frequent first."""
    calls = further_calls(tuple(stored(test).call for test in tests))
    for place in counting(outcomes):
        came = Counter(program[place] for program in outcomes)
        if len(came) > 1:
            told = "; ".join(f"{count} of {len(outcomes)} {_shown(one)}" for one, count in came.most_common())
            return f"{_shown(calls[place])}: {told}"
    return ""


def _is_value(source: str, expected: Any) -> bool:
    """Whether what a program wrote is the source of the value, which nothing of it runs to find out."""
    try:
        return _same(_value(source), expected)
    except UNREADABLE:
        return False


def _value(source: str) -> Any:
    """Raises: one of `UNREADABLE` where it is no literal, or too long for one."""
    if len(source) > MOST_VALUE_CHARS:
        raise ValueError(f"{len(source):,} characters")
    return literal(source)


def _same(value: Any, expected: Any) -> bool:
    """Equality as an assert has it, but that floating-point numbers may differ by 1e-6, relative."""
    if isinstance(value, (list, tuple)) and type(value) is type(expected):
        return len(value) == len(expected) and all(map(_same, value, expected))
    if isinstance(value, dict) and isinstance(expected, dict):
        return value.keys() == expected.keys() and all(_same(value[key], expected[key]) for key in value)
    if (
        isinstance(value, (int, float))
        and isinstance(expected, (int, float))
        and float in (type(value), type(expected))
    ):
        return value == expected or math.isclose(value, expected, rel_tol=1e-6, abs_tol=1e-9)
    if complex in (type(value), type(expected)) and isinstance(value, (int, float, complex)):
        return isinstance(expected, (int, float, complex)) and cmath.isclose(
            value, expected, rel_tol=1e-6, abs_tol=1e-9
        )
    return bool(value == expected)


def in_a_line(final_answer: str, tests: Sequence[str]) -> str:
    """A final answer as a line of text tells it: a program by its tests."""
    return f"a program that passes its {len(tests)} tests" if tests else final_answer


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}..."
