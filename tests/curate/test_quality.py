"""Signals of quality on hand-written questions."""

import pytest

from synthllm.builder.curate.quality import language, outside_references, vote_entropy


@pytest.mark.parametrize(
    "question",
    [
        "According to the article, how many bees live in a hive?",
        "In the figure above, find the angle $ABC$.",
        "What does the author of this passage claim about primes?",
        "Using the result of the previous problem, compute $f(3)$.",
        "As shown in the diagram, a circle touches a line. Find its radius.",
        "See Figure 3 and compute the shaded area.",
        "Use the table below to find the mean.",
        "In the figure, $AB = 3$. Find $BC$.",
        "Referring to the image, what is the angle?",
        "Given the function above, find $f(2)$.",
        "Use the results of Section 2.",
        "From the provided context, find $n$.",
        "Write `count(n: int)`, which does what the text says.",
        "如图所示，求面积。",
    ],
)
def test_question_that_needs_something_else_is_recognised(question):
    assert outside_references(question)


@pytest.mark.parametrize(
    "question",
    [
        "Find the area of a triangle with sides 3, 4 and 5.",
        "Draw the graph of $y = x^2$ and find its vertex.",
        "A figure skater turns 3 times. How many degrees is that?",
        "Let $f$ be given by $f(x) = 2x$. Find $f(3)$.",
        "A newspaper prints 4 articles a day. How many articles a week?",
        "Write `count(text: str) -> int`, the number of vowels in the text.",
        "Find the area of the region above the $x$-axis.",
        "How many sections of 3 m are in the fence?",
        "The table has four legs and the chair three. How many legs do 2 tables have?",
    ],
)
def test_question_that_stands_alone_is_left_in_peace(question):
    assert outside_references(question) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Find the sum of the first ten odd numbers.", "en"),
        ("Find $x$ if $x+2=5$.", "en"),
        ("Simplify: $-10-4(n-5)$", "en"),
        ("Compute $2^{10}$.", "en"),
        ("A pen costs as much as a pencil and an eraser. A pencil costs $1.20.", "en"),
        ("Calcule o valor de x.", "pt"),
        ("Calculer la somme des dix premiers nombres impairs.", "fr"),
        ("Bestimme die Summe der ersten zehn ungeraden Zahlen.", "de"),
        ("Calcula la suma de los diez primeros números impares.", "es"),
        ("求前十个奇数的和。", "zh"),
        ("最初の十個の奇数の和を求めよ。", "ja"),
        ("Найдите сумму первых десяти нечётных чисел.", "ru"),
        ("أوجد مجموع أول عشرة أعداد فردية.", "ar"),
        ("$x^2+1=0$", "und"),
        ("", "und"),
    ],
)
def test_language_of(text, code):
    assert language(text) == code


def test_entropy_is_zero_for_one_answer_and_one_bit_for_an_even_split():
    assert vote_entropy([5]) == 0.0
    assert vote_entropy([2, 2]) == 1.0
    assert vote_entropy([1, 1, 1, 1]) == 2.0
    assert vote_entropy([]) == 0.0
