"""Answers in words that mean the same: no solution and the empty set, converges and convergent."""

from __future__ import annotations

from collections.abc import Sequence

_SYNONYMS = {
    "no solution": (
        "no solution", "no solutions", "none", "no real solution", "no real solutions", "empty set", "has no solution",
    ),
    "infinitely many solutions": (
        "infinitely many solutions", "infinite number solutions", "infinitely many", "infinite solutions",
        "infinite number", "infinite",
    ),
    "undefined": ("undefined", "does not exist", "dne", "not defined", "limit does not exist"),
    "yes": ("yes", "true"),
    "no": ("no", "false"),
}  # fmt: skip
_MEANINGS = {words: meaning for meaning, spellings in _SYNONYMS.items() for words in spellings}
_FILLERS = {"condition", "series", "sequence", "therefore", "so", "thus", "answer", "we", "have", "has", "both"}
_STEMS = {"converges": "converge", "convergent": "converge", "diverges": "diverge", "divergent": "diverge"}


def same_words(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two answers in words, without articles, mean the same."""
    return "".join(a) == "".join(b) or _meaning(a) == _meaning(b)


def _meaning(words: Sequence[str]) -> str:
    joined = " ".join(words)
    if joined in _MEANINGS:
        return _MEANINGS[joined]
    kept = [_STEMS.get(word, word) for word in words if word not in _FILLERS]
    return " ".join(kept) or joined
