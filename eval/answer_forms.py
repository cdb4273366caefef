"""The shapes that a final answer takes: a number, an expression, a list, a tuple, an interval, a matrix, words.

`forms(text)` gives the ways to read an answer, most often one. Two where the writing is ambiguous: `2,900` is a number
or a pair, `-1<x<=1:(-1,1]` states one answer twice. What cannot be read as mathematics is read as words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from .expressions import FUNCTIONS as _FUNCTIONS
from .expressions import GREEK, MAX_CHARS, Node, Unreadable, exact, readings, signs, variables
from .units import LETTERS, Unit, is_known, read_unit

INFINITY: Node = ("var", "∞")
MINUS_INFINITY: Node = ("neg", INFINITY)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number or an expression. `loose_unit`: the unit may as well be a variable, as in 6m."""

    nodes: tuple[Node, ...]
    unit: Unit | None = None
    percent: bool = False
    degrees: bool = False
    loose_unit: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """name = form, such as x = 3 or f(x) = 2x."""

    name: str
    form: Form


@dataclass(frozen=True, slots=True)
class Chain:
    """Several sides joined by = or ≈, none of them a bare name."""

    sides: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Items between brackets, or a bare list where both are empty."""

    opening: str
    closing: str
    items: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`; a point where both are the same and closed."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


EVERYWHERE = Interval(MINUS_INFINITY, INFINITY, False, False)
_ALL_REAL = {
    "all real numbers", "all reals", "real numbers", "any real number", "all real number", "all real", "every real number",
    "all real numbers x", "set all real numbers", "x any real number",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """A union of intervals, with the variable where one was named."""

    intervals: tuple[Interval, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """An inequality that is no interval of one variable, such as b > a > c."""

    sides: tuple[Form, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries."""

    rows: tuple[tuple[Form, ...], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Anything that is no mathematics, as lower-case words without articles; `unread`: mathematics not understood."""

    words: tuple[str, ...]
    unread: bool = False


Form = Scalar | Named | Chain | Group | Region | Comparison | Matrix | Words

_UNICODE = {
    "−": "-", "–": "-", "—": "-", "×": r"\times ", "⋅": r"\cdot ", "·": r"\cdot ", "÷": "/", "≤": r"\le ", "≥": r"\ge ",
    "≠": r"\ne ", "∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ", "∞": r"\infty ", "π": r"\pi ", "θ": r"\theta ",
    "α": r"\alpha ", "β": r"\beta ", "λ": r"\lambda ", "μ": r"\mu ", "ω": r"\omega ", "φ": r"\phi ", "σ": r"\sigma ",
    "≈": r"\approx ", "∅": r"\emptyset ", "ℝ": r"\mathbb{R}", "℃": r"^\circ C", "½": r"\frac12", "¼": r"\frac14",
    "¾": r"\frac34", "⅓": r"\frac13", "⅔": r"\frac23", "²": "^2", "³": "^3", "⁴": "^4", "’": "'", "′": "'", "″": "''",
    "，": ",", "。": ".", "（": "(", "）": ")", "：": ":", "；": ";", "\u00a0": " ", "\u2009": " ", "\u202f": " ",
    "∶": ":", "±": r"\pm ", "∨": " or ", "．": ".", "√": "√", "＝": "=", "＜": "<", "＞": ">", "％": "%", "Å": " angstrom",
    "\u200b": "", "\u200e": "", "\u200f": "", "\ufeff": "", "\u2061": "", "\u2062": "",
}  # fmt: skip
_TRANSLATION = str.maketrans(_UNICODE)

_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\\(?:left|right|bigg?[lr]?|Bigg?[lr]?|middle)(?![a-zA-Z])\s*\.?(?=[\s\\(){}\[\]|.<>/]|$)", ""),
        (r"\\(?:displaystyle|textstyle|limits|boldsymbol|bm|mathbf|bf)(?![a-zA-Z])", ""),
        (r"\\[dtc]frac(?![a-zA-Z])", r"\\frac"),
        (r"\\(?:leqslant|leq|leqq)(?![a-zA-Z])", r"\\le "),
        (r"\\(?:geqslant|geq|geqq)(?![a-zA-Z])", r"\\ge "),
        (r"\\(?:neq|not=|not\s*=)(?![a-zA-Z])", r"\\ne "),
        (r"\\lt(?![a-zA-Z])", "<"),
        (r"\\gt(?![a-zA-Z])", ">"),
        (r"<=", r"\\le "),
        (r">=", r"\\ge "),
        (r"!=", r"\\ne "),
        (r"\\(?:approx|simeq|doteq|cong|equiv)(?![a-zA-Z])", r"\\approx "),
        (r"\\(?:varnothing|oslash|emptyset)(?![a-zA-Z])|\{\s*\\?\s*\}", r"\\emptyset "),
        (r"\\(?:R|reals|Reals)(?![a-zA-Z])|\\mathbb\s*\{?R\}?|\\mathbf\{R\}", r"\\reals "),
        (r"(?<=\d)(?:\{,\}|\\,|,\\!|\\!,|,\\,)(?=\d{3}(?!\d))", ""),
        (r"\\(?:quad|qquad)(?![a-zA-Z])|(?<!\\)\\[;,: ]|~", " "),
        (r"\\!", ""),
        (r"\\(?:lbrace|\{)", r"\\{"),
        (r"\\(?:rbrace|\})", r"\\}"),
        (r"\\langle(?![a-zA-Z])", "⟨"),
        (r"\\rangle(?![a-zA-Z])", "⟩"),
        (r"\\(?:lbrack)(?![a-zA-Z])", "["),
        (r"\\(?:rbrack)(?![a-zA-Z])", "]"),
        (r"\\AA(?![a-zA-Z])", " angstrom"),
        (r"\\(?:mathrm|text)\s*\{\s*\\?~?\s*\}", ""),
        (r"\\\$|[€£¥₹]|\\(?:pounds|euro)(?![a-zA-Z])", ""),
        (r"\\(?:%|percent)|\bper\s?cent\b", "%"),
        (r"\\#", "#"),
        (r"\\(?:to|rightarrow|longrightarrow|mapsto)(?![a-zA-Z])", r"\\to "),
        (r"\\(?:mid|vert|lvert|rvert)(?![a-zA-Z])", "|"),
        (r"\\[lr]?Vert(?![a-zA-Z])", r"\\|"),
        (r"\\(?:land|wedge)(?![a-zA-Z])", " and "),
        (r"\\(?:lor|vee)(?![a-zA-Z])", " or "),
        (r"\\degree(?![a-zA-Z])|°", r"^{\\circ}"),
        (r"\\frac\s*\{\s*d\s*(\\?[a-zA-Z]+?(?:_\{?\w+\}?)?)\s*\}\s*\{\s*d\s*[a-zA-Z]\s*\}", r"{\1}'"),
        (
            r"\\frac\s*\{\s*d\s*\^\{?2\}?\s*(\\?[a-zA-Z]+?(?:_\{?\w+\}?)?)\s*\}\s*\{\s*d\s*[a-zA-Z]\s*\^\{?2\}?\s*\}",
            r"{\1}''",
        ),
        (r"\\dot\s*\{?(\\?[a-zA-Z]+)\}?", r"{\1}'"),
        (r"\\ddot\s*\{?(\\?[a-zA-Z]+)\}?", r"{\1}''"),
        (r"\\tag\{[^{}]*\}|\\label\{[^{}]*\}", ""),
    )
)
_BOXED = re.compile(r"\\(?:boxed|fbox|framebox)\s*\{")
_TEXT = re.compile(
    r"\\(?:text|textbf|textit|textrm|textsf|mbox|mathrm|operatorname\*?|textnormal|rm|mathsf)\s*\{([^{}]*)\}"
)


def matching(text: str, start: int) -> int | None:
    """The index of the brace that closes the one at `start`; None where it is not closed."""
    level = 0
    index = start
    while index < len(text):
        character = text[index]
        if character == "\\":
            index += 2
            continue
        level += (character == "{") - (character == "}")
        if level == 0:
            return index
        index += 1
    return None


def _unbox(text: str) -> str:
    while found := _BOXED.search(text):
        end = matching(text, found.end() - 1)
        if end is None:
            return text[: found.start()] + text[found.end() :]
        text = text[: found.start()] + text[found.end() : end] + text[end + 1 :]
    return text


def _mark_text(match: re.Match[str]) -> str:
    r"""\text{ cm } becomes ⟦cm⟧, except that one letter, a function or a formula stays what it is."""
    inner = match[1].replace("~", " ").strip()
    upright = match[0].startswith(("\\mathrm", "\\operatorname", "\\rm", "\\mathsf"))
    if not any(character.isalpha() for character in inner):
        return f" {inner} "
    if inner in _FUNCTIONS and inner not in ("min", "max", "sec"):
        return f"\\{inner} "
    if re.fullmatch(r"(?i)\s*,?\s*(or|and)\s*,?", inner):
        return f" {inner} "
    if len(inner) == 1 and upright and inner not in LETTERS:
        return inner
    return f"⟦{inner}⟧"


def clean(text: str) -> str:
    """One spelling for everything that LaTeX and plain text can spell in several ways."""
    text = _unbox(text.translate(_TRANSLATION))
    # A space that TeX would not set by itself stands before a unit, not a variable: 576\\pi\\;m^{2}.
    text = re.sub(
        r"(?<=[\w})])\s*(?:\\[;,:]|~)\s*([a-zA-Z]{1,3})(?=(?:\s*\^\s*\{?\d\}?)?\s*\$?\s*$)", r" \\text{\1}", text
    )
    text = re.sub(r"\\(?:begin|end)\{(?:align|equation|gather|aligned|gathered|split)\*?\}", " ", text)
    text = re.sub(r"^\s*(?:\*\*|__|`+)|(?:\*\*|__|`+)\s*$", "", text)
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    text = re.sub(r"\\[()\[\]]|\$", " ", text)
    text = _TEXT.sub(_mark_text, text)
    text = re.sub(r"(?<![\d._^}])(\d{1,3}(?: \d{3})+)(?![\d.])", lambda match: match[0].replace(" ", ""), text)
    text = re.sub(r"[ \t\r\f\v]+", " ", text).strip()
    return _without_phrases(_trimmed(text))


_LEADING = re.compile(
    r"^(?:⟦\s*)?(?:the\s+|our\s+)?(?:(?:general|final|correct|unique|only)\s+)*(?:solution|answer|result|value)s?(?:\s+set)?"
    r"\s*(?:(?:is|are)\s*:?|:)\s*⟧?\s*(?=\S)|^(?:⟦\s*)?(?:about|approximately|roughly|around)\s*⟧?\s+(?=[\d\\$-])|^\\approx\s*",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s*[,;.]?\s*(?:[⟦(]\s*)?(?:for\s+(?:all|any|every|each|some|integers?|real)\b|where\b|any\s+integer\b|"
    r"with\s+[a-zA-Z]\s*\\in\b).*$|\s*[,;(]\s*[a-z]\s*\\in\s*\\(?:mathbb\s*\{?[ZNRC]\}?|reals|Z\b|N\b).*$",
    re.IGNORECASE | re.DOTALL,
)


def _without_phrases(text: str) -> str:
    """Without "the solution is" before and "for all real numbers t" after the mathematics."""
    text = _LEADING.sub("", text, count=1)
    shorter = _TRAILING.sub("", text)
    return _trimmed(shorter) if re.search(r"[\d=()\\]|[a-zA-Z]", shorter) and "\\{" not in shorter[-3:] else text


def _trimmed(text: str) -> str:
    previous = None
    while previous != text:
        previous = text
        text = text.strip().rstrip(".,;:/").removeprefix(":").strip() if text not in (".", "") else ""
        text = re.sub(r"\\\\$", "", text)
        if text.startswith("{") and matching(text, 0) == len(text) - 1:
            text = text[1:-1]
    return text


_OPENING, _CLOSING = "([{⟨", ")]}⟩"


def split(text: str, pattern: re.Pattern[str]) -> list[str]:
    """Split where the pattern matches outside of all brackets, environments and | |."""
    parts: list[str] = []
    level, start, index = 0, 0, 0
    bars = False
    while index < len(text):
        if text.startswith("\\begin", index):
            level += 1
        elif text.startswith("\\end", index):
            level -= 1
        character = text[index]
        if character == "\\" and index + 1 < len(text) and text[index + 1] in "{}":
            level += 1 if text[index + 1] == "{" else -1
            index += 2
            continue
        if character == "⟦":
            level += 1
        elif character == "⟧":
            level -= 1
        elif character in _OPENING:
            level += 1
        elif character in _CLOSING:
            level -= 1
        elif character == "|":
            bars = not bars
        if level == 0 and (match := pattern.match(text, index)) and match.end() > index:
            parts.append(text[start:index])
            start = index = match.end()
            continue
        index += 1
    parts.append(text[start:])
    return [part.strip() for part in parts]


_OR = re.compile(r"(?<![a-zA-Z])(?:,\s*)?(?:or|and)(?![a-zA-Z])|;|\\\\|\n")
_COMMA = re.compile(r",")
_CUP = re.compile(r"\\(?:cup|bigcup)(?![a-zA-Z_])|(?<=[)\]}])\s*U\s*(?=[(\[\\])")
_EQUALS = re.compile(r"=|\\approx(?![a-zA-Z])")
_RELATION = re.compile(r"\\(?:le|ge|ne)(?![a-zA-Z])|<|>")
_IN = re.compile(r"\\in(?![a-zA-Z])")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])")
_VERDICT = re.compile(r"^(yes|no)\b\s*[.,:;]\s*(\S.*)$", re.IGNORECASE | re.DOTALL)
_COLON_TWICE = re.compile(r":(?=\s*(?:[(\[]|\\reals|\\emptyset|\\\{|\{))")
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
_SET_BUILDER = re.compile(
    r"^\\?\{\s*\(?\s*([a-zA-Z](?:\s*,\s*[a-zA-Z])*)\s*\)?\s*(?:\\in\s*\\reals\s*)?[|:]\s*(.*?)\\?\}$", re.DOTALL
)
_NAME = re.compile(
    r"^(?:[a-zA-Z]|\\(?:%s)(?![a-zA-Z])|\\(?:bar|hat|vec|tilde|mathbf|angle|triangle)\s*\{?[A-Za-z ]+\}?)"
    r"\s*(?:_\s*\{?[^{}=]*\}?|')*\s*(?:\^\s*\{?-1\}?|\^\{\\prime\}|'|_\{?\\?[a-z]+\s*\}?)?(?:\s*\(.*\))?$" % "|".join(sorted(GREEK))
)  # fmt: skip


@lru_cache(maxsize=32_768)
def forms(text: str) -> tuple[Form, ...]:
    """The ways to read a final answer; never empty, since anything can be read as words."""
    if len(text) > MAX_CHARS:
        return (Words((text,)),)
    cleaned = clean(text)
    out: list[Form] = []
    for alternative in [cleaned, *(part for part in _colon_parts(cleaned) if part != cleaned)]:
        try:
            out.extend(_readings(alternative))
        except (Unreadable, RecursionError):
            formula = re.search(r"\\[a-zA-Z]|[\d^=+]", alternative) and not _WORD.search(alternative)
            out.append(Words(words(alternative).words, unread=bool(formula)))
    if verdict := _VERDICT.match(cleaned):  # "Yes. F(x, y) = x^2": either part answers
        out.append(Words((verdict[1].lower(),)))
        try:
            out.extend(form for form in _readings(_trimmed(verdict[2])) if not isinstance(form, Words))
        except (Unreadable, RecursionError):
            pass  # the reasons given for it are no answer
    return tuple(dict.fromkeys(out))


def _colon_parts(text: str) -> list[str]:
    parts = split(text, _COLON_TWICE)
    return parts if len(parts) == 2 else []


def _readings(text: str) -> list[Form]:
    joined = (
        _THOUSANDS.sub(lambda match: match[0].replace(",", ""), text)
        if not text.startswith(("(", "[", "\\{", "{"))
        else text
    )
    if joined == text:
        return [read(text)]
    result = [read(joined)]
    if re.fullmatch(_THOUSANDS, text):
        result.append(read(text))
    return result


def read(text: str) -> Form:
    """The first reading that works, from the outermost structure inwards.

    Raises:
        Unreadable: It is no mathematics.
    """
    text = _trimmed(text)
    if not text:
        raise Unreadable("empty")
    if _looks_like_words(text):
        found = words(text)
        return Region((EVERYWHERE,)) if " ".join(found.words) in _ALL_REAL else found
    parts = [part for part in split(text, _OR) if part]
    if len(parts) == 1:
        parts = [part for part in split(parts[0], _COMMA) if part]
    if len(parts) > 1:
        return _listed(parts)
    text = parts[0] if parts else text
    pieces = split(text, _CUP)
    if len(pieces) > 1:
        regions = [region_of(read(piece)) for piece in pieces]
        return Region(_ordered(interval for region in regions for interval in region.intervals))
    return _single(text)


def _listed(parts: list[str]) -> Form:
    items: list[Form] = []
    name = ""
    for part in parts:
        try:
            item = read(part)
        except Unreadable:
            item = words(part)
        for one in item.items if isinstance(item, Group) and not item.opening else (item,):
            if isinstance(one, Named):
                name = one.name
            elif name and isinstance(one, Scalar):
                one = Named(name, one)
            items.append(one)
    if all(isinstance(item, Region) for item in items):
        return Region(_ordered(i for item in items for i in item.intervals), items[0].name)  # type: ignore[union-attr]
    return Group("", "", tuple(items))


def _single(text: str) -> Form:
    if text in (r"\reals", r"\reals "):
        return Region((EVERYWHERE,))
    if text.startswith(r"\emptyset"):
        return Words(("no", "solution"))
    if builder := _SET_BUILDER.match(text):
        inner = read(builder[2])
        if isinstance(inner, Group) and not inner.opening:
            raise Unreadable("a set with conditions")
        return inner
    pieces = split(text, _IN)
    if len(pieces) == 2:
        return read(pieces[1])
    pieces = split(text, _RELATION)
    if len(pieces) > 1:
        return _comparison(pieces, [match.strip() for match in _top_signs(text)])
    pieces = split(text, _EQUALS)
    if len(pieces) > 1:
        return _equation([piece for piece in pieces if piece] or pieces)
    if r"\begin" in text and (matrix := _matrix(text)) is not None:
        return matrix
    if (group := _group(text)) is not None:
        return group
    return scalar(text)


def _top_signs(text: str) -> list[str]:
    found: list[str] = []
    rest = text
    parts = split(text, _RELATION)
    for part in parts[:-1]:
        at = rest.index(part) + len(part)
        match = _RELATION.search(rest, at)
        if match is None:
            raise Unreadable("a comparison that cannot be followed")
        found.append(match[0])
        rest = rest[match.end() :]
    return found


def _equation(pieces: list[str]) -> Form:
    if len(pieces) == 1:
        return read(pieces[0])
    head = pieces[0]
    if _NAME.match(head) or re.fullmatch(r"\(\s*[a-zA-Z](?:\s*,\s*[a-zA-Z])*\s*\)|⟦[^⟧]*⟧", head):
        rest = _equation(pieces[1:])
        key = re.sub(r"[\s{}\\]|mathrm|⟦|⟧", "", head)
        if isinstance(rest, Group) and not rest.opening:
            return Group("", "", tuple(Named(key, item) if isinstance(item, Scalar) else item for item in rest.items))
        return Named(key, rest) if not head.startswith("(") else rest
    return Chain(tuple(_read_or_keep(piece) for piece in pieces))


def _read_or_keep(text: str) -> Form:
    try:
        return read(text)
    except Unreadable:
        return Words(words(text).words, unread=True)


def _group(text: str) -> Group | None:
    opening = text[0] if not text.startswith("\\{") else "\\{"
    closing = text[-1] if not text.endswith("\\}") else "\\}"
    if opening.strip("\\") not in _OPENING or closing.strip("\\") not in _CLOSING:
        return None
    if (opening == "\\{") != (closing == "\\}") and "{" in (opening.strip("\\"), closing.strip("\\")):
        return None
    if not _encloses(text):
        return None
    inner = text[len(opening) : len(text) - len(closing)]
    items = [item for item in split(inner, _COMMA)]
    if len(items) == 1 and opening == "(":
        return None
    if len(items) == 1 and opening == "[":
        return None
    if any(not item for item in items):
        raise Unreadable("an empty place between brackets")
    read_items: list[Form] = []
    for item in items:
        form = read(item)
        read_items.extend(form.items if isinstance(form, Group) and not form.opening else (form,))
    return Group(opening.strip("\\"), closing.strip("\\"), tuple(read_items))


def _encloses(text: str) -> bool:
    """Whether the first bracket is closed by the last character only, with any kinds of bracket, as in [2,3)."""
    level = 0
    text = text.replace("\\{", "{").replace("\\}", "}")
    for index, character in enumerate(text):
        level += (character in _OPENING) - (character in _CLOSING)
        if level == 0:
            return index == len(text) - 1
    return False


_ENVIRONMENT = re.compile(
    r"^(?P<factor>[^&]*?)[\[(|{]?\s*\\begin\{(?P<kind>[bpvBV]?matrix|array|smallmatrix)\}(?:\{[^{}]*\})?(?P<body>.*?)"
    r"\\end\{(?P=kind)\}\s*[\])|}]?$",
    re.DOTALL,
)


def _matrix(text: str) -> Form | None:
    """A matrix, with a factor before it or not."""
    found = _ENVIRONMENT.match(text)
    if not found or r"\begin" in found["body"]:
        return None
    factor = found["factor"].strip()
    rows = [re.sub(r"\\hline", "", row).strip() for row in re.split(r"\\\\|\\cr(?![a-z])", found["body"])]
    cells = [[read(cell) for cell in row.split("&")] for row in rows if row]
    if factor:
        scale = readings("-1" if factor == "-" else factor)[0]
        cells = [[_scaled(scale, cell) for cell in row] for row in cells]
    return Matrix(tuple(tuple(row) for row in cells))


def _scaled(scale: Node, cell: Form) -> Form:
    if not isinstance(cell, Scalar):
        raise Unreadable("a factor before words")
    return Scalar(tuple(("mul", scale, node) for node in cell.nodes))


def _comparison(pieces: list[str], signs_found: list[str]) -> Form:
    sides = [read(piece) for piece in pieces]
    if len(sides) == 2 and isinstance(sides[1], Group) and not sides[1].opening and "\\ne" in signs_found[0]:
        values = [_plain(item) for item in sides[1].items]
        return Region(_without(values), pieces[0])
    scalars = [side.nodes[0] if isinstance(side, Scalar) and side.unit is None else None for side in sides]
    if all(node is not None for node in scalars):
        nodes: list[Node] = [node for node in scalars if node is not None]
        named = [index for index, node in enumerate(nodes) if node[0] == "var" and variables(node)]
        if len(nodes) == 2 and named and "\\ne" in signs_found[0]:
            return Region(_without([nodes[1 - named[0]]]), str(nodes[named[0]][1]))
        if len(nodes) == 2 and len(named) >= 1 and "\\ne" not in signs_found[0]:
            at = named[0]
            less = ("<" in signs_found[0] or "le" in signs_found[0]) == (at == 0)
            closed = "\\" in signs_found[0]
            if less:
                return Region((Interval(MINUS_INFINITY, nodes[1 - at], False, closed),), str(nodes[at][1]))
            return Region((Interval(nodes[1 - at], INFINITY, closed, False),), str(nodes[at][1]))
        if len(nodes) == 3 and nodes[1][0] == "var" and variables(nodes[1]) and not any("ne" in s for s in signs_found):
            up = all("<" in sign or "le" in sign for sign in signs_found)
            down = all(">" in sign or "ge" in sign for sign in signs_found)
            closed_ends = ["\\" in sign for sign in signs_found]
            if up and 0 not in named and 2 not in named:
                return Region((Interval(nodes[0], nodes[2], closed_ends[0], closed_ends[1]),), str(nodes[1][1]))
            if down and 0 not in named and 2 not in named:
                return Region((Interval(nodes[2], nodes[0], closed_ends[1], closed_ends[0]),), str(nodes[1][1]))
    return Comparison(tuple(sides), tuple(signs_found))


def _without(values: list[Node]) -> tuple[Interval, ...]:
    ordered = sorted(values, key=_position)
    edges = [MINUS_INFINITY, *ordered, INFINITY]
    return tuple(Interval(low, high, False, False) for low, high in zip(edges, edges[1:], strict=False))


def _plain(form: Form) -> Node:
    if isinstance(form, Named):
        return _plain(form.form)
    if isinstance(form, Scalar):
        return form.nodes[0]
    raise Unreadable("no single value")


def _position(node: Node) -> float:
    value = exact(node)
    if value is not None:
        return float(value)
    try:
        from .expressions import evaluate

        return complex(evaluate(node, 0)).real
    except (Unreadable, OverflowError):
        return 0.0


def _ordered(intervals: object) -> tuple[Interval, ...]:
    return tuple(sorted(intervals, key=lambda interval: (_position(interval.low), _position(interval.high))))  # type: ignore[call-overload,no-any-return]


def region_of(form: Form) -> Region:
    """The form as a set of real numbers.

    Raises:
        Unreadable: It is none.
    """
    if isinstance(form, Region):
        return form
    if isinstance(form, Named):
        return region_of(form.form)
    if isinstance(form, Group) and form.opening == "{":
        return Region(_ordered(Interval(_plain(item), _plain(item), True, True) for item in form.items))
    if isinstance(form, Group) and form.opening and len(form.items) == 2:
        low, high = (_plain(item) for item in form.items)
        return Region((Interval(low, high, form.opening == "[", form.closing == "]"),))
    raise Unreadable("no set of real numbers")


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
        return Named(
            f"base {based[2]}", Words((based[1].lower(),)) if not based[1].isdigit() else _expression(based[1])
        )
    if dms := _DMS.match(text):
        if dms[3] or dms[4]:
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
        plain: Form | None = _expression(text, percent, bool(degrees))
    except Unreadable:
        plain = None
    with_unit = _measured(text, plain is not None)
    if with_unit is not None:
        return with_unit
    if plain is None:
        raise Unreadable("no expression")
    return plain


def _expression(
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
        value = _expression(re.sub(r"\\(?:times|cdot)\s*$", "", head), unit=unit)
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
_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{4,}(?![a-zA-Z])")


def _looks_like_words(text: str) -> bool:
    """No mathematics: words only, or a sentence. A number with a unit is none of these."""
    bare = re.sub(r"⟦([^⟧]*)⟧", r"\1", text)
    bare = re.sub(r"\\(?:begin|end)\s*\{[^{}]*\}(?:\{[^{}]*\})?", "", bare)
    if bare.strip().lower() in _SHORT_WORDS:
        return True
    if not re.search(r"\d|\\[a-zA-Z]|[=<>+^_]", bare):
        runs = re.findall(r"[a-zA-Z]+", bare)
        letters = "".join(runs)
        if (
            letters in _FUNCTIONS
            or letters in GREEK
            or bare.lower().strip() in _NUMBER_WORDS
            or letters in ("inf", "infty")
        ):
            return False
        if any(len(run) > 3 for run in runs):
            return True
        return len(letters) > 1 and (text.startswith("⟦") or letters.isupper())
    return len(_WORD.findall(re.sub(r"\\[a-zA-Z]+", " ", bare))) >= 4 and len(bare.split()) >= 6


def words(text: str) -> Words:
    """The words and numbers of a text, in lower case, without articles and punctuation."""
    plain = re.sub(r"\\text\w*|[⟦⟧{}$\\]", " ", text)
    found = re.findall(r"[^\W_]+(?:[.:'][^\W_]+)*|[<>=+*/^|-]", plain.lower())
    return Words(tuple(word for word in found if word not in _ARTICLES) or tuple(found) or (text,))
