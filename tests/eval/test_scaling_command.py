"""`synthllm scaling`: points in, laws, words and figures out, or one line."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

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
