"""Stage 3: sampled answers to a question, as many as its vote needs (the paper's M_A, with the majority vote it names).

Sampling is adaptive: `votes` answers at first, then one at a time while the vote is split, up to `max_votes`. A vote
that stays split can be debated: every answer is shown the others and given once more. A judge can weight the answers.
Of a question with tests, the answers are programs. Those that pass vote by what they do on further arguments; more are
sampled while none passes, or those that do are split.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Sequence
from dataclasses import replace

from ..eval.extract import final_answer
from ..eval.grade import Vote, vote
from . import programs
from .behaviour import agreeing
from .domains import Answers
from .endpoints.protocol import Completion, Generate, Request
from .prompts import fill
from .randomness import row_seed
from .recipe import AnswersRecipe, SamplingRecipe
from .rows import Answer, Question
from .tagged import block, without_thoughts

PROMPT = """\
Solve the problem below. Reason step by step and show every calculation. At the end, put the final answer within \
\\boxed{}. An exact answer is wanted unless the problem asks for an approximation; where there are several values, box \
them together, separated by commas.

<question>
[[QUESTION]]
</question>
"""
PROMPTS: dict[Answers, str] = {"value": PROMPT, "code": programs.PROMPT}

DEBATE = """\
Solve the problem below. Several solutions disagree; they follow the problem. Find out where they go wrong, then write \
a complete solution of your own. At the end, put the final answer within \\boxed{}.

<question>
[[QUESTION]]
</question>

[[SOLUTIONS]]
"""

JUDGE = """\
# Task: rate a solution

Rate from 1 (wrong) to 10 (every step is correct and the final answer follows) the solution of a problem.

<problem>
[[QUESTION]]
</problem>

<solution>
[[SOLUTION]]
</solution>

