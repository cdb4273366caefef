"""`synthllm scaling`: points in, laws, words and figures out, or one line."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from report_runs import make_run

SIZES = [0, 60e6, 120e6, 240e6, 490e6, 970e6, 1.9e9, 4.5e9]
LAWS = {"3B": (53_000, 77_000, 0.52, 0.14), "8B": (18_700, 34_500, 0.52, 0.16)}


def write(path, header="model,parameters,samples,tokens,error_rate,loss", scale=1.0, sizes=SIZES):
    rng = np.random.default_rng(0)
    rows = [header]
    for model, (b, d_l, beta, e) in LAWS.items():
        for tokens in sizes:
            error = (b / (d_l + tokens**beta) + e) * np.exp(rng.normal(0, 0.003))
            rows.append(f"{model},1,1,{tokens},{error * scale},")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "synthllm.builder.cli", "scaling", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_points_become_laws_a_plan_and_figures(tmp_path):
    points, out = write(tmp_path / "points.csv"), tmp_path / "scaling"
    done = run(points, "--out", out, "--price-per-row", "0.002", "--tokens-per-row", "600")
    assert done.returncode == 0, done.stderr
    told = json.loads((out / "laws.json").read_text(encoding="utf-8"))
    assert [one["model"] for one in told] == ["3B", "8B"]
    for one in told:
        low, high = one["intervals"]["beta"]
        assert low <= one["parameters"]["beta"] <= high
        assert low < 0.52 < high
        assert one["held_out"]["rectified"] == pytest.approx(one["held_out"]["observed"], abs=0.03)
        assert one["doubling"]["cost"] == pytest.approx(4.5e9 / 600 * 0.002)
    assert "within 2 points of the ceiling" in done.stdout
    assert (out / "scaling.png").read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(out / "scaling.svg").getroot().tag.endswith("svg")


def test_the_same_points_give_the_same_figure(tmp_path):
    points = write(tmp_path / "points.csv")
    figures = []
    for name in ("a", "b"):
        assert run(points, "--out", tmp_path / name, "--shared-beta").returncode == 0
        figures.append((tmp_path / name / "scaling.svg").read_bytes())
    assert figures[0] == figures[1]
    told = json.loads((tmp_path / "a" / "laws.json").read_text(encoding="utf-8"))
    assert told[0]["parameters"]["beta"] == told[1]["parameters"]["beta"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"header": "model,parameters,samples,size,error,loss"}, "no column tokens, error_rate"),
        ({"scale": 100.0}, "percent"),
        ({"sizes": SIZES[:4]}, "4 points"),
        ({"sizes": [1e9] * 6}, "sizes that differ"),
        ({"scale": float("nan")}, "finite numbers"),
    ],
)
def test_bad_points_are_one_line_and_exit_2(tmp_path, change, message):
    done = run(write(tmp_path / "points.csv", **change), "--out", tmp_path / "out")
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert "points.csv" in done.stderr
    assert not (tmp_path / "out").exists()


def test_one_model_in_percent_beside_one_in_rates_is_refused(tmp_path):
    points = write(tmp_path / "points.csv")
    lines = points.read_text(encoding="utf-8").replace("8B,1,1,4500000000.0,0.", "8B,1,1,4500000000.0,")
    points.write_text(lines, encoding="utf-8")
    done = run(points, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "mixed units" in done.stderr


def test_a_missing_file_is_one_line(tmp_path):
    done = run(tmp_path / "none.csv")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_budget_and_selection_are_answered_from_the_points(tmp_path):
    header = "model,parameters,samples,tokens,error_rate,loss"
    points = write(tmp_path / "points.csv", header)
    text = points.read_text(encoding="utf-8").replace("3B,1,1,", "3B,3e9,1000,").replace("8B,1,1,", "8B,8e9,1000,")
    points.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    done = run(points, "--out", out, "--budget", "1e21", "--budget-in", "flops", "--epochs", "3", "--select-at", "1e11")
    assert done.returncode == 0, done.stderr
    told = json.loads((out / "budget.json").read_text(encoding="utf-8"))
    assert {one["model"]: one["tokens"] for one in told["choices"]} == pytest.approx(
        {"3B": 1e21 / (6 * 3e9 * 3), "8B": 1e21 / (6 * 8e9 * 3)}
    )
    errors = [one["error"] for one in told["choices"]]
    assert errors == sorted(errors)
    assert f"with 1e+21 FLOPs: {told['choices'][0]['model']}" in done.stdout
    assert "to fine-tune on 100B tokens: " in done.stdout
    names = {path.name for path in out.iterdir()}
    assert {"scaling-3B.svg", "scaling-3B.png", "scaling-8B.svg", "scaling-8B.png"} <= names


def test_law_of_the_loss_is_fitted_to_its_column(tmp_path):
    lines = ["model,tokens,error_rate,loss"]
    lines += [f"a,{tokens},1.0,{4 / (1 + (tokens / 1e8) ** 0.5) + 0.7}" for tokens in SIZES]
    points = tmp_path / "points.csv"
    points.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = run(points, "--out", tmp_path / "out", "--measure", "loss")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads((tmp_path / "out" / "laws.json").read_text(encoding="utf-8"))
    assert told["parameters"]["E"] == pytest.approx(0.7, rel=0.02)
    assert "within 0.05 nats of the ceiling" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--measure", "accuracy"), "'accuracy' is not a column that is fitted; give error_rate or loss"),
        (("--budget", "10", "--budget-in", "euros"), "'euros' is no unit of a budget"),
        (("--budget", "10"), "a token costs nothing"),
        (("--select-at", "-1"), "is no number of tokens"),
        (("--price-per-row", "1", "--run", "runs/none"), "both say what a row costs"),
        (("--run", "runs/none"), "no run here"),
    ],
)
def test_options_that_make_no_sense_are_one_line(tmp_path, arguments, message):
    done = run(write(tmp_path / "points.csv"), "--out", tmp_path / "out", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_price_of_a_row_is_that_of_a_finished_run(tmp_path):
    """By hand, from the stages' manifests: 1 a million prompt tokens, 2 a million others, over the accepted rows."""
    made = make_run(tmp_path / "run")
    stages = [json.loads(path.read_text()) for path in made.glob("*/stage.json")]
    spent = sum(s.get("prompt_tokens", 0) * 1.0 + s.get("completion_tokens", 0) * 2.0 for s in stages) / 1e6
    rows = json.loads((made / "dataset" / "stage.json").read_text())["rows"]
    assert spent / rows > 1e-6
    done = run(write(tmp_path / "points.csv"), "--out", tmp_path / "scaling", "--run", made, "--tokens-per-row", "600")
    assert done.returncode == 0, done.stderr
    (told,) = {line.rsplit(", for ", 1)[1] for line in done.stdout.splitlines() if "doubling to" in line}
    assert float(told.replace(",", "")) == pytest.approx(SIZES[-1] / 600 * spent / rows, rel=1e-3)
