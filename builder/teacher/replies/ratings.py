"""Ratings of a document, 1 to 10: relevance to the domain, clarity, and quality of language.

Relevance to mathematics comes from the key concepts that the document names, from the words and formulas of
mathematics, and from the words of other fields, which speak against it: a chapter of chemistry uses equations too.
All of these are counted per hundred words, so that length alone earns nothing. The weights were set by reading
textbooks of calculus, statistics, chemistry, psychology and history and the documentation of libraries.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from ..lexicon import lexicon, words
from .chance import Chance
from .prompt import Prompt

SHORT = 90  # words; the counts of a shorter text are not blown up beyond what this many words would give
_FORMULA = re.compile(
    r"\$[^$\n]{1,200}\$|\\(?:frac|sum|int|sqrt|lim|begin)\b|(?<![=!<>:])=(?!=)|[∑∫√≤≥≠∞πσμ±]|\b[a-zA-Z] ?\( ?[a-z] ?\)"
)

_NOT_PROSE = re.compile(r"^(?:>>>|\.\.\. |[-=~*]{3}|\S+ ?: |@|def |import |from \S+ import|[|\d])|[{};]$|\|.*\|")


def _vocabulary(text: str) -> frozenset[str]:
    """The words in the singular forms that `words` gives."""
    return frozenset(words(text))


STRONG = _vocabulary(
    """
    theorem proof lemma corollary axiom conjecture equation inequality integer rational irrational coefficient
    exponent numerator denominator derivative differentiate differentiable differential integral integrate integrand
    antiderivative polynomial quadratic cubic linear matrix matrices vector scalar eigenvalue eigenvector
    determinant probability variance deviation median percentile quartile histogram hypothesis confidence regression
    correlation covariance quotient prime divisor modulo arithmetic geometric sequence series converge convergence
    diverge infinity continuous continuity asymptote triangle circle radius diameter perimeter circumference
    rectangle parabola ellipse hyperbola polygon sine cosine tangent logarithm exponential permutation combinatorial
    factorial subset algebra algebraic geometry calculus trigonometric trigonometry statistics statistic statistical
    mathematics mathematical mathematician gaussian binomial multinomial poisson vertex vertices subgraph orthogonal
    orthonormal bijection injective modular congruent coprime summation cartesian euclidean bayesian stochastic
    random outlier quantile interpolation quadrature approximation residual eigenspace homomorphism isomorphism
    subgroup topology manifold tensor gradient convex concave maxima minima
    """
)
WEAK = _vocabulary(
    """
    function graph slope sum product difference factor multiple limit domain range angle area volume combination
    edge union intersection compute calculate evaluate solve simplify approximate algorithm numeric numerical
    minimum maximum optimization constraint root zero positive negative real complex plane curve axis coordinate
    interval norm basis dimension parameter variable sample population mean average estimate distribution event
    outcome experiment trial dice coin proportion percent fraction decimal digit number ratio rate formula define
    definition denote suppose row column element symmetric inverse identity term degree order point line distance
    square cube node path data survey
    """
)
OTHER_FIELDS = _vocabulary(
    """
    atom atomic molecule molecular ion ionic electron proton neutron orbital reaction reactant acid base solvent
    solute mole mol enthalpy entropy oxidation hydrogen oxygen nitrogen carbon sodium chlorine metal compound
    isotope equilibrium chemistry chemical kj kelvin atm crystal psychology psychologist cognitive behavior
    behavioral emotion memory therapy disorder brain neuron neural patient depression anxiety personality childhood
    adolescent perception attitude motivation war president congress colony colonist treaty slavery slave senate
    election political party army soldier nation american british empire economic labor government king church
    religious revolution settler territory
    """
) - (STRONG | WEAK)
PROGRAMMING = _vocabulary(
    """
    class method object callback thread socket html http server client file directory path string bytes encoding
    module import exception traceback logger widget subclass instance attribute deprecated config plugin api json
    xml parser token protocol event loop coroutine buffer stream backend namespace metadata docstring iterator
    decorator estimator dtype
    """
) - (STRONG | WEAK)


def rate(prompt: Prompt, chance: Chance) -> str:
    """Three whole numbers in their tags."""
    document = "\n\n".join(prompt.documents)
    domain = prompt.line("Domain") or "mathematics"
    relevance = _mathematics(document) if "math" in domain.casefold() else _overlap(document, prompt.instructions)
    scores = {"relevance": relevance, "clarity": _clarity(document), "language": _language(document)}
    return "\n".join(f"<{tag}>{_on_scale(share)}</{tag}>" for tag, share in scores.items())


def _on_scale(share: float) -> int:
    """A share from 0 to 1 on the scale from 1 to 10."""
    return max(1, min(10, round(1 + 9 * share)))


def _mathematics(document: str) -> float:
    """How mathematical a text is, from 0 to 1."""
    tokens = words(document)
    plain = [token for token in tokens if token.isalpha() and len(token) > 1]
    if not plain:
        return 0.0
    per_hundred = 100 / max(len(plain), SHORT)
    concepts = lexicon().count_words(tokens)
    density = per_hundred * sum(min(hits, 4) for hits in concepts.values())
    strong = per_hundred * _hits(plain, STRONG)
    weak = per_hundred * _hits(plain, WEAK)
    other = per_hundred * _hits(plain, OTHER_FIELDS)
    programming = per_hundred * _hits(plain, PROGRAMMING)
    formulas = per_hundred * len(_FORMULA.findall(document))
    # Formulas speak for mathematics only beside its words; alone they show a subject that computes along the way.
    beside_words = formulas * min(1.0, (density + strong + weak / 2) / 3)
    computing = 0.03 * min(formulas, 10) + 0.01 * min(per_hundred * sum(map(str.isdigit, tokens)), 12)
    evidence = (
        0.45 * min(density, 8)
        + 0.25 * min(len(concepts), 10)
        + 0.40 * min(strong, 12)
        + 0.14 * min(weak, 14)
        + 0.14 * min(beside_words, 15)
        - 0.45 * min(other, 10)
        - 0.18 * min(programming, 10)
    )
    if not concepts:
        evidence *= 0.75  # the words of mathematics without any of its ideas
    return max(computing, 1 - math.exp(-max(0.0, evidence) / 2.2))


def _hits(plain: Sequence[str], vocabulary: frozenset[str]) -> int:
    """How many of the words belong to a vocabulary, each word up to six times."""
    return sum(min(count, 6) for word, count in Counter(plain).items() if word in vocabulary)


def _overlap(document: str, definition: str) -> float:
    """How much a text speaks of a domain: the share of its words that the domain's definition uses too."""
    own = {word for word in words(definition) if len(word) > 4}
    plain = [token for token in words(document) if token.isalpha()]
    distinct = len(own & set(plain))
    return min(1.0, 5 * _hits(plain, frozenset(own)) / max(len(plain), SHORT) + 0.05 * distinct)


