"""Finding the taxonomy's concepts in running text.

Names and aliases are matched as sequences of words, whatever their case, hyphens, underscores and plurals:
`Prime-factors`, `prime factor` and `prime_factors` are one. The longest name wins, no name reaches across punctuation,
and a text is read once.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .families import TOPICS
from .family import Topic

_TOKEN = re.compile(r"[a-z]+|\d+|[.,;:!?()\[\]{}|<>=\"]|\n\s*\n")
# Possessives, the accents that normalising splits off, and commands: a formula with \sqrt does not name square roots.
_DROPPED = re.compile(r"['’]s?\b|['’\u0300-\u036f]|\\[a-z]+")
_IRREGULAR = {
    "vertices": "vertex",
    "matrices": "matrix",
    "indices": "index",
    "bases": "basis",
    "axes": "axis",
    "parabolas": "parabola",
    "radii": "radius",
    "loci": "locus",
    "foci": "focus",
    "maxima": "maximum",
    "minima": "minimum",
    "extrema": "extremum",
    "medians": "median",
    "halves": "half",
}
# Names that everyday text and programs use too. One counts only where another name of its topic makes the sense plain.
DOUBTFUL_NAMES = (
    "absolute difference", "amplitude", "aspect ratio", "average speed", "carrying capacity", "ceiling",
    "conversion factor", "cost function", "critical point", "crt", "decay rate", "determinant", "differentiation",
    "directly proportional", "discriminant", "eccentricity", "floor", "fraction", "half-life", "hexadecimal",
    "hitting time", "integral", "integration", "interest rate", "inversely proportional", "knapsack", "last digit",
    "learning rate", "limit", "load balancing", "mae", "matching", "median", "mirror image", "necklace", "octal",
    "order of magnitude", "percent", "percentage", "periodicity", "pigeonhole", "precision score", "prime",
    "proportional to", "proportionality", "radioactive decay", "ratio", "recall", "recurrence", "relative change",
    "remainder", "rms", "round down", "round up", "scheduling", "selectivity", "specificity", "standardization",
    "step size", "surface area", "telescoping", "trailing zeros", "unit conversion",
)  # fmt: skip
MEMO_SIZE = 200_000  # words whose singular is remembered


@dataclass(frozen=True)
class RankedTopic:
    """A topic that a text is about: its concepts, most often named first, and how often they are named in all."""

    topic: Topic
    concepts: tuple[str, ...]
    hits: int


class Lexicon:
    """The names of a taxonomy, ready to be found in text."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self.topics = tuple(topics)
        self.topic_of = {concept: topic for topic in topics for concept in topic.concepts}
        self._names: dict[tuple[str, ...], str] = {}
        for topic in topics:
            for concept, aliases in topic.concepts.items():
                for name in (concept, *aliases):
                    self._names.setdefault(words(name), concept)
        # First word -> the lengths of names that begin with it, longest first.
        lengths: dict[str, set[int]] = {}
        for tokens in self._names:
            lengths.setdefault(tokens[0], set()).add(len(tokens))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}
        self._doubtful = frozenset(map(words, DOUBTFUL_NAMES))

    def count(self, text: str) -> Counter[str]:
        """How often the text names each concept, in the order of first mention."""
        return self.count_words(words(text))

    def count_words(self, tokens: Sequence[str]) -> Counter[str]:
        """As `count`, for a text that is already in words."""
        found: Counter[str] = Counter()
        sure: set[str] = set()  # topics that a name beyond doubt belongs to
        doubtful: Counter[str] = Counter()
        lengths, names = self._lengths, self._names
        skip_to = 0
        for start, token in enumerate(tokens):
            sizes = lengths.get(token)
            if sizes is None or start < skip_to:
                continue
            for size in sizes:
                name = tuple(tokens[start : start + size])
                concept = names.get(name)
                if concept is not None:
                    found[concept] += 1
                    skip_to = start + size
                    if name in self._doubtful:
                        doubtful[concept] += 1
                    else:
                        sure.add(self.topic_of[concept].name)
                    break
        for concept, hits in doubtful.items():
            if self.topic_of[concept].name not in sure:
                found[concept] -= hits
        return +found

    def concept(self, name: str) -> str | None:
        """The concept that a name or alias means, whatever its case and number."""
        return self._names.get(words(name))

    def sure_names(self) -> list[tuple[str, ...]]:
        """All names but the doubtful ones, in their singular words."""
        return [name for name in self._names if name not in self._doubtful]

    def rank(self, counts: Mapping[str, int]) -> list[RankedTopic]:
        """The topics of the counted concepts: those with most distinct concepts first, then with most hits."""
        by_topic: dict[str, list[str]] = {}
        for concept in sorted(counts, key=lambda c: -counts[c]):
            by_topic.setdefault(self.topic_of[concept].name, []).append(concept)
        ranked = [
            RankedTopic(self.topic_of[concepts[0]], tuple(concepts), sum(counts[c] for c in concepts))
            for concepts in by_topic.values()
        ]
        return sorted(ranked, key=lambda one: (-len(one.concepts), -one.hits, one.topic.name))


def words(text: str) -> tuple[str, ...]:
    """A text as lower-case singular words without accents; punctuation stays, so that names do not reach across it."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return tuple(map(_singular, _TOKEN.findall(_DROPPED.sub("", text.lower()))))


@functools.lru_cache(maxsize=MEMO_SIZE)
def _singular(word: str) -> str:
    """A word without its plural ending; the same for words that only look like plurals, so that both sides agree."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


@functools.cache
def lexicon() -> Lexicon:
    """The lexicon of the whole taxonomy."""
    return Lexicon(TOPICS)


def subject_of(topics: Iterable[Topic]) -> str:
    """The subject that most of the topics belong to; the first one's where it is a tie."""
    counted = Counter(topic.subject for topic in topics)
    return max(counted, key=lambda subject: counted[subject]) if counted else "Mathematics"
