"""Sampling answers until the vote is settled, with a scripted model behind the same interface as real ones."""

import asyncio
import dataclasses

import pytest

from synthllm.builder.answers import PROMPT, answers, elect, last_round, settled
from synthllm.builder.endpoints.protocol import Completion, Failure, RequestFailed
from synthllm.builder.recipe import AnswersRecipe, SamplingRecipe
from synthllm.builder.rows import Question
from synthllm.eval.grade import vote

SAMPLING = SamplingRecipe()


def question(text="What is 6 times 7?"):
    return Question(
        id="q1", question=text, level="level1", domain="mathematics", school_level="elementary", origin="new",
        subject="Arithmetic", topics=("multiplication",), concepts=("times table",), document_ids=("d1",),
        document_urls=("u1",), walk=(), question_model="m", prompt_hash="h", seed=11,
    )  # fmt: skip


class Scripted:
    """Answers sample i with the i-th reply, and keeps what it was asked."""

    def __init__(self, *replies):
        self.replies = replies
        self.requests = []

    async def __call__(self, request):
        self.requests.append(request)
        await asyncio.sleep(0.001 * (5 - request.sample % 5))  # completes out of order
        reply = self.replies[request.sample]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, Completion):
            return reply
        return Completion(reply, "stop", 10, 5, model="model-a")


def ask(generate, sampling=SAMPLING, **settings):
    return asyncio.run(answers(question(), generate, AnswersRecipe(**settings), sampling))


def test_agreeing_answers_stop_at_the_first_round():
    generate = Scripted(r"\boxed{42}", "The answer is 42.", r"\boxed{42.0}")
    given = ask(generate)
    assert [answer.sample for answer in given] == [0, 1, 2]
    assert [answer.final_answer for answer in given] == ["42", "42", "42.0"]
    assert given[0].answer_model == "model-a"
    assert len(generate.requests) == 3


def test_prompt_has_the_question_between_tags_and_asks_for_a_box():
    generate = Scripted(*[r"\boxed{42}"] * 3)
    asyncio.run(answers(question("Is [[QUESTION]] a slot in $\\frac{1}{2}$?"), generate, AnswersRecipe(), SAMPLING))
    prompt = generate.requests[0].messages[0]["content"]
    assert "<question>\nIs [[QUESTION]] a slot in $\\frac{1}{2}$?\n</question>" in prompt
    assert "put the final answer within \\boxed{}" in prompt
    assert "<question>\n[[QUESTION]]\n</question>" in PROMPT


def test_every_sample_has_its_own_seed_that_the_question_determines():
    first, second = Scripted(*[r"\boxed{42}"] * 3), Scripted(*[r"\boxed{42}"] * 3)
    ask(first)
    ask(second)
    seeds = {request.sample: request.seed for request in first.requests}
    assert len(set(seeds.values())) == 3
    assert seeds == {request.sample: request.seed for request in second.requests}


def test_split_vote_asks_for_more_until_it_is_settled():
    generate = Scripted(r"\boxed{42}", r"\boxed{41}", r"\boxed{42}", r"\boxed{42}", r"\boxed{0}")
    assert len(ask(generate)) == 4


def test_split_vote_ends_at_the_bound():
    generate = Scripted(*[rf"\boxed{{{n}}}" for n in (1, 2, 1, 2, 1)])
    assert len(ask(generate)) == 5


def test_hopeless_vote_is_not_paid_for_further():
    generate = Scripted(*[rf"\boxed{{{n}}}" for n in (1, 2, 3, 4, 5)])
    assert len(ask(generate, votes=3, max_votes=5, min_agreement=0.8)) == 3


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["1", "1", "1"], True),
        (["1", "1", "2"], False),
        (["1", "2", "3"], False),
        (["1", "1", "2", "1"], True),
        (["1", "1", "2", "2"], False),
        (["1", "1", "1", "2", "2"], True),
        (["1", "1", ""], True),
        (["", "", ""], True),
    ],
)
def test_settled(given, expected):
    assert settled(vote(given), given, AnswersRecipe(votes=3, max_votes=5, min_agreement=0.6)) is expected


def test_truncated_sample_is_an_answer_without_a_final_answer():
    cut = Completion(r"so far \boxed{41}", "length", 10, 4096, model="model-a")
    given = ask(Scripted(cut, r"\boxed{42}", r"\boxed{42}"), max_votes=3)
    assert (given[0].finish_reason, given[0].final_answer) == ("length", "")
    assert elect(given).agreement == pytest.approx(2 / 3)


def test_one_answer_is_taken_at_temperature_zero():
    generate = Scripted(r"\boxed{42}")
    assert len(ask(generate, SamplingRecipe(temperature=0.0))) == 1


