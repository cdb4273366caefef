"""Reading a final answer into the forms of shapes.py, from the outermost structure inwards.

`forms(text)` gives the ways to read an answer, most often one. Two where the writing is ambiguous: `2,900` is a number
or a pair, `-1<x<=1:(-1,1]` states one answer twice. What cannot be read as mathematics is read as words.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from itertools import pairwise

from .reader import readings
from .scalars import LONG_WORD, looks_like_words, scalar, words
from .shapes import (
    EVERYWHERE,
    INFINITY,
    MINUS_INFINITY,
    Chain,
    Comparison,
    Form,
    Group,
    Interval,
    Matrix,
    Named,
    Region,
    Scalar,
    Words,
)
from .text import CLOSING, OPENING, clean, split, trimmed
from .tokens import GREEK, MAX_CHARS, Node, Unreadable
from .values import evaluate, exact, variables

_ALL_REAL = {
    "all real numbers", "all reals", "real numbers", "any real number", "all real number", "all real",
    "every real number",
    "all real numbers x", "set all real numbers", "x any real number",
}  # fmt: skip


_OR = re.compile(r"(?<![a-zA-Z])(?:,\s*)?(?:or|and)(?![a-zA-Z])|;|\\\\|\n")
_COMMA = re.compile(r",")
_CUP = re.compile(r"\\(?:cup|bigcup)(?![a-zA-Z_])|(?<=[)\]}])\s*U\s*(?=[(\[\\])")
_EQUALS = re.compile(r"=|\\approx(?![a-zA-Z])")
_RELATION = re.compile(r"\\(?:le|ge|ne)(?![a-zA-Z])|<|>")
_IN = re.compile(r"\\in(?![a-zA-Z])")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])")
_VERDICT = re.compile(r"^(yes|no)\b\s*[.,:;]\s*(\S.*)$", re.IGNORECASE | re.DOTALL)
_COLON_TWICE = re.compile(r":(?=\s*(?:[(\[]|\\reals|\\emptyset|\\\{|\{))")
_SET_BUILDER = re.compile(
    r"^\\?\{\s*\(?\s*([a-zA-Z](?:\s*,\s*[a-zA-Z])*)\s*\)?\s*(?:\\in\s*\\reals\s*)?[|:]\s*(.*?)\\?\}$", re.DOTALL
)
_NAME = re.compile(
    rf"^(?:[a-zA-Z]|\\(?:{'|'.join(sorted(GREEK))})(?![a-zA-Z])"
    r"|\\(?:bar|hat|vec|tilde|mathbf|angle|triangle)\s*\{?[A-Za-z ]+\}?)"
    r"\s*(?:_\s*\{?[^{}=]*\}?|')*\s*(?:\^\s*\{?-1\}?|\^\{\\prime\}|'|_\{?\\?[a-z]+\s*\}?)?(?:\s*\(.*\))?$"
)


@lru_cache(maxsize=8_192)
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
            formula = re.search(r"\\[a-zA-Z]|[\d^=+]", alternative) and not LONG_WORD.search(alternative)
            out.append(Words(words(alternative).words, unread=bool(formula)))
    if verdict := _VERDICT.match(cleaned):  # "Yes. F(x, y) = x^2": either part answers
        out.append(Words((verdict[1].lower(),)))
        with suppress(Unreadable, RecursionError):  # the reasons given for it are no answer
            out.extend(form for form in _readings(trimmed(verdict[2])) if not isinstance(form, Words))
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
    text = trimmed(text)
    if not text:
        raise Unreadable("empty")
    if looks_like_words(text):
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
    if opening.strip("\\") not in OPENING or closing.strip("\\") not in CLOSING:
        return None
    if (opening == "\\{") != (closing == "\\}") and "{" in (opening.strip("\\"), closing.strip("\\")):
        return None
    if not _encloses(text):
        return None
    inner = text[len(opening) : len(text) - len(closing)]
    items = split(inner, _COMMA)
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
        level += (character in OPENING) - (character in CLOSING)
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
    return tuple(Interval(low, high, False, False) for low, high in pairwise(edges))


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
        return complex(evaluate(node, 0)).real
    except (Unreadable, OverflowError):
        return 0.0


def _ordered(intervals: object) -> tuple[Interval, ...]:
    return tuple(sorted(intervals, key=lambda interval: (_position(interval.low), _position(interval.high))))  # type: ignore[call-overload]


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
