"""Programs that pass their tests are compared on further arguments, which stay within what the tests show."""

import ast
import gc
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthllm.builder.answers import elect, enough
from synthllm.builder.behaviour import agreeing, further_calls
from synthllm.builder.literals import parsed, spelling
from synthllm.builder.programs import tried
from synthllm.builder.recipe import AnswersRecipe
from synthllm.builder.rows import Answer, Question, Rejected
from synthllm.builder.verify import verify

SETTINGS = AnswersRecipe(votes=3, max_votes=5)
TESTS = ("assert dedupe([]) == []", "assert dedupe([3, 1, 3, -2]) == [3, 1, -2]", "assert dedupe([7, 7]) == [7]")
RIGHT = "def dedupe(values):\n    return list(dict.fromkeys(values))"
ALSO_RIGHT = "def dedupe(values):\n    return [v for n, v in enumerate(values) if v not in values[:n]]"
LUCKY = "def dedupe(values):\n    return sorted(set(values), reverse=True)"  # right on descending lists only
QUESTION = Question(
    "q", "Write `dedupe`.", "level1", "programming", "college", "new", "Programming", (), (), (), (), (), "m", "h", 1,
    tests=TESTS,
)  # fmt: skip


def arguments(call):
    tree = ast.parse(call, mode="eval").body
    return [ast.literal_eval(value) for value in (*tree.args, *(keyword.value for keyword in tree.keywords))]


def made(*calls):
    return [arguments(call) for call in further_calls(calls)]


def sampled(*programs, weights=None):
    answers = []
    for number, program in enumerate(programs):
        trial = tried(program, TESTS)
        weight = weights[number] if weights else 1.0
        answers.append(Answer("q", number, program, program, "stop", "m", 0, weight, trial.verdict, trial.outcomes))
    return answers


def test_further_lists_have_the_types_and_the_range_of_the_given_ones_and_are_other_lists():
    given = ("f([])", "f([3, 1, 3, -2])", "f([7, 7])")
    calls = further_calls(given)
    assert len(set(calls)) == len(calls) == 48
    assert not set(calls) & set(given)
    lists = [argument for (argument,) in map(arguments, calls)]
    assert all(type(item) is int and -2 <= item <= 7 for items in lists for item in items)
    assert max(map(len, lists)) > 4  # longer than any given
    assert any(len(set(items)) < len(items) for items in lists)
    assert {0, -1} & {item for items in lists for item in items}


@pytest.mark.parametrize(
    ("calls", "holds"),
    [
        (("f(5)", "f(12)", "f(9)"), lambda n: type(n) is int and 5 <= n <= 12),
        (("f(-5)", "f(0)", "f(5)"), lambda n: -5 <= n <= 5),
        (("f(0.5)", "f(2.0)"), lambda x: type(x) is float and 0.5 <= x <= 2),
        (("f([True])", "f([False, True])"), lambda v: all(type(item) is bool for item in v)),
        (("f('abc')", "f('')", "f('cab')"), lambda s: type(s) is str and set(s) <= set("abc")),
        (("f([1, 4, 9])", "f([2, 3])", "f([])"), lambda v: v == sorted(v)),  # a search needs that
        (("f([3, 1, 2])", "f([5, 4])"), lambda v: len(set(v)) == len(v)),
        (("f([3, 1, 3])", "f([5, 4, 4])"), lambda v: len(v) == 3),
        (("f((3, 'a'))", "f((5, 'b'))"), lambda t: list(map(type, t)) == [int, str] and 3 <= t[0] <= 5),
        (("f([[1, 2], [3, 4]])", "f([[5, 6, 7]])"), lambda m: len({len(row) for row in m}) <= 1),
        (("f({'a': 1, 'b': 2})", "f({'a': 5, 'b': 0})"), lambda d: list(d) == ["a", "b"]),
        (("f({1, 2})", "f({3})"), lambda s: type(s) is set and s <= {1, 2, 3}),
        (("f([None, 2])", "f([1, 2])"), lambda v: all(item is None or type(item) is int for item in v)),
        ((f"f({10**400})", "f(1)"), lambda n: 1 <= n <= 10**400),
    ],
)  # fmt: skip
def test_further_arguments_keep_what_the_given_ones_have_in_common(calls, holds):
    found = made(*calls)
    assert found
    for (value,) in found:
        assert holds(value), value


def test_several_arguments_and_named_ones_keep_their_places():
    for values, n in made("f([1, 2, 3], n=2)", "f([4], n=1)", "f([], n=0)"):
        assert isinstance(values, list)
        assert 0 <= n <= 2


def test_tests_without_arguments_or_with_empty_ones_only_have_no_further_calls():
    assert further_calls(("f()", "f([])", "f('')", "f({})")) == ()


