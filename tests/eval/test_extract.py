"""The final answer of solutions in the forms that models write."""

import time

import pytest
from model_outputs import OUTPUTS

from synthllm.eval.extract import final_answer
from synthllm.eval.grade import equivalent

CASES = {
    "one box": (r"So the answer is $\boxed{5}$.", "5"),
    "nested braces": (r"\boxed{\frac{1}{\sqrt{2}}}", r"\frac{1}{\sqrt{2}}"),
    "box with a space": (r"\boxed {7}", "7"),
    "fbox": (r"\fbox{7}", "7"),
    "box without braces": (r"$\boxed 7$", "7"),
    "escaped brace inside": (r"\boxed{\{1,2\}}", r"\{1,2\}"),
    "last of several boxes": (r"First \boxed{1}. In the end we get \boxed{2}.", "2"),
    "boxes joined by and": (r"$x=\boxed{2}$ and $\boxed{3}$", "2, 3"),
    "boxes joined by or": (r"\boxed{2} \text{ or } \boxed{3}", "2, 3"),
    "the same box twice": (r"\boxed{4}, \boxed{4}", "4"),
    "a box in a box": (r"\boxed{x = \boxed{3}}", r"x = \boxed{3}"),
    "an empty box is no answer": (r"\boxed{} The answer is 3.", "3"),
    "an empty box after a full one": (r"\boxed{3} and so \boxed{}", "3"),
    "box beats sentence": (r"\boxed{3}. The answer is 4.", "3"),
    "hashes": ("He has 16 - 3 = 13.\n#### 1,300", "1,300"),
    "answer is": ("Thus the answer is 42.", "42"),
    "answer is, decimal": ("The answer is 4.5.", "4.5"),
    "final answer with colon": ("Final answer: 42", "42"),
    "bold": ("The final answer is: **42**", "42"),
    "formula after answer": (r"The answer is $\frac{1}{2}$ because of symmetry.", r"\frac{1}{2}"),
    "display after answer": ("The final answer is:\n\\[\n\\frac{1}{2}\n\\]", "\\frac{1}{2}"),
    "last sentence counts": ("The answer is 3? No. The answer is 4.", "4"),
    "choice": ("The correct option is (B).", "(B)"),
    "answer tags": ("<think>x</think><answer> 12 </answer>", "12"),
    "bare last line": ("We add them.\n\n7", "7"),
    "bare formula": ("We add.\n$x = 7$", "x = 7"),
    "chain on the last line": ("x = 3 + 4 = 7", "7"),
    "two values on the last line": ("x = 2, y = 3", "x = 2, y = 3"),
    "prose has no answer": ("I could not find a solution to this.", ""),
    "empty": ("", ""),
    "unclosed box": (r"The result is \boxed{\frac{1}{2}", ""),
    "tuple": (r"\boxed{(3, \frac{\pi}{2})}", r"(3, \frac{\pi}{2})"),
    "set in words": (r"\boxed{\text{no solution}}", r"\text{no solution}"),
}


@pytest.mark.parametrize("name", CASES)
def test_final_answer_of(name):
    text, expected = CASES[name]
    assert final_answer(text) == expected


def test_outputs_of_models_are_graded_as_a_reader_would():
    wrong = [
        (output, final_answer(output)) for output, gold, e in OUTPUTS if equivalent(final_answer(output), gold) != e
    ]
    assert wrong == []


def test_a_megabyte_of_anything_takes_no_time():
    started = time.monotonic()
    final_answer("\\boxed{" * 150_000)
    final_answer("{" * 1_000_000)
    final_answer("\\boxed{1} " * 100_000)
    final_answer("The answer is " * 70_000)
    final_answer("= " * 500_000)
    final_answer("The cost is $" * 80_000 + "5.")
    final_answer("<think>" * 100_000 + "</think>" * 100_000)
    final_answer("**" * 500_000 + "5.")
    final_answer("1," * 500_000 + ".")
    final_answer("1" * 500_000 + " of ")
    final_answer("The answer is " + "1 of " * 200_000)
    final_answer("(1" + "," * 500_000)
    final_answer("x **" + "1" * 500_000)
    final_answer("5 units (" + "1" * 500_000)
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(("opening", "closing"), [("$", "$"), ("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)")])
def test_a_stated_formula_may_have_several_lines(opening: str, closing: str) -> None:
    matrix = "\\begin{pmatrix}\n1 & 2 \\\\\n3 & 4\n\\end{pmatrix}"
    text = f"We add.\nThe answer is {opening}{matrix}{closing}.\nIt was easy."
    assert final_answer(text) == matrix
    assert final_answer(f"The answer is:\n\n{opening}\n{matrix}\n{closing}\n") == matrix
    assert final_answer("The answer is $7\nand never closed") == "$7"