def test_refused_request_reaches_the_runner_after_the_others_have_completed():
    refused = RequestFailed(Failure("refused", 400, "no"))
    generate = Scripted(refused, r"\boxed{42}", r"\boxed{42}")
    with pytest.raises(RequestFailed):
        ask(generate)
    assert len(generate.requests) == 3


def test_debate_shows_each_camp_the_other_and_the_last_round_votes():
    class Debating(Scripted):
        async def __call__(self, request):
            if "<solution>" in request.messages[0]["content"]:
                self.requests.append(request)
                return Completion(r"I was wrong. \boxed{42}", "stop", 1, 1, model="model-a")
            return await super().__call__(request)

    generate = Debating(r"A \boxed{42}", r"B \boxed{41}", r"A \boxed{42}", r"B \boxed{41}")
    given = ask(generate, votes=4, max_votes=4, debate_rounds=2)
    assert [answer.round for answer in given] == [0] * 4 + [1] * 4
    assert [answer.sample for answer in given] == list(range(8))
    prompts = [request.messages[0]["content"] for request in generate.requests[4:]]
    assert sum("A \\boxed{42}" in prompt and "B \\boxed" not in prompt for prompt in prompts) == 2
    assert sum("B \\boxed{41}" in prompt and "A \\boxed" not in prompt for prompt in prompts) == 2
    assert elect(given).agreement == 1.0
    assert len(last_round(given)) == 4


def test_judge_weights_the_answers():
    class Judging(Scripted):
        async def __call__(self, request):
            content = request.messages[0]["content"]
            if "rate a solution" in content:
                self.requests.append(request)
                rating = "<rating>9</rating>" if r"\boxed{42}" in content else "<rating>2</rating>"
                return Completion("no idea" if r"\boxed{40}" in content else rating, "stop", 1, 1)
            return await super().__call__(request)

    given = ask(Judging(r"\boxed{41}", r"\boxed{42}", r"\boxed{41}", r"\boxed{40}", ""), votes=5, judge=True)
    assert [answer.weight for answer in given] == [0.2, 0.9, 0.2, 0.55, 1.0]
    assert elect(given).winner == "42"


def test_recipe_refuses_a_bound_below_the_first_samples():
    with pytest.raises(ValueError, match="max_votes: 2 is below votes: 3"):
        AnswersRecipe(votes=3, max_votes=2)


CODE = dataclasses.replace(
    question("Write `double(n)`."), tests=("assert double(1) == 2", "assert double(2) == 4", "assert double(0) == 0")
)
RIGHT, WRONG, NONE = "```python\ndef double(n): return 2 * n\n```", "```\ndef double(n): return n\n```", "I cannot."


def ask_for_code(*replies, **settings):
    generate = Scripted(*replies)
    return generate, asyncio.run(answers(CODE, generate, AnswersRecipe(**settings), SAMPLING))


def test_program_is_the_final_answer_with_the_verdict_of_its_tests():
    generate, given = ask_for_code(RIGHT, WRONG, NONE)
    assert [answer.final_answer for answer in given] == ["def double(n): return 2 * n", "def double(n): return n", ""]
    assert [answer.verdict.split(":")[0] for answer in given] == ["passed", "wrong_value", "no_program"]
    assert elect(given).members == (0,)
    prompt = generate.requests[0].messages[0]["content"]
    assert "<question>\nWrite `double(n)`.\n</question>" in prompt
    assert "assert" not in prompt


def test_more_programs_are_asked_for_only_while_none_passes():
    assert len(ask_for_code(WRONG, NONE, RIGHT)[1]) == 3
    assert len(ask_for_code(WRONG, NONE, WRONG, RIGHT, RIGHT)[1]) == 4
    assert len(ask_for_code(*[WRONG] * 5)[1]) == 5


def test_program_that_was_cut_off_is_none():
    cut = Completion(RIGHT, "length", 10, 4096, model="model-a")
    _, given = ask_for_code(cut, RIGHT, RIGHT)
    assert (given[0].final_answer, given[0].verdict) == ("", "no_program")


def test_judge_is_asked_about_programs_that_pass_and_no_others():
    class Judging(Scripted):
        async def __call__(self, request):
            if "rate a solution" in request.messages[0]["content"]:
                self.requests.append(request)
                return Completion("<rating>4</rating>", "stop", 1, 1)
            return await super().__call__(request)

    generate = Judging(RIGHT, WRONG, NONE)
    given = asyncio.run(answers(CODE, generate, AnswersRecipe(judge=True), SAMPLING))
    assert [answer.weight for answer in given] == [0.4, 1.0, 1.0]
    assert [answer.verdict == "passed" for answer in given] == [True, False, False]
    assert len(generate.requests) == 4
