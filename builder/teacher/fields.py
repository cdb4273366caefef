"""What field a text belongs to, by the words of each field in it: mathematics, physics, and their neighbours."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from .lexicon import lexicon, words

SHARED_WEIGHT = 1 / 3
SHORT = 90  # words; the counts of a shorter text are not blown up beyond what this many words would give
MOST_PER_HUNDRED = 2  # times per hundred words that one term counts, so that a word said over and over is not a subject


@dataclass(frozen=True)
class Fields:
    """The terms of all fields.

    Attributes:
        names: What a domain may be called -> the field.
        weights: A term in its singular words -> the weight that it has for each field it belongs to.
        lengths: The first word of a term -> how many words the terms that begin with it have, longest first.
    """

    names: Mapping[str, str]
    weights: Mapping[tuple[str, ...], Mapping[str, float]]
    lengths: Mapping[str, Sequence[int]]

    def field_of(self, domain: str) -> str | None:
        """The field that a domain's name means, by the first word in it that names one."""
        pattern = rf"\b({'|'.join(map(re.escape, self.names))})\b"
        found = re.search(pattern, domain.casefold())
        return self.names[found[1]] if found else None

    def densities(self, tokens: Sequence[str]) -> dict[str, float]:
        """The weighted words of each field's terms, per hundred words of a text given in `words`."""
        plain = sum(token.isalpha() and len(token) > 1 for token in tokens)
        hundreds = max(plain, SHORT) / 100
        found: Counter[tuple[str, ...]] = Counter()
        skip_to = 0
        for start, token in enumerate(tokens):
            if start < skip_to:
                continue
            for size in self.lengths.get(token, ()):
                term = tuple(tokens[start : start + size])
                if term in self.weights:
                    found[term] += 1
                    skip_to = start + size
                    break
        density = dict.fromkeys(self.names.values(), 0.0)
        for term, count in found.items():
            counted = len(term) * min(count / hundreds, MOST_PER_HUNDRED)
            for field, weight in self.weights[term].items():
                density[field] += weight * counted
        return density


@functools.cache
def fields() -> Fields:
    """The fields of `fields.yaml`, and the taxonomy's names for mathematics."""
    loaded = yaml.safe_load(Path(__file__).with_name("fields.yaml").read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    raw: dict[tuple[str, ...], dict[str, float]] = {}
    for field, lists in loaded.items():
        names.update(dict.fromkeys(_split(lists["names"]), field))
        for kind, weight in (("shared", SHARED_WEIGHT), ("own", 1.0)):
            for listed in _split(lists[kind]):
                raw.setdefault(words(listed), {})[field] = weight
    for term in lexicon().sure_names():
        raw.setdefault(term, {}).setdefault("mathematics", 1.0)
    weights = {term: _parted(of_fields) for term, of_fields in raw.items()}
    lengths: dict[str, set[int]] = {}
    for term in weights:
        lengths.setdefault(term[0], set()).add(len(term))
    return Fields(names, weights, {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()})


def _parted(weights: Mapping[str, float]) -> dict[str, float]:
    """The largest of a term's weights, parted among its fields in proportion to the weight in each."""
    largest, total = max(weights.values()), sum(weights.values())
    return {field: largest * weight / total for field, weight in weights.items()}


def _split(line: str) -> list[str]:
    return [part.strip() for part in line.split(",") if part.strip()]
