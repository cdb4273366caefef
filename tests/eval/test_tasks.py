"""The tasks: rows in the fields of the files that are around, and what is said where they have others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small import GSM8K_ROWS, recipe, write_rows

from synthllm.builder.errors import EvaluationError, RecipeError, TrainingError
from synthllm.eval.grade import equivalent
from synthllm.eval.loading import LoadedTask, files_in, load_tasks
from synthllm.eval.recipe import EvalRecipe
from synthllm.eval.tasks import TASKS

# One row of each file, in the fields of the Qwen2.5-Math evaluation, of Hub copies where they differ, and the answer.
ROWS: list[tuple[str, dict[str, Any], str, tuple[str, ...]]] = [
    ("gsm8k", {"question": "6 times 7?", "answer": "6*7=<<6*7=42>>42\n#### 42", "idx": 3}, "42", ()),
    (
        "math",
        {"problem": "$1+1$?", "solution": "It is $\\boxed{\\frac{4}{2}}$.", "level": "Level 3", "type": "Algebra"},
        "\\frac{4}{2}",
        ("subject: Algebra", "level: 3"),
    ),
    (
        "math-500",
        {"problem": "$1+1$?", "solution": "2", "answer": "2", "subject": "Algebra", "level": 3, "unique_id": "a"},
        "2",
        ("subject: Algebra", "level: 3"),
    ),
    (
        "minerva-math",
        {"problem": "Mass?", "solution": "So \\[m=\\boxed{4.5e33} \\mathrm{~g}\\]", "type": "Astronomy", "idx": 0},
        "4.5e33",
        ("subject: Astronomy",),
    ),
    ("minerva-math", {"question": "Mass?", "answer": "4.5e33"}, "4.5e33", ()),
    (
        "olympiadbench",
        {
            "id": 1606, "subfield": "Algebra", "context": None, "question": "Which $x$?", "solution": ["..."],
            "final_answer": ["$69$,$84$"], "is_multiple_answer": True, "unit": None, "answer_type": "Numerical",
        },
        "$69$,$84$",
        ("subject: Algebra", "answer: Numerical"),
    ),
    (
        "college-math",
        {
            "data_source": "college_math.Calculus", "question_number": "exercise.2.2.3", "question": "Derivative?",
            "answer": "$2x$", "license": "CC", "data_topic": "college_math.vector_calculus",
        },
        "$2x$",
        ("subject: vector calculus",),
    ),
    (
        "gaokao-2023-en",
        {"source": "2023BJ/01Q.en", "question": "Modulus?", "lang": "en", "answer": "$5$"},
        "$5$",
        ("source: Gaokao",),
    ),
    (
        "gaokao-2023-en",
        {"source": "p.json", "sourcename": "052023SATS4", "id": "x_1", "question": "Which?", "answer": "B"},
        "B",
        ("source: SAT",),
    ),
]  # fmt: skip


def load(task: str, path: Path, **changes: Any) -> LoadedTask:
    (loaded,) = load_tasks(recipe(path, tasks=[task], files={task: str(path)}, **changes))
    return loaded


@pytest.mark.parametrize(("task", "row", "answer", "groups"), ROWS)
def test_a_row_is_read_with_its_gold_answer_which_equals_itself(
    task: str, row: dict[str, Any], answer: str, groups: tuple[str, ...], tmp_path: Path
) -> None:
    (question,) = load(task, write_rows(tmp_path / "rows.jsonl", [row])).questions
    assert (question.answer, question.groups) == (answer, groups)
    assert question.question == (row.get("question") or row.get("problem"))
    assert equivalent(question.answer, question.answer)


def test_every_task_has_a_row_here_and_a_dataset_on_the_hub() -> None:
    assert {task for task, *_ in ROWS} == set(TASKS)
    for task in TASKS.values():
        assert task.hub is not None
        assert task.hub.revision is None or len(task.hub.revision) == 40


def test_an_answer_that_stands_in_the_question_is_read_there_and_not_shown(tmp_path: Path) -> None:
    rows = [
        {"source": "a", "id": "1", "question": "Which one?(A) $1$(B) $2$Answer: A", "answer": ""},
        {"source": "a", "id": "2", "question": "Find $p$.answers: $\\frac{3}{10}$", "answer": ""},
    ]
    first, second = load("gaokao-2023-en", write_rows(tmp_path / "rows.jsonl", rows)).questions
    assert (first.question, first.answer) == ("Which one?(A) $1$(B) $2$", "A")
    assert (second.question, second.answer) == ("Find $p$.", "$\\frac{3}{10}$")


def test_a_question_of_yes_or_no_says_so_as_the_papers_evaluation_does(tmp_path: Path) -> None:
    rows = [{"question": "Are they parallel?", "answer": "Yes"}, {"question": "Is it?", "answer": "false"}]
    first, second = load("college-math", write_rows(tmp_path / "rows.jsonl", rows)).questions
    assert first.question == "Are they parallel? (Yes or No)"
    assert second.question == "Is it? (True or False)"


@pytest.mark.parametrize(
    ("task", "row", "told"),
    [
        ("gsm8k", {"query": "1?", "target": "1"}, "no question of GSM8K: no field 'answer'; it has query, target"),
        ("gsm8k", {"question": "1?", "answer": "one"}, "'answer' has no line '#### ANSWER'"),
        ("gsm8k", {"question": "1?", "answer": ["1"]}, "'answer' should be text, found list"),
        ("gsm8k", {"question": " ", "answer": "#### 1"}, "'question' is empty"),
        ("math", {"problem": "1?", "solution": "It is 1."}, "'solution' has no \\boxed{} with the answer"),
        ("olympiadbench", {"question": "1?", "final_answer": []}, "'final_answer' should be a list"),
        ("college-math", {"question": "1?", "answer": None}, "no field 'answer'"),
    ],
)  # fmt: skip
def test_a_file_of_other_fields_is_an_error_with_file_row_and_fields(
    task: str, row: dict[str, Any], told: str, tmp_path: Path
) -> None:
    good = next(row for name, row, *_ in ROWS if name == task)
    path = write_rows(tmp_path / "rows.jsonl", [good, row])
    with pytest.raises(EvaluationError) as caught:
        load(task, path)
    assert told in str(caught.value)
    assert str(caught.value).startswith(f"{path}: row 2 is no question of ")


def test_files_that_cannot_be_read_or_repeat_an_id_are_errors(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot read the benchmark"):
        load("gsm8k", tmp_path / "missing.jsonl")
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(EvaluationError, match="no rows; expected the questions of GSM8K"):
        load("gsm8k", tmp_path / "empty.jsonl")
    with pytest.raises(EvaluationError, match="two rows have the id '3'"):
        load("gsm8k", write_rows(tmp_path / "twice.jsonl", [ROWS[0][1], ROWS[0][1]]))


def test_a_limit_draws_the_same_questions_and_a_higher_one_contains_them(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", GSM8K_ROWS)
    few, more = load("gsm8k", path, limit=4), load("gsm8k", path, limit=9)
    assert set(few.questions) < set(more.questions) < set(load("gsm8k", path).questions)
    assert [int(one.id) for one in more.questions] == sorted(int(one.id) for one in more.questions)
    assert few.digest != more.digest
    assert load("gsm8k", path, limit=4, seed=1).digest != few.digest
    assert few.available == 12


def test_a_data_folder_is_searched_as_the_papers_evaluation_lays_it_out(tmp_path: Path) -> None:
    (tmp_path / "gaokao2023en").mkdir()
    (tmp_path / "gaokao2023en" / "test.jsonl").touch()
    (tmp_path / "college_math.jsonl").touch()
    found = files_in(tmp_path, ["gaokao-2023-en", "college-math", "held-out"])
    assert found == {
        "gaokao-2023-en": str(tmp_path / "gaokao2023en" / "test.jsonl"),
        "college-math": str(tmp_path / "college_math.jsonl"),
    }
    with pytest.raises(EvaluationError, match="no file of gsm8k"):
        files_in(tmp_path, ["gsm8k"])


def test_a_dataset_without_a_pinned_revision_is_not_loaded_from_the_hub() -> None:
    with pytest.raises(EvaluationError, match="no revision of math-ai/minervamath is pinned; name one under revisions"):
        load_tasks(EvalRecipe(name="x", tasks=("minerva-math",)))


def messages(number: int) -> dict[str, Any]:
    user, reply = f"What is {number} + 1?", f"It is $\\boxed{{{number + 1}}}$."
    return {
        "id": f"row-{number}",
        "messages": [{"role": "user", "content": user}, {"role": "assistant", "content": reply}],
        "final_answer": str(number + 1) if number % 2 else "",
        "level": f"level{number % 3 + 1}",
        "school_level": "college",
    }


def test_held_out_questions_are_exactly_those_that_a_training_does_not_see(tmp_path: Path) -> None:
    from synthllm.train.prepare import open_pool
    from synthllm.train.recipe import load_sft

    path = write_rows(tmp_path / "rows.jsonl", [messages(number) for number in range(60)])
    other = write_rows(tmp_path / "other.jsonl", [messages(number) for number in range(50, 90)])
    training = tmp_path / "training.yaml"
    training.write_text(
        f"{{name: t, model: {{name: x}}, data: {{sources: [{{path: {path}}}, {{path: {other}}}], held_out: 25, seed: 3}}}}"  # noqa: E501
    )
    values = {"name": "x", "tasks": ("held-out",), "held_out": {"training": str(training)}}
    (task,) = load_tasks(EvalRecipe.model_validate(values))
    pool = open_pool(load_sft(training).data)
    trained = {source["id"][row] for source, rows in zip(pool.sources, pool.rest, strict=True) for row in rows}
    asked = {question.id for question in task.questions}
    assert asked | trained == {f"row-{number}" for number in range(90)}
    assert asked & trained == set()
    for question in task.questions:
        number = int(question.id.removeprefix("row-"))
        assert (question.question, question.answer) == (f"What is {number} + 1?", str(number + 1))
        assert question.groups == (f"source: {path if number < 50 else other}", "school level: college")


def test_held_out_rows_of_a_dataset_are_those_of_a_training_with_that_seed(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [messages(number) for number in range(60)])
    (few,) = load_tasks(EvalRecipe(name="x", tasks=("held-out",), held_out={"path": str(path), "rows": 5}))  # type: ignore[arg-type]
    (more,) = load_tasks(EvalRecipe(name="x", tasks=("held-out",), held_out={"path": str(path), "rows": 9}))  # type: ignore[arg-type]
    assert more.questions[:5] == few.questions
    with pytest.raises(TrainingError, match="no data here"):
        load_tasks(EvalRecipe(name="x", tasks=("held-out",), held_out={"path": str(tmp_path / "none")}))  # type: ignore[arg-type]
