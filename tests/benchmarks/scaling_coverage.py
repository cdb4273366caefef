"""Random rectified curves with noise: how well curves and parameters come back, and how often intervals hold the truth.

    python tests/benchmarks/scaling_coverage.py [CURVES]

Curves start between 0.5 and 1 and end between 0.02 and 0.4, with exponents from 0.2 to 0.9 and a bend at up to the
middle of the sizes; they are measured at 8 sizes over three decades and untrained, with 0.5% to 3% of noise. Predicted
is the error at 4 times the largest size, and the curve at the largest.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from synthllm.eval.scaling import fit, fit_power_law


def main(curves: int) -> None:
    """Measure and print."""
    rng = np.random.default_rng(0)
    errors, covered, fit_s, draws_s = [], [], [], []
    for _ in range(curves):
        beta, start, end = rng.uniform(0.2, 0.9), rng.uniform(0.5, 1), rng.uniform(0.02, 0.4)
        smallest = 10 ** rng.uniform(5, 8)
        tokens = np.concatenate([[0], np.geomspace(smallest, 1000 * smallest, 8)])
        knee = smallest * 10 ** rng.uniform(-0.5, 1.5)

        def truth(at, beta=beta, start=start, end=end, knee=knee):
            return (start - end) / (1 + (np.asarray(at, dtype=float) / knee) ** beta) + end

        noise = rng.uniform(0.005, 0.03)
        values = np.minimum(truth(tokens) * np.exp(rng.normal(0, noise, len(tokens))), 1)
        begun = time.process_time()
        law = fit(tokens, values)
        fit_s.append(time.process_time() - begun)
        begun = time.process_time()
        _ = law.draws
        draws_s.append(time.process_time() - begun)
        power = fit_power_law(tokens, values)
        ahead, largest = 4 * tokens[-1], tokens[-1]
        errors.append(
            [abs(np.log(one.predict(ahead) / truth(ahead))) for one in (law, power)]
            + [abs(law.beta - beta) / beta, abs(law.E - end)]
        )
        intervals = law.parameter_intervals()
        low, high = law.interval([largest, ahead])
        inside = (low <= truth([largest, ahead])) & (truth([largest, ahead]) <= high)
        covered.append(
            [
                *inside,
                *(intervals[name][0] <= true <= intervals[name][1] for name, true in (("beta", beta), ("E", end))),
            ]
        )
    median = np.median(errors, axis=0)
    share = np.mean(covered, axis=0)
    print(f"{curves} curves; median log error at 4 times the largest size: {median[0]:.4f}, power law {median[1]:.4f}")
    print(f"median error of beta {100 * median[2]:.0f}%, of E {median[3]:.3f}")
    print("95% intervals hold the truth: " + ", ".join(
        f"{name} {100 * one:.0f}%"
        for name, one in zip(("curve at the largest size", "at 4 times it", "beta", "E"), share, strict=True)
    ))  # fmt: skip
    print(f"processor time: a fit {1000 * np.median(fit_s):.0f} ms, 1,000 draws {np.median(draws_s):.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
