"""The verdict on one completion: the answer that was read from it, whether it equals the gold answer, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..builder.endpoints.protocol import Completion, Outcome
from ..builder.tagged import THOUGHT_ENDS, without_thoughts
from .extract import boxed, final_answer
from .grade import equivalent, vote

REASONS = {
    "equal": "equals the gold answer",
    "differs": "another answer",
    "no answer": "ended without an answer that could be read",
    "truncated": "cut off before an answer was boxed",
    "empty": "the model wrote nothing",
    "refused": "the request was refused, or did not fit the model",
}


@dataclass(frozen=True)
class Verdict:
    """What was read from a completion. `why` is one of `REASONS`."""

    answer: str
    correct: bool
    why: str


def verdict(outcome: Outcome, gold: str) -> Verdict:
    """Read and grade a completion.

    One that was cut off counts only if it has boxed an answer by then: what else could be read from its end is no
    answer.
    """
    if not isinstance(outcome, Completion):
        return Verdict("", False, "refused")
    return verdict_on(outcome.text, outcome.finish_reason == "length", gold)


def verdict_on(text: str, truncated: bool, gold: str) -> Verdict:
    """The same from a completion's text and whether it was cut off.

    What a model thought before it answered, up to `</think>`, is passed over: it holds drafts.
    """
    if truncated and "<think>" in text and THOUGHT_ENDS not in text:
        return Verdict("", False, "truncated")
    text = without_thoughts(text)
    if not text.strip():
        return Verdict("", False, "empty")
    answer = boxed(text) if truncated else final_answer(text)
    if not answer:
        return Verdict("", False, "truncated" if truncated else "no answer")
    correct = equivalent(answer, gold)
    return Verdict(answer, correct, "equal" if correct else "differs")


def majority_correct(answers: Sequence[str], gold: str) -> bool:
    """Whether the most frequent of several answers equals the gold answer; empty answers do not vote."""
    winner = vote(answers).winner
    return bool(winner) and equivalent(winner, gold)
