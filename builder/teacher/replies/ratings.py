"""Ratings of a document, 1 to 10: relevance to the domain, clarity, and quality of language."""

from __future__ import annotations

import math
import re
from collections import Counter

from ..lexicon import lexicon, words
from .chance import Chance
from .prompt import Prompt

_FORMULA = re.compile(
    r"\$[^$\n]{1,200}\$|\\(?:frac|sum|int|sqrt|lim|begin)\b|(?<![=!<>])=(?!=)|[∑∫√≤≥≠∞πσμ±]|\b[a-z]\([a-z]\)"
)
_VOCABULARY = frozenset(  # in the singular forms that `words` gives
    re.findall(
        r"\w+",
        """
    theorem proof lemma corollary axiom equation inequality formula integer rational coefficient variable exponent
    numerator denominator derivative integral function graph slope polynomial quadratic linear matrix vector
    eigenvalue determinant probability variance deviation mean median distribution sample hypothesis random estimate
    confidence interval regression sum product difference quotient factor prime divisor multiple modulo sequence series
    limit converge diverge infinity continuous differentiable domain angle triangle circle radius area volume perimeter
    sine cosine tangent logarithm exponential permutation combination factorial vertex edge subset union intersection
    algebra geometry calculus trigonometry statistics arithmetic mathematic mathematical compute calculate evaluate
    solve simplify approximate algorithm numeric minimum maximum optimization constraint root zero positive negative
    real complex plane curve axis coordinate interval norm orthogonal basis dimension parameter
    """,
    )
)


def rate(prompt: Prompt, chance: Chance) -> str:
    """Three integers in their tags."""
    document = "\n\n".join(prompt.documents)
    domain = prompt.line("Domain") or "mathematics"
    share = _mathematics(document) if "math" in domain.casefold() else _overlap(document, prompt.instructions)
    clarity, language = _clarity(document), _language(document)
    relevance = _on_scale(share)
    return f"<relevance>{relevance}</relevance>\n<clarity>{clarity}</clarity>\n<language>{language}</language>"


def _on_scale(share: float) -> int:
    return max(1, min(10, round(1 + 9 * share)))


def _mathematics(document: str) -> float:
    tokens = words(document)
    plain = [token for token in tokens if token.isalpha()]
    if not plain:
        return 0.0
    per_hundred = 100 / max(len(plain), 60)
    counts = lexicon().count_words(tokens)
    distinct = len(counts)
    density = sum(min(n, 4) for n in counts.values()) * per_hundred
    vocabulary = sum(token in _VOCABULARY for token in plain) * per_hundred
    formulas = len(_FORMULA.findall(document)) * per_hundred
    evidence = 0.55 * min(density, 8) + 0.35 * min(vocabulary, 14) + 0.12 * min(formulas, 12) + 0.25 * min(distinct, 8)
    return 1 - math.exp(-evidence / 4)


def _overlap(document: str, definition: str) -> float:
    """How much of the domain's own words the document uses, by how much of the document they make up."""
    own = {word for word in words(definition) if len(word) > 4}
    plain = [token for token in words(document) if token.isalpha()]
    counted = Counter(token for token in plain if token in own)
    if not plain:
        return 0.0
    return min(1.0, 6 * sum(min(n, 5) for n in counted.values()) / len(plain))


def _clarity(document: str) -> int:
    return 7


def _language(document: str) -> int:
    return 7
