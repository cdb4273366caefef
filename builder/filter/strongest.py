"""Which words and pairs of words speak most for and against a document, read back from hashed features."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from typing import TypedDict

from .features import feature_sets
from .linear import Linear

READ_CHARS = 2_000_000  # of the training documents, from which names of features are taken
MOST = 25
COMMON = 3  # a feature is named if at least this many documents hold it

_WORD = re.compile(r"[^\W_]+")


class Feature(TypedDict):
    """A feature, the weight that its presence has, and the number of documents read that hold it."""

    name: str
    weight: float
    documents: int


class Strongest(TypedDict):
    """The features that speak most for a document, and those that speak most against it, the strongest first."""

    for_it: list[Feature]
    against_it: list[Feature]


def strongest(texts: Sequence[str], linear: Linear) -> Strongest:
    """The strongest features among the words and neighbouring words of the first documents.

    A hashed feature has no name of its own; it gets the commonest word or pair that falls on its place.
    """
    import pyarrow as pa

    seen: Counter[str] = Counter()
    read = 0
    for text in texts:
        words = [re.sub("[0-9]", "0", word) for word in _WORD.findall(text[:20_000].lower())]
        seen.update({*words, *(f"{one} {two}" for one, two in itertools.pairwise(words))})
        read += len(text)
        if read > READ_CHARS:
            break
    names = [name for name, documents in seen.most_common() if documents >= COMMON]
    if not names:
        return {"for_it": [], "against_it": []}
    places, ends, _ = feature_sets(pa.array(names, pa.large_string()))
    name_of: dict[int, str] = {}
    for row, name in enumerate(names):
        # A word alone has two features, itself and itself at the start of a text; a pair ends with its own.
        place = int(places[ends[row]]) if " " not in name else int(places[ends[row + 1] - 1])
        name_of.setdefault(place, name)
    order = sorted(name_of, key=lambda place: (float(linear.weights[place]), place))

    def feature(place: int) -> Feature:
        return {
            "name": name_of[place],
            "weight": round(float(linear.weights[place]), 3),
            "documents": seen[name_of[place]],
        }

    return {
        "for_it": [feature(place) for place in reversed(order[-MOST:]) if linear.weights[place] > 0],
        "against_it": [feature(place) for place in order[:MOST] if linear.weights[place] < 0],
    }
