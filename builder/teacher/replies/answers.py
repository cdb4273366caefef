"""Answers: a worked solution, laid out in one of several ways, with the final answer in a box."""

from __future__ import annotations

import functools
import re

from ..family import tex
from ..mistakes import Attempt, right, wrong
from ..problem import Problem
from ..reading import read
from .chance import Chance
from .prompt import Prompt

REMEMBERED = 4_096  # questions; a vote asks the same one several times
NOT_UNDERSTOOD = (
    "I do not understand this question well enough to solve it, so I give no answer.",
    "I am not able to read a problem that I can solve exactly in this question, so I leave it unanswered.",
    "This question is outside of what I can work out exactly, and I would rather not guess.",
)
OPENINGS = (
    "",
    "",
    "Let us work through this step by step.",
    "We take the problem one step at a time.",
    "Here is a worked solution.",
    "We first note what is asked, then compute it.",
    "The solution follows directly from the definitions.",
)
CHAIN_OPENINGS = (
    "",
    "The problem has {count} parts, and each uses the one before.",
    "We find the values one after the other.",
    "We work from the first quantity to the last.",
    "Each part needs the result of the one before, so we go in order.",
)
PART_OPENINGS = (
    ("", "", "", "", "", ""),
    ("First part.", "Second part.", "Third part.", "Fourth part.", "Fifth part.", "Sixth part."),
    ("**Step 1.**", "**Step 2.**", "**Step 3.**", "**Step 4.**", "**Step 5.**", "**Step 6.**"),
    ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"),
)
ENDINGS = (
    "The final answer is $\\boxed{{{answer}}}$.",
    "Therefore, the answer is $\\boxed{{{answer}}}$.",
    "Hence the answer is $\\boxed{{{answer}}}$.",
    "So the result is $\\boxed{{{answer}}}$.",
    "Answer: $\\boxed{{{answer}}}$",
    "This gives the final answer $\\boxed{{{answer}}}$.",
    "Thus the value asked for is $\\boxed{{{answer}}}$.",
)


_INSTRUCTION = re.compile(r"^.*\\boxed\{\}.*$", re.MULTILINE)  # the line that asks for a box


@functools.lru_cache(maxsize=REMEMBERED)
def _understood(question: str) -> tuple[Problem, Attempt] | None:
    problem = read(question)
    if problem is None:
        return None
    try:
        return problem, right(problem)
    except ValueError:  # read from its words alone, a chain may hand on a number that does not fit
        return None


def answer(prompt: Prompt, chance: Chance) -> str:
    """A worked solution of the question; an honest reply without a box where it is not understood."""
    understood = _understood(_question(prompt))
    if understood is None:
        return chance.one(NOT_UNDERSTOOD)
    problem, attempt = understood
    if chance.error_rate and chance.happens(chance.error_rate):
        attempt = wrong(problem, chance.rng)
    return laid_out(attempt, chance)


def understands(prompt: Prompt) -> bool:
    """Whether a prompt without a task of ours is itself a problem, as an evaluation puts it."""
    return _understood(_question(prompt)) is not None


def _question(prompt: Prompt) -> str:
    """The question in its tags, or else all but the line that asks for a box."""
    return prompt.question or _INSTRUCTION.sub("", prompt.instructions).strip()


def judge(prompt: Prompt, chance: Chance) -> str:
    """A rating of a solution: high where its final answer is right, low where it is wrong, middling where unsure."""
    understood = _understood(prompt.question or "")
    if understood is None:
        return "<rating>5</rating>"
    right_answer = rf"\boxed{{{tex(understood[1].value)}}}"
    given = (prompt.solution or "").replace(" ", "")
    return (
        f"<rating>{chance.one((9, 10)) if right_answer.replace(' ', '') in given else chance.one((1, 2, 3))}</rating>"
    )


def laid_out(attempt: Attempt, chance: Chance) -> str:
    """A solution as a reply: perhaps an opening, the parts, and the final answer in a box."""
    several = len(attempt.worked) > 1
    names = ("one", "two", "three", "four", "five", "six")
    opening = chance.one(CHAIN_OPENINGS if several else OPENINGS).format(count=names[len(attempt.worked) - 1])
    headings = chance.one(PART_OPENINGS) if several else PART_OPENINGS[0]
    between = "\n" if chance.happens(0.3) else " "
    paragraphs = [opening] if opening else []
    for heading, worked in zip(headings, attempt.worked, strict=False):
        steps = [*worked.solution.steps, *worked.handover]
        paragraphs.append(f"{heading} {between.join(steps)}".strip())
    if attempt.value is None:
        whole = "\n\n".join(paragraphs)
        broken_off = whole[: int(len(whole) * chance.rng.uniform(0.4, 0.95))]
        return broken_off.rsplit(" ", 1)[0]
    paragraphs.append(chance.one(ENDINGS).format(answer=tex(attempt.value)))
    return "\n\n".join(paragraphs)
