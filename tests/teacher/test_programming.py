"""The embedded teacher's programming tasks: two computations of each step agree, and what it writes it can read."""

import dataclasses

import numpy as np
import pytest

from synthllm.builder import programs as checked
from synthllm.builder.answers import PROMPTS
from synthllm.builder.levels import LEVELS
from synthllm.builder.levels.questions import worded
from synthllm.builder.prompts import SLOT, fill
from synthllm.builder.tagged import block, blocks
from synthllm.builder.teacher import programs
from synthllm.builder.teacher.replies import reply

DOCUMENT = "Sorting with sorted is stable. Filter with a comprehension, then take slices, and reverse a list in place."


def lists(count=40, seed=0):
    rng = np.random.default_rng(seed)
    return [[], [3], [2, 2]] + [rng.integers(-9, 12, int(rng.integers(2, 12))).tolist() for _ in range(count)]


def result_of(source, values):
    """By Python itself."""
    namespace = {}
    exec(source, namespace)
    (function,) = [value for name, value in namespace.items() if callable(value)]
    return function(list(values))


def single(step, n):
    return programs.in_words([(step, n)], np.random.default_rng(0))


@pytest.mark.parametrize("step", programs.STEPS, ids=lambda step: step.name)
def test_line_of_a_step_computes_what_its_function_does_and_the_mistake_does_not(step):
    for n in step.numbers:
        task = single(step, n)
        right, wrong = programs.program(task), programs.program(task, mistaken=0)
        assert all(result_of(right, values) == programs.expected(task, values) for values in lists())
        assert any(result_of(wrong, values) != programs.expected(task, values) for values in lists())


def test_every_step_has_a_concept_of_the_topics_and_no_two_begin_alike():
    concepts = {concept for topic in programs.TOPICS.values() for concept in topic}
    assert {step.concept for step in programs.STEPS} == concepts
    assert len({step.name for step in programs.STEPS}) == len(programs.STEPS)


def test_task_is_read_back_from_its_words():
    rng = np.random.default_rng(1)
    concepts = [step.concept for step in programs.STEPS]
    for _ in range(200):
        task = programs.compose(rng.choice(concepts, int(rng.integers(1, 4)), replace=False).tolist(), rng)
        assert task is not None
        assert programs.read(programs.write(task)) == task
        changed = programs.write(dataclasses.replace(task, steps=task.steps[::-1]))
        assert programs.read(changed.replace("first ", "first sing; then ")) is None
    assert programs.read("Find the derivative of $x^2$.") is None
    assert programs.compose(["monads"], rng) is None


def filled(prompt, **slots):
    names = set(SLOT.findall(prompt))
    return fill(prompt, **{name: slots.get(name, "programming" if name == "DOMAIN" else "4") for name in names})


COMBINATIONS = "1. sliding window; rotation\n2. monads; slicing"
CONCEPTS = "- slicing (topic: Sequences)\n- sort key (topic: Sorting and sets)\n- monads (topic: Monads)"


@pytest.mark.parametrize("level", ["level1", "level2", "level3", "persona", "rephrase"])
def test_tasks_of_every_level_have_tests_that_their_program_passes(level):
    source = programs.write(single(programs.STEPS[0], 3))
    prompt = filled(
        worded(LEVELS[level].prompt, "programming"), DOCUMENT=DOCUMENT, COMBINATIONS=COMBINATIONS, CONCEPTS=CONCEPTS,
        DOCUMENTS=f"<document>\n{DOCUMENT}\n</document>", QUESTION=source,
    )  # fmt: skip
    said = reply(prompt, seed=4, temperature=0.7)
    drafts = [draft for draft in blocks(said, "question") if block(draft, "text")]
    assert drafts
    for draft in drafts:
        text = block(draft, "text")
        written = block(draft, "tests")
        if level == "rephrase":
            assert text != source
            written = "\n".join(programs.tests(single(programs.STEPS[0], 3), np.random.default_rng(0)))
        tests = checked.read_tests(written, text)
        answered = reply(fill(PROMPTS["code"], QUESTION=text), seed=5, temperature=0.7)
        assert checked.tried(checked.program_of(answered, tests), tests).verdict == "passed"


def test_program_is_wrong_as_often_as_asked_and_a_strange_task_gets_none():
    text = programs.write(single(programs.STEPS[0], 3))
    prompt = fill(PROMPTS["code"], QUESTION=text)
    right = programs.program(single(programs.STEPS[0], 3))
    given = [reply(prompt, seed=seed, temperature=0.7, error_rate=0.3) for seed in range(300)]
    assert 60 < sum(right not in answer for answer in given) < 120
    assert "```" not in reply(fill(PROMPTS["code"], QUESTION="Write `f(x)`, which solves chess."), seed=1)
