"""Evaluations against a scripted server and the embedded teacher: what is asked, kept, graded and refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import ModelCard
from small import GSM8K_ROWS, recipe, run, synthllm, write_rows

from scripted_server import Call, Say, ScriptedServer, completion
from synthllm.builder.endpoints import EndpointUnavailable
from synthllm.builder.errors import EvaluationError, RecipeError, StoreError
from synthllm.builder.recipe import EndpointRecipe
from synthllm.eval.compare import compare, in_words
from synthllm.eval.prompts import INSTRUCTION
from synthllm.eval.records import Record, read_records
from synthllm.eval.results import card_results, paper_rows, read_results, table, write_card

RECIPES = Path(__file__).parents[2] / "recipes" / "eval"


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "gsm8k.jsonl", GSM8K_ROWS)


def pens(call: Call) -> int:
    """How many pens Ann has in the question."""
    return int(call.prompt.split()[2])


def right(call: Call) -> Say:
    return completion(f"She has {pens(call)} and then more. The answer is $\\boxed{{{2 * pens(call) + 1}}}$.")


def records(out: Path, task: str = "gsm8k") -> list[Record]:
    return list(read_records(out / "records" / f"{task}.parquet"))


def test_every_kind_of_reply_is_told_apart_in_the_records(rows: Path, tmp_path: Path) -> None:
    replies = {
        0: completion("It is \\boxed{1}."),
        1: completion("It is \\boxed{4}."),
        2: completion("I cannot say."),
        3: completion("First, 3 and 4 are 7. Then", finish_reason="length"),
        4: completion("So \\boxed{9}, and to check that", finish_reason="length"),
        5: completion("  "),
        6: Say(status=422),
        7: completion("We try \\boxed{3}. No: the answer is \\boxed{15 \\text{ pens}}. I hope that this helps!"),
        8: completion("#### 17"),
        9: completion("Adding up, the final answer is **19**."),
        10: completion("$\\boxed{2}$ and $\\boxed{21}$"),
        11: completion("\\boxed{\\frac{46}{2}}"),
    }
    with ScriptedServer(lambda call: replies[pens(call)]) as server:
        results = run(recipe(rows), server.url, tmp_path / "out")
    assert [(record.answer, record.why) for record in records(tmp_path / "out")] == [
        ("1", "equal"),
        ("4", "differs"),
        ("", "no answer"),
        ("", "truncated"),
        ("9", "equal"),
        ("", "empty"),
        ("", "refused"),
        ("15 \\text{ pens}", "equal"),
        ("17", "equal"),
        ("19", "equal"),
        ("2, 21", "differs"),
        ("\\frac{46}{2}", "equal"),
    ]
    task = results["tasks"]["gsm8k"]
    assert task["measures"]["accuracy"]["value"] == pytest.approx(6 / 12)
    assert task["measures"]["accuracy"]["standard_error"] == pytest.approx((0.25 / 11) ** 0.5)
    assert task["why"] == {"differs": 2, "empty": 1, "equal": 6, "no answer": 1, "refused": 1, "truncated": 1}
    assert records(tmp_path / "out")[6].finish_reason == "refused"
    assert results["model"] == {"kind": "server", "name": "tiny/model", "dialect": "openai"}


@pytest.mark.parametrize("prompt", ["boxed", "boxed-system", "question", "few-shot"])
def test_questions_are_put_as_the_recipe_says(prompt: str, rows: Path, tmp_path: Path) -> None:
    def script(call: Call) -> Say:
        return completion("\\boxed{1}")

    with ScriptedServer(script) as server:
        run(recipe(rows, prompt=prompt, limit=1, shots=2), server.url, tmp_path / "out")
        (call,) = [call for call in server.calls if call.method == "POST"]
    (record,) = records(tmp_path / "out")
    assert call.body["temperature"] == 0
    assert call.body["max_tokens"] == 16
    assert record.prompt == call.prompt
    user = {
        "boxed": f"{record.question}\n{INSTRUCTION}",
        "boxed-system": record.question,
        "question": record.question,
    }.get(prompt)
    if user is not None:
        messages = call.body["messages"]
        assert messages[-1] == {"role": "user", "content": user}
        assert [m["content"] for m in messages[:-1]] == ([INSTRUCTION] if prompt == "boxed-system" else [])
        assert "stop" not in call.body
    else:
        text = call.body["prompt"]
        assert call.path == "/v1/completions", "no chat template around the examples"
        assert text.count("Question: ") == text.count("\nAnswer:") == 3
        assert text.count("\\boxed{") == 2
        assert text.endswith(f"Question: {record.question}\nAnswer:")
        assert "\n\nQuestion:" in call.body["stop"]


def test_samples_give_their_mean_pass_at_k_and_majority(rows: Path, tmp_path: Path) -> None:
    # Question n has n right answers of 4 (at most 4), the others all different from each other.
    def script(call: Call) -> Say:
        seen = call.times
        return right(call) if seen <= pens(call) else completion(f"\\boxed{{{-seen}}}")

    with ScriptedServer(script) as server:
        asked = recipe(rows, samples=4, temperature=0.6)
        results = run(asked, server.url, tmp_path / "out")
        seeds = [call.body["seed"] for call in server.calls if call.method == "POST"]
    assert len(set(seeds)) == 48
    measures = results["tasks"]["gsm8k"]["measures"]
    counts = [0, 1, 2, 3, *[4] * 8]
    assert measures["accuracy"]["value"] == pytest.approx(sum(counts) / 48)
    # Of the six pairs of samples, one of c right among 4 misses in C(4 - c, 2) of them: 6, 3, 1, 0, 0 ...
    assert measures["pass@2"]["value"] == pytest.approx((0 + 3 / 6 + 5 / 6 + 9 * 1) / 12)
    assert measures["pass@4"]["value"] == pytest.approx(11 / 12)
    majority = measures["majority@4"]["value"]
    assert 10 / 12 <= majority <= 11 / 12  # one right among four different ones may win the draw or not


def test_a_server_that_dies_half_way_loses_nothing(rows: Path, tmp_path: Path) -> None:
    patient = {"urls": ["http://127.0.0.1:1"], "patience_s": 1.0, "max_in_flight": 1}
    asked = recipe(rows, endpoint=EndpointRecipe.model_validate(patient).model_dump())
    with ScriptedServer(lambda call: right(call) if call.number <= 5 else Say(how="hang")) as server:
        port = server.port

        def die() -> None:
            while server.times.total() <= 5:
                time.sleep(0.005)
            server.stop()

        watcher = threading.Thread(target=die)
        watcher.start()
        with pytest.raises(EndpointUnavailable):
            run(asked, server.url, tmp_path / "out")
        watcher.join()
        answered = {prompt for prompt in server.answered if prompt}
    assert not (tmp_path / "out" / "results.json").exists()
    assert len(answered) == 5
    with ScriptedServer(right, port=port) as server:
        results = run(asked, server.url, tmp_path / "out")
        assert set(server.times) & answered == set()
        assert len(server.times) == 7
        assert results["tasks"]["gsm8k"]["measures"]["accuracy"]["value"] == 1.0
        run(asked, server.url, tmp_path / "out")
        assert server.times.total() == 7


def test_requests_that_failed_in_passing_are_an_error_and_asked_again(rows: Path, tmp_path: Path) -> None:
    endpoint = EndpointRecipe.model_validate({"urls": ["http://127.0.0.1:1"], "max_attempts": 2})

    def script(call: Call) -> Say:
        return Say(status=500) if pens(call) == 3 else right(call)

    with ScriptedServer(script) as server:
        asked = recipe(rows, endpoint=endpoint.model_dump())
        with pytest.raises(EvaluationError, match=r"1 of 12 requests failed \(1 server_error\).*run the same command"):
            run(asked, server.url, tmp_path / "out")
        server.script = right
        before = server.times.total()
        assert run(asked, server.url, tmp_path / "out")["tasks"]["gsm8k"]["why"] == {"equal": 12}
        assert server.times.total() == before + 1


def test_a_killed_evaluation_asks_a_server_again_for_no_more_than_was_in_flight(tmp_path: Path) -> None:
    rows = write_rows(
        tmp_path / "gsm8k.jsonl",
        [{"question": f"Ann has {n} pens.", "answer": f"#### {2 * n + 1}"} for n in range(400)],
    )
    config = tmp_path / "recipe.yaml"
    with ScriptedServer(lambda call: Say(right(call).payload, delay_s=0.02)) as server:
        endpoint = {"urls": [server.url], "max_in_flight": 8}
        config.write_text(
            yaml.safe_dump({"name": "k", "tasks": ["gsm8k"], "files": {"gsm8k": str(rows)}, "endpoint": endpoint})
        )
        command = [sys.executable, "-m", "synthllm.builder.cli", "eval", str(config), "--out", str(tmp_path / "out")]
        process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        while process.poll() is None and server.times.total() < 60:
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert 60 <= server.times.total() < 400, "the kill came too late to prove anything"
        done = synthllm(*command[3:])
        assert done.returncode == 0, done.stderr
        assert "400 answers" in done.stderr
        assert server.times.total() <= 400 + 8
    assert read_results(tmp_path / "out")["tasks"]["gsm8k"]["measures"]["accuracy"]["value"] == 1.0


def test_a_silent_model_is_an_error_after_a_few_answers(tmp_path: Path) -> None:
    rows = write_rows(
        tmp_path / "gsm8k.jsonl", GSM8K_ROWS[:1] + [{"question": f"{n}?", "answer": "#### 1"} for n in range(999)]
    )
    with ScriptedServer(lambda call: completion("\n")) as server:
        with pytest.raises(EvaluationError, match="wrote nothing in all of its first 64 answers"):
            run(recipe(rows), server.url, tmp_path / "out")
        assert server.times.total() < 999
    assert not (tmp_path / "out" / "results.json").exists()


def test_a_model_that_refuses_everything_is_an_error(rows: Path, tmp_path: Path) -> None:
    with ScriptedServer(lambda call: Say(status=400)) as server, pytest.raises(EvaluationError, match="refused every"):
        run(recipe(rows), server.url, tmp_path / "out")


def test_a_folder_belongs_to_one_model_and_one_way_of_asking(rows: Path, tmp_path: Path) -> None:
    with ScriptedServer(right) as server:
        run(recipe(rows, limit=3), server.url, tmp_path / "out")
        with pytest.raises(StoreError, match=r"asking\.prompt: 'boxed' -> 'question'"):
            run(recipe(rows, prompt="question"), server.url, tmp_path / "out")
        run(recipe(rows, limit=6), server.url, tmp_path / "out")
        assert server.times.total() == 6, "a higher limit keeps the questions of the lower one"
        assert len(records(tmp_path / "out")) == 6


def test_answers_in_another_ledger_are_not_asked_for_again(rows: Path, tmp_path: Path) -> None:
    with ScriptedServer(right) as server:
        run(recipe(rows, limit=5), server.url, tmp_path / "first")
        cached = {"urls": [server.url], "caches": [str(tmp_path / "first")], "extra": {}}
        results = run(recipe(rows, endpoint=cached), server.url, tmp_path / "second")
        assert server.times.total() == 12
    assert results["tasks"]["gsm8k"]["why"] == {"equal": 12}


def test_a_model_that_thinks_has_room_for_it_and_only_what_it_says_counts(rows: Path, tmp_path: Path) -> None:
    def script(call: Call) -> Say:
        if pens(call) == 3:
            return completion("<think>Perhaps \\boxed{7}, but", finish_reason="length")
        return completion(f"<think>Perhaps \\boxed{{0}}.</think>{right(call).payload['text']}")

    with ScriptedServer(script) as server:
        extra = {"chat_template_kwargs": {"enable_thinking": True}}
        endpoint = {"urls": [server.url], "thinking_tokens": 100, "extra": extra}
        results = run(recipe(rows, endpoint=endpoint), server.url, tmp_path / "out")
        (body,) = {json.dumps(call.body["chat_template_kwargs"]) for call in server.calls if call.method == "POST"}
        assert {call.body["max_tokens"] for call in server.calls if call.method == "POST"} == {116}
    assert results["tasks"]["gsm8k"]["why"] == {"equal": 11, "truncated": 1}
    assert results["model"]["extra"] == extra
    assert json.loads(body) == {"enable_thinking": True}


def evaluated(rows: Path, out: Path, wrong: set[int], **changes: Any) -> Path:
    def script(call: Call) -> Say:
        return completion("\\boxed{0}") if pens(call) in wrong else right(call)

    with ScriptedServer(script) as server:
        run(recipe(rows, **changes), server.url, out)
    return out


def test_two_models_are_compared_question_by_question(rows: Path, tmp_path: Path) -> None:
    a = evaluated(rows, tmp_path / "a", {0, 1, 2, 3, 4, 5, 6})
    b = evaluated(rows, tmp_path / "b", {6, 7})
    found = compare(a, b).tasks["gsm8k"]
    assert (found.only_a, found.only_b, found.questions) == (1, 6, 12)
    assert found.value == pytest.approx(5 / 12)
    assert found.p == pytest.approx(2 * (1 + 7) / 2**7)  # McNemar's: at most 1 of 7 coins, on either side
    assert found.low < 5 / 12 < found.high
    assert "GSM8K" in in_words(compare(a, b))
    done = synthllm("compare", a, b, "--out", tmp_path / "difference.json")
    assert done.returncode == 0, done.stderr
    assert "+41.7" in done.stdout
    assert json.loads((tmp_path / "difference.json").read_text())["mean"]["value"] == pytest.approx(5 / 12)


def test_models_that_were_asked_other_questions_are_not_compared(rows: Path, tmp_path: Path) -> None:
    a = evaluated(rows, tmp_path / "a", set())
    few = evaluated(rows, tmp_path / "few", set(), limit=5)
    with pytest.raises(EvaluationError, match=r"12 and 5 questions.*7 only in .*/a, such as"):
        compare(a, few)
    other_gold = [dict(row, answer="#### 5") if n == 4 else row for n, row in enumerate(GSM8K_ROWS)]
    changed = evaluated(write_rows(tmp_path / "other.jsonl", other_gold), tmp_path / "changed", set())
    with pytest.raises(EvaluationError, match="1 of other words or another gold answer, such as 4"):
        compare(a, changed)
    done = synthllm("compare", a, tmp_path / "nothing")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "results.json" in done.stderr


def test_results_stand_above_the_papers_and_go_into_a_model_card(rows: Path, tmp_path: Path) -> None:
    out = evaluated(rows, tmp_path / "a", {0, 1, 2})
    shown = table([read_results(out)])
    assert "75.0 ± 13.1" in shown
    assert "SynthLLM-8B (7.4M)" in shown
    assert "92.1" in shown
    assert "71.3" not in shown, "tasks that were not evaluated are not shown"
    assert "†" not in shown
    few = evaluated(rows, tmp_path / "few", set(), limit=5, temperature=0.5, samples=2)
    assert "tiny/model (mean of 2 at temperature 0.5) †" in table([read_results(few)], paper=False)
    means = {name: round(sum(row.values()) / 6, 1) for name, row in paper_rows().items()}
    assert means["SynthLLM-8B (7.4M)"] == 54.9, "as the paper prints it"
    (result,) = card_results(read_results(out))
    assert (result.benchmark, result.dataset, result.questions, result.setting) == (
        "GSM8K",
        "openai/gsm8k",
        12,
        "greedy, prompt boxed",
    )
    card = tmp_path / "README.md"
    card.write_text("---\nlicense: mit\n---\n\n# Mine\n\nMy own words.\n", encoding="utf-8")
    for _ in range(2):
        write_card(card, read_results(out))
    text = card.read_text(encoding="utf-8")
    assert text.count("## Results") == 1
    assert "My own words." in text
    read = ModelCard(text).data
    assert read.license == "mit"
    assert [(one.dataset_name, one.metric_value) for one in read.eval_results] == [("GSM8K", 75.0)]


def test_the_embedded_teacher_is_evaluated_on_what_it_can_solve(tmp_path: Path) -> None:
    from synthllm.train.teacher_rows import teacher_rows

    drawn = teacher_rows(("sum_and_difference", "last_digit_of_power"), 12)
    rows = [
        {
            "id": row["id"],
            "messages": [*row["prompt"], {"role": "assistant", "content": row["answer"]}],
            "final_answer": row["final_answer"],
            "level": row["level"],
        }
        for row in drawn
    ]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    config = tmp_path / "recipe.yaml"
    fields = {"name": "t", "tasks": ["held-out"], "held_out": {"path": str(path), "rows": 8}, "prompt": "boxed"}
    config.write_text(yaml.safe_dump(fields))
    card = tmp_path / "README.md"
    done = synthllm("eval", config, "--model", "embedded", "--out", tmp_path / "out", "--card", card)
    assert done.returncode == 0, done.stderr
    assert "100.0 ± 0.0" in done.stdout
    results = read_results(tmp_path / "out")
    assert results["model"]["name"].startswith("symbolic-teacher/")
    assert set(results["tasks"]["held-out"]["groups"]) == {"level: sum_and_difference", "level: last_digit_of_power"}
    assert "## Results" in card.read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--model", "no/such/folder"], "--model no/such/folder: no such folder, and no id"),
        ([], "--model: none given, and the recipe has no endpoint"),
        (["--model", "embedded", "--served", "x"], "--served: belongs to a server"),
        (["--model", "embedded", "--data", "nowhere"], "--data nowhere: no file of gsm8k; expected gsm8k/test.jsonl"),
    ],
)
def test_a_wrong_option_is_one_line(arguments: list[str], told: str, rows: Path, tmp_path: Path) -> None:
    config = tmp_path / "recipe.yaml"
    config.write_text(recipe(rows).canonical())
    done = synthllm("eval", config, "--out", tmp_path / "out", *arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert told in done.stderr


def test_dry_run_says_what_would_be_asked_and_asks_nothing(rows: Path, tmp_path: Path) -> None:
    config = tmp_path / "recipe.yaml"
    config.write_text(recipe(rows, samples=4, temperature=1.0, max_tokens=100).canonical())
    done = synthllm("eval", config, "--dry-run", "--limit", "5", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "GSM8K" in done.stdout
    assert "2,000" in done.stdout, "5 questions, 4 samples, 100 tokens at most"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"tasks": ["gsm8"]}, "tasks: 'gsm8' is not a task; did you mean 'gsm8k'?"),
        ({"files": {"x": "y"}}, "files: 'x' is not a task; known tasks:"),
        ({"tasks": ["gsm8k", "gsm8k"]}, "'gsm8k' stands there twice"),
        ({"samples": 4}, "samples: at temperature 0"),
        ({"tasks": ["held-out"]}, "held_out: the task held-out needs it"),
        ({"temprature": 1}, "temprature: unknown key; did you mean 'temperature'?"),
        ({"held_out": {"rows": 5}}, "held_out.training: give either"),
    ],
)
def test_a_wrong_recipe_names_the_field(fields: dict[str, Any], told: str, tmp_path: Path) -> None:
    from synthllm.eval.recipe import load_eval

    config = tmp_path / "recipe.yaml"
    config.write_text(yaml.safe_dump({"name": "x", "tasks": ["gsm8k"]} | fields))
    with pytest.raises(RecipeError) as caught:
        load_eval(config)
    assert told in str(caught.value)


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.name)
def test_every_shipped_recipe_loads_and_the_papers_asks_what_the_paper_asks(path: Path) -> None:
    from synthllm.eval.recipe import load_eval

    loaded = load_eval(path)
    assert loaded.name == path.stem
    if path.stem == "math":
        assert set(loaded.tasks) == set(next(iter(paper_rows().values())))
        assert (loaded.temperature, loaded.samples, loaded.limit, loaded.prompt) == (0.0, 1, None, "boxed")
