"""Reading one quantity: a number or an expression with its unit, percent sign or degrees taken off, or words."""

from __future__ import annotations

import re
from fractions import Fraction

from .reader import readings
from .shapes import Form, Group, Named, Scalar, Words
from .tokens import FUNCTIONS, GREEK, Unreadable
from .units import LETTERS, Unit, is_known, read_unit
from .values import signs, variables

_ARTICLES = {"a", "an", "the", "is", "are", "it", "its", "that", "of", "there", "to", "be", "this", "in"}
_NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}
_PLUS_INFINITY = re.compile(r"\+\s*\\infty")
_TAIL_WORD = r"(?:⟦[^⟧]*⟧|(?<![\\a-zA-Z])[A-Za-zµ]+\.?)(?:\s*\^\s*\{?\s*-?\d\s*\}?)?"
_TAIL = re.compile(
    rf"(?P<head>.*?[\d)}}\]!a-zA-Z])(?P<tail>(?:(?:\s|/|\\cdot|\\times|\*|-(?=\s*[⟦A-Za-z])|\\mu)*{_TAIL_WORD}(?:\s*/\s*)?)+)$",
    re.DOTALL,
)
_BASED = re.compile(r"^([0-9A-Fa-f]+)\s*_\s*\{?\s*(\d+|⟦[a-z]+⟧)\s*\}?$")
_DMS = re.compile(
    r"^(-?)\s*(\d+(?:\.\d+)?)\s*\^\{?\\circ\}?\s*(?:(\d+(?:\.\d+)?)\s*(?:\^\{?\\prime\}?|'))?\s*(?:(\d+(?:\.\d+)?)\s*(?:\^\{?\\prime\s*\\prime\}?|''))?$"
)
_DEGREES = re.compile(r"\s*\^\s*\{?\s*\\circ\s*\}?\s*$")
_CLOCK = re.compile(r"^(\d{1,2})(?:\s*:\s*(\d{2}))?\s*⟦?\s*([ap])\.?\s*m\.?\s*⟧?$", re.IGNORECASE)
_RATIO = re.compile(r"^([^:]+?)\s*:\s*([^:]+)$")


def scalar(text: str) -> Form:
    """A number or an expression, with its unit taken off.

    Raises:
        Unreadable: It is neither.
    """
    if clock := _CLOCK.match(text):
        return Words((f"{int(clock[1])}:{clock[2] or '00'}", clock[3].lower() + "m"))
    if based := _BASED.match(text):
        return Named(f"base {based[2]}", Words((based[1].lower(),)) if not based[1].isdigit() else expression(based[1]))
    if (dms := _DMS.match(text)) and (dms[3] or dms[4]):
        value = Fraction(dms[2]) + Fraction(dms[3] or 0) / 60 + Fraction(dms[4] or 0) / 3600
        return Scalar((("num", -value if dms[1] else value, None),), degrees=True)
    if ratio := _RATIO.match(text):
        return Scalar(tuple(("div", a, b) for a in readings(ratio[1]) for b in readings(ratio[2])))
    text = _PLUS_INFINITY.sub(r"\\infty", text) if text.lstrip().startswith("+") else text
    percent = text.endswith("%")
    if percent:
        text = text[:-1].rstrip()
    degrees = _DEGREES.search(text)
    if degrees:
        text = text[: degrees.start()]
    if text.strip() in _NUMBER_WORDS:
        return Scalar((("num", Fraction(_NUMBER_WORDS[text.strip()]), None),))
    try:
        plain: Form | None = expression(text, percent, bool(degrees))
    except Unreadable:
        plain = None
    with_unit = _measured(text, plain is not None)
    if with_unit is not None:
        return with_unit
    if plain is None:
        raise Unreadable("no expression")
    return plain


def expression(
    text: str, percent: bool = False, degrees: bool = False, unit: Unit | None = None, loose: bool = False
) -> Form:
    nodes = readings(text.replace("⟦", "\\text{").replace("⟧", "}"))
    expanded = signs(nodes[0])
    if len(expanded) == 2:
        return Group("", "", tuple(Scalar((node,), unit, percent, degrees) for node in expanded))
    return Scalar(nodes, unit, percent, degrees, loose)


def _measured(text: str, readable: bool) -> Form | None:
    """A value and its unit, or None where there is no unit."""
    text = re.sub(r"\^\s*\{?\s*\\circ\s*\}?\s*⟦?([CF])⟧?$", r" ⟦deg\1⟧", text)
    match = _TAIL.match(text)
    if not match:
        return None
    starts = [match.start("tail") + found.start() for found in re.finditer(_TAIL_WORD, match["tail"])]
    for start in starts:
        value = _with_unit(text[:start].rstrip(" /*-"), text[start:], text, readable)
        if value is not None:
            return value
    return None


def _with_unit(head: str, tail: str, text: str, readable: bool) -> Form | None:
    """`head` as a value with the unit that `tail` writes; None where that makes no sense."""
    marked = "⟦" in tail
    plain = re.findall(r"[A-Za-zµ]+", re.sub(r"⟦[^⟧]*⟧|\\[a-z]+", "", tail))
    single = not marked and len(plain) == 1 and len(plain[0]) == 1
    if not head or not all(is_known(word) or len(word) > (3 if readable else 2) for word in plain):
        return None
    unit = read_unit(re.sub(r"[⟦⟧]", " ", tail).replace("\\mu", "u").replace("\\cdot", "·").replace("\\times", "x"))
    try:
        value = expression(re.sub(r"\\(?:times|cdot)\s*$", "", head), unit=unit)
    except Unreadable:
        return None
    if not isinstance(value, Scalar):
        return value
    numeric = not variables(value.nodes[0])
    if single:
        if not numeric or plain[0] not in LETTERS:
            return None
        return Scalar((*value.nodes, *readings(text)), value.unit, loose_unit=plain[0] != "s")
    return value if numeric or (marked and (unit is None or unit.dimension is not None)) else None


_SHORT_WORDS = {"yes", "no", "none", "dne", "true", "false", "odd", "even"}
LONG_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{4,}(?![a-zA-Z])")


def looks_like_words(text: str) -> bool:
    """No mathematics: words only, or a sentence. A number with a unit is none of these."""
    bare = re.sub(r"⟦([^⟧]*)⟧", r"\1", text)
    bare = re.sub(r"\\(?:begin|end)\s*\{[^{}]*\}(?:\{[^{}]*\})?", "", bare)
    if bare.strip().lower() in _SHORT_WORDS:
        return True
    if not re.search(r"\d|\\[a-zA-Z]|[=<>+^_]", bare):
        runs = re.findall(r"[a-zA-Z]+", bare)
        letters = "".join(runs)
        if (
            letters in FUNCTIONS
            or letters in GREEK
            or bare.lower().strip() in _NUMBER_WORDS
            or letters in ("inf", "infty")
        ):
            return False
        if any(len(run) > 3 for run in runs):
            return True
        return len(letters) > 1 and (text.startswith("⟦") or letters.isupper())
    return len(LONG_WORD.findall(re.sub(r"\\[a-zA-Z]+", " ", bare))) >= 4 and len(bare.split()) >= 6


def words(text: str) -> Words:
    """The words and numbers of a text, in lower case, without articles and punctuation."""
    plain = re.sub(r"\\text\w*|[⟦⟧{}$\\]", " ", text)
    found = re.findall(r"[^\W_]+(?:[.:'][^\W_]+)*|[<>=+*/^|-]", plain.lower())
    return Words(tuple(word for word in found if word not in _ARTICLES) or tuple(found) or (text,))
