"""Where a reply's randomness comes from: the prompt, the seed, and whether sampling was asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

T = TypeVar("T")


@dataclass(frozen=True)
class Chance:
    """Draws for one reply. `error_rate` is zero where nothing is sampled."""

    rng: np.random.Generator
    error_rate: float = 0.0

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[int(self.rng.integers(len(options)))]

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """Up to `count` different ones of the options, in random order."""
        return [options[i] for i in self.rng.permutation(len(options))[:count].tolist()]

    def happens(self, probability: float) -> bool:
        """True with this probability."""
        return bool(self.rng.random() < probability)


def chance(prompt: str, seed: int | None, temperature: float, error_rate: float) -> Chance:
    """The same for the same request, in every process. At temperature zero the seed plays no part."""
    sampled = temperature > 0
    key = f"{seed if sampled else 'greedy'}\0{prompt}"
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return Chance(np.random.default_rng(int.from_bytes(digest, "little")), error_rate if sampled else 0.0)
