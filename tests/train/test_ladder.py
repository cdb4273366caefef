"""A ladder end to end: points on disk, finished trainings skipped, failures named."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from synthllm.builder.cli import app
from synthllm.builder.errors import RecipeError, TrainingError
from synthllm.train.ladder import COLUMNS, climb, load_ladder
from train import tiny


def ladder_file(folder: Path, **changes: Any) -> Path:
    rows = tiny.write_rows(folder / "rows.jsonl", tiny.questions(60))
    base = tiny.recipe(rows, data={"held_out": 10}).model_dump(mode="json")
    scratch = base["model"]["scratch"]
    values = {
        "name": "ladder",
        "rows": [40, 16],
        "models": {"one": {"scratch": scratch}},
        "data": {key: value for key, value in base["data"].items() if key not in ("rows", "tokens")},
        "training": base["training"],
        "evaluation": {"answers": 3, "max_new_tokens": 4},
    }
    path = folder / "ladder.yaml"
    path.write_text(yaml.safe_dump(values | changes), encoding="utf-8")
    return path


@pytest.mark.timeout(400)
def test_ladder_writes_a_point_for_each_size_and_skips_what_is_done(tmp_path: Path) -> None:
    path, out = ladder_file(tmp_path), tmp_path / "out"
    done = CliRunner().invoke(app, ["ladder", str(path), "--out", str(out)])
    assert done.exit_code == 0, done.output
    with (out / "points.csv").open(newline="") as file:
        points = list(csv.DictReader(file))
    assert tuple(points[0]) == COLUMNS
    assert [point["samples"] for point in points] == ["16", "40"]
    for point in points:
        summary = json.loads((out / "one" / point["samples"] / "summary.json").read_text())
        assert float(point["loss"]) == summary["after"]["loss"]
        assert float(point["error_rate"]) == 1 - summary["after"]["correct"] / 3
        assert int(point["tokens"]) == summary["tokens"]
    assert int(points[0]["tokens"]) < int(points[1]["tokens"])
    before = {file: file.stat().st_mtime_ns for file in out.rglob("*.safetensors")}
    said: list[str] = []
    climb(load_ladder(path), out, say=said.append)
    assert {file: file.stat().st_mtime_ns for file in out.rglob("*.safetensors")} == before
    assert sum("finished already" in line for line in said) == 2


def test_training_that_fails_is_named_with_its_reason(tmp_path: Path) -> None:
    path = ladder_file(tmp_path, rows=[500])
    with pytest.raises(
        TrainingError, match=r"ladder-one-500: data\.rows: 500 asked for, the sources have 50 .*500\.err"
    ):
        climb(load_ladder(path), tmp_path / "out")
    assert not (tmp_path / "out" / "points.csv").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rows": [16, 16]}, "stands there twice"),
        ({"rowss": [16]}, "rowss: unknown key; did you mean 'rows'"),
        ({"data": {"sources": [{"path": "x"}]}}, "data.held_out"),
        ({"data": {"sources": [{"path": "x"}], "held_out": 5, "rows": 3}}, "the ladder sets it"),
    ],
)
def test_ladder_that_makes_no_sense_is_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        load_ladder(ladder_file(tmp_path, **changes))


def test_train_command_trains_and_says_what_it_measured(tmp_path: Path) -> None:
    rows = tiny.write_rows(tmp_path / "rows.jsonl", tiny.questions(20))
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(tiny.recipe(rows, data={"held_out": 4}).canonical(), encoding="utf-8")
    done = CliRunner().invoke(app, ["train", str(recipe), "--out", str(tmp_path / "out"), "--quiet"])
    assert done.exit_code == 0, done.output
    assert "before: held-out loss" in done.output
    assert (tmp_path / "out" / "model" / "model.safetensors").exists()


def test_train_command_starts_accelerate_where_a_configuration_is_given(tmp_path: Path) -> None:
    rows = tiny.write_rows(tmp_path / "rows.jsonl", tiny.questions(16))
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(tiny.recipe(rows).canonical(), encoding="utf-8")
    config = Path(__file__).parents[2] / "recipes" / "accelerate" / "one-cpu.yaml"
    arguments = ["train", str(recipe), "--out", str(tmp_path / "out"), "--accelerate", str(config), "--quiet"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["processes"] == 1
