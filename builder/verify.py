"""Which answer of a vote is published, and whether it may be: the check that the paper leaves as future work.

A question is refused where no answer was completed (`truncated`, `no-answer`), where the answers do not agree
(`ill-posed`: the question is ambiguous, impossible or too hard), where the winning answer is no readable answer
(`unreadable`), and where every winning solution states a false equality (`false-arithmetic`). A question with tests is
refused where no answer passes them, or those that do differ on further arguments and none has a majority (`ill-posed`:
the task or its tests are wrong, it says too little, or it is too hard).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace

from ..eval.answers.forms import forms
from ..eval.answers.shapes import Words
from .answers import elect, last_round
from .arithmetic import false_equalities
from .curate.quality import language, outside_references, vote_entropy, word_count
from .programs import disagreement
from .recipe import AnswersRecipe
from .rows import Answer, Question, Rejected, VerifiedQuestion
from .tagged import without_thoughts

STAGE = "verify"
_SHOWN = 6  # answers shown as evidence

_SHARED = [field.name for field in fields(Question) if field.name in {field.name for field in fields(VerifiedQuestion)}]


def verify(question: Question, answers: Sequence[Answer], settings: AnswersRecipe) -> VerifiedQuestion | Rejected:
    """The question with the solution that its vote elects, or the reason for which it is refused.

    Of the winning answers, the solution with the most equalities that hold and none that is false is published; where
    they are level, the one that a judge weighted highest, then the first sample. Of programs that pass, it is the one
    that a judge weighted highest, then the first sample; one is enough, and its prose is not looked at.
    """
    voting = last_round(answers)
    if not settings.keep_thoughts:
        voting = [replace(answer, text=without_thoughts(answer.text)) for answer in voting]
    if not any(answer.final_answer for answer in voting):
        cut = all(answer.finish_reason == "length" for answer in voting)
        return Rejected(question.id, STAGE, "truncated" if cut else "no_answer", f"{len(voting)} answers sampled")
    election = elect(answers)
    if not election.members or (not question.tests and election.agreement < settings.min_agreement):
        return Rejected(question.id, STAGE, "ill_posed", _evidence(question, voting, election.clusters))
    if not question.tests and not _readable(election.winner):
        return Rejected(question.id, STAGE, "unreadable", election.winner[:200])
    winners = [voting[index] for index in election.members]
    solutions = [(answer, *((0, []) if question.tests else false_equalities(answer.text))) for answer in winners]
    sound = [(answer, checked) for answer, checked, wrong in solutions if not wrong]
    if not sound:
        return Rejected(question.id, STAGE, "false_arithmetic", "; ".join(solutions[0][2][:_SHOWN])[:500])
    answer, checked = min(sound, key=lambda pair: (-pair[0].weight, -pair[1], pair[0].sample))
    sizes = [len(cluster) for cluster in election.clusters]
    silent = len(voting) - sum(sizes)
    shared = {name: getattr(question, name) for name in _SHARED}
    return VerifiedQuestion(
        **shared,
        answer=answer.text,
        final_answer=answer.final_answer,
        messages=(
            {"role": "user", "content": question.question},
            {"role": "assistant", "content": answer.text},
        ),
        answer_model=answer.answer_model,
        votes=len(voting),
        agreement=election.agreement,
        verified=bool(question.tests) or len(election.members) > 1,
        question_words=word_count(question.question),
        answer_words=word_count(answer.text),
        vote_entropy=vote_entropy([*sizes, *([1] * silent)]),
        self_contained=not outside_references(question.question),
        language=language(question.question),
        checked_equalities=checked,
    )


def _readable(answer: str) -> bool:
    """Mathematics, or words that can be an answer: not a paragraph."""
    read = forms(answer)[0]
    return not isinstance(read, Words) or 0 < len(read.words) <= 30


def _evidence(question: Question, voting: Sequence[Answer], clusters: Sequence[Sequence[int]]) -> str:
    """How the votes fell: `2 of 5: 12; 2 of 5: 7; 1 of 5: none`; of programs, how each failed, or where they differ."""
    if question.tests:
        passing = [voting[place].outcomes for cluster in clusters for place in cluster]
        if passing:
            return f"programs that pass differ on {disagreement(passing, question.tests)}"
        failed = Counter(answer.verdict for answer in voting).most_common(_SHOWN)
        return "; ".join(f"{count} of {len(voting)}: {verdict}" for verdict, count in failed)
    parts = [
        f"{len(cluster)} of {len(voting)}: {voting[cluster[0]].final_answer[:80]}" for cluster in clusters[:_SHOWN]
    ]
    silent = len(voting) - sum(len(cluster) for cluster in clusters)
    if silent:
        parts.append(f"{silent} of {len(voting)}: none")
    return "; ".join(parts)
