"""The main job end to end: the command line, real documentation, the embedded teacher, and plain `datasets`."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
import yaml
from latex2sympy2_extended import latex2sympy

from synthllm.builder.receipt import receipt
from synthllm.builder.teacher.family import agree
from synthllm.builder.teacher.problem import check
from synthllm.builder.teacher.reading import read

SMALL = {
    "name": "small",
    "seed": 3,
    "corpus": {
        "source": "installed",
        "packages": ["networkx", "numpy", "scipy"],
        "min_chars": 800,
        "documents_per_shard": 500,
    },
    "teacher": {"error_rate": 0.1},
    "filter": {"rounds": 1, "syllabus_documents": 60, "random_documents": 100, "rated_documents": 120},
    "graph": {"max_combinations": 40},
    "level1": {"questions": 2, "max_documents": 40},
    "level2": {"questions": 3, "max_documents": 40},
    "license": "cc-by-4.0",
}
CONFIGS = ("level1", "level2", "level3", "all", "documents", "concepts", "rejected")


def synthllm(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "synthllm.builder.cli", *map(str, arguments)]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(synthllm(*arguments), capture_output=True, text=True, timeout=240, check=False)


def recipe_file(folder: Path, **changes: object) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(SMALL | changes), encoding="utf-8")
    return path


def questions(out: Path) -> pl.DataFrame:
    return pl.concat(
        [pl.read_parquet(out / "dataset" / level / "*.parquet") for level in ("level1", "level2", "level3")]
    )


def rows(out: Path) -> dict[str, list[dict[str, object]]]:
    """Every row of every config that has files."""
    return {
        config: pl.read_parquet(out / "dataset" / config / "*.parquet").to_dicts()
        for config in CONFIGS
        if config != "all"
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    done = run("build", recipe_file(folder), "--out", folder / "run")
    assert done.returncode == 0, done.stderr
    return folder / "run"


def test_every_level_has_verified_questions_whose_answers_pass_independent_checks(built: Path) -> None:
    """The check of a problem family shares no code with the solution that was published."""
    made = questions(built)
    assert made["level"].unique().sort().to_list() == ["level1", "level2", "level3"]
    for row in made.iter_rows(named=True):
        problem = read(row["question"])
        assert problem is not None, row["question"]
        assert agree(latex2sympy(row["final_answer"]), check(problem)), row


def test_plain_datasets_loads_every_config(built: Path) -> None:
    script = (
        "import json, sys; from datasets import load_dataset\n"
        "loaded = {config: load_dataset(sys.argv[1], config, split='train') for config in sys.argv[2:]}\n"
        "print(json.dumps({config: [len(rows), rows.column_names] for config, rows in loaded.items()}))"
    )
    command = [sys.executable, "-c", script, str(built / "dataset"), *CONFIGS]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(built.parent / "hf")}
    loaded = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
    assert loaded["all"][0] == sum(loaded[level][0] for level in ("level1", "level2", "level3"))
    asked_for = (
        "id question answer final_answer messages level domain school_level origin subject topics concepts "
        "document_ids document_urls walk question_model answer_model votes agreement verified prompt_hash seed"
    )
    assert set(asked_for.split()) <= set(loaded["level3"][1])


def test_levels_keep_what_the_method_asks(built: Path) -> None:
    for row in questions(built).iter_rows(named=True):
        assert row["messages"][0] == {"role": "user", "content": row["question"]}
        assert row["question_model"].startswith("symbolic-teacher/")
        if row["level"] == "level2":
            assert 2 <= len(row["concepts"]) <= 3
            assert len(row["document_ids"]) == 1
        if row["level"] == "level3":
            assert 2 <= len(row["concepts"]) <= 3
            assert len(set(row["topics"])) == len(row["concepts"])
            assert set(row["concepts"]) <= set(row["walk"])
            assert len(set(row["document_ids"])) == 2


def test_rows_in_equal_rows_out_and_rejected(built: Path) -> None:
    """Nothing is lost in silence: every question that was written is in the dataset or has a reason."""
    stages = {
        stage: json.loads((built / stage / "stage.json").read_text()) for stage in ("curate", "answers", "verify")
    }
    written = sum(
        json.loads((built / level / "stage.json").read_text())["rows"] for level in ("level1", "level2", "level3")
    )
    refused = sum(sum(stage["rejected"].values()) for stage in stages.values())
    assert written == questions(built).height + refused


def test_card_has_real_counts_prompts_and_limits(built: Path) -> None:
    card = (built / "dataset" / "README.md").read_text()
    made = questions(built)
    assert f"{made.height:,} questions" in card
    assert "# Task: write questions that connect two documents" in card
    assert "symbolic teacher" in card
    assert "error_rate: 0.1" in card
    assert yaml.safe_load(card.split("---")[1])["license"] == "cc-by-4.0"


def test_finished_run_does_nothing_and_says_so(built: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.rglob("*.parquet")}
    done = run("build", built.parent / "recipe.yaml", "--out", built)
    assert done.returncode == 0
    assert "nothing to do" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*.parquet")} == before


def test_run_folder_of_another_recipe_is_refused_with_the_difference(built: Path, tmp_path: Path) -> None:
    done = run("build", recipe_file(tmp_path, seed=4), "--out", built)
    assert done.returncode == 2
    assert "seed: 3 -> 4" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.timeout(400)
def test_killed_run_continues_to_the_same_rows(built: Path, tmp_path: Path) -> None:
    recipe, out = recipe_file(tmp_path), tmp_path / "run"
    moments = random.Random(5)
    for _ in range(6):
        process = subprocess.Popen(
            synthllm("build", recipe, "--out", out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(moments.uniform(2, 9))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    done = run("build", recipe, "--out", out)
    assert done.returncode == 0, done.stderr
    assert rows(out) == rows(built)


@pytest.mark.timeout(400)
def test_same_rows_at_any_concurrency_and_from_a_server_started_by_hand(built: Path, tmp_path: Path) -> None:
    command = synthllm("teacher", "--port", "0", "--error-rate", "0.1")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as teacher:
        try:
            assert teacher.stdout is not None
            url = teacher.stdout.readline().strip().split()[-1]
            recipe = recipe_file(tmp_path, endpoint={"urls": [url], "max_in_flight": 2})
            done = run("build", recipe, "--out", tmp_path / "run")
            assert done.returncode == 0, done.stderr
        finally:
            os.killpg(teacher.pid, signal.SIGTERM)
    assert rows(tmp_path / "run") == rows(built)


def test_interrupted_run_says_how_to_go_on(tmp_path: Path) -> None:
    command = synthllm("build", recipe_file(tmp_path), "--out", tmp_path / "run")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        time.sleep(3)
        os.kill(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again to go on" in told.splitlines()[-1]


@pytest.mark.timeout(400)
def test_full_disk_is_one_line_and_after_making_room_the_run_goes_on(built: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        recipe = recipe_file(tmp_path)
        for size in ("2m", "7m", "14m"):
            subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)
            done = run("build", recipe, "--out", disk / "run", "--quiet")
            assert done.returncode == 2, done.stdout
            assert len(done.stderr.strip().splitlines()) == 1, done.stderr
            assert "disk" in done.stderr
        subprocess.run(["mount", "-o", "remount,size=400m", disk], check=True)
        done = run("build", recipe, "--out", disk / "run")
        assert done.returncode == 0, done.stderr
        assert rows(disk / "run") == rows(built)
    finally:
        subprocess.run(["umount", disk], check=True)


def test_the_receipt_of_a_priced_run_tells_what_each_accepted_row_cost(built: Path, tmp_path: Path) -> None:
    """By hand, from the ledger's rows: what the servers said each answer had."""
    run_folder = tmp_path / "run"
    shutil.copytree(built, run_folder)
    recipe = yaml.safe_load((run_folder / "recipe.yaml").read_text())
    del recipe["teacher"]
    recipe["endpoint"] = {"urls": ["http://127.0.0.1:9"], "prompt_price": 3.0, "completion_price": 15.0}
    (run_folder / "recipe.yaml").write_text(yaml.safe_dump(recipe))
    ledger = sqlite3.connect(run_folder / "ledger.sqlite")
    (cost,) = ledger.execute(
        "SELECT sum(prompt_tokens * 3.0 + completion_tokens * 15.0) / 1e6 FROM outcomes"
    ).fetchone()
    ledger.close()
    accepted = len(questions(built))
    assert f"each accepted row: {cost / accepted:,.6f}" in receipt(run_folder)