Reply with the rating alone, as <rating>number</rating>.
"""
UNJUDGED = 5.5  # the middle of the scale, for a rating that cannot be read
_RATING = re.compile(r"\d+(?:\.\d+)?")


async def answers(
    question: Question, generate: Generate, settings: AnswersRecipe, sampling: SamplingRecipe
) -> list[Answer]:
    """Sample answers to a question until its vote is settled or `max_votes` are there, then debate a split vote.

    A truncated sample is an answer without a final answer. At temperature 0 every sample would be the same, so one is
    taken.

    Raises:
        RequestFailed: The server refuses the request, through the question's own fault.
        SandboxUnavailable: The answers are programs, and this machine cannot confine one.
    """
    first = settings.votes if sampling.temperature > 0 else 1
    prompt = fill(PROMPTS["code" if question.tests else "value"], QUESTION=question.question)
    found = await _together([_sample(question, prompt, generate, sampling, number) for number in range(first)])
    if settings.judge:
        found = await _judged(question, found, generate)
    while (
        sampling.temperature > 0
        and len(found) < settings.max_votes
        and not enough(question, await _elect(found), found, settings)
    ):
        more = [await _sample(question, prompt, generate, sampling, len(found))]
        found.extend(await _judged(question, more, generate) if settings.judge else more)
    everything = list(found)
    for number in range(1, settings.debate_rounds + 1):
        election = await _elect(found)
        if len(election.clusters) < 2:
            break
        found = await _debate(question, found, election, generate, sampling, number, len(everything))
        if settings.judge:
            found = await _judged(question, found, generate)
        everything.extend(found)
    return everything


def last_round(given: Sequence[Answer]) -> list[Answer]:
    """The answers that vote: those of the last debate, or all where there was none."""
    latest = max((answer.round for answer in given), default=0)
    return [answer for answer in given if answer.round == latest]


def elect(given: Sequence[Answer]) -> Vote:
    """The vote over the last round of answers.

    Programs vote by passing, and one that fails is no answer. Those that pass are of one cluster where they do the same
    on further arguments; without a majority among them, nobody is elected.
    """
    voting = last_round(given)
    weights = [answer.weight for answer in voting]
    passing = [place for place, answer in enumerate(voting) if answer.verdict == programs.PASSED]
    if not passing:
        return vote([_voice(answer) for answer in voting], weights)
    groups = agreeing([voting[place].outcomes for place in passing])
    clusters = [tuple(passing[number] for number in group) for group in groups]
    counted = [sum(weights[place] for place in cluster) for cluster in clusters]
    clusters.sort(key=lambda cluster: -sum(weights[place] for place in cluster))
    elected = clusters[0] if 2 * max(counted) > sum(counted) else ()
    return Vote(programs.PASSED if elected else "", elected, max(counted) / sum(weights), tuple(clusters))


def _voice(answer: Answer) -> str:
    """What an answer counts for in the vote; empty where it has none."""
    if not answer.verdict:
        return answer.final_answer
    return programs.PASSED if answer.verdict == programs.PASSED else ""


async def _elect(given: Sequence[Answer]) -> Vote:
    # In a thread: an equality that needs computer algebra may take its whole time limit.
    return await asyncio.to_thread(elect, given)


def enough(question: Question, election: Vote, given: Sequence[Answer], settings: AnswersRecipe) -> bool:
    """Whether no more samples are needed: the vote is settled, or all programs that pass agree.

    Where programs that pass differ, it takes the same lead as with values: mistakes repeat themselves.
    """
    if not question.tests:
        return settled(election, given, settings)
    if len(election.clusters) < 2:
        return bool(election.members)
    return bool(election.members) and _lead(election) >= min(2, settings.max_votes - len(given) + 1)


def settled(election: Vote, given: Sequence[Answer], settings: AnswersRecipe) -> bool:
    """Whether further samples would be a waste.

    They are where the winner has its share and leads by two votes or more, or by more than there are samples left; and
    where even all samples left could not lift any answer to `min_agreement`.
    """
    left = settings.max_votes - len(given)
    leader = len(election.clusters[0]) if election.clusters else 0
    if leader + left < settings.min_agreement * settings.max_votes:
        return True
    return election.agreement >= settings.min_agreement and _lead(election) >= min(2, left + 1)


def _lead(election: Vote) -> int:
    """The votes that the first cluster has more than the second."""
    sizes = [len(cluster) for cluster in election.clusters[:2]]
    return sizes[0] - sum(sizes[1:]) if sizes else 0


async def _together(samples: Sequence[Awaitable[Answer]]) -> list[Answer]:
    """All samples at once; where one fails the others are waited for first, since they are paid for."""
    found: list[Answer] = []
    for result in await asyncio.gather(*samples, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
        found.append(result)
    return found


async def _sample(
    question: Question, prompt: str, generate: Generate, sampling: SamplingRecipe, number: int, debate: int = 0
) -> Answer:
    completion = await generate(
        Request(
            [{"role": "user", "content": prompt}],
            max_tokens=sampling.max_tokens,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            seed=row_seed(question.seed, "answer", question.id, number),
            sample=number,
        )
    )
    return await _answer(question, completion, number, debate)


async def _answer(question: Question, completion: Completion, number: int, debate: int) -> Answer:
    text = completion.text if completion.finish_reason != "length" else ""
    if question.tests:
        stated = programs.program_of(text, question.tests)
        none = programs.Trial("no_program")
        # In a thread, since it waits for a process.
        trial = await asyncio.to_thread(programs.tried, stated, question.tests) if stated else none
    else:
        stated, trial = final_answer(text), programs.Trial("")
    return Answer(
        question_id=question.id,
        sample=number,
        text=completion.text,
        final_answer=stated,
        finish_reason=completion.finish_reason,
        answer_model=completion.model,
        round=debate,
        verdict=trial.verdict,
        outcomes=trial.outcomes,
    )


async def _judged(question: Question, given: Sequence[Answer], generate: Generate) -> list[Answer]:
    return await _together([_rated(question, answer, generate) for answer in given])


async def _rated(question: Question, answer: Answer, generate: Generate) -> Answer:
    """The answer with its weight, a rating of 1 to 10 as a share of 10; one that has no voice is not rated."""
    if not _voice(answer):
        return answer
    prompt = fill(JUDGE, QUESTION=question.question, SOLUTION=without_thoughts(answer.text))
    seed = row_seed(question.seed, "judge", question.id, answer.sample)
    completion = await generate(
        Request([{"role": "user", "content": prompt}], max_tokens=64, temperature=0.0, seed=seed, sample=answer.sample)
    )
    reply = block(completion.text, "rating") or completion.text
    number = _RATING.search(reply)
    rating = float(number[0]) if number and 1 <= float(number[0]) <= 10 else UNJUDGED
    return replace(answer, weight=rating / 10)


async def _debate(
    question: Question,
    given: Sequence[Answer],
    election: Vote,
    generate: Generate,
    sampling: SamplingRecipe,
    number: int,
    start: int,
) -> list[Answer]:
    """One more answer for each that has one, after seeing one solution of every other camp."""
    speakers = [cluster[0] for cluster in election.clusters]
    tasks: list[Awaitable[Answer]] = []
    for cluster in election.clusters:
        others = [given[index] for index in speakers if index not in cluster]
        solutions = "\n\n".join(f"<solution>\n{without_thoughts(other.text)}\n</solution>" for other in others)
        prompt = fill(DEBATE, QUESTION=question.question, SOLUTIONS=solutions)
        for _ in cluster:
            tasks.append(_sample(question, prompt, generate, sampling, start + len(tasks), number))
    return await _together(tasks)
