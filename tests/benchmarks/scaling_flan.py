"""Losses of 30 models fine-tuned on FLAN (Lin et al. 2024): both laws, and the published deviations.

    python tests/benchmarks/scaling_flan.py FOLDER      # with flan.csv and flan_rmsd.csv, or SCALING_DATA=FOLDER

flan.csv has a column per number of samples, flan_rmsd.csv the published log deviations. Prints how many curves are
fitted at or below the published deviation, the errors at the largest size when it is predicted from the rest, and the
processor time of a fit and of a bootstrap.
"""

from __future__ import annotations

import csv
import math
import os
import sys
import time
from pathlib import Path

import numpy as np

from synthllm.eval.scaling import DRAWS, fit, fit_power_law


def main(folder: Path) -> None:
    """Measure and print."""
    with (folder / "flan.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (folder / "flan_rmsd.csv").open(encoding="utf-8") as file:
        published = {row["model"]: float(row["our_rmsd_under_log"]) for row in csv.DictReader(file)}
    sizes = np.array([float(name) for name in rows[0] if name.isdigit() and name != "0"])
    below, better, errors, fit_s, draws_s = 0, 0, [], [], []
    for row in rows:
        losses = np.array([float(row[f"{size:.0f}"]) for size in sizes])
        start = time.process_time()
        law = fit(sizes, losses, largest=math.inf)
        fit_s.append(time.process_time() - start)
        start = time.process_time()
        _ = law.draws
        draws_s.append(time.process_time() - start)
        rest = [one(sizes[:-1], losses[:-1], largest=math.inf) for one in (fit, fit_power_law)]
        rectified, power = (abs(float(np.log(one.predict(sizes[-1]) / losses[-1]))) for one in rest)
        model = row["config name"]
        below += law.deviation <= published[model]
        better += rectified < power
        errors.append((rectified, power))
        print(f"{model:<32} deviation {law.deviation:.5f}, published {published[model]:.5f}; "
              f"held out {rectified:.4f}, power law {power:.4f}")  # fmt: skip
    means = np.mean(errors, axis=0)
    print(f"at or below the published deviation: {below} of {len(rows)}")
    print(f"largest size predicted better than by the power law: {better} of {len(rows)}; "
          f"mean log error {means[0]:.4f} against {means[1]:.4f}")  # fmt: skip
    print(f"processor time: a fit {1000 * np.median(fit_s):.0f} ms (at most {1000 * max(fit_s):.0f}), "
          f"{DRAWS:,} draws {np.median(draws_s):.2f} s (at most {max(draws_s):.2f})")  # fmt: skip


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SCALING_DATA", "")
    if not given or not (Path(given) / "flan.csv").exists():
        print(f"skipped: no flan.csv in {given or 'SCALING_DATA, which is not set'}")
        sys.exit(0)
    main(Path(given))
