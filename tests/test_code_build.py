"""A build whose answers are programs: from documents to verified rows, over a real server."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import yaml

from browser import BROWSER, browser_page
from programming_model import PROGRAMS, TASKS, documents, script
from scripted_server import ScriptedServer, completion

RECIPE = {
    "name": "programs",
    "domain": "programming",
    "corpus": {"source": "jsonl", "path": "documents.jsonl", "min_chars": 50},
    "filter": None,
    "levels": ["level1", "level2", "level3", "rephrase", "persona"],
    "level2": {"questions": 1},
    "level3": {"questions": 1},
    "rephrase": {"questions": 1},
    "persona": {"questions": 1},
    "graph": {"max_combinations": 2, "epochs": 1},
}


def synthllm(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "synthllm.builder.cli", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)


def recipe_file(folder: Path, url: str, **changes: object) -> None:
    lines = [json.dumps(document) for document in documents()]
    (folder / "documents.jsonl").write_text("\n".join(lines), encoding="utf-8")
    endpoint = {"urls": [url], "model": "tiny/model"}
    (folder / "recipe.yaml").write_text(yaml.safe_dump({**RECIPE, "endpoint": endpoint, **changes}), encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ScriptedServer]:
    folder = tmp_path_factory.mktemp("programs")
    with ScriptedServer(script) as server:
        recipe_file(folder, server.url)
        done = synthllm(folder, "build", "recipe.yaml", "--out", "run")
        assert done.returncode == 0, done.stderr
        again = synthllm(folder, "build", "recipe.yaml", "--out", "run")
        assert "finished already" in again.stdout
    return folder, server


def rows(folder: Path, level: str) -> dict[str, dict[str, object]]:
    """The published rows of a level by the name of their function."""
    frame = pl.read_parquet(folder / "run" / "dataset" / level / "*.parquet")
    return {str(row["tests"][0]).split("(")[0].split()[1]: row for row in frame.iter_rows(named=True)}


def rejected(folder: Path) -> list[tuple[str, str, str]]:
    frame = pl.read_parquet(folder / "run" / "dataset" / "rejected" / "*.parquet")
    return [(row["stage"], row["reason"], row["detail"]) for row in frame.iter_rows(named=True)]


def test_program_that_passes_is_published_with_its_tests_which_the_messages_do_not_have(built):
    row = rows(built[0], "level1")["total"]
    (program,) = PROGRAMS["total"]
    question, written = TASKS["total"]
    assert (row["question"], row["final_answer"], row["tests"]) == (question, program, written.splitlines())
    assert row["messages"] == [
        {"role": "user", "content": question},
        {
            "role": "assistant",
            "content": f"This is how I would do it.\n\n```python\n{program}\n```\n\nIt takes linear time.",
        },
    ]
    assert (row["votes"], row["agreement"], row["verified"], row["vote_entropy"]) == (3, 1.0, True, 0.0)
    assert (row["domain"], row["language"], row["self_contained"]) == ("programming", "en", True)


def test_one_program_of_three_that_passes_is_kept_and_its_share_is_told(built):
    row = rows(built[0], "level1")["leap"]
    assert row["final_answer"] == PROGRAMS["leap"][2]
    assert (row["votes"], row["agreement"], row["verified"]) == (3, pytest.approx(1 / 3), True)
    assert row["tests"][1] == "assert leap(1900) == False"


def test_what_no_program_solves_is_rejected_with_how_each_failed(built):
    told = {detail for stage, reason, detail in rejected(built[0]) if (stage, reason) == ("verify", "ill_posed")}
    wrong = "3 of 5: wrong_value: test 1 of 3, power(2, 10) returned 1024, expected 1025"
    broken = "2 of 5: exception: before its first test was done: SyntaxError: invalid syntax"
    forged = "exception: before its first test was done: it ended by itself"
    assert any(detail.startswith(f"{wrong}; {broken}") for detail in told), told
    assert any(forged in detail and "no_program" in detail for detail in told), told
    assert {"power", "vowels"}.isdisjoint(rows(built[0], "level1"))


def test_task_without_usable_tests_is_rejected_before_answers_are_paid_for(built):
    folder, server = built
    assert ("level1", "no_tests", TASKS["bare"][0]) in rejected(folder)
    unusable = "not of the form `assert name(literals) == literal`: assert runs('abba')[0:0] == []"
    assert ("level1", "unusable_tests", unusable) in rejected(folder)
    asked = [call.prompt for call in server.calls if "Solve the programming task" in call.prompt]
    assert asked
    assert not any("`runs(" in prompt or "`bare(" in prompt for prompt in asked)


def test_tests_are_not_shown_to_the_model_that_answers(built):
    asked = [call.prompt for call in built[1].calls if "Solve the programming task" in call.prompt]
    assert not any("assert" in prompt for prompt in asked)


def test_every_level_has_programs(built):
    for level in ("level2", "level3", "persona"):
        made = rows(built[0], level)
        assert made, level
        assert all(name.startswith("plus") and row["agreement"] == 1 for name, row in made.items())
    rephrased = rows(built[0], "rephrase")
    assert rephrased["total"]["tests"] == rows(built[0], "level1")["total"]["tests"]
    assert "adds numbers up" in str(rephrased["total"]["question"])


def test_nothing_is_lost_between_the_levels_and_the_dataset(built):
    stages = built[0] / "run"
    told = {stage.parent.name: json.loads(stage.read_text()) for stage in stages.glob("*/stage.json")}
    written = sum(told[level]["rows"] for level in RECIPE["levels"])
    refused = sum(sum(told[stage]["rejected"].values()) for stage in ("curate", "answers", "verify"))
    assert written == told["verify"]["rows"] + refused


def test_what_is_told_of_the_run_makes_sense_for_programs(built):
    folder, _ = built
    card = (folder / "run" / "dataset" / "README.md").read_text()
    for words in (
        "one that passes the tests of its question is kept",
        "Each was run in a sandbox against tests that were written with the question",
        "called with 48 further arguments like the tests', where the majority is who returns the same",
        "| no_tests | 1 | a programming task without the tests that were asked for |",
        "`tests` (that it passes; not in `messages`)",
        "assert name(arguments) == value",  # of the prompts
    ):
        assert words in card, words
    for words in ("equalities checked", "no equality", "the majority's is kept", "\\boxed"):
        assert words not in card, words
    shown = synthllm(folder, "sample", "run", "--level", "level1", "--rows", "9").stdout
    assert "final answer: a program that passes its 4 tests  (33% of 3 votes, verified)" in shown
    name = rows(folder, "level1")["leap"]["id"]
    told = synthllm(folder, "explain", "run", str(name)).stdout
    assert "timeout: before its first test was done" in told
    assert "verdict:   accepted, final answer a program that passes its 4 tests, agreement 0.33" in told
    page = synthllm(folder, "report", "run")
    assert page.returncode == 0, page.stderr
    assert "up to 5 while none passes its tests" in (folder / "run" / "report.html").read_text()


@pytest.mark.skipif(BROWSER is None, reason="no Chromium: apt-get install chromium")
def test_page_shows_programs_as_they_are_written(built):
    report = built[0] / "page.html"
    assert synthllm(built[0], "report", "run", "--out", "page.html").returncode == 0

    async def look() -> tuple[list[str], str]:
        async with browser_page() as page:
            await page.open(report)
            await page.until("document.querySelector('article.question')")
            await page.value(
                "document.querySelectorAll('article.question details').forEach((one) => (one.open = true))"
            )
            await page.until("document.querySelectorAll('.solution pre').length > 3")
            shown = "[...document.querySelectorAll('.solution pre')].map((one) => one.textContent)"
            return await page.value(shown), await page.value("document.body.innerText")

    programs, text = asyncio.run(look())
    assert set(PROGRAMS["total"]) | {PROGRAMS["leap"][2]} <= set(programs)
    assert "a program that passes its 4 tests" in text
    assert "wrong_value: test 2 of 4, leap(1900) returned True, expected False" in text


WITHOUT_LANDLOCK = """
import ctypes, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(38, 1, 0, 0, 0)
step = lambda code, yes, no, value: struct.pack("HBBI", code, yes, no, value)
rules = step(0x20, 0, 0, 0) + step(0x15, 0, 1, 444) + step(0x06, 0, 0, 0x00050000 | 38) + step(0x06, 0, 0, 0x7FFF0000)
buffer = ctypes.create_string_buffer(rules, len(rules))
assert libc.prctl(22, 2, struct.pack("HxxxxxxP", 4, ctypes.addressof(buffer)), 0, 0) == 0
from synthllm.builder.cli import main
main()
"""


def test_machine_that_cannot_confine_a_program_refuses_before_the_first_request(tmp_path):
    """The kernel is made to answer as one that has no Landlock."""
    with ScriptedServer(lambda call: completion("never")) as server:
        recipe_file(tmp_path, server.url)
        command = [sys.executable, "-c", WITHOUT_LANDLOCK, "build", "recipe.yaml", "--out", "run"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert server.calls == []
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "synthllm: programs cannot be confined here: Landlock: Function not implemented; "
        "code answers need Linux 5.13 or later with Landlock, on x86-64 or ARM"
    )


def test_the_embedded_teacher_builds_programs_too(tmp_path):
    texts = (
        "Sorting is stable: sorted keeps equal items as they stand. Take slices, reverse them, and filter the rest.",
        "A cumulative sum is accumulate. A rolling window needs sums; groupby finds consecutive items. Mask the bits.",
    )
    lines = [json.dumps({"id": str(number), "text": text * 3}) for number, text in enumerate(texts)]
    recipe_file(tmp_path, "", endpoint="embedded", teacher={"error_rate": 0.3}, levels=["level1", "level2", "level3"])
    (tmp_path / "documents.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = synthllm(tmp_path, "build", "recipe.yaml", "--out", "run")
    assert done.returncode == 0, done.stderr
    made = pl.read_parquet(tmp_path / "run" / "verify" / "part-*[0-9].parquet")
    assert made["verified"].all()
    assert made["agreement"].min() < 1
    for row in made.iter_rows(named=True):
        namespace: dict[str, object] = {}
        exec("\n".join([row["final_answer"], *row["tests"]]), namespace)  # an AssertionError where one fails


def test_debate_does_not_go_with_programs(tmp_path):
    with ScriptedServer() as server:
        recipe_file(tmp_path, server.url, answers={"debate_rounds": 1})
        done = synthllm(tmp_path, "build", "recipe.yaml", "--out", "run")
        assert server.calls == []
    assert done.returncode == 2
    assert (
        done.stderr.strip()
        == "synthllm: answers.debate_rounds: programs are tested, not debated; 'programming' needs 0"
    )
