"""Ratings of a document, 1 to 10: relevance to the domain, clarity, and quality of language.

Relevance follows the rubric that prompts give: 9 or 10 for a text that is of the domain throughout, 6 for one that is
about half, 4 or 5 for one of another field that leans on the domain, 1 for the rest. So it compares the words of a text
that belong to the domain with those that belong to its strongest rival. `fields.yaml` has the words of each field, as
syllabi name them; no constant here was fitted to texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..fields import SHORT, fields
from ..lexicon import words
from .chance import Chance
from .prompt import Prompt

PLAIN = (
    1.0  # words per hundred of a domain that any text happens to have: one of another field altogether gets nearly 1
)
# The other sciences are written in mathematics: within one, its words say less of a rival than another science's do.
LANGUAGE_OF_SCIENCE = "mathematics"
_NOT_PROSE = re.compile(r"^(?:>>>|\.\.\. |[-=~*]{3}|\S+ ?: |@|def |import |from \S+ import|[|\d])|[{};]$|\|.*\|")


def rate(prompt: Prompt, chance: Chance) -> str:
    """Three whole numbers in their tags."""
    document = "\n\n".join(prompt.documents)
    domain = prompt.line("Domain") or "mathematics"
    relevance = _relevance(document, domain, prompt.instructions)
    scores = {"relevance": relevance, "clarity": _clarity(document), "language": _language(document)}
    return "\n".join(f"<{tag}>{_on_scale(share)}</{tag}>" for tag, share in scores.items())


def _on_scale(share: float) -> int:
    """A share from 0 to 1 on the scale from 1 to 10."""
    return max(1, min(10, round(1 + 9 * share)))


def _relevance(document: str, domain: str, definition: str) -> float:
    """How far a text is of a domain, from 0 to 1, by the ratio of the domain's words to its strongest rival's.

    The square makes of one word to one a half, which the rubric calls 6, of two to one 0.8, which it calls 8 (mostly
    the domain), and of one to two 0.2. With the plain ratio, most documents rate 5 to 7, where a word more or less
    decides: a filter then agrees with held-out ratings of installed documentation to F1 0.76, with the square 0.80.
    """
    known = fields()
    tokens = words(document)
    field = known.field_of(domain)
    densities = known.densities(tokens)
    own = densities.pop(field) if field else _overlap(tokens, domain, definition)
    if LANGUAGE_OF_SCIENCE in densities:
        densities[LANGUAGE_OF_SCIENCE] /= 2
    rival = max(densities.values()) + PLAIN
    return own**2 / (own**2 + rival**2)


def _overlap(tokens: Sequence[str], domain: str, instructions: str) -> float:
    """Of a domain whose words are not known: the words per hundred that its name or its rubric use too."""
    said = re.search(r"^.*\brelevance\b.*$", instructions, re.IGNORECASE | re.MULTILINE)
    defining = {word for word in words(f"{domain} {said[0] if said else ''}") if len(word) > 4}
    plain = [token for token in tokens if token.isalpha()]
    return 100 * sum(token in defining for token in plain) / max(len(plain), SHORT)


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
