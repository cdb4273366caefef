"""Which of 30 models to fine-tune on FLAN, chosen from small subsets (Lin et al. 2024): ways to rank them.

    python tests/benchmarks/scaling_selection.py FOLDER      # with flan.csv, or SCALING_DATA=FOLDER

For every share of the data, the models are ranked by what each way expects, and compared with their loss on all data:
Pearson and Spearman correlation, and the regret, by how many nats the model chosen is worse than the best. The number
of subsets of the line was chosen on these curves, so expect a little less of it elsewhere.
"""

from __future__ import annotations

import csv
import math
import os
import sys
from pathlib import Path

import numpy as np
from scipy.stats import pearsonr, spearmanr

from synthllm.eval.scaling import FEWEST, fit, fit_power_law
from synthllm.eval.scaling_select import rank_models

SHARES = (8, 16, 32, 64, 128, 256, 512)


def main(folder: Path) -> None:
    """Measure and print."""
    with (folder / "flan.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    sizes = np.array([float(name) for name in rows[0] if name.isdigit() and name != "0"])
    curves = {row["config name"]: np.array([float(row[f"{size:.0f}"]) for size in sizes]) for row in rows}
    truth = np.array([values[-1] for values in curves.values()])
    print(f"{'share':>6} {'way':<24} {'Pearson':>8} {'Spearman':>9} {'regret':>7}")
    for share in SHARES:
        used = sizes <= 1.001 * sizes[-1] / share
        small = {model: (sizes[used], values[used]) for model, values in curves.items()}
        line = {one.model: one.expected for one in rank_models(small, sizes[-1])}
        expected: dict[str, list[float]] = {
            "line of 3 subsets (ours)": [line[model] for model in curves],
            "untrained": [float(row["0"]) for row in rows],
            "largest subset": [values[-1] for _, values in small.values()],
            "parameters": [-float(row["size"]) for row in rows],
        }
        if used.sum() >= FEWEST:
            for name, law in (("rectified law", fit), ("power law", fit_power_law)):
                expected[name] = [float(law(*curve, largest=math.inf).predict(sizes[-1])) for curve in small.values()]
        for name, values in expected.items():
            regret = truth[int(np.argmin(values))] - truth.min()
            print(f"{'1/' + str(share):>6} {name:<24} {pearsonr(values, truth)[0]:>8.2f} "
                  f"{spearmanr(values, truth)[0]:>9.2f} {regret:>7.3f}")  # fmt: skip


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SCALING_DATA", "")
    if not given or not (Path(given) / "flan.csv").exists():
        print(f"skipped: no flan.csv in {given or 'SCALING_DATA, which is not set'}")
        sys.exit(0)
    main(Path(given))
