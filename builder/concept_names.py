"""When two strings name the same concept: the key under which a concept is counted.

A key is never shown. It folds what does not change the meaning (Unicode forms, case, accents, whitespace, hyphens
between letters, possessives, simple TeX, a regular plural of the last word) and looks names up in a table of aliases
that a user can edit. It depends on the string and the table alone, not on what else was seen, so that graphs which
were built apart can be merged.

    "Legendre Polynomials"  "Legendre  polynomial"    one key
    "$L^p$ spaces"          "Lp space"                one key
    "statistics"            "statistic"               two keys: a plural is not undone where that is unsafe
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from .errors import RecipeError

ALIAS_TABLE = Path(__file__).with_name("concept_aliases.txt")

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma",
    "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_PUNCTUATION = str.maketrans({
    **_GREEK, **dict.fromkeys("‐‑‒–—−", "-"), **dict.fromkeys("‘’ʼ′`", "'"), **dict.fromkeys("“”", '"'),
})  # fmt: skip
_TEX_ACCENT = re.compile(r"""\\['`^"~=.](?:\{([a-zA-Z])\}|([a-zA-Z]))""")
_TEX_FONT = re.compile(r"\\(?:math(?:bb|bf|cal|frak|it|rm|sf|scr)|operatorname|text(?:bf|it|rm|sf)?|emph)\b\s*")
_TEX_COMMAND_BEFORE_WORD = re.compile(r"\\([a-zA-Z]++)\s*+(?=[a-zA-Z0-9])")
_TEX_COMMAND = re.compile(r"\\([a-zA-Z]+)\s*")
_TEX_MARKS = re.compile(r"\\[()\[\],;!{} ]|[${}^~\\]")
_POSSESSIVE = re.compile(r"(?<=\w)'s\b|'")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_LAST_WORD = re.compile(r"[a-z]+$")
PLURAL_ENDINGS = ("s", "a", "i", "e")
"""What `singular` changes ends with one of these."""
_EDGES = " \t\n.,;:!?\"'-"

_IRREGULAR = {
    "algebras": "algebra", "analyses": "analysis", "areas": "area", "axes": "axis", "criteria": "criterion",
    "extrema": "extremum", "foci": "focus", "formulae": "formula", "formulas": "formula", "halves": "half",
    "hyperplanes": "hyperplane", "hypotheses": "hypothesis", "indices": "index", "indexes": "index", "lemmas": "lemma",
    "lemmata": "lemma", "loci": "locus", "matrices": "matrix", "maxima": "maximum", "minima": "minimum",
    "optima": "optimum", "parabolas": "parabola", "parentheses": "parenthesis", "polyhedra": "polyhedron",
    "primes": "prime", "radii": "radius", "schemas": "schema", "spectra": "spectrum", "syntheses": "synthesis",
    "tetrahedra": "tetrahedron", "vertices": "vertex",
}  # fmt: skip
_SAME_IN_PLURAL = frozenset({"series", "species", "means", "news", "lens", "gens"})
_NOT_A_PLURAL = ("ss", "us", "is", "as", "os", "ics", "ys", "'s")


def concept_key(name: str) -> str:
    """The key of a concept's name, before aliases; empty where the name holds nothing to read."""
    text = name
    if "\\" in text or "$" in text or "^" in text:
        text = _TEX_ACCENT.sub(lambda match: match[1] or match[2], text)
        text = _TEX_COMMAND_BEFORE_WORD.sub(r"\1 ", _TEX_FONT.sub("", text))
        text = _TEX_MARKS.sub("", _TEX_COMMAND.sub(r"\1", text))
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).casefold().translate(_PUNCTUATION)
    if not text.isascii() or not text.isprintable():
        # Without accents and control characters, but with tabs and line ends, which separate words.
        text = "".join(
            c for c in text if c.isspace() or not (unicodedata.combining(c) or unicodedata.category(c)[0] == "C")
        )
        text = unicodedata.normalize("NFC", text)
    text = _HYPHEN.sub(" ", _POSSESSIVE.sub("", text.lower()))
    return singular(" ".join(text.split()).strip(_EDGES))


def singular(text: str) -> str:
    """Undo a regular plural of the last word, or one of a short table, and leave what may be no plural.

    A wrong stem would do no harm by itself, since keys are not shown; what is avoided is that two concepts share one,
    as "statistics" and "statistic" would.
    """
    if not text.endswith(PLURAL_ENDINGS):
        return text
    match = _LAST_WORD.search(text)
    if match is None:
        return text
    word, rest = match[0], text[: match.start()]
    if word in _IRREGULAR:
        return rest + _IRREGULAR[word]
    if len(word) < 4 or word[-1] != "s" or word.endswith(_NOT_A_PLURAL) or word in _SAME_IN_PLURAL:
        return text
    if word.endswith("ies") and len(word) > 4:
        return rest + word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return rest + word[:-2]
    return rest + word[:-1]


def read_aliases(table: Path | str | Mapping[str, str] | None = None) -> dict[str, str]:
    """The alias table as names: other name -> name.

    Args:
        table: A file of lines `other name = name`, a mapping, or None for the table of this package.
    Raises:
        RecipeError: The file cannot be read, or a line is not of that form.
    """
    if isinstance(table, Mapping):
        return dict(table)
    path = ALIAS_TABLE if table is None else Path(table)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: cannot read the alias table: {error}; give a text file in UTF-8") from error
    aliases = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        other, separator, name = (part.strip() for part in line.partition(" = "))
        if not separator or not concept_key(other) or not concept_key(name):
            raise RecipeError(f"{path}:{number}: expected 'other name = name', found {line.strip()!r}")
        aliases[other] = name
    return aliases


class ConceptNames:
    """Keys of names under one table of aliases.

    Attributes:
        aliases: other name -> name, as the user wrote them.
        key_of_alias: key of another name -> key of the name that its chain of aliases ends at.
    """

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self.aliases = dict(aliases)
        direct = {concept_key(other): concept_key(name) for other, name in aliases.items()}
        self.key_of_alias = {other: _end_of_chain(other, direct) for other in direct}

    def key(self, name: str) -> str:
        """The key of a name: folded, then looked up among the aliases."""
        key = concept_key(name)
        return self.key_of_alias.get(key, key)


def _end_of_chain(key: str, direct: Mapping[str, str]) -> str:
    """Where a chain of aliases ends: a = b and b = c make both a and b lead to c.

    Raises:
        RecipeError: The chain comes back to its start.
    """
    seen = {key}
    while key in direct and direct[key] != key:
        key = direct[key]
        if key in seen:
            raise RecipeError(f"alias table: the aliases of {key!r} lead back to it; remove one of them")
        seen.add(key)
    return key
