"""Equality of answers against math-verify called one by one, over the same pairs, in one run.

    python tests/benchmarks/answer_equality.py --pairs 20000

The mix is that of a vote over samples: most pairs are identical strings, some are other spellings, some other answers.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "eval"))

from answer_pairs import PAIRS

from synthllm.eval.grade import equivalent

NEW_PER_HUNDRED = (80, 12)  # identical, equal in another spelling; the rest differ


def mix(count: int) -> list[tuple[str, str]]:
    """Pairs of answers; numbers in them vary, so that no cache answers for all."""
    rng = random.Random(7)
    formulas = ["{a}", "{a}", "{a}", r"\frac{{{a}}}{{{b}}}", r"{a}\sqrt{{{b}}}", "({a}, {b})", "{a}x+{b}", "{a}.5"]
    others = [r"\dfrac{{{a}}}{{{b}}}", "{b}+{a}x", "({a},{b})", r"\sqrt{{{c}}}"]
    pairs = []
    for _ in range(count):
        a, b = rng.randint(2, 999), rng.randint(2, 999)
        text = rng.choice(formulas).format(a=a, b=b)
        draw = rng.random() * 100
        if draw < NEW_PER_HUNDRED[0]:
            pairs.append((text, text))
        elif draw < sum(NEW_PER_HUNDRED):
            pairs.append(
                rng.choice(
                    [
                        (f"{a}/{b}", rf"\frac{{{a}}}{{{b}}}"),
                        (f"{a}.0", str(a)),
                        (f"x={a}", str(a)),
                        (f"{b}+{a}x", f"{a}x+{b}"),
                        (rf"\sqrt{{{a * a * b}}}", rf"{a}\sqrt{{{b}}}"),
                        (f"({a},{b})", f"({a}, {b})"),
                    ]
                )
            )
        else:
            pairs.append((text, rng.choice([*formulas, *others]).format(a=a + 1, b=b, c=a * b)))
    return pairs


def one_by_one(pairs: list[tuple[str, str]]) -> list[bool]:
    """math-verify, in the main thread, with its default limits."""
    from math_verify import parse, verify

    return [bool(verify(parse(f"${reference}$"), parse(f"${prediction}$"))) for prediction, reference in pairs]


def main() -> None:
    """Measure and print."""
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--sample", type=int, default=1_000)
    arguments = parser.parse_args()
    pairs = mix(arguments.pairs)
    one_by_one(pairs[:5])  # imports
    started = time.perf_counter()
    ours = [equivalent(p, r) for p, r in pairs]
    rate = len(pairs) / (time.perf_counter() - started)
    print(f"synthllm     {len(pairs):>7,} pairs  {rate:>10,.0f} /s")
    sample = pairs[: arguments.sample]
    started = time.perf_counter()
    theirs = one_by_one(sample)
    slow = len(sample) / (time.perf_counter() - started)
    agree = sum(a == b for a, b in zip(ours, theirs, strict=False)) / len(sample)
    print(
        f"math-verify  {len(sample):>7,} pairs  {slow:>10,.0f} /s   {rate / slow:,.0f} times; same verdict {agree:.2%}"
    )
    for (prediction, reference), mine, other in zip(sample, ours, theirs, strict=False):
        if mine != other:
            print(f"  {prediction} | {reference}: synthllm {mine}, math-verify {other}")
            break
    table = [(p, r, e) for p, r, e in PAIRS if p.strip() and r.strip() and len(p) < 200]
    started = time.perf_counter()
    right = sum(equivalent(p, r) == e for p, r, e in table) / len(table)
    ours_s = time.perf_counter() - started
    started = time.perf_counter()
    others = sum(a == e for a, (_, _, e) in zip(one_by_one([(p, r) for p, r, _ in table]), table, strict=True)) / len(
        table
    )
    theirs_s = time.perf_counter() - started
    print(f"table of {len(table)} hand-written pairs: synthllm {right:.1%} as written in {ours_s:.2f} s, "
          f"math-verify {others:.1%} in {theirs_s:.2f} s")  # fmt: skip


if __name__ == "__main__":
    main()