def test_dry_run_shows_stages_and_asks_nothing(tmp_path: Path) -> None:
    done = run("build", recipe_file(tmp_path), "--out", tmp_path / "run", "--dry-run")
    assert done.returncode == 0, done.stderr
    for stage in ("corpus", "filter", "level3", "answers", "to come"):
        assert stage in done.stdout
    assert not (tmp_path / "run").exists()


def test_sample_shows_rows_and_explain_shows_where_one_came_from(built: Path) -> None:
    shown = run("sample", built, "--level", "level3", "--rows", "2")
    assert shown.returncode == 0, shown.stderr
    question_id = next(word for word in shown.stdout.split() if word.startswith("level3-"))
    told = run("explain", built, question_id, "--full")
    assert told.returncode == 0, told.stderr
    row = questions(built).filter(pl.col("id") == question_id).row(0, named=True)
    for piece in (row["question"], *row["document_ids"], " -> ".join(row["walk"]), row["final_answer"]):
        assert piece in told.stdout
    assert "# Task: write questions that connect two documents" in told.stdout
    assert "verdict:   accepted" in told.stdout


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"corpus": {"source": "parquet", "path": "absent/*.parquet"}}, "no file matches"),
        ({"domain": "alchemy"}, "domain: 'alchemy' is not a domain"),
        ({"endpoint": {"urls": ["http://127.0.0.1:9"], "patience_s": 1}}, "127.0.0.1:9"),
        ({"filter": SMALL["filter"] | {"threshold": 10}}, "threshold"),  # type: ignore[operator]
    ],
)
def test_what_cannot_run_ends_with_one_line_and_exit_2(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    small = {"corpus": {**SMALL["corpus"], "packages": ["numpy"]}}  # type: ignore[dict-item]
    done = run("build", recipe_file(tmp_path, **{**small, **changes}), "--out", tmp_path / "run", "--quiet")
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_build_stops_after_the_stage_that_is_named_and_goes_on_later(tmp_path: Path) -> None:
    corpus = {**SMALL["corpus"], "packages": ["numpy"]}  # type: ignore[dict-item]
    recipe = recipe_file(tmp_path, corpus=corpus, filter=None)
    unknown = run("build", recipe, "--out", tmp_path / "run", "--until", "level4")
    assert unknown.returncode == 2
    assert "--until: 'level4' is not a stage of the recipe; its stages: corpus, filter, concepts" in unknown.stderr
    for words in ("stopped after filter", "finished already up to filter"):
        done = run("build", recipe, "--out", tmp_path / "run", "--until", "filter")
        assert words in done.stdout, done.stderr
    assert not (tmp_path / "run" / "concepts").exists()
    assert run("build", recipe, "--out", tmp_path / "run", "--until", "concepts").returncode == 0
    assert (tmp_path / "run" / "concepts" / "stage.json").exists()


def test_output_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run("build", recipe_file(tmp_path), "--out", tmp_path / "file" / "run")
    assert done.returncode == 2
    assert "cannot write" in done.stderr


def test_every_command_has_help_with_an_example() -> None:
    from synthllm.builder.cli import app

    for command in app.registered_commands:
        assert command.callback is not None
        text = command.callback.__doc__ or ""
        assert "Example: synthllm " in text, f"{command.callback.__name__} has no example"
    assert run("--help").returncode == 0
    assert run("no-such-command").returncode == 2
