"""Whether documents are in the language that a filter was trained on, told by their commonest words.

The 200 commonest words of any language make up about half of its running text, and hardly any of another's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .features import word_hashes

if TYPE_CHECKING:
    import pyarrow as pa

COMMONEST = 200
FOREIGN = 0.4  # a document with less than this part of the usual share of common words is in another language
WARN_ABOVE = 0.2  # warn when more than this part of the documents is; formulas and tables alone stay below it


@dataclass(frozen=True, slots=True)
class LanguageProfile:
    """The commonest words of the training documents, by hash, ascending, and what share of the text they make up."""

    words: NDArray[np.uint64]
    share: float

    def foreign(self, texts: pa.Array) -> NDArray[np.bool_]:
        """(n,) whether each document looks to be in another language; one with under 20 words never does."""
        shares, counts = _shares(self.words, texts)
        return (counts >= 20) & (shares < FOREIGN * self.share)


def profile_of(texts: pa.Array) -> LanguageProfile:
    """The profile of training documents."""
    words, _ = word_hashes(texts)
    if not len(words):
        return LanguageProfile(np.zeros(0, np.uint64), 0.0)
    distinct, counts = np.unique(words, return_counts=True)
    commonest = np.sort(distinct[np.lexsort((distinct, -counts))[:COMMONEST]])
    shares, _ = _shares(commonest, texts)
    return LanguageProfile(commonest, float(np.median(shares)))


def _shares(commonest: NDArray[np.uint64], texts: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(n,) the share of common words in each document, and (n,) its number of words."""
    words, ends = word_hashes(texts)
    counts = np.diff(ends)
    before = np.concatenate(([0], np.cumsum(np.isin(words, commonest))))
    return np.diff(before[ends]) / np.maximum(counts, 1), counts
