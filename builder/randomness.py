"""Seeds from the recipe's seed and a row's id, so that the order in which rows complete cannot change the output."""

from __future__ import annotations

import hashlib

import numpy as np


def row_seed(seed: int, *parts: str | int) -> int:
    """A 31-bit seed (the range that every server accepts) for one row and one purpose."""
    text = "\0".join(map(str, (seed, *parts)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1


def row_rng(seed: int, *parts: str | int) -> np.random.Generator:
    """A random generator for one row and one purpose."""
    return np.random.default_rng(row_seed(seed, *parts))