def test_further_calls_are_the_same_in_every_process():
    calls = ("f({'b', 'a', 'c'})", "f({'x'})", "f({'a': [1.5]}, 'xyz')")
    command = f"from synthllm.builder.behaviour import *\nprint(further_calls({calls!r}))"
    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", command], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True
        )
        assert told.stdout.strip() == repr(further_calls(calls)), told.stderr


LITERALS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=4)
    | st.binary(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=2) | st.integers(), inner, max_size=3)
        | st.sets(st.integers() | st.text(max_size=2), max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(LITERALS, max_size=3), min_size=1, max_size=5))
def test_any_literals_give_calls_with_literals(tests):
    written = (f"f({', '.join(map(repr, arguments))})" for arguments in tests)
    calls = tuple(call for call in written if not re.search(r"\b(?:inf|nan)", call))  # which are no literals
    for call in further_calls(calls) if calls else ():
        arguments(call)


def test_values_are_spelt_alike_where_an_assert_would_hold():
    assert spelling([True, 2.0, 0.1 + 0.2, {"b": 1, "a": {3, 1}}, (1j * 1j,)]) == spelling(
        [1, 2, 0.3, {"a": {1, 3}, "b": 1.0}, (-1,)]
    )
    different = [1, "1", [1], (1,), {1}, {1: 1}, None, 1.001, b"1", [], (), {}, [[1]]]
    assert len({spelling(value) for value in different}) == len(different)


def test_what_all_raise_on_does_not_count_and_what_some_raise_on_does():
    assert agreeing([("1", "!ValueError"), ("1", "!TypeError")]) == [[0, 1]]
    assert agreeing([("1", "!ValueError"), ("1", "2"), ("1", "!ValueError")]) == [[0, 2], [1]]
    assert agreeing([(), ()]) == [[0, 1]]


def test_a_wrong_program_that_passes_is_outvoted_by_what_it_does_beyond_the_tests():
    given = sampled(LUCKY, RIGHT, ALSO_RIGHT)
    assert [answer.verdict for answer in given] == ["passed"] * 3
    election = elect(given)
    assert (election.members, election.agreement) == ((1, 2), pytest.approx(2 / 3))
    assert verify(QUESTION, given, SETTINGS).final_answer == RIGHT


def test_programs_without_a_majority_are_asked_for_more_and_then_refused_with_where_they_differ():
    given = sampled(LUCKY, RIGHT)
    assert not enough(QUESTION, elect(given), given, SETTINGS)
    refused = verify(QUESTION, given, SETTINGS)
    assert isinstance(refused, Rejected)
    assert refused.reason == "ill_posed"
    assert refused.detail.startswith("programs that pass differ on dedupe([")
    assert ": 1 of 2 [" in refused.detail
    assert elect(sampled(LUCKY, RIGHT, ALSO_RIGHT, LUCKY)).members == ()


def test_programs_that_differ_are_asked_for_more_until_one_side_leads_by_two_or_none_are_left():
    def asked(*programs):
        given = sampled(*programs)
        return not enough(QUESTION, elect(given), given, SETTINGS)

    assert asked(LUCKY, LUCKY, RIGHT)
    assert asked(LUCKY, LUCKY, RIGHT, RIGHT)
    assert not asked(RIGHT, RIGHT, RIGHT, LUCKY)
    assert not asked(LUCKY, LUCKY, RIGHT, RIGHT, ALSO_RIGHT)
    assert not asked(RIGHT)


def test_one_program_that_passes_is_elected_by_itself_and_a_judge_may_break_a_tie():
    assert elect(sampled(RIGHT, "def dedupe(values): return 1")).members == (0,)
    assert elect(sampled(LUCKY, RIGHT, weights=[0.2, 0.9])).members == (1,)


def test_a_further_call_that_never_ends_changes_no_verdict():
    endless = RIGHT.replace("    return", "    while len(values) == 1: pass\n    return")
    (answer,) = sampled(endless)
    assert answer.verdict == "passed"
    assert "!unfinished" in answer.outcomes
    assert elect([answer, *sampled(RIGHT, RIGHT)]).members == (1, 2)


def test_any_number_of_threads_may_read_python_at_once():
    """A bare `ast.parse` ends in a SystemError here on Python 3.11, where the collector lets another thread go on."""
    texts = ("f(1) == 2", "f(" + "[" * 60 + "1" + "]" * 60 + ")")
    before = gc.get_threshold()
    give_way = lambda phase, told: time.sleep(0)  # noqa: E731
    gc.callbacks.append(give_way)
    gc.set_threshold(50)
    try:
        with ThreadPoolExecutor(8) as pool:
            trees = list(pool.map(lambda number: parsed(texts[number % 2], "eval"), range(2_000)))
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(give_way)
    assert {type(tree.body).__name__ for tree in trees} == {"Compare", "Call"}