def _clarity(document: str) -> float:
    """How easy a text is to follow: prose in sentences of a readable length, little of it said twice."""
    lines = [line.strip() for line in document.splitlines() if line.strip()]
    if not lines:
        return 0.0
    lengths = [len(sentence.split()) for sentence in _sentences(document)]
    readable = sum(4 <= length <= 35 for length in lengths) / max(len(lengths), 1)
    repeated = 1 - len(set(lines)) / len(lines)
    return max(0.0, 0.1 + 0.4 * readable + 0.4 * _prose_share(lines) - 0.6 * repeated)


def _language(document: str) -> float:
    """How well a text is written, as far as counting shows: words rather than symbols, and whole sentences."""
    if not document.strip():
        return 0.0
    document = re.sub(r"\$[^$\n]{1,300}\$", "formula", document)
    letters = sum(character.isalpha() or character.isspace() for character in document) / len(document)
    sentences = _sentences(document)
    whole = sum(sentence[0].isupper() and len(sentence.split()) > 3 for sentence in sentences) / max(len(sentences), 1)
    distinct = len(set(document.lower().split())) / max(len(document.split()), 1)
    return max(0.0, min(0.5, 1.5 * (letters - 0.55)) + 0.3 * whole + 0.2 * min(1.0, 2 * distinct) - 0.1)


def _prose_share(lines: Sequence[str]) -> float:
    """The share of characters in lines that read as prose, not as code, options or tables."""
    prose = sum(len(line) for line in lines if not _NOT_PROSE.search(line) and len(line.split()) > 3)
    return prose / sum(map(len, lines))


def _sentences(text: str) -> list[str]:
    return [piece for piece in re.split(r"(?<=[.?!])\s+|\n\s*\n", text.strip()) if piece]
