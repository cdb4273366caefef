"""Which solution a vote publishes, and why a question is refused."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthllm.builder.arithmetic import false_equalities
from synthllm.builder.recipe import AnswersRecipe
from synthllm.builder.rows import Answer, Question, Rejected, VerifiedQuestion
from synthllm.builder.verify import verify
from synthllm.eval.extract import final_answer

SETTINGS = AnswersRecipe()
KEEPING = AnswersRecipe(keep_thoughts=True)
QUESTION = Question(
    id="q1", question="What is 6 times 7?", level="level2", domain="mathematics", school_level="elementary",
    origin="new", subject="Arithmetic", topics=("multiplication",), concepts=("times table",), document_ids=("d1",),
    document_urls=("u1",), walk=("a", "b"), question_model="m", prompt_hash="h", seed=11, document_shortened=True,
)  # fmt: skip


def answer(sample, text, finish="stop", **more):
    return Answer("q1", sample, text, final_answer(text) if finish == "stop" else "", finish, "model-a", **more)


def verified(*texts):
    return verify(QUESTION, [answer(i, text) for i, text in enumerate(texts)], SETTINGS)


def test_winning_solution_is_published_with_its_vote():
    row = verified(r"\boxed{41}", r"$6 \cdot 7 = 42$, so \boxed{42}", r"\boxed{42.0}")
    assert isinstance(row, VerifiedQuestion)
    assert row.answer == r"$6 \cdot 7 = 42$, so \boxed{42}"
    assert row.final_answer == "42"
    assert row.messages == (
        {"role": "user", "content": "What is 6 times 7?"},
        {"role": "assistant", "content": row.answer},
    )
    assert (row.votes, row.agreement, row.verified) == (3, pytest.approx(2 / 3), True)
    assert (row.walk, row.seed, row.document_shortened, row.answer_model) == (("a", "b"), 11, True, "model-a")
    assert (row.question_words, row.self_contained, row.language, row.checked_equalities) == (5, True, "en", 1)
    assert row.vote_entropy == pytest.approx(-(2 / 3) * math.log2(2 / 3) - (1 / 3) * math.log2(1 / 3))


def test_single_answer_is_published_but_not_called_verified():
    row = verified(r"\boxed{42}")
    assert isinstance(row, VerifiedQuestion)
    assert (row.votes, row.agreement, row.verified) == (1, 1.0, False)


def test_answers_that_disagree_reject_the_question_with_the_evidence():
    row = verified(r"\boxed{41}", r"\boxed{42}", r"\boxed{42}", r"\boxed{40}", "I cannot say.")
    assert row == Rejected("q1", "verify", "ill_posed", "2 of 5: 42; 1 of 5: 40; 1 of 5: 41; 1 of 5: none")


def test_no_answer_and_truncation_are_told_apart():
    assert verified("I cannot say.").reason == "no_answer"
    cut = [answer(i, r"\boxed{42}", "length") for i in range(3)]
    assert verify(QUESTION, cut, SETTINGS).reason == "truncated"
    assert verify(QUESTION, [], SETTINGS).reason == "truncated"


def test_solution_with_a_false_equality_is_passed_over():
    row = verified(r"Since $6 \cdot 7 = 43$, \boxed{42}", r"$6+6=12$ ... \boxed{42}", r"\boxed{42}")
    assert isinstance(row, VerifiedQuestion)
    assert row.answer.startswith("$6+6=12$")


def test_question_is_rejected_where_every_winning_solution_states_a_false_equality():
    row = verified(*[r"Since $6 \cdot 7 = 43$, \boxed{42}"] * 3)
    assert (row.reason, row.detail) == ("false_arithmetic", r"6 \cdot 7 = 43")


def test_paragraph_in_the_box_is_no_readable_answer():
    row = verified(*[r"\boxed{" + "word " * 60 + "}"] * 3)
    assert row.reason == "unreadable"


def test_judged_solution_comes_first():
    given = [answer(0, r"one \boxed{42}", weight=0.3), answer(1, r"two \boxed{42}", weight=0.9)]
    assert verify(QUESTION, given, SETTINGS).answer == r"two \boxed{42}"


def test_only_the_last_round_of_a_debate_votes():
    given = [
        answer(0, r"\boxed{41}"),
        answer(1, r"\boxed{42}"),
        answer(2, r"\boxed{42}", round=1),
        answer(3, r"\boxed{42}", round=1),
    ]
    row = verify(QUESTION, given, SETTINGS)
    assert (row.votes, row.agreement) == (2, 1.0)


TESTED = replace(QUESTION, tests=("assert f(1) == 1", "assert f(2) == 4", "assert f(3) == 9"))


def program(sample, verdict, **more):
    text = f"Square it.\n```python\ndef f(x): return x * x  # {sample}\n```\nSo $2 + 2 = 5$."
    return Answer("q1", sample, text, f"def f(x): return x * x  # {sample}", "stop", "model-a", verdict=verdict, **more)


def test_one_program_that_passes_is_enough_and_its_prose_is_not_looked_at():
    given = [program(0, "timeout: in test 1 of 3"), program(1, "passed"), program(2, "wrong_value: test 2 of 3")]
    row = verify(TESTED, given, SETTINGS)
    assert isinstance(row, VerifiedQuestion)
    assert (row.answer, row.final_answer, row.tests) == (given[1].text, given[1].final_answer, TESTED.tests)
    assert row.messages[1]["content"] == given[1].text
    assert "assert" not in str(row.messages)
    assert (row.votes, row.agreement, row.verified) == (3, pytest.approx(1 / 3), True)
    assert row.vote_entropy == pytest.approx(math.log2(3))


def test_programs_that_pass_are_one_vote_whatever_they_look_like():
    row = verify(TESTED, [program(0, "passed", weight=0.2), program(1, "passed", weight=0.9)], SETTINGS)
    assert isinstance(row, VerifiedQuestion)
    assert (row.agreement, row.vote_entropy) == (1.0, 0.0)
    assert row.final_answer.endswith("# 1")


def test_task_whose_tests_no_program_passes_is_rejected_with_how_each_failed():
    given = [program(0, "timeout: in test 1 of 3"), *(program(i, "exception: ZeroDivisionError") for i in (1, 2))]
    row = verify(TESTED, given, SETTINGS)
    evidence = "2 of 3: exception: ZeroDivisionError; 1 of 3: timeout: in test 1 of 3"
    assert row == Rejected("q1", "verify", "ill_posed", evidence)


TRUE = [
    "He has 3 + 4 = 7 apples and sells 2 * 3 = 6.",
    r"$\frac{1}{2}+\frac{1}{3}=\frac{5}{6}$",
    r"$\frac{10}{3} = 3.33$",
    "10/3 = 3.3333",
    "<<16-3-4=9>>9",
    r"\[ 2^{10} = 1024 \]",
    r"$\sqrt{16} = 4 = 2^2$",
    r"$5! = 120$",
    r"\begin{align*} 3 + 4 &= 7 \\ &= 5 + 2 \end{align*}",
    "1,200 + 300 = 1,500.",
    r"$\sin \frac{\pi}{6} = \frac{1}{2}$",
]
FALSE = [
    ("5*6 = 31.", "5*6 = 31"),
    (r"$\frac{1}{2}+\frac{1}{3}=\frac{2}{5}$", r"\frac{1}{2}+\frac{1}{3} = \frac{2}{5}"),
    ("Then 10/3 = 3.5.", "10/3 = 3.5"),
    (r"$3+4 = 7 = 8$", "7 = 8"),
    ("<<16-3-4=8>>8", "16-3-4 = 8"),
]
NOT_LOOKED_AT = [
    "Let x = 3, so 2x = 6.",
    "This gives 1 = 0, a contradiction.",
    r"$17 = 2 \pmod 5$",
    "17 / 5 = 3 remainder 2",
    "about 10 / 3 = 3.4",
    r"$\pi \approx 3.2$",
    r"$101_2 = 5$",
    "In base 8 we have 7 + 1 = 10.",
    "20% of 50 = 10",
    r"$f(2) = 5$",
    r"$e = 5$ and $i = 3$",
    "chapter 3.4 = introduction",
    "the costs $3 * $4 = $12",
    "0.333... = 1/3",
    r"$\log 100 = 4.6$",
    "2:15 PM = 14:15",
    "= 5",
    "",
    "9^9^9^9 = 3",
    "=" * 10_000,
    "(" * 5_000 + "1 = 2",
]


@pytest.mark.parametrize("text", TRUE)
def test_true_equalities_are_confirmed(text):
    checked, wrong = false_equalities(text)
    assert checked >= 1
    assert wrong == []


@pytest.mark.parametrize(("text", "statement"), FALSE)
def test_false_equalities_are_found(text, statement):
    assert false_equalities(text)[1] == [statement]


@pytest.mark.parametrize("text", NOT_LOOKED_AT)
def test_what_is_no_plain_statement_is_not_held_against_a_solution(text):
    assert false_equalities(text)[1] == []


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 999), st.integers(1, 999), st.sampled_from("+-*"), st.integers(-3, 3))
def test_sums_and_products_are_checked(a, b, sign, error):
    value = {"+": a + b, "-": a - b, "*": a * b}[sign]
    _, wrong = false_equalities(f"We find that {a} {sign} {b} = {value + error}, as wanted.")
    assert bool(wrong) == (error != 0)


def test_thoughts_are_published_only_where_the_recipe_keeps_them():
    texts = [r"<think>Is $6 \cdot 7 = 41$? No.</think>" "\n\n" r"$6 \cdot 7 = 42$, so \boxed{42}"] * 2
    answers = [answer(i, text) for i, text in enumerate(texts)]
    row = verify(QUESTION, answers, SETTINGS)
    assert isinstance(row, VerifiedQuestion)
    assert row.answer == r"$6 \cdot 7 = 42$, so \boxed{42}"
    assert row.messages[1]["content"] == row.answer
    kept = verify(QUESTION, [answer(i, text.replace("41", "42")) for i, text in enumerate(texts)], KEEPING)
    assert isinstance(kept, VerifiedQuestion)
    assert kept.answer.startswith("<think>")
